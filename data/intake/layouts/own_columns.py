"""Entries for a table that is our own, each of its columns by the study's name for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

import pandas as pd

from data.intake.columns.infer import inferred
from data.intake.columns.wide_headers import grid_of, said_by
from data.intake.layouts.base import REPRISE, Entry
from data.intake.layouts.clinic.covariates import changes, why_not
from data.intake.sources import Source
from data.problems import Problem, Report, listed
from data.schema import OF_PATIENTS, TABLES, Table
from data.tables.columns import is_missing, missing_column, texts
from data.tables.sheet import Sheet, canonical

SAMPLE = ("patient_id", "week", "provenance")
NOTHING: Entry = {}


def entries_of(source: Source, table: Table, report: Report, said: Entry = NOTHING) -> list[Entry]:
    """The entry of a table of ours with what is `said` of it; and, where PASI tells more of its patients, one of these.

    Columns go by their names, whatever their case and spacing, or else by an alias. Of PASI with one column a visit,
    headers or the file's name say the weeks."""
    sheet = _canonical(source, table, report, said)
    known = {str(name): sheet.names.get(str(name), str(name)) for name in sheet.cells.columns}
    rest = {name: theirs for name, theirs in known.items() if name not in table.names}
    columns = {**{name: theirs for name, theirs in known.items() if name not in rest}, **said.get("columns", {})}
    place: Entry = {"file": source.file, **({"sheet": source.page} if source.page else {}), "layout": REPRISE}
    entry = place | said | place | {"table": table.name, "columns": columns}
    there = {*columns, *said.get("constants", {})}
    if table.extra == "covariate":
        return [entry | {"columns": columns | rest}]
    if table.extra == "subset" and not there & {"subset", "value"}:
        of_samples = {name: theirs for name, theirs in columns.items() if name in SAMPLE}
        return [entry | {"columns": of_samples, "subsets": list(rest.values())}]
    if table.name != "pasi" or "wide" in entry:
        return [entry]
    weeks = _weeks(sheet) if "patient_id" in columns and not there & {"week", "pasi"} else {}
    more = _once_each(sheet, weeks, report) if len(weeks) > 1 else _of_patients(sheet, table)
    patients = [place | {"table": "patients", "columns": more, "of_visits": True}] if more else []
    if len(weeks) > 1:
        wide = {"weeks": {known[name]: week for name, week in weeks.items()}}
        entry |= {"columns": {"patient_id": columns["patient_id"]}, "wide": wide}
    return [entry, *patients]


def without(source: Source, table: Table, entry: Entry) -> list[Problem]:
    """A problem for each required column that a table of ours has not, with what its entry makes of it."""
    made = {"week", "start_week", "dose", "pasi"} if "wide" in entry else set()
    made |= {"subset", "value"} if entry.get("subsets") else set()
    known = _canonical(source, table, Report(), entry)
    named = [*made, *entry["columns"], *entry.get("constants", {})]
    whole = replace(known, cells=pd.DataFrame(columns=[*known.cells.columns, *named]))
    return [missing_column(known, column) for column in table.columns if is_missing(column, whole)]


def _canonical(source: Source, table: Table, report: Report, said: Entry) -> Sheet:
    """The sheet with the columns that are `said` renamed, and the others by the study's names."""
    names = {str(theirs): ours for ours, theirs in said.get("columns", {}).items()}
    return canonical(replace(source.sheet, names={}).renamed(names), table, report)


def _weeks(sheet: Sheet) -> Mapping[str, float]:
    """The columns that are PASI at a week, if headers or the file's name say PASI, and no other score has such columns:
    {"BASELINE": 0, "WEEK04": 4}."""
    weeks = grid_of([str(name) for name in sheet.cells.columns], {}).weeks
    file, _, page = sheet.file.partition(", sheet ")
    titles = [*([page.strip("'")] if page else []), PurePath(file).stem]
    if set(weeks) == {""} and said_by(titles) == "pasi":
        return weeks[""]
    return weeks["pasi"] if set(weeks) == {"pasi"} else {}


def _once_each(sheet: Sheet, weeks: Mapping[str, float], report: Report) -> dict[str, str]:
    """What the other columns of a table with one row a patient say of them. Without a named group, the only text column
    with 2 to 12 values that each name several patients is it."""
    rest = sheet.cells.drop(columns=list(weeks))
    known = canonical(replace(sheet, cells=rest), TABLES["patients"], report)
    columns = {str(name): known.names.get(str(name), str(name)) for name in known.cells.columns}
    groups = [name for name in columns if _looks_like_groups(known.cells[name])] if "group" not in columns else []
    if len(groups) == 1:
        columns = {"group" if name == groups[0] else name: theirs for name, theirs in columns.items()}
    group = f", {columns['group']} is the group" if "group" in columns else ""
    told = f"{columns['patient_id']} is the patient, {listed(weeks, 3)} are weeks{group}"
    report.note(f"{sheet.file}: read as one row per patient; {told}.")
    return columns


def _looks_like_groups(cells: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(cells) or cells.name in TABLES["patients"].names:
        return False
    sizes = texts(cells).value_counts()
    return 2 <= len(sizes) <= 12 and bool(sizes.min() > 1)


def _of_patients(sheet: Sheet, table: Table) -> dict[str, str]:
    """The columns of a `table` of visits that say one thing of each patient, with their own: the group, what the study
    knows of patients, and covariates; none if there are none."""
    known = canonical(sheet, TABLES["patients"], Report())
    if not {"patient_id", "pasi"} <= set(known.cells):
        return {}
    ids = texts(known.cells["patient_id"])
    ours = [name for name in OF_PATIENTS if name in known.cells]
    unknown = [guess.column for guess in inferred(known.cells) if not guess.role]
    others = [name for name in unknown if name not in table.names and not why_not(known.cells[name], ids)]
    kept = [name for name in ours if name == "group" or not changes(known.cells[name], ids)] + others
    return {name: known.names.get(name, name) for name in ("patient_id", *kept)} if kept else {}
