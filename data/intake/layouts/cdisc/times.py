"""What tells the time of a row of a CDISC data set: a study day, a date, the name of a visit or its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from data.intake.columns.dates import day
from data.intake.layouts.base import ANYTHING
from data.intake.sources import Source
from data.tables.columns import numbers


@dataclass(frozen=True)
class When:
    """One way to tell the time of some rows: a column, the `time` it is counted in, and which rows."""

    column: str
    time: str
    rows: Mapping[str, str] = field(default_factory=dict)


def times_of(source: Source, have: Mapping[str, str], names: Sequence[str], unclear: list[str]) -> list[When]:
    """The surest of day, date, name and number of a visit that is told at all; where a day is blank and a date is
    whole, the date."""
    cells = source.sheet.cells
    told = [(have[name], time) for name, time in zip(names, KINDS, strict=False) if name in have]
    told = [(name, time) for name, time in told if cells[name].notna().any()]
    if not told:
        return []
    column, time = told[0]
    if time == "study days" and len(told) > 1 and told[1][1] == "dates":
        rest = cells.loc[cells[column].isna().to_numpy(), told[1][0]]
        if rest.map(lambda cell: day(cell) is not None).any():
            return [When(column, time, {column: ANYTHING}), When(*told[1], {column: ""})]
    if time == "weeks" and not _are_weeks(source, column, unclear):
        return []
    return [When(column, time)]


KINDS = ("study days", "dates", "visits", "weeks")
"""What day, date, name and number of a visit are counted in."""


def _are_weeks(source: Source, column: str, unclear: list[str]) -> bool:
    """Whether the numbers of visits may be weeks: one is 0, and they do not count the visits; a person is asked."""
    known = sorted({value for value in numbers(source.sheet.cells[column])[0] if value == value})  # noqa: PLR0124 - NaN
    shown = ", ".join(f"{value:g}" for value in known[:6])
    if 0 in known and any(later - early > 1 for early, later in pairwise(known)):
        unclear.append(
            f"{source.file}: the numbers in {column} ({shown}) are read as weeks; nothing else tells a time."
        )
        return True
    unclear.append(
        f"{source.file}: no column says when: {column} ({shown}) counts visits. Add days, dates or names of visits."
    )
    return False
