"""Correlation of PASI with immune subsets over repeated visits: one cell, a matrix of cells, and the lines to draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc, ndtri

from analysis.arrays import Flags, Floats, Positions, interleaved, patient_codes
from analysis.narrow import Kept, kept_rows
from analysis.pairing import TOLERANCE_WEEKS, scaled_arrays
from analysis.phases import INDEX_PHASES, PHASES, phase_codes
from analysis.samples import samples
from data.study import Study

Compute = Callable[[Positions, Floats, Floats], "Cells"]

MINIMUM_DF = 2
"""Below this many error degrees of freedom no correlation is given: with 1 there is no interval, with 0 two points
always give ±1."""

CONFIDENCE = 0.95

NO_PAIRS = "no pairs"
NO_REPEATS = "no patient has two pairs"
TOO_FEW = f"too few pairs: df is below {MINIMUM_DF}"
FLAT_VALUE = "the subset does not vary within patients"
FLAT_PASI = "PASI does not vary within patients"


@dataclass(frozen=True)
class Correlation:
    """One coefficient. `estimate` with its 95 % interval `low` to `high`, and `p`, are NaN where `reason` says why.
    `patients` and `pairs` are those that contribute; `single` patients have one pair, which contributes nothing."""

    estimate: float
    low: float
    high: float
    df: int
    p: float
    patients: int
    pairs: int
    single: int
    reason: str
    statistic: str


@dataclass(frozen=True, eq=False)
class Cells:
    """The fields of `Correlation` as arrays, one entry per cell."""

    estimate: Floats
    low: Floats
    high: Floats
    df: Positions
    p: Floats
    patients: Positions
    pairs: Positions
    single: Positions
    reason: NDArray[np.str_]


@dataclass(frozen=True)
class Statistic:
    """A statistic over repeated visits: `compute` takes patient positions (rows, sorted) and two arrays (rows × cells,
    NaN where missing); `wording` is what it is, `assumption` what it needs, `caveat` what it does not do."""

    key: str
    label: str
    symbol: str
    wording: str
    assumption: str
    caveat: str
    source: str
    compute: Compute


def correlation(pairs: pd.DataFrame, statistic: str = "repeated_measures") -> Correlation:
    """The statistic of one subset's pairs (patient_id, value, pasi, as from `pairs` or `scaled_pairs`, in any order);
    a pair with a missing half counts nowhere."""
    ordered = pairs.sort_values("patient_id", kind="stable")
    patient = patient_codes(ordered)
    value, pasi = (ordered[name].to_numpy(float)[:, None] for name in ("value", "pasi"))
    cells = STATISTICS[statistic].compute(patient, value, pasi)
    one = {name: column[0].item() for name, column in vars(cells).items()}
    return Correlation(**one, statistic=statistic)


def matrix(
    study: Study,
    subsets: Sequence[str] | None = None,
    tolerance: float = TOLERANCE_WEEKS,
    pasi_scale: str = "absolute",
    immune_scale: str = "raw",
    phases: Sequence[str] = tuple(PHASES),
    statistic: str = "repeated_measures",
    **kept: Unpack[Kept],
) -> pd.DataFrame:
    """The statistic for every subset × phase: subset, phase, estimate, low, high, df, p, patients, pairs, single,
    reason, statistic; by subset in the order given (None: all of the study), then phase.

    `kept` is what `narrow` takes: patients, groups, window (weeks on `clock`, closed). A pair's phase and place in the
    window are those of its sample's week. A cell that is not computed has NaN and its reason.
    """
    taken = samples(study)
    columns = [taken.subsets.index(subset) for subset in (taken.subsets if subsets is None else subsets)]
    value, pasi = (table[:, columns] for table in scaled_arrays(study, tolerance, pasi_scale, immune_scale))
    phase = phase_codes(study, taken.patient, taken.week)
    keep = kept_rows(study, taken.patient, taken.week, **kept)
    blocks = []
    for key in phases:
        rows = np.flatnonzero(keep if key == "all" else keep & (phase == INDEX_PHASES.index(key)))
        cells = STATISTICS[statistic].compute(taken.patient[rows], value[rows], pasi[rows])
        names = {"subset": [taken.subsets[column] for column in columns], "phase": key}
        blocks.append(pd.DataFrame(names | vars(cells) | {"statistic": statistic}))
    order = interleaved(len(blocks), len(columns))
    return pd.concat(blocks, ignore_index=True).take(order).reset_index(drop=True)


def repeated_measures(patient: Positions, value: Floats, pasi: Floats) -> Cells:
    """Repeated-measures correlation of each column (Bakdash & Marusich 2017, doi 10.3389/fpsyg.2017.00456).

    A common slope within patients, an intercept for each patient. `patient` (rows, sorted), `value` and `pasi` (rows ×
    cells). A row with a missing half is left out of that cell only; so is a patient with a single pair, who would
    add one pair and one intercept. df = pairs − patients − 1; p from F(1, df); 95 % interval by Fisher's z with
    effective n = df + 2.
    """
    start = _starts(patient)
    known = ~(np.isnan(value) | np.isnan(pasi))
    counts = _sums(known.astype(float), start).astype(np.intp)
    value, sum_value = _centred(value, known, start, counts)
    pasi, sum_pasi = _centred(pasi, known, start, counts)
    repeated = counts >= 2
    pairs = np.where(repeated, counts, 0).sum(axis=0)
    patients = repeated.sum(axis=0)
    df = np.maximum(pairs - patients - 1, 0)
    reason = _reason(counts, df, sum_value, sum_pasi)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.clip((value * pasi).sum(axis=0) / np.sqrt(sum_value * sum_pasi), -1.0, 1.0)
    r = np.where(reason == "", r, np.nan)
    low, high = _interval(r, df)
    p = betainc(np.maximum(df, 1) / 2.0, 0.5, 1.0 - r**2)
    return Cells(r, low, high, df, p, patients, pairs, (counts == 1).sum(axis=0), reason)


STATISTICS: Mapping[str, Statistic] = MappingProxyType(
    {
        "repeated_measures": Statistic(
            key="repeated_measures",
            label="repeated-measures correlation",
            symbol="r_rm",
            wording="The strength of one common linear slope within patients, each with an intercept of their own.",
            assumption="The slope is the same in all patients, and errors are independent and equally large.",
            caveat="A time trend that both share is not removed: after an infusion everything moves.",
            source="Bakdash & Marusich 2017, doi 10.3389/fpsyg.2017.00456",
            compute=repeated_measures,
        )
    }
)


def common_slope(pairs: pd.DataFrame, x: str = "value", y: str = "pasi") -> pd.DataFrame:
    """The lines behind the repeated-measures correlation, y on x, to draw over each patient's own range.

    patient_id, slope (the same for all), intercept, x_low, x_high, pairs, y_low, y_high (on the line at x_low and
    x_high); one row per patient with two pairs or more, in display order. Empty if x varies in none of them.
    """
    known = pairs.loc[pairs[x].notna() & pairs[y].notna(), ["patient_id", x, y]]
    known = known.sort_values("patient_id", kind="stable")
    patient, start = patient_codes(known), _starts(patient_codes(known))
    across, up = known[x].to_numpy(float)[:, None], known[y].to_numpy(float)[:, None]
    every, counts = np.ones(across.shape, bool), np.diff(np.r_[start, len(patient)])[:, None]
    centred_x, spread = _centred(across, every, start, counts)
    centred_y, _ = _centred(up, every, start, counts)
    repeated = np.flatnonzero((counts[:, 0] >= 2) & (spread[0] > 0))
    slope = (centred_x * centred_y).sum() / spread[0] if spread[0] else np.nan
    lines = pd.DataFrame(
        {
            "patient_id": known["patient_id"].array.take(start),
            "slope": slope,
            "intercept": ((_sums(up, start) - slope * _sums(across, start)) / counts)[:, 0],
            "x_low": np.minimum.reduceat(across[:, 0], start) if len(start) else [],
            "x_high": np.maximum.reduceat(across[:, 0], start) if len(start) else [],
            "pairs": counts[:, 0],
        }
    ).take(repeated)
    ends = {f"y_{end}": lines["intercept"] + slope * lines[f"x_{end}"] for end in ("low", "high")}
    return lines.assign(**ends).reset_index(drop=True)


def _starts(patient: Positions) -> Positions:
    """The first row of each patient."""
    return np.flatnonzero(np.r_[True, patient[1:] != patient[:-1]]) if len(patient) else np.zeros(0, np.intp)


def _centred(column: Floats, known: Flags, start: Positions, counts: Positions) -> tuple[Floats, Floats]:
    """`column` minus each patient's mean over the known rows, 0 elsewhere, and its sum of squares, exactly 0 where
    only rounding is left."""
    filled = np.where(known, column, 0.0)
    mean = _sums(filled, start) / np.maximum(counts, 1)
    centred = np.where(known, filled - np.repeat(mean, np.diff(np.r_[start, len(column)]), axis=0), 0.0)
    spread = (centred**2).sum(axis=0)
    return centred, np.where(spread <= _rounding(filled), 0.0, spread)


def _sums(column: Floats, start: Positions) -> Floats:
    """Sums over the rows of each patient."""
    return np.add.reduceat(column, start, axis=0) if len(start) else np.zeros((0, column.shape[1]))


def _reason(counts: Positions, df: Positions, sum_value: Floats, sum_pasi: Floats) -> NDArray[np.str_]:
    """Why a cell is not computed, the first that holds; "" where it is."""
    rules = {
        NO_PAIRS: counts.sum(axis=0) == 0,
        NO_REPEATS: ~(counts >= 2).any(axis=0),
        TOO_FEW: df < MINIMUM_DF,
        FLAT_VALUE: sum_value == 0,
        FLAT_PASI: sum_pasi == 0,
    }
    return np.select(list(rules.values()), list(rules), "")


def _interval(r: Floats, df: Positions) -> tuple[Floats, Floats]:
    """Fisher's z with effective n = df + 2, so that the standard error is 1 / √(df − 1)."""
    half = ndtri(0.5 + CONFIDENCE / 2) / np.sqrt(np.maximum(df - 1.0, 1.0))
    with np.errstate(divide="ignore"):
        z = np.arctanh(r)
    return np.tanh(z - half), np.tanh(z + half)


def _rounding(values: Floats) -> Floats:
    """The sum of squares that rounding alone can leave around the means of these values, per column."""
    return (values**2).sum(axis=0) * 1e-24
