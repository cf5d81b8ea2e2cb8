"""The linear mixed model: a slope of their own for each patient, around a common one.

PASI = intercept of the patient + (slope + deviation of the patient) × subset + error. Without the intercepts (Helmert
contrasts, whose sums are those around each patient's mean) one number is left to search: θ, the variance of slopes in
units of the error variance. Given it, V = I + θxxᵀ per patient, so that the sums of each patient (xx, xy, yy) suffice:
xᵀV⁻¹y = xy / (1 + θxx).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from analysis.arrays import Flags, Floats, Positions
from analysis.correlation.merging import Part, beside, others, totals, weighted
from analysis.correlation.points import CONFIDENCE, Cells, Points, coefficient, exact, of_totals, sides, starts, sums
from analysis.correlation.within import LEVELS
from data.deadline import check

MINIMUM_PATIENTS = 3
FEW_PATIENTS = f"the subset varies in fewer than {MINIMUM_PATIENTS} patients with two pairs: slopes cannot be compared"
ON_A_LINE = "all pairs lie on parallel lines, so there is no error to estimate"
ON_OWN_LINES = "each patient's pairs lie on a line of their own, so there is no error to estimate"

DECADES = np.arange(-5.0, 11.0)
"""log10 of each θ that is looked at first, besides 0, where the subset's contrasts have a mean square of 1 to 10."""
LIKELY = 10
"""Of `DECADES` the first so many, within which θ nearly always lies: the others are looked at if the last is best."""
SIZE = 16
NODES = np.cos(np.pi * (np.arange(SIZE) + 0.5) / SIZE)
"""Where, from a decade below the best of them (−1) to one above (1), the profile is looked at next: a polynomial of
log θ goes through these."""
TO_POLYNOMIAL = chebyshev.chebvander(NODES, SIZE - 1).T * np.where(np.arange(SIZE) == 0, 1, 2)[:, None] / SIZE
"""Chebyshev coefficients from what a function is at the nodes."""
FINE = np.linspace(-1, 1, 81)
TOGETHER = 16
"""Patients whose determinants are multiplied: with θ and xx as large as they get, the product is a number still."""
NEWTON = 4
"""Steps from the best of `FINE`, each of which doubles the digits."""

EVERY = slice(None)


class Slopes(NamedTuple):
    """Sums of squares and products around each patient's own mean, patients × cells (patients, where it is one); xx is
    exactly 0 where only rounding is left."""

    xx: Floats
    xy: Floats
    yy: Floats

    @property
    def explained(self) -> Floats:
        """Of yy, what the patient's own slope explains."""
        return self.xy**2 / np.where(self.xx > 0, self.xx, 1.0)

    @property
    def left(self) -> Floats:
        """Of yy, what the patient's own slope leaves."""
        return np.maximum(self.yy - self.explained, 0.0)


class Whole(NamedTuple):
    """Of each problem (a cell, or a resample of one) in how many patients the subset has `varied`; over all patients,
    what of PASI's squares their own slopes have `left`, and the squares of either side."""

    varied: Positions
    left: Floats
    values: Floats
    pasis: Floats


class Fit(NamedTuple):
    """Of each problem the slope, its standard error and θ, in the units of the data."""

    slope: Floats
    error: Floats
    theta: Floats


At = Callable[[Floats], Floats]
"""From θ (nodes × problems, or nodes × 1 for all alike) the sums over patients of xx, xy and what their own slope
explains, each / (1 + θxx), and of log(1 + θxx): nodes × 4 × problems."""
Summed = Callable[[Floats, Flags | slice], Floats]
"""From something of each patient (along the last axis) its sums, one for each of some problems."""


def mixed_model(points: Points) -> Cells:
    """The mean within-patient slope of PASI on the subset, each in its own SD within patients, by REML; Student's t
    with df = patients in whom the subset varies − 1."""
    found, start = sides(points.patient, points.value, points.pasi), starts(points.patient)
    size = sums(np.where(points.known, points.value, 0.0) ** 2, start)
    squares, products = (sums(found.value * side, start) for side in (found.value, found.pasi))
    own = Slopes(exact(squares, size), products, sums(found.pasi**2, start))
    whole = Whole((own.xx > 0).sum(axis=0), own.left.sum(axis=0), found.sum_value, found.sum_pasi)
    return _cells(coefficient(found, LEVELS), whole, _of_cells(own))


def without_each(part: Part) -> Cells:
    """The model of all other patients, for each patient of one cell."""
    return _of_one(part, others(part), lambda rows, some: beside(rows)[..., some])


def weighed(part: Part, weights: Floats) -> Cells:
    """The model of one cell in which each patient counts so many times (patients × resamples)."""
    return _of_one(part, weighted(part, weights), lambda rows, some: rows @ weights[:, some])


def _of_one(part: Part, together: Part, summed: Summed) -> Cells:
    """The model of sums over the patients of one cell, `summed` (along the last axis) as those in `together` are."""
    own = Slopes(exact(part.values, part.size_value), part.products, part.pasis)
    varied = np.rint(summed((own.xx > 0).astype(float), EVERY)).astype(np.intp)
    whole = Whole(varied, summed(own.left, EVERY), together.values, together.pasis)
    return _cells(of_totals(totals(together), LEVELS), whole, _of_sums(own, summed))


