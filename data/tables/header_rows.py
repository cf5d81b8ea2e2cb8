"""What stands above and below a table in a file: titles and dates of an export, totals and remarks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.problems import Report
from data.tables.columns import as_text
from data.tables.sheet import BLANKS

LOOK = 40
"""Rows at the beginning of a file among which the header is looked for; half as many at the end."""

BELOW = "a line below the table, such as a total"
NUMBER = re.compile(r"[<>≤≥]?\s*[+-]?\d[\d.,:/' -]*%?")
TOTAL = re.compile(r"(?:grand )?totals?:?|sums?:?|overall:?", re.IGNORECASE)
REMARK = re.compile(
    r"end of .*|(?:generated|printed|exported|created|downloaded|extracted) .*"
    r"|(?:sources?|notes?|legend|footnotes?) ?:.*|page \d+.*|\(?[\d,]+ (?:rows?|records?|lines?)\b.*|n ?= ?\d+|[*†‡].*",
    re.IGNORECASE,
)
Row = Sequence[object]


def header_at(rows: Sequence[Row]) -> int:
    """The position of the header among the first rows of a file: the first row that is not blank; or, where that has
    fewer cells than the table, such as a title, the first that names most columns, all in different words."""
    counts = [len(_filled(row)) for row in rows]
    first = next((at for at, count in enumerate(counts) if count), 0)
    most = max(counts, default=0)
    if not counts or counts[first] >= 0.75 * most:
        return first
    full = [at for at, count in enumerate(counts) if count >= 0.75 * most]
    named = full[0] if full and _are_names(_filled(rows[full[0]])) else first
    return named if all(count <= max(2, most / 2) for count in counts[first:named]) else first


def note_above(file: str, lines: int, above: int, report: Report) -> None:
    """Say that lines stand above the header, which has `above` rows over it."""
    if lines:
        report.note(f"{file}: the header is row {above + 1}; what stands above it is not read.")


def footer_length(rows: Sequence[Row]) -> int:
    """How many of the last rows stand below the table, blank ones among them counted."""
    length = 0
    for before, row in enumerate(reversed(rows), start=1):
        filled = _filled(row)
        if filled and not (_is_total(row, filled) or _is_remark(filled, above=rows[-before - 1 : -before])):
            break
        length = before if filled else length
    return length


def _is_total(row: Row, filled: Sequence[str]) -> bool:
    """Sums of some columns; a row without a blank cell is one of the table."""
    return len(filled) < len(row) and bool(TOTAL.fullmatch(filled[0])) and all(map(NUMBER.fullmatch, filled[1:]))


def _is_remark(filled: Sequence[str], above: Sequence[Row]) -> bool:
    apart = bool(above) and not _filled(above[0]) and " " in filled[0]
    return len(filled) == 1 and (apart or bool(REMARK.fullmatch(filled[0])))


def _are_names(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) and not any(NUMBER.fullmatch(cell) for cell in cells)


def _filled(row: Row) -> list[str]:
    words = (as_text(cell) for cell in row if cell is not None)
    return [word for word in words if word not in BLANKS]
