"""Correlation: PASI against one subset over paired visits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import patient_codes
from analysis.correlation import correlation as statistics
from analysis.phases import phase_labels
from figures import inference
from figures.visuals import formatting, marks, pairs, style, unpaired
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

KEY = 44
"""Letters on a line of the key."""
MOST_MARKS = 600
"""More marks than this are drawn by the layer: plotly takes longer for them than for the rest of the page."""


@requires("pasi", "immune_subsets")
def scatter(frame: Frame) -> Figure:
    """Paired visits, coloured by patient, shaped by phase, with the common within-patient slope and the statistic; what
    found no partner stands in gutters along the axes."""
    study, query = frame.study, frame.query
    table = pairs.pair_table(frame)
    if table.empty:
        return style.empty(query, pairs.pairless(frame))
    alone = pairs.lone_table(frame)
    within, crowd = unpaired.extent(table, alone), frame.crowd
    many = crowd == "many" or len(table) + len(alone) > MOST_MARKS
    told, key = _coefficient(frame), phase_key(frame, table, many=many)
    sloped = pd.DataFrame() if told.reason else statistics.common_slope(table, x="x", y="value")
    drawn = [] if many else [*(_within(frame, sloped) if crowd == "few" else []), *_points(frame, table)]
    drawn += [] if many else unpaired.traces(frame, alone, within)
    across, up = pairs.subset_title(frame, query.subset), pairs.pasi_title(frame)
    printed = f"{formatting.printed(told, phase_labels(study)[query.phase], query.lag)}<br>{key}"
    lines = {name: text.count("<br>") for name, text in (("l", up), ("b", across), ("t", printed))}
    strips = unpaired.strips(query, within)
    return style.figure(
        query, _frame(within), *drawn,
        xaxis={"title": {"text": across}, "range": within.x},
        yaxis={"title": {"text": up}, "range": within.y},
        margin={"l": 46 + 13 * lines["l"], "r": 14, "t": 20 + 14 * lines["t"], "b": 34 + 13 * lines["b"]},
        annotations=[heading(printed), *strips["annotations"]], shapes=strips["shapes"], dragmode="lasso",
        meta={
            "p": not math.isnan(told.p), "layer": crowd != "few", "home": [*within.x, *within.y],
            "marks": [*(pair_marks(frame) if many else []), *_slopes(sloped, crowd)],
        },
    )  # fmt: skip


@framed
def pair_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every pair, and what found no partner, for the layer, which draws all of them when there are too many for the
    chart."""
    table = pairs.pair_table(frame)
    if table.empty:
        return []
    alone, look = pairs.lone_table(frame), {"yaxis": "y", "mode": "markers", "base": True}
    drawn = [pairs.columnar(frame.study, table, **look)]
    lone = unpaired.placed(alone, unpaired.extent(table, alone))
    return [*drawn, pairs.columnar(frame.study, lone, alone=True, **look)] if len(lone) else drawn


def headline(frame: Frame) -> formatting.Headline:
    """The coefficient."""
    table = pairs.pair_table(frame)
    if table.empty:
        return formatting.unable(pairs.pairless(frame))
    return formatting.coefficient(_coefficient(frame))


@framed
def wording(frame: Frame) -> Note:
    """The coefficient with all that it stands on and what stands beside its p; what it does not do, needs, and is."""
    table = pairs.pair_table(frame)
    told = _coefficient(frame) if len(table) else None
    found = tuple(f"{formatting.plain(line)}." for line in formatting.sentence(told).split("<br>")) if told else ()
    beside = tuple(f"{formatting.plain(line)}." for line in inference.beside(frame, table, told)) if told else ()
    return Note(computed=found, judged=beside).beside(pairs.caveats(frame.query.statistic, frame.query.p_by))


@once
def _coefficient(frame: Frame) -> statistics.Correlation:
    return pairs.correlation(pairs.pair_table(frame), frame.query.statistic, frame.query.p_by)


def phase_key(frame: Frame, table: pd.DataFrame, *, many: bool) -> str:
    """Which phase each shape of a mark is, of those that are drawn, on lines as wide as the narrowest card; of `many`
    marks all are dots but those of whoever is highlighted."""
    names = [phase_labels(frame.study)[phase] for phase in style.SYMBOLS] + [f"never got {frame.study.index.label}"]
    signs = [style.GLYPHS[shape] for shape in (*style.SYMBOLS.values(), style.NO_PHASE)]
    codes = table["phase"].cat.codes.to_numpy() % len(names)
    told = [f"{signs[code]} {formatting.middle(names[code], 18)}" for code in np.unique(codes)]
    told = ["highlighted:", *told] if many else told
    return formatting.wrap("   ".join(text.replace(" ", "\u00a0") for text in told), KEY)


def heading(text: str) -> dict[str, Any]:
    """What is printed above the plot, at the left edge of the card."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": -38}
    place |= {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 3}
    return {**place, "text": text, "showarrow": False, "align": "left", "font": {"size": 11}}


def _points(frame: Frame, table: pd.DataFrame) -> list[Trace]:
    return marks.points(frame, table, formatting.of_outcome(pairs.HOVER, frame.study), pairs.COLUMNS, 8)


def _within(frame: Frame, lines: pd.DataFrame) -> list[Trace]:
    """The common slope through each patient's own mean, over that patient's own range."""
    if lines.empty:
        return []
    palette, dashes = frame.colors, frame.dashes
    looks = {patient: {"color": color, "dash": dashes[patient]} for patient, color in palette.items()}
    ends = zip(*(lines[name].tolist() for name in ("patient_id", "x_low", "x_high", "y_low", "y_high")), strict=True)
    return [_line(patient, (low, high), (down, up), looks[patient]) for patient, low, high, down, up in ends]


def _slopes(lines: pd.DataFrame, crowd: str) -> list[dict[str, Any]]:
    """The same lines for the layer, which draws those of whoever is lit where a cohort is too large for all."""
    if crowd == "few" or lines.empty:
        return []
    low, high, gap = lines["x_low"].to_numpy(), lines["x_high"].to_numpy(), np.full(len(lines), np.nan)
    corners = {"x": (low, high, high), "value": (lines["y_low"].to_numpy(), lines["y_high"].to_numpy(), gap)}
    rows = {name: np.stack(columns, axis=1).ravel() for name, columns in corners.items()}
    rows |= {"patient": np.repeat(patient_codes(lines), 3), "week": np.zeros(3 * len(lines))}
    return [marks.packed(rows, yaxis="y", mode="lines", rule=True)]


def _line(patient: str, x: tuple[float, float], y: tuple[float, float], look: dict[str, str]) -> Trace:
    return {
        "type": "scatter", "x": list(x), "y": list(y), "mode": "lines",
        "line": {**look, "width": 1.4}, "customdata": [[patient, None], [patient, None]], "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip


def _frame(within: unpaired.Extent) -> Trace:
    """Two unseen marks: plotly selects only where there is a mark to select."""
    return {
        "type": "scatter", "x": within.x, "y": within.y, "mode": "markers", "marker": {"opacity": 0},
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
