"""A story as PDF: a page a step, in the size of a slide, whose words can be searched and copied."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from pypdf import PdfWriter

from publishing.figure_files.isolated import all_made
from publishing.pictures import PictureError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publishing.slides import Slide


def pages(slides: Sequence[Slide], title: str) -> bytes:
    """A PDF of these steps, each drawn as SVG (`Slide.picture`) with its title and last line in it; of the first step
    is what the file says of itself. PictureError without a drawing of each, DrawingError where one is none."""
    if not slides or not all(one.picture for one in slides):
        raise PictureError("A PDF needs a drawing of each step.")
    made = PdfWriter()
    for page in all_made([one.picture.decode(errors="replace") for one in slides], "pdf", 0, grey=False):
        made.append(BytesIO(page))
    made.add_metadata({"/Title": title, "/Subject": slides[0].stamp, "/Producer": "Reprise"})
    written = BytesIO()
    made.write(written)
    return written.getvalue()
