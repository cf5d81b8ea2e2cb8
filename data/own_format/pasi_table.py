"""A single PASI table without a mapping: tidy, or one row per patient with a column for each week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

import pandas as pd

from data.intake.columns.infer import guesses
from data.intake.columns.wide_headers import grid_of, said_by
from data.intake.layouts.clinic.covariates import changes, why_not
from data.problems import Report, listed
from data.schema import GROUP, TABLES, Table
from data.tables.columns import texts
from data.tables.sheet import Sheet, canonical, located
from data.tables.wide import by_week, unread


def recognised(sheet: Sheet, table: Table, report: Report) -> dict[str, Sheet]:
    """The sheets `pasi` and, if the file knows more of its patients, `patients`.

    The patient column and a group column go by name; without a named group, the only text column with 2 to 12 values
    that each name several patients is it. In a wide file the baseline is week 0, and a blank cell is a missing visit.
    """
    sheet = canonical(sheet, table, report)
    weeks = _weeks(sheet)
    wide = not {"week", "pasi"} & set(sheet.cells) and "patient_id" in sheet.cells and len(weeks) > 1
    return _wide(sheet, weeks, report) if wide else _tidy(sheet, table, report)


def _weeks(sheet: Sheet) -> Mapping[str, float]:
    """The columns that are PASI at a week, if headers or the file's name say PASI, and no other score has such columns:
    {"BASELINE": 0, "WEEK04": 4}."""
    weeks = grid_of([str(name) for name in sheet.cells.columns], {}).weeks
    if set(weeks) == {""} and said_by(_titles(sheet)) == "pasi":
        return weeks[""]
    return weeks["pasi"] if set(weeks) == {"pasi"} else {}


def _titles(sheet: Sheet) -> list[str]:
    """The names of sheet and file, which say what is in them."""
    file, _, page = sheet.file.partition(", sheet ")
    return [*([page.strip("'")] if page else []), PurePath(file).stem]


def _wide(sheet: Sheet, weeks: Mapping[str, float], report: Report) -> dict[str, Sheet]:
    rest = sheet.cells.drop(columns=list(weeks))
    patients = _named_group(replace(sheet, cells=rest), report)
    narrow = replace(sheet, cells=sheet.cells[["patient_id", *weeks]])
    long = by_week(narrow, weeks, "pasi", report)
    known = f"{sheet.names.get('patient_id', 'patient_id')} is the patient, {listed(weeks, 3)} are weeks"
    group = f", {patients.names.get('group', 'group')} is the group" if "group" in patients.cells else ""
    report.note(f"{sheet.file}: read as one row per patient; {known}{group}.")
    return ({"pasi": long} if long else {}) | {"patients": one_row_each(patients)}


def _tidy(sheet: Sheet, table: Table, report: Report) -> dict[str, Sheet]:
    known = canonical(sheet, TABLES["patients"], report)
    kept = _of_patients(known, table) if {"patient_id", "pasi"} <= set(known.cells) else []
    pasi = replace(sheet, cells=sheet.cells.drop(columns=[known.names.get(name, name) for name in kept]))
    unread(pasi, table, report)
    if not kept:
        return {"pasi": pasi}
    patients = replace(known, cells=known.cells[["patient_id", *kept]])
    if "group" in kept:
        _one_group_each(patients, report)
    if covariates := [name for name in kept if name not in TABLES["patients"].names]:
        report.note(f"{sheet.file}: kept as covariates of the patients: {listed(covariates, 20)}.")
    first = patients.cells.groupby(texts(patients.cells["patient_id"]), dropna=False)[kept].transform("first")
    return {"pasi": pasi, "patients": one_row_each(replace(patients, cells=patients.cells.assign(**first)))}


def _of_patients(sheet: Sheet, table: Table) -> list[str]:
    """The columns of a `table` of visits that say one thing of each patient: the group, what the study knows of
    patients, and covariates."""
    ids = texts(sheet.cells["patient_id"])
    ours = [name for name in ("group", "sex", "age", "weight_kg") if name in sheet.cells]
    unknown = [guess.column for guess in guesses(sheet.cells) if not guess.role]
    others = [name for name in unknown if name not in table.names and not why_not(sheet.cells[name], ids)]
    return [name for name in ours if name == "group" or not changes(sheet.cells[name], ids)] + others


def _one_group_each(sheet: Sheet, report: Report) -> None:
    patients, groups = texts(sheet.cells["patient_id"]), texts(sheet.cells["group"])
    firsts = groups.groupby(patients).transform("first")
    other = (groups.notna() & firsts.notna() & (groups != firsts)).to_numpy()

    def found(at: int) -> str:
        return f"'{groups[at]}' for patient '{patients[at]}', who is in '{firsts[at]}' above"

    for problem in located(sheet, "group", other, "one group per patient", "", found):
        report.add(problem)


def one_row_each(sheet: Sheet) -> Sheet:
    """The first row of every patient."""
    first = ~sheet.cells["patient_id"].duplicated().to_numpy()
    return sheet.taken(first.nonzero()[0])


def _named_group(sheet: Sheet, report: Report) -> Sheet:
    patients = canonical(sheet, TABLES["patients"], report)
    if "group" in patients.cells:
        return patients
    candidates = [name for name in patients.cells.columns if _looks_like_groups(patients.cells[name])]
    if len(candidates) != 1:
        return patients
    return patients.renamed({candidates[0]: GROUP.name})


def _looks_like_groups(cells: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(cells) or cells.name in TABLES["patients"].names:
        return False
    sizes = texts(cells).value_counts()
    return 2 <= len(sizes) <= 12 and bool(sizes.min() > 1)
