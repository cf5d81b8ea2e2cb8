"""What a person may want to say of a set of files, as data that a page shows: each question with what is proposed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from data.drugs import kind_of
from data.intake.build.weeks import REFERENCES, is_dated
from data.intake.columns.phenotypes import phenotype_of
from data.intake.columns.visits import SET_ASIDE, is_range, week_of
from data.intake.layouts.base import Entry
from data.intake.layouts.clinic.baseline import BASELINE
from data.intake.layouts.clinic.coded_values import WORDS, codes_in
from data.intake.layouts.flowjo.tubes import read_tube, says_time
from data.intake.review.answers import time_asked, visit_names
from data.intake.review.edits import Edits, weeks_in
from data.intake.review.state import ReviewState
from data.intake.sources import Source
from data.privacy.identifiers import name_without_dates
from data.problems import listed
from data.tables.columns import texts
from data.tables.dose_status import was_given
from data.tables.time_units import CLOCKS
from data.validation.repeated_ids import repeats_in

TEXT, NUMBER, CHOICE, YES = "text", "number", "choice", "yes"
"""How an answer is given: `yes` is the proposed value or nothing."""
LEAVE_OUT = "leave out"
FEW = 4
"""Weeks that show what an order of dates makes of them."""
HOLES = "{patient_id} and one of {week} {day} {study_day} {month} {hour} {visit} {date}, or none; * is anything"
IN_ORDER = "write one week for all of them, or the weeks of each patient's in their order, such as 0, 4, 12"
TUBE_WEEKS = f"their names say no time: {IN_ORDER}"
MOST, PARTNERS = 200, 150
"""Of one subject: more questions than these nobody answers, and no list of partners is longer."""


@dataclass(frozen=True)
class Question:
    """One thing that can be said: `kind` and `key` as in `edits.KINDS`. `about` is its subject, `value` what is
    proposed or was said, `choices` value -> words, `hint` what is used if nothing is said; `unclear` asks to look."""

    about: str
    kind: str
    key: tuple[str, ...]
    label: str
    value: str
    why: str = ""
    form: str = TEXT
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    unclear: bool = False


def questions_of(seen: ReviewState) -> list[Question]:
    """All questions that these files raise, subject by subject."""
    found: dict[tuple[str, tuple[str, ...]], Question] = {}
    for ask in ASKED:
        for question in ask(seen)[:MOST]:
            found.setdefault((question.kind, question.key), question)
    return list(found.values())


def _study(seen: ReviewState) -> list[Question]:
    about = "The study"
    citation = str(seen.mapping.get("citation", ""))
    asked = [
        Question(about, "about", ("title",), "Title", str(seen.mapping["title"])),
        Question(about, "about", ("citation",), "Citation", citation, hint="none"),
    ]
    if seen.mapping.get("reference"):
        asked.append(_reference(seen, about))
    return [*asked, *_index(seen, about)]


def _reference(seen: ReviewState, about: str) -> Question:
    value = str(seen.mapping["reference"]["from"])
    dated = any(part.table == "treatments" and is_dated(part.entry) for part in seen.parts)
    stated = any("reference_date" in part.sheet.cells for part in seen.parts)
    possible = {"reference date": stated, "index treatment": dated, "first treatment": dated, "first visit": True}
    possible["baseline visit"] = any(BASELINE in part.sheet.cells for part in seen.parts)
    choices = {name: f"each patient's {name}" for name in REFERENCES if possible[name] or name == value}
    why = "dates are counted from it"
    unclear = seen.edits.get("references") is None
    return Question(about, "references", (), "Week 0 is", value, why, CHOICE, choices, unclear=unclear)


def _index(seen: ReviewState, about: str) -> list[Question]:
    given: Counter[str] = Counter()
    for part in seen.parts:
        if part.table == "treatments":
            courses = part.sheet.cells[was_given(part.sheet.cells)]
            names = {name: texts(courses[name]) for name in ("patient_id", "treatment")}
            given.update(pd.DataFrame(names).dropna().drop_duplicates()["treatment"])
    if not given:
        return []
    stated = seen.mapping.get("index", {})
    cells = [name for name in given if kind_of(name) == "cell_therapy"]
    nothing = f"the first cell therapy ({', '.join(cells[:3])})" if cells else "none: week 0 itself"
    named = {name: f"{name} ({count} patient{'s' if count > 1 else ''})" for name, count in given.most_common(MOST)}
    value, label = str(stated.get("treatment", "")), str(stated.get("label", ""))
    hint = re.sub(r"^UC-", "", value or (cells[0] if cells else "week 0"))
    return [
        Question(
            about, "index", ("treatment",), "Index treatment", value, "the phases are named after it", CHOICE,
            {"": nothing, **named}, unclear=not (cells or value),
        ),
        Question(about, "index", ("label",), "Its short name", label, "in the names of phases", hint=hint),
    ]  # fmt: skip


ORDER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "day first": "the day first: 03/04 is 3 April",
        "month first": "the month first: 03/04 is March 4",
        "year first": "the year first: 03/04/05 is 5 April 2003",
    }
)


def _dates(seen: ReviewState) -> list[Question]:
    asked = []
    for source, entry in seen.entries:
        orders = seen.orders[source.file, source.page] if entry.get("time") == "dates" else ()
        if len(orders) > 1:
            shown = [
                week for place, weeks in seen.weeks.items() if place[:2] == (source.file, source.page) for week in weeks
            ]
            why = f"nothing in it settles that; so its dates are {', '.join(shown[:FEW])} …"
            choices = {order: ORDER_WORDS[order] for order in orders}
            value, label = str(entry["date_order"]), f"{called(source)} has"
            place = (source.file, source.page)
            unclear = seen.edits.get("orders", *place) is None
            asked.append(Question("Dates", "orders", place, label, value, why, CHOICE, choices, unclear=unclear))
    return asked


def _times(seen: ReviewState) -> list[Question]:
    asked = []
    for source, entry in seen.entries:
        if column := time_asked(entry, source, seen.edits):
            key, why = (source.file, source.page, column), "no header says what it is counted in"
            choices = {clock: f"{clock} since week 0" for clock in CLOCKS}
            unclear = seen.edits.get("times", *key) is None
            label = f"{column} in {called(source)} is in"
            asked.append(Question("Times", "times", key, label, entry["time"], why, CHOICE, choices, unclear=unclear))
    return asked


def _tubes(seen: ReviewState) -> list[Question]:
    asked = []
    for source, entry in seen.entries:
        if "pattern" in entry.get("sample", {}):
            pattern, place = str(entry["sample"]["pattern"]), (source.file, source.page)
            why = f"{_example(pattern, source.sheet.cells[entry['sample']['column']])} {HOLES}"
            unclear = seen.edits.get("patterns", *place) is None
            asked.append(Question("Names of tubes", "patterns", place, called(source), pattern, why, unclear=unclear))
            asked += [] if says_time(pattern) else [_weeks_of_tubes(place, called(source), entry, seen)]
    return asked


def _weeks_of_tubes(place: tuple[str, str], name: str, entry: Entry, seen: ReviewState) -> Question:
    """When tubes were taken whose names say no time: a whole study at one time, or each patient's in order."""
    weeks = ", ".join(f"{week:g}" for week in entry["sample"].get("weeks", []))
    unclear = seen.edits.get("weeks", *place) is None
    label = f"Week of the tubes in {name}"
    return Question("Names of tubes", "weeks", place, label, weeks, TUBE_WEEKS, hint="set aside", unclear=unclear)


