"""Correlation: PASI against one subset over paired visits."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import correlation as statistics
from analysis import pairing, scales
from analysis.narrow import narrow
from analysis.phases import phase_labels
from figures import marks, style, words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

HOVER = (
    "<b>%{customdata[8]}</b>  %{customdata[4]}<br>"
    "sample at study week %{customdata[1]:.4~g}, PASI at %{customdata[2]:.4~g} (gap %{customdata[3]:.2~g})<br>"
    "subset %{customdata[5]}, PASI %{customdata[6]} as measured<br>%{customdata[7]}<extra></extra>"
)
COLUMNS = ("pasi_week", "gap_weeks", "phase_label", "raw_value", "raw_pasi", "provenance", "who")
LEGEND = {
    "orientation": "h", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "font": {"size": 10},
    "itemclick": False, "itemdoubleclick": False, "bgcolor": "rgba(0,0,0,0)",
}  # fmt: skip


def scatter(study: Study, query: Query) -> go.Figure:
    """Paired visits, coloured by patient, shaped by phase, with the common within-patient slope and its statistics."""
    table = pair_table(study, query)
    if table.empty:
        return style.empty(query, pairless(study, query))
    many = marks.crowd(study, query) == "many"
    drawn = [] if many else [*_within(study, query, table), *_points(study, query, table)]
    across, up = _subset_title(study, query), _pasi_title(study, query)
    printed = words.printed(correlation(table), phase_labels(study)[query.phase])
    lines = {name: text.count("<br>") for name, text in (("l", up), ("b", across), ("t", printed))}
    return style.figure(
        query, _frame(table), *drawn, *_legend(study, query, table),
        xaxis={"title": {"text": across}, "range": _range(table["x"])},
        yaxis={"title": {"text": up}, "range": _range(table["value"])},
        margin={"l": 46 + 13 * lines["l"], "r": 14, "t": 36 + 14 * lines["t"], "b": 34 + 13 * lines["b"]},
        annotations=[_printed(printed)], dragmode="lasso", showlegend=True, legend=LEGEND,
        meta={
            "layer": many, "marks": pair_marks(study, query) if many else [],
            "home": [*_range(table["x"]), *_range(table["value"])],
        },
    )  # fmt: skip


@lru_cache(maxsize=4)
def pair_table(study: Study, query: Query) -> pd.DataFrame:
    """The pairs of the scatter: patient_id, week (of the sample), pasi_week, gap_weeks, x (subset on its scale), value
    (PASI on its scale), raw_value, raw_pasi, phase, phase_label, provenance, who."""
    if not query.subset:
        return pd.DataFrame()
    pairs = _all_pairs(study, query.subset, query.tolerance, query.pasi_scale, query.immune_scale)
    pairs = narrow(study, pairs, **query.kept).dropna(subset=["x", "value"])
    if query.phase != "all":
        pairs = pairs[pairs["phase"] == query.phase]
    return pairs


@lru_cache(maxsize=8)
def _all_pairs(study: Study, subset: str, tolerance: float, pasi_scale: str, immune_scale: str) -> pd.DataFrame:
    pairs = pairing.scaled_pairs(study, [subset], tolerance, pasi_scale, immune_scale)
    pairs = pairs.rename(columns={"immune_week": "week", "value": "x", "pasi": "value"})
    names = pairs["phase"].astype(object).map(phase_labels(study))
    return pairs.assign(phase_label=names, who=marks.who(pairs))


def pair_marks(study: Study, query: Query) -> list[dict[str, Any]]:
    """Every pair, for the layer, which draws all of them when there are too many for the chart."""
    table = pair_table(study, query)
    if table.empty:
        return []
    own = marks.columnar(study, table, yaxis="y", mode="markers", base=True)
    return [{**own, "pasi_week": table["pasi_week"].to_numpy(np.float32)}]


def pairless(study: Study, query: Query) -> str:
    """Why there is no pair, and what to do."""
    if study.immune_subsets.empty:
        return "No immune subset to correlate with PASI.<br>Add <b>immune_subsets.csv</b> to this study."
    if query.subset and len(pairing.pairs(study, [query.subset], query.tolerance)):
        return "No pair in what is kept has both values on these scales.<br>Choose other scales, or remove a chip."
    if not query.subset:
        return "Choose a subset above, or a cell of the matrix."
    remedy = "Widen the tolerance, or remove a chip."
    return f"No sample lies within {query.tolerance:g} weeks of a PASI visit<br>in what is kept. {remedy}"


def correlation(pairs: pd.DataFrame) -> statistics.Correlation:
    """The default statistic of a pair table."""
    return statistics.correlation(pairs.assign(pasi=pairs["value"], value=pairs["x"]))


def wording(study: Study, query: Query) -> str:
    """What the statistic is, and what it does not do."""
    statistic = statistics.STATISTICS["repeated_measures"]
    return f"{statistic.wording} {statistic.caveat}"


def _points(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    traces = marks.lines(study, query, table, HOVER, COLUMNS)
    for trace in traces:
        marker = trace.pop("meta", {}).get("crowd") or trace["marker"]
        trace.update(mode="markers", showlegend=False, marker=marker)
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
    names = [phase_labels(study)[phase] for phase in style.SYMBOLS] + [f"never got {study.index.label}"]
    codes = table["phase"].cat.codes.to_numpy() % len(names)
    return [
        {
            "type": "scatter", "x": [None], "y": [None], "mode": "markers", "name": words.short(names[code], 18),
            "marker": {"symbol": shape, "size": 8, "color": style.theme(query).muted},
        }
        for code, shape in enumerate([*style.SYMBOLS.values(), style.NO_PHASE])
        if (codes == code).any()
    ]  # fmt: skip


def _printed(text: str) -> dict[str, Any]:
    place = {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": -38,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": 18,
    }
    return {**place, "text": text, "showarrow": False, "align": "left", "font": {"size": 11}}


def _frame(table: pd.DataFrame) -> style.Trace:
    """Two unseen marks: plotly selects only where there is a mark to select."""
    return {
        "type": "scatter", "x": _range(table["x"]), "y": _range(table["value"]), "mode": "markers",
        "marker": {"opacity": 0}, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _pasi_title(study: Study, query: Query) -> str:
    return words.wrap(scales.axis_title(study, scales.PASI_SCALES[query.pasi_scale]), 34)


def _subset_title(study: Study, query: Query) -> str:
    label = study.subset_definitions.set_index("subset")["label"][query.subset]
    title = scales.axis_title(study, scales.IMMUNE_SCALES[query.immune_scale], query.subset)
    return words.wrap(f"{label}, {title}", 66)


def _range(values: pd.Series) -> list[float]:
    low, high = float(values.min()), float(values.max())
    pad = 0.06 * ((high - low) or 1.0)
    return [low - pad, high + pad]
