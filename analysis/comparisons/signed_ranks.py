"""The signed-rank test of paired differences, and the shift that goes with it, of every subset at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from analysis.arrays import Floats, Positions
from analysis.comparisons.ranks import CONFIDENCE, by_columns, doubled, far_shares, levelled, ranks, sign_counts
from data.deadline import check

EXACT = 200
"""Up to this many pairs p and interval are exact; beyond, from the normal distribution."""
MOST_PAIRS = 1000
"""Beyond this many pairs their half a million averages are not made."""
AT_ONCE = 4_000_000
"""Averages of pairs that are held at once."""
RULE = (
    "Signed-rank test over all patterns of signs, two-sided; differences of 0 are ranked and then left out "
    "(Pratt 1959, doi 10.1080/01621459.1959.10501526), ties share their mean rank. It takes differences for symmetric."
)
SHIFT = (
    "The shift is Hodges and Lehmann's (1963, doi 10.1214/aoms/1177704172), the median of the averages of all pairs of "
    "differences, zeros included; its 95 % interval is exact, from the same averages, and needs 6 pairs."
)
BISERIAL = (
    "r is the matched rank-biserial correlation (Kerby 2014, doi 10.2466/11.IT.3.1): 1 if every difference is a rise."
)


@dataclass(frozen=True, eq=False)
class Shifts:
    """Of each subset: n (pairs), zeros (differences of 0), estimate, low and high (the shift and its 95 % interval, in
    units of the differences; NaN: not to be told), biserial (-1 to 1), p, smallest (the smallest p that this n can
    reach), exact (whether p is)."""

    n: Positions
    zeros: Positions
    estimate: Floats
    low: Floats
    high: Floats
    biserial: Floats
    p: Floats
    smallest: Floats
    exact: np.ndarray


def signed_ranks(difference: Floats) -> Shifts:
    """The test of patients × subsets of differences, NaN where a pair is not whole."""
    return by_columns(_signed_ranks, difference)


def _signed_ranks(difference: Floats) -> Shifts:
    known = ~np.isnan(difference)
    even = levelled(difference)
    rank = np.where(even == 0, np.nan, ranks(np.abs(even)))
    up, down = (np.nansum(np.where(side, rank, np.nan), axis=0) for side in (even > 0, even < 0))
    told = up + down > 0
    shares = [_shares(rank[:, at], float(up[at])) if told[at] else (np.nan, np.nan) for at in range(len(told))]
    p, smallest = np.array(shares).reshape(-1, 2).T
    n = known.sum(axis=0)
    return Shifts(
        n,
        (even == 0).sum(axis=0),
        *_shift(difference, n),
        (up - down) / np.where(told, up + down, np.nan),
        p,
        smallest,
        n <= EXACT,
    )


def _shares(rank: Floats, up: float) -> tuple[float, float]:
    """p of the sum of the ranks of rises, and the smallest p."""
    check()
    weights = doubled(rank)
    smallest = 2.0 ** (1 - len(weights))
    if len(weights) <= EXACT:
        return far_shares(sign_counts(weights), round(2 * up))[0], smallest
    far = abs(4 * up - sum(weights)) / math.sqrt(sum(weight**2 for weight in weights))
    return float(2 * ndtr(-far)), smallest


def _shift(difference: Floats, n: Positions) -> tuple[Floats, Floats, Floats]:
    """Hodges–Lehmann estimate and its interval of each column."""
    found = np.full((3, len(n)), np.nan)
    columns = np.flatnonzero((n > 0) & (n <= MOST_PAIRS))
    rows = len(difference)
    step = max(1, AT_ONCE // max(rows * (rows + 1) // 2, 1))
    for first in range(0, len(columns), step):
        check()
        some = columns[first : first + step]
        found[:, some] = _of_averages(difference[:, some], n[some])
    return found[0], found[1], found[2]


def _of_averages(difference: Floats, n: Positions) -> Floats:
    """Estimate, low and high from the sorted averages of pairs."""
    kept = difference[~np.isnan(difference).all(axis=1)]
    one, other = np.triu_indices(len(kept))
    averages = np.sort((kept[one] + kept[other]) / 2, axis=0)
    count, at = n * (n + 1) // 2, np.arange(len(n))
    middle = (averages[(count - 1) // 2, at] + averages[count // 2, at]) / 2
    cut = np.array([_cut(int(size)) for size in n], np.intp)
    told = cut > 0
    low = np.where(told, averages[np.maximum(cut - 1, 0), at], np.nan)
    return np.array([middle, low, np.where(told, averages[count - np.maximum(cut, 1), at], np.nan)])


def _cut(n: int) -> int:
    """The place of the interval's end among the averages, from outside; 0 where no interval reaches 95 %."""
    tail = (1 - CONFIDENCE) / 2
    if n > EXACT:
        return math.floor(n * (n + 1) / 4 + ndtri(tail) * math.sqrt(n * (n + 1) * (2 * n + 1) / 24))
    below = np.cumsum(sign_counts(tuple(range(1, n + 1)))) / 2.0**n
    return int(np.searchsorted(below, tail + 1e-12, side="right"))
