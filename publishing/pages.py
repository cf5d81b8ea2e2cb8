"""A story as PDF: a page a step, in the size of a slide."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publishing.slides import Slide

DPI = 300


def pages(slides: Sequence[Slide], title: str, stamp: str) -> bytes:
    """A PDF of these steps' pictures, which have title and last line in them; `stamp` is what the file says of
    itself."""
    pictures = [Image.open(BytesIO(one.picture)).convert("RGB") for one in slides if one.picture]
    written = BytesIO()
    about = {"title": title, "subject": stamp, "producer": "Reprise"}
    pictures[0].save(written, "PDF", save_all=True, append_images=pictures[1:], resolution=DPI, quality=92, **about)
    return written.getvalue()
