"""The outcome over time, and immune subsets over time: the same week is the same column of pixels in both."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import cohort, scales
from analysis.arrays import taken
from analysis.outcomes import outcome_of
from analysis.response.rule_kinds import relative
from analysis.response.rule_options import NO_RULE
from analysis.response.thresholds import PERCENTS
from analysis.subsets import labels_of
from figures.visuals import curves, formatting, marks, milestones, narrow, precision, rail, style, time_axis
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed, once
from figures.visuals.line_names import margin as margin_right
from figures.visuals.line_names import names
from figures.visuals.reference_lines import bottom, flags, reference_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.arrays import Floats, Rows
    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

PASI_TARGETS = (2.0, 4.0)
"""Absolute PASI drawn as targets: about PASI 90 and PASI 75 (BADBIR, 10.1111/bjd.18333)."""
PLOT, GAP = 150, 8
"""Least height of the outcome's plot, and the space between it and the rail, px."""
FEW, ROWS = 5, (68, 50)
"""Height of an immune row, px, below so many patients and from then on."""
LINES = (5, 4)
"""Lines of text that such a row has room for."""
MIDDLE = 0.95
"""Share of the values that the outcome's axis reaches where only medians are drawn."""
COLUMN, ABOVE = 13, 50
"""How many letters the titles in the left margin have on a line, and above a row, where a phone has them."""
WEEK = "<b>%{customdata[5]}</b>, week %{customdata[6]:.4~g}"


@requires("pasi")
def pasi(frame: Frame) -> Figure:
    """One line per patient (group medians in a large cohort) of the outcome on its scale, a milestone being its visit's
    mark, and the rail of their weeks below."""
    study, query = frame.study, frame.query
    table = pasi_table(frame)
    if table["value"].notna().sum() == 0:
        return style.empty(query, pasi_absence(study, table, query))
    hover = (
        WEEK
        + f"<br>{formatting.in_template(scales.score_name(study, query.score))}"
        + " %{customdata[2]} (baseline %{customdata[3]})%{customdata[7]}<br>%{customdata[4]}<extra></extra>"
    )
    middle = _middle(frame, table)
    below, words = rail.rail(frame, middle)
    own = marked_table(frame) if marks.each_line(frame) else table
    traces = _own(frame, own, hover, ("told",))
    traces += marks.bands(query, middle, style.group_looks(study, query.theme)) + below
    marked = reference_lines(frame)
    values = _reach(frame, table)
    shown = _shown(frame, values, middle)
    up = _pasi_axis(query, shown, scales.score_range(study, query.score))
    marked["annotations"].append(_side_title(frame, _beyond(values, up["range"])))
    margin = {"l": style.LEFT, "r": margin_right(frame), "t": 20, "b": bottom(frame)}
    share = (high := rail.height(frame, middle)) / (PLOT + high)
    texts = [flags(frame), names(frame, _named_groups(study, middle)), _levels(frame), *words]
    meta = _meta(frame) | {
        "layer": frame.crowd != "few", "rules": milestones.rules(frame), "texts": texts,
        "heights": {"y2": high}, "min_height": PLOT + high + margin["t"] + margin["b"], **_members(frame),
    }  # fmt: skip
    return style.figure(
        query, *traces, meta=meta, margin=margin, xaxis=time_axis.x_axis(frame) | {"anchor": "y2"},
        yaxis=up | {"domain": [min(share + GAP / PLOT, 0.9), 1]},
        yaxis2=rail.axis(frame, middle) | {"domain": [0, share]}, **marked,
    )  # fmt: skip


def _members(frame: Frame) -> dict[str, Any]:
    """Whom a bar of the rail stands for."""
    found = rail.members(frame)
    return {"members": found, "own": True, "ids": frame.study.patient_ids} if found else {}


def _named_groups(study: Study, middle: pd.DataFrame) -> list[str]:
    """The groups that have a median, where they are the study's."""
    found = middle["group"].astype(str).unique().tolist() if len(middle) else []
    return [group for group in found if group in style.group_dashes(study)]


