"""Phase plane: PASI against one subset as each patient's path through time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.phases import on_clock
from figures import scatter
from figures.visuals import formatting, marks, pairs, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed

if TYPE_CHECKING:
    import pandas as pd

    from analysis.arrays import Floats
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

AREA = (226.0, 270.0)
"""The least plot, on a narrow phone, px."""
LETTER, PAD, LINE, MARK, EDGE = 6.4, 8.0, 19.0, 5.0, 0.5
"""Width of a letter, of what is beside a week, and the height of both with what is between it and its mark; half of a
mark; and what two things may share; px."""
SIDES = {
    "top right": (0, 0, 1, 1), "top left": (-1, 0, 0, 1), "bottom right": (0, -1, 1, 0), "bottom left": (-1, -1, 0, 0),
    "middle right": (0, -0.4, 1, 0.4), "middle left": (-1, -0.4, 0, 0.4), "top center": (-0.5, 0, 0.5, 1),
    "bottom center": (-0.5, -1, 0.5, 0),
}  # fmt: skip
"""Where a week may stand, as plotly calls it: from left, bottom to right, top of the mark, in sizes of the text."""
Box = np.ndarray
"""The lower left and the upper right corner, px."""
HALFWAY = 0.55
"""Where on a step its arrow stands."""


@requires("pasi", "immune_subsets")
def phase_plane(frame: Frame) -> Figure:
    """Paired visits joined in order of time, an arrow on each step, the week at each mark, the phase as its shape."""
    table = pairs.pair_table(frame)
    if table.empty:
        return style.empty(frame.query, pairs.pairless(frame))
    few, many = (frame.crowd == crowd for crowd in ("few", "many"))
    drawn = [] if many else _paths(frame, table)
    drawn += _arrows(frame, table) if few else []
    across, up = pairs.subset_title(frame, frame.query.subset), pairs.pasi_title(frame)
    x, y, key = pairs.span(table["x"]), pairs.span(table["value"]), scatter.phase_key(frame, table, many=many)
    lines = {side: text.count("<br>") for side, text in (("l", up), ("b", across), ("t", key))}
    return style.figure(
        frame.query, *(drawn or [_frame(x, y)]),
        xaxis={"title": {"text": across}, "range": x, "fixedrange": True},
        yaxis={"title": {"text": up}, "range": y, "fixedrange": True},
        margin={"l": 46 + 13 * lines["l"], "r": 14, "t": 22 + 14 * lines["t"], "b": 34 + 13 * lines["b"]},
        dragmode=False, annotations=[scatter.heading(key)],
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
    for trace in traces:
        trace["showlegend"] = False
    if frame.crowd == "few":
        _label(table, traces)
    return traces


def _label(table: pd.DataFrame, traces: list[Trace]) -> None:
    """The week beside each mark where nothing is drawn on one side, in the patient's colour: of each patient the first,
    then the others."""
    paths = [_on_screen(table, trace) for trace in traces]
    texts = [[_week(row[9]) for row in trace["customdata"]] for trace in traces]
    found = [[(style.BLANK, "top right")] * len(own) for own in texts]
    boxes: list[Box] = []
    order = sorted((at > 0, of, at) for of, own in enumerate(texts) for at in range(len(own)))
    for _, of, at in order:
        size = PAD + LETTER * len(texts[of][at]), LINE
        box, side = _side(paths, of, at, size, boxes) if texts[of][at] != style.BLANK else (None, "")
        if box is not None:
            boxes.append(box)
            found[of][at] = texts[of][at], side
    for trace, own in zip(traces, found, strict=True):
        font = {"size": 11, "color": style.inked(trace["line"]["color"])}
        text, place = (list(one) for one in zip(*own, strict=True))
        trace.update(mode="lines+markers+text", text=text, textposition=place, textfont=font)


def _week(week: float | None) -> str:
    return style.BLANK if week is None else formatting.significant(week, 3)


def _on_screen(table: pd.DataFrame, trace: Trace) -> Floats:
    """The marks of a path in px of the least plot, y upwards."""
    (left, right), (low, high) = pairs.span(table["x"]), pairs.span(table["value"])
    x, y = (np.asarray(trace[name], float) for name in ("x", "y"))
    return np.stack([(x - left) / (right - left) * AREA[0], (y - low) / (high - low) * AREA[1]], axis=1)


def _side(paths: list[Floats], of: int, at: int, size: tuple[float, float], boxes: list[Box]) -> tuple[Box | None, str]:
    """The first side of a mark that is free in the least plot, as a box, and its name. It is free in every larger one
    too: what is not in a box at the mark only moves further away from it."""
    here = paths[of][at]
    others = [np.delete(path, at, 0) if one == of else path for one, path in enumerate(paths)]
    for name, box in SIDES.items():
        ends = here + np.reshape(box, (2, 2)) * size
        outside = (ends[0] < 0).any() or (ends[1] > AREA).any()
        marked = any(((ends[0] - MARK < path) & (path < ends[1] + MARK)).all(axis=1).any() for path in others)
        taken = any((ends[0] < box[1]).all() and (box[0] < ends[1]).all() for box in boxes)
        if not (outside or marked or taken or any(_crossed(path, ends) for path in paths)):
            return ends, name
    return None, ""


def _crossed(path: Floats, box: Box) -> bool:
    """Whether a path goes through a box: the part of each step between its sides is no point."""
    start, step = path[:-1], np.diff(path, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = (box[0] + EDGE - start) / step, (box[1] - EDGE - start) / step
    inside = (start > box[0] + EDGE) & (start < box[1] - EDGE)
    still = step == 0
    enters = np.where(still, np.where(inside, -np.inf, np.inf), np.fmin(first, second)).max(axis=1, initial=0.0)
    leaves = np.where(still, np.where(inside, np.inf, -np.inf), np.fmax(first, second)).min(axis=1, initial=1.0)
    return bool((enters < leaves).any())


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
