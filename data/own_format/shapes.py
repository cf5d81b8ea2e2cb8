"""From sheets as they are in the files to sheets with the study's columns, one function for each table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from data.own_format.pasi_table import recognised
from data.problems import Report
from data.schema import TABLES
from data.tables.limits_of_detection import limited
from data.tables.sheet import Sheet, canonical
from data.tables.wide import subsets, unread


def shaped(sheets: Mapping[str, Sheet], report: Report) -> dict[str, Sheet]:
    """The study's sheets, by table. A PASI sheet may also tell the patients' groups; a table of patients goes first."""
    found: dict[str, Sheet] = {}
    for name in TABLES:
        if name in sheets:
            found = SHAPES.get(name, _tidy(name))(sheets[name], report) | found
    return found


def _immune(sheet: Sheet, report: Report) -> dict[str, Sheet]:
    long = limited(subsets(canonical(sheet, TABLES["immune_subsets"], report)), report)
    unread(long, "immune_subsets", report)
    return {"immune_subsets": long}


def _tidy(name: str) -> Callable[[Sheet, Report], dict[str, Sheet]]:
    def tidy(sheet: Sheet, report: Report) -> dict[str, Sheet]:
        known = canonical(sheet, TABLES[name], report)
        if TABLES[name].extra == "ignored":
            unread(known, name, report)
        return {name: known}

    return tidy


SHAPES: Mapping[str, Callable[[Sheet, Report], dict[str, Sheet]]] = {"pasi": recognised, "immune_subsets": _immune}
