"""The follow-up of each patient on the swimlanes: a thin line under the milestones, from the first observation to the
last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.follow_up import follow_up
from figures.treatments import tracks
from figures.visuals import formatting, marks, time_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame

HOVER = "<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>"
BELOW = 0.38
"""How far below the middle of its lane the line lies, in lanes."""


def followed_table(frame: Frame, patients: Sequence[str]) -> pd.DataFrame:
    """The follow-up of these patients in the window: the columns of `analysis.follow_up.follow_up`, clock_start_week,
    clock_end_week, x0, x1 (axis units, cut at the window), week (the first), who and says (as text for a
    tooltip, with the chosen track)."""
    seen = follow_up(frame.study)
    table = time_axis.timed(frame, seen[seen["patient_id"].isin(patients)])
    week = formatting.significant
    rows = zip(table["clock_start_week"], table["clock_end_week"], table["visits"], table["samples"], strict=True)
    says = [
        f"observed from week {week(a, 4)} to {week(b, 4)}: {n:,} visits, {m:,} blood samples" for a, b, n, m in rows
    ]
    track = tracks.lines(frame, table["patient_id"].astype(str).tolist())
    told = [text + line for text, line in zip(says, track, strict=True)]
    return table.assign(week=table["start_week"], who=marks.who(table), says=told)


def traces(frame: Frame, table: pd.DataFrame) -> list[Trace]:
    """The lines of a `followed_table` with the lane of each, and a stroke at each end that the window shows."""
    color = table["patient_id"].astype(str).map(frame.colors)
    return [_lines(table, color), _ends(frame, table, color)]


def _lines(table: pd.DataFrame, color: pd.Series) -> Trace:
    return {
        "type": "bar", "orientation": "h", "base": table["x0"].to_numpy(), "x": (table["x1"] - table["x0"]).to_numpy(),
        "y": table["lane"].to_numpy(float) + BELOW, "width": 0.07, "marker": {"color": color.tolist()},
        "customdata": marks.custom(table, ("who", "says")), "hovertemplate": HOVER, "meta": {"followed": True},
    }  # fmt: skip


def _ends(frame: Frame, table: pd.DataFrame, color: pd.Series) -> Trace:
    axis = frame.axis
    low, high = axis.weeks[0], axis.weeks[-1]
    first, last = table["clock_start_week"].between(low, high), table["clock_end_week"].between(low, high)
    both = [table[first], table[last]]
    colors = [*color[first], *color[last]]
    return {
        "type": "scatter", "mode": "markers", "x": np.r_[both[0]["x0"], both[1]["x1"]],
        "y": np.r_[both[0]["lane"], both[1]["lane"]] + BELOW,
        "marker": {"symbol": "line-ns", "size": 7, "color": colors, "line": {"color": colors, "width": 1.5}},
        "customdata": [row for part in both for row in marks.custom(part, ("who", "says"))], "hovertemplate": HOVER,
        "meta": {"followed": True},
    }  # fmt: skip
