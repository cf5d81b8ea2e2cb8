"""The pattern that fits a table's tube names best, judged by the known patients and times that it finds in all of
them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import pandas as pd

from data.intake.columns.dates import orders_of
from data.intake.columns.patient_id_spellings import EXACT, Patients
from data.intake.columns.visits import read_visits
from data.intake.layouts.flowjo.plate_wells import NO_PLATE, Plate, plate_of
from data.intake.layouts.flowjo.tube_words import LIKE, Span, patients_in, times_in
from data.intake.layouts.flowjo.tubes import LONGEST, Tube, masked, read_tube, says_time
from data.privacy.identifiers import name_without_dates
from data.problems import listed

UNKNOWN = "{patient_id} week {week}"
"""The pattern that stands for none, to be corrected: it takes only names that hold nothing else."""

SEEN, JUDGED, MOST_STARS = 40, 300, 5
"""Names that patterns are made from; names they are judged by; `*` of a pattern."""

SURE_OF = {"week": 4, "date": 3, "day": 2, "study_day": 2, "hour": 2, "month": 1}
"""How likely a marker is the time of a visit, where a name has several (M3 cytometer, D7 stain)."""


@dataclass(frozen=True)
class Found:
    """What a pattern finds: by name, the known patient (their own id, None if nobody knows them) and the time (a week,
    a date as it is written, None if its name says none); `said` on how times were read."""

    pattern: str
    tubes: dict[str, Tube]
    who: dict[str, str | None]
    when: dict[str, float | str | None]
    visits: Mapping[str, float]
    said: list[str]
    worth: tuple[float, ...] = ()
    exact: bool = False
    """Whether every patient is spelt as the other files do."""

    @property
    def good(self) -> list[str]:
        """The names with a known patient and time."""
        return [name for name in self.tubes if self.who[name] is not None and self.when[name] is not None]


@dataclass(frozen=True)
class Proposed:
    """A pattern, the weeks of its visits and the order of its dates where they need to be stated, and sentences on
    what to look at."""

    pattern: str
    said: list[str]
    visits: Mapping[str, float] = field(default_factory=dict)
    date_order: str = ""


def proposed_pattern(names: Sequence[str], patients: Sequence[str], *, study_days: bool = False) -> Proposed:
    """The pattern for these tube names. `patients` are those that other files name: a pattern is worth what it finds of
    them. `study_days`: the other files count days as CDISC does."""
    names = list(dict.fromkeys(names))
    known = Patients(patients)
    few = _spread(names, JUDGED)
    plate = plate_of(names)
    wells = {name[start:end] for name in few for start, end in plate.wells(name)} if not known else set()
    candidates = _candidates(_spread(names, SEEN), known, plate)
    rated = [_rated(pattern, few, known, wells, study_days=study_days) for pattern in candidates]
    rated = sorted((one for one in rated if _possible(one)), key=lambda one: one.worth, reverse=True)
    if not rated:
        return Proposed(UNKNOWN, ["no name fits it: state the pattern."])
    best = rated[0]
    others = _rivals(rated[1:], best) if known else []
    pattern = _with_study_days(best)
    return _proposed(found(pattern, names, known, study_days=study_days), names, known, others)


def stated_pattern(
    pattern: str, names: Sequence[str], patients: Sequence[str], *, study_days: bool = False
) -> Proposed:
    """The pattern that a person states, and sentences on what it finds."""
    known = Patients(patients)
    return _proposed(found(pattern, names, known, study_days=study_days), names, known, [])


def _proposed(best: Found, names: Sequence[str], known: Patients, others: list[str]) -> Proposed:
    dates = pd.Series([tube.text for tube in best.tubes.values() if tube.time == "date"], dtype=object)
    orders = orders_of([dates])
    said = [_summary(best, known), *others, *best.said, *_left_out(best, names, known)]
    said += [f"its dates have the {orders[0]}; nothing there settles it."] if len(orders) > 1 else []
    return Proposed(best.pattern, said, best.visits if best.said else {}, orders[0] if orders else "")


def _summary(best: Found, known: Patients) -> str:
    """What the pattern finds, so that a person sees at once whether it is right."""
    people = {best.who[name] or tube.patient for name, tube in best.tubes.items() if best.who[name] or not known}
    weeks = sorted({when for when in best.when.values() if isinstance(when, float)})
    if not people:
        return "it finds no patient of the other files: check it, or state how patients are called in [patients]."
    at = f" at week {', '.join(f'{week:.4g}' for week in weeks[:8])}{', …' if len(weeks) > 8 else ''}" if weeks else ""
    return (
        f"it finds {len(best.tubes)} tube(s) of {len(people)} patient(s) ({listed(sorted(people), 8)}){at}: check it."
    )


def _left_out(best: Found, names: Sequence[str], known: Patients) -> list[str]:
    others = [name for name in names if name not in best.tubes]
    timeless = [name for name in best.tubes if best.when[name] is None and says_time(best.pattern)]
    strange = [tube.patient for name, tube in best.tubes.items() if known and best.who[name] is None]
    said = [f"{len(others)} tube(s) do not fit it ({masked(others)}) and are set aside."] if others else []
    said += [f"the time of {len(timeless)} tube(s) is not known ({masked(timeless)})."] if timeless else []
    people = listed(list(dict.fromkeys(map(name_without_dates, strange))), 6)
    said += [f"{len(strange)} tube(s) are of patients that no other file names: {people}."] if strange else []
    return said


def _rivals(others: Sequence[Found], best: Found) -> list[str]:
    """Sentences on the readings that are as good and find other patients or times, each finding once."""
    said: dict[str, str] = {}
    for one in others:
        name = next((name for name in best.good if name in one.good and _differ(one, best, name)), None)
        if name is not None and _as_good(one, best):
            here, there = (f"patient {known.who[name]} at {_time(known.when[name])}" for known in (best, one))
            said.setdefault(f"which finds {there} where this finds {here}: which is right?", one.pattern)
    return [f"they may also be read as '{pattern}', {what}" for what, pattern in list(said.items())[:2]]


def _as_good(one: Found, best: Found) -> bool:
    """Whether another reading finds as many known patients and times, and not the same one in all names: such a word
    names a stain or a machine, unless it is a week where the best has days or months."""
    if len(one.good) < len(best.good) or one.worth[:2] < best.worth[:2]:
        return False
    same_time = _several(best.when) and not _several(one.when) and _surest(one) <= _surest(best)
    return not same_time and (_several(one.who) or not _several(best.who))


def _differ(one: Found, best: Found, name: str) -> bool:
    """Whether they find different patients, or weeks; a date and a week cannot be compared."""
    here, there = best.when[name], one.when[name]
    return one.who[name] != best.who[name] or (here != there and isinstance(here, str) == isinstance(there, str))


def _time(when: float | str | None) -> str:
    return f"week {when:.4g}" if isinstance(when, float) else "a date"


def _several(values: Mapping[str, object]) -> bool:
    return len(set(values.values()) - {None}) > 1


def found(pattern: str, names: Sequence[str], known: Patients, *, study_days: bool = False) -> Found:
    """What the pattern finds in these names."""
    tubes = {name: tube for name in names if (tube := read_tube(pattern, name))}
    who = {name: known.one(tube.patient) if known else tube.patient for name, tube in tubes.items()}
    texts = [_as_visit(tube) for tube in tubes.values() if tube.time != "date"]
    weeks, said = read_visits(dict.fromkeys(texts), study_days=study_days or "{study_day}" in pattern)
    when = {name: tube.text if tube.time == "date" else weeks.get(_as_visit(tube)) for name, tube in tubes.items()}
    visits = weeks if "{visit}" in pattern else {}
    return Found(pattern, tubes, who, when, visits, said)


def _as_visit(tube: Tube) -> str:
    """The time as the name of a visit: the 4 of {week} is "week 4"."""
    return tube.text if tube.time == "visit" else f"{tube.time.removeprefix('study_')} {tube.text}"


def _with_study_days(best: Found) -> str:
    """The pattern with {study_day} where its days were read so."""
    days = [(float(tube.text), best.when[name]) for name, tube in best.tubes.items() if tube.time == "day"]
    counted = any(day > 0 and isinstance(when, float) and abs(when - (day - 1) / 7) < 1e-9 for day, when in days)
    return best.pattern.replace("{day}", "{study_day}") if counted else best.pattern


def _rated(pattern: str, names: Sequence[str], known: Patients, wells: Collection[str], *, study_days: bool) -> Found:
    """What a pattern finds, with what that is worth: compared from left to right."""
    one = found(pattern, names, known, study_days=study_days)
    spelt = [known.find(tube.patient)[1] if known else _looks(tube.patient) for tube in one.tubes.values()]
    pairs = {(one.who[name], one.when[name]) for name in one.good}
    worth = (
        not _counts_tubes(one),
        not any(tube.patient in wells for tube in one.tubes.values()),
        len(one.good),
        sum(who is not None for who in one.who.values()),
        sum(when is not None for when in one.when.values()),
        _several(one.when) or _surest(one) == SURE_OF["week"],
        _several(one.who),
        _surest(one),
        len(pairs),
        sum(spelt),
        "{dotted_id}" in pattern,
        -pattern.count("*"),
        "{visit}" not in pattern,
        "{two_word_id}" not in pattern,
        -len(pattern),
    )
    exact = bool(known) and all(sure == EXACT for sure in spelt)
    return replace(one, worth=tuple(map(float, worth)), exact=exact)


def _possible(one: Found) -> bool:
    """Whether it finds anything; the cytometer's number of a tube is a patient only where one is called just so."""
    return bool(one.tubes) and (not _counts_tubes(one) or one.exact)


