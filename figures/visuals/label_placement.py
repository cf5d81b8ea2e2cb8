"""Labels of marks kept apart: above or below each mark, wherever less is in the way."""

from __future__ import annotations

import numpy as np

from analysis.arrays import Floats

ABOVE, BELOW = "top center", "bottom center"
CHARACTER, LINE = 6.5, 12.0
"""A label's width per character, and its height, px."""
RISE = np.array([0.0, 9.0])
"""How far a label's middle stands from its mark, px."""


def sides(places: Floats, lengths: list[int], others: Floats, area: tuple[float, float]) -> list[str]:
    """The side of each label, in the order of the marks. `places` (marks × x, y) and `others` (what else is drawn) are
    shares of a plot of `area` (width, height in px), y upwards; `lengths` are the labels' characters."""
    size = np.array(area)
    marks, taken = places * size, [others * size]
    chosen: list[str] = []
    for mark, length in zip(marks, lengths, strict=True):
        reach = np.array([length * CHARACTER / 2 + 3, LINE / 2 + 2])
        above, below = mark + RISE, mark - RISE
        crowded = [_near(np.vstack(taken), middle, reach) for middle in (above, below)]
        low = below[1] < LINE / 2
        under = bool(crowded[1] < crowded[0]) and not low
        chosen.append(BELOW if under else ABOVE)
        taken.append(_covered(below if under else above, length))
    return chosen


def _near(points: Floats, middle: Floats, reach: Floats) -> int:
    """How many points lie within reach of a label."""
    return int((np.abs(points - middle) < reach).all(axis=1).sum())


def _covered(middle: Floats, length: int) -> Floats:
    """Points that stand for a label: one for each of its characters, weighing as much as a mark each."""
    across = middle[0] + (np.arange(length) - (length - 1) / 2) * CHARACTER
    return np.column_stack([across, np.full(length, middle[1])])