def _cells(plain: Cells, whole: Whole, at: At) -> Cells:
    """From the repeated-measures correlation of the same pairs."""
    reason = _reason(plain, whole)
    fit = reml(plain.terms - plain.patients, whole, at)
    df = np.maximum(whole.varied - 1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = np.where(reason == "", np.sqrt(whole.values / whole.pasis), np.nan)
        p = np.where(reason == "", 2 * stdtr(np.maximum(df, 1), -np.abs(fit.slope) / fit.error), np.nan)
    half = stdtrit(np.maximum(df, 1), 0.5 + CONFIDENCE / 2) * fit.error
    low, high = unit * (fit.slope - half), unit * (fit.slope + half)
    told = {"df": df, "p_df": df.astype(float), "p": p, "reason": reason, "note": np.full(len(p), "")}
    return replace(plain, estimate=unit * fit.slope, low=low, high=high, **told)


def _reason(plain: Cells, whole: Whole) -> NDArray[np.str_]:
    rules = {
        FEW_PATIENTS: whole.varied < MINIMUM_PATIENTS,
        ON_A_LINE: 1 - plain.estimate**2 < 1e-12,
        ON_OWN_LINES: (whole.left <= 1e-12 * whole.pasis) & (plain.terms > 2 * plain.patients),
    }
    return np.where(plain.reason == "", np.select(list(rules.values()), list(rules), ""), plain.reason)


def reml(contrasts: Positions, whole: Whole, at: At) -> Fit:
    """REML of every problem by its profile over θ ≥ 0: the best of `DECADES`, then the best of 0 and of the polynomial
    through the `NODES` around that decade."""
    scale = np.floor(np.log10(np.where(whole.values > 0, whole.values / np.maximum(contrasts, 1), 1.0)))
    decades = DECADES[:, None] - scale

    def profile(theta: Floats) -> Floats:
        check()
        return _profile(np.maximum(contrasts - 1, 1), whole.left, at(theta))

    with np.errstate(invalid="ignore", divide="ignore"):
        common = profile(np.zeros((1, 1)))[:, 0]
        looked = profile(10.0 ** decades[:LIKELY])[0]
        if (looked.argmin(axis=0) == LIKELY - 1).any():
            looked = np.concatenate([looked, profile(10.0 ** decades[LIKELY:])[0]])
        centre = np.take_along_axis(decades, looked.argmin(axis=0)[None], axis=0)
        around = np.tensordot(profile(10.0 ** (centre + NODES[:, None])), TO_POLYNOMIAL, (1, 1)).swapaxes(1, 2)
        place = _lowest(around[0])
        best = np.array([chebyshev.chebval(place, column, tensor=False) for column in around])
        level = common[0] <= best[0]
        _, slope, variance = np.where(level, common, best)
    return Fit(slope, np.exp(variance / 2), np.where(level, 0.0, 10.0 ** (centre[0] + place)))


def _profile(freedom: Positions, left: Floats, found: Floats) -> Floats:
    """Minus twice the log-likelihood but for a constant, the slope and the log of its variance, nodes × problems."""
    across, products, explained, determinant = found.swapaxes(0, 1)
    slope = products / across
    residual = np.maximum(left + explained - products * slope, np.finfo(float).tiny)
    return np.array(
        [
            freedom * np.log(residual) + determinant + np.log(across),
            slope,
            np.log(residual / freedom / across),
        ]
    )


def _lowest(polynomial: Floats) -> Floats:
    """Where a polynomial (Chebyshev coefficients × problems) is lowest from −1 to 1: the best of `FINE`, then Newton's
    steps."""
    first, second = (chebyshev.chebder(polynomial, order) for order in (1, 2))
    place = FINE[(chebyshev.chebvander(FINE, len(polynomial) - 1) @ polynomial).argmin(axis=0)]
    low, high = (np.clip(place + step, -1, 1) for step in (FINE[0] - FINE[1], FINE[1] - FINE[0]))
    for _ in range(NEWTON):
        slope, bend = (chebyshev.chebval(place, column, tensor=False) for column in (first, second))
        place = np.clip(place - np.where(bend > 0, slope / bend, 0.0), low, high)
    return place


def _of_cells(own: Slopes) -> At:
    """Sums over the patients of each cell."""
    varied = own.xx.any(axis=1)
    xx = np.ascontiguousarray(own.xx[varied].T)
    columns = np.stack([xx, own.xy[varied].T, own.explained[varied].T], axis=1)
    # A logarithm takes longer than all the rest: one of a product of several patients.
    share, blocks = np.empty_like(xx), np.arange(0, xx.shape[1], TOGETHER)

    def at(theta: Floats) -> Floats:
        found = np.empty((len(theta), 4, len(xx)))
        for node, each in zip(found, theta, strict=True):
            np.multiply(xx, each[:, None], out=share)
            np.add(share, 1, out=share)
            node[3] = np.log(np.multiply.reduceat(share, blocks, axis=1)).sum(axis=1) if len(blocks) else 0.0
            np.reciprocal(share, out=share)
            node[:3] = np.matmul(columns, share[:, :, None])[:, :, 0].T
        return found

    return at


def _of_sums(own: Slopes, summed: Summed) -> At:
    """Sums over the patients of one cell, for many problems, of which many ask for the same θ."""
    columns = np.array([own.xx, own.xy, own.explained])

    def terms(theta: Floats) -> Floats:
        share = 1 / (1 + theta[:, None, None] * own.xx)
        return np.concatenate([columns * share, -np.log(share)], axis=1)

    def at(theta: Floats) -> Floats:
        if theta.shape[1] == 1:
            return summed(terms(theta[:, 0]), EVERY)
        asked, which = np.unique(theta, axis=1, return_inverse=True)
        found = np.empty((len(theta), 4, theta.shape[1]))
        for place, column in enumerate(asked.T):
            some = which.reshape(-1) == place
            found[..., some] = summed(terms(column), some)
        return found

    return at
