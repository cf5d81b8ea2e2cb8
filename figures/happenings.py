"""Events on the swimlanes, adverse ones among them: each patient's on a lane of its own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from figures import clock, marks, style, words

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

HOVER = "<b>%{customdata[2]}</b>, week %{customdata[3]:.4~g}<br>%{customdata[4]}<extra></extra>"
SYMBOL = "star-diamond"
"""Of no phase, no course and no milestone."""


def lanes(table: pd.DataFrame) -> pd.Series:
    """patient_id -> the lane of their events, of a `lane_table`; only of those who have one."""
    return table.groupby(table["patient_id"].astype(str))["events"].first().dropna()


@lru_cache(maxsize=4)
def event_table(study: Study, query: Query) -> pd.DataFrame:
    """The events of the kept patients in the window: patient_id, week, clock_week, x, says (event, severity and note,
    as text for a tooltip), who, provenance."""
    table = clock.timed(study, query, study.events)
    return table.assign(says=_said(table), who=marks.who(table))


def traces(study: Study, query: Query, lane_of: pd.Series) -> list[style.Trace]:
    """A mark per event on its patient's lane (patient_id -> lane), hollow if illustrative; no trace without any."""
    table = event_table(study, query)
    table = table.assign(lane=table["patient_id"].astype(str).map(lane_of)).dropna(subset="lane")
    if table.empty:
        return []
    color = table["patient_id"].astype(str).map(style.colors(study, query.theme))
    fill = np.where(table["provenance"] == "illustrative", style.theme(query).card, color)
    marker = {"symbol": SYMBOL, "size": 8, "color": fill.tolist(), "line": {"color": color.tolist(), "width": 1.2}}
    return [
        {
            "type": "scatter", "x": table["x"].to_numpy(), "y": table["lane"].to_numpy(float), "mode": "markers",
            "marker": marker, "customdata": marks.custom(table, ("who", "clock_week", "says")), "hovertemplate": HOVER,
            "meta": {"event": True},
        }
    ]  # fmt: skip


def _said(table: pd.DataFrame) -> list[str]:
    rows = zip(table["event"], table["severity"], table["note"], strict=True)
    told = [(event, f"severity: {severity}" if severity else "", note) for event, severity, note in rows]
    return ["<br>".join(words.escaped(part) for part in parts if part) for parts in told]
