"""Treatment swimlanes: a patient's lanes together, one lane per drug, on the clock of the other time views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.narrow import kept_patients
from analysis.phases import course_kind
from analysis.response import lane_order
from figures import clock, marks, style

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

LANE = 13
"""Least height of a lane, px."""
PAGE = 12
"""Patients on a page when there are more than can be scrolled."""
SCROLL = 24
"""Up to this many patients all lanes are on one page that scrolls."""
PINNED = 5
"""Lanes kept free on top of a page for a highlighted patient who is on another one."""
HOVER = "<b>%{customdata[0]}</b>  %{customdata[2]} (%{customdata[4]})<br>%{customdata[6]}<br>%{customdata[7]}<extra></extra>"
COLUMNS = ("treatment", "kind", "role", "end_week", "span", "dosage")


def swimlanes(study: Study, query: Query) -> go.Figure:
    """Bars for courses, marks for infusions, an arrow where a course is ongoing."""
    if study.treatments.empty:
        return style.empty(query, "This study has no treatments.<br>Add <b>treatments.csv</b>: patient_id, treatment, kind, start_week, end_week.")
    shown = page(study, query)
    table = lane_table(study, query, shown)
    if table.empty:
        return style.empty(query, "No treatment of the kept patients in this week window.")
    guides = clock.guides(study, query, labels=False)
    guides["shapes"] += _separators(query, table)
    rows = int(table["lane"].max()) + 1
    top = PINNED if paged(study, query) else 0
    margin = {"l": style.LEFT, "r": style.RIGHT, "t": 4, "b": 34}
    meta = clock.meta(study, query) | {
        "layer": bool(top), "pinned": top, "min_height": margin["t"] + margin["b"] + (rows + top) * LANE,
        "lanes": table.groupby("lane")["patient_id"].first().astype(str).tolist(),
    }  # fmt: skip
    yaxis = _lane_axis(study, query, table, top)
    strip = [_strip(study, query)] if top else []
    return style.figure(query, *_traces(study, query, table), *strip, xaxis=clock.x_axis(study, query), yaxis=yaxis, margin=margin, meta=meta, bargap=0.3, **guides)


def lane_table(study: Study, query: Query, patients: list[str] | None = None) -> pd.DataFrame:
    """One row per course of these patients (None: all kept), in lane order: the columns of `treatments`, role, x0, x1,
    open, lane (0 on top), span and dosage (in words)."""
    order = lane_order(study, query.lane_sort) if patients is None else patients
    courses = course_kind(study)
    table = clock.timed(study, query, courses if patients is None else courses[courses["patient_id"].isin(patients)])
    rank = pd.Series(range(len(order)), index=order)
    table = table.assign(rank=table["patient_id"].astype(str).map(rank)).dropna(subset="rank")
    first = table.groupby(["patient_id", "treatment"], observed=True)["start_week"].transform("min")
    table = table.assign(first=first).sort_values(["rank", "first", "treatment", "start_week"], kind="stable")
    key = table["patient_id"].astype(str) + "\n" + table["treatment"].astype(str)
    lane = pd.factorize(key)[0]
    return table.assign(lane=lane, span=_spans(table), dosage=_dosages(table))


def paged(study: Study, query: Query) -> bool:
    """True when the kept patients do not fit on one page."""
    return bool(kept_patients(study, query.patients or None, query.groups or None).sum() > SCROLL)


def pages(study: Study, query: Query) -> int:
    """How many pages there are."""
    kept = int(kept_patients(study, query.patients or None, query.groups or None).sum())
    return max(1, -(-kept // PAGE)) if kept > SCROLL else 1


def page(study: Study, query: Query) -> list[str]:
    """The patients on the query's page, in lane order."""
    kept = kept_patients(study, query.patients or None, query.groups or None)
    wanted = set(study.patients["patient_id"][kept].astype(str))
    order = [patient for patient in lane_order(study, query.lane_sort) if patient in wanted]
    if len(order) <= SCROLL:
        return order
    start = (min(query.lane_page, pages(study, query)) - 1) * PAGE
    return order[start : start + PAGE]


def lane_marks(study: Study, query: Query) -> list[dict[str, Any]]:
    """Every patient's courses on lanes counted from the top of the pinned strip, for the layer."""
    if study.treatments.empty:
        return []
    table = lane_table(study, query)
    own = table["lane"] - table.groupby("patient_id", observed=True)["lane"].transform("min")
    numbers = {name: table[name].to_numpy(np.float32) for name in ("x0", "x1", "start_week", "end_week")}
    table = table.assign(value=own - PINNED + 0.0, x=table["x0"], week=table["start_week"])
    text = {"text": table["treatment"].astype(str).tolist(), "open": table["open"].astype(int).tolist()}
    return [{**marks.columnar(study, table, yaxis="y", mode="bars"), **numbers, **text}]


