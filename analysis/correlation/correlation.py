"""Correlation of PASI with immune subsets over repeated visits: one cell, its patients, and the lines to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import Floats, categorical, patient_codes
from analysis.correlation.matrix import matrix
from analysis.correlation.points import MINIMUM_DF, NO_PAIRS, TOO_FEW, Cells, Points, centred, starts, sums
from analysis.correlation.serial import computed
from analysis.correlation.statistics import STATISTICS, Statistic
from analysis.correlation.within import FLAT_PASI, FLAT_VALUE, NO_REPEATS, patient_spearman, repeated_measures
from analysis.phases import INDEX_PHASES

__all__ = [
    "FLAT_PASI", "FLAT_VALUE", "MINIMUM_DF", "NO_PAIRS", "NO_REPEATS", "STATISTICS", "TOO_FEW", "Cells", "Correlation",
    "Statistic", "common_slope", "correlation", "matrix", "of_points", "patient_coefficients", "points",
    "repeated_measures",
]  # fmt: skip


@dataclass(frozen=True)
class Correlation:
    """One coefficient: the fields of `Cells` for one cell."""

    estimate: float
    low: float
    high: float
    df: int
    p: float
    patients: int
    pairs: int
    terms: int
    single: int
    reason: str
    note: str
    p_df: float
    statistic: str


def correlation(pairs: pd.DataFrame, statistic: str = "repeated_measures", p_by: str = "own") -> Correlation:
    """The statistic of one subset's pairs (patient_id, value, pasi and, for those of change and trend, immune_week and
    phase, as from `pairs` or `scaled_pairs`, in any order); a pair with a missing half counts nowhere. p as
    `serial.SERIAL` has it."""
    return of_points(points(pairs), statistic, p_by)


def of_points(found: Points, statistic: str = "repeated_measures", p_by: str = "own") -> Correlation:
    """`correlation` of the pairs of one cell."""
    cells = computed(found, statistic, p_by)
    one = {name: column[0].item() for name, column in vars(cells).items()}
    return Correlation(**one, statistic=statistic)


def points(pairs: pd.DataFrame) -> Points:
    """One subset's pairs as a single cell. The week is immune_week, else week, else the order of rows; without phase
    all are in one."""
    named = next((name for name in ("immune_week", "week") if name in pairs), None)
    week = np.arange(len(pairs), dtype=float) if named is None else pairs[named].to_numpy(float)
    ordered = pairs.assign(immune_week=week).sort_values(["patient_id", "immune_week"], kind="stable")
    phase = (
        pd.Index(INDEX_PHASES).get_indexer(pd.Index(ordered["phase"].astype("object")))
        if "phase" in ordered
        else np.zeros(len(ordered))
    )
    week, value, pasi = (ordered[name].to_numpy(float)[:, None] for name in ("immune_week", "value", "pasi"))
    return Points(patient_codes(ordered), week, phase.astype(np.int8)[:, None], value, pasi)


def patient_coefficients(pairs: pd.DataFrame) -> pd.DataFrame:
    """Each patient's own Spearman coefficient of one subset's pairs: patient_id, estimate (NaN below four pairs and
    without variation), pairs; one row per patient with a row in `pairs`, in display order."""
    found = points(pairs)
    rho, counts = patient_spearman(found)
    owners = found.patient[starts(found.patient)]
    patients = categorical(owners, pairs["patient_id"].cat.categories)
    return pd.DataFrame({"patient_id": patients, "estimate": rho[:, 0], "pairs": counts[:, 0]})


def common_slope(pairs: pd.DataFrame, x: str = "value", y: str = "pasi") -> pd.DataFrame:
    """The lines behind the repeated-measures correlation, y on x, to draw over each patient's own range.

    patient_id, slope (the same for all), intercept, x_low, x_high, pairs, y_low, y_high (on the line at x_low and
    x_high); one row per patient with two pairs or more, in display order. Empty if x varies in none of them.
    """
    columns = pairs[x].to_numpy(float), pairs[y].to_numpy(float)
    known = np.flatnonzero(~np.isnan(columns[0] + columns[1]))
    order = known[np.argsort(patient_codes(pairs)[known], kind="stable")]
    patient, (across, up) = patient_codes(pairs)[order], (column[order][:, None] for column in columns)
    start = starts(patient)
    every, counts = np.ones(across.shape, bool), np.diff(np.r_[start, len(patient)])[:, None]
    centred_x, spread = centred(across, every, start, counts)
    centred_y, _ = centred(up, every, start, counts)
    repeated = np.flatnonzero((counts[:, 0] >= 2) & (spread[0] > 0))
    slope = (centred_x * centred_y).sum() / spread[0] if spread[0] else np.nan
    intercept = ((sums(up, start) - slope * sums(across, start)) / counts)[repeated, 0]
    low, high = (_ends(extreme, across, start)[repeated] for extreme in (np.minimum, np.maximum))
    return pd.DataFrame(
        {
            "patient_id": pairs["patient_id"].array.take(order[start][repeated]),
            "slope": np.full(len(repeated), slope),
            "intercept": intercept,
            "x_low": low,
            "x_high": high,
            "pairs": counts[repeated, 0],
            "y_low": intercept + slope * low,
            "y_high": intercept + slope * high,
        }
    )


def _ends(extreme: np.ufunc, column: Floats, start: np.ndarray) -> Floats:
    return extreme.reduceat(column[:, 0], start) if len(start) else np.zeros(0)
