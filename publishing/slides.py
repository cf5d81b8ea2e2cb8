"""A story as PowerPoint: a slide a step, with a picture or a native table, alternative text, notes and a link back."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from publishing.word import MOST_TITLE, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publishing.pages import Slide

WIDE, HIGH, EDGE = 13.333, 7.5, 0.5
"""Inches of a slide of 16:9, and what is left free at its sides."""
TOP, FOOT = 1.22, 7.1
"""Inches from the top to the picture or table, and to the last line."""
LINE = 115
"""Characters of what a picture says that one line has room for; more is smaller."""
TITLE_ONLY = 5
"""The layout of python-pptx's own template that has a title and nothing else."""
MOST_ROWS, MOST_COLUMNS = 12, 11
"""Of a table that can be read on a slide; of more the last line says how many."""


def deck(slides: Sequence[Slide], title: str) -> bytes:
    """A .pptx of these slides, each with its stamp in its last line."""
    made = Presentation()
    made.slide_width, made.slide_height = Inches(WIDE), Inches(HIGH)
    made.core_properties.title, made.core_properties.author = plain(title)[:MOST_TITLE], "Reprise"
    for one in slides:
        _add(made, one)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def _add(made: Any, one: Slide) -> None:
    slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
    _place(slide.shapes.title, (EDGE, 0.08, WIDE - 2 * EDGE, 0.78))
    slide.shapes.title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    _write(slide.shapes.title.text_frame, one.title, 22, bold=True)
    if one.said:
        said = one.said.replace("\n", " ")
        _text(slide, said, (EDGE, 0.84, WIDE - 2 * EDGE, 0.38), 14 if len(said) <= LINE else 12)
    if one.picture:
        _picture(slide, one)
    more = _table(slide, one.table) if one.table else ""
    _text(slide, " · ".join(filter(None, (more, one.stamp))), (EDGE, FOOT, WIDE - 2 * EDGE - 1.2, 0.35), 9)
    if one.link:
        run = _text(slide, "Open this step", (WIDE - EDGE - 1.2, FOOT, 1.2, 0.35), 9)
        run.hyperlink.address = plain(one.link)
    slide.notes_slide.notes_text_frame.text = plain(one.notes)


def _picture(slide: Any, one: Slide) -> None:
    """As large as there is room, in the middle."""
    room = (WIDE - 2 * EDGE, FOOT - TOP)
    shape = slide.shapes.add_picture(BytesIO(one.picture), 0, 0)
    share = min(Inches(room[0]) / shape.width, Inches(room[1]) / shape.height)
    shape.width, shape.height = int(shape.width * share), int(shape.height * share)
    shape.left, shape.top = int((Inches(WIDE) - shape.width) / 2), Inches(TOP)
    shape._element.nvPicPr.cNvPr.set("descr", plain(one.alt))  # noqa: SLF001 - python-pptx has no name for it


def _table(slide: Any, rows: Sequence[Sequence[str]]) -> str:
    """A native table of what can be read on a slide; what is left out, in words."""
    shown = [row[:MOST_COLUMNS] for row in rows[: MOST_ROWS + 1]]
    size = (Inches(EDGE), Inches(TOP), Inches(WIDE - 2 * EDGE), Inches(0.3 * len(shown)))
    cells = slide.shapes.add_table(len(shown), len(shown[0]), *size).table
    for at, row in enumerate(shown):
        for place, text in enumerate(row):
            cell = cells.cell(at, place)
            cell.margin_left = cell.margin_right = Inches(0.05)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            _write(cell.text_frame, text, 11, bold=at == 0)
    columns = f"{len(shown[0])} of {len(rows[0])} columns" if len(rows[0]) > MOST_COLUMNS else ""
    lines = f"{MOST_ROWS} of {len(rows) - 1:,} rows" if len(rows) - 1 > MOST_ROWS else ""
    left = ", ".join(filter(None, (lines, columns)))
    return f"{left}; all in the CSV of the page" if left else ""


def _place(shape: Any, box: tuple[float, float, float, float]) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Inches, box)


def _text(slide: Any, text: str, box: tuple[float, float, float, float], points: float) -> Any:
    shape = slide.shapes.add_textbox(*map(Inches, box))
    return _write(shape.text_frame, text, points)


def _write(frame: Any, text: str, points: float, *, bold: bool = False) -> Any:
    """One paragraph of one run."""
    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = plain(text)
    run.font.size, run.font.bold = Pt(points), bold
    return run
