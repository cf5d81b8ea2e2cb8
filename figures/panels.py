"""Small multiples: the scatter of up to six subsets side by side, on one PASI scale.

Each panel is a stretch of one horizontal axis, so that marks keep a single pair of axes for the layer and for clicks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from figures.visuals import formatting, marks, pairs, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed

if TYPE_CHECKING:
    from analysis.query import Query
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

COLUMNS = 2
GAP = 0.14
"""Between two panels, in widths of a panel."""
WORDS, ENDS, LEAST = 90, 20, 110
"""Height, px: of a panel's words above its plot, of the ends of its own axis below, and of the plot at least."""
LETTERS = 17
"""In a line of a panel's words, on the narrowest phone."""
LAPTOP = 440
"""Height, px, for which the domains are given."""


@requires("pasi", "immune_subsets")
def multiples(frame: Frame) -> Figure:
    """One small scatter per subset of the query, with its statistic printed above."""
    query = frame.query
    tables = [pairs.subset_pairs(frame, subset) for subset in query.subsets]
    if not any(len(table) for table in tables):
        return style.empty(query, panelless(query))
    every, drawn = pd.concat(tables), []
    count, up = -(-len(tables) // COLUMNS), pairs.span(every["value"])
    layout, least = _row_axes(frame, count, up), count * (WORDS + LEAST + ENDS)
    for at, table in enumerate(tables):
        drawn += _points(frame, table, at) if frame.crowd != "many" else []
    notes = [note for at, table in enumerate(tables) for note in _words(frame, table, at)]
    many = frame.crowd == "many"
    return style.figure(
        query, _frame(up), *drawn, xaxis=_x_axis(min(len(tables), COLUMNS), count), annotations=notes, dragmode=False,
        margin={"l": 48, "r": 8, "t": WORDS, "b": ENDS},
        meta={
            "layer": many, "marks": panel_marks(frame) if many else [], "min_height": least,
            "stack": [(axis, None) for axis in _axes(count)], "gap": WORDS + ENDS, "least": LEAST,
        },
        **layout,
    )  # fmt: skip


@framed
def panel_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every pair of every panel, for the layer."""
    tables = [pairs.subset_pairs(frame, subset) for subset in frame.query.subsets]
    return [
        pairs.columnar(frame.study, _placed(table, at), yaxis=_axis(at), mode="markers", base=True)
        for at, table in enumerate(tables)
        if len(table)
    ]


def headline(frame: Frame) -> formatting.Headline:
    """How many subsets are correlated, and what each stands on."""
    query = frame.query
    tables = [table for subset in query.subsets if len(table := pairs.subset_pairs(frame, subset))]
    if not tables:
        return formatting.unable(panelless(query))
    found = [pairs.correlation(table, query.statistic, query.p_by) for table in tables]
    below = sum(one.p < 0.05 for one in found)
    n = pd.DataFrame([{"patients": one.patients, "pairs": one.pairs} for one in found])
    stood = ", ".join(formatting.count_range(n[name], name[:-1]) for name in ("patients", "pairs"))
    return formatting.plural(len(query.subsets), "subset"), formatting.fitted(f"{below} with p < 0.05", stood)


def panelless(query: Query) -> str:
    """Why there is no panel, and what to do."""
    if not query.subsets:
        return "Choose up to six subsets in Filters,<br>or drag over rows of the matrix."
    return "No subset has a pair in what is kept.<br>Widen the tolerance, or remove a chip."


def _axis(at: int) -> str:
    return _axes(at // COLUMNS + 1)[-1]


def _axes(rows: int) -> list[str]:
    return ["y" if row == 0 else f"y{row + 1}" for row in range(rows)]


def _left(at: int) -> float:
    return (at % COLUMNS) * (1 + GAP)


def _placed(table: pd.DataFrame, at: int) -> pd.DataFrame:
    """x on the panel's stretch of the axis: the range of its own values from 0 to 1."""
    low, high = pairs.span(table["x"])
    return table.assign(x=_left(at) + (table["x"] - low) / (high - low))


def _points(frame: Frame, table: pd.DataFrame, at: int) -> list[Trace]:
    if table.empty:
        return []
    return marks.points(
        frame, _placed(table, at), formatting.of_outcome(pairs.HOVER, frame.study), pairs.COLUMNS, 6, yaxis=_axis(at)
    )


def _words(frame: Frame, table: pd.DataFrame, at: int) -> list[dict[str, Any]]:
    """Above a panel its subset and statistic; below it the ends of its own axis."""
    study, query = frame.study, frame.query
    label = study.subset_definitions.set_index("subset")["label"][query.subsets[at]]
    place = {"showarrow": False, "yref": f"{_axis(at)} domain", "font": {"size": 11}}
    above = {**place, "x": _left(at), "xanchor": "left", "y": 1, "yanchor": "bottom", "align": "left"}
    name = f"<b>{formatting.wrap(formatting.middle(str(label), 2 * LETTERS - 2), LETTERS)}</b>"
    if table.empty:
        return [{**above, "text": f"{name}<br>no pairs"}]
    text = f"{name}<br>{formatting.brief(pairs.correlation(table, query.statistic, query.p_by))}"
    low, high = pairs.span(table["x"])
    ends = [(low, "left"), ((low + high) / 2, "center"), (high, "right")]
    below = [
        {
            **place, "x": _left(at) + (value - low) / (high - low), "xanchor": side, "y": 0, "yanchor": "top",
            "text": formatting.significant(value, 3), "font": {"size": 11},
        }
        for value, side in ends
    ]  # fmt: skip
    return [{**above, "text": text}, *below]


def _row_axes(frame: Frame, count: int, up: list[float]) -> dict[str, Any]:
    """The outcome's axis in each row, named in the first."""
    room, gap = max(LAPTOP, count * (WORDS + LEAST + ENDS)) - WORDS - ENDS, WORDS + ENDS
    high, found = (room - gap * (count - 1)) / count, {}
    for row in range(count):
        top = room - row * (high + gap)
        named = {"title": {"text": pairs.pasi_title(frame, 20 if count > 1 else 34), "standoff": 2}} if row == 0 else {}
        domain = [max(0.0, (top - high) / room), top / room]
        found[f"yaxis{row + 1 if row else ''}"] = {
            "domain": domain, "range": up, "fixedrange": True, "nticks": 4, **named,
        }  # fmt: skip
    return found


def _x_axis(columns: int, count: int) -> dict[str, Any]:
    last = "y" if count == 1 else f"y{count}"
    edges = np.array([[_left(at), _left(at) + 1] for at in range(columns)]).ravel().tolist()
    return {
        "range": [-0.01, _left(columns - 1) + 1.01], "fixedrange": True, "showticklabels": False, "ticks": "",
        "tickvals": edges, "showgrid": True, "anchor": last, "showline": False,
    }  # fmt: skip


def _frame(up: list[float]) -> Trace:
    """Two unseen marks, so that an axis is there even where the layer draws everything."""
    return {
        "type": "scatter", "x": [0, 1], "y": up, "mode": "markers", "marker": {"opacity": 0}, "hoverinfo": "skip",
    }  # fmt: skip


def wording(frame: Frame) -> Note:
    """What the statistic does not do, needs, and is."""
    return pairs.caveats(frame.query.statistic, frame.query.p_by)
