"""The gutters of the scatter: strips along its axes where samples and visits without a partner stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.arrays import as_rows, taken
from figures.visuals import formatting, marks, pairs, style

if TYPE_CHECKING:
    import pandas as pd

    from analysis.query import Query
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame

SHARE = 0.075
"""Width of a gutter, as a share of the axis that it is cut from."""
HOVER = {
    "sample": "<b>%{customdata[8]}</b>  %{customdata[4]}<br>unpaired sample at study week %{customdata[1]:.4~g}, "
    "subset %{customdata[5]} as measured<br>%{customdata[9]}<br>%{customdata[7]}<extra></extra>",
    "visit": "<b>%{customdata[8]}</b>  %{customdata[4]}<br>unpaired visit at study week %{customdata[1]:.4~g}, "
    "{outcome} %{customdata[6]} as measured<br>%{customdata[9]}<br>%{customdata[7]}<extra></extra>",
}
NAMES = {"sample": "no visit", "visit": "no sample"}


class Extent(NamedTuple):
    """Ranges of both axes, and where their gutters begin (the upper end of each); None without one."""

    x: list[float]
    y: list[float]
    visits_until: float | None
    samples_until: float | None


def extent(paired: pd.DataFrame, alone: pd.DataFrame) -> Extent:
    """The extent of a scatter: a gutter is there only if something stands in it."""
    x, y = pairs.span(paired["x"], alone["x"]), pairs.span(paired["value"], alone["value"])
    visit, sample = (np.isnan(alone[name].to_numpy(float)).any() for name in ("x", "value"))
    left, bottom = (x[0] if visit else None), (y[0] if sample else None)
    return Extent(_widened(x, left), _widened(y, bottom), left, bottom)


def placed(alone: pd.DataFrame, within: Extent) -> pd.DataFrame:
    """The lone ones with their place in the gutter as x or value."""
    across = np.nan if within.visits_until is None else (within.x[0] + within.visits_until) / 2
    up = np.nan if within.samples_until is None else (within.y[0] + within.samples_until) / 2
    return alone.assign(x=alone["x"].fillna(across), value=alone["value"].fillna(up))


def traces(frame: Frame, alone: pd.DataFrame, within: Extent) -> list[Trace]:
    """The lone ones as marks of their patients, with the reason on hover."""
    table, drawn = as_rows(placed(alone, within)), []
    table = taken(table, np.lexsort([table["week"], table["patient"]]))
    for kind, hover in HOVER.items():
        rows = taken(table, table["kind"] == kind)
        if len(rows["x"]):
            columns, meta = (*pairs.COLUMNS, "reason"), {"alone": kind}
            drawn += marks.points(frame, rows, formatting.of_outcome(hover, frame.study), columns, 6, meta=meta)
    return drawn


def strips(query: Query, within: Extent) -> dict[str, list[dict[str, Any]]]:
    """The shaded strips and what stands in them, as shapes and annotations."""
    look = style.theme(query)
    fill = {"type": "rect", "line": {"width": 0}, "fillcolor": look.empty, "layer": "below"}
    note = {"showarrow": False, "font": {"size": 11, "color": look.muted}}
    shapes, notes = [], []
    if within.visits_until is not None:
        place = {"x0": within.x[0], "x1": within.visits_until, "yref": "paper", "y0": 0, "y1": 1}
        at = {"x": within.x[0], "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "top", "textangle": -90}
        shapes.append({**fill, **place})
        notes.append({**note, **at, "text": NAMES["visit"]})
    if within.samples_until is not None:
        place = {"y0": within.y[0], "y1": within.samples_until, "xref": "paper", "x0": 0, "x1": 1}
        at = {"y": within.y[0], "yanchor": "bottom", "xref": "paper", "x": 1, "xanchor": "right"}
        shapes.append({**fill, **place})
        notes.append({**note, **at, "text": NAMES["sample"]})
    return {"shapes": shapes, "annotations": notes}


def _widened(axis: list[float], until: float | None) -> list[float]:
    return axis if until is None else [axis[0] - SHARE * (axis[1] - axis[0]), axis[1]]
