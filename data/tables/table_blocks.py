"""The tables of a sheet: below titles, with one row of headers or two, and several below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data.tables.columns import as_text
from data.tables.header_rows import LOOK, header_at
from data.tables.patients_called_na import READ_AS_MISSING, patient_column
from data.tables.sheet import BLANKS

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Block:
    """One table: its `header`, the rows below it, and the positions of the header and of the first of these rows."""

    header: list[str]
    rows: list[list[Any]]
    at: int
    first: int


def known(cell: object) -> bool:
    """Whether a cell is not blank."""
    return cell is not None and not (isinstance(cell, str) and cell.strip() in BLANKS)


def blocks_of(rows: Rows) -> list[Block]:
    """The tables below each other in a sheet, each after a blank row; the first has the titles above it removed."""
    first = next((at for at, row in enumerate(rows) if any(map(known, row))), None)
    if first is None:
        return []
    starts = [first + header_at(rows[first : first + LOOK])]
    starts += [at for at in range(starts[0] + 2, len(rows)) if _is_another(rows, at, starts[0])]
    return [_block(rows, at, end) for at, end in zip(starts, [*starts[1:], len(rows)], strict=True)]


def _filled(row: Sequence[Any]) -> int:
    return sum(map(known, row))


def _is_words(row: Sequence[Any]) -> bool:
    """Whether a row holds nothing but words, and none of them twice."""
    cells = [cell for cell in row if known(cell)]
    words = [as_text(cell).casefold() for cell in cells]
    return all(isinstance(cell, str) and not _is_number(cell) for cell in cells) and len(set(words)) == len(words)


def _is_number(cell: object) -> bool:
    return as_text(cell).lstrip("<≤>~-+ ")[:1].isdigit()


def _is_another(rows: Rows, at: int, header: int) -> bool:
    """Whether another table begins here: after a blank row the first header's words and others, above a row that is not
    all words."""
    if any(map(known, rows[at - 1])) or _filled(rows[at]) < 2 or not _is_words(rows[at]) or at + 1 >= len(rows):
        return False
    named = {as_text(cell).casefold() for cell in rows[header] if known(cell)}
    words = {as_text(cell).casefold() for cell in rows[at] if known(cell)}
    below = [cell for cell in rows[at + 1] if known(cell)]
    return (
        words != named
        and bool(words & named)
        and len(below) > 1
        and not all(isinstance(cell, str) and not _is_number(cell) for cell in below)
    )


def _block(rows: Rows, at: int, end: int) -> Block:
    header = [as_text(cell) if known(cell) else "" for cell in rows[at]]
    second = _second_row(rows, at, end)
    if second:
        header = [f"{above} {below}".strip() for above, below in zip(_spread(header, second), second, strict=True)]
    first = at + (2 if second else 1)
    patient = patient_column(header)
    below = [
        [
            cell if known(cell) or (place == patient and cell in READ_AS_MISSING) else None
            for place, cell in enumerate(row)
        ]
        for row in rows[first:end]
    ]
    return Block(header, below, at, first)


def _second_row(rows: Rows, at: int, end: int) -> list[str]:
    """The words of a second row of headers, nothing if there is none: it names the columns that a first row leaves
    blank, all of them in words, above rows with numbers."""
    if at + 2 >= end or len(rows[at]) != len(rows[at + 1]):
        return []
    blank = [position for position, cell in enumerate(rows[at]) if not known(cell)]
    below = [as_text(cell) if known(cell) else "" for cell in rows[at + 1]]
    named = [position for position in blank if below[position]]
    words = all(not word or not _is_number(word) for word in below)
    numbers = any(known(cell) and _is_number(cell) for cell in rows[at + 2])
    strange = any(not isinstance(cell, str) for cell in rows[at + 1] if known(cell))
    return (
        below if named and len(named) >= 0.5 * len(blank) and words and numbers and not strange and not below[0] else []
    )


def _spread(header: Sequence[str], second: Sequence[str]) -> list[str]:
    """Names of merged cells in all the columns that they are above, and that have a name of their own below."""
    names, last = [], ""
    for name, below in zip(header, second, strict=True):
        last = name or last
        names.append(name or (last if below else ""))
    return names
