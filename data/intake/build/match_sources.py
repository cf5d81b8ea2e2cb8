"""Which table of the files each [[sources]] of a study.toml is about, and what no entry is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import PurePath
from typing import Any

from data.intake.layouts.base import ANYTHING, REPRISE, Entry, needed, used
from data.intake.layouts.redcap import dictionary_of
from data.intake.layouts.registry import LAYOUTS
from data.intake.sources import Source
from data.problems import Problem, Report, listed
from data.schema import OF_PATIENTS, TABLES
from data.tables.columns import did_you_mean, texts
from data.tables.sheet import quoted

Column = tuple[str, str, str]
"""File, sheet and name of a column."""
NO_PLACE = "and nothing that is read from this table has one"
"""Of a column whose meaning is known, and not used."""


def matched(mapping: Mapping[str, Any], sources: Sequence[Source], report: Report) -> list[tuple[Entry, Source]]:
    """Each entry with its table; an entry without one is a problem, and one under another name is a note."""
    pairs = []
    for entry in mapping.get("sources", []):
        source = found(entry, sources)
        if source is None:
            report.add(_not_there(entry, sources))
            continue
        if source.file != entry["file"]:
            report.note(f"study.toml names '{_called(entry)}'; '{source.file}' has its columns, and is read for it.")
        pairs.append((entry, source))
    return pairs


def _not_there(entry: Entry, sources: Sequence[Source]) -> Problem:
    there = [source.file + (f", sheet '{source.page}'" if source.page else "") for source in sources]
    expected = f"the table that sources calls '{_called(entry)}'"
    near = did_you_mean(_called(entry), [source.file for source in sources])
    return Problem("study.toml", None, "sources.file", f"the files {listed(there)}", expected, near)


def _called(entry: Entry) -> str:
    """What an entry calls its file, without the folders that it may be in."""
    return PurePath(str(entry.get("file", ""))).name[:60]


def found(entry: Entry, sources: Sequence[Source]) -> Source | None:
    """The table of an entry: by the name of its file and sheet, else, as next month's export is called differently, the
    one that has all the columns it names; of several such the one whose name is the nearest."""
    named = [source for source in sources if source.file == entry.get("file")]
    named = [source for source in named if entry.get("sheet", source.page) == source.page]
    if named:
        return named[0]
    fitting = [source for source in sources if _fits(entry, source)]
    fitting = [source for source in fitting if source.page == entry.get("sheet", "")] or fitting
    near = sorted(fitting, key=lambda source: _nearness(entry, source), reverse=True)
    if len(near) > 1 and _nearness(entry, near[0]) == _nearness(entry, near[1]):
        return None
    return near[0] if near else None


def _fits(entry: Entry, source: Source) -> bool:
    columns = set(map(str, source.sheet.cells.columns))
    wide = entry.get("wide", {}).get("weeks", {})
    layout = next((layout for layout in LAYOUTS if layout.name == entry.get("layout")), None)
    named = needed(entry)
    fits = bool(named) and named <= columns and (not wide or bool(columns & set(wide)))
    return fits and (layout is None or layout.score(source)[0] > 0)


def _nearness(entry: Entry, source: Source) -> float:
    return SequenceMatcher(None, str(entry.get("file", "")), source.file).ratio()


def note_columns(
    mapping: Mapping[str, Any], sources: Sequence[Source], why: Mapping[Column, str], report: Report
) -> None:
    """Notes on which columns are kept as covariates of the patients, and which are not read, and `why`."""
    quiet = Report()
    pairs = matched(mapping, sources, quiet)
    for source in sources:
        entries = [entry for entry, about in pairs if about is source]
        if not entries:
            if dictionary_of(source) is None:
                near = did_you_mean(PurePath(source.file).stem, TABLES)
                said = f"{_title(source)}: nothing of this table is used{_unknown(source, why)}. {near}"
                report.note(said.strip())
            continue
        kept = [theirs for entry in entries for ours, theirs in _covariates(entry).items()]
        if kept:
            report.note(f"{_title(source)}: kept as covariates of the patients: {listed(dict.fromkeys(kept), 20)}.")
        if others := _other_rows(source, entries):
            report.note(f"{_title(source)}: rows of other kinds are not read: {others}.")
        if unread := _unread(source, entries):
            report.note(f"{_title(source)}: columns that are not read: {_because(source, unread, why)}.")


def _other_rows(source: Source, entries: Sequence[Entry]) -> str:
    """What the rows that no entry chooses say in the columns that entries choose by, each with how many there are."""
    chosen: dict[str, set[str]] = {}
    for entry in entries:
        for column, wanted in entry.get("rows", {}).items():
            chosen.setdefault(str(column), set()).add(str(wanted))
    whole = [entry for entry in entries if not entry.get("rows") and entry["table"] != "patients"]
    said = []
    for column, wanted in chosen.items() if not whole else ():
        words = texts(source.sheet.cells[column]).fillna("")
        others = words[~words.isin(wanted)] if ANYTHING not in wanted else words[:0]
        kinds = [f"{quoted(word)} ({count:,})" for word, count in others.value_counts().items()]
        more = f" and {len(kinds) - MOST} more" if len(kinds) > MOST else ""
        said += [f"{column} {', '.join(kinds[:MOST])}{more}"] if kinds else []
    return "; ".join(said)


MOST = 8
"""Kinds of rows that a note names."""


def _unknown(source: Source, why: Mapping[Column, str]) -> str:
    """Why the columns that no meaning is known of are not read, to end a sentence."""
    reasons = {
        str(name): why.get((source.file, source.page, str(name)), NO_PLACE) for name in source.sheet.cells.columns
    }
    unknown = [name for name, reason in reasons.items() if NO_PLACE not in reason]
    return f": {_because(source, unknown, why)}" if unknown else ""


def _title(source: Source) -> str:
    return f"{source.file}, sheet '{source.page}'" if source.page else source.file


def _covariates(entry: Entry) -> dict[str, str]:
    known = {"patient_id", *OF_PATIENTS, "reference_date"}
    told = entry["table"] == "patients" and (entry.get("layout") != REPRISE or "of_visits" in entry)
    columns = entry.get("columns", {}) if told else {}
    return {ours: str(theirs) for ours, theirs in columns.items() if ours not in known}


def _unread(source: Source, entries: Sequence[Entry]) -> list[str]:
    """The columns of a table that none of its entries uses; of a FlowJo table every gate is used, and of one of ours
    with a column a visit nobody asks for more."""
    if any(entry.get("layout") in WHOLE or (entry.get("layout") == REPRISE and "wide" in entry) for entry in entries):
        return []
    read = {name for entry in entries for name in used(entry)}
    return [str(name) for name in source.sheet.cells.columns if str(name) not in read]


WHOLE = ("flowjo", "cdisc")
"""Layouts of which nearly every column is known, or known not to be needed."""


def _because(source: Source, columns: Sequence[str], why: Mapping[Column, str]) -> str:
    by_reason: dict[str, list[str]] = {}
    for column in columns:
        by_reason.setdefault(why.get((source.file, source.page, column), ""), []).append(column)
    return "; ".join(
        f"{listed(names, 12)}{f' ({reason})' if reason else ''}" for reason, names in sorted(by_reason.items())
    )