def _example(pattern: str, tubes: pd.Series) -> str:
    """What a pattern finds in the first name that it fits."""
    fitting = ((name, tube) for name in texts(tubes).dropna() if (tube := read_tube(pattern, name)))
    name, tube = next(fitting, ("", None))
    if tube is None:
        return "No name fits it."
    if not tube.time:
        return f"{name_without_dates(name)} is {tube.patient}."
    time = "a date" if tube.time == "date" else f"{tube.time.replace('_', ' ')} {tube.text}"
    return f"{name_without_dates(name)} is {tube.patient} at {time}."


def _visits(seen: ReviewState) -> list[Question]:
    """A field for each visit of each table; one that two tables have is to be looked at in the first, whose week holds
    for both."""
    asked: list[Question] = []
    met: set[str] = set()
    for source, entry in seen.entries:
        about = f"Weeks of visits in {called(source)}"
        for name in visit_names(entry, source):
            week = entry.get("visits", {}).get(name, SET_ASIDE)
            value = "" if week == SET_ASIDE else f"{float(week):.6g}"
            key = (source.file, source.page, name)
            said = seen.edits.get("visits", *key) is not None
            between = is_range(name)
            unclear = (between or not value) and not said and name not in met
            why = "as you say" if said else _why_week(name, value)
            asked.append(Question(about, "visits", key, name, value, why, NUMBER, hint="set aside", unclear=unclear))
        met.update(visit_names(entry, source))
    return asked


