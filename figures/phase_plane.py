"""Phase plane: PASI against one subset as each patient's path through time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.phases import on_clock
from figures import scatter
from figures.visuals import formatting, marks, pairs, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import needing
from figures.visuals.frame import framed

if TYPE_CHECKING:
    import pandas as pd

    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

AREA, LABEL = (340.0, 290.0), (24.0, 14.0)
"""About the size of the plot, and of a week at a mark, px."""
HALFWAY = 0.55
"""Where on a step its arrow stands."""


@needing("pasi", "immune_subsets")
def phase_plane(frame: Frame) -> Figure:
    """Paired visits joined in order of time, an arrow on each step, the week at each mark, the phase as its shape."""
    table = pairs.pair_table(frame)
    if table.empty:
        return style.empty(frame.query, pairs.pairless(frame))
    few, many = (frame.crowd == crowd for crowd in ("few", "many"))
    drawn = [] if many else _paths(frame, table)
    drawn += _arrows(frame, table) if few else []
    across, up = pairs.subset_title(frame, frame.query.subset), pairs.pasi_title(frame)
    x, y = pairs.span(table["x"]), pairs.span(table["value"])
    return style.figure(
        frame.query, *(drawn or [_frame(x, y)]), *scatter.legend(frame, table),
        xaxis={"title": {"text": across}, "range": x, "fixedrange": True},
        yaxis={"title": {"text": up}, "range": y, "fixedrange": True},
        margin={"l": 46 + 13 * up.count("<br>"), "r": 14, "t": 24, "b": 34 + 13 * across.count("<br>")},
        dragmode=False, showlegend=True, legend=scatter.LEGEND,
        meta={"layer": many, "paths": True, "marks": plane_marks(frame) if many else []},
    )  # fmt: skip


def headline(frame: Frame) -> formatting.Headline:
    """How many paired visits the paths join."""
    table = pairs.pair_table(frame)
    if table.empty:
        return formatting.unable(pairs.pairless(frame))
    patients = formatting.plural(table["patient_id"].nunique(), "patient")
    return formatting.plural(len(table), "pair"), f"of {patients}, joined in order of time"


@framed
def plane_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every patient's path, for the layer."""
    table = pairs.pair_table(frame)
    return [] if table.empty else [pairs.columnar(frame.study, table, yaxis="y", mode="lines+markers", base=True)]


@framed
def wording(frame: Frame) -> Note:
    """What the path shows, and what it is not."""
    return Note(
        computed=("Each step goes from one paired visit to the next of the same patient, on the clock's weeks.",),
        limits=("What lies between two visits is not known, and a loop is no cause.",),
    )


def _paths(frame: Frame, table: pd.DataFrame) -> list[Trace]:
    weeks = on_clock(frame.study, table, frame.query.clock)["clock_week"]
    table = table.assign(clock_week=weeks)
    traces = marks.lines(frame, table, pairs.HOVER, (*pairs.COLUMNS, "clock_week"))
    taken: set[tuple[int, int]] = set()
    for trace in traces:
        trace["showlegend"] = False
        if frame.crowd == "few":
            _labelled(trace, _roomy(table, trace, taken))
    return traces


def _roomy(table: pd.DataFrame, trace: Trace, taken: set[tuple[int, int]]) -> list[bool]:
    """Whether the week of each mark finds room beside those that are `taken`, to which it is then added."""
    (left, right), (low, high) = pairs.span(table["x"]), pairs.span(table["value"])
    across = (np.asarray(trace["x"], float) - left) / (right - left) * AREA[0] / LABEL[0]
    up = (np.asarray(trace["y"], float) - low) / (high - low) * AREA[1] / LABEL[1]
    found = []
    for at in zip(np.floor(across).astype(int).tolist(), np.floor(up).astype(int).tolist(), strict=True):
        near = {(at[0] + right, at[1] + above) for right in (-1, 0, 1) for above in (-1, 0, 1)}
        found.append(not near & taken)
        taken |= {at} if found[-1] else set()
    return found


def _labelled(trace: Trace, roomy: list[bool]) -> None:
    """A patient's weeks beside the marks that have room for one, in the patient's colour."""
    weeks = zip(trace["customdata"], roomy, strict=True)
    text = [formatting.significant(row[9], 3) if room and row[9] is not None else style.BLANK for row, room in weeks]
    font = {"size": 11, "color": trace["line"]["color"]}
    trace.update(mode="lines+markers+text", text=text, textposition="top right", textfont=font)


def _arrows(frame: Frame, table: pd.DataFrame) -> list[Trace]:
    """One arrow per step, turned by plotly along the step; an empty point parts two steps."""
    palette, traces = frame.colors, []
    for patient, rows in table.groupby("patient_id", observed=True, sort=False):
        x, y = (_steps(rows[name].to_numpy(float)) for name in ("x", "value"))
        traces.append({
            "type": "scatter", "mode": "markers", "x": x, "y": y, "hoverinfo": "skip", "meta": {"band": True},
            "marker": {
                "symbol": "arrow", "angleref": "previous", "size": [0, 13, 0] * (len(rows) - 1),
                "color": palette[str(patient)],
            },
            "showlegend": False,
        })  # fmt: skip
    return traces


def _steps(values: np.ndarray) -> np.ndarray:
    """Start and arrow of each step, then a gap."""
    part = values[:-1] + HALFWAY * (values[1:] - values[:-1])
    return np.stack([values[:-1], part, np.full(len(part), np.nan)], axis=1).ravel()


def _frame(x: list[float], y: list[float]) -> Trace:
    return {
        "type": "scatter", "x": x, "y": y, "mode": "markers", "marker": {"opacity": 0}, "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip
