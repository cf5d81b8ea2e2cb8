"""Names of visits as weeks: "Week 4", "W04", "Month 3", "Day 15", "Baseline"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from data.mapped import WEEKS_PER_MONTH

SET_ASIDE = "set aside"
"""What a study.toml says in place of a week, of a visit that is not to be read."""
NUMBER = r"[\s_.-]*(-?\d+(?:\.\d+)?)"
NAMES: Mapping[str, Callable[[str], float]] = {
    rf"(?<![a-z])(?:weeks?|wks?|w){NUMBER}(?!\d)": float,
    rf"(?<![a-z])(?:months?|mth|mo|m){NUMBER}(?!\d)": lambda number: float(number) * WEEKS_PER_MONTH,
    rf"(?<![a-z])(?:days?|d){NUMBER}(?!\d)": lambda number: _study_day(float(number)),
    r"(?<![a-z])(baseline|base|bl|pre|before|randomi[sz]ation)(?![a-z])": lambda _: 0.0,
}
"""Patterns in lower case, tried in this order."""


def week_of(name: str, stated: Mapping[str, float | str] | None = None) -> float | None:
    """The week of a visit: the `stated` one, else the one that its name says; None if it says none ("Visit 3",
    "Unscheduled") or is to be set aside."""
    if stated and name in stated:
        return None if stated[name] == SET_ASIDE else float(stated[name])
    for pattern, week in NAMES.items():
        if match := re.search(pattern, name.casefold()):
            return week(match[1])
    return None


def weeks_of(names: Iterable[str], stated: Mapping[str, float | str] | None = None) -> dict[str, float]:
    """The weeks of those names that have one."""
    return {name: week for name in names if (week := week_of(name, stated)) is not None}


def _study_day(day: float) -> float:
    """A study day as weeks: day 1 is week 0, day -1 the day before."""
    return (day - 1 if day > 0 else day) / 7
