"""The time lens: one monotone, piecewise linear map from weeks to the shared horizontal axis of the time views."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FOCUS = {"index": (-6.0, 26.0), "study": (-6.0, 26.0), "restart": (-28.0, 26.0)}
"""Weeks that get most of the width, by clock."""
ZONES = (9, 63, 28)
"""Shares of the width: before the focus, the focus, after it; what has nothing in it gets none."""
MOST_TICKS = 400
"""A step that would give more weeks than this is not tried."""
STEPS = (1040, 104, 52, 26, 8, 4, 2, 1)
YEAR = 52.0
SHORT, FINE = 4.0, (0.5, 0.1)
"""Of fewer weeks than this, parts of a week are labelled too."""


@dataclass(frozen=True)
class Lens:
    """`weeks` and `units` are the knots, both increasing; straight lines between them. Without a lens they are equal.
    `breaks` are the weeks where the scale changes: each is drawn as a break."""

    weeks: tuple[float, ...]
    units: tuple[float, ...]

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.weeks[1:-1]

    def forward(self, week: ArrayLike) -> NDArray[np.float64]:
        """Axis units of weeks; NaN stays NaN; beyond the ends the outer straight lines go on."""
        week = np.asarray(week, dtype=float)
        units = np.asarray(np.interp(week, self.weeks, self.units))
        for end, beyond in ((0, week < self.weeks[0]), (-1, week > self.weeks[-1])):
            if beyond.any():
                units = np.where(beyond, self.units[end] + (week - self.weeks[end]) * self._slope(end), units)
        return units

    @lru_cache(maxsize=64)  # noqa: B019 - a lens is a small value, not a resource
    def axis(self, width: float = 560) -> dict[str, Any]:
        """Range and ticks of the shared axis, for a plot about `width` px wide."""
        low, high = self.units[0], self.units[-1]
        pad = (high - low) * 0.012
        ticks = self.ticks(width)
        places = {
            "tickvals": self.forward(ticks).round(4).tolist(),
            "ticktext": [f"{week + 0.0:g}".replace("-", "−") for week in ticks],
        }
        return {"range": [low - pad, high + pad], "tickmode": "array", "tickangle": 0, **places}

    def ticks(self, width: float = 560) -> list[float]:
        """Weeks to label, at least 30 px apart. A step of weeks is used only if at least half of it finds room."""
        scale = width / (self.units[-1] - self.units[0])
        chosen: dict[float, float] = {}
        for step in self.candidates():
            places = self.forward(step) * scale
            room = [all(abs(place - other) >= 30 for other in chosen.values()) for place in places]
            if step and sum(room) * 2 >= len([week for week in step if week not in chosen]):
                for week, place in zip(step, places, strict=True):
                    if all(abs(place - other) >= 30 for other in chosen.values()):
                        chosen[week] = float(place)
        return sorted(chosen)

    @lru_cache(maxsize=64)  # noqa: B019 - a lens is a small value, not a resource
    def candidates(self) -> list[list[float]]:
        """Weeks that may be labelled, step by step, the most wanted first; the browser takes from the same lists after
        a zoom. Fine steps are for the weeks that are not compressed."""
        low, high = self.weeks[0], self.weeks[-1]
        steps = [[week for week in (0.0, *self.breaks) if low <= week <= high]]
        ends = [float(np.ceil(low / YEAR) * YEAR), float(np.floor(high / YEAR) * YEAR)] if self.breaks else []
        steps.append([week for week in ends if week and self.forward(week) != week])
        fine = FINE if high - low < SHORT else ()
        for step in (step for step in (*STEPS, *fine) if (high - low) / step < MOST_TICKS):
            weeks = np.arange(np.ceil(low / step) * step, high + 1e-9, step).round(6)
            steps.append(weeks[(step >= 26) | (self.forward(weeks) == weeks)].tolist())
        return steps

    def _slope(self, end: int) -> float:
        i, j = (0, 1) if end == 0 else (-2, -1)
        return (self.units[j] - self.units[i]) / (self.weeks[j] - self.weeks[i])


def lens(low: float, high: float, clock: str, *, on: bool) -> Lens:
    """The map for weeks `low` to `high`. A side is compressed only when that makes it narrower than it is."""
    low, high = (low, high) if high > low else (low - 1, low + 1)
    start, end = FOCUS[clock]
    if not on or low >= end or high <= start:
        return Lens((low, high), (low, high))
    before, after = (side / ZONES[1] * (end - start) for side in (ZONES[0], ZONES[2]))
    left = [(low, start - before), (start, start)] if low < start - before else [(low, low)]
    right = [(end, end), (high, end + after)] if high > end + after else [(high, high)]
    weeks, units = zip(*left, *right, strict=True)
    return Lens(weeks, units)
