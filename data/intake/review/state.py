"""What is made of a set of files at a time, and what of it a person should look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.intake.build.extract import Part
from data.intake.build.match_sources import Column
from data.intake.build.patients import People, proposed_aliases
from data.intake.columns.dates import have_short_years
from data.intake.columns.visits import SET_ASIDE
from data.intake.layouts.base import Entry
from data.intake.layouts.clinic.coded_values import WORDS, codes_in
from data.intake.layouts.flowjo.tubes import says_time
from data.intake.review.answers import time_asked, visit_names
from data.intake.review.edits import Edits
from data.intake.sources import Source
from data.problems import listed


@dataclass(frozen=True)
class ReviewState:
    """Everything that a question can be about: the tables with their entries as drafted, the mapping as it is now, the
    parts it makes, the patients they name and with whom they are joined, the orders that a table's dates may have, the
    weeks of a few dates by column, and what was said."""

    drafted: Sequence[tuple[Source, Entry]]
    mapping: Mapping[str, Any]
    parts: Sequence[Part]
    people: People
    aliases: Mapping[str, str]
    orders: Mapping[tuple[str, str], Sequence[str]]
    weeks: Mapping[Column, Sequence[str]]
    edits: Edits

    @property
    def entries(self) -> list[tuple[Source, Entry]]:
        """The tables with their entries as they are now."""
        now = self.mapping["sources"]
        return [(source, entry) for (source, _), entry in zip(self.drafted, now, strict=True)]


def doubts(seen: ReviewState) -> list[str]:
    """Sentences on the whole: who is joined with whom, what week 0 is, how dates and visits are read."""
    said = [] if seen.edits.under("patients") else proposed_aliases(seen.people)[1]
    if seen.aliases:
        pairs = "; ".join(f"{theirs} is {ours}" for theirs, ours in list(seen.aliases.items())[:8])
        said.append(f"Patients are joined although they are spelt differently: {pairs}.")
    if seen.people.others and seen.people.alone:
        taken = set(seen.aliases.values())
        alone = [one for one in seen.people.alone if one not in taken]
        said += (
            [f"Without any sample: {listed(alone, 8)}. Are they called differently in another file?"] if alone else []
        )
    if "reference" in seen.mapping and not seen.edits.get("references"):
        said.append(f"Week 0 is each patient's {seen.mapping['reference']['from']}.")
    told = [sentence for source, entry in seen.entries for tell in TOLD for sentence in tell(source, entry, seen)]
    return list(dict.fromkeys([*said, *told]))


def _orders(source: Source, entry: Entry, seen: ReviewState) -> list[str]:
    if entry.get("time") != "dates":
        return []
    said = []
    stated = seen.edits.get("orders", source.file, source.page)
    if len(seen.orders[source.file, source.page]) > 1 and not stated:
        order = entry["date_order"]
        said.append(f"{source.file}: dates written as 03/04 and a year have the {order}; nothing there settles it.")
    times = {entry["columns"].get(name) for name in ("week", "start_week", "end_week")} - {None}
    if any(have_short_years(source.sheet.cells[column]) for column in times):
        said.append(f"{source.file}: years of two digits are read as 1969 to 2068.")
    return said


def _times(source: Source, entry: Entry, seen: ReviewState) -> list[str]:
    column = time_asked(entry, source, seen.edits)
    if not column or seen.edits.get("times", source.file, source.page, column):
        return []
    return [f"{source.file}: no header says what {column} is counted in; it is taken as {entry['time']} since week 0."]


def _visits(source: Source, entry: Entry, seen: ReviewState) -> list[str]:
    weeks = entry.get("visits", {})
    unknown = [name for name in visit_names(entry, source) if name not in weeks]
    aside = [name for name, week in weeks.items() if week == SET_ASIDE]
    said = [f"{source.file}: the week of the visit(s) {listed(unknown, 8)} is not known; their rows are set aside."]
    told = [f"{source.file}: the visit(s) {listed(aside, 8)} are set aside, as you say."]
    return [*(said if unknown else []), *(told if aside else [])]


def _codes(source: Source, entry: Entry, seen: ReviewState) -> list[str]:
    coded = []
    for ours, column in entry.get("columns", {}).items():
        codes = codes_in(source.sheet.cells[column]) if ours in WORDS else []
        known = {*entry.get("values", {}).get(ours, {}), *seen.edits.under("values", source.file, source.page, column)}
        coded += [column] if set(codes) - known else []
    return [f"{source.file}: {listed(coded)} hold codes; say on the page what they mean."] if coded else []


def _tubes(source: Source, entry: Entry, seen: ReviewState) -> list[str]:
    sample = entry.get("sample", {})
    if sample.get("weeks") or says_time(str(sample.get("pattern", "{date}"))):
        return []
    return [f"{source.file}: the names of tubes say no time; they are set aside until their week is said."]


TOLD: tuple[Callable[[Source, Entry, ReviewState], list[str]], ...] = (_codes, _orders, _times, _visits, _tubes)
