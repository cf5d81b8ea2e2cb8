"""Statistics without each patient in turn, in one pass over the patients: one entry for each patient in the points of
one cell, what the statistic of `within` or `pooled` gives for all others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.arrays import Positions
from analysis.correlation import pooled, within
from analysis.correlation.merging import Part, around_means, around_slopes, others, parts
from analysis.correlation.points import Cells, Points, Totals, exact, of_totals


def repeated_measures(points: Points) -> Cells:
    """`within.repeated_measures` of the others."""
    return of_totals(_totals(others(parts(points.patient, points.value, points.pasi))), within.LEVELS)


def rank_repeated_measures(points: Points) -> Cells:
    """`within.rank_repeated_measures` of the others: a patient's ranks are of their own pairs."""
    return of_totals(_totals(others(parts(points.patient, *within.own_ranks(points)))), within.LEVELS)


def change_on_change(points: Points) -> Cells:
    """`within.change_on_change` of the others."""
    value, pasi, before = within.differences(points)
    own = parts(points.patient, value, pasi)
    cells = of_totals(_totals(others(own)), within.CHANGES)
    pairs = within.pairs_of_differences(points.patient, before, own.known.astype(np.intp)[:, None])[:, 0]
    have = parts(points.patient, points.value, points.pasi).known > 0
    return replace(cells, pairs=pairs.sum() - pairs, single=have.sum() - have - cells.patients)


def detrended(points: Points) -> Cells:
    """`within.detrended` of the others, around the slope of week that they have."""
    part = around_slopes(points.patient, points.value, points.pasi, points.week)
    return of_totals(_totals(others(part)), within.TREND, slopes=2)


def mean_spearman(points: Points) -> Cells:
    """`within.mean_spearman` of the others."""
    rho, counts = (column[:, 0] for column in within.patient_spearman(points))
    have, none = ~np.isnan(rho), np.zeros(len(rho))
    mean, counted = (
        [have.astype(float), np.where(have, rho, 0.0)],
        [np.where(have, counts, 0.0), none, counts > 0, none],
    )
    left = others(Part._make([*mean, *[none] * 6, *counted]))
    patients, pairs, with_pairs = map(_whole, (left.weight, left.known, left.patients))
    return within.mean_of_patients(left.value, left.values, patients, pairs, with_pairs)


def pooled_pearson(points: Points) -> Cells:
    """`pooled.pooled_pearson` of the others, around the means that they have."""
    left = others(around_means(points.patient, points.value, points.pasi))
    pairs, with_pairs = _whole(left.known), _whole(left.patients + left.single)
    together = _totals(left)._replace(terms=pairs, patients=(pairs > 1).astype(np.intp))
    cells = of_totals(together, pooled.POOLED)
    return replace(cells, patients=with_pairs, single=np.zeros_like(pairs))


def _totals(part: Part) -> Totals:
    counts = (part.known, part.terms, part.patients, part.single)
    values, pasis = exact(part.values, part.size_value), exact(part.pasis, part.size_pasi)
    return Totals(values, pasis, part.products, *map(_whole, counts))


def _whole(count: np.ndarray) -> Positions:
    return np.rint(count).astype(np.intp)
