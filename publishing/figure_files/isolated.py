"""Figures are made in a process of its own, with bounded time and memory: what draws them is not ours, and what was
sent may mislead it. `python -m publishing.figure_files.isolated KIND DPI GREY`, drawings on standard input with a NUL
between them; on standard output of each the file, after its length in 8 bytes."""

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
SLOW = "This figure takes too long to draw. Choose fewer dpi, or fewer panels."
FAILED = "This figure could not be drawn. Choose fewer dpi, or another kind of file."
LENGTH = 8
REFUSED = 3
"""The exit status where standard error holds a sentence for the reader."""


def made(text: str, kind: str, dpi: int, *, grey: bool) -> bytes:
    """The file; DrawingError with a sentence when there is none."""
    return all_made([text], kind, dpi, grey=grey)[0]


def all_made(texts: Sequence[str], kind: str, dpi: int, *, grey: bool) -> list[bytes]:
    """The file of each drawing, from one process; DrawingError with a sentence when one cannot be made."""
    call = [sys.executable, "-m", "publishing.figure_files.isolated", kind, str(dpi), "grey" if grey else "colour"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and words that were looked at
            call,
            input="\0".join(texts).encode(),
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
    files = list(_read(done.stdout))
    if len(files) != len(texts):
        raise DrawingError(FAILED)
    return files


def _read(content: bytes) -> Iterator[bytes]:
    while content:
        end = LENGTH + int.from_bytes(content[:LENGTH])
        yield content[LENGTH:end]
        content = content[end:]


def main(kind: str, dpi: str, grey: str) -> int:
    """Write the files to standard output."""
    _bound()
    from publishing.figure_files.files import figure  # noqa: PLC0415 - after the bounds

    try:
        texts = sys.stdin.buffer.read().decode().split("\0")
        files = [figure(text, kind, int(dpi), grey=grey == "grey") for text in texts]
    except DrawingError as error:
        sys.stderr.write(str(error))
        return REFUSED
    for content in files:
        sys.stdout.buffer.write(len(content).to_bytes(LENGTH) + content)
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
