"""Whether Reprise can be installed without internet: every file that requirements.lock names is fetched into a folder,
and from it alone installed in a new environment, whose server must answer.

PYTHONPATH=.:tests python benchmarks/offline.py [FOLDER]

FOLDER, which may be copied to a machine without internet, is kept; without one, nothing is.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from browser.serving import ROOT, direct, serving

LOCK = ROOT / "requirements.lock"


def main(arguments: list[str]) -> int:
    """Print what was done and how long it took; 1 when a step failed."""
    with tempfile.TemporaryDirectory(prefix="reprise-offline-") as scratch:
        packages = Path(arguments[0]) if arguments else Path(scratch) / "packages"
        try:
            python = installed(packages, Path(scratch) / "venv")
        except subprocess.CalledProcessError as error:
            print(f"It cannot be installed: {' '.join(map(str, error.cmd[:5]))} … ended with {error.returncode}.")
            return 1
        with serving(command=(str(python), "app.py")) as served, direct.open(f"{served.url}health") as answer:
            print(f"The server answers after {served.seconds:.1f} s: {answer.read().decode().strip()}")
    return 0


def installed(packages: Path, place: Path) -> Path:
    """The Python of a new environment at `place`, into which only files of the folder `packages` went."""
    locked = ["--require-hashes", "-r", str(LOCK)]
    packages.mkdir(parents=True, exist_ok=True)
    timed("fetched", [sys.executable, "-m", "pip", "download", "-qqq", "-d", str(packages), *locked])
    size = sum(file.stat().st_size for file in packages.iterdir()) / 1e6
    print(f"{len(list(packages.iterdir()))} files, {size:,.0f} MB")
    timed("made an environment", [sys.executable, "-m", "venv", str(place)])
    python = place / "bin" / "python"
    # Isolated, pip reads no setting of this machine, such as one that names another folder.
    offline = ["--isolated", "install", "-qqq", "--no-index", "--find-links", str(packages), *locked]
    timed("installed from the folder alone", [str(python), "-m", "pip", *offline])
    return python


def timed(what: str, command: list[str]) -> None:
    """Do it, and say how long it took."""
    since = time.monotonic()
    subprocess.run(command, check=True)
    print(f"{what}: {time.monotonic() - since:.0f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
