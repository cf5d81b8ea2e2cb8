"""A figure is made in a process of its own, with bounded time and memory: what draws it is not ours, and what was sent
may mislead it. `python -m publishing.figure_files.isolated KIND DPI GREY`, the drawing on standard input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from publishing.figure_files.safe_svg import DrawingError

SECONDS, MEGABYTES = 60, 3_000
SLOW = "This figure takes too long to draw. Choose fewer dpi, or fewer panels."
FAILED = "This figure could not be drawn. Choose fewer dpi, or another kind of file."
REFUSED = 3
"""The exit status where standard error holds a sentence for the reader."""


def made(text: str, kind: str, dpi: int, *, grey: bool) -> bytes:
    """The file; DrawingError with a sentence when there is none."""
    call = [sys.executable, "-m", "publishing.figure_files.isolated", kind, str(dpi), "grey" if grey else "colour"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and words that were looked at
            call, input=text.encode(), capture_output=True, timeout=SECONDS, cwd=Path(__file__).parents[2], check=False
        )
    except subprocess.TimeoutExpired:
        raise DrawingError(SLOW) from None
    if done.returncode == REFUSED:
        raise DrawingError(done.stderr.decode())
    if done.returncode:
        raise DrawingError(FAILED)
    return done.stdout


def main(kind: str, dpi: str, grey: str) -> int:
    """Write the file to standard output."""
    _bound()
    from publishing.figure_files.files import figure  # noqa: PLC0415 - after the bounds

    try:
        content = figure(sys.stdin.buffer.read().decode(), kind, int(dpi), grey=grey == "grey")
    except DrawingError as error:
        sys.stderr.write(str(error))
        return REFUSED
    sys.stdout.buffer.write(content)
    return 0


def _bound() -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1_000_000, MEGABYTES * 1_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
