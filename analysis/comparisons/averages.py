"""Means and medians of many cells of values at once, each with its 95 % interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import bdtr, bdtrik, stdtrit

from analysis.arrays import Flags, Floats, Positions
from analysis.comparisons.ranks import CONFIDENCE

TAIL = (1 - CONFIDENCE) / 2
Estimates = tuple[Floats, Floats, Floats]
"""Of each cell the average, and the low and high end of its interval."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Values in cells: `value` by cell, then ascending; `n` of each cell, and `first`, the position of its lowest."""

    value: Floats
    n: Positions
    first: Positions

    @property
    def equal(self) -> Flags:
        """True where all values of a cell are one and the same."""
        return self.ordered(self.first) == self.ordered(self.first + self.n - 1)

    def ordered(self, at: Positions) -> Floats:
        """The values at these positions, NaN in cells without any."""
        return np.where(self.n > 0, np.append(self.value, np.nan)[np.clip(at, 0, len(self.value))], np.nan)


@dataclass(frozen=True)
class Average:
    """A kind of average: `of` gives it and its interval for every cell, NaN where there is none; below `least` values
    there is no interval, nor, unless it `bears_ties`, of values that are all the same."""

    key: str
    label: str
    least: int
    of: Callable[[Cells], Estimates]
    wording: str
    bears_ties: bool = True

    def refusals(self, cells: Cells) -> list[str]:
        """Of each cell why there is no interval, or ""."""
        few = [f"no 95 % interval of the {self.label} of {n}: it needs {self.least}" for n in cells.n]
        tied = f"no 95 % interval of the {self.label}: all values are the same"
        none = (cells.n >= self.least) & cells.equal & (not self.bears_ties)
        short = (cells.n > 0) & (cells.n < self.least)
        return [
            why if is_short else tied if is_tied else ""
            for why, is_short, is_tied in zip(few, short, none, strict=True)
        ]


def in_cells(cell: Positions, value: Floats, size: int) -> Cells:
    """The values, none of them NaN, in their cells, of which there are `size`."""
    n = np.bincount(cell, minlength=size)
    return Cells(value[np.lexsort((value, cell))], n, np.cumsum(n) - n)


def means(cells: Cells) -> Estimates:
    """Mean and t interval."""
    cell, some = np.repeat(np.arange(len(cells.n)), cells.n), np.where(cells.n > 0, cells.n, np.nan)
    mean = np.bincount(cell, cells.value, len(cells.n)) / some
    squares = np.bincount(cell, (cells.value - mean[cell]) ** 2, len(cells.n))
    df = np.where((cells.n > 1) & ~cells.equal, cells.n - 1.0, np.nan)
    half = stdtrit(df, 1 - TAIL) * np.sqrt(squares / df / some)
    return mean, mean - half, mean + half


def medians(cells: Cells) -> Estimates:
    """Median and the interval between two order statistics."""
    below, above = (cells.ordered(cells.first + at) for at in ((cells.n - 1) // 2, cells.n // 2))
    rank = ranks_in(cells.n)
    low, high = (np.where(rank > 0, cells.ordered(cells.first + at), np.nan) for at in (rank - 1, cells.n - rank))
    return (below + above) / 2, low, high


def ranks_in(n: Positions) -> Positions:
    """How far in from either end the ends of a median's interval lie among n values: the largest k for which fewer
    than k of n fair coins fall heads with a chance of at most 2.5 %; 0 where there is none (n below 6)."""
    sizes, back = np.unique(n, return_inverse=True)
    near = np.floor(bdtrik(TAIL, np.maximum(sizes, 1), 0.5))
    tried = np.clip(near[:, None] + np.arange(-1, 3), 0, sizes[:, None])
    within = (tried > 0) & (bdtr(np.maximum(tried - 1, 0), np.maximum(sizes, 1)[:, None], 0.5) <= TAIL)
    return np.where(within, tried, 0).max(axis=1).astype(np.intp)[back]


AVERAGES: Mapping[str, Average] = MappingProxyType(
    {
        one.key: one
        for one in (
            Average(
                "mean",
                "mean",
                2,
                means,
                "Mean with its 95 % t interval, which takes values for normal and may pass the ends of the scale; "
                "from 2 patients on.",
                bears_ties=False,
            ),
            Average(
                "median",
                "median",
                6,
                medians,
                "Median with its exact 95 % interval between order statistics (binomial); from 6 patients on.",
            ),
        )
    }
)
