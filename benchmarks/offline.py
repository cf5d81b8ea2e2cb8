"""Whether Reprise can be installed without internet: every file that requirements.lock names is fetched into a folder,
and from it alone installed in a new environment, whose server must answer.

python benchmarks/offline.py [FOLDER]

FOLDER, which may be copied to a machine without internet, is kept; without one, nothing is.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
SECONDS = 60
"""Until the server must answer."""


def main(arguments: list[str]) -> int:
    """Print what was done and how long it took; 1 when a step failed."""
    with tempfile.TemporaryDirectory(prefix="reprise-offline-") as scratch:
        packages = Path(arguments[0]) if arguments else Path(scratch) / "packages"
        try:
            python = installed(packages, Path(scratch) / "venv")
            print(f"The server answers: {timed('started', lambda: health(python, Path(scratch)))}")
        except (subprocess.CalledProcessError, TimeoutError) as error:
            print(f"It cannot be installed and served from these files alone: {error}")
            return 1
    return 0


def installed(packages: Path, place: Path) -> Path:
    """The Python of a new environment at `place`, into which only files of the folder `packages` went."""
    locked = ["--require-hashes", "-r", str(LOCK)]
    packages.mkdir(parents=True, exist_ok=True)
    timed("fetched", lambda: run(sys.executable, "-m", "pip", "download", "-qqq", "-d", str(packages), *locked))
    size = sum(file.stat().st_size for file in packages.iterdir()) / 1e6
    print(f"{len(list(packages.iterdir()))} files, {size:,.0f} MB")
    timed("made an environment", lambda: run(sys.executable, "-m", "venv", str(place)))
    python = place / "bin" / "python"
    # Isolated, pip reads no setting of this machine, such as one that names another folder.
    offline = ("--isolated", "install", "-qqq", "--no-index", "--find-links", str(packages), *locked)
    timed("installed from the folder alone", lambda: run(str(python), "-m", "pip", *offline))
    return python


def health(python: Path, scratch: Path) -> str:
    """What a server of that Python says of itself. TimeoutError when it does not."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = {"PATH": os.environ["PATH"], "HOME": str(scratch), "PORT": port}
    with subprocess.Popen([str(python), "app.py"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as server:
        try:
            return asked(f"http://127.0.0.1:{port}/health", server)
        finally:
            server.terminate()


def asked(url: str, server: subprocess.Popen[bytes]) -> str:
    """What a server answers, as soon as it does."""
    direct, until = build_opener(ProxyHandler({})), time.monotonic() + SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            with direct.open(url, timeout=5) as answer:
                return answer.read().decode().strip()
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"the server did not answer within {SECONDS} s, or ended")


def run(*command: str) -> None:
    """Do it; CalledProcessError when it fails."""
    subprocess.run(command, check=True)


def timed(what: str, act: Callable[[], Any]) -> Any:
    """What an act answers, whose time is printed."""
    since = time.monotonic()
    found = act()
    print(f"{what}: {time.monotonic() - since:.0f} s", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
