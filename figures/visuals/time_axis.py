"""The clock that the three time views share: the lens of a query, and tables placed on it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import Floats, patient_codes
from analysis.filters import narrow
from analysis.phases import on_clock, with_phase
from figures.visuals.time_scale import Lens

if TYPE_CHECKING:
    from data.study import Study
    from figures.visuals.frame import Frame


def timed(frame: Frame, table: pd.DataFrame) -> pd.DataFrame:
    """`table` narrowed to the query and on its clock, plus `x` (axis units) and `phase`; rows off the clock are left
    out. Courses get `x0`, `x1` and `open` (no end: drawn to the patient's last known week), and where their dates are
    partial how far each may be: `x0_low`, `x0_high`, `x1_low`, `x1_high`."""
    study, query = frame.study, frame.query
    kept = on_clock(study, narrow(study, table, **query.kept), query.clock)
    axis = frame.axis
    if "week" in kept:
        kept = kept[kept["clock_week"].notna()]
        return with_phase(study, kept).assign(x=axis.forward(kept["clock_week"]))
    return _placed(study, kept[kept["clock_start_week"].notna()], axis)


def _placed(study: Study, courses: pd.DataFrame, axis: Lens) -> pd.DataFrame:
    start, end = courses["clock_start_week"].to_numpy(float), courses["clock_end_week"].to_numpy(float)
    shift = start - courses["start_week"].to_numpy(float)
    last = np.maximum(last_weeks(study)[patient_codes(courses)] + shift, start)
    shown = np.clip([start, np.where(np.isnan(end), last, end)], axis.weeks[0], axis.weeks[-1])
    placed = courses.assign(open=courses["end_week"].isna(), x0=axis.forward(shown[0]), x1=axis.forward(shown[1]))
    return placed.assign(**_reached(courses, shown, axis))


def _reached(courses: pd.DataFrame, shown: Floats, axis: Lens) -> dict[str, Floats]:
    """How far each end of a course may be, in axis units, where the study has partial dates."""
    found: dict[str, Floats] = {}
    for name, week, margin in zip(("x0", "x1"), shown, ("start_margin", "end_margin"), strict=True):
        if margin in courses:
            reach = courses[margin].fillna(0).to_numpy(float)
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
    """The shared horizontal axis of a time view; its name is one of the `guides`."""
    return {**frame.axis.axis(), "showgrid": False}


def meta(frame: Frame) -> dict[str, Any]:
    """What the layer needs to tell weeks from pixels: the knots of the lens, and the weeks that may be labelled."""
    axis = frame.axis
    drawn = axis.axis()
    home = {"home": drawn["range"], "ticks": [drawn["tickvals"], drawn["ticktext"]]}
    return {"weeks": axis.weeks, "units": axis.units, "candidates": axis.candidates(), **home}
