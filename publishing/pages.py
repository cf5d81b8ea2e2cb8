"""A story as PDF: a page a step, in the size of a slide, whose words can be searched and copied."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from publishing.figure_files.isolated import all_made
from publishing.pictures import PictureError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Slide:
    """One step: its `title`, a line `said` below it, a `picture` (a drawing as SVG; for PowerPoint PNG) with what it
    shows in words (`alt`), or a `table` of texts whose first row is the header; `notes` for who tells it, the `link`
    to the page there, and the `stamp` of what it stands on."""

    title: str
    said: str = ""
    picture: bytes = b""
    table: Sequence[Sequence[str]] = ()
    alt: str = ""
    notes: str = ""
    link: str = ""
    stamp: str = ""


def pages(slides: Sequence[Slide], title: str) -> bytes:
    """A PDF of these steps, each drawn as SVG (`Slide.picture`) with its title and last line in it; of the first step
    is what the file says of itself. PictureError without a drawing of each, DrawingError where one is none."""
    from pypdf import PdfWriter  # noqa: PLC0415 - memory that only who asks for a PDF needs

    if not slides or not all(one.picture for one in slides):
        raise PictureError("A PDF needs a drawing of each step.")
    made = PdfWriter()
    for page in all_made([one.picture.decode(errors="replace") for one in slides], "pdf", 0, grey=False):
        made.append(BytesIO(page))
    made.add_metadata({"/Title": title, "/Subject": slides[0].stamp, "/Producer": "Reprise"})
    written = BytesIO()
    made.write(written)
    return written.getvalue()
