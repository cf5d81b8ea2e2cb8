"""p by permuting PASI within patients: exact where that is few orders, else a seeded sample of them, chunk by chunk."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations as orders

import numpy as np

from analysis.arrays import Floats
from analysis.correlation.orders import LIMIT
from analysis.correlation.points import Points, starts
from analysis.correlation.statistics import STATISTICS
from data.deadline import check

SEED = 20250916
PERMUTATIONS = 10_000
CHUNK = 500
"""Permutations between two states: what is drawn depends on the seed and the chunk, so it is no option."""

AT_ONCE = 2_000_000
"""Visits × orders that are permuted together."""

CAVEAT = (
    "Visits in a series are not exchangeable: neighbours are alike and an infusion moves them together, so that this p "
    "is too small wherever errors are correlated in time or both follow a shared course."
)
NOT_PERMUTED = "this statistic has no permutation p: its terms cannot be exchanged within patients"


@dataclass(frozen=True)
class Permuted:
    """The state after `done` of `total` orders: `extreme` of them are at least as far from 0 as what was observed. `p`
    (two-sided) is extreme / total if `exact`, else (extreme + 1) / (done + 1); NaN where `reason` says why."""

    p: float
    extreme: int
    done: int
    total: int
    exact: bool
    seed: int
    reason: str = ""


def permuted(
    points: Points, statistic: str = "repeated_measures", count: int = PERMUTATIONS, seed: int = SEED
) -> Iterator[Permuted]:
    """States of the within-patient permutation test of one cell, the last one complete; PASI is permuted among each
    patient's known pairs. Stop taking states to cancel."""
    pieces, reason = _pieces(points, statistic)
    if reason:
        yield Permuted(math.nan, 0, 0, 0, exact=False, seed=seed, reason=reason)
        return
    limit = _observed(pieces)
    size = math.prod(math.factorial(value.shape[1]) ** len(value) for value, _ in pieces)
    if size <= LIMIT:
        extreme = int((np.abs(_every_sum(pieces)) >= limit).sum())
        yield Permuted(extreme / size, extreme, size, size, exact=True, seed=seed)
        return
    yield from _sampled(pieces, limit, count, seed)


def words(state: Permuted) -> str:
    """How a finished p was made, in words."""
    if state.reason:
        return state.reason
    if state.exact:
        return f"exact: all {state.total:,} orders within patients"
    return f"{state.done:,} random orders within patients, seed {state.seed}, (b + 1) / (m + 1)"


Pieces = list[tuple[Floats, Floats]]
"""For each number of visits: value and PASI of the patients who have so many, patients × visits."""


def _pieces(points: Points, statistic: str) -> tuple[Pieces, str]:
    """Both sides of the one cell, or why it has no permutation p."""
    kind = STATISTICS[statistic]
    if kind.sides is None:
        return [], NOT_PERMUTED
    reason = str(kind.compute(points).reason[0])
    found, known = kind.sides(points), points.known[:, 0]
    patient, value, pasi = points.patient[known], found.value[known, 0], found.pasi[known, 0]
    size = np.diff(np.r_[starts(patient), len(patient)])
    each = np.repeat(size, size)
    return [
        (value[each == visits].reshape(-1, visits), pasi[each == visits].reshape(-1, visits))
        for visits in np.unique(size)
    ], reason


def _observed(pieces: Pieces) -> float:
    """The observed sum of products in size, less what rounding may add."""
    total = sum(float((value * pasi).sum()) for value, pasi in pieces)
    scale = sum(float((value**2).sum() + (pasi**2).sum()) for value, pasi in pieces)
    return abs(total) - 1e-12 * scale


def _every_sum(pieces: Pieces) -> Floats:
    """The sums of products of every order of every patient, combined."""
    sums = np.zeros(1)
    for values, scores in pieces:
        order = np.array(list(orders(range(values.shape[1]))))
        for value, pasi in zip(values, scores, strict=True):
            sums = np.add.outer(sums, pasi[order] @ value).ravel()
    return sums


def _sampled(pieces: Pieces, limit: float, count: int, seed: int) -> Iterator[Permuted]:
    draws = np.random.default_rng(seed)
    state = Permuted(math.nan, 0, 0, count, exact=False, seed=seed)
    while state.done < count:
        size = min(CHUNK, count - state.done)
        sums = np.zeros(size)
        for value, pasi in pieces:
            sums += np.concatenate([_sums(draws, part, value, pasi) for part in _batches(size, pasi.size)])
        extreme, done = state.extreme + int((np.abs(sums) >= limit).sum()), state.done + size
        state = replace(state, p=(extreme + 1) / (done + 1), extreme=extreme, done=done)
        yield state


def _sums(draws: np.random.Generator, size: int, value: Floats, pasi: Floats) -> Floats:
    """The sums of products of so many random orders of patients with equally many visits."""
    check()
    shuffled = draws.permuted(np.broadcast_to(pasi, (size, *pasi.shape)), axis=2)
    return np.asarray(np.einsum("kpv,pv->k", shuffled, value))


def _batches(size: int, visits: int) -> list[int]:
    """`size` orders in parts that fit into memory: what is drawn stays the same."""
    most = max(1, AT_ONCE // max(visits, 1))
    return [min(most, size - done) for done in range(0, size, most)]
