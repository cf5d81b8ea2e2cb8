"""The unit that a header states of a time, in six languages: "Beginn (Monate)", "start_wk", "Tiempo (días)"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from data.intake.columns.vocabulary import word
from data.tables.columns import numbers

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "weeks": r"week|weeks|wk",
        "days": r"day|days",
        "months": r"month|months|mth|mths|mo|mos",
        "years": r"year|years|yr|yrs",
        "hours": r"hour|hours",
    }
)
"""Clocks, each with its words in English as `vocabulary.word` gives them."""
SHORT: Mapping[str, str] = MappingProxyType({"w": "weeks", "d": "days", "h": "hours", "y": "years"})
"""What may stand at a header's end; m is of minutes and metres too."""
STUDY_DAY = re.compile(r"^(?!body$)(?:a|[a-z]{2})(?:st|en)?dy$|study_?days?")
CALENDAR_YEARS = (1900, 2100)


def unit_of(header: str) -> str:
    """The clock that a header states, "" if none, or several."""
    name = word(header)
    if STUDY_DAY.search(name):
        return "study days"
    parts = name.split("_")
    said = {unit for unit, words in UNITS.items() if any(re.fullmatch(words, part) for part in parts)}
    if not said and len(parts) > 1 and parts[-1] in SHORT:
        return SHORT[parts[-1]]
    return said.pop() if len(said) == 1 else ""


def of_calendar(cells: pd.DataFrame) -> dict[str, str]:
    """Columns with the month of a date, each with the column that holds its year: not months since week 0."""
    parts = {str(name): unit for name in cells.columns if (unit := unit_of(str(name))) in {"months", "years"}}
    years = {
        _stem(name): name for name, unit in parts.items() if unit == "years" and _lies(cells[name], *CALENDAR_YEARS)
    }
    months = [name for name, unit in parts.items() if unit == "months" and _lies(cells[name], 1, 12)]
    return {name: years[_stem(name)] for name in months if _stem(name) in years}


def _stem(header: str) -> str:
    """A header without its unit: "start_month" -> "start"."""
    units = "|".join(UNITS.values())
    return "_".join(part for part in word(header).split("_") if not re.fullmatch(units, part))


def _lies(cells: pd.Series, low: float, high: float) -> bool:
    """Whether all cells are whole numbers of this range, or blank."""
    values, wrong = numbers(cells)
    known = values[values == values]  # noqa: PLR0124 - NaN
    return bool(len(known)) and not wrong.any() and bool(((known >= low) & (known <= high) & (known % 1 == 0)).all())
