"""Correlation: PASI against one subset over paired visits, and the matrix of every subset by phase."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import correlation as statistics
from analysis import pairing, scales
from analysis.narrow import narrow
from analysis.phases import phase_labels, study_phases
from figures import marks, style, words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

CELL = 30
"""Height of a matrix row, px."""
HOVER = (
    "<b>%{customdata[0]}</b>  %{customdata[4]}<br>sample week %{customdata[1]:.4~g}, PASI week %{customdata[2]:.4~g} "
    "(gap %{customdata[3]:.2~g})<br>subset %{customdata[5]}, PASI %{customdata[6]} as measured<br>%{customdata[7]}<extra></extra>"
)
COLUMNS = ("pasi_week", "gap_weeks", "phase_label", "raw_value", "raw_pasi", "provenance")


def scatter(study: Study, query: Query) -> go.Figure:
    """Paired visits, coloured by patient, shaped by phase, with the common within-patient slope and its statistics."""
    table = pair_table(study, query)
    if table.empty:
        return style.empty(query, pairless(study, query))
    crowd = marks.crowd(study, query)
    points = [] if crowd == "many" else _points(study, query, table)
    lines = [] if crowd == "many" else _within(study, query, table)
    # plotly selects only where there is a mark to select
    frame = {
        "type": "scatter", "x": _range(table["x"]), "y": _range(table["value"]), "mode": "markers",
        "marker": {"opacity": 0}, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
    title = _subset_title(study, query)
    pasi_title = words.wrap(scales.axis_title(study, scales.PASI_SCALES[query.pasi_scale]), 34)
    printed = words.printed(correlation(table), phase_labels(study)[query.phase])
    return style.figure(
        query, *lines, frame, *points, *_legend(study, query, table),
        xaxis={"title": {"text": title}, "range": _range(table["x"])},
        yaxis={"title": {"text": pasi_title}, "range": _range(table["value"])},
        annotations=[_printed(printed)], margin={"l": 46 + 13 * pasi_title.count("<br>"), "r": 14, "t": 36 + 14 * printed.count("<br>"), "b": 34 + 13 * title.count("<br>")}, dragmode="lasso",
        showlegend=True, meta={"layer": crowd == "many", "marks": pair_marks(study, query) if crowd == "many" else []},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "xanchor": "left", "font": {"size": 10}, "itemclick": False, "itemdoubleclick": False, "bgcolor": "rgba(0,0,0,0)"},
    )  # fmt: skip


@lru_cache(maxsize=4)
def pair_table(study: Study, query: Query) -> pd.DataFrame:
    """The pairs of the scatter: patient_id, week (of the sample), pasi_week, gap_weeks, x (subset on its scale), value
    (PASI on its scale), raw_value, raw_pasi, phase, phase_label, provenance."""
    if not query.subset:
        return pd.DataFrame()
    pairs = pairing.scaled_pairs(study, [query.subset], query.tolerance, query.pasi_scale, query.immune_scale)
    pairs = pairs.rename(columns={"immune_week": "week", "value": "x", "pasi": "value"})
    pairs = narrow(study, pairs, **query.kept).dropna(subset=["x", "value"])
    if query.phase != "all":
        pairs = pairs[pairs["phase"] == query.phase]
    return pairs.assign(phase_label=pairs["phase"].astype(object).map(phase_labels(study)))


def pair_marks(study: Study, query: Query) -> list[dict[str, Any]]:
    """Every pair, for the layer, which draws all of them when there are too many for the chart."""
    table = pair_table(study, query)
    if table.empty:
        return []
    shapes = table["phase"].astype(object).map({"before": 1, "after": 0, "restart": 2}).fillna(0)
    extra = {"shape": shapes.to_numpy(np.uint8), "pasi_week": table["pasi_week"].to_numpy(np.float32)}
    return [{**marks.columnar(study, table, yaxis="y", mode="markers", base=True), **extra}]


def pairless(study: Study, query: Query) -> str:
    """Why there is no pair, and what to do."""
    if study.immune_subsets.empty:
        return "No immune subset to correlate with PASI.<br>Add <b>immune_subsets.csv</b> to this study."
    if not query.subset:
        return "Choose a subset above, or a cell of the matrix."
    return f"No sample lies within {query.tolerance:g} weeks of a PASI visit<br>in what is kept. Widen the tolerance, or remove a chip."


def correlation(pairs: pd.DataFrame) -> statistics.Correlation:
    """The default statistic of a pair table."""
    return statistics.correlation(pairs.assign(pasi=pairs["value"], value=pairs["x"]))


def matrix(study: Study, query: Query) -> go.Figure:
    """Every subset (rows) by phase (columns): the coefficient, and the patients and pairs it stands on."""
    if study.immune_subsets.empty:
        return style.empty(query, "No immune subset to correlate with PASI.<br>Add <b>immune_subsets.csv</b> to this study.")
    table = matrix_table(study, query)
    subsets, phases = study.subset_definitions["subset"].astype(str).tolist(), study_phases(study)
    labels, names = study.subset_definitions["label"].astype(str).tolist(), phase_labels(study)
    shape = (len(subsets), len(phases))
    look = style.theme(query)
    rows = list(table.itertuples())
    bar = {"thickness": 7, "lenmode": "pixels", "len": 150, "y": 1, "yanchor": "top", "outlinewidth": 0, "tickfont": {"size": 9}, "x": 1.01, "xpad": 2}
    heat = {
        "type": "heatmap", "z": table["estimate"].to_numpy().reshape(shape), "x": list(range(len(phases))),
        "y": list(range(len(subsets))), "zmin": -1, "zmax": 1, "xgap": 2, "ygap": 2, "hoverongaps": True,
        "colorscale": list(zip((0, 0.5, 1), look.diverging, strict=True)),
        "hovertext": np.array([_cell_hover(row) for row in rows]).reshape(shape).tolist(), "hoverinfo": "text",
        "text": np.array([words.cell(row) for row in rows]).reshape(shape).tolist(), "texttemplate": "%{text}",
        "textfont": {"size": 10, **look.cell}, "colorbar": {**bar, "tickvals": [-1, 0, 1], "ticktext": ["−1", "r 0", "1"]},
    }  # fmt: skip
    return style.figure(
        query, heat, plot_bgcolor=look.empty, margin={"l": 158, "r": 40, "t": 24, "b": 6}, dragmode=False,
        xaxis={"side": "top", "tickvals": list(range(len(phases))), "ticktext": [names[p] for p in phases], "showgrid": False, "fixedrange": True, "ticks": "", "showline": False},
        yaxis={"tickvals": list(range(len(subsets))), "ticktext": [words.wrap(label, 26) for label in labels], "range": [len(subsets) - 0.5, -0.5], "showgrid": False, "fixedrange": True, "ticks": "", "showline": False, "tickfont": {"size": 10}},
        meta={"min_height": 30 + CELL * len(subsets), "cells": {"subsets": subsets, "phases": phases}},
    )  # fmt: skip


@lru_cache(maxsize=4)
def matrix_table(study: Study, query: Query) -> pd.DataFrame:
    """The cells of the matrix, by subset, then phase, as `analysis.correlation.matrix` returns them."""
    kept = {"phases": study_phases(study), **query.kept}
    return statistics.matrix(study, None, query.tolerance, query.pasi_scale, query.immune_scale, **kept)


def _points(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    traces = marks.lines(study, query, table, HOVER, COLUMNS)
    for trace in traces:
        trace.update(mode="markers", showlegend=False)
        trace["marker"]["size"] = 8 if marks.crowd(study, query) == "few" else 5
    return traces


def _within(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """The common slope through each patient's own mean, over that patient's own range."""
    if marks.crowd(study, query) != "few":
        return []
    palette = style.colors(study, query.theme)
    lines = statistics.common_slope(table, x="x", y="value")
    return [_line(str(row.patient_id), row, palette[str(row.patient_id)]) for row in lines.itertuples()]


def _line(patient: str, row: Any, color: str) -> style.Trace:
    return {
        "type": "scatter", "x": [row.x_low, row.x_high], "y": [row.y_low, row.y_high], "mode": "lines",
        "line": {"color": color, "width": 1.4}, "customdata": [[patient, None], [patient, None]], "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip


def _legend(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """Shape is the phase: one empty trace each, for the legend alone."""
    look, names = style.theme(query), phase_labels(study)
    present = [phase for phase in style.SYMBOLS if (table["phase"] == phase).any()]
    return [
        {
            "type": "scatter", "x": [None], "y": [None], "mode": "markers", "name": names[phase],
            "marker": {"symbol": style.SYMBOLS[phase], "size": 8, "color": look.muted},
        }
        for phase in present
    ]  # fmt: skip


def _printed(text: str) -> dict[str, Any]:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": -38, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 18}
    return {**place, "text": text, "showarrow": False, "align": "left", "font": {"size": 11}}


def _subset_title(study: Study, query: Query) -> str:
    label = study.subset_definitions.set_index("subset")["label"][query.subset]
    title = scales.axis_title(study, scales.IMMUNE_SCALES[query.immune_scale], query.subset)
    return words.wrap(f"{label}, {title}", 66)


def _cell_hover(row: Any) -> str:
    return f"<b>{row.subset}</b>, {row.phase}<br>{words.sentence(row)}"


def _range(values: pd.Series) -> list[float]:
    low, high = float(values.min()), float(values.max())
    pad = 0.06 * ((high - low) or 1.0)
    return [low - pad, high + pad]
