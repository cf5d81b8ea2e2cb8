"""One [[sources]] of a study.toml done to its table: rows chosen, tube names read, columns given the study's names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from data.frames import with_columns
from data.intake.build.match_sources import matched
from data.intake.build.row_weeks import ordered, states_weeks_alone, tell_beyond, with_week
from data.intake.columns.visits import weeks_of
from data.intake.layouts.base import ANYTHING, REPRISE, Entry, Ledger, needed
from data.intake.layouts.cdisc.happened import with_what_happened
from data.intake.layouts.clinic.treatment_courses import open_ends
from data.intake.layouts.flowjo.tubes import STARS, TIMES, Tube, matcher, plain_date, read_tube, says_time
from data.intake.layouts.registry import LAYOUTS
from data.intake.sources import Source
from data.problems import Problem, Report, listed
from data.study import SCORES
from data.tables.columns import did_you_mean, texts
from data.tables.outcome_names import scores_among
from data.tables.sheet import Sheet
from data.tables.time_units import CLOCKS
from data.tables.wide import by_week, gathered

DEFINING = ("label", "lineage", "parent", "phenotype", "unit")
"""Columns of a sample that define its subset."""

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "patients": ("patient_id",),
        "pasi": ("patient_id", "week"),
        "immune_subsets": ("patient_id", "week", "subset", "value"),
        "subset_definitions": ("subset",),
        "treatments": ("patient_id", "treatment", "start_week"),
        "events": ("patient_id", "week", "event"),
    }
)
"""The columns that a table cannot do without."""


@dataclass(frozen=True)
class Part:
    """What one source gives to one table: a sheet in the study's columns, its times not yet weeks."""

    entry: Entry
    table: str
    sheet: Sheet
    ledger: Ledger
    rows: int


def parts_of(mapping: Mapping[str, Any], sources: Sequence[Source], report: Report) -> list[Part]:
    """The parts of all sources that a mapping names; what it names and is not there is a problem."""
    for name in dict.fromkeys(name for entry in mapping.get("sources", []) for name in own_scores(entry)):
        if name not in mapping.get("outcomes", {}):
            expected = f"a score that every study knows, or an [outcomes.{name}] with its label and range"
            report.add(Problem("study.toml", None, "sources.columns", f"the column '{name}' of pasi", expected))
    made = [_part(entry, source, report) for entry, source in matched(mapping, sources, report)]
    return [part for part in made if part]


def of_pasi(entry: Entry) -> bool:
    """Whether an entry says which column, or columns, are PASI."""
    wide = "wide" in entry and _score(entry) == "pasi"
    return entry.get("table") == "pasi" and (wide or "pasi" in entry.get("columns", {}))


def own_scores(entry: Entry) -> dict[str, str]:
    """The scores of an entry that not every study knows, each with its column, or the first of one column a visit."""
    if entry.get("table") != "pasi":
        return {}
    wide = {_score(entry): next(iter(entry["wide"].get("weeks", {})), "")} if "wide" in entry else {}
    columns = {**entry.get("columns", {}), **wide}
    return {name: str(columns[name]) for name in scores_among(columns) if name not in SCORES}


def all_ours(mapping: Mapping[str, Any]) -> bool:
    """Whether a mapping is of nothing but our own tables."""
    entries = mapping.get("sources", [])
    return bool(entries) and all(entry.get("layout") == REPRISE for entry in entries)


def _part(entry: Entry, source: Source, report: Report) -> Part | None:
    there = list(map(str, source.sheet.cells.columns))
    missing = sorted(needed(entry) - set(there))
    own = entry.get("layout") == REPRISE
    for name in missing:
        place = (source.sheet.file, max(1, int(source.sheet.rows[0]) - 1) if own else 1, name)
        ours = " and ".join(ours for ours, theirs in entry.get("columns", {}).items() if str(theirs) == name)
        expected = f"the column '{name}', which study.toml names{f' as {ours}' if ours else ''}"
        report.add(Problem(*place, f"the columns {listed(there, 12)}", expected, did_you_mean(name, there)))
    if (
        missing
        or not states_weeks_alone(entry, report, timed="week" in KEYS[entry["table"]])
        or ("wide" in entry and not own and not _complete(entry, {*entry.get("columns", {}), "week", "pasi"}, report))
    ):
        return None
    ledger = Ledger(report, strict=own)
    layout = next((layout for layout in LAYOUTS if layout.name == entry.get("layout")), None)
    chosen = _rows(source.sheet, entry)
    rows, how = len(chosen.cells), with_week(entry, there)
    sheet = layout.prepare(source.sheet, entry, ledger) if layout else source.sheet
    for step in OWN_STEPS if own else STEPS:
        sheet = step(sheet, how, ledger)
    if not own and not _complete(entry, set(map(str, sheet.cells.columns)), report):
        return None
    ledger.aside[:0] = source.sheet.aside
    rows = rows if "sample" not in entry else len(source.sheet.cells)
    return Part(entry, entry["table"], sheet, ledger, rows + sum(len(one.rows) for one in source.sheet.aside))


