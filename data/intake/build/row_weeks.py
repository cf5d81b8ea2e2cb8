"""The weeks of rows in which no column says when, as a person states them: of all rows, or of a patient's in order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from data.frames import with_columns
from data.intake.layouts.base import Entry, Ledger
from data.problems import Problem, Report, listed
from data.tables.columns import texts
from data.tables.sheet import Sheet

NO_VALUES = ("patient_id", "subset", "week")


def states_weeks_alone(entry: Entry, report: Report, *, timed: bool) -> bool:
    """Whether an entry with weeks of its rows has one, says their time in no other way, and is of a table that is
    `timed`; else a problem."""
    if "weeks" not in entry:
        return True
    others: list[str] = [name for name in ("sample", "wide", "time") if name in entry]
    others += ["a column of weeks"] if "week" in entry.get("columns", {}) else []
    if entry["weeks"] and timed and not others:
        return True
    found = f"weeks beside {others[0]}" if others else "no week" if timed else f"weeks of the table {entry['table']}"
    expected = "weeks = [0] of all rows, or [0, 4] of a patient's in order, where no column says when"
    report.add(Problem("study.toml", None, "sources.weeks", found, expected))
    return False


def with_week(entry: Entry, there: Collection[str]) -> Entry:
    """An entry with the weeks of its rows as one that has them in a column, which is called as none that is `there`."""
    if "weeks" not in entry:
        return entry
    column = "week"
    while column in there:
        column += "_"
    return entry | {"columns": {**entry.get("columns", {}), "week": column}}


def ordered(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """Rows with the weeks that are stated: the one of all, or those of each patient's in order; of results one a row,
    those of each subset's."""
    weeks, columns = entry.get("weeks"), entry.get("columns", {})
    if weeks is None or columns.get("patient_id") not in sheet.cells:
        return sheet
    keys = [texts(sheet.cells[columns[name]]) for name in ("patient_id", "subset") if name in columns]
    nth = sheet.cells.groupby([cells.fillna("") for cells in keys], sort=False).cumcount().to_numpy()
    at = np.where(keys[0].isna() | (len(weeks) == 1), 0, nth)
    beyond = at >= len(weeks)
    found = np.where(beyond, np.nan, np.array(weeks, float)[np.where(beyond, 0, at)])
    sheet = replace(sheet, cells=with_columns(sheet.cells, {columns["week"]: found}))
    if len(weeks) == 1:
        return _once(sheet, entry, nth > 0, ledger.report)
    tell_beyond(sheet, columns["patient_id"], beyond, weeks, ledger.report)
    return ledger.drop(sheet, beyond, "a row beyond the weeks that are stated for a patient's")


def tell_beyond(sheet: Sheet, patient: str, beyond: np.ndarray, weeks: Sequence[float], report: Report) -> None:
    """Say which patients, of the column `patient`, have rows `beyond` the weeks that are stated."""
    if beyond.any():
        patients = listed(texts(sheet.cells[patient])[beyond].unique(), 5)
        found, expected = f"more rows than weeks of patient(s) {patients}", f"at most {len(weeks)} row(s) of a patient"
        advice = "The rows beyond are set aside: write further weeks, or correct the rows."
        row, column = int(sheet.rows[beyond][0]), sheet.names.get(patient, patient)
        report.warn(Problem(sheet.file, row, column, found, expected, advice))


def _once(sheet: Sheet, entry: Entry, again: np.ndarray, report: Report) -> Sheet:
    """The sheet of one week, in which a patient has one row: a problem names those who have `again` another one with
    a value of its own."""
    columns = entry["columns"]
    values = [*entry.get("subsets", []), *(columns[name] for name in columns if name not in NO_VALUES)]
    known = sheet.cells[values].notna().any(axis=1) & sheet.cells[columns["patient_id"]].notna()
    rows = again & (known & ~sheet.cells.duplicated()).to_numpy()
    if not rows.any():
        return sheet
    patients = listed(texts(sheet.cells[columns["patient_id"]])[rows].unique(), 5)
    found, expected = f"several rows of patient(s) {patients} in one week", "one row of a patient in each week"
    advice = "Write the weeks of a patient's rows in their order, such as 0, 4, 12."
    report.add(Problem(sheet.file, None, columns["patient_id"], found, expected, advice))
    return sheet.taken(np.flatnonzero(~rows))
