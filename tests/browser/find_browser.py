"""Finds a Chromium on this machine; as a script, installs Debian's when there is none, and prints its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
BY_HAND = """No Chromium here, and this user may not install one. Either install it:
    sudo apt-get install chromium fonts-liberation
or name one that is already here:
    make test CHROMIUM=/path/to/chrome"""


def find() -> str | None:
    """Path of the browser: $CHROMIUM, else the first of NAMES on PATH, else Chrome's place on a Mac."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or (str(MAC) if MAC.exists() else None)


def install() -> None:
    """Install Debian's chromium as root or through a sudo that asks for no password."""
    as_root = root_prefix()
    if as_root is None or shutil.which("apt-get") is None:
        sys.exit(BY_HAND)
    tell("No Chromium found: installing Debian's (apt-get install chromium fonts-liberation), once")
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    run([*apt, "update"])
    run([*apt, "install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation"])


def root_prefix() -> list[str] | None:
    """What to put before a command so that root runs it; None when this user cannot."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    allowed = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    return [str(sudo), "-n"] if allowed else None


def run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}\n{BY_HAND}")


def main() -> None:
    named = os.environ.get("CHROMIUM")
    if named and find() is None:
        sys.exit(f"CHROMIUM is set to {named}, which is not a program here. Correct it, or unset it.")
    if find() is None:
        install()
    browser = find()
    if browser is None:
        sys.exit(f"apt-get installed chromium, but none of {', '.join(NAMES)} is on PATH.\n{BY_HAND}")
    tell(f"Browser: {browser}")
    print(browser)


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    main()
