"""The clock that the three time views share: the lens of a query, and tables placed on it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions, categorical, patient_codes, taken
from analysis.phases import INDEX_PHASES, phase_codes, zeros
from figures.visuals.time_scale import Lens

if TYPE_CHECKING:
    from analysis.arrays import Rows
    from data.study import Study
    from figures.visuals.frame import Frame


def timed(frame: Frame, table: pd.DataFrame) -> pd.DataFrame:
    """`table` narrowed to the query and on its clock, plus `x` (axis units) and `phase`; rows off the clock are left
    out. Courses get `x0`, `x1` and `open` (no end: drawn to the patient's last known week), and where their dates are
    partial how far each may be: `x0_low`, `x0_high`, `x1_low`, `x1_high`."""
    rows, placed = _placed(frame, patient_codes(table), table)
    shown: dict[str, Any] = {**placed}
    if "phase" in placed:
        shown["phase"] = categorical(placed["phase"], INDEX_PHASES)
    return _taken(table, rows).assign(**shown)


def timed_rows(frame: Frame, table: Rows) -> Rows:
    """`timed` of a table as `analysis.arrays.as_rows` has it; phases as texts, None for none."""
    rows, placed = _placed(frame, table["patient"], table)
    names = np.array([*INDEX_PHASES, None], object)
    phase = {"phase": names[placed["phase"]]} if "phase" in placed else {}
    return taken(table, rows) | placed | phase


def _placed(frame: Frame, patient: Positions, table: pd.DataFrame | Rows) -> tuple[Positions, Rows]:
    """Which rows are shown, and where they stand; `phase` as a position."""
    zero = zeros(frame.study, frame.query.clock)[patient]
    if "week" not in table:
        return _placed_courses(frame, patient, zero, table)
    week = np.asarray(table["week"], float)
    rows = np.flatnonzero(frame.kept[patient] & within(frame, week - zero, week - zero))
    since, phase = (week - zero)[rows], phase_codes(frame.study, patient[rows], week[rows])
    return rows, {"clock_week": since, "phase": phase, "x": frame.axis.forward(since)}


def _taken(table: pd.DataFrame, rows: Positions) -> pd.DataFrame:
    return table if len(rows) == len(table) else table.take(rows)


def within(frame: Frame, start: Floats, end: Floats) -> Flags:
    """Whether each reaches into the closed window of the query; what is not on the clock reaches into none."""
    low, high = frame.query.window or (-np.inf, np.inf)
    within: Flags = (start <= high + SAME_WEEK) & (end >= low - SAME_WEEK)
    return within


def _placed_courses(
    frame: Frame, patient: Positions, zero: Floats, table: pd.DataFrame | Rows
) -> tuple[Positions, Rows]:
    start, end = (np.asarray(table[name], float) - zero for name in ("start_week", "end_week"))
    rows = np.flatnonzero(frame.kept[patient] & within(frame, start, np.where(np.isnan(end), np.inf, end)))
    start, end, axis = start[rows], end[rows], frame.axis
    last = np.maximum(last_weeks(frame.study)[patient[rows]] - zero[rows], start)
    shown = np.clip([start, np.where(np.isnan(end), last, end)], axis.weeks[0], axis.weeks[-1])
    x0, x1 = axis.forward(shown[0]), axis.forward(shown[1])
    placed = {"clock_start_week": start, "clock_end_week": end, "open": np.isnan(end), "x0": x0, "x1": x1}
    return rows, placed | _reached(table, rows, shown, axis)


def _reached(table: pd.DataFrame | Rows, rows: Positions, shown: Floats, axis: Lens) -> Rows:
    """How far each end of a course may be, in axis units, where the study has partial dates."""
    found: Rows = {}
    for name, week, margin in zip(("x0", "x1"), shown, ("start_margin", "end_margin"), strict=True):
        if margin in table:
            reach = np.nan_to_num(np.asarray(table[margin], float)[rows])
            around = np.clip([week - reach, week + reach], axis.weeks[0], axis.weeks[-1])
            found |= {f"{name}_low": axis.forward(around[0]), f"{name}_high": axis.forward(around[1])}
    return found


@lru_cache(maxsize=8)
def last_weeks(study: Study) -> Floats:
    """Last week at which anything is known of each patient (a visit, a sample, a dose), in display order."""
    courses = study.treatments
    known = [(study.pasi, "week"), (study.immune_subsets, "week"), (courses, "start_week"), (courses, "end_week")]
    last = np.full(len(study.patients), -np.inf)
    for table, column in known:
        np.fmax.at(last, patient_codes(table), table[column].to_numpy(float))
    return last


def x_axis(frame: Frame) -> dict[str, Any]:
    """The shared horizontal axis of a time view; its name is one of the `reference_lines`."""
    return {**frame.axis.axis(), "showgrid": False}


def meta(frame: Frame) -> dict[str, Any]:
    """What the layer needs to tell weeks from pixels: the knots of the lens, and the weeks that may be labelled."""
    axis = frame.axis
    drawn = axis.axis()
    home = {"home": drawn["range"], "ticks": [drawn["tickvals"], drawn["ticktext"]]}
    return {"weeks": axis.weeks, "units": axis.units, "candidates": axis.candidates(), **home}