def _why_week(name: str, value: str) -> str:
    """Where the week of a visit is from, of which nothing is said in its own table."""
    if week_of(name) is None:
        return "as in another table" if value else "no week in its name"
    return "the middle of a range" if is_range(name) else "its name says so"


def _patients(seen: ReviewState) -> list[Question]:
    """Everyone whom the table of PASI does not name, with whom they are: to be looked at, where somebody is without
    samples; those come first among the choices."""
    taken = set(seen.aliases.values())
    alone = [one for one in seen.people.alone if one not in taken]
    without_samples = {one: f"{one} (without samples)" for one in alone}
    partners = without_samples | {one: one for one in seen.people.ours if one not in without_samples}
    near = {"": "nobody else", **dict(list(partners.items())[:PARTNERS])}
    repeats = repeats_in([*seen.people.ours, *seen.people.others])
    asked = []
    for one, file in seen.people.others.items():
        said, value = seen.edits.get("patients", one), seen.aliases.get(one, "")
        stem = repeats.get(one, "")
        near_by = f"{stem} with the number of a visit or sample behind" if stem else f"only in {file}"
        why = "as you say" if said is not None else "the same, but for spelling" if value else near_by
        choices = near | {name: name for name in (value, stem) if name not in near}
        unclear = said is None and bool(value or stem or alone)
        asked.append(Question("Patients", "patients", (one,), one, value, why, CHOICE, choices, unclear=unclear))
    return asked


def _codes(seen: ReviewState) -> list[Question]:
    asked = []
    for source, entry in seen.entries:
        coded = {ours: str(theirs) for ours, theirs in entry.get("columns", {}).items() if ours in WORDS}
        for ours, column in coded.items():
            for code in codes_in(source.sheet.cells[column]):
                word = str(entry.get("values", {}).get(ours, {}).get(code, ""))
                key = (source.file, source.page, column, code)
                about = f"Codes in {called(source)}"
                said = seen.edits.get("values", *key) is not None
                label = f"{column} {code}"
                asked.append(Question(about, "values", key, label, word, hint=code, unclear=not word and not said))
    return asked


def _phenotypes(seen: ReviewState) -> list[Question]:
    asked = []
    for (source, drafted), (_, entry) in zip(seen.drafted, seen.entries, strict=True):
        for subset, phenotype in drafted.get("phenotypes", {}).items():
            value = entry["phenotypes"].get(subset, "")
            key = (source.file, source.page, subset)
            _, why = phenotype_of(subset)
            asked.append(
                Question("Known phenotypes", "phenotypes", key, subset, value, why, YES, {phenotype: phenotype})
            )
    return asked


def weeks_of_rows(source: Source, measured: Sequence[str], edits: Edits, *, unclear: bool) -> Question:
    """When the rows of a table are of in which no column says when something was `measured`: all at one time, or each
    patient's in order."""
    said, place = edits.get("weeks", source.file, source.page), (source.file, source.page)
    why = f"no column says when {listed(measured)} were measured: {IN_ORDER}"
    label, weeks = f"Week of the rows in {called(source)}", ", ".join(f"{week:g}" for week in weeks_in(said or ""))
    return Question("Times", "weeks", place, label, weeks, why, hint="not read", unclear=unclear and said is None)


def what_is_it(source: Source) -> Question:
    """What to do with a table that gave nothing to the study."""
    choices = {"": "its columns are said below", LEAVE_OUT: "nothing of this study: leave it out"}
    about, why = "Tables that gave nothing", "nothing of it is used"
    place = (source.file, source.page)
    return Question(about, "unused", place, called(source), "", why, CHOICE, choices, unclear=True)


def called(source: Source) -> str:
    """A table as a person would call it."""
    return f"{source.file}, sheet {source.page}" if source.page else source.file


ASKED: tuple[Callable[[ReviewState], list[Question]], ...] = (
    _study, _dates, _times, _visits, _tubes, _patients, _codes, _phenotypes,
)  # fmt: skip
"""The subjects, in the order of the page. To ask more: a function here, and its kind in `edits.KINDS`."""