@once
def pasi_table(frame: Frame) -> pd.DataFrame:
    """patient_id, week, value (on the query's scale), raw, baseline, provenance, clock_week, x, phase, who."""
    return time_axis.timed(frame, _visits(frame.study, frame.query.score, frame.query.pasi_scale))


@lru_cache(maxsize=8)
def _visits(study: Study, score: str, scale: str) -> pd.DataFrame:
    table = scales.scaled_score(study, score, scale)
    return table.assign(who=marks.who(table))


@once
def marked_table(frame: Frame) -> pd.DataFrame:
    """The columns of `pasi_table`, symbol and told (the visit's mark, and its milestones in words)."""
    return milestones.marked(frame, pasi_table(frame))


def pasi_absence(study: Study, table: pd.DataFrame, query: Query) -> str:
    """Why no value of the score is drawn, and what to do."""
    name = formatting.escaped(scales.score_name(study, query.score))
    if not study.outcome(query.score).relative:
        return f"The study says that a percentage of a baseline of {name} means nothing.<br>Choose the absolute scale."
    if table["raw"].notna().any():
        remedy = "Choose the absolute scale."
        return f"No improvement can be computed: no {name} at or before week 0, or a baseline of 0.<br>{remedy}"
    return f"No {name} value in what is kept.<br>Remove a chip above, or widen the week window."


@framed
def pasi_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every patient's visits, and what the rules mark, for the layer."""
    seen = milestones.with_shapes(frame, pasi_table(frame))
    visits = marks.columnar(frame.study, seen, yaxis="y", mode="lines+markers")
    return [visits, *milestones.layer_marks(frame)]


@requires("immune_subsets")
def immune(frame: Frame) -> Figure:
    """One row per subset of the query, under each other, on the query's immune scale."""
    study, query = frame.study, frame.query
    table = immune_table(frame)
    if table["value"].notna().sum() == 0:
        return style.empty(query, immune_absence(query))
    layout, traces, groups = {}, [], style.group_looks(study, query.theme)
    hover = WEEK + "<br>%{customdata[2]} as measured, baseline %{customdata[3]}%{customdata[7]}<br>%{customdata[4]}"
    hover += "<extra></extra>"
    marked = reference_lines(frame)
    middle = _middle(frame, table)
    many = not marks.each_line(frame)
    every = {} if many else precision.counted_rows(frame)
    of, values = np.asarray(table["subset"]), table["value"].to_numpy(float)
    for number, subset in enumerate(query.subsets, start=1):
        axis = "y" if number == 1 else f"y{number}"
        value = values[of == subset]
        rows = {} if many else taken(every, every["subset"] == subset)
        traces += [] if many else precision.intervals(frame, rows, axis)
        traces += [] if many else _own(frame, rows, hover, ("events",), yaxis=axis)
        traces += [] if many else precision.crosses(frame, rows, axis)
        traces += marks.bands(query, middle[middle["subset"] == subset], groups, yaxis=axis) if len(middle) else []
        layout[axis.replace("y", "yaxis")] = _row_axis(query, number, value)
        marked["shapes"] += _reference(query, axis)
        marked["annotations"].append(_row_title(frame, subset, axis))
    margin = {"l": style.LEFT, "r": margin_right(frame), "t": 4, "b": bottom(frame)}
    anchor, high = {"anchor": axis}, ROWS[_size(frame)]
    heights = {
        "heights": {key.replace("yaxis", "y"): high for key in layout},
        "min_height": 24 + (high + GAP) * len(layout),
    }
    return style.figure(
        query, *traces, xaxis=time_axis.x_axis(frame) | anchor, margin=margin, meta=_meta(frame) | heights,
        **layout, **marked,
    )  # fmt: skip


@once
def immune_table(frame: Frame) -> pd.DataFrame:
    """patient_id, week, subset, value (on the query's scale), raw, baseline, provenance, clock_week, x, phase, who."""
    return time_axis.timed(frame, _samples(frame.study, frame.query.subsets, frame.query.immune_scale))


@lru_cache(maxsize=8)
def _samples(study: Study, subsets: tuple[str, ...], scale: str) -> pd.DataFrame:
    table = scales.scaled_immune(study, subsets, scale)
    return table.assign(who=marks.who(table))


