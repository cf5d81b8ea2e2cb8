"""Statistics from sums of each patient: without each in turn, and of resamples that count each so many times, without a
pass over the pairs again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from analysis.arrays import Floats, Positions
from analysis.correlation import mixed, pooled, within
from analysis.correlation.merging import Part, around_means, around_slopes, others, parts, totals, weighted, whole
from analysis.correlation.orders import MOST_STEPS
from analysis.correlation.points import Cells, Points, of_totals, starts
from data.deadline import check

EXACT = ("p", "low", "high", "note")
"""What of a rank coefficient is told by its orders."""


class Summed(NamedTuple):
    """The statistic of one cell `without_each` patient, one entry for each; what each patient adds (`parts`), and the
    statistic of the patients `weighted` (patients × resamples), one entry for each resample."""

    without_each: Callable[[Points], Cells]
    parts: Callable[[Points], Part]
    weighted: Callable[[Part, Floats], Cells]


def _summed(own: Callable[[Points], Part], cells: Callable[[Part], Cells]) -> Summed:
    """Of a statistic that is one of sums alone."""
    return Summed(lambda points: cells(others(own(points))), own, lambda part, weights: cells(weighted(part, weights)))


def leaving(points: Points, left: Positions) -> Points:
    """One cell without each of the patients `left` in turn, as cells."""
    check()
    out = points.patient[:, None] == left
    value, pasi = (np.where(out, np.nan, side) for side in (points.value, points.pasi))
    return Points(points.patient, points.week, points.phase, value, pasi)


def _levels(points: Points) -> Part:
    return parts(points.patient, points.value, points.pasi)


def _ranks(points: Points) -> Part:
    """A patient's ranks are of their own pairs."""
    return parts(points.patient, *within.own_ranks(points))


def _ranks_without_each(points: Points) -> Cells:
    """Where the others have few orders, p over all of them."""
    own = _ranks(points)
    cells, repeated = _of_levels(others(own)), np.flatnonzero(own.patients)
    few = np.flatnonzero(cells.terms - cells.patients <= MOST_STEPS)
    if not len(few):
        return cells
    patients = points.patient[starts(points.patient)]
    kept = points.at(np.flatnonzero(np.isin(points.patient, patients[repeated])))
    anew = within.rank_repeated_measures(leaving(kept, np.r_[patients[repeated], -1]))
    at = np.where(own.patients[few] > 0, np.searchsorted(repeated, few), len(repeated))
    return replace(cells, **{name: _put(getattr(cells, name), few, getattr(anew, name)[at]) for name in EXACT})


def _put(column: np.ndarray, places: Positions, instead: np.ndarray) -> np.ndarray:
    """The column with something else at some places, text at its full length."""
    found = column.astype(np.result_type(column, instead))
    found[places] = instead
    return found


def _changes(points: Points) -> Part:
    value, pasi, before = within.differences(points)
    own, have = parts(points.patient, value, pasi), _levels(points).known > 0
    pairs = within.pairs_of_differences(points.patient, before, own.known.astype(np.intp)[:, None])[:, 0]
    return own._replace(pairs=pairs.astype(float), single=have - own.patients)


def _trends(points: Points) -> Part:
    return around_slopes(points.patient, points.value, points.pasi, points.week)


def _spearman(points: Points) -> Part:
    """Each patient's own coefficient, around the mean of those who have one."""
    rho, counts = (column[:, 0] for column in within.patient_spearman(points))
    have, none = ~np.isnan(rho), np.zeros(len(rho))
    pairs = np.where(have, counts, 0.0)
    counted = (pairs, pairs, (counts > 0).astype(float), none, pairs)
    return Part._make([have.astype(float), np.where(have, rho, 0.0), *[none] * 6, *counted])


def _pooled(points: Points) -> Part:
    return around_means(points.patient, points.value, points.pasi)


def _of_levels(part: Part) -> Cells:
    return of_totals(totals(part), within.LEVELS)


def _of_changes(part: Part) -> Cells:
    return replace(of_totals(totals(part), within.CHANGES), pairs=whole(part.pairs))


def _of_trends(part: Part) -> Cells:
    return of_totals(totals(part), within.TREND, slopes=2)


def _of_spearman(part: Part) -> Cells:
    patients, pairs, with_pairs = map(whole, (part.weight, part.known, part.patients))
    return within.mean_of_patients(part.value, part.values, patients, pairs, with_pairs)


def _of_pooled(part: Part) -> Cells:
    """Everyone is one patient, and whoever has a pair counts."""
    pairs, with_pairs = whole(part.known), whole(part.patients + part.single)
    together = totals(part)._replace(terms=pairs, patients=(pairs > 1).astype(np.intp))
    cells = of_totals(together, pooled.POOLED)
    return replace(cells, patients=with_pairs, single=np.zeros_like(pairs))


REPEATED_MEASURES = _summed(_levels, _of_levels)
RANK_REPEATED_MEASURES = _summed(_ranks, _of_levels)._replace(without_each=_ranks_without_each)
CHANGE_ON_CHANGE = _summed(_changes, _of_changes)
DETRENDED = _summed(_trends, _of_trends)
MEAN_SPEARMAN = _summed(_spearman, _of_spearman)
POOLED_PEARSON = _summed(_pooled, _of_pooled)
MIXED_MODEL = Summed(lambda points: mixed.without_each(_levels(points)), _levels, mixed.weighed)
