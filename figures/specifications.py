"""Specification curve: the estimates of every defensible specification from least to largest, above the choices that
each is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.correlation import specifications as analysis
from analysis.correlation.orders import LEVEL
from analysis.correlation.statistics import STATISTICS
from analysis.phases import PHASES
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from figures import scatter
from figures.profile import span
from figures.visuals import formatting, style
from figures.visuals.empty_state import requires
from figures.visuals.specification_table import CHOICES, LABELS, curve_table, curveless, sorted_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.arrays import Flags, Floats
    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

ORDERS: Mapping[str, list[str]] = {
    "statistic": [*STATISTICS],
    "immune_scale": [*IMMUNE_SCALES],
    "pasi_scale": [*PASI_SCALES],
    "phase": [*PHASES],
}
"""In which the keys of a field stand; numbers stand as they rise."""
TOP, UPPER, GAP, ROW, BOTTOM = 50, 120, 8, 14, 6
"""Heights of the words, the estimates, the gap below them, a row of choices, and the edge, px."""
LETTERS = 20
LINES = (("tolerance", "lag"), ("immune_scale", "pasi_scale"), ("phase",))
"""Of a tooltip, under the statistic."""
HOVER = (
    "<b>%{customdata[1]}</b><br>%{customdata[2]}<br>%{customdata[3]} = %{customdata[4]}<br>%{customdata[5]}"
    "<extra></extra>"
)
SHAPES = {0: ("circle", 4), -1: ("triangle-down", 6), 1: ("triangle-up", 6)}
"""Sign of an estimate with p < 0.05, else 0 -> its shape and size."""


@requires("pasi", "immune_subsets")
def specifications(frame: Frame) -> Figure:
    """Estimates with their intervals from least to largest, and under each a tick for each of its choices; a click
    sets them."""
    study, query = frame.study, frame.query
    shown = sorted_table(frame)
    if shown.empty:
        return style.empty(query, curveless(query))
    rows, kind = _rows(shown), _kind(shown)
    return style.figure(
        query, _intervals(query, shown), *_estimates(frame, shown, kind), *_own(query, shown),
        _matrix(query, shown, kind, rows), **_axes(study, shown, rows),
        margin={"l": 128, "r": 10, "t": TOP, "b": BOTTOM}, dragmode=False, hovermode="x",
        annotations=[_heading(frame)], shapes=_lines(query, shown, rows),
        meta={"min_height": TOP + UPPER + GAP + ROW * len(rows) + BOTTOM, "choices": _choices(shown, query)},
    )  # fmt: skip


def headline(frame: Frame) -> formatting.Headline:
    """How many of the estimates are positive, and where they lie."""
    table = curve_table(frame)
    told = analysis.curve(table) if len(table) else None
    if told is None or not told.computed:
        return formatting.unable(curveless(frame.query))
    ends = f"{formatting.number(told.least)} to {formatting.number(told.largest)}"
    known = table[table["reason"] == ""]
    stood = ", ".join(formatting.count_range(known[name], name[:-1]) for name in ("patients", "pairs"))
    return f"{told.positive:,} of {told.computed:,} positive", formatting.fitted(f"estimates {ends}", stood)


def _heading(frame: Frame) -> dict[str, Any]:
    """How many are positive and have p < 0.05, which is the legend too, and where the estimates lie."""
    told, colors = analysis.curve(curve_table(frame)), _colors(frame.query)
    rising = f"<span style='color:{colors[1]}'>▲</span> {told.rising:,} positive"
    falling = f"<span style='color:{colors[-1]}'>▼</span> {told.falling:,} negative"
    number = formatting.number
    printed = (
        f"<b>{told.positive:,} positive, {told.negative:,} negative</b> of {told.computed:,} computed",
        f"p < {LEVEL}: {rising}, {falling}; ◇ chosen on this page",
        f"{number(told.least)} to {number(told.largest)}, median {number(told.median)}",
    )
    return {**scatter.heading("<br>".join(printed)), "xshift": -120, "yshift": 2}


def _kind(shown: pd.DataFrame) -> Floats:
    """The sign of each estimate with p < 0.05, else 0."""
    return np.where(shown["p"] < LEVEL, np.sign(shown["oriented"]), 0.0)


def _colors(query: Query) -> dict[int, str]:
    look = style.theme(query)
    return {0: look.muted, -1: look.diverging[0], 1: look.diverging[2]}


def _rows(shown: pd.DataFrame) -> list[tuple[str, Any]]:
    """The rows of choices: (field, value) of every field that varies, or of all where there is one specification."""
    each = {field: list(dict.fromkeys(shown[field])) for field in CHOICES}
    return [
        (field, value)
        for field, known in each.items()
        if len(known) > 1 or len(shown) == 1
        for value in _ordered(field, known)
    ]


def _axes(study: Study, shown: pd.DataFrame, rows: list[tuple[str, Any]]) -> dict[str, Any]:
    """Estimates above, rows of choices below."""
    height = ROW * len(rows)
    below, above = (part / (UPPER + GAP + height) for part in (height, height + GAP))
    bare = {"fixedrange": True, "showgrid": False, "ticks": "", "showline": False}
    return {
        "xaxis": {
            **bare, "range": [0, len(shown) + 1], "showticklabels": False, "anchor": "y2",
            "ticksuffix": f" of {len(shown):,}",
        },
        "yaxis": {
            "domain": [above, 1], "range": span(shown["oriented"]), "fixedrange": True, "title": {"text": "estimate"},
        },
        "yaxis2": {
            **bare, "domain": [0, below], "range": [len(rows) - 0.5, -0.5], "tickvals": list(range(len(rows))),
            "ticktext": [_tick(study, *row) for row in rows],
        },
    }  # fmt: skip


def _tick(study: Study, field: str, value: Any) -> str:
    """A choice on its row: a statistic by its symbol."""
    return formatting.symbol(value) if field == "statistic" else formatting.short(LABELS[field](study, value), LETTERS)


def _ordered(field: str, known: list[Any]) -> list[Any]:
    places = ORDERS.get(field)
    return sorted(known, key=places.index if places else None)


def _places(shown: pd.DataFrame) -> NDArray[np.int16]:
    """Where each stands: from 1."""
    return np.arange(1, len(shown) + 1, dtype=np.int16)


def _intervals(query: Query, shown: pd.DataFrame) -> Trace:
    """All intervals as one line with gaps."""
    low, high = (shown[f"oriented_{end}"].to_numpy(float) for end in ("low", "high"))
    gap = np.full(len(shown), np.nan)
    return {
        "type": "scatter", "mode": "lines", "x": np.repeat(_places(shown), 3),
        "y": np.stack([low, high, gap]).T.ravel().astype(np.float32), "hoverinfo": "skip",
        "line": {"color": style.fade(style.theme(query).muted, 0.45), "width": 1}, "meta": {"band": True},
    }  # fmt: skip


def _estimates(frame: Frame, shown: pd.DataFrame, kind: Floats) -> list[Trace]:
    """The estimates, told by colour and shape where p < 0.05."""
    colors, said = _colors(frame.query), _said(frame.study, shown, frame.query.pasi_scale)
    found = [(key, np.flatnonzero(kind == key)) for key in SHAPES]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": _places(shown)[at],
            "y": shown["oriented"].to_numpy(np.float32)[at],
            "customdata": [said[i] for i in at],
            "hovertemplate": HOVER,
            "marker": {"symbol": SHAPES[key][0], "size": SHAPES[key][1], "color": colors[key]},
            "meta": {"band": True},
        }
        for key, at in found
        if len(at)
    ]


def _own(query: Query, shown: pd.DataFrame) -> list[Trace]:
    """The specification of the page, if it is computed."""
    at = np.flatnonzero(shown["own"])
    mark = {"symbol": "diamond-open", "size": 12, "color": style.theme(query).ink, "line": {"width": 2}}
    return [
        {
            "type": "scatter", "mode": "markers", "x": _places(shown)[at], "marker": mark,
            "y": shown["oriented"].to_numpy(float)[at], "hoverinfo": "skip", "meta": {"band": True},
        }
    ] if len(at) else []  # fmt: skip


def _matrix(query: Query, shown: pd.DataFrame, kind: Floats, rows: list[tuple[str, Any]]) -> Trace:
    """A tick where a specification makes the choice of the row, in the colour of its estimate."""
    made: Flags = np.array([shown[field] == value for field, value in rows], bool)
    steps = ["rgba(0,0,0,0)", *(color for _, color in sorted(_colors(query).items()))]
    scale = [(at / 4, color) for i, color in enumerate(steps) for at in (i, i + 1)]
    return {
        "type": "heatmap", "z": np.where(made, 2 + kind, 0).astype(np.int8), "yaxis": "y2", "zmin": -0.5, "zmax": 3.5,
        "x": _places(shown), "y": list(range(len(rows))), "ygap": 3, "hoverinfo": "skip",
        "colorscale": scale, "showscale": False,
    }  # fmt: skip


def _lines(query: Query, shown: pd.DataFrame, rows: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    """No correlation, the page's own choice, and what parts the fields."""
    look = style.theme(query)
    line = {"type": "line", "line": {"color": look.muted, "width": 0.8, "dash": "dot"}, "layer": "below"}
    across = {**line, "xref": "paper", "x0": 0, "x1": 1}
    own = {**line, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": look.ink, "width": 1}}
    fields = [field for field, _ in rows]
    parted = [at - 0.5 for at in range(1, len(fields)) if fields[at] != fields[at - 1]]
    return [
        {**across, "y0": 0, "y1": 0},
        *({**own, "x0": at, "x1": at} for at in _places(shown)[shown["own"]].tolist()),
        *({**across, "yref": "y2", "y0": at, "y1": at} for at in parted),
    ]


def _said(study: Study, shown: pd.DataFrame, own: str) -> list[tuple[None, str, str, str, str, str]]:
    """The tooltip of each, who is nobody: its choices, and the coefficient as the scatter has it."""
    rows: list[Any] = list(shown.itertuples())
    turned = {key: analysis.direction(study, key, own) < 0 for key in shown["pasi_scale"].unique()}
    names = {
        field: {one: formatting.escaped(LABELS[field](study, one)) for one in shown[field].unique()}
        for field in CHOICES
    }
    return [
        (
            None,
            names["statistic"][row.statistic],
            "<br>".join(", ".join(names[field][getattr(row, field)] for field in line) for line in LINES),
            formatting.symbol(row.statistic),
            formatting.interval(row)
            + (f"; drawn at {formatting.number(row.oriented)}" if turned[row.pasi_scale] else ""),
            formatting.stands(row).replace("; ", "<br>"),
        )
        for row in rows
    ]


def _choices(shown: pd.DataFrame, query: Query) -> list[dict[str, Any]]:
    """What a click on each sets: the fields that differ from the page's; of the page's own its statistic, since the
    browser loses what is empty; and whether it has a p."""
    own = [(field, getattr(query, field)) for field in CHOICES]
    rows = zip(*(shown[field].tolist() for field in CHOICES), strict=True)
    moved = [dict(pair for pair in zip(CHOICES, row, strict=True) if pair not in own) for row in rows]
    places = zip(moved, shown["p"].notna().tolist(), strict=True)
    return [{"x": at, "query": one or dict(own[:1]), "p": told} for at, (one, told) in enumerate(places, 1)]
