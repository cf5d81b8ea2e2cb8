"""What is marked through every time view: breaks of the lens, weeks of the index treatment and of each restart."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.filters import narrow
from analysis.phases import clock_labels, course_kind, on_clock
from figures.visuals import formatting, style

if TYPE_CHECKING:
    import pandas as pd

    from data.study import Study
    from figures.visuals.frame import Frame
    from figures.visuals.time_scale import Lens

MOST_LINES = 8
"""More distinct weeks than this are not marked as lines: they would hide the data."""
NAME = 24
"""Most characters of the axis's name on a line."""
ROLES = {"index": "dot", "restart": "dash"}
"""Which courses are marked, and their dash."""

Part = dict[str, Any]


def reference_lines(frame: Frame) -> dict[str, list[Part]]:
    """Shapes and annotations of a time view."""
    axis, look = frame.axis, frame.theme
    breaks = [_slashes(float(axis.forward(week)), look) for week in axis.breaks]
    return {
        "shapes": [_shade(side, look) for side in _sides(axis)] + [_line(x, dash, look) for x, _, dash in _seen(frame)],
        "annotations": [_named(frame), *breaks],
    }


def flags(frame: Frame) -> Part:
    """What the lines are, for the layer of texts, which spreads them above the plot; neighbours of a name share it."""
    seen: list[tuple[list[float], str]] = []
    for x, text, _ in sorted(_seen(frame)):
        if seen and seen[-1][1] == text:
            seen[-1][0].append(x)
        else:
            seen.append(([x], text))
    return {
        "kind": "flags",
        "x": [float(np.mean(xs)) for xs, _ in seen],
        "text": [text for _, text in seen],
        "color": frame.theme.muted,
    }


def _seen(frame: Frame) -> list[tuple[float, str, str]]:
    """Place on the axis, name and dash of each line in sight."""
    study, query = frame.study, frame.query
    axis = frame.axis
    events = _events(study, query.clock, query.patients, query.groups)
    return [(float(axis.forward(week)), text, dash) for week, text, dash in events if _covers(axis, week)]


def _named(frame: Frame) -> Part:
    """The name of the axis, in the left margin: every time view says what its weeks count from; all of it on hover."""
    text, name = "<br>".join(_name_lines(frame)), formatting.escaped(clock_labels(frame.study)[frame.query.clock])
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": 6 - style.LEFT, "yref": "paper", "y": 0}
    return {
        **place,
        "yanchor": "top",
        "yshift": -3,
        "text": text,
        "name": " ".join(_name_lines(frame)),
        "hovertext": name,
        "showarrow": False,
        "align": "left",
        "font": {"size": 11},
    }


def bottom(frame: Frame) -> int:
    """The margin under a time view, px: its weeks and the name of the axis, on one line or two."""
    return 8 + 12 * len(_name_lines(frame))


def _name_lines(frame: Frame) -> list[str]:
    """The name of the axis on at most two lines, as wide as the margin."""
    first, *rest = textwrap.wrap(clock_labels(frame.study)[frame.query.clock], NAME)
    return [formatting.short(line, NAME) for line in (first, " ".join(rest)) if line]


@lru_cache(maxsize=32)
def _events(
    study: Study, clock: str, patients: tuple[str, ...], groups: tuple[str, ...]
) -> list[tuple[float, str, str]]:
    """Clock week, label and dash of each line, for the kept patients."""
    courses = on_clock(study, narrow(study, course_kind(study), patients or None, groups or None), clock)
    found = []
    for role, dash in ROLES.items():
        own = courses[courses["role"] == role]
        weeks = np.unique(own["clock_start_week"].dropna().to_numpy(float)).tolist()
        if len(weeks) <= MOST_LINES:
            found += [(week, _text(study, role, own[own["clock_start_week"] == week]), dash) for week in weeks]
    return found


def _text(study: Study, role: str, courses: pd.DataFrame) -> str:
    if role == "index":
        return str(study.index.treatment or study.index.label)
    who = courses["patient_id"].astype(str).unique()
    return "restart " + (", ".join(who) if len(who) <= 3 else f"({len(who)})")


def _covers(axis: Lens, week: float) -> bool:
    return axis.weeks[0] <= week <= axis.weeks[-1]


def _line(x: float, dash: str, look: style.Theme) -> Part:
    place = {"x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "line", **place, "line": {"color": look.muted, "width": 1, "dash": dash}, "layer": "below"}


def _sides(axis: Lens) -> list[tuple[float, float]]:
    """The compressed stretches, in axis units."""
    if not axis.breaks:
        return []
    low, *_, high = axis.axis()["range"]
    left = [(low, float(axis.forward(axis.breaks[0])))] if axis.weeks[0] < axis.units[0] else []
    right = [(float(axis.forward(axis.breaks[-1])), high)] if axis.weeks[-1] > axis.units[-1] else []
    return left + right


def _shade(side: tuple[float, float], look: style.Theme) -> Part:
    place = {"x0": side[0], "x1": side[1], "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "rect", **place, "line": {"width": 0}, "fillcolor": look.empty, "opacity": 0.55, "layer": "below"}


def _slashes(x: float, look: style.Theme) -> Part:
    font = {"size": 11, "color": look.muted, "weight": 700}
    place = {"x": x, "yref": "paper", "y": 0, "yanchor": "middle", "yshift": -1}
    return {**place, "text": "//", "showarrow": False, "font": font}
