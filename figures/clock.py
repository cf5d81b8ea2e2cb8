"""The clock that the three time views share: the lens of a query, and the weeks of MSC and of each restart."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.narrow import narrow
from analysis.phases import clock_labels, course_kind, on_clock, with_phase
from figures import style
from figures.lens import Lens, lens

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

MOST_LINES = 8
"""More distinct weeks than this are not marked as lines: they would hide the data."""


def time_axis(study: Study, query: Query) -> Lens:
    """The lens of a query: from the first to the last week that any time view shows, or exactly the week window."""
    low, high = _extent(study, query.clock, query.patients, query.groups)
    if query.from_week is not None:
        low = query.from_week
    if query.to_week is not None:
        high = query.to_week
    return lens(low, high, query.clock, on=query.lens)


def timed(study: Study, query: Query, table: pd.DataFrame) -> pd.DataFrame:
    """`table` narrowed to the query and on its clock, plus `x` (axis units) and `phase`; rows off the clock are left
    out. Courses get `x0`, `x1` and `open` (no end: drawn to the patient's last known week)."""
    kept = on_clock(study, narrow(study, table, **query.kept), query.clock)
    axis = time_axis(study, query)
    if "week" in kept:
        kept = kept[kept["clock_week"].notna()]
        return with_phase(study, kept).assign(x=axis.forward(kept["clock_week"]))
    kept = kept[kept["clock_start_week"].notna()]
    shift = kept["clock_start_week"] - kept["start_week"]
    last = (last_weeks(study).iloc[kept["patient_id"].cat.codes].to_numpy() + shift).clip(lower=kept["clock_start_week"])
    end = kept["clock_end_week"].fillna(last)
    low, high = axis.weeks[0], axis.weeks[-1]
    return kept.assign(
        open=kept["end_week"].isna(),
        x0=axis.forward(kept["clock_start_week"].clip(lower=low)),
        x1=axis.forward(end.clip(upper=high)),
    )


@lru_cache(maxsize=8)
def last_weeks(study: Study) -> pd.Series:
    """Last week at which anything is known of each patient (a visit, a sample, a dose), in display order."""
    tables = [study.pasi[["patient_id", "week"]], study.immune_subsets[["patient_id", "week"]]]
    for name in ("start_week", "end_week"):
        tables.append(study.treatments[["patient_id", name]].rename(columns={name: "week"}))
    weeks = pd.concat([t.assign(patient_id=t["patient_id"].cat.codes) for t in tables])
    return weeks.groupby("patient_id")["week"].max().reindex(range(len(study.patients)))


def x_axis(study: Study, query: Query, *, title: bool = True) -> dict[str, Any]:
    """The shared horizontal axis of a time view."""
    text = {"title": {"text": clock_labels(study)[query.clock]}} if title else {}
    return {**time_axis(study, query).axis(), **text, "showgrid": False}


def meta(study: Study, query: Query) -> dict[str, Any]:
    """What the layer needs to tell weeks from pixels: the knots of the lens, and the weeks that may be labelled."""
    axis = time_axis(study, query)
    drawn = axis.axis()
    home = {"home": drawn["range"], "ticks": [drawn["tickvals"], drawn["ticktext"]]}
    return {"weeks": axis.weeks, "units": axis.units, "candidates": axis.candidates(), **home}


def guides(study: Study, query: Query, *, labels: bool) -> dict[str, list[dict[str, Any]]]:
    """Shapes (and, with `labels`, annotations) of a time view: breaks of the lens, weeks of the index treatment and of
    each restart."""
    axis, look = time_axis(study, query), style.theme(query)
    shapes = [shape for side in _sides(axis) for shape in _break(axis, side, look)]
    notes = [_slashes(float(axis.forward(week)), look) for week in axis.breaks]
    for week, text, dash in _events(study, query.clock, query.patients, query.groups):
        if not axis.weeks[0] <= week <= axis.weeks[-1]:
            continue
        x = float(axis.forward(week))
        line = {"color": look.muted, "width": 1, "dash": dash}
        shapes.append({"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"})
        if labels:
            notes.append(_flag(x, text, look))
    return {"shapes": shapes, "annotations": _spread(notes, axis) if labels else notes}


@lru_cache(maxsize=32)
def _events(
    study: Study, clock: str, patients: tuple[str, ...], groups: tuple[str, ...]
) -> list[tuple[float, str, str]]:
    """Clock week, label and dash of the index treatment's and restarts' lines of the kept patients."""
    courses = on_clock(study, narrow(study, course_kind(study), patients or None, groups or None), clock)
    found = []
    for role, dash in (("index", "dot"), ("restart", "dash")):
        weeks = courses[courses["role"] == role].groupby("clock_start_week")["patient_id"]
        if len(weeks) <= MOST_LINES:
            found += [(float(week), _event_text(study, role, ids), dash) for week, ids in weeks]
    return found


def _event_text(study: Study, role: str, ids: pd.Series) -> str:
    if role == "index":
        return study.index.label
    who = ids.astype(str).unique()
    return "restart " + (", ".join(who) if len(who) <= 3 else f"n={len(who)}")


def _spread(notes: list[dict[str, Any]], axis: Lens) -> list[dict[str, Any]]:
    """Labels that would overlap an earlier one are hidden: their line stays, and its lane says what it is."""
    width = axis.units[-1] - axis.units[0]
    kept, edge = [], -np.inf
    for note in sorted(notes, key=lambda note: note["x"]):
        if note.get("name") != "flag":
            kept.append(note)
        elif note["x"] >= edge:
            kept.append(note)
            edge = note["x"] + width * (0.012 + 0.0105 * len(note["text"]))
    return kept


def _flag(x: float, text: str, look: style.Theme) -> dict[str, Any]:
    font = {"size": 10, "color": look.muted}
    place = {"x": x, "yref": "paper", "y": 1, "xanchor": "left", "yanchor": "bottom", "xshift": -3}
    return {"name": "flag", "text": text, "showarrow": False, "font": font, **place}


def _sides(axis: Lens) -> list[tuple[float, float]]:
    if len(axis.weeks) < 3:
        return []
    focus = [w for w in axis.breaks]
    sides = [(axis.units[0], float(axis.forward(focus[0])))] if axis.weeks[0] < axis.units[0] else []
    return sides + ([(float(axis.forward(focus[-1])), axis.units[-1])] if axis.weeks[-1] > axis.units[-1] else [])


def _break(axis: Lens, side: tuple[float, float], look: style.Theme) -> list[dict[str, Any]]:
    pad = (axis.units[-1] - axis.units[0]) * 0.012
    ends = [end + pad * sign if end in (axis.units[0], axis.units[-1]) else end for end, sign in zip(side, (-1, 1), strict=True)]
    place = {"x0": ends[0], "x1": ends[1], "yref": "paper", "y0": 0, "y1": 1}
    return [{"type": "rect", **place, "line": {"width": 0}, "fillcolor": look.empty, "opacity": 0.55, "layer": "below"}]


def _slashes(x: float, look: style.Theme) -> dict[str, Any]:
    font = {"size": 12, "color": look.muted, "weight": 700}
    return {"x": x, "yref": "paper", "y": 0, "yanchor": "middle", "text": "//", "showarrow": False, "font": font, "name": "break"}


@lru_cache(maxsize=32)
def _extent(study: Study, clock: str, patients: tuple[str, ...], groups: tuple[str, ...]) -> tuple[float, float]:
    """First and last clock week over visits, samples and courses of the kept patients."""
    weeks = [np.zeros(1)]
    for table in (study.pasi, study.immune_subsets, study.treatments):
        kept = on_clock(study, narrow(study, table, patients or None, groups or None), clock)
        weeks += [kept[name].to_numpy(float) for name in kept if str(name).startswith("clock_")]
    every = np.concatenate(weeks)
    return float(np.nanmin(every)), float(np.nanmax(every))
