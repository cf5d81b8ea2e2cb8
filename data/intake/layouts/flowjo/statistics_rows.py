"""FlowJo's Mean and SD below its rows: whether they agree with the rows."""

from __future__ import annotations

import numpy as np

from data.intake.layouts.base import Ledger
from data.problems import Problem
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet


def check_footers(sheet: Sheet, gates: list[str], tube: str, footer: np.ndarray, ledger: Ledger) -> None:
    """Whether the rows above give the Mean and SD (n - 1) that FlowJo wrote below them, in its three digits: if not,
    rows were edited, added or lost since the export."""
    wrong = []
    names = texts(sheet.cells[tube]).fillna("")
    for name in gates:
        values, _ = numbers(sheet.cells[name])
        above = values[~footer & ~np.isnan(values)]
        for position in np.flatnonzero(footer):
            kind = names[position].strip().casefold()
            if kind not in {"mean", "sd", "stdev"} or np.isnan(values[position]) or len(above) < 2:
                continue
            ours = above.mean() if kind == "mean" else above.std(ddof=1)
            if not _same(ours, values[position]):
                wrong.append((name, position, ours, values[position]))
    for name, position, ours, theirs in wrong[:5]:
        found = f"{names[position]} {theirs:g}"
        expected = f"{ours:.3g}, as the rows above give"
        advice = "Were rows edited, added or removed after the export?"
        ledger.report.warn(Problem(sheet.file, int(sheet.rows[position]), name, found, expected, advice, 0))
    if footer.any() and not wrong:
        ledger.report.note(f"{sheet.file}: FlowJo's own Mean and SD agree with the rows that were read.")


def _same(ours: float, theirs: float) -> bool:
    """Equal to three significant digits, of rounded values: half a unit of the third digit, and as much again for the
    rounding of the rows."""
    size = max(abs(ours), abs(theirs))
    return abs(ours - theirs) <= (10 ** (np.floor(np.log10(size)) - 2) * 1.01 if size else 0)
