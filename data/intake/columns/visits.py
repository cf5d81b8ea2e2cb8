"""Names of visits as weeks: "Week 4", "W04", "Month 3", "Day 15", "Baseline"; the names of one series together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from data.intake.columns.visit_names import NamedTime, is_age, named_time
from data.problems import listed
from data.tables.time_units import WEEKS_PER_MONTH

WEEKS: Mapping[str, float] = MappingProxyType(
    {"week": 1.0, "month": WEEKS_PER_MONTH, "year": 12 * WEEKS_PER_MONTH, "day": 1 / 7, "hour": 1 / 168}
)
"""Weeks of one unit."""

WINDOW = 3
"""Days by which a day may differ from the week that it stands beside."""

SET_ASIDE = "set aside"
"""What a study.toml says in place of a week, of a visit that is not to be read."""

Stated = Mapping[str, float | str]
Named = dict[str, NamedTime]
"""What each name says, of the names that say a time."""


def week_of(name: str, stated: Stated | None = None) -> float | None:
    """The week of a visit: the `stated` one, else the one that its name says; None if it says none ("Visit 3",
    "Unscheduled") or is to be set aside."""
    return weeks_of([name], stated).get(name)


def weeks_of(names: Iterable[str], stated: Stated | None = None, *, study_days: bool = False) -> dict[str, float]:
    """The weeks of those names that have one, read as one series. `study_days`: the source counts as CDISC does, from
    day 1."""
    return read_visits(names, stated, study_days=study_days)[0]


def is_range(name: str) -> bool:
    """Whether a name says from when until when a visit is, and no more: Day -14 to -1."""
    return (said := named_time(name)) is not None and said.last is not None


def read_visits(
    names: Iterable[str], stated: Stated | None = None, *, study_days: bool = False
) -> tuple[dict[str, float], list[str]]:
    """The weeks of those names that have one, and sentences on what was decided: whether a hyphen is a minus, and
    whether day 0 or day 1 is week 0, by what the other names and their stated weeks are."""
    met = list(dict.fromkeys(names))
    fixed = {str(name): float(week) for name, week in (stated or {}).items() if week != SET_ASIDE}
    known = {name: said for name in [*met, *fixed] if (said := named_time(name)) is not None}
    sentences: list[str] = []
    for step in (_settled_minus, _since_week_0, _one_time):
        known, more = step(known)
        sentences += more
    first, more = _first_day(known, fixed, study_days=study_days)
    weeks = {name: _week(said, first) for name, said in known.items() if name not in (stated or {})} | fixed
    return {name: weeks[name] for name in met if name in weeks}, [
        *sentences,
        *more,
        *_middles(known),
        *_ages(met, fixed),
    ]


def _week(said: NamedTime, first: int) -> float:
    if said.unit == "start":
        return 0.0
    if said.unit == "study day":
        return (said.number - 1) / 7
    middle = said.number if said.last is None else (said.number + said.last) / 2
    before = first if said.unit == "day" and middle > 0 else 0
    return (middle - before) * WEEKS[said.unit]


def _settled_minus(known: Named) -> tuple[Named, list[str]]:
    """W-4 as -4 beside W0 and W4, and as 4 where every number follows a hyphen; left out where neither is so."""
    minus = {name: _is_minus(said, known) for name, said in known.items() if said.hyphen}
    unsure = [name for name, is_minus in minus.items() if is_minus is None]
    rest = {name: said for name, said in known.items() if name not in unsure}
    signed = {name: replace(said, number=-said.number) if minus.get(name) else said for name, said in rest.items()}
    said = [f"{listed(unsure, 4)} may be before or after week 0 (a minus or a hyphen)."] if unsure else []
    negative = [name for name in signed if minus.get(name)]
    said += [f"{listed(negative, 4)} is read as before week 0."] if negative else []
    return signed, said


def _is_minus(one: NamedTime, known: Named) -> bool | None:
    alike = [said for said in known.values() if said.unit == one.unit]
    others = [said for said in alike if not said.hyphen]
    if any(said.hyphen and said.number == 0 for said in alike) or (not others and not one.screening):
        return False
    certain = one.screening or any(said.number == one.number for said in others) or all(said.bare for said in others)
    return True if certain else None


def _since_week_0(known: Named) -> tuple[Named, list[str]]:
    """Without visits counted from something later, such as "Follow-up week 8" beside "Week 12"."""
    later = [name for name, said in known.items() if said.later]
    plain = [said for said in known.values() if not said.later and said.number > 0]
    if not later:
        return known, []
    if not plain:
        return known, [f"{listed(later, 4)} is counted from week 0: is it?"]
    rest = {name: said for name, said in known.items() if not said.later}
    return rest, [f"{listed(later, 4)} may count from something after week 0."]


def _one_time(known: Named) -> tuple[Named, list[str]]:
    """Without names whose week and day are not the same time, such as "Week 1 Day 1"."""
    two = [name for name, said in known.items() if said.day is not None and abs(said.day - 7 * said.number) > WINDOW]
    rest = {name: said for name, said in known.items() if name not in two}
    return rest, [f"{listed(two, 4)} says a week and a day that are not the same time."] if two else []


def _first_day(known: Named, fixed: Mapping[str, float], *, study_days: bool) -> tuple[int, list[str]]:
    """The number of the day that is week 0, 0 or 1, and a sentence that says so. What is stated of some days holds for
    the others."""
    counted = {name: said.number for name, said in known.items() if said.unit == "day" and said.number > 0}
    offsets = {round(day - 7 * fixed[name]) for name, day in counted.items() if name in fixed} & {0, 1}
    if len(offsets) == 1:
        return offsets.pop(), []
    days = [said.number for said in known.values() if said.unit == "day"]
    starts = {said.number for said in known.values() if said.unit == "start"} - {0.0}
    if not days:
        return 0, []
    after = [day for day in days if day > 0]
    if 0 in days:
        return 0, ["days are counted from day 0, which is week 0 (day 28 is week 4)."]
    if study_days or starts or (after and all(day % 7 == 1 for day in after)):
        return 1, ["days are study days: day 1 is week 0 (day 29 is week 4), as no name says day 0."]
    return 0, ["days are counted from week 0 (day 28 is week 4), although no name says day 0: is day 1 week 0?"]


def _ages(names: Iterable[str], fixed: Mapping[str, float]) -> list[str]:
    ages = [name for name in names if is_age(name) and name not in fixed]
    return [f"{listed(ages, 4)} says an age or a week of pregnancy, and no week of the study."] if ages else []


def _middles(known: Named) -> list[str]:
    ranges = [name for name, said in known.items() if said.last is not None]
    return [f"{listed(ranges, 4)} is read as the middle of the range."] if ranges else []