def _surest(one: Found) -> int:
    return min((SURE_OF.get(_kind(one.tubes[name]), 1) for name in one.good), default=0)


def _looks(patient: str) -> int:
    """Whether an id that nobody knows looks like a patient's: P01."""
    return 1 if LIKE.fullmatch(patient) else 0


def _kind(tube: Tube) -> str:
    if tube.time != "visit":
        return tube.time
    first = tube.text.casefold()
    return "day" if re.match(r"(?:d|t|j)\D*\d", first) else "month" if re.match(r"m\D*\d", first) else "week"


def _counts_tubes(one: Found) -> bool:
    """Whether what it takes for patients is the number that the cytometer gives to a tube: the last of the name, with
    leading zeros, or another in every name."""
    ends = [re.fullmatch(r".*?(\d+)(?:\.\w+)?", name) for name in one.tubes]
    last = all(end and tube.patient == end[1] for end, tube in zip(ends, one.tubes.values(), strict=True))
    numbers = [tube.patient for tube in one.tubes.values()]
    zeros = any(number.startswith("0") for number in numbers)
    return bool(numbers) and last and (zeros or len(set(numbers)) == len(numbers) > 2)


def _spread(names: Sequence[str], most: int) -> Sequence[str]:
    """At most so many of the names, from the first to the last."""
    return names[:: max(1, -(-len(names) // most))]


def _candidates(names: Sequence[str], known: Patients, plate: Plate) -> dict[str, None]:
    """Patterns of these names, each once: of known patients, where a name holds any, else of anyone; of known patients
    without a time where no name holds one; and of wells as patients only where there is nobody else."""
    short = [name for name in names if len(name) <= LONGEST]
    for timed, patients in ((True, known), (True, Patients(())), (False, known)):
        for on in (plate, NO_PLATE):
            made = {pattern: None for name in short for pattern in _patterns(name, patients, plate, on, timed=timed)}
            if made:
                return made
    return {}


def _patterns(name: str, known: Patients, plate: Plate, on: Plate, *, timed: bool) -> Iterator[str]:
    """Every pair of what may be the patient and what may be the time, as patterns: what varies is `*`."""
    for time in times_in(name, plate) if timed else (None,):
        for patient in patients_in(name, time, known, on):
            first, *others = sorted([patient, *([time] if time else [])], key=lambda span: span.start)
            last = others[0] if others else first
            after = name[last.end :]
            ends = ["*" if after else ""] + ([f"{after[0]}*"] if last is patient and re.match(r"[\W_]", after) else [])
            middle = "".join(_between(name[first.end : one.outer]) + _hole(one) for one in others)
            for begin, end in product(_begins(name[: first.outer]), ends):
                pattern = f"{begin}{_hole(first)}{middle}{end}"
                if pattern.count("*") <= MOST_STARS and pattern.count("{") == (2 if time else 1):
                    yield pattern


def _hole(span: Span) -> str:
    return f"{span.marker}{span.hole}"


def _begins(before: str) -> Iterator[str]:
    """What stands before the first hole: anything that ends in its last sign; or as many words."""
    if not before:
        yield ""
        return
    edge = before[-1] if re.match(r"[\W_]", before[-1]) else ""
    yield ("*" if len(edge) < len(before) else "") + edge
    if re.search(r"[^\W_]", before):
        yield re.sub(r"[^\W_]+", "*", before)


def _between(text: str) -> str:
    """What stands between the holes: its signs, and `*` for its words."""
    if not re.search(r"[^\W_]", text):
        return text
    left, right = re.match(r"[\W_]*", text), re.search(r"[\W_]*$", text)
    return f"{left[0] if left else ''}*{right[0] if right else ''}"
