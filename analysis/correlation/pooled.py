"""Statistics over all visits as if each were another patient: familiar, and wrong for repeated visits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.arrays import Floats, Positions
from analysis.correlation.orders import over_all_orders
from analysis.correlation.points import (
    NO_PAIRS,
    TOO_FEW,
    Cells,
    Points,
    Reasons,
    Sides,
    coefficient,
    fisher_interval,
    sides,
    starts,
    sums,
)

POOLED = Reasons(NO_PAIRS, TOO_FEW, "the subset does not vary", "the outcome does not vary")


def pooled_pearson(points: Points) -> Cells:
    """Pearson's correlation of all pairs; df = pairs − 2, interval by Fisher's z."""
    return _counted(points, coefficient(pooled_sides(points), POOLED))


def pooled_spearman(points: Points) -> Cells:
    """Spearman's correlation of all pairs; df = pairs − 2, p by Student's t, interval by Fisher's z with the variance
    (1 + ρ² / 2) / (pairs − 3) of Bonett & Wright 2000, and both as `orders` has it where orders are few."""
    found = pooled_rank_sides(points)
    cells = coefficient(found, POOLED)
    low, high = fisher_interval(cells.estimate, cells.df, 1 + cells.estimate**2 / 2)
    return _counted(points, over_all_orders(_one(points), points.known, found, replace(cells, low=low, high=high)))


def pooled_sides(points: Points) -> Sides:
    """Both sides around the mean of all pairs."""
    return sides(_one(points), points.value, points.pasi)


def pooled_rank_sides(points: Points) -> Sides:
    """Both sides as ranks among all pairs, ties sharing their average."""
    value, pasi = (_ranks(np.where(points.known, side, np.nan)) for side in (points.value, points.pasi))
    return sides(_one(points), value, pasi)


def _ranks(column: Floats) -> Floats:
    return pd.DataFrame(column).rank().to_numpy(float)


def _one(points: Points) -> Positions:
    """Everyone as one patient."""
    return np.zeros(len(points.patient), np.intp)


def _counted(points: Points, cells: Cells) -> Cells:
    """With the patients who have a pair; every pair counts, so nobody is left out."""
    known = points.known
    patients = (sums(known.astype(float), starts(points.patient)) > 0).sum(axis=0)
    pairs = known.sum(axis=0)
    return replace(cells, patients=patients, pairs=pairs, terms=pairs, single=np.zeros_like(patients))
