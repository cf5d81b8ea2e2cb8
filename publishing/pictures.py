"""Pictures that a browser sends: looked at before anything is done with them."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image

LARGEST = (8000, 6000)
"""Pixels of a picture: more than a slide has at 300 dpi."""


class PictureError(ValueError):
    """A picture that is none, or too large; the text is a sentence for the reader."""


def checked_png(content: bytes) -> bytes:
    """The same bytes, when they are one whole PNG of at most `LARGEST`. PictureError otherwise."""
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            picture = Image.open(BytesIO(content), formats=("PNG",))
        if picture.width > LARGEST[0] or picture.height > LARGEST[1]:
            raise PictureError(f"A picture has more than {LARGEST[0]:,} × {LARGEST[1]:,} pixels.")
        picture.load()
    except (OSError, SyntaxError, Warning, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError("A picture that was sent is no PNG.") from None
    return content
