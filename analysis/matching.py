"""The matching behind the pairs: each immune sample with at most one PASI visit, and each visit used once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Flags, Floats, Positions
from analysis.samples import samples, visits
from data.deadline import LateError, check
from data.study import Study

MOST = 5_000_000
"""Pairs within the tolerance: a study of thousands of patients has some ten for each sample, one patient with
thousands of visits has their square."""


@lru_cache(maxsize=12)
def matched(study: Study, tolerance: float, lag: float = 0.0) -> NDArray[np.int32]:
    """Position in `visits(study)` of each sample's partner, samples × subsets in the order of `samples(study)`; −1
    without one. A sample of week t is paired with a visit near week t + `lag`.

    In rounds: a pair that is the best one left for both its sample and its visit is taken, which gives the same as
    taking all pairs one by one from the best to the worst, since the order of pairs is strict.
    """
    taken, seen = samples(study), visits(study)
    sample, visit = candidates(study, tolerance, lag)
    measured, pattern = _patterns(~np.isnan(taken.value))
    partner = np.full((len(taken.week), measured.shape[1]), -1, np.int32)
    left = measured[sample]
    while left.any():
        check()
        best = left & _is_first(left, sample) & _is_first(left, visit)
        pair, column = np.nonzero(best)
        partner[sample[pair], column] = visit[pair]
        used = np.zeros((len(seen.week), measured.shape[1]), bool)
        used[visit[pair], column] = True
        left &= (partner[sample] < 0) & ~used[visit]
    return partner[:, pattern]


def candidates(study: Study, tolerance: float, lag: float = 0.0) -> tuple[Positions, Positions]:
    """All (sample, visit) of one patient within the tolerance, best first: smallest gap, earlier visit, earlier
    sample. A gap that differs from the tolerance only by rounding is within it. LateError beyond `MOST`."""
    taken, seen = samples(study), visits(study)
    wanted, reach = taken.week + lag, tolerance + 1e-9
    low = _positions(seen.patient, seen.week, taken.patient, wanted - reach, "left")
    high = _positions(seen.patient, seen.week, taken.patient, wanted + reach, "right")
    count = high - low
    if count.sum() > MOST:
        raise LateError(
            f"{count.sum():,} pairs of a sample and a visit lie within this tolerance, of at most {MOST:,}. Choose a "
            "smaller tolerance, or leave patients out."
        )
    sample = np.repeat(np.arange(len(wanted)), count)
    visit = np.arange(len(sample)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    gap = np.abs(seen.week[visit] - wanted[sample]).round(9)
    order = np.lexsort((sample, visit, gap))
    return sample[order], visit[order]


def _positions(patient: Positions, week: Floats, of: Positions, at: Floats, side: str) -> Positions:
    """Where (of, at) would stand in the rows sorted by (patient, week)."""
    kind = {"left": -1, "right": 1}[side]
    order = np.lexsort((np.r_[np.zeros(len(week)), np.full(len(at), kind)], np.r_[week, at], np.r_[patient, of]))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.cumsum(order < len(week))
    return rank[len(week) :]


def _patterns(measured: Flags) -> tuple[Flags, Positions]:
    """The distinct columns and, for each column, which of them it is: subsets measured in the same samples share
    their pairs."""
    distinct, pattern = np.unique(np.packbits(measured, axis=0), axis=1, return_inverse=True)
    unpacked = np.unpackbits(distinct, axis=0, count=len(measured)).astype(bool)
    return unpacked, pattern.reshape(-1)


def _is_first(left: Flags, owner: Positions) -> Flags:
    """True where a pair (row, best first) is the first one left of its owner, per column."""
    order = np.argsort(owner, kind="stable")
    group = np.flatnonzero(np.r_[True, np.diff(owner[order]) != 0])
    rank = np.where(left, np.arange(len(owner), dtype=np.int32)[:, None], np.int32(len(owner)))
    best = np.minimum.reduceat(rank[order], group, axis=0)
    position = np.empty(len(owner), np.intp)
    position[order] = np.repeat(np.arange(len(group)), np.diff(np.r_[group, len(owner)]))
    first: Flags = rank == best[position]
    return first
