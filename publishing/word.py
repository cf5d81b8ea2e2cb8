"""Tables as Word documents."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import category
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WHENEVER = datetime(2000, 1, 1)  # noqa: DTZ001 - a document says no time, so that its bytes are those of what it says
MOST_TITLE = 255
"""Characters of the title among the properties of a document of Office."""


def document(title: str, rows: Sequence[Sequence[str]], notes: Iterable[str], *, wide: bool = False) -> bytes:
    """A document (.docx) of a title, a table whose first row is its head, and notes; `wide`: the page on its side.
    The same table gives the same bytes."""
    from docx import Document  # noqa: PLC0415 - memory that only who asks for a document needs
    from docx.shared import Pt  # noqa: PLC0415

    made = Document()
    made.styles["Normal"].font.name, made.styles["Normal"].font.size = "Arial", Pt(9)
    if wide:
        page = made.sections[0]
        page.page_width, page.page_height = page.page_height, page.page_width
    made.add_heading(plain(title), 1)
    _table(made, rows)
    for note in notes:
        made.add_paragraph(plain(note)).paragraph_format.space_before = Pt(6)
    about = made.core_properties
    about.created = about.modified = WHENEVER
    about.author, about.title, about.comments = "", plain(title)[:MOST_TITLE], ""
    content = io.BytesIO()
    made.save(content)
    return _timeless(content)


def _table(made: Any, rows: Sequence[Sequence[str]]) -> None:
    """A row that is cut by the end of a page starts on the next, under its head once more."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    table = made.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for row, texts in zip(table.rows, rows, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - the library has no name for it
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = plain(text)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True


def plain(text: str) -> str:
    """A text without what XML takes for no letter; a line that PowerPoint ended (a vertical tab) ends as any other."""
    lines = text.replace("\v", "\n")
    return "".join(sign for sign in lines if sign.isprintable() or sign in "\n\t" or category(sign) == "Zs")


def _timeless(content: io.BytesIO) -> bytes:
    made = io.BytesIO()
    with ZipFile(content) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
