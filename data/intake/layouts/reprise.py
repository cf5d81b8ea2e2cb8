"""A table in Reprise's own columns, whatever its file is called."""

from __future__ import annotations

from collections.abc import Mapping

from data.intake.columns.roles import Guess
from data.intake.columns.scores import MARKER
from data.intake.columns.value_types import are_numbers
from data.intake.layouts.base import CERTAIN, Context, Draft
from data.intake.layouts.own_columns import entries_of
from data.intake.sources import Source
from data.problems import Report, listed
from data.schema import OF_PATIENTS, TABLES, plain
from data.study import SCORES
from data.tables.sheet import Sheet

NEEDED: Mapping[str, tuple[str, ...]] = {
    "subset_definitions": ("subset", "label"),
    "treatments": ("patient_id", "treatment", "kind", "start_week"),
    "events": ("patient_id", "week", "event"),
    "immune_subsets": ("patient_id", "week", "subset", "value"),
    "pasi": ("patient_id", "week", "pasi"),
}
"""The columns that tell a table of ours, the most particular first."""


def score(source: Source) -> tuple[float, str]:
    """All the columns that a table needs, under their own names."""
    table = table_of(source.sheet)
    if table == "pasi" and _says_more(source.sheet):
        return 0.4, "it has the columns of pasi.csv, and others"
    return (CERTAIN, f"it has the columns of {table}.csv") if table else (0.0, "")


def _says_more(sheet: Sheet) -> bool:
    """Whether a table of PASI has columns that it has no place for, and nothing that only our own files say."""
    names = {plain(str(name)) for name in sheet.cells.columns}
    return "provenance" not in names and not names <= set(TABLES["pasi"].names)


def table_of(sheet: Sheet) -> str:
    """The table whose columns these are, "" if it is none of ours."""
    names = {plain(str(name)) for name in sheet.cells.columns}
    found = next((table for table, needed in NEEDED.items() if set(needed) <= names), "")
    if found or "patient_id" not in names:
        return found
    others = [name for name in sheet.cells.columns if plain(str(name)) not in {"patient_id", "week", "provenance"}]
    if "week" in names:
        scores = [name for name in others if plain(str(name)) in SCORES]
        numeric = bool(others) and all(are_numbers(sheet.cells[name]) for name in others)
        return "" if not numeric else "immune_subsets" if not scores else "pasi" if len(scores) == len(others) else ""
    once = sheet.cells[next(name for name in sheet.cells.columns if plain(str(name)) == "patient_id")].is_unique
    return "patients" if once and names & {*OF_PATIENTS} else ""


def propose(source: Source, context: Context) -> Draft:
    """Each column as what it is called; further columns are covariates of patients, or subsets of cells. Beside other
    files nothing is read strictly."""
    name = table_of(source.sheet)
    found = entries_of(source, TABLES[name], Report())
    entries = [{key: said for key, said in entry.items() if key not in {"layout", "of_visits"}} for entry in found]
    known = {str(theirs): ours for entry in entries for ours, theirs in entry["columns"].items()}
    guesses = [
        Guess(theirs, known.get(theirs, ""), f"it is a column of {name}.csv" if theirs in known else "not read")
        for theirs in map(str, source.sheet.cells.columns)
    ]
    strange = [one for one in entries[0].get("subsets", []) if not MARKER.search(one)]
    asked = [f"{source.file}: {listed(strange)} is taken as an immune subset: is it one?"] if strange else []
    return Draft(entries, guesses, asked)
