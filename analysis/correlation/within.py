"""Statistics within patients: a level of their own for each, so that only change within a patient counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import stdtr, stdtrit

from analysis.arrays import Flags, Floats, Positions
from analysis.correlation.orders import over_all_orders
from analysis.correlation.points import (
    CONFIDENCE,
    MINIMUM_DF,
    NO_PAIRS,
    Cells,
    Points,
    Reasons,
    Sides,
    coefficient,
    sides,
    spread_out,
    starts,
    sums,
)
from data.deadline import check

PATIENT_PAIRS = 4
"""Below this many pairs a patient has no rank correlation of their own: with 2 it is always ±1, with 3 it takes four
values."""

NO_REPEATS = "no patient has two pairs"
FLAT_VALUE = "the subset does not vary within patients"
FLAT_PASI = "the outcome does not vary within patients"
NO_OWN = f"no patient has {PATIENT_PAIRS} pairs that vary"
FEW_PATIENTS = f"fewer than {MINIMUM_DF + 1} patients have a coefficient of their own"
ALL_EQUAL = "all patients' coefficients are equal, so there is no interval"

LEVELS = Reasons(NO_PAIRS, NO_REPEATS, FLAT_VALUE, FLAT_PASI)
TREND = Reasons(
    NO_PAIRS,
    NO_REPEATS,
    "the subset is a straight line of week within patients",
    "the outcome is a straight line of week",
)
CHANGES = Reasons(
    "no patient has two pairs in one phase",
    "no patient has two differences",
    "all differences of the subset are equal within patients",
    "all differences of the outcome are equal within patients",
)


def repeated_measures(points: Points) -> Cells:
    """Repeated-measures correlation of each cell (Bakdash & Marusich 2017, doi 10.3389/fpsyg.2017.00456): a common
    slope within patients, an intercept for each patient.

    A row with a missing half is left out of that cell only; so is a patient with a single pair, who would add one pair
    and one intercept. df = pairs − patients − 1.
    """
    return coefficient(level_sides(points), LEVELS)


def rank_repeated_measures(points: Points) -> Cells:
    """`repeated_measures` of the ranks within each patient, ties sharing their average; p as `orders` has it."""
    found = rank_sides(points)
    return over_all_orders(points.patient, points.known, found, coefficient(found, LEVELS))


def detrended(points: Points) -> Cells:
    """`repeated_measures` around one common linear slope of week on both sides; df = pairs − patients − 2."""
    return coefficient(sides(points.patient, points.value, points.pasi, points.week), TREND, slopes=2)


def change_on_change(points: Points) -> Cells:
    """`repeated_measures` of consecutive differences; df = differences − patients − 1.

    A difference is between a pair and the patient's last known one before it, both in one phase; its intercept is the
    patient's mean change.
    """
    value, pasi, before = differences(points)
    found = sides(points.patient, value, pasi)
    cells = coefficient(found, CHANGES)
    pairs = pairs_of_differences(points.patient, before, found.counts).sum(axis=0)
    return replace(cells, pairs=pairs, single=_with_pairs(points) - cells.patients)


def pairs_of_differences(patient: Positions, before: Positions, counts: Positions) -> Positions:
    """How many pairs stand at either end of a patient's differences, of those who have two or more (`counts`):
    patients × cells."""
    ends = _ends(before) & spread_out(counts >= 2, starts(patient), len(before))
    return sums(ends.astype(float), starts(patient)).astype(np.intp)


def mean_spearman(points: Points) -> Cells:
    """The mean over patients of their own Spearman coefficients, with Student's interval over patients (a summary
    measure per patient, Matthews et al. 1990, doi 10.1136/bmj.300.6719.230); df = patients − 1."""
    rho, counts = patient_spearman(points)
    have = ~np.isnan(rho)
    patients, pairs = have.sum(axis=0), np.where(have, counts, 0).sum(axis=0)
    mean = np.where(have, rho, 0.0).sum(axis=0) / np.maximum(patients, 1)
    spread = np.where(have, (rho - mean) ** 2, 0.0).sum(axis=0)
    return mean_of_patients(mean, spread, patients, pairs, (counts > 0).sum(axis=0))


def mean_of_patients(
    mean: Floats, spread: Floats, patients: Positions, pairs: Positions, with_pairs: Positions
) -> Cells:
    """A mean over `patients` of coefficients of their own, with `spread` (squares around it), by Student's t: one
    entry per cell, as are the pairs behind it and how many have pairs at all."""
    df = np.maximum(patients - 1, 0)
    reason = _own_reason(with_pairs, patients, df, spread)
    mean = np.where(reason == "", mean, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(spread / np.maximum(df, 1) / np.maximum(patients, 1))
        p = 2 * stdtr(np.maximum(df, 1), -np.abs(mean) / error)
    half = stdtrit(np.maximum(df, 1), 0.5 + CONFIDENCE / 2) * error
    low, high = np.clip(mean - half, -1, 1), np.clip(mean + half, -1, 1)
    note = np.full(len(mean), "")
    single = with_pairs - patients
    return Cells(mean, low, high, df, p, patients, pairs, pairs, single, reason, note, df.astype(float))


def patient_spearman(points: Points) -> tuple[Floats, Positions]:
    """Each patient's own Spearman coefficient (patients × cells, NaN below four pairs and without variation) and
    number of pairs, for the patients in `points.patient`, in order."""
    found, start = rank_sides(points), starts(points.patient)
    spread = sums(found.value**2, start) * sums(found.pasi**2, start)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = np.clip(sums(found.value * found.pasi, start) / np.sqrt(spread), -1.0, 1.0)
    return np.where((found.counts >= PATIENT_PAIRS) & (spread > 0), rho, np.nan), found.counts


def level_sides(points: Points) -> Sides:
    """Both sides as they are."""
    return sides(points.patient, points.value, points.pasi)


def rank_sides(points: Points) -> Sides:
    """Both sides as ranks within each patient."""
    return sides(points.patient, *own_ranks(points))


def own_ranks(points: Points) -> tuple[Floats, Floats]:
    """(value, pasi) as ranks within each patient, NaN where either half is missing."""
    known = points.known
    value, pasi = (ranks(points.patient, np.where(known, side, np.nan)) for side in (points.value, points.pasi))
    return value, pasi


def ranks(patient: Positions, column: Floats) -> Floats:
    """Ranks from 1 within each patient and cell, ties sharing their average; NaN stays NaN.

    A rank is 1 + the values below + half of the ties: each row is compared with those 1, 2, ... rows further on.
    """
    rank = np.where(np.isnan(column), np.nan, 1.0)
    for step in range(1, int(np.diff(np.r_[starts(patient), len(patient)]).max(initial=0))):
        check()
        here = np.flatnonzero(patient[step:] == patient[:-step])
        first, later = column[here], column[here + step]
        above, tie = later > first, 0.5 * (later == first)
        rank[here + step] += above + tie
        rank[here] += (later < first) + tie
    return rank


def differences(points: Points) -> tuple[Floats, Floats, Positions]:
    """(value, pasi, before): each pair minus the last known one before it in the same phase, NaN where there is none;
    `before` is the row of that one, -1 without."""
    known, rows = points.known, np.arange(len(points.patient))
    if not len(rows):
        return points.value, points.pasi, np.zeros(known.shape, np.intp)
    last = np.maximum.accumulate(np.where(known, rows[:, None], -1), axis=0)
    before = np.concatenate([np.full((1, known.shape[1]), -1), last[:-1]])
    at = np.maximum(before, 0)
    phase = np.broadcast_to(points.phase, known.shape)
    first = spread_out(starts(points.patient), starts(points.patient), len(rows))[:, None]
    follows: Flags = known & (before >= first) & (np.take_along_axis(phase, at, axis=0) == phase)
    value, pasi = (
        np.where(follows, side - np.take_along_axis(side, at, axis=0), np.nan) for side in (points.value, points.pasi)
    )
    return value, pasi, np.where(follows, before, -1)


def _ends(before: Positions) -> Flags:
    """True for the pairs at either end of a difference, rows × cells."""
    ends = np.zeros((len(before) + 1, before.shape[1]), bool)
    np.put_along_axis(ends, np.where(before >= 0, before, len(before)), values=True, axis=0)
    return ends[:-1] | (before >= 0)


def _with_pairs(points: Points) -> Positions:
    """How many patients have a pair, per cell."""
    return (sums(points.known.astype(float), starts(points.patient)) > 0).sum(axis=0)


def _own_reason(with_pairs: Positions, patients: Positions, df: Positions, spread: Floats) -> np.ndarray:
    rules = {
        NO_PAIRS: with_pairs == 0,
        NO_OWN: patients == 0,
        FEW_PATIENTS: df < MINIMUM_DF,
        ALL_EQUAL: spread <= 1e-24,
    }
    return np.select(list(rules.values()), list(rules), "")
