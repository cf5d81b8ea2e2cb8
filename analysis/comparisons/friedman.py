"""Friedman's test of several visits of the same patients, with Kendall's W, over all orders where they are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np
from scipy.special import chdtrc

from analysis.arrays import Floats
from analysis.comparisons.ranks import levelled, ranks
from data.deadline import check

MOST_STATES = 50_000
"""Sums of ranks times orders of one patient, up to which all are counted."""
MOST_COUNTED = 1_000
"""Patients whose orders are counted at most."""
MOST_VISITS = 6
"""More visits have more orders than are counted: 7! is 5,040."""
DRAWS = 9_999
MOST_DRAWN = 50
MOST_RANKS = 5_000
"""Up to this many patients, and ranks of them, orders are drawn where not all can be counted; beyond, chi-square."""
SEED = 20_250
RULE = (
    "Friedman's test of the patients observed at all of these visits, p over all orders of the visits within patients "
    f"where they are few, else over {DRAWS:,} orders drawn (seed {SEED}), and by chi-square beyond {MOST_DRAWN} "
    f"patients or {MOST_RANKS:,} ranks. Kendall's W is 1 where all patients have one order, and 0 where none prevails."
)
Sides = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Concordance:
    """n (complete patients), visits, left_out (patients with some of the visits, not all), statistic (Friedman's, tie
    corrected), w (Kendall's), p, smallest (the smallest p that n can reach; NaN: not known), how (p was made), reason
    (why there is none, or "")."""

    n: int
    visits: int
    left_out: int
    statistic: float = np.nan
    w: float = np.nan
    p: float = np.nan
    smallest: float = np.nan
    how: str = ""
    reason: str = ""


def friedman(value: Floats) -> Concordance:
    """The test of patients × visits; NaN: not observed."""
    known = ~np.isnan(value)
    whole = known.all(axis=1)
    counts = int(whole.sum()), value.shape[1], int((known.any(axis=1) & ~whole).sum())
    if value.shape[1] < 3:
        return Concordance(*counts, reason="fewer than two visits after baseline at which enough were observed")
    if counts[0] < 2:
        return Concordance(*counts, reason=f"{counts[0]} observed at all {counts[1]} visits, and 2 are needed")
    rank = ranks(levelled(value[whole].T)).T
    spread = _spread(rank.sum(axis=0))
    if (most := counts[0] * float(rank.var(axis=1).sum()) * rank.shape[1]) == 0:
        return Concordance(*counts, reason="no patient's values differ between the visits")
    w = spread / most
    statistic = w * counts[0] * (counts[1] - 1)
    return Concordance(*counts, statistic, w, *_p(rank, spread, statistic))


def _spread(sums: Floats) -> float:
    """The sum of squares of sums of ranks around their mean."""
    return float(((sums - sums.mean()) ** 2).sum())


def _p(rank: Floats, spread: float, statistic: float) -> tuple[float, float, str]:
    """p, the smallest p, and how both were made."""
    rank = rank[rank.var(axis=1) > 0]  # who has one value at all visits adds the same to each
    found = _all_orders(_sides(rank)) if rank.shape[1] <= MOST_VISITS and len(rank) <= MOST_COUNTED else None
    if found is not None:
        spreads, shares = found
        p, smallest = (shares[spreads >= limit - 1e-6].sum() for limit in (4 * spread, spreads.max()))
        return float(min(p, 1.0)), float(smallest), "exact"
    if len(rank) > MOST_DRAWN or rank.size > MOST_RANKS:
        return float(chdtrc(rank.shape[1] - 1, statistic)), np.nan, "chi-square"
    draw = np.random.default_rng(SEED)
    drawn = [_spread(draw.permuted(rank, axis=1).sum(axis=0)) for _ in _checked(DRAWS)]
    p = (1 + int((np.array(drawn) >= spread - 1e-9).sum())) / (DRAWS + 1)
    return p, 1 / (DRAWS + 1), f"over {DRAWS:,} orders drawn"


def _sides(rank: Floats) -> Sides:
    """Twice the ranks of each patient, ascending, in one order of the patients."""
    return tuple(sorted(tuple(sorted(np.rint(2 * row).astype(int).tolist())) for row in rank))


def _checked(times: int) -> Iterator[int]:
    for time in range(times):
        check()
        yield time


@lru_cache(maxsize=64)
def _all_orders(sides: Sides) -> tuple[Floats, Floats] | None:
    """The spreads of twice the sums of ranks over all orders, and the share of each; None where they are too many.
    Every patient's orders come in all arrangements of the visits, so that only the sorted sums matter."""
    states, shares = np.zeros((1, len(sides[0])), np.int64), np.ones(1)
    base = (2 * len(sides[0]) * len(sides) + 1) ** np.arange(len(sides[0]), dtype=np.float64)
    if base[-1] * base[1] > 2**53:
        return None
    for side in sides:
        check()
        orders, times = np.unique(np.array(list(permutations(side)), np.int64), axis=0, return_counts=True)
        if len(states) * len(orders) > MOST_STATES:
            return None
        sums = np.sort((states[:, None] + orders).reshape(-1, len(side)), axis=1)
        _, first, inverse = np.unique(sums @ base.astype(np.int64), return_index=True, return_inverse=True)
        states = sums[first]
        shares = np.asarray(np.bincount(inverse, np.outer(shares, times / times.sum()).ravel()), float)
    around = states - states.mean(axis=1, keepdims=True)
    return (around**2).sum(axis=1), shares
