"""[tables] of a study.toml as entries: what it says of each of our own tables, as [[sources]] say it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from data.intake.layouts.base import Entry
from data.intake.layouts.own_columns import entries_of, without
from data.intake.sources import Source
from data.problems import Problem, Report, listed
from data.schema import Table, plain
from data.tables.columns import did_you_mean
from data.tables.minus_signs import MINUS, with_hyphens

NUMBER = r"([-−]?\d+(?:\.\d+)?)"
WIDE: Mapping[str, Mapping[str, str]] = {
    "pasi": {"value": "pasi", "blanks": "missing"},
    "treatments": {"value": "dose", "blanks": "nothing"},
}
"""The tables that may have one column a visit: what its cells are, and what a blank one means."""


def translated(
    stated: Sequence[Entry], ours: Mapping[str, Table], sources: Sequence[Source], toml: str, report: Report
) -> list[Entry]:
    """The entries of our own tables that are `stated` as [tables.NAME], each with its `table` and its file; what they
    name and is not there is a problem."""
    found: list[Entry] = []
    for said in stated:
        table, source = ours[said["table"]], _source(said, sources, report)
        known = [_are_known(said.get(key, {}), table, key, toml, report) for key in ("columns", "constants")]
        wide = _wide(said, table, source, toml, report) if source and "wide" in said else {}
        if source is None or wide is None or not all(known):
            continue
        entries = entries_of(source, table, report, {**said, **wide})
        there = set(map(str, source.sheet.cells.columns))
        lost = without(source, table, entries[0]) if {*map(str, said.get("columns", {}).values())} <= there else []
        for problem in lost:
            report.add(problem)
        found += entries if not lost else []
    own = any(said["table"] == "patients" for said in stated)
    return [entry for entry in found if not (own and "of_visits" in entry)]


def _source(entry: Entry, sources: Sequence[Source], report: Report) -> Source | None:
    """The table of an entry: the sheet that it names, else the one called like its table, else the only one."""
    there = [source for source in sources if source.file == entry["file"]]
    asked, name = entry.get("sheet"), entry["table"]
    called = [source for source in there if (source.page == asked if asked else plain(source.page) == name)]
    found = called or (there if len(there) == 1 and not asked else [])
    if found or not there:
        return next(iter(found), None)
    pages = [source.page for source in there]
    near = did_you_mean(asked or name, pages) or f"Set tables.{name}.sheet in study.toml."
    report.add(
        Problem(entry["file"], None, None, f"the sheets {listed(pages, 12)}", f"a sheet '{asked or name}'", near)
    )
    return None


def _are_known(names: Mapping[str, Any], table: Table, key: str, toml: str, report: Report) -> bool:
    """Whether these are columns of a table, or it may have others; a problem tells each that is none."""
    unknown = [name for name in names if table.extra == "ignored" and name not in table.names]
    for name in unknown:
        expected, advice = f"one of {', '.join(table.names)}", did_you_mean(name, table.names)
        report.add(Problem(toml, None, f"tables.{table.name}.{key}", f"the column '{name}'", expected, advice))
    return not unknown


def _wide(said: Entry, table: Table, source: Source, toml: str, report: Report) -> Entry | None:
    """The `wide` of an entry, the week of every column that the stated `weeks` or `pattern` name; None, with a problem,
    when there is none."""
    if table.name not in WIDE:
        expected = f"wide in {' or '.join(f'tables.{name}' for name in WIDE)}"
        report.add(Problem(toml, None, f"tables.{table.name}.wide", "wide", expected))
        return None
    weeks = _weeks(source, said["wide"], f"tables.{table.name}.wide", toml, report)
    blanks = {"blanks": said["wide"]["blanks"]} if "blanks" in said["wide"] else {}
    return {"wide": {**WIDE[table.name], **blanks, "weeks": weeks}} if weeks else None


def _weeks(source: Source, wide: Mapping[str, Any], place: str, toml: str, report: Report) -> dict[str, float]:
    sheet, there = source.sheet, [str(name) for name in source.sheet.cells.columns]
    stated = wide.get("weeks", {})
    for name, week in stated.items():
        if name not in there:
            found, expected = f"the columns {listed(there, 12)}", f"the column '{name}', stated in {toml}"
            report.add(Problem(sheet.file, int(sheet.rows[0]) - 1, name, found, expected, did_you_mean(name, there)))
        if isinstance(week, bool) or not isinstance(week, (int, float)):
            report.add(Problem(toml, None, f"{place}.weeks.{name}", f"{week!r}", "a number of weeks"))
            return {}
    weeks = {name: float(week) for name, week in stated.items() if name in there}
    matched = _matched(there, wide, place, toml, report) if "pattern" in wide else {}
    if not weeks and not matched:
        expected = f"visit columns as in {place} of {toml}"
        report.add(Problem(sheet.file, None, None, f"the columns {listed(there, 12)}", expected))
    return matched | weeks


def _matched(there: list[str], wide: Mapping[str, Any], place: str, toml: str, report: Report) -> dict[str, float]:
    pattern, days = str(wide["pattern"]), wide.get("days", [])
    hole = "{n}" if days else "{week}"
    valid = all(isinstance(day, (int, float)) and not isinstance(day, bool) for day in days)
    if pattern.count(hole) != 1 or not valid:
        expected = "a pattern with {week}; or with {n}, and days = [0, 2, 4]"
        report.add(Problem(toml, None, f"{place}.pattern", f"'{pattern}' and days = {days}", expected))
        return {}
    before, after = (re.escape(part) for part in with_hyphens(pattern).split(hole))
    named = re.compile(f"{before}{NUMBER}{after}")
    matches = {name: named.fullmatch(with_hyphens(name)) for name in there}
    numbered = {name: float(match[1].replace(MINUS, "-")) for name, match in matches.items() if match}
    return {name: _session(number, days) if days else number for name, number in numbered.items()}


def _session(number: float, days: list[float]) -> float:
    """The week of the n-th session, n from 1, with sessions on these days of every week."""
    week, session = divmod(int(number) - 1, len(days))
    return week + days[session] / 7
