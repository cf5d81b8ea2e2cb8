"""Doses as steps: courses of one drug that follow each other are one bar, whose height is the dose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import taken
from analysis.response.time_to_event import joined

if TYPE_CHECKING:
    from analysis.arrays import Flags, Floats, Rows
    from figures.visuals.contract import Trace

BAR = 0.74
"""Height of a bar, in lanes, and of the highest dose of its lane."""
LEAST = 0.3
"""Share of that height below which no dose goes: it must still be seen and met with the pointer."""
NOTCH = 1.6
"""Width of the line where a dose changes, px."""


def stepped(courses: pd.DataFrame) -> pd.DataFrame:
    """`courses` (the columns of `treatments`) plus exposure (a number, missing for what lasts no time), height (of its
    bar, in lanes) and step (whether another dose came before it in the same exposure)."""
    rows = joined(courses)
    rows = rows[rows["start_week"] != rows["end_week"]]
    found = rows[["exposure"]].assign(height=_heights(rows), step=_steps(rows)).reindex(courses.index)
    steps = found["step"].eq(True)  # noqa: FBT003 - what lasts no time is missing here
    return courses.assign(exposure=found["exposure"], height=found["height"].fillna(BAR), step=steps)


def whole(bars: Rows) -> Rows:
    """Bars (arrays x0, x1, exposure, height and more) as they are drawn, without a hole before the next of their
    exposure, the highest, earliest and longest first: what lies on others is the smaller of them."""
    bars = taken(bars, np.argsort(bars["x0"], kind="stable"))
    end, before = bars["x1"].copy(), dict[float, tuple[int, float]]()
    for row, (own, x0, x1) in enumerate(zip(bars["exposure"], bars["x0"], bars["x1"], strict=True)):
        last, until = before.get(own, (-1, -np.inf))
        if last >= 0 and bars["x1"][last] == until:
            end[last] = max(end[last], x0)
        before[own] = row, max(until, x1)
    return taken({**bars, "x1": end}, np.lexsort([-end, bars["x0"], -bars["height"]]))


def notches(trace: Trace, color: str) -> list[dict[str, Any]]:
    """The line at the start of each bar of another dose, as one shape; none without a step."""
    bars = zip(trace["base"], trace["y"], trace["width"], trace["meta"]["steps"], strict=True)
    lines = [f"M{x:.6g},{y - high / 2:.6g}V{y + high / 2:.6g}" for x, y, high, step in bars if step]
    line = {"color": color, "width": NOTCH}
    return [{"type": "path", "path": "".join(lines), "line": line, "layer": "above"}] if lines else []


def _heights(rows: pd.DataFrame) -> Floats:
    """In proportion to the dose where a patient's doses of a drug are all stated, in one unit; else the same."""
    lanes = rows.groupby([rows["patient_id"].cat.codes, rows["treatment"].astype(str)])
    unit, dose = lanes["dose_unit"], rows["dose"].clip(lower=0)
    stated = lanes["dose"].transform("size") == np.fmin(lanes["dose"].transform("count"), unit.transform("count"))
    highest = lanes["dose"].transform("max")
    comparable = stated & (unit.transform("nunique") == 1) & (highest > 0)
    share = (dose / highest.where(comparable)).clip(lower=LEAST).fillna(1.0)
    return BAR * share.to_numpy(float)


def _steps(rows: pd.DataFrame) -> Flags:
    """Whether the row before of the same exposure has another dose; of one not stated that is not known."""
    before = rows.groupby("exposure")[["dose", "dose_unit"]].shift()
    dose = before["dose"].notna() & rows["dose"].notna() & (before["dose"] != rows["dose"])
    unit = rows["dose_unit"].astype(object)
    named = before["dose_unit"].notna() & unit.notna() & (before["dose_unit"].astype(object) != unit)
    both = before["dose"].notna() & rows["dose"].notna()
    return (dose | (named & both)).to_numpy(bool)