@framed
def immune_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every patient's samples, one trace per row, for the layer; and a cross over each low count."""
    table = immune_table(frame)
    axes = ["y" if number == 1 else f"y{number}" for number in range(1, len(frame.query.subsets) + 1)]
    of = np.asarray(table["subset"])
    rows = [table.take(np.flatnonzero(of == subset)) for subset in frame.query.subsets]
    sampled = zip(rows, axes, strict=True)
    lines = [marks.columnar(frame.study, row, yaxis=axis, mode="lines+markers") for row, axis in sampled]
    return lines + precision.layer_crosses(frame, axes)


def immune_absence(query: Query) -> str:
    """Why no immune value is drawn, and what to do."""
    if not query.subsets:
        return "No subset is chosen. Choose up to six in Filters."
    remedy = "Remove a chip above, or choose another scale: a fold needs a baseline."
    return f"No value of these subsets in what is kept.<br>{remedy}"


def _own(frame: Frame, table: pd.DataFrame | Rows, hover: str, more: tuple[str, ...] = (), **axes: Any) -> list[Trace]:
    """Every patient's own line, unless there are too many to tell apart; `more` columns go into its customdata."""
    columns = ("raw", "baseline", "provenance", "who", "clock_week", *more)
    return marks.lines(frame, table, hover, columns, **axes) if marks.each_line(frame) else []


def _middle(frame: Frame, table: pd.DataFrame) -> pd.DataFrame:
    """Group medians and quartiles with `x`, those of all patients where the groups are more than can be told apart; no
    row where `marks.medians` says none is drawn."""
    if not marks.medians(frame, table["patient_id"].nunique()):
        return pd.DataFrame(columns=["group", "subset"])
    by = "group" if frame.study.patients["group"].nunique() <= curves.MOST else None
    middle = cohort.bands(frame.study, table, by=by, week="clock_week")
    return middle.assign(x=frame.axis.forward(middle["week"]))


def _meta(frame: Frame) -> dict[str, Any]:
    return time_axis.meta(frame) | {"layer": not marks.each_line(frame)}


def _size(frame: Frame) -> int:
    """0 of few patients, 1 of more: which of `ROWS` and `LINES` holds."""
    return int(frame.kept.sum() >= FEW)


def _reach(frame: Frame, table: pd.DataFrame) -> pd.Series[float]:
    """The values that must be in sight: the scores, and the lines of a rebound, which lie above every baseline."""
    if frame.query.rebound == NO_RULE:
        return table["value"]
    return pd.concat([table["value"], pd.Series(milestones.rebound_levels(frame))])


def _shown(frame: Frame, values: pd.Series[float], middle: pd.DataFrame) -> pd.Series[float]:
    """Those of the values that the axis reaches: all where each patient has a line; else the quartiles that are drawn
    and the middle `MIDDLE` of the values, so that one patient does not flatten the medians."""
    if marks.each_line(frame):
        return values
    ends = np.nanquantile(values.to_numpy(float), [(1 - MIDDLE) / 2, (1 + MIDDLE) / 2])
    return pd.Series(np.concatenate([ends, middle["q1"].to_numpy(float), middle["q3"].to_numpy(float)]))


def _beyond(values: pd.Series[float], ends: Sequence[float]) -> list[str]:
    """How far values reach beyond the axis, which cuts the line of whoever is highlighted there."""
    low, high = float(values.min()), float(values.max())
    up = [f"↑ up to {formatting.significant(high, 3)}"] if high > ends[1] else []
    return up + ([f"↓ down to {formatting.significant(low, 3)}"] if low < ends[0] else [])


def _pasi_axis(query: Query, values: pd.Series[float], ends: tuple[float, float]) -> dict[str, Any]:
    """The axis of a score whose values lie between these ends; 0 is in sight, where it is one of them."""
    fixed = {"fixedrange": True, "nticks": 5}
    if query.pasi_scale == "absolute":
        bottom = min(max(ends[0], 0.0), float(values.min()))
        top = max(min(bottom + 10.0, ends[1] + (ends[1] - bottom) * 0.06), float(values.max()) * 1.06)
        return {**fixed, "range": [bottom - (top - bottom) * 0.035, top]}
    low = min(-10.0, float(values.min()) - 5)
    step = 50 if low > -200 else 100 * np.ceil(-low / 500)
    ticks = [*np.arange(-step, low, -step)[::-1].tolist(), 0, *([50, 75] if low > -200 else []), 100]
    return {
        **fixed,
        "range": [low, 114 - low * 0.04],
        "tickvals": ticks,
        "ticktext": [formatting.number(t, 0) for t in ticks],
    }


