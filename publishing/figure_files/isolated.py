"""Figures are made, and pictures decoded, in a process of its own, with bounded time and memory: what does it is not
ours, and what was sent may mislead it. `python -m publishing.figure_files.isolated KIND DPI GREY`, drawings on standard
input with a NUL between them; on standard output of each the file, after its length in 8 bytes. With `photograph` for
all three, a TIFF on standard input; on standard output a PNG."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from data.settings import without_secrets
from publishing.figure_files.safe_svg import DrawingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECONDS, MEGABYTES = 60, 3_000
PHOTOGRAPH = "photograph"
SLOW = "This takes too long here. Choose fewer dpi, fewer panels, or a smaller picture."
FAILED = "This could not be drawn here. Choose fewer dpi, another kind of file, or a smaller picture."
LENGTH = 8
REFUSED = 3
"""The exit status where standard error holds a sentence for the reader."""


def made(text: str, kind: str, dpi: int, *, grey: bool) -> bytes:
    """The file; DrawingError with a sentence when there is none."""
    return all_made([text], kind, dpi, grey=grey)[0]


def all_made(texts: Sequence[str], kind: str, dpi: int, *, grey: bool) -> list[bytes]:
    """The file of each drawing, from one process; DrawingError with a sentence when one cannot be made."""
    content = _done("\0".join(texts).encode(), kind, str(dpi), "grey" if grey else "colour")
    files = list(_read(content))
    if len(files) != len(texts):
        raise DrawingError(FAILED)
    return files


def decoded(content: bytes) -> bytes:
    """A TIFF as PNG; DrawingError with a sentence when it cannot be read."""
    return _done(content, PHOTOGRAPH)


def _done(sent: bytes, *asked: str) -> bytes:
    """What the process writes for what it is sent."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and words that were looked at
            [sys.executable, "-m", "publishing.figure_files.isolated", *asked],
            input=sent,
            capture_output=True,
            timeout=SECONDS,
            cwd=Path(__file__).parents[2],
            env=without_secrets(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DrawingError(SLOW) from None
    if done.returncode == REFUSED:
        raise DrawingError(done.stderr.decode())
    if done.returncode:
        raise DrawingError(FAILED)
    return done.stdout


def _read(content: bytes) -> Iterator[bytes]:
    while content:
        end = LENGTH + int.from_bytes(content[:LENGTH])
        yield content[LENGTH:end]
        content = content[end:]


def main(*asked: str) -> int:
    """Write what is asked for to standard output."""
    _bound()
    sent = sys.stdin.buffer.read()
    try:
        content = _photograph(sent) if asked == (PHOTOGRAPH,) else _figures(sent, *asked)
    except DrawingError as error:
        sys.stderr.write(str(error))
        return REFUSED
    sys.stdout.buffer.write(content)
    return 0


def _figures(sent: bytes, kind: str, dpi: str, grey: str) -> bytes:
    from publishing.figure_files.files import figure  # noqa: PLC0415 - after the bounds

    files = [figure(text, kind, int(dpi), grey=grey == "grey") for text in sent.decode().split("\0")]
    return b"".join(len(content).to_bytes(LENGTH) + content for content in files)


def _photograph(sent: bytes) -> bytes:
    from publishing.figure_files.photograph import png_of  # noqa: PLC0415 - after the bounds

    return png_of(sent)


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
