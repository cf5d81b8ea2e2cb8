"""Treatment swimlanes: a patient's lanes together, one lane per drug, on the clock of the other time views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from figures.treatments import course_signs, dose_steps, drug_colors, events, follow_up, tracks
from figures.treatments.lanes import EVENTS, HEAD, PINNED, Laid, laid, page, paged, units
from figures.visuals import formatting, line_names, style, time_axis
from figures.visuals.reference_lines import bottom, guides

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study
    from figures.treatments.lanes import Lane

LANE = 9.75
"""Least height of a lane, px."""
HOVER = "%{customdata[6]}<br>%{customdata[7]}<br>%{customdata[8]}<extra></extra>"
ABSENT = "Nothing is known of the kept patients here.<br>Remove a chip above, or widen the week window."


def swimlanes(study: Study, query: Query) -> go.Figure:
    """A patient's lanes together: her follow-up, her events, then one lane per drug."""
    found = laid(study, query, page(study, query))
    if not found.lanes:
        return style.empty(query, ABSENT)
    top = PINNED if paged(study, query) else 0
    marked = guides(study, query)
    traces = _traces(study, query, found)
    marked["shapes"] += _separators(query, list(found.heads.values()))
    marked["shapes"] += dose_steps.notches(traces[0], style.theme(query).card)
    return style.figure(
        query, *traces, bargap=0.3, barmode="overlay",
        xaxis=time_axis.x_axis(study, query), yaxis=_lane_axis(study, query, found.lanes, top), **marked,
        margin={"l": style.LEFT, "r": line_names.margin(study, query), "t": 4, "b": bottom(study, query)},
        meta=time_axis.meta(study, query) | _meta(found.lanes, top) | {"texts": [_drugs(study, query, found)]},
    )  # fmt: skip


def pinned(study: Study, query: Query, patient: str) -> dict[str, Any]:
    """The lanes of one patient as the traces and labels that a page with her would have, for the layer, which draws
    them on the lanes that are kept free on top of the pages without her."""
    found = laid(study, query, [patient])
    return {
        "patient": patient,
        "color": style.colors(study, query.theme)[patient],
        "labels": [tracks.uncoloured(label) for label in _labels(study, query, found.lanes)],
        "traces": _traces(study, query, found),
    }


def _meta(lanes: list[Lane], top: int) -> dict[str, Any]:
    """For the layer: the patient of every lane, and how many lanes on top are free for those of other pages."""
    patients = [patient for patient, _, _ in lanes]
    return {"layer": bool(top), "pinned": top, "lanes": patients, "min_height": 24 + int((len(lanes) + top) * LANE)}


def _drugs(study: Study, query: Query, found: Laid) -> dict[str, Any]:
    """The names of drugs in their bars, clear of what stands on the lanes."""
    dose = found.courses["start_week"] == found.courses["end_week"]
    bars = found.courses[~dose].groupby("exposure", as_index=False)
    first = {"clock_start_week": "min", "x0": "min", "x1": "max", "height": "min"}
    spans = bars.agg({**dict.fromkeys(("patient_id", "treatment", "lane"), "first"), **first})
    marks = pd.concat([found.courses[dose][["x0", "lane"]], found.doses.rename(columns={"x": "x0"})[["x0", "lane"]]])
    return line_names.inside(spans, marks) | {"color": style.theme(query).ink}


def _traces(study: Study, query: Query, found: Laid) -> list[style.Trace]:
    """Bars for courses, marks for infusions and events, an arrow where a course is ongoing, a whisker where a date is
    partial."""
    look = style.theme(query)
    color = drug_colors.of_rows(study, query, found.courses)
    fill = np.where(found.courses["provenance"] == "illustrative", look.card, color)
    table = found.courses.assign(color=color, fill=fill)
    dose = table["start_week"] == table["end_week"]
    return [
        _bars(dose_steps.whole(table[~dose])), _arrows(table[~dose & table["open"]]), _infusions(query, table[dose]),
        *_partial(query, table), *course_signs.ends(query, table, time_axis.time_axis(study, query)),
        *course_signs.doses(query, found.doses, drug_colors.of_rows(study, query, found.doses)),
        *follow_up.traces(study, query, found.followed), events.trace(study, query, found.events),
    ]  # fmt: skip


