"""The rank-sum test of two groups, and the area under the ROC curve, of every subset at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtr, ndtri

from analysis.arrays import Flags, Floats, Positions
from analysis.comparisons.ranks import CONFIDENCE, by_columns, doubled, far_shares, levelled, ranks, split_counts
from data.deadline import check

EXACT = 60
"""Up to this many patients p is over all splits; beyond, from the normal distribution, with its correction for ties."""
LEAST = 5
"""Patients on either side below which no ROC curve is drawn and no interval given."""
HALVINGS = 60
RULE = "Mann–Whitney test over all splits of the patients into two groups of these sizes, two-sided; ties share a rank."
AREA = (
    "AUC is the chance that a responder's value lies above another patient's, ties counting half; r = 2 AUC − 1 is "
    "the rank-biserial correlation. Its 95 % interval is Newcombe's (2006, method 5, doi 10.1002/sim.2324), from "
    f"{LEAST} a side on."
)


@dataclass(frozen=True, eq=False)
class Splits:
    """Of each subset: first and second (patients of either group with a value), auc (0-1: the chance that one of the
    first lies above one of the second), low and high (its 95 % interval; NaN below `LEAST` a side), biserial, p,
    smallest (the smallest p that these sizes and ties can reach), exact (whether p is)."""

    first: Positions
    second: Positions
    auc: Floats
    low: Floats
    high: Floats
    biserial: Floats
    p: Floats
    smallest: Floats
    exact: Flags


def rank_sums(value: Floats, first: Flags, second: Flags) -> Splits:
    """The test of patients × subsets between two groups of patients; NaN: no value."""
    return by_columns(lambda some: _rank_sums(some, first, second), value)


def _rank_sums(value: Floats, first: Flags, second: Flags) -> Splits:
    known = ~np.isnan(value) & (first | second)[:, None]
    rank = ranks(np.where(known, levelled(value), np.nan))
    size, others = (known & first[:, None]).sum(axis=0), (known & second[:, None]).sum(axis=0)
    total = np.nansum(np.where(first[:, None], rank, np.nan), axis=0)
    told = (size > 0) & (others > 0)
    auc = (total - size * (size + 1) / 2) / np.where(told, size * others, np.nan)
    varied = told & (
        np.nan_to_num(rank).max(axis=0, initial=0) > np.where(known, rank, np.inf).min(axis=0, initial=1e9)
    )
    shares = [
        _shares(doubled(rank[:, at]), int(size[at]), float(total[at])) if varied[at] else (np.nan, np.nan)
        for at in range(len(told))
    ]
    p, smallest = np.array(shares).reshape(-1, 2).T
    low, high = auc_interval(auc, size, others)
    return Splits(size, others, auc, low, high, 2 * auc - 1, p, smallest, size + others <= EXACT)


def auc_interval(auc: Floats, first: Positions, second: Positions) -> tuple[Floats, Floats]:
    """Newcombe's interval: the areas from which `auc` is no farther than 1.96 of their own Hanley–McNeil errors; NaN
    below `LEAST` a side."""
    told = (np.minimum(first, second) >= LEAST) & ~np.isnan(auc)
    ends = [np.where(told, _end(np.where(told, auc, 0.5), first, second, far), np.nan) for far in (0.0, 1.0)]
    return ends[0], ends[1]


def roc(value: Floats, first: Flags) -> tuple[Floats, Floats, Floats]:
    """Cut-off (at or above which a value is positive), share of the first group and share of the others that are
    positive, from none to all; values without NaN."""
    cut, where = np.unique(value, return_inverse=True)
    above = [np.cumsum(np.bincount(where[side], minlength=len(cut))[::-1]) / side.sum() for side in (first, ~first)]
    return np.r_[np.inf, cut[::-1]], np.r_[0.0, above[0]], np.r_[0.0, above[1]]


def _end(auc: Floats, first: Positions, second: Positions, far: float) -> Floats:
    """The end of the interval towards 0 or 1, by halving."""
    inside, outside = auc.copy(), np.full(len(auc), far)
    size = np.maximum(first * second, 1)
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        spread = 1 + ((first + second) / 2 - 1) * ((1 - middle) / (2 - middle) + middle / (1 + middle))
        error = np.sqrt(middle * (1 - middle) * spread / size)
        near = np.abs(middle - auc) <= ndtri((1 + CONFIDENCE) / 2) * error
        inside, outside = np.where(near, middle, inside), np.where(near, outside, middle)
    return inside


def _shares(weights: tuple[int, ...], size: int, total: float) -> tuple[float, float]:
    """p of the first group's sum of ranks, and the smallest p."""
    check()
    fewer = min(size, len(weights) - size)
    sought = 2 * total if fewer == size else sum(weights) - 2 * total
    if len(weights) <= EXACT:
        return far_shares(split_counts(weights, fewer), round(sought))
    spread = np.var(np.array(weights, float)) * fewer * (len(weights) - fewer) / (len(weights) - 1)
    far = abs(sought - fewer * sum(weights) / len(weights)) / np.sqrt(spread)
    smallest = farthest(weights, fewer)
    return max(float(2 * ndtr(-far)), smallest), smallest


def farthest(weights: tuple[int, ...], chosen: int) -> float:
    """The share of choices of exactly `chosen` of the ascending weights whose sum is as far from the mean as any: the
    smallest p, however many they are."""
    every = np.array(weights, float)
    ends = []
    for picked, edge in ((every[:chosen], every[chosen - 1]), (every[-chosen:], every[-chosen])):
        tied, taken = (every == edge).sum(), (picked == edge).sum()
        share = np.exp(_log_choices(tied, taken) - _log_choices(len(every), chosen))
        ends.append((abs(picked.sum() - chosen * every.mean()), float(share)))
    most = max(distance for distance, _ in ends)
    return min(sum(share for distance, share in ends if distance >= most * (1 - 1e-9)), 1.0)


def _log_choices(of: int, chosen: int) -> float:
    return float(gammaln(of + 1) - gammaln(chosen + 1) - gammaln(of - chosen + 1))