def _levels(frame: Frame) -> dict[str, Any]:
    """What is a target, for the layer of texts: usual values, and an absolute response that the reader chose."""
    outcome = outcome_of(frame.study)
    if frame.query.pasi_scale != "absolute":
        found = {level: relative(outcome, level).label for level in PERCENTS} if outcome.relative else {}
    else:
        usual, chosen = PASI_TARGETS if outcome.name == "pasi" else outcome.targets, milestones.target(frame)
        sign = "≥" if outcome.better == "higher" else "≤"
        found = {level: f"{sign} {level:g}" for level in sorted({*usual, *([] if chosen is None else [chosen])})}
    return {
        "kind": "levels", "yaxis": "y", "y": list(found), "text": list(found.values()),
        "color": frame.theme.muted,
    }  # fmt: skip


def _reference(query: Query, axis: str) -> list[dict[str, Any]]:
    level = scales.IMMUNE_SCALES[query.immune_scale].reference
    line = {"color": style.theme(query).muted, "width": 0.8, "dash": "dot"}
    return [] if level is None else [_level(level, axis, line)]


def _level(level: float, axis: str, line: dict[str, Any]) -> dict[str, Any]:
    place = {"xref": "paper", "x0": 0, "x1": 1, "yref": axis, "y0": level, "y1": level}
    return {"type": "line", **place, "line": line, "layer": "below"}


def _row_axis(query: Query, number: int, values: Floats) -> dict[str, Any]:
    """The whole range of the values, so that whoever is highlighted over a band is in sight."""
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    pad = 0.07 * (high - low or 1.0)
    count, share = len(query.subsets), ROWS[0] / (ROWS[0] + GAP)
    domain = [1 - number / count, 1 - (number - share) / count]
    return {"domain": domain, "fixedrange": True, "nticks": 3, "range": [low - pad, high + pad]}


def _row_title(frame: Frame, subset: str, axis: str) -> dict[str, Any]:
    """In the left margin: the subset, then its unit, on as many lines as the row has room for."""
    label, lines = labels_of(frame.study)[subset], LINES[_size(frame)]
    name = _fitted(label, lines - 2)
    unit = scales.axis_title(frame.study, scales.IMMUNE_SCALES[frame.query.immune_scale], subset)
    short = unit.removesuffix(" (parent)")
    below = textwrap.wrap(short, COLUMN, max_lines=lines - len(name), placeholder="…")
    text = "<br>".join(
        [f"<b>{formatting.escaped(line)}</b>" for line in name] + [formatting.escaped(line) for line in below]
    )
    whole = formatting.middle(label, ABOVE)
    rest = textwrap.shorten(short, max(ABOVE - len(whole), 1), placeholder="…")
    above = f"<b>{formatting.escaped(whole)}</b>  {formatting.escaped(rest)}"
    said = f"{formatting.escaped(label)}<br>{formatting.escaped(unit)}"
    return narrow.title(text, above, f"{axis} domain") | {"hovertext": said}


def _fitted(name: str, most: int) -> list[str]:
    """A name on at most so many lines; of a longer one the first and the last, so that names that differ at their ends
    stay apart."""
    lines = textwrap.wrap(name, COLUMN)
    return lines if len(lines) <= most else [*lines[: most - 1], f"…{lines[-1]}"]


def _side_title(frame: Frame, beyond: Sequence[str]) -> dict[str, Any]:
    """In the left margin, so that the height is left to the lines."""
    name = scales.axis_title(frame.study, scales.PASI_SCALES[frame.query.pasi_scale], score=frame.query.score)
    text = "<br>".join([formatting.wrap(name, COLUMN), *beyond])
    above = "  ".join([formatting.escaped(formatting.middle(name, ABOVE)), *beyond])
    return narrow.title(text, above, "y domain")