def _traces(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    look = style.theme(query)
    ids = table["patient_id"].astype(str)
    color = ids.map(style.colors(study, query.theme))
    table = table.assign(color=color, fill=np.where(table["provenance"] == "illustrative", look.card, color))
    table = table.assign(week=table["start_week"])
    dose = table["start_week"] == table["end_week"]
    return [_bars(table[~dose]), _arrows(table[~dose & table["open"]]), _infusions(query, table[dose])]


def _bars(table: pd.DataFrame) -> style.Trace:
    """Prior courses are pale, background therapy is hatched, an illustrative course is hollow."""
    fill = table["fill"].where(table["role"] != "prior", table["color"].map(lambda c: style.fade(c, 0.22)))
    marker = {
        "color": fill.tolist(), "line": {"color": table["color"].tolist(), "width": 1.2},
        "pattern": {
            "shape": np.where(table["role"] == "background", "/", "").tolist(), "size": 5, "solidity": 0.25,
            "fgcolor": table["color"].tolist(), "bgcolor": fill.tolist(),
        },
    }  # fmt: skip
    return {
        "type": "bar", "orientation": "h", "base": table["x0"].to_numpy(), "x": (table["x1"] - table["x0"]).to_numpy(),
        "y": table["lane"].to_numpy(), "width": 0.62, "marker": marker, "customdata": marks.custom(table, COLUMNS),
        "hovertemplate": HOVER,
    }  # fmt: skip


def _arrows(table: pd.DataFrame) -> style.Trace:
    marker = {"symbol": "triangle-right", "size": 11, "color": table["color"].tolist()}
    return {
        "type": "scatter", "x": table["x1"].to_numpy(), "y": table["lane"].to_numpy(), "mode": "markers", "marker": marker,
        "customdata": marks.custom(table, COLUMNS), "hovertemplate": HOVER,
    }  # fmt: skip


def _infusions(query: Query, table: pd.DataFrame) -> style.Trace:
    """A mark per infusion; the doses of a short lane stand beside its last mark."""
    size = table.groupby("lane")["lane"].transform("size")
    last = ~table.duplicated("lane", keep="last") & (size <= 3)
    doses = table.groupby("lane")["dose"].agg(_doses)
    text = [f"  {doses[lane]} {unit}" if end and doses[lane] else "" for lane, unit, end in zip(table["lane"], _units(table), last, strict=True)]
    marker = {
        "symbol": np.where(size > 6, "line-ns", "triangle-down").tolist(), "size": np.where(size > 6, 4, 10).tolist(), "color": table["fill"].tolist(),
        "line": {"color": table["color"].tolist(), "width": 1.5},
    }  # fmt: skip
    return {
        "type": "scatter", "x": table["x0"].to_numpy(), "y": table["lane"].to_numpy(), "mode": "markers+text",
        "marker": marker, "text": text, "textposition": "middle right", "customdata": marks.custom(table, COLUMNS),
        "textfont": {"size": 10, "color": style.theme(query).muted}, "hovertemplate": HOVER,
    }  # fmt: skip


def _lane_axis(study: Study, query: Query, table: pd.DataFrame, top: int) -> dict[str, Any]:
    palette = style.colors(study, query.theme)
    lanes = table.groupby("lane").first()
    ids = lanes["patient_id"].astype(str)
    names = [f"<b><span style='color:{palette[p]}'>{p}</span></b>  " if new else "" for p, new in zip(ids, ~ids.duplicated(), strict=True)]
    text = [name + _short(drug) for name, drug in zip(names, lanes["treatment"].astype(str), strict=True)]
    return {
        "range": [len(lanes) - 0.4, -0.6 - top], "tickvals": lanes.index.tolist(), "ticktext": text, "fixedrange": True, "showgrid": False,
        "ticks": "", "showline": False, "tickfont": {"size": 10},
    }  # fmt: skip


def _separators(query: Query, table: pd.DataFrame) -> list[dict[str, Any]]:
    firsts = table.groupby("patient_id", observed=True)["lane"].min().sort_values().tolist()
    line = {"color": style.theme(query).grid, "width": 1}
    place = {"type": "line", "xref": "paper", "x0": -0.2, "x1": 1, "layer": "below", "line": line}
    return [{**place, "y0": lane - 0.5, "y1": lane - 0.5} for lane in firsts[1:]]


def _strip(study: Study, query: Query) -> style.Trace:
    """What the free lanes on top of a page are for; the layer writes over it."""
    axis = clock.time_axis(study, query)
    return {
        "type": "scatter", "x": [(axis.units[0] + axis.units[-1]) / 2], "y": [-(PINNED + 1) / 2], "mode": "text",
        "text": ["<i>a highlighted patient of another page shows here</i>"], "hoverinfo": "skip",
        "textfont": {"size": 10, "color": style.theme(query).muted},
    }  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= 16 else name[:15] + "…"


def _doses(doses: pd.Series) -> str:
    return ", ".join(f"{dose:.3g}" for dose in doses.dropna().unique())


def _spans(table: pd.DataFrame) -> list[str]:
    """When, in words, in weeks since the study's week 0."""
    spans = []
    for start, end in zip(table["start_week"], table["end_week"], strict=True):
        until = "ongoing" if np.isnan(end) else f"to week {end:.4g}"
        spans.append(f"week {start:.4g}" if start == end else f"week {start:.4g} {until}")
    return spans


def _dosages(table: pd.DataFrame) -> list[str]:
    return ["dose not stated" if np.isnan(dose) else f"{dose:g} {unit}" for dose, unit in zip(table["dose"], _units(table), strict=True)]


def _units(table: pd.DataFrame) -> list[str]:
    """Dose units, "" where not stated; a power of ten as it is printed."""
    return table["dose_unit"].astype(object).where(table["dose_unit"].notna(), "").str.replace("1e6 ", "× 10⁶ ").tolist()
