"""p by circular shift: the outcome is moved along each patient's own visits, the last ones before the first, so that
what neighbouring visits share stays and only what goes with what is broken."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from analysis.arrays import Flags, Floats, Positions
from analysis.correlation.orders import LEVEL
from analysis.correlation.points import Cells, Sides
from data.deadline import check

LIMIT = 20_000
"""Up to this many combinations of shifts all are counted."""
DRAWS = 9_999
"""Of more, so many random ones, beside the one observed."""
SEED = 20250916
MANY = 100
"""From so many patients on, the normal limit of the sum over all combinations is taken instead, unless one patient has
more than `SHARE` of its variance."""
SHARE = 0.1
LIMITING = "normal limit of all shifts"
TABLE = 4_096
"""Combinations of a few patients that are drawn from as one."""
AT_ONCE = 64
"""Cells that are counted together."""


class Products(NamedTuple):
    """Sums of products of both sides at each shift (the first is none), of patients with equally many pairs: `sums`
    (patients × shifts) and the cell of each, in order."""

    cell: Positions
    sums: Floats


class Share(NamedTuple):
    """A p, the smallest that these shifts can give, and how they were made."""

    p: float
    smallest: float
    made: str


def over_shifts(patient: Positions, known: Flags, found: Sides, cells: Cells) -> Cells:
    """`cells` with p as the share of shifts whose sum of products is at least as far from 0 as what was observed.
    Sides are centred within patients, so that no shift changes the squares below the sum."""
    products = _products(patient, known, found)
    variance, largest, patients = _spread(products, cells.estimate.size)
    many = (patients >= MANY) & (largest <= SHARE * variance)
    observed = (found.value * found.pasi).sum(axis=0)
    p = 2 * ndtr(-np.abs(observed) / np.sqrt(np.where(many, variance, np.inf)))
    note = np.where(many, LIMITING, cells.note).astype(object)
    for alike, sums in _alike(products, np.flatnonzero((cells.reason == "") & ~many)):
        check()
        for cell, share in zip(alike, _counted(sums), strict=True):
            p[cell], note[cell] = _p_and_note(share)
    computed = cells.reason == ""
    return replace(cells, p=np.where(computed, p, np.nan), note=np.where(computed, note, cells.note).astype(str))


def _products(patient: Positions, known: Flags, found: Sides) -> list[Products]:
    """Of all cells, the patients with two pairs or more in whom both sides vary."""
    cell, row = np.nonzero(known.T)
    value, pasi = (side.T[known.T] for side in (found.value, found.pasi))
    owner = cell * (patient.max(initial=0) + 1) + patient[row]
    start = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, np.intp)
    size = np.diff(np.r_[start, len(owner)])
    made = []
    for visits in np.unique(size[size > 1]).tolist():
        own = start[size == visits]
        at = own[:, None] + np.arange(visits)
        sums, scale = _shifted(value[at], pasi[at]), (value[at] ** 2).sum(axis=1) * (pasi[at] ** 2).sum(axis=1)
        varies = (sums**2).max(axis=1) > 1e-24 * scale
        made.append(Products(cell[own][varies], sums[varies]))
    return made


def _shifted(value: Floats, pasi: Floats) -> Floats:
    """The sums of products at every shift at once: patients × shifts."""
    spectrum = np.conj(np.fft.rfft(value)) * np.fft.rfft(pasi)
    return np.fft.irfft(spectrum, n=value.shape[1])


def _spread(products: list[Products], cells: int) -> tuple[Floats, Floats, Positions]:
    """Of each cell the variance of the sum over all combinations of shifts, the most that one patient has of it, and
    how many patients vary. The mean of a patient's sums is 0, since both sides are centred."""
    variance, largest, patients = np.zeros(cells), np.zeros(cells), np.zeros(cells, np.intp)
    for cell, sums in products:
        own = (sums**2).mean(axis=1)
        variance += np.bincount(cell, own, cells)
        patients += np.bincount(cell, minlength=cells)
        np.maximum.at(largest, cell, own)
    return variance, largest, patients


def _alike(products: list[Products], cells: Positions) -> Iterator[tuple[list[int], list[Floats]]]:
    """Some cells at a time whose patients have as many pairs each, and the sums of each patient: shifts × cells."""
    ends = [np.searchsorted(part.cell, np.stack([cells, cells + 1])) for part in products]
    several = defaultdict(list)
    for at, sizes in enumerate(zip(*(np.diff(end, axis=0)[0].tolist() for end in ends), strict=True)):
        several[sizes].append(at)
    for alike in several.values():
        for some in (alike[first : first + AT_ONCE] for first in range(0, len(alike), AT_ONCE)):
            rows = [np.arange(end[1, some[0]] - end[0, some[0]])[:, None] + end[0, some] for end in ends]
            own = [sums.T for part, at in zip(products, rows, strict=True) for sums in part.sums[at]]
            yield cells[some].tolist(), own or [np.zeros((1, len(some)))]


def _counted(patients: list[Floats]) -> list[Share]:
    """Of each of some cells, over all combinations of shifts, or a sample of them."""
    combinations = math.prod(len(sums) for sums in patients)
    near = 1e-9 * sum(np.abs(sums).max(axis=0) for sums in patients)
    observed = np.abs(sum(sums[0] for sums in patients))
    every = combinations <= LIMIT
    far = np.abs(_combined(patients) if every else _drawn(patients))
    extreme = (far >= observed - near).sum(axis=0)
    if not every:
        made = f"{DRAWS:,} random shifts"
        return [Share((count + 1) / (DRAWS + 1), 1 / (DRAWS + 1), made) for count in extreme.tolist()]
    least, made = (far >= far.max(axis=0) - near).mean(axis=0), f"all {combinations:,} shifts"
    return [Share(p, one, made) for p, one in zip((extreme / combinations).tolist(), least.tolist(), strict=True)]


def _combined(patients: list[Floats]) -> Floats:
    """Of each cell the sum of every combination of one entry of each patient: combinations × cells."""
    cells = patients[0].shape[1]
    return reduce(lambda sums, own: (sums[:, None] + own).reshape(-1, cells), patients)


def _drawn(patients: list[Floats]) -> Floats:
    """Of each cell the sums of the same random combinations, of a few patients together drawn from all of theirs:
    draws × cells."""
    draws, total = np.random.default_rng(SEED), np.zeros((DRAWS, patients[0].shape[1]))
    for some in _together([len(sums) for sums in patients]):
        table = _combined(patients[some])
        total += table.take(draws.integers(len(table), size=DRAWS), axis=0)
    return total


def _together(sizes: list[int]) -> list[slice]:
    """Neighbours whose combinations fit into one table."""
    found, first, size = [], 0, 1
    for at, own in enumerate(sizes):
        if size * own > TABLE and at > first:
            found.append(slice(first, at))
            first, size = at, 1
        size *= own
    return [*found, slice(first, len(sizes))]


def _p_and_note(share: Share) -> tuple[float, str]:
    """p and how it was made, or why there is none."""
    if share.smallest > LEVEL:
        return np.nan, f"the smallest possible is {share.smallest:.2g}, over {share.made}"
    return share.p, f"{share.made}, at least {share.smallest:.2g}"
