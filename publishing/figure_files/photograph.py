"""A TIFF, which no browser reads, as a PNG for a panel of a figure: its first page, without metadata, smaller where it
is large. In the process of `isolated.py`, since what decodes it is not ours and what was sent may be hostile."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from publishing.figure_files.safe_svg import DrawingError

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST, MOST_PIXELS = 3_000, 120_000_000
"""Pixels of a side of what is given back; of what is decoded."""
BEGINNINGS = (b"II*\0", b"MM\0*")
NO_TIFF = "This picture is no TIFF that can be read here. Save it as PNG or JPEG."
TOO_MANY = "This picture has more than 120 million pixels. Save it with fewer."
DEEP = {"I;16", "I;16B", "I;16L", "I", "F"}
"""Modes whose values are no 8-bit grey: brightest and darkest become white and black."""


def png_of(content: bytes) -> bytes:
    """The picture as PNG, 8 bits a colour; DrawingError with a sentence when it is none, or too large."""
    if not content.startswith(BEGINNINGS):
        raise DrawingError(NO_TIFF)
    Image.MAX_IMAGE_PIXELS = None  # its own limit only warns
    found = _readable(lambda: Image.open(BytesIO(content), formats=("TIFF",)))
    if found.width * found.height > MOST_PIXELS:
        raise DrawingError(TOO_MANY)
    picture = _readable(lambda: _plain(found))
    picture.thumbnail((LONGEST, LONGEST))
    made = BytesIO()
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(made, "PNG")
    return made.getvalue()


def _readable(read: Callable[[], Image.Image]) -> Image.Image:
    try:
        return read()
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, ZeroDivisionError):
        raise DrawingError(NO_TIFF) from None


def _plain(found: Image.Image) -> Image.Image:
    """Grey, colours, or colours that let something through; of 16 bits, stretched over its range."""
    found.load()
    if found.mode in DEEP:
        return _stretched(found)
    if "A" in found.getbands() or "a" in found.getbands() or "transparency" in found.info:
        return found.convert("RGBA")
    return found.convert("L" if found.mode in {"1", "L"} else "RGB")


def _stretched(found: Image.Image) -> Image.Image:
    values = found.convert("F")
    low, high = values.getextrema()
    scale = 255 / (high - low) if high > low else 0  # type: ignore[operator]
    return values.point(lambda value: value * scale - low * scale).convert("L")  # type: ignore[operator]
