"""Correlation: PASI against one subset over paired visits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.correlation import correlation as statistics
from analysis.phases import phase_labels
from figures import inference
from figures.visuals import formatting, marks, pairs, style, unpaired
from figures.visuals.empty_state import needing

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

LEGEND = {
    "orientation": "h", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "font": {"size": 11},
    "itemclick": False, "itemdoubleclick": False, "bgcolor": "rgba(0,0,0,0)",
}  # fmt: skip

MOST_MARKS = 600
"""More marks than this are drawn by the layer: plotly takes longer for them than for the rest of the page."""


@needing("pasi", "immune_subsets")
def scatter(study: Study, query: Query) -> go.Figure:
    """Paired visits, coloured by patient, shaped by phase, with the common within-patient slope and the statistic; what
    found no partner stands in gutters along the axes."""
    table = pairs.pair_table(study, query)
    if table.empty:
        return style.empty(query, pairs.pairless(study, query))
    alone = pairs.lone_table(study, query)
    within, crowd = unpaired.frame(table, alone), marks.crowd(study, query)
    many = crowd == "many" or len(table) + len(alone) > MOST_MARKS
    told = _told(query, table)
    sloped = pd.DataFrame() if told.reason else statistics.common_slope(table, x="x", y="value")
    drawn = [] if many else [*(_within(study, query, sloped) if crowd == "few" else []), *_points(study, query, table)]
    drawn += [] if many else unpaired.traces(study, query, alone, within)
    across, up = pairs.subset_title(study, query, query.subset), pairs.pasi_title(study, query)
    printed = formatting.printed(told, phase_labels(study)[query.phase], query.lag)
    lines = {name: text.count("<br>") for name, text in (("l", up), ("b", across), ("t", printed))}
    strips = unpaired.strips(query, within)
    return style.figure(
        query, _frame(within), *drawn, *legend(study, query, table),
        xaxis={"title": {"text": across}, "range": within.x},
        yaxis={"title": {"text": up}, "range": within.y},
        margin={"l": 46 + 13 * lines["l"], "r": 14, "t": 46 + 14 * lines["t"], "b": 34 + 13 * lines["b"]},
        annotations=[heading(printed), *strips["annotations"]], shapes=strips["shapes"], dragmode="lasso",
        showlegend=True, legend=LEGEND,
        meta={
            "p": not math.isnan(told.p), "layer": crowd != "few", "home": [*within.x, *within.y],
            "marks": [*(pair_marks(study, query) if many else []), *_slopes(study, sloped, crowd)],
        },
    )  # fmt: skip


def pair_marks(study: Study, query: Query) -> list[dict[str, Any]]:
    """Every pair, and what found no partner, for the layer, which draws all of them when there are too many for the
    chart."""
    table = pairs.pair_table(study, query)
    if table.empty:
        return []
    alone, look = pairs.lone_table(study, query), {"yaxis": "y", "mode": "markers", "base": True}
    drawn = [pairs.columnar(study, table, **look)]
    lone = unpaired.placed(alone, unpaired.frame(table, alone))
    return [*drawn, pairs.columnar(study, lone, alone=True, **look)] if len(lone) else drawn


def headline(study: Study, query: Query) -> formatting.Headline:
    """The coefficient."""
    table = pairs.pair_table(study, query)
    if table.empty:
        return formatting.unable(pairs.pairless(study, query))
    return formatting.coefficient(_told(query, table))


def wording(study: Study, query: Query) -> str:
    """The coefficient with all that it stands on and what stands beside its p; what it does not do, needs, and is."""
    table = pairs.pair_table(study, query)
    told = _told(query, table) if len(table) else None
    lines = [*formatting.sentence(told).split("<br>"), *inference.beside(study, query, table, told)] if told else []
    return " ".join([*(f"{formatting.plain(line)}." for line in lines), pairs.caveats(query.statistic, query.p_by)])


def _told(query: Query, table: pd.DataFrame) -> statistics.Correlation:
    return pairs.correlation(table, query.statistic, query.p_by)


def legend(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """Shape is the phase: one empty trace each, for the legend alone."""
    names = [phase_labels(study)[phase] for phase in style.SYMBOLS] + [f"never got {study.index.label}"]
    codes = table["phase"].cat.codes.to_numpy() % len(names)
    return [
        {
            "type": "scatter", "x": [None], "y": [None], "mode": "markers", "name": formatting.short(names[code], 18),
            "marker": {"symbol": shape, "size": 8, "color": style.theme(query).muted},
        }
        for code, shape in enumerate([*style.SYMBOLS.values(), style.NO_PHASE])
        if (codes == code).any()
    ]  # fmt: skip


def heading(text: str) -> dict[str, Any]:
    """What is printed above the plot, at the left edge of the card."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": -38}
    place |= {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 22}
    return {**place, "text": text, "showarrow": False, "align": "left", "font": {"size": 11}}


def _points(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    return marks.points(study, query, table, formatting.of_outcome(pairs.HOVER, study), pairs.COLUMNS, 8)


def _within(study: Study, query: Query, lines: pd.DataFrame) -> list[style.Trace]:
    """The common slope through each patient's own mean, over that patient's own range."""
    palette, dashes = style.colors(study, query.theme), style.dashes(study)
    looks = {patient: {"color": color, "dash": dashes[patient]} for patient, color in palette.items()}
    return [_line(str(row.patient_id), row, looks[str(row.patient_id)]) for row in lines.itertuples()]


def _slopes(study: Study, lines: pd.DataFrame, crowd: str) -> list[dict[str, Any]]:
    """The same lines for the layer, which draws those of whoever is lit where a cohort is too large for all."""
    if crowd == "few" or lines.empty:
        return []
    corners = pd.concat(
        [lines.assign(x=lines[f"x_{end}"], value=lines[f"y_{end}"], week=0.0) for end in ("low", "high")]
    )
    gaps = lines.assign(x=lines["x_high"], value=np.nan, week=0.0)
    table = pd.concat([corners, gaps]).sort_values("patient_id", kind="stable")
    return [marks.columnar(study, table, yaxis="y", mode="lines", rule=True)]


def _line(patient: str, row: Any, look: dict[str, str]) -> style.Trace:
    return {
        "type": "scatter", "x": [row.x_low, row.x_high], "y": [row.y_low, row.y_high], "mode": "lines",
        "line": {**look, "width": 1.4}, "customdata": [[patient, None], [patient, None]], "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip


def _frame(within: unpaired.Frame) -> style.Trace:
    """Two unseen marks: plotly selects only where there is a mark to select."""
    return {
        "type": "scatter", "x": within.x, "y": within.y, "mode": "markers", "marker": {"opacity": 0},
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
