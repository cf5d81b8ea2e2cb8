"""What p stands on where visits follow each other: shifts within patients, an effective df, or the statistic's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from scipy.special import betainc

from analysis.arrays import Flags, Floats, Positions
from analysis.correlation.points import MINIMUM_DF, Cells, Points, Sides
from analysis.correlation.shifts import DRAWS, LIMIT, MANY, over_shifts
from analysis.correlation.statistics import STATISTICS
from data.deadline import check

DEFAULT = "shift"
"""Of the ways to a p, the one whose false positives stay nearest to 5 % in docs/coverage.md."""
SHARED = "It does not remove a shared fall after an infusion: that is no chance, and p is small then too."

SIMULATED = (
    "Simulated with 3 to 10 uneven visits and errors AR(1) 0.5, p was < 0.05 without any association in {} %; the "
    "statistic's own in {} %."
)
LAGS = 5
"""Autocorrelations are taken up to a lag of one in so many visits (Pyper & Peterman 1998)."""
SHORT = f"the effective df is below {MINIMUM_DF}"

Tested = Callable[[Positions, Flags, Sides, Cells], Cells]


@dataclass(frozen=True)
class Serial:
    """A way to a p from serial visits: `wording` is what it is, `coverage` what a simulation found (docs/coverage.md).
    `test` takes the patients and known pairs (rows × cells), both sides and the cells; None: p stays as it is."""

    key: str
    label: str
    wording: str
    coverage: str
    source: str
    test: Tested | None


def effective_df(patient: Positions, known: Flags, found: Sides, cells: Cells) -> Cells:
    """`cells` with p at a df reduced by what both sides' neighbouring visits share: df / (1 + 2 Σ ρ(j) ρ'(j)) of both
    over j up to a fifth of a patient's pairs, and never more than df."""
    df = cells.df / np.maximum(1.0, 1.0 + 2.0 * _shared(patient, known, found))
    enough = df >= MINIMUM_DF
    with np.errstate(invalid="ignore"):
        p = betainc(np.maximum(df, 1) / 2, 0.5, 1 - cells.estimate**2)
    told = np.where(enough, [f"effective df {one:.1f}" for one in df], SHORT)
    alone = np.isnan(cells.p) & (cells.note != "")
    return replace(
        cells,
        p=np.where(enough & ~alone, p, np.nan),
        note=np.where(alone | (cells.reason != ""), cells.note, told),
        p_df=df,
    )


def computed(points: Points, statistic: str, p_by: str = "own") -> Cells:
    """The statistic with its p by one of `SERIAL`; its own where levels count and visits cannot be moved."""
    kind, test = STATISTICS[statistic], SERIAL[p_by].test
    cells = kind.compute(points)
    if test is None or kind.sides is None or not kind.within:
        return cells
    return test(points.patient, points.known, kind.sides(points), cells)


def wording_of_p(statistic: str, p_by: str) -> str:
    """What p of the statistic stands on, in a sentence or two; "" where it is its own alone."""
    one = SERIAL[p_by]
    if one.test is None or not STATISTICS[statistic].within:
        return ""
    return f"{one.wording} {SHARED} {one.coverage} ({one.source})"


def _shared(patient: Positions, known: Flags, found: Sides) -> Floats:
    """Σ ρ(j) ρ'(j) of both sides, per cell, from the products of visits j apart of all patients together; a lag counts
    by the share of pairs in patients who have five times as many."""
    cell, row = np.nonzero(known.T)
    size = found.counts[np.searchsorted(np.unique(patient), patient[row]), cell]
    sides = [side.T[known.T] for side in (found.value, found.pasi)]
    place, cells = _places(cell, patient[row]), known.shape[1]
    every, total = np.maximum(np.bincount(cell, minlength=cells), 1).astype(float), np.zeros(cells)
    for lag in range(1, int(size.max(initial=0)) // LAGS + 1):
        check()
        later = np.flatnonzero((place >= lag) & (size >= LAGS * lag))
        there, product = np.maximum(np.bincount(cell[later], minlength=cells), 1), np.ones(cells)
        for side in sides:
            apart = np.bincount(cell[later], side[later] * side[later - lag], cells) / there
            square = np.bincount(cell, side**2, cells) / every
            product = product * apart / np.where(square > 0, square, 1.0)
        total += product * np.bincount(cell[size >= LAGS * lag], minlength=cells) / every
    return total


def _places(cell: Positions, owner: Positions) -> Positions:
    """Which of a patient's pairs each is, from 0."""
    new = np.r_[True, (cell[1:] != cell[:-1]) | (owner[1:] != owner[:-1])][: len(cell)]
    at = np.arange(len(cell))
    return at - np.maximum.accumulate(np.where(new, at, 0)) if len(at) else at


SERIAL: Mapping[str, Serial] = MappingProxyType(
    {
        one.key: one
        for one in (
            Serial(
                "shift",
                "circular shift",
                "p is the share of circular shifts of the outcome within patients that give a coefficient as far from "
                f"0: of all combinations up to {LIMIT:,}, else of {DRAWS:,} random ones, or by their normal limit from "
                f"{MANY} patients on.",
                SIMULATED.format("5–6", "9–11"),
                "checked by simulation, docs/coverage.md",
                over_shifts,
            ),
            Serial(
                "effective_df",
                "effective df",
                "p counts fewer df where neighbouring visits resemble each other on both sides.",
                SIMULATED.format("7–10", "9–11"),
                "Pyper & Peterman 1998, doi 10.1139/f98-104, within patients",
                effective_df,
            ),
            Serial("own", "the statistic's own", "p supposes that visits are independent.", "", "", None),
        )
    }
)
