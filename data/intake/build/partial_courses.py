"""Courses whose start or end is known to the month or year only: kept, with how far the true date may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.drugs import kind_of
from data.frames import with_columns
from data.intake.columns.dates import day
from data.intake.columns.partial_dates import Period, period
from data.problems import Problem, Report
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet

Span = tuple[Period, Period | None]
"""When a course may have started, and when it may have ended."""
FEW = 5
MARGINS = {"start_week": "start_margin", "end_week": "end_margin"}


def with_middles(sheet: Sheet, order: str) -> Sheet:
    """The sheet of dated courses with the middle of what it may be for each partial date, and `start_margin` and
    `end_margin`: how many weeks the true date may lie from it. An end is never before its start because of that."""
    columns = [name for name in MARGINS if name in sheet.cells]
    periods = {name: [period(cell, order) for cell in sheet.cells[name]] for name in columns}
    partial = [any(known) for known in zip(*periods.values(), strict=True)]
    if not any(partial):
        return sheet
    cells = {name: sheet.cells[name].tolist() for name in columns}
    margins = {MARGINS[name]: np.full(len(partial), np.nan) for name in columns}
    names = texts(sheet.cells["treatment"]).fillna("")
    for at in np.flatnonzero(partial):
        bounds = [_bounds(periods[name][at], cells[name][at], order) for name in columns]
        found = _settled(bounds, infused=kind_of(names.iloc[at]) == "cell_therapy")
        for name, bound, date in zip(columns, bounds, found, strict=True):
            if periods[name][at] is not None and bound and date:
                cells[name][at] = date
                margins[MARGINS[name]][at] = max(date - bound[0], bound[1] - date).days / 7
    dated = {name: pd.Series(known, index=sheet.cells.index, dtype=object) for name, known in cells.items()}
    return replace(sheet, cells=with_columns(sheet.cells, {**dated, **margins}))


def _bounds(partial: Period | None, cell: object, order: str) -> Period | None:
    """The first and last day of a cell, whole or partial; None if it holds no date."""
    whole = day(cell, order)
    return partial or ((whole, whole) if whole else None)


def _settled(bounds: Sequence[Period | None], *, infused: bool) -> list[dt.date | None]:
    """A start and an end within their bounds, the start before the end: the middles, if those are so."""
    middles = [_middle(*bound) if bound else None for bound in bounds]
    start, end = middles[0], middles[1] if len(middles) > 1 else None
    if not (start and end and bounds[0] and bounds[1]) or start < end:
        return middles
    (first, _), (_, last) = bounds[0], bounds[1]
    if bounds[0] == bounds[1]:
        return middles if infused or first == last else [first, last]
    if last < first:
        return middles
    whole_start, whole_end = bounds[0][0] == bounds[0][1], bounds[1][0] == bounds[1][1]
    if whole_start or whole_end:
        return [start, _middle(start, last)] if whole_start else [_middle(first, end), end]
    return [first, last]


def _middle(first: dt.date, last: dt.date) -> dt.date:
    return first + (last - first) / 2


def tell_partial(sheet: Sheet, report: Report) -> None:
    """Say how many dates are partial; warn of those that could change a phase: near week 0, or of a start after it."""
    margins = [name for name in MARGINS.values() if name in sheet.cells]
    many = sum(int(sheet.cells[name].notna().sum()) for name in margins)
    if not many:
        return
    report.note(
        f"{sheet.file}: {many} start(s) or end(s) of courses are known to the month or year only. The middle of it is "
        "taken, and the lane says how far the true date may be."
    )
    for name in margins:
        column = next(week for week, margin in MARGINS.items() if margin == name)
        weeks, margin = numbers(sheet.cells[column])[0], numbers(sheet.cells[name])[0]
        open_after = weeks + margin > 0 if column == "start_week" else np.abs(weeks) <= margin
        _warn(sheet, column, np.flatnonzero(open_after), margin, report)


def _warn(sheet: Sheet, column: str, rows: np.ndarray, margin: np.ndarray, report: Report) -> None:
    said = "a start" if column == "start_week" else "an end"
    for number, at in enumerate(rows[:FEW], start=1):
        more = len(rows) - FEW if number == FEW else 0
        found = f"{said} of a course that is known to ±{margin[at]:.0f} weeks, and may change a phase"
        place = (sheet.file, int(sheet.rows[at]), sheet.names.get(column, column))
        advice = "The middle of it is taken: complete the date if you can."
        report.warn(Problem(*place, found, "a whole date: year, month and day", advice, more))
