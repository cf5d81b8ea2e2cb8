"""From one row per patient, or per sample, to one row per value; every value remembers the column it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from data.problems import Problem, Report, listed
from data.tables.columns import texts
from data.tables.sheet import Sheet, located


def by_week(
    sheet: Sheet, weeks: Mapping[str, float], value: str, report: Report, *, blanks: str = "missing"
) -> Sheet | None:
    """One row per `patient_id` and week, its `value` taken from the column of that week.

    A column without any value is no visit: it is dropped, with a note. What another blank cell means is `blanks`:
    "missing"   a visit that was planned and not observed: a row without a value (a file cannot say more)
    "tail"      the same, except after the patient's last value: there the patient's visits had ended
    "nothing"   no row at all, for doses: what was not given is not a dose
    """
    empty = [name for name in weeks if sheet.cells[name].isna().all()]
    if empty:
        report.note(f"{sheet.file}: {_columns(empty)} without any value and not read.")
    names = sorted((name for name in weeks if name not in empty), key=lambda name: weeks[name])
    if not _one_column_a_week(sheet, names, weeks, report):
        return None
    sheet = _one_row_a_patient(sheet, report)
    carried = [name for name in sheet.cells.columns if name not in weeks]
    long = gathered(sheet, carried, names, "week", value)
    column = {name: float(weeks[name]) for name in names}
    long = replace(long, cells=long.cells.assign(week=np.tile(list(column.values()), len(sheet.cells))))
    return long.taken(np.flatnonzero(BLANK_CELLS[blanks](sheet.cells[names].notna().to_numpy()).ravel()))


def _columns(names: Sequence[str]) -> str:
    return f"the column {listed(names)} is" if len(names) == 1 else f"the columns {listed(names)} are"


def _one_column_a_week(sheet: Sheet, names: Sequence[str], weeks: Mapping[str, float], report: Report) -> bool:
    same = [pair for pair in pairwise(names) if weeks[pair[0]] == weeks[pair[1]]]
    for first, second in same:
        found = f"the columns '{first}' and '{second}' for week {weeks[first]:g}"
        report.add(Problem(sheet.file, 1, second, found, "one column per week", "Remove or rename one of them."))
    return not same


def _one_row_a_patient(sheet: Sheet, report: Report) -> Sheet:
    """The sheet with the first row of every patient; another one is a problem."""
    if "patient_id" not in sheet.cells:
        return sheet
    patients = texts(sheet.cells["patient_id"])
    again = (patients.duplicated() & patients.notna()).to_numpy()
    rows = pd.Series(sheet.rows).groupby(patients).transform("first")

    def found(at: int) -> str:
        return f"'{patients[at]}' again (first in row {rows[at]:.0f})"

    for problem in located(sheet, "patient_id", again, "one row per patient", "Remove or correct one.", found):
        report.add(problem)
    return sheet.taken(np.flatnonzero(~again)) if again.any() else sheet


def _before_last(known: np.ndarray) -> np.ndarray:
    return np.flip(np.maximum.accumulate(np.flip(known, axis=1), axis=1), axis=1)


BLANK_CELLS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "missing": np.ones_like,
    "tail": _before_last,
    "nothing": np.copy,
}


def gathered(sheet: Sheet, carried: Sequence[str], names: Sequence[str], variable: str, value: str) -> Sheet:
    """The columns `names` on top of each other as `variable` and `value`, row by row, the `carried` ones repeated."""
    times, rows = len(names), len(sheet.cells)
    at = np.repeat(np.arange(rows), times)
    origin = pd.Categorical.from_codes(np.tile(np.arange(times), rows), pd.Index(list(names), dtype="str"))
    columns: dict[str, object] = {name: sheet.cells[name].array.take(at) for name in carried}
    columns |= {variable: origin, value: sheet.cells[list(names)].to_numpy().ravel()}
    origins = {value: origin, variable: origin}
    written = {name: shown[at] for name, shown in sheet.written.items()}
    cells = pd.DataFrame(columns)
    return replace(sheet, cells=cells, rows=sheet.rows[at], origins=origins, files=None, written=written)
