"""What a study.toml says about one table, done to its sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from data.problems import Problem, Report, listed
from data.schema import Table
from data.tables.columns import did_you_mean
from data.tables.minus_signs import MINUS, with_hyphens
from data.tables.sheet import Sheet
from data.tables.time_units import TIMES, converted
from data.tables.wide import by_week

NUMBER = r"([-−]?\d+(?:\.\d+)?)"


@dataclass(frozen=True)
class Wide:
    """What the cells of a wide table are: the column `value`, the week going to `times`, a blank cell by default."""

    value: str
    times: tuple[str, ...]
    blanks: str


WIDE = {
    "pasi": Wide("pasi", ("week",), "missing"),
    "treatments": Wide("dose", ("start_week", "end_week"), "nothing"),
}


def mapped(sheet: Sheet, table: Table, how: Mapping[str, Any], toml: str, report: Report) -> Sheet | None:
    """The sheet with the columns, constants, visits and times that `how`, a [tables.NAME] of the file `toml`, states;
    None, with problems, when it cannot be."""
    chosen = _chosen(sheet, table, how.get("columns", {}), toml, report)
    constants = how.get("constants", {})
    _check_names(constants, table, f"tables.{table.name}.constants", toml, report)
    if chosen is None:
        return None
    if "wide" in how:
        weeks = _weeks(sheet, how["wide"], f"tables.{table.name}.wide", toml, report)
        chosen = _long(chosen, table, weeks, how, toml, report) if weeks else None
    if chosen is None:
        return None
    filled = replace(chosen, cells=chosen.cells.assign(**{name: str(value) for name, value in constants.items()}))
    return _on_weeks(filled, how.get("time", "weeks"))


def _chosen(sheet: Sheet, table: Table, columns: Mapping[str, Any], toml: str, report: Report) -> Sheet | None:
    """The sheet with its columns renamed as stated."""
    _check_names(columns, table, f"tables.{table.name}.columns", toml, report)
    there = [str(name) for name in sheet.cells.columns]
    missing = {ours: str(theirs) for ours, theirs in columns.items() if str(theirs) not in there}
    for ours, theirs in missing.items():
        found, expected = f"the columns {listed(there, 12)}", f"the column '{theirs}', stated as {ours} in {toml}"
        report.add(Problem(sheet.file, int(sheet.rows[0]) - 1, theirs, found, expected, did_you_mean(theirs, there)))
    return None if missing else sheet.renamed({str(theirs): ours for ours, theirs in columns.items()})


def _check_names(names: Mapping[str, Any], table: Table, place: str, toml: str, report: Report) -> None:
    for name in names if table.extra == "ignored" else ():
        if name not in table.names:
            expected, advice = f"one of {', '.join(table.names)}", did_you_mean(name, table.names)
            report.add(Problem(toml, None, place, f"the column '{name}'", expected, advice))


def _weeks(sheet: Sheet, wide: Mapping[str, Any], place: str, toml: str, report: Report) -> dict[str, float]:
    """The week of every column that `weeks` or `pattern` names; empty, with a problem, when there is none."""
    there = [str(name) for name in sheet.cells.columns]
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
    return weeks | {name: week for name, week in matched.items() if name not in weeks}


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
    plain = {name: with_hyphens(name) for name in there}
    numbered = {name: float(match[1].replace(MINUS, "-")) for name in there if (match := named.fullmatch(plain[name]))}
    return {name: _session(number, days) if days else number for name, number in numbered.items()}


def _session(number: float, days: list[float]) -> float:
    """The week of the n-th session, n from 1, with sessions on these days of every week."""
    week, session = divmod(int(number) - 1, len(days))
    return week + days[session] / 7


def _long(
    sheet: Sheet, table: Table, weeks: dict[str, float], how: Mapping[str, Any], toml: str, report: Report
) -> Sheet | None:
    if table.name not in WIDE:
        expected = f"wide in {' or '.join(f'tables.{name}' for name in WIDE)}"
        report.add(Problem(toml, None, f"tables.{table.name}.wide", "wide", expected))
        return None
    wide = WIDE[table.name]
    names = {theirs: sheet_name for sheet_name, theirs in sheet.names.items()}
    visits = {names.get(name, name): week for name, week in weeks.items()}
    kept = [name for name in sheet.cells.columns if name in visits or name in table.names]
    blanks = how["wide"].get("blanks", wide.blanks)
    long = by_week(replace(sheet, cells=sheet.cells[kept]), visits, wide.value, report, blanks=blanks)
    if long is None:
        return None
    times = dict.fromkeys(wide.times, long.cells["week"])
    return replace(long, cells=long.cells.drop(columns="week").assign(**times))


def _on_weeks(sheet: Sheet, time: str) -> Sheet:
    """The sheet with its times, counted in `time`, as weeks; what is not a number stays as it is."""
    if time == "weeks":
        return sheet
    columns = {name: converted(sheet.cells[name], time) for name in TIMES if name in sheet.cells}
    written = {name: sheet.cells[name].to_numpy(dtype=object) for name in columns}
    return replace(sheet, cells=sheet.cells.assign(**columns), written=written)
