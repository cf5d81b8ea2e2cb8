"""A story as PDF: a page a step, in the size of a slide."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from publishing.pictures import PictureError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publishing.slides import Slide

WIDE = 40 / 3
"""Inches of a page."""


def pages(slides: Sequence[Slide], title: str, stamp: str) -> bytes:
    """A PDF of these steps' pictures, which have title and last line in them; `stamp` is what the file says of
    itself."""
    if not slides or not all(one.picture for one in slides):
        raise PictureError("A PDF needs a picture of each step.")
    pictures = [Image.open(BytesIO(one.picture)).convert("RGB") for one in slides]
    written = BytesIO()
    about = {"title": title, "subject": stamp, "producer": "Reprise"}
    pictures[0].save(
        written,
        "PDF",
        save_all=True,
        append_images=pictures[1:],
        resolution=pictures[0].width / WIDE,
        quality=92,
        **about,
    )
    return written.getvalue()