def _bars(table: pd.DataFrame) -> style.Trace:
    """Prior courses are pale, background therapy is hatched, an illustrative course is hollow (or hatched thinly); a
    bar is as high as its dose, and `steps` says which begin with another one."""
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
        "y": table["lane"].to_numpy(), "width": table["height"].tolist(), "marker": marker,
        "customdata": table["custom"].tolist(), "hovertemplate": HOVER, "meta": {"steps": table["step"].tolist()},
    }  # fmt: skip


def _partial(query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """A whisker at each start and end of which only the month or year is known, as far as it may be."""
    found = []
    for x, margin in (("x0", "start_margin"), ("x1", "end_margin")):
        known = table[table[margin] > 0] if margin in table else table[:0]
        if known.empty:
            continue
        reach = {
            "type": "data", "symmetric": False, "array": (known[f"{x}_high"] - known[x]).to_numpy(),
            "arrayminus": (known[x] - known[f"{x}_low"]).to_numpy(), "thickness": 1.2, "width": 5,
            "color": style.theme(query).muted,
        }  # fmt: skip
        found.append({
            "type": "scatter", "x": known[x].to_numpy(), "y": known["lane"].to_numpy(), "mode": "markers",
            "marker": {"symbol": "line-ns", "size": 8, "color": known["color"].tolist()}, "error_x": reach,
            "customdata": known["custom"].tolist(), "hovertemplate": HOVER,
        })  # fmt: skip
    return found


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
        "color": table["fill"].tolist(), "line": {"color": table["color"].tolist(), "width": 1.5}, "opacity": 1,
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
    return [f"  {dose} {unit}" if shown and dose else style.BLANK for dose, unit, shown in rows]


def _lane_axis(study: Study, query: Query, lanes: list[Lane], top: int) -> dict[str, Any]:
    """The lanes kept free on top say what they are for; the layer writes over it."""
    free = {-(top + 1) / 2: "<i>a lit patient of<br>another page</i>"} if top else {}
    return {
        "range": [len(lanes) - 0.4, -0.6 - top], "tickvals": [*free, *range(len(lanes))],
        "ticktext": [*free.values(), *_labels(study, query, lanes)], "ticks": "", "fixedrange": True,
        "showgrid": False, "showline": False, "tickfont": {"size": 10},
    }  # fmt: skip


def _labels(study: Study, query: Query, lanes: list[Lane]) -> list[str]:
    """A lane's label is its drug, in its colour where colours are of drugs; the lane of a patient's follow-up says
    whose lanes follow, with her value of the track."""
    shades, whose = drug_colors.of_names(study, query), _whose(study, query, lanes)
    return [whose[patient] if holds == HEAD else _label(holds, which, shades) for patient, holds, which in lanes]


def _label(holds: str, which: str, shades: dict[str, str]) -> str:
    if holds == EVENTS:
        return "" if which != "0" else "events"
    return style.tinted(formatting.short(which, 20), shades.get(which))


def _whose(study: Study, query: Query, lanes: list[Lane]) -> dict[str, str]:
    """Patient -> the label above her lanes."""
    palette = style.colors(study, query.theme)
    patients = list(dict.fromkeys(patient for patient, _, _ in lanes))
    beside = tracks.beside(study, query, patients)
    return {
        patient: f"<b>{style.tinted(formatting.short(patient, 9 if beside else 12), palette[patient])}</b>  "
        f"{beside.get(patient, '')}"
        for patient in patients
    }


def _separators(query: Query, heads: list[int]) -> list[dict[str, Any]]:
    line = {"color": style.theme(query).grid, "width": 1}
    place = {"type": "line", "xref": "paper", "x0": -0.2, "x1": 1, "layer": "below", "line": line}
    return [{**place, "y0": lane - 0.5, "y1": lane - 0.5} for lane in heads[1:]]


def _doses(doses: pd.Series) -> str:
    return ", ".join(f"{dose:.3g}" for dose in doses.dropna().unique())