def _complete(entry: Entry, columns: Collection[str], report: Report) -> bool:
    """Whether an entry gives its table the columns that it cannot do without; a problem says which it does not."""
    needs = [name for name in KEYS[entry["table"]] if name != "start_week" or not entry.get("segments")]
    lacking = [name for name in needs if name not in columns]
    if lacking:
        found = f"no {', '.join(lacking)} for the table {entry['table']} from '{entry['file']}'"
        expected = f"columns = {{ {' = …, '.join(KEYS[entry['table']])} = … }}"
        report.add(Problem("study.toml", None, "sources.columns", found, expected))
    return not lacking


def _rows(sheet: Sheet, entry: Entry, ledger: Ledger | None = None) -> Sheet:
    """The rows whose cells are as stated: "" is a blank one, "*" any other. Rows of other kinds are no loss: another
    entry's, or another test's."""
    for column, wanted in entry.get("rows", {}).items():
        words = texts(sheet.cells[column]).fillna("")
        chosen = words != "" if wanted == ANYTHING else words == str(wanted)
        sheet = sheet.taken(np.flatnonzero(chosen.to_numpy()))
    return sheet


def _sampled(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """Patient and week read from the names of tubes."""
    if "pattern" not in entry.get("sample", {}):
        return sheet
    column, pattern = entry["sample"]["column"], str(entry["sample"]["pattern"])
    if matcher(pattern) is None:
        expected = "one {patient_id} and at most one of " + ", ".join(f"{{{time}}}" for time in TIMES)
        expected += f", and at most {STARS} times *"
        ledger.report.add(Problem("study.toml", None, "sources.sample.pattern", f"'{pattern}'", expected))
        return sheet.taken(np.array([], dtype=int))
    codes, uniques = pd.factorize(texts(sheet.cells[column]))
    tubes = [read_tube(pattern, name, entry.get("visits", {})) for name in uniques]
    visits = weeks_of([tube.text for tube in tubes if tube and tube.time == "visit"], entry.get("visits"))
    ordered = _in_order([tube.patient if tube else None for tube in tubes], entry["sample"].get("weeks", []))
    patients = np.array([*(tube.patient if tube else None for tube in tubes), None], dtype=object)[codes]
    times = [_week(tube, visits) if tube and tube.time else week for tube, week in zip(tubes, ordered, strict=True)]
    weeks = np.array([*times, np.nan], dtype=object)[codes]
    sheet = replace(sheet, cells=sheet.cells.drop(columns=column).assign(patient_id=patients, week=weeks))
    sheet = replace(sheet, names={**sheet.names, "patient_id": column, "week": column})
    unread = pd.isna(patients)
    sheet = ledger.drop(sheet, unread, f"a tube whose name does not fit {pattern}")
    stated = entry["sample"].get("weeks", [])
    more = bool(stated) and not says_time(pattern)
    if more:
        tell_beyond(sheet, "patient_id", pd.isna(sheet.cells["week"]).to_numpy(), stated, ledger.report)
    reason = "a tube beyond the weeks that are stated for a patient's" if more else "a tube whose time is not known"
    return ledger.drop(sheet, pd.isna(sheet.cells["week"]).to_numpy(), reason)


def _in_order(patients: Sequence[str | None], weeks: Sequence[float]) -> list[float]:
    """The weeks of tubes whose names say none: the one that all are of, or those of each patient's tubes in order; NaN
    where a patient has more tubes than there are weeks."""
    met: Counter[str | None] = Counter()
    found = []
    for patient in patients:
        at = met[patient] if len(weeks) > 1 else 0
        found.append(float(weeks[at]) if at < len(weeks) else np.nan)
        met[patient] += 1
    return found


def _week(tube: Tube, visits: Mapping[str, float]) -> object:
    """What the name says of the time: weeks, or a date as it is written."""
    if tube.time == "date":
        return plain_date(tube.text)
    if tube.time == "visit":
        return visits.get(tube.text, np.nan)
    return float(CLOCKS[f"{tube.time.replace('_', ' ')}s"](np.array(float(tube.text))))


def _gathered(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """One row per value, of the columns that are subsets or weeks."""
    if "wide" in entry:
        return _wide(sheet, entry, ledger)
    names = [str(name) for name in entry.get("subsets", [])]
    if not names:
        return sheet
    sheet = ledger.drop(sheet, sheet.cells[names].isna().all(axis=1).to_numpy(), "no value of any subset in this row")
    carried = [str(name) for name in dict.fromkeys(entry.get("columns", {}).values()) if name in sheet.cells]
    return gathered(sheet, carried, names, "subset", "value")


def _wide(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """One row a visit, the columns by the study's names; a dose starts and ends on its day."""
    weeks = {str(name): float(week) for name, week in entry["wide"].get("weeks", {}).items() if name in sheet.cells}
    names = {str(theirs): ours for ours, theirs in entry.get("columns", {}).items() if str(theirs) not in weeks}
    narrow = replace(sheet, cells=sheet.cells[[*names, *weeks]]).renamed(names)
    long = by_week(narrow, weeks, _score(entry), ledger.report, blanks=entry["wide"].get("blanks", "missing"))
    if long is None:
        return narrow.taken(np.array([], dtype=int))
    if entry["table"] != "treatments":
        return long
    cells = long.cells.assign(start_week=long.cells["week"], end_week=long.cells["week"]).drop(columns="week")
    return replace(long, cells=cells)


def _score(entry: Entry) -> str:
    """The score of a table with one column a visit."""
    return str(entry["wide"].get("value", "pasi"))


def _named(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """The columns by the study's names; one column of the file may stand for two of the study, as start and end of an
    infusion do."""
    if "wide" in entry:
        return replace(sheet, names={**sheet.names, **entry.get("columns", {})})
    columns = {ours: str(theirs) for ours, theirs in entry.get("columns", {}).items() if str(theirs) in sheet.cells}
    made = [
        name
        for name in ("patient_id", "week", "subset", "value", "count", "parent_count", *DEFINING)
        if name in sheet.cells and (name == "patient_id" or entry["table"] != "patients")
    ]
    kept = {name: sheet.cells[name] for name in made if name not in columns and name not in columns.values()}
    cells = pd.DataFrame(
        {**{ours: sheet.cells[theirs] for ours, theirs in columns.items()}, **kept}, index=sheet.cells.index
    )
    origins = {ours: origin for ours, origin in sheet.origins.items() if ours in cells}
    return replace(sheet, cells=cells, names={**sheet.names, **columns}, origins=origins)


def _recoded(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """Coded cells as the words that `values` gives for them."""
    recoded = {}
    for column, words in entry.get("values", {}).items():
        if column in sheet.cells:
            cells = texts(sheet.cells[column])
            recoded[column] = cells.map(partial(_word, words), na_action="ignore")
    return replace(sheet, cells=with_columns(sheet.cells, recoded))


def _word(words: Mapping[str, str], cell: str) -> str:
    return str(words.get(cell, cell))


def _known_as(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """Subsets with the phenotypes that are stated for them, where the layout does not write them itself."""
    if "phenotypes" not in entry or "subset" not in sheet.cells or "phenotype" in sheet.cells:
        return sheet
    named = texts(sheet.cells["subset"]).map(entry["phenotypes"])
    return replace(sheet, cells=sheet.cells.assign(phenotype=named))


def _constants(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    return replace(
        sheet, cells=with_columns(sheet.cells, {name: str(value) for name, value in entry.get("constants", {}).items()})
    )


STEPS: tuple[Callable[[Sheet, Entry, Ledger], Sheet], ...] = (
    _rows, with_what_happened, _sampled, ordered, _gathered, _named, open_ends, _recoded, _known_as, _constants,
)  # fmt: skip
OWN_STEPS = (_rows, _gathered, _named, _recoded, _constants)
"""Of our own tables, in which words mean nothing but what the format says."""
