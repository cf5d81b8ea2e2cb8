"""Pictures that a browser sends: looked at before anything is done with them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = (8000, 6000)
"""Pixels of a picture: more than a slide has at 300 dpi."""


class PictureError(ValueError):
    """A picture that is none, or too large; the text is a sentence for the reader."""


def checked_png(content: bytes) -> bytes:
    """The same bytes, when they are one whole PNG of at most `LARGEST`. PictureError otherwise. The size is read first:
    Pillow would warn of more, and warnings cannot be caught where several threads look at pictures."""
    if any(side > most for side, most in zip(_stated_size(content), LARGEST, strict=True)):
        raise PictureError(f"A picture has more than {LARGEST[0]:,} × {LARGEST[1]:,} pixels.")
    try:
        _opened(content).load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise PictureError("A picture that was sent is no PNG.") from None
    return content


def _opened(content: bytes) -> Image.Image:
    """The picture, not decoded yet. OSError where a later chunk states another size."""
    picture = Image.open(BytesIO(content), formats=("PNG",))
    if picture.size != _stated_size(content):
        raise OSError
    return picture


def _stated_size(content: bytes) -> tuple[int, int]:
    """Width and height in the first chunk of a PNG, nothing of what is shorter."""
    return (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) if content.startswith(PNG) else (0, 0)
