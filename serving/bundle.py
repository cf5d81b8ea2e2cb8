"""plotly.js without maps, 3D and what else no view draws, 1.5 MB instead of 4.8; and what every first load takes,
compressed as far as it goes.

`python -m serving.bundle`, which `make install` runs, fetches it with npm. Where that fails, plotly.py's is served."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path
from shutil import which

import brotli
import plotly
from plotly.offline import get_plotlyjs_version

VERSION = get_plotlyjs_version()
PACKAGE = f"plotly.js-cartesian-dist-min@{VERSION}"
FILE = "package/plotly-cartesian.min.js"
SHA256 = "79542150855a52c567260e3137095dbe2b744e6d702a5cabe67da246942fba7a"
"""Of that file in the version that requirements.txt pins."""
PLACE = Path(__file__).parents[1] / ".bundle"
FETCHED = PLACE / f"plotly-{VERSION}.min.js"
WHOLE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
WHOLE_SERVED = "The page loads plotly.js whole (4.8 MB, 1.3 compressed, instead of 1.5 and 0.4)"
PACKAGES = Path(plotly.__file__).parents[1]
FIRST_LOAD = (
    "dash/dash-renderer/build/dash_renderer.min.js",
    "dash/deps/react@18*.min.js",
    "dash/deps/react-dom@18*.min.js",
    "dash/dcc/dash_core_components.js",
    "dash/dcc/dash_core_components-shared.js",
    "dash/dcc/async-dropdown.js",
    "dash/dcc/async-graph.js",
    "dash/html/dash_html_components.min.js",
    "dash_bootstrap_components/_components/dash_bootstrap_components.min.js",
    "flask_bootstrap/static/bootstrap5/css/bootstrap.min.css",
)
"""The packages' files that every first load takes: 310 kB as a start of the server packs them, 278 at brotli's last
level."""
EAGER = b"//# allFunctionsCalledOnLoad\n"
"""Chromium then compiles all of a script as it arrives, beside the page, not each function as it is called first: 0.1 s
of a first load with plotly.js (https://v8.dev/blog/explicit-compile-hints)."""
SECONDS = 60
BEST = 11
"""Brotli's last level: 6 s once, and 10 % less than the one that is quick enough for a start of the server."""


class FetchError(Exception):
    """Why there is no smaller bundle."""


def plotly_js() -> Path:
    """The bundle that is served."""
    return FETCHED if FETCHED.exists() else WHOLE


def eager(content: bytes) -> bytes:
    """A script that browsers compile as it arrives."""
    return EAGER + content


def packed(content: bytes) -> bytes | None:
    """The content at brotli's last level, if it was kept so."""
    kept = _kept(content)
    return kept.read_bytes() if kept.exists() else None


def fetch() -> None:
    """Put the smaller bundle into its place, plain and compressed. FetchError if it cannot be had, or is another."""
    with tempfile.TemporaryDirectory() as folder:
        content = _downloaded(folder)
    if sha256(content).hexdigest() != SHA256:
        raise FetchError(f"{PACKAGE} is not the file that is known")
    keep(eager(content))
    FETCHED.write_bytes(content)


def keep(content: bytes) -> None:
    """Keep the content at brotli's last level for `packed`, unless it is kept already."""
    PLACE.mkdir(exist_ok=True)
    if not _kept(content).exists():
        _kept(content).write_bytes(brotli.compress(content, quality=BEST))


def first_load() -> list[Path]:
    """The files of `FIRST_LOAD` that are installed."""
    return [path for pattern in FIRST_LOAD for path in sorted(PACKAGES.glob(pattern))]


def _downloaded(folder: str) -> bytes:
    npm = which("npm")
    if npm is None:
        raise FetchError("there is no npm here (Debian: apt-get install npm)")
    try:
        done = subprocess.run(  # noqa: S603 - npm, with a name of our own
            [npm, "pack", PACKAGE, "--json"], cwd=folder, capture_output=True, timeout=SECONDS, check=True
        )
        with tarfile.open(Path(folder) / json.loads(done.stdout)[0]["filename"]) as archive:
            file = archive.extractfile(FILE)
            return file.read() if file else b""
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, tarfile.TarError):
        raise FetchError(f"npm could not fetch {PACKAGE}") from None


def _kept(content: bytes) -> Path:
    return PLACE / f"{sha256(content).hexdigest()}.br"


def main() -> None:
    """Fetch it, or say once what that costs; and keep what else a first load takes compressed as far as it goes."""
    for path in first_load():
        keep(path.read_bytes())
    if FETCHED.exists():
        return keep(eager(FETCHED.read_bytes()))
    try:
        fetch()
    except FetchError as error:
        print(f"{WHOLE_SERVED}: {error}.", file=sys.stderr)


if __name__ == "__main__":
    main()
