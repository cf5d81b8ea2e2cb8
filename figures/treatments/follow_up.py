"""The follow-up of each patient on the swimlanes: a thin line under the milestones, from the first observation to the
last."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import as_rows, taken
from analysis.follow_up import follow_up
from analysis.phases import on_clock
from figures.treatments import tracks
from figures.visuals import formatting, marks, time_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.arrays import Rows
    from data.study import Study
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame

HOVER = "<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>"
BELOW = 0.38
"""How far below the middle of its lane the line lies, in lanes."""


def followed_rows(frame: Frame, patients: Sequence[str]) -> Rows:
    """The follow-up of these patients in the window: the columns of `analysis.follow_up.follow_up`, clock_start_week,
    clock_end_week, x0, x1 (axis units, cut at the window), week (the first), who and says (as text for a
    tooltip, with the chosen track)."""
    seen = _described(frame.study, frame.query.clock)
    table = time_axis.timed_rows(frame, taken(seen, tracks.rows_of(frame, seen["patient"], patients)))
    track = tracks.lines(frame, table["patient_id"].tolist())
    told = [text + line for text, line in zip(table["says"].tolist(), track, strict=True)]
    return table | {"week": table["start_week"], "says": np.array(told, object)}


@lru_cache(maxsize=8)
def _described(study: Study, clock: str) -> Rows:
    """The follow-up of everyone, with who and says, without a track."""
    table, week = on_clock(study, follow_up(study), clock), formatting.significant
    rows = zip(table["clock_start_week"], table["clock_end_week"], table["visits"], table["samples"], strict=True)
    says = [
        f"observed from week {week(a, 4)} to {week(b, 4)}: {n:,} visits, {m:,} blood samples" for a, b, n, m in rows
    ]
    return as_rows(table.assign(who=marks.who(table), says=says))


def traces(frame: Frame, table: Rows) -> list[Trace]:
    """The lines of `followed_rows` with the lane of each, and a stroke at each end that the window shows."""
    data, color, lane = (
        marks.custom(table, ("who", "says")),
        frame.colors_at(table["patient"]),
        table["lane"] + BELOW,
    )
    x0, x1 = table["x0"], table["x1"]
    bars: Trace = {
        "type": "bar", "orientation": "h", "base": x0, "x": x1 - x0, "y": lane, "width": 0.07,
        "marker": {"color": color}, "customdata": data, "hovertemplate": HOVER, "meta": {"followed": True},
    }  # fmt: skip
    low, high = frame.axis.weeks[0], frame.axis.weeks[-1]
    weeks = [table[name] for name in ("clock_start_week", "clock_end_week")]
    first, last = (np.flatnonzero((week >= low) & (week <= high)) for week in weeks)
    rows = [*first.tolist(), *last.tolist()]
    own = [color[row] for row in rows]
    ends: Trace = {
        "type": "scatter", "mode": "markers", "x": np.r_[x0[first], x1[last]], "y": lane[rows],
        "marker": {"symbol": "line-ns", "size": 7, "color": own, "line": {"color": own, "width": 1.5}},
        "customdata": [data[row] for row in rows], "hovertemplate": HOVER, "meta": {"followed": True},
    }  # fmt: skip
    return [bars, ends]
