"""From sheets as they are in the files to sheets with the study's columns, one function for each table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from data.own_format.pasi_table import recognised
from data.problems import Report
from data.schema import TABLES, Table
from data.tables.limits_of_detection import limited
from data.tables.sheet import Sheet, canonical
from data.tables.wide import subsets, unread


def shaped(sheets: Mapping[str, Sheet], report: Report, tables: Mapping[str, Table] = TABLES) -> dict[str, Sheet]:
    """The study's sheets, by table of its `tables`. A PASI sheet may also tell the patients' groups; a table of
    patients goes first."""
    found: dict[str, Sheet] = {}
    for name, table in tables.items():
        if name in sheets:
            found = SHAPES.get(name, _tidy)(sheets[name], table, report) | found
    return found


def _immune(sheet: Sheet, table: Table, report: Report) -> dict[str, Sheet]:
    long = limited(subsets(canonical(sheet, table, report)), report)
    unread(long, table, report)
    return {table.name: long}


def _tidy(sheet: Sheet, table: Table, report: Report) -> dict[str, Sheet]:
    known = canonical(sheet, table, report)
    if table.extra == "ignored":
        unread(known, table, report)
    return {table.name: known}


Shape = Callable[[Sheet, Table, Report], dict[str, Sheet]]
SHAPES: Mapping[str, Shape] = {"pasi": recognised, "immune_subsets": _immune}
