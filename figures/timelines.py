"""The outcome over time, and immune subsets over time: the same week is the same column of pixels in both."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import cohort, scales
from analysis.filters import kept_patients
from analysis.outcomes import outcome_of
from analysis.response.rule_kinds import relative
from analysis.response.thresholds import PERCENTS
from figures.visuals import curves, formatting, marks, milestones, precision, rail, style, time_axis
from figures.visuals.empty_state import needing
from figures.visuals.line_names import margin as margin_right
from figures.visuals.line_names import names
from figures.visuals.reference_lines import bottom, flags, guides

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

PASI_TARGETS = (2.0, 4.0)
"""Absolute PASI drawn as targets: about PASI90 and PASI75 (BADBIR, 10.1111/bjd.18333)."""
PLOT, GAP = 150, 8
"""Least height of the outcome's plot, and the space between it and the rail, px."""
FEW, ROWS = 5, (68, 50)
"""Height of an immune row, px, below so many patients and from then on."""
LINES = (5, 4)
"""Lines of text that such a row has room for."""
MIDDLE = 0.95
"""Share of the values that the outcome's axis reaches where only medians are drawn."""
INDENT, COLUMN = 16, 13
"""Where the titles in the left margin begin, px, and how many letters they have on a line."""
WEEK = "<b>%{customdata[5]}</b>, week %{customdata[6]:.4~g}"


@needing("pasi")
def pasi(study: Study, query: Query) -> go.Figure:
    """One line per patient (group medians in a large cohort) of the outcome on its scale, a milestone being its visit's
    mark, and the rail of their weeks below."""
    table = pasi_table(study, query)
    if table["value"].notna().sum() == 0:
        return style.empty(query, pasi_absence(study, table, query))
    hover = (
        WEEK
        + f"<br>{formatting.in_template(scales.score_name(study, query.score))}"
        + " %{customdata[2]} (baseline %{customdata[3]})%{customdata[7]}<br>%{customdata[4]}<extra></extra>"
    )
    middle = _middle(study, query, table)
    below, words = rail.rail(study, query, middle)
    own = marked_table(study, query) if marks.each_line(study, query) else table
    traces = _own(study, query, own, hover, ("told",))
    traces += marks.bands(query, middle, style.group_looks(study, query.theme)) + below
    marked = guides(study, query)
    values = _reach(study, query, table)
    shown = _shown(study, query, values, middle)
    up = _pasi_axis(query, shown, scales.score_range(study, query.score))
    marked["annotations"].append(_side_title(study, query, _beyond(values, up["range"])))
    margin = {"l": style.LEFT, "r": margin_right(study, query), "t": 20, "b": bottom(study, query)}
    share = (high := rail.height(study, query, middle)) / (PLOT + high)
    texts = [flags(study, query), names(study, query, _named_groups(study, middle)), _levels(study, query), *words]
    meta = _meta(study, query) | {
        "layer": marks.crowd(study, query) != "few", "rules": milestones.rules(study, query), "texts": texts,
        "heights": {"y2": high}, "min_height": PLOT + high + margin["t"] + margin["b"], **_members(study, query),
    }  # fmt: skip
    return style.figure(
        query, *traces, meta=meta, margin=margin, xaxis=time_axis.x_axis(study, query) | {"anchor": "y2"},
        yaxis=up | {"domain": [min(share + GAP / PLOT, 0.9), 1]},
        yaxis2=rail.axis(study, query, middle) | {"domain": [0, share]}, **marked,
    )  # fmt: skip


def _members(study: Study, query: Query) -> dict[str, Any]:
    """Whom a bar of the rail stands for."""
    found = rail.members(study, query)
    return {"members": found, "own": True, "ids": study.patient_ids} if found else {}


def _named_groups(study: Study, middle: pd.DataFrame) -> list[str]:
    """The groups that have a median, where they are the study's."""
    found = middle["group"].astype(str).unique().tolist() if len(middle) else []
    return [group for group in found if group in style.group_dashes(study)]


@lru_cache(maxsize=4)
def pasi_table(study: Study, query: Query) -> pd.DataFrame:
    """patient_id, week, value (on the query's scale), raw, baseline, provenance, clock_week, x, phase, who."""
    return _named(time_axis.timed(study, query, scales.scaled_score(study, query.score, query.pasi_scale)))


