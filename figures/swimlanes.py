"""Treatment swimlanes: a patient's lanes together, one lane per drug, on the clock of the other time views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from figures import clock, happenings, milestones, style, words
from figures.absence import needing
from figures.guides import guides
from figures.lanes import PINNED, lane_table, page, paged, units

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

LANE = 10
"""Least height of a lane, px."""
HOVER = "%{customdata[6]}<br>%{customdata[7]}<br>%{customdata[8]}<extra></extra>"


@needing("treatments")
def swimlanes(study: Study, query: Query) -> go.Figure:
    """Bars for courses, marks for infusions and events, an arrow where a course is ongoing."""
    table = lane_table(study, query, page(study, query))
    if table.empty:
        return style.empty(query, "No treatment of the kept patients in this week window.")
    top, lanes = PINNED if paged(study, query) else 0, _lanes(table)
    heads = {patient: lane for lane, (patient, drug) in enumerate(lanes) if drug is None}
    marked = guides(study, query, labels=False)
    marked["shapes"] += _separators(query, list(heads.values()))
    signs = milestones.lane_signs(study, query, heads)
    events = happenings.traces(study, query, happenings.lanes(table))
    return style.figure(
        query, *_traces(study, query, table), signs, *events, *([_strip(study, query)] if top else []), bargap=0.3,
        xaxis=clock.x_axis(study, query), yaxis=_lane_axis(study, query, lanes, top), **marked,
        margin={"l": style.LEFT, "r": style.RIGHT, "t": 4, "b": 20}, meta=clock.meta(study, query) | _meta(lanes, top),
    )  # fmt: skip


def _lanes(table: pd.DataFrame) -> list[tuple[str, str | None]]:
    """Patient and drug (None: the lane of the patient's milestones; "events": of events) of every lane, from
    the top."""
    patients, drugs = table["patient_id"].astype(str), table["treatment"].astype(str)
    found: dict[int, tuple[str, str | None]] = {
        head: (patient, None) for head, patient in zip(table["head"], patients, strict=True)
    }
    found |= {lane: (patient, drug) for lane, patient, drug in zip(table["lane"], patients, drugs, strict=True)}
    found |= {int(lane): (str(patient), "events") for patient, lane in happenings.lanes(table).items()}
    return [found[lane] for lane in sorted(found)]


def _meta(lanes: list[tuple[str, str | None]], top: int) -> dict[str, Any]:
    """For the layer: the patient of every lane, and how many lanes on top are free for those of other pages."""
    patients = [patient for patient, _ in lanes]
    return {"layer": bool(top), "pinned": top, "lanes": patients, "min_height": 24 + (len(lanes) + top) * LANE}


def _traces(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    look = style.theme(query)
    ids = table["patient_id"].astype(str)
    color = ids.map(style.colors(study, query.theme))
    table = table.assign(color=color, fill=np.where(table["provenance"] == "illustrative", look.card, color))
    dose = table["start_week"] == table["end_week"]
    return [_bars(table[~dose]), _arrows(table[~dose & table["open"]]), _infusions(query, table[dose])]


def _bars(table: pd.DataFrame) -> style.Trace:
    """Prior courses are pale, background therapy is hatched, an illustrative course is hollow (or hatched thinly)."""
    prior, background = table["role"] == "prior", table["role"] == "background"
    fill = table["fill"].where(~prior, table["color"].map(lambda color: style.fade(color, 0.22)))
    marker = {
        # plotly hatches in the colour of the marker, whatever the pattern's own colour
        "color": fill.where(~background, table["color"]).tolist(),
        "line": {"color": table["color"].tolist(), "width": 1.2},
        "pattern": {
            "shape": np.where(background, "/", "").tolist(), "size": 6,
            "solidity": np.where(table["provenance"] == "illustrative", 0.15, 0.4).tolist(),
        },
    }  # fmt: skip
    return {
        "type": "bar", "orientation": "h", "base": table["x0"].to_numpy(), "x": (table["x1"] - table["x0"]).to_numpy(),
        "y": table["lane"].to_numpy(), "width": 0.62, "marker": marker, "customdata": table["custom"].tolist(),
        "hovertemplate": HOVER,
    }  # fmt: skip


def _arrows(table: pd.DataFrame) -> style.Trace:
    marker = {"symbol": "triangle-right", "size": 11, "color": table["color"].tolist()}
    return {
        "type": "scatter", "x": table["x1"].to_numpy(), "y": table["lane"].to_numpy(), "mode": "markers",
        "marker": marker, "customdata": table["custom"].tolist(), "hovertemplate": HOVER,
    }  # fmt: skip


def _infusions(query: Query, table: pd.DataFrame) -> style.Trace:
    """A mark per infusion; a lane of many doses gets small ones."""
    many = (table.groupby("lane")["lane"].transform("size") > 6).to_numpy()
    marker = {
        "symbol": np.where(many, "line-ns", "triangle-down").tolist(), "size": np.where(many, 4, 10).tolist(),
        "color": table["fill"].tolist(), "line": {"color": table["color"].tolist(), "width": 1.5},
    }  # fmt: skip
    return {
        "type": "scatter", "x": table["x0"].to_numpy(), "y": table["lane"].to_numpy(), "mode": "markers+text",
        "marker": marker, "text": _dose_text(table), "textposition": "middle right",
        "textfont": {"size": 10, "color": style.theme(query).muted}, "customdata": table["custom"].tolist(),
        "hovertemplate": HOVER,
    }  # fmt: skip


def _dose_text(table: pd.DataFrame) -> list[str]:
    """The doses of a lane of up to three infusions, beside its last mark."""
    size = table.groupby("lane")["lane"].transform("size")
    last = ~table.duplicated("lane", keep="last") & (size <= 3)
    doses = table.groupby("lane")["dose"].agg(_doses)
    rows = zip(table["lane"].map(doses), units(table), last, strict=True)
    return [f"  {dose} {unit}" if shown and dose else "" for dose, unit, shown in rows]


def _lane_axis(study: Study, query: Query, lanes: list[tuple[str, str | None]], top: int) -> dict[str, Any]:
    """A lane's label is its drug; the lane of a patient's milestones says whose lanes follow."""
    palette = style.colors(study, query.theme)
    text = [_whose(patient, palette) if drug is None else words.short(drug, 20) for patient, drug in lanes]
    return {
        "range": [len(lanes) - 0.4, -0.6 - top], "tickvals": list(range(len(lanes))), "ticktext": text, "ticks": "",
        "fixedrange": True, "showgrid": False, "showline": False, "tickfont": {"size": 10},
    }  # fmt: skip


def _whose(patient: str, palette: dict[str, str]) -> str:
    return f"<b><span style='color:{palette[patient]}'>{words.short(patient, 12)}</span></b>  milestones"


def _separators(query: Query, heads: list[int]) -> list[dict[str, Any]]:
    line = {"color": style.theme(query).grid, "width": 1}
    place = {"type": "line", "xref": "paper", "x0": -0.2, "x1": 1, "layer": "below", "line": line}
    return [{**place, "y0": lane - 0.5, "y1": lane - 0.5} for lane in heads[1:]]


def _strip(study: Study, query: Query) -> style.Trace:
    """What the free lanes on top of a page are for; the layer writes over it."""
    axis = clock.time_axis(study, query)
    return {
        "type": "scatter", "x": [(axis.units[0] + axis.units[-1]) / 2], "y": [-(PINNED + 1) / 2], "mode": "text",
        "text": ["<i>a highlighted patient of another page shows here</i>"], "hoverinfo": "skip",
        "textfont": {"size": 10, "color": style.theme(query).muted},
    }  # fmt: skip


def _doses(doses: pd.Series) -> str:
    return ", ".join(f"{dose:.3g}" for dose in doses.dropna().unique())
