"""Cells that are too long to be searched: what cannot be looked at for names and dates is not shown or kept either."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.problems import FEW, Problem, Report

LONGEST = 500
"""Characters of a cell, or of a column's name, that is looked at."""
BITS = 1_000
"""Of a whole number: a float holds 1,024."""
ADVICE = "Shorten it, or leave it out."


def without_long_cells(cells: pd.DataFrame, rows: np.ndarray, file: str, report: Report) -> pd.DataFrame:
    """The cells, those beyond `LONGEST` as missing, and no column with such a name; each with a warning."""
    named = [at for at, name in enumerate(cells.columns) if len(str(name)) <= LONGEST]
    for at in sorted(set(range(cells.shape[1])) - set(named))[:FEW]:
        found = f"a name of {len(str(cells.columns[at])):,} characters in column {at + 1}"
        _warn(file, None, None, found, "The column is left out.", report)
    cells = cells if len(named) == cells.shape[1] else cells.iloc[:, named]
    changed = {}
    for at, (name, column) in enumerate(cells.items()):
        if column.dtype.kind in "fiubM":
            continue
        lengths = np.fromiter(map(_length, column.tolist()), int, len(column))
        if (long := (lengths > LONGEST) | (lengths < 0)).any():
            changed[at] = column.mask(long, None)
            _tell(rows[long], lengths[long], file, str(name), report)
    return pd.concat([changed.get(at, cells.iloc[:, at]) for at in range(cells.shape[1])], axis=1) if changed else cells


def without_long(rows: Sequence[Sequence[object]], file: str, report: Report) -> list[list[object]]:
    """The rows of a sheet that has no header yet, the same way."""
    found: dict[int, int] = {}
    for number, row in enumerate(rows, start=1):
        if longest := max((len(cell) for cell in row if isinstance(cell, str) and len(cell) > LONGEST), default=0):
            found[number] = longest
    if not found:
        return list(map(list, rows))
    _tell(np.array(list(found)), np.array(list(found.values())), file, None, report)
    return [["" if isinstance(cell, str) and len(cell) > LONGEST else cell for cell in row] for row in rows]


def _length(cell: object) -> int:
    """How long a text is; below zero, how many digits a whole number has that no float holds."""
    if isinstance(cell, str):
        return len(cell)
    return -int(cell.bit_length() * 0.30103) if isinstance(cell, int) and cell.bit_length() > BITS else 0


def _tell(rows: np.ndarray, lengths: np.ndarray, file: str, column: str | None, report: Report) -> None:
    for at, (row, length) in enumerate(zip(rows[:FEW], lengths[:FEW], strict=True), start=1):
        more = len(rows) - FEW if at == FEW else 0
        found = f"a cell of {length:,} characters" if length > 0 else f"a number of some {-length:,} digits"
        _warn(file, int(row), column, found, "It is set aside as missing.", report, more)


def _warn(file: str, row: int | None, column: str | None, found: str, done: str, report: Report, more: int = 0) -> None:
    report.warn(Problem(file, row, column, found, f"at most {LONGEST}", f"{done} {ADVICE}", more))
