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
AT_ONCE = 10_000
"""Pairs between two looks at the clock."""


@lru_cache(maxsize=12)
def matched(study: Study, tolerance: float, lag: float = 0.0) -> NDArray[np.int32]:
    """Position in `visits(study)` of each sample's partner, samples × subsets in the order of `samples(study)`; −1
    without one. A sample of week t is paired with a visit near week t + `lag`.

    Pairs are taken one by one from the best to the worst, all subsets at once: a subset is a bit. Where a sample and a
    visit are near each other and nothing else, there is nothing to choose.
    """
    sample, visit = candidates(study, tolerance, lag)
    measured, pattern, bits = _patterns(study)
    free, unused = [*bits], [(1 << measured.shape[1]) - 1] * len(visits(study).week)
    partner = np.full(measured.shape, -1, np.int32)
    alone = (np.bincount(sample)[sample] == 1) & (np.bincount(visit)[visit] == 1)
    partner[sample[alone]] = np.where(measured[sample[alone]], visit[alone][:, None], -1)
    sample, visit = sample[~alone], visit[~alone]
    for at in range(0, len(sample), AT_ONCE):
        check()
        found: list[tuple[int, int, int]] = []
        for one, other in zip(sample[at : at + AT_ONCE].tolist(), visit[at : at + AT_ONCE].tolist(), strict=True):
            if both := free[one] & unused[other]:
                free[one] ^= both
                unused[other] ^= both
                found.append((one, other, both))
        _pair(partner, found)
    return partner[:, pattern]


def candidates(study: Study, tolerance: float, lag: float = 0.0) -> tuple[Positions, Positions]:
    """All (sample, visit) of one patient within the tolerance, best first: smallest gap, earlier visit, earlier
    sample. A gap that differs from the tolerance only by rounding is within it. LateError beyond `MOST`."""
    taken, seen = samples(study), visits(study)
    wanted, (low, high) = taken.week + lag, reached(study, tolerance, lag)
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


def reached(study: Study, tolerance: float, lag: float = 0.0) -> tuple[Positions, Positions]:
    """The first of the visits within the tolerance of each sample, and the one after the last; equal where none is."""
    taken, (weeks, key) = samples(study), _ranked(study)
    wanted, reach, size = taken.week + lag, tolerance + 1e-9, len(weeks) + 1
    ends = np.searchsorted(weeks, wanted - reach, "left"), np.searchsorted(weeks, wanted + reach, "right")
    low, high = (np.searchsorted(key, taken.patient * size + end).astype(np.intp) for end in ends)
    return low, high


@lru_cache(maxsize=8)
def _ranked(study: Study) -> tuple[Floats, Positions]:
    """The weeks of all visits, each once, and for each visit a number that rises with its patient, then its week."""
    seen = visits(study)
    weeks, rank = np.unique(seen.week, return_inverse=True)
    return weeks, seen.patient * (len(weeks) + 1) + rank


@lru_cache(maxsize=4)
def _patterns(study: Study) -> tuple[Flags, Positions, tuple[int, ...]]:
    """Which samples have a value, in distinct columns; for each subset, which of these is its own: subsets measured in
    the same samples share their pairs; and the rows as bits."""
    measured = ~np.isnan(samples(study).value)
    distinct, pattern = np.unique(np.packbits(measured, axis=0), axis=1, return_inverse=True)
    unpacked = np.unpackbits(distinct, axis=0, count=len(measured)).astype(bool)
    return unpacked, pattern.reshape(-1), _bits(unpacked)


def _bits(flags: Flags) -> tuple[int, ...]:
    """Each row as one number, whose bit i is its column i."""
    return tuple(int.from_bytes(row.tobytes(), "little") for row in np.packbits(flags, axis=1, bitorder="little"))


def _pair(partner: NDArray[np.int32], found: list[tuple[int, int, int]]) -> None:
    """Write the visit of each sample and column, from the (sample, visit, columns as bits) that were found."""
    if not found:
        return
    sample, visit, bits = zip(*found, strict=True)
    width = -(-partner.shape[1] // 8)
    packed = np.frombuffer(b"".join(one.to_bytes(width, "little") for one in bits), np.uint8).reshape(len(found), width)
    pair, column = np.nonzero(np.unpackbits(packed, axis=1, count=partner.shape[1], bitorder="little"))
    partner[np.array(sample)[pair], column] = np.array(visit)[pair]