@lru_cache(maxsize=4)
def marked_table(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `pasi_table`, symbol and told (the visit's mark, and its milestones in words)."""
    return milestones.marked(study, query, pasi_table(study, query))


def pasi_absence(study: Study, table: pd.DataFrame, query: Query) -> str:
    """Why no value of the score is drawn, and what to do."""
    name = formatting.escaped(scales.score_name(study, query.score))
    if not study.outcome(query.score).relative:
        return f"The study says that a percentage of a baseline of {name} means nothing.<br>Choose the absolute scale."
    if table["raw"].notna().any():
        remedy = "Choose the absolute scale."
        return f"No improvement can be computed: no {name} at or before week 0, or a baseline of 0.<br>{remedy}"
    return f"No {name} value in what is kept.<br>Remove a chip above, or widen the week window."


def pasi_marks(study: Study, query: Query) -> list[dict[str, Any]]:
    """Every patient's visits, and what the rules mark, for the layer."""
    visits = marks.columnar(study, marked_table(study, query), yaxis="y", mode="lines+markers")
    return [visits, *milestones.layer_marks(study, query)]


@needing("immune_subsets")
def immune(study: Study, query: Query) -> go.Figure:
    """One row per subset of the query, under each other, on the query's immune scale."""
    table = immune_table(study, query)
    if table["value"].notna().sum() == 0:
        return style.empty(query, immune_absence(query))
    layout, traces, groups = {}, [], style.group_looks(study, query.theme)
    hover = WEEK + "<br>%{customdata[2]} as measured, baseline %{customdata[3]}%{customdata[7]}<br>%{customdata[4]}"
    hover += "<extra></extra>"
    marked = guides(study, query)
    middle = _middle(study, query, table)
    many = not marks.each_line(study, query)
    table = table.assign(events="") if many else precision.with_counts(study, query, table)
    for number, subset in enumerate(query.subsets, start=1):
        axis = "y" if number == 1 else f"y{number}"
        rows = table[table["subset"] == subset]
        traces += [] if many else precision.intervals(study, query, rows, axis)
        traces += _own(study, query, rows, hover, ("events",), yaxis=axis)
        traces += [] if many else precision.crosses(study, query, rows, axis)
        traces += marks.bands(query, middle[middle["subset"] == subset], groups, yaxis=axis) if len(middle) else []
        layout[axis.replace("y", "yaxis")] = _row_axis(query, number, rows["value"])
        marked["shapes"] += _reference(query, axis)
        marked["annotations"].append(_row_title(study, query, subset, axis))
    margin = {"l": style.LEFT, "r": margin_right(study, query), "t": 4, "b": bottom(study, query)}
    anchor, high = {"anchor": axis}, ROWS[_size(study, query)]
    heights = {
        "heights": {key.replace("yaxis", "y"): high for key in layout},
        "min_height": 24 + (high + GAP) * len(layout),
    }
    xaxis = time_axis.x_axis(study, query) | anchor
    return style.figure(
        query,
        *traces,
        xaxis=xaxis,
        margin=margin,
        meta=_meta(study, query) | heights,
        **layout,
        **marked,
    )


@lru_cache(maxsize=4)
def immune_table(study: Study, query: Query) -> pd.DataFrame:
    """patient_id, week, subset, value (on the query's scale), raw, baseline, provenance, clock_week, x, phase, who."""
    return _named(time_axis.timed(study, query, scales.scaled_immune(study, query.subsets, query.immune_scale)))


def immune_marks(study: Study, query: Query) -> list[dict[str, Any]]:
    """Every patient's samples, one trace per row, for the layer; and a cross over each low count."""
    table = immune_table(study, query)
    axes = ["y" if number == 1 else f"y{number}" for number in range(1, len(query.subsets) + 1)]
    rows = [table[table["subset"] == subset] for subset in query.subsets]
    sampled = zip(rows, axes, strict=True)
    lines = [marks.columnar(study, row, yaxis=axis, mode="lines+markers") for row, axis in sampled]
    return lines + precision.layer_crosses(study, query, rows, axes)


def immune_absence(query: Query) -> str:
    """Why no immune value is drawn, and what to do."""
    if not query.subsets:
        return "No subset is chosen. Choose up to six in Filters."
    remedy = "Remove a chip above, or choose another scale: a fold needs a baseline."
    return f"No value of these subsets in what is kept.<br>{remedy}"


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(who=marks.who(table))


def _own(
    study: Study, query: Query, table: pd.DataFrame, hover: str, more: tuple[str, ...] = (), **axes: Any
) -> list[style.Trace]:
    """Every patient's own line, unless there are too many to tell apart; `more` columns go into its customdata."""
    columns = ("raw", "baseline", "provenance", "who", "clock_week", *more)
    return marks.lines(study, query, table, hover, columns, **axes) if marks.each_line(study, query) else []


def _middle(study: Study, query: Query, table: pd.DataFrame) -> pd.DataFrame:
    """Group medians and quartiles with `x`, those of all patients where the groups are more than can be told apart; no
    row where `marks.medians` says none is drawn."""
    if not marks.medians(study, query, table["patient_id"].nunique()):
        return pd.DataFrame(columns=["group", "subset"])
    by = "group" if study.patients["group"].nunique() <= curves.MOST else None
    middle = cohort.bands(study, table, by=by, week="clock_week")
    return middle.assign(x=time_axis.time_axis(study, query).forward(middle["week"]))


def _meta(study: Study, query: Query) -> dict[str, Any]:
    return time_axis.meta(study, query) | {"layer": not marks.each_line(study, query)}


def _size(study: Study, query: Query) -> int:
    """0 of few patients, 1 of more: which of `ROWS` and `LINES` holds."""
    return int(kept_patients(study, query.patients or None, query.groups or None).sum() >= FEW)


def _reach(study: Study, query: Query, table: pd.DataFrame) -> pd.Series[float]:
    """The values that must be in sight: the scores, and the lines of a rebound, which lie above every baseline."""
    lines = milestones.line_table(study, query)
    return pd.concat([table["value"], lines["value"][lines["rule"] == "rebound"]])


def _shown(study: Study, query: Query, values: pd.Series[float], middle: pd.DataFrame) -> pd.Series[float]:
    """Those of the values that the axis reaches: all where each patient has a line; else the quartiles that are drawn
    and the middle `MIDDLE` of the values, so that one patient does not flatten the medians."""
    if marks.each_line(study, query):
        return values
    return pd.concat([values.quantile([(1 - MIDDLE) / 2, (1 + MIDDLE) / 2]), middle["q1"], middle["q3"]])


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


def _levels(study: Study, query: Query) -> dict[str, Any]:
    """What is a target, for the layer of texts: usual values, and an absolute response that the reader chose."""
    outcome = outcome_of(study)
    if query.pasi_scale != "absolute":
        found = {level: relative(outcome, level).label for level in PERCENTS} if outcome.relative else {}
    else:
        usual, chosen = PASI_TARGETS if outcome.name == "pasi" else outcome.targets, milestones.target(study, query)
        sign = "≥" if outcome.better == "higher" else "≤"
        found = {level: f"{sign} {level:g}" for level in sorted({*usual, *([] if chosen is None else [chosen])})}
    return {
        "kind": "levels", "yaxis": "y", "y": list(found), "text": list(found.values()),
        "color": style.theme(query).muted,
    }  # fmt: skip


def _reference(query: Query, axis: str) -> list[dict[str, Any]]:
    level = scales.IMMUNE_SCALES[query.immune_scale].reference
    line = {"color": style.theme(query).muted, "width": 0.8, "dash": "dot"}
    return [] if level is None else [_level(level, axis, line)]


def _level(level: float, axis: str, line: dict[str, Any]) -> dict[str, Any]:
    place = {"xref": "paper", "x0": 0, "x1": 1, "yref": axis, "y0": level, "y1": level}
    return {"type": "line", **place, "line": line, "layer": "below"}


def _row_axis(query: Query, number: int, values: pd.Series) -> dict[str, Any]:
    """The whole range of the values, so that whoever is highlighted over a band is in sight."""
    low, high = (float(values.min()), float(values.max())) if values.notna().any() else (0.0, 1.0)
    pad = 0.07 * (high - low or 1.0)
    count, share = len(query.subsets), ROWS[0] / (ROWS[0] + GAP)
    domain = [1 - number / count, 1 - (number - share) / count]
    return {"domain": domain, "fixedrange": True, "nticks": 3, "range": [low - pad, high + pad]}


def _row_title(study: Study, query: Query, subset: str, axis: str) -> dict[str, Any]:
    """In the left margin: the subset, then its unit, on as many lines as the row has room for."""
    labels, lines = study.subset_definitions.set_index("subset")["label"], LINES[_size(study, query)]
    name = _fitted(str(labels[subset]), lines - 2)
    unit = scales.axis_title(study, scales.IMMUNE_SCALES[query.immune_scale], subset)
    short = unit.removesuffix(" (parent)")
    below = textwrap.wrap(short, COLUMN, max_lines=lines - len(name), placeholder="…")
    text = "<br>".join(
        [f"<b>{formatting.escaped(line)}</b>" for line in name] + [formatting.escaped(line) for line in below]
    )
    place = {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": INDENT - style.LEFT,
        "yref": f"{axis} domain",
        "y": 1,
    }
    return {
        **place,
        "yanchor": "top",
        "text": text,
        "hovertext": f"{formatting.escaped(labels[subset])}<br>{formatting.escaped(unit)}",
        "showarrow": False,
        "align": "left",
        "borderpad": 0,
        "font": {"size": 11},
    }


def _fitted(name: str, most: int) -> list[str]:
    """A name on at most so many lines; of a longer one the first and the last, so that names that differ at their ends
    stay apart."""
    lines = textwrap.wrap(name, COLUMN)
    return lines if len(lines) <= most else [*lines[: most - 1], f"…{lines[-1]}"]


def _side_title(study: Study, query: Query, beyond: Sequence[str]) -> dict[str, Any]:
    """In the left margin, so that the height is left to the lines."""
    text = formatting.wrap(scales.axis_title(study, scales.PASI_SCALES[query.pasi_scale], score=query.score), COLUMN)
    text = "<br>".join([text, *beyond])
    place = {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": INDENT - style.LEFT,
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
    }
    return {**place, "text": text, "showarrow": False, "align": "left", "borderpad": 0, "font": {"size": 11}}
