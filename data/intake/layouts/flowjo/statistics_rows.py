"""FlowJo's Mean and SD below its rows: whether they agree with the rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.intake.layouts.base import Ledger
from data.problems import Problem
from data.tables.columns import as_text, numbers, texts
from data.tables.sheet import Sheet


def check_footers(sheet: Sheet, gates: list[str], tube: str, footer: np.ndarray, ledger: Ledger) -> None:
    """Whether the rows above give the Mean and SD (n - 1) that FlowJo wrote below them: if not, rows were edited, added
    or lost since the export. Footers without a number say nothing, and nothing is said of them."""
    compared = [found for name in gates for found in _compared(sheet, name, texts(sheet.cells[tube]), footer)]
    wrong = [one for one in compared if not one.agrees]
    for one in wrong[:5]:
        found = f"{one.kind} {as_text(sheet.cells[one.column].iloc[one.position])}"
        expected = f"{one.ours:.3g}, as the rows above give"
        advice = "Were rows edited, added or removed after the export?"
        row = int(sheet.rows[one.position])
        ledger.report.warn(Problem(sheet.file, row, one.column, found, expected, advice, 0))
    if compared and not wrong:
        ledger.report.note(f"{sheet.file}: FlowJo's own Mean and SD agree with the rows that were read.")


@dataclass(frozen=True)
class Compared:
    """A footer of one column beside what the rows above give."""

    column: str
    position: int
    kind: str
    ours: float
    agrees: bool


def _compared(sheet: Sheet, column: str, names: pd.Series, footer: np.ndarray) -> list[Compared]:
    """Every Mean and SD of a column that has a number, where two rows or more have one."""
    cells = sheet.cells[column]
    values, _ = numbers(cells)
    above = ~footer & ~np.isnan(values)
    if above.sum() < 2:
        return []
    rounded = min(_half_unit(cell) for cell in cells[above])
    ours = {"mean": values[above].mean(), **dict.fromkeys(("sd", "stdev"), values[above].std(ddof=1))}
    found = []
    for at in map(int, np.flatnonzero(footer & ~np.isnan(values))):
        kind = str(names.iloc[at]).strip()
        if kind.casefold() in ours:
            ours_of_it = float(ours[kind.casefold()])
            agrees = _same(ours_of_it, values[at], rounded + _half_unit(cells.iloc[at]))
            found.append(Compared(column, at, kind, ours_of_it, agrees))
    return found


def _half_unit(cell: object) -> float:
    """Half a unit of the last decimal of a cell as it is printed: 0.005 for 0.62."""
    match = re.search(r"\.(\d+)", as_text(cell))
    return 0.5 * 10.0 ** -len(match[1] if match else "")


def _same(ours: float, theirs: float, printed: float) -> bool:
    """Equal as far as either tells: to the `printed` decimals of the rows and the footer, and to three significant
    digits of rounded values, which is all that FlowJo writes of a large number."""
    size = max(abs(ours), abs(theirs))
    digits = 10 ** (np.floor(np.log10(size)) - 2) * 1.01 if size else 0.0
    return bool(abs(ours - theirs) <= max(digits, 1.01 * printed))
