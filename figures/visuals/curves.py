"""What curves of groups over weeks have in common: how groups are told apart, and what is printed under the axis."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.visuals import formatting, style
from figures.visuals.frame import framed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.arrays import Floats
    from figures.visuals.frame import Frame

LEFT, RIGHT, TOP = 110, 14, 10
ROW = 15
"""Height of a line under the axis, px."""
AXIS = 34
"""Height of tick labels and the axis title, px."""
WIDTH, LETTER = 290, 6.2
"""What is printed under the axis is placed apart for a plot about this wide, with digits of this width, px."""
STEPS = (1, 2, 4, 8, 12, 24, 26, 52, 104, 208, 520, 1040)
PLOT = 100
"""Least height of the plot itself, px."""
MOST = 24
"""Curves that are drawn together: more have no colours, nor room for their numbers under the axis."""
DASH_SIGNS = {"solid": "━", "dash": "╍", "dot": "┈", "dashdot": "┅", "longdash": "╌"}
DASHES = tuple(DASH_SIGNS)

Look = dict[str, str]
Part = dict[str, Any]


def looks(frame: Frame, names: Sequence[str], by: str) -> dict[str, Look]:
    """Colour and dash of each curve: the groups' colours where colour is the group; else, where it is the patient or
    curves are not of groups, ink and grey told apart by their dashes."""
    theme = frame.theme
    if by == "group" and len(frame.study.patients) > style.FEW:
        palette = style.group_colors(frame.study, frame.query.theme)
        dash = dict(zip(palette, cycle(DASHES), strict=False))
        return {name: {"color": palette[name], "dash": dash[name]} for name in names}
    inks = cycle((theme.ink, theme.muted))
    return {name: {"color": next(inks), "dash": DASHES[i % len(DASHES)]} for i, name in enumerate(names)}


def too_many(count: int, of: str, instead: str) -> str:
    """Why so many curves are not drawn, and what to do instead; "" where they are."""
    if count <= MOST:
        return ""
    return f"{count:,} {of}: more than {MOST} curves cannot be told apart.<br>{instead}"


@framed
def kept_flags(frame: Frame) -> np.ndarray:
    """True for each kept patient, in display order."""
    return frame.kept


def ticks(low: float, high: float) -> list[float]:
    """At most about eight round weeks from `low` to `high`."""
    step = next((step for step in STEPS if (high - low) / step <= 8), STEPS[-1])
    weeks: list[float] = np.arange(np.ceil(low / step) * step, high + 1e-9, step).tolist()
    return weeks


def week_axis(low: float, high: float, title: str) -> Part:
    """A plain linear axis of weeks."""
    pad = 0.02 * ((high - low) or 1.0)
    return {
        "range": [low - pad, high + pad], "tickvals": ticks(low, high), "showgrid": False, "fixedrange": True,
        "title": {"text": formatting.ends(title, int(WIDTH / LETTER)), "standoff": 2},
    }  # fmt: skip


def visit_axis(weeks: pd.Series, shown: Sequence[int], title: str) -> Part:
    """Visits evenly spaced in the order of their weeks, a tick at each; those `shown` are labelled."""
    known = np.unique(weeks.to_numpy(float))
    return {
        "range": [-0.6, len(known) - 0.4], "tickvals": list(range(len(known))),
        "ticktext": [f"{week:g}" if at in shown else "" for at, week in enumerate(known)],
        "showgrid": False, "fixedrange": True,
        "title": {"text": _fitted(title, "evenly spaced visits"), "standoff": 2},
    }  # fmt: skip


def _fitted(title: str, more: str) -> str:
    """An axis title that is no wider than the plot, and what more there is to say where there is room."""
    most = int(WIDTH / LETTER)
    full = f"{title} ({more})"
    return formatting.ends(full if len(full) <= most else title, most)


def percent_axis(title: str) -> Part:
    """0 to 100 %."""
    return {
        "range": [-3, 103], "tickvals": [0, 25, 50, 75, 100], "fixedrange": True,
        "title": {"text": title, "standoff": 2},
    }  # fmt: skip


def apart(weeks: Floats, texts: Sequence[str], low: float, high: float) -> list[int]:
    """Positions of the weeks whose texts find room beside each other, the last one first."""
    room = (LETTER * max(map(len, texts), default=0) + 7) * ((high - low) or 1.0) / WIDTH
    kept: list[int] = []
    for at in np.argsort(weeks)[::-1].tolist():
        if not kept or weeks[kept[-1]] - weeks[at] >= room:
            kept.append(at)
    return kept[::-1]


def cells(line: int, weeks: Sequence[float], texts: Sequence[str], hovers: Sequence[str], color: str) -> list[Part]:
    """One row of numbers under the axis, each at its week."""
    return [
        {
            "x": week, "yref": "paper", "y": 0, "yanchor": "top", "yshift": -AXIS - ROW * line, "text": text,
            "showarrow": False, "font": {"size": 11, "color": style.inked(color)}, "hovertext": hover,
        }
        for week, text, hover in zip(weeks, texts, hovers, strict=True)
    ]  # fmt: skip


def row_name(line: int, name: str, look: Look) -> list[Part]:
    """A row's name in the left margin, with the line of its curve."""
    place = {"xref": "paper", "x": 0, "yref": "paper", "y": 0, "yanchor": "top", "yshift": -AXIS - ROW * line}
    font = {"size": 11, "color": style.inked(look["color"])}
    return [{**place, "xanchor": "right", "xshift": -12, "text": _named(name, look), "showarrow": False, "font": font}]


def _named(name: str, look: Look) -> str:
    return f"{formatting.ends(name, 12)} {DASH_SIGNS[look['dash']]}"


def heading(text: str) -> Part:
    """What the rows under the axis hold, at their left."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": 6 - LEFT, "yref": "paper", "y": 0, "yanchor": "top"}
    return {**place, "yshift": 15 - AXIS, "text": text, "showarrow": False, "font": {"size": 11}}


def room(rows: int) -> tuple[Part, int]:
    """Margins with place for the rows, and the least height of such a figure, px."""
    bottom = AXIS + ROW * rows + 6
    return {"l": LEFT, "r": RIGHT, "t": TOP, "b": bottom}, TOP + PLOT + bottom
