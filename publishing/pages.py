"""A story as PDF: a page a step, its sentence, what it says, its drawing or table and what it stands on, in the size of
a slide, whose words can be searched and copied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import ImageFont

from publishing.figure_files import fonts
from publishing.figure_files.isolated import all_made
from publishing.figure_files.safe_svg import SVG, DrawingError
from publishing.pictures import PictureError

if TYPE_CHECKING:
    from collections.abc import Sequence


WIDE, HIGH, EDGE, TOP, BOTTOM, ROW = 1280, 720, 40, 120, 684, 22
"""Units of a page, what is left free at its sides, where a drawing or table begins and ends, and of a row."""
SLIDE_MM = (338.6667, 190.5)
TITLE, SAID, CELL, FOOT = 24, 15, 12, 9
"""Sizes of type."""
INK, FAINT = "#1c2733", "#4a5764"
MOST_COLUMNS, PAD, BOLD = 12, 12, 600
CENTRAL = 0.35
"""Of the size of type: from the middle of a line to its foot."""
SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"')


@dataclass(frozen=True)
class Slide:
    """One step: its `title`, a line `said` below it and what to be `careful` about, a `picture` (a drawing as SVG; for
    PowerPoint PNG; for HTML what `live_drawing` reads) with what it shows in words (`alt`), or a `table` of texts whose
    first row is the header; `notes` for who tells it, of which `told` was written for the step; the `link` to the page
    there, the `stamp` of what it stands on, all of it in `about`; and the patient who is highlighted (`lit`)."""

    title: str
    said: str = ""
    picture: bytes = b""
    table: Sequence[Sequence[str]] = ()
    alt: str = ""
    notes: str = ""
    link: str = ""
    stamp: str = ""
    careful: str = ""
    told: str = ""
    about: str = ""
    lit: str = ""


def pages(slides: Sequence[Slide], title: str) -> bytes:
    """A PDF of these steps; of the first is what the file says of itself. PictureError without a drawing or table of
    each, DrawingError where a drawing is none."""
    from pypdf import PdfWriter  # noqa: PLC0415 - memory that only who asks for a PDF needs

    if not slides or not all(one.picture or one.table for one in slides):
        raise PictureError("A PDF needs a drawing or a table of each step.")
    made = PdfWriter()
    for page in all_made(list(map(_page, slides)), "pdf", 0, grey=False):
        made.append(BytesIO(page))
    made.add_metadata({"/Title": title, "/Subject": slides[0].stamp, "/Producer": "Reprise"})
    written = BytesIO()
    made.write(written)
    return written.getvalue()


def _page(one: Slide) -> str:
    """A step as SVG."""
    width = WIDE - 2 * EDGE
    titles = _lines(one.title, TITLE, width, BOLD)[:2]
    said = _lines(" · ".join(filter(None, (one.said, one.careful))), SAID, width)
    stamps = _lines(one.about.replace("\n", " · "), FOOT, width)[:3]
    below = 28 + 26 * len(titles)
    parts = [
        *(_text(EDGE, 28 + 26 * i, line, TITLE, weight=BOLD) for i, line in enumerate(titles)),
        *(_text(EDGE, below + 18 * i, line, SAID, FAINT) for i, line in enumerate(said)),
        *(_text(EDGE, BOTTOM + 9 + 11 * i, line, FOOT, FAINT) for i, line in enumerate(stamps)),
        _placed(one.picture.decode(errors="replace")) if one.picture else _table(one.table),
    ]
    size = f'width="{SLIDE_MM[0]}mm" height="{SLIDE_MM[1]}mm" viewBox="0 0 {WIDE} {HIGH}"'
    ground = f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>'
    return f'<svg xmlns="{SVG}" {size} font-family="{fonts.STACK}">{ground}{"".join(parts)}</svg>'


def _placed(drawn: str) -> str:
    """A drawing as large as there is room, in the middle."""
    found = SIZE.match(drawn)
    if not found or not all(map(float, found.groups())):
        raise DrawingError("This is no SVG of a size that it states.")
    width, height = map(float, found.groups())
    share = min((WIDE - 2 * EDGE) / width, (BOTTOM - TOP) / height)
    return f'<g transform="translate({(WIDE - width * share) / 2} {TOP}) scale({share})">{drawn}</g>'


def _table(rows: Sequence[Sequence[str]]) -> str:
    """What of a table fits on a page; what is left out, in words."""
    shown = [row[:MOST_COLUMNS] for row in rows[: (BOTTOM - TOP) // ROW - 2]]
    room = (WIDE - 2 * EDGE) / len(shown[0])
    cells = [
        _text(EDGE + room * j, TOP + ROW * (i + 0.5), _cut(cell, room - PAD), CELL, weight=400 if i else BOLD)
        for i, row in enumerate(shown)
        for j, cell in enumerate(row)
    ]
    left = ((len(rows) - 1, len(shown) - 1, "rows"), (len(rows[0]), len(shown[0]), "columns"))
    said = ", ".join(f"{some} of {count:,} {noun}" for count, some, noun in left if some < count)
    rest = _text(EDGE, BOTTOM - ROW, f"{said} shown; all in the CSV of the page", CELL, FAINT) if said else ""
    return "".join(cells) + rest


def _text(x: float, middle: float, words: str, size: int, color: str = INK, weight: int = 400) -> str:
    look = f'font-size="{size}" font-weight="{weight}" fill="{color}"'
    return f'<text x="{x:g}" y="{middle + CENTRAL * size:g}" {look}>{escape(words)}</text>'


def _lines(text: str, size: int, width: float, weight: int = 400) -> list[str]:
    """Words in lines of a width."""
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and _wide(longer, size, weight) > width:
            found.append(word)
        else:
            found[-1] = longer
    return found


def _cut(text: str, width: float) -> str:
    fits = next(count for count in range(len(text), -1, -1) if _wide(text[:count], CELL) <= width or not count)
    return text if fits == len(text) else f"{text[: max(0, fits - 1)]}…"


def _wide(text: str, size: int, weight: int = 400) -> float:
    """How wide a text is; without the font of figures as wide as texts usually are."""
    found = _font(weight, size)
    return found.getlength(text) if found else 0.56 * size * len(text)


@cache
def _font(weight: int, size: int) -> ImageFont.FreeTypeFont | None:
    own = fonts.files()
    return ImageFont.truetype(own[weight >= BOLD], size) if own else None
