"""Tables that are our own: which of the files' are, and their entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from data.csv_export import FORMULA
from data.frames import with_columns
from data.intake.layouts.base import REPRISE, Context, Entry, used
from data.intake.layouts.own_columns import entries_of, without
from data.intake.layouts.registry import recognised
from data.intake.layouts.reprise import propose, table_of
from data.intake.sources import Source
from data.problems import Problem, Report
from data.schema import ENOUGH, TABLES, Table, plain, tables_with
from data.tables.columns import did_you_mean
from data.tables.meant import speaks_of_pasi
from data.tables.sheet import Sheet
from data.validation.outcomes import outcomes_of

PROPERTIES = ("title", "citation", "week_zero", "index.treatment", "index.label")
NOTHING: Mapping[str, Any] = MappingProxyType({})
OTHERS = frozenset({"marker", "subset", "treatment"})
"""Roles of columns that a table of PASI has no place for, and another table of the study has."""


def own_entries(sources: Sequence[Source], about: Mapping[str, Any] = NOTHING) -> list[Entry]:
    """What [tables] would say of each table that is our own, of a study with the outcomes that `about` states; nothing
    where two of them are the same, or they make no study."""
    ours = tables_of(about)
    owned = [(source, table) for source in sources if (table := own_table(source, ours))]
    tables = [table for _, table in owned]
    if len(set(tables)) < len(tables) or not set(tables) & set(ENOUGH):
        return []
    return [{"file": one.file, "sheet": one.page, "table": table, "layout": REPRISE} for one, table in owned]


def tables_of(about: Mapping[str, Any]) -> Mapping[str, Table]:
    """The tables of a study with the outcomes that `about` states; what is wrong with those is told by `checked`."""
    return tables_with(outcomes_of(about, "", Report()))


def own_table(source: Source, ours: Mapping[str, Table] = TABLES) -> str:
    """The table of ours that a table of a file is, "" if it is none: by its name, else by its columns, all of those
    that are required; PASI may have one column for each week."""
    if recognised(source)[0].name not in {"reprise", "clinic"}:
        return ""
    called = called_like(source)
    by_columns = table_of(source.sheet)
    sure = by_columns if by_columns and not propose(source, Context()).unclear else ""
    return next((name for name in (called, sure, "pasi") if name in ours and _fits(source, ours[name])), "")


def lacking(source: Source) -> list[Problem]:
    """A problem for each required column that a table has not which is called like one of ours, and names its patients
    as ours do; none for another."""
    called = called_like(source)
    if called not in TABLES or "patient_id" not in map(plain, map(str, source.sheet.cells.columns)):
        return []
    return without(source, TABLES[called], entries_of(source, TABLES[called], Report())[0])


def called_like(source: Source) -> str:
    """The name of a sheet, or of a file without sheets, as our tables are written."""
    return plain(source.page or PurePath(source.file).stem)


def is_named_ours(place: str) -> bool:
    """Whether a file, or the sheet in "book.xlsx, sheet 'pasi'", is called like a table of ours, or speaks of PASI."""
    file, _, page = place.partition(", sheet ")
    called = page.strip("'") or PurePath(file).stem
    return plain(called) in {*TABLES, "study"} or speaks_of_pasi(called)


def is_own_pasi(source: Source) -> bool:
    """Whether a table is our own of PASI, and called so."""
    return called_like(source) == "pasi" == own_table(source)


def _fits(source: Source, table: Table) -> bool:
    entries = entries_of(source, table, Report())
    if without(source, table, entries[0]):
        return False
    read = {name for entry in entries for name in used(entry)}
    return table.name != "pasi" or not any(one.role in OTHERS and one.column not in read for one in source.guessed)


def unescaped(sheet: Sheet) -> Sheet:
    """The sheet without the ' that an export puts before what a spreadsheet would take for a formula."""
    texts = sheet.cells.select_dtypes(["str", "object"])
    cells = with_columns(sheet.cells, {str(name): texts[name].map(_unescaped) for name in texts})
    return replace(sheet, cells=cells.rename(columns=_unescaped))


def _unescaped(cell: object) -> object:
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def properties_of(sources: Sequence[Source], report: Report) -> tuple[dict[str, Any], list[Source]]:
    """What sheets called study say of it, as a study.toml does; and the other tables. One without any property is a
    table like others."""
    properties = [source for source in sources if plain(source.page) == "study" and _has_properties(source.sheet)]
    known: dict[str, str] = {}
    for source in properties:
        for row, key, value in _pairs(source.sheet):
            if key in PROPERTIES:
                known[key] = value
            elif row > 1:
                expected, near = f"one of {', '.join(PROPERTIES)}", did_you_mean(key, PROPERTIES)
                report.add(Problem(source.sheet.file, row, None, f"'{key}'", expected, near))
    index = {key.removeprefix("index."): value for key, value in known.items() if key.startswith("index.")}
    about: dict[str, Any] = {key: value for key, value in known.items() if "." not in key}
    return about | ({"index": index} if index else {}), [one for one in sources if one not in properties]


def _has_properties(sheet: Sheet) -> bool:
    return any(key in PROPERTIES for _, key, _ in _pairs(sheet))


def _pairs(sheet: Sheet) -> list[tuple[Any, ...]]:
    """The first two cells of every row, the header too, with the row's number."""
    pairs = [(int(sheet.rows[0]) - 1, *map(str, sheet.cells.columns[:2]))]
    rows = sheet.cells.iloc[:, :2].itertuples(index=False)
    pairs += [(int(row), *map(str, cells)) for row, cells in zip(sheet.rows, rows, strict=True)]
    return [pair for pair in pairs if len(pair) == 3]
