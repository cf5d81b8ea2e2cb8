"""The pairs behind some cells, what is computed from them, and the sums that every coefficient is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.special import betainc, ndtri, stdtrit

from analysis.arrays import Flags, Floats, Positions

MINIMUM_DF = 2
"""Below this many error degrees of freedom no correlation is given: with 1 there is no interval, with 0 two points
always give ±1."""

GUARD = (
    f"Not computed below {MINIMUM_DF} error degrees of freedom (two points always give ±1, and with 1 there is no "
    "interval), nor where one side does not vary; a patient with a single pair counts nowhere."
)

SERIES = 500
"""Up to so many rows of a patient are added one after another, by a product that takes a quarter of the time; more in
pairs, or rounding would add up."""

CONFIDENCE = 0.95
POWER = 0.80

NO_PAIRS = "no pairs"
NO_ERROR = "no error is left at ±1"
TOO_FEW = f"too few pairs: df is below {MINIMUM_DF}"


@dataclass(frozen=True, eq=False)
class Points:
    """Pairs as arrays. `patient` (rows, sorted; a patient's rows by week); `week` (of the sample) and `phase` (a
    position in INDEX_PHASES, -1: none), both rows × 1 or rows × cells; `value` and `pasi`, rows × cells, NaN where
    missing."""

    patient: Positions
    week: Floats
    phase: NDArray[np.int8]
    value: Floats
    pasi: Floats

    @property
    def known(self) -> Flags:
        """True where both halves of a pair are there, rows × cells."""
        return ~(np.isnan(self.value) | np.isnan(self.pasi))

    def at(self, rows: Positions) -> Points:
        """These rows only."""
        return Points(self.patient[rows], self.week[rows], self.phase[rows], self.value[rows], self.pasi[rows])


@dataclass(frozen=True, eq=False)
class Cells:
    """A statistic as arrays, one entry per cell. `estimate` with its 95 % interval `low` to `high`, and `p`, are NaN
    where `reason` says why. Interval and p may be missing beside an estimate: `note` says why there is no p, or how it
    was made where that is not as for the others. `patients` and `pairs` contribute; `terms` is what the df counts
    (pairs, or the differences between them), and `p_df` is what p counts of it; `single` patients have pairs but
    contribute nothing, by default because it is a single one."""

    estimate: Floats
    low: Floats
    high: Floats
    df: Positions
    p: Floats
    patients: Positions
    pairs: Positions
    terms: Positions
    single: Positions
    reason: NDArray[np.str_]
    note: NDArray[np.str_]
    p_df: Floats


class Reasons(NamedTuple):
    """Why a cell is not computed: nothing there, nothing repeated, and no variation on one side or the other."""

    none: str
    single: str
    flat_value: str
    flat_pasi: str


@dataclass(frozen=True, eq=False)
class Sides:
    """Both sides of some cells around their means: `value` and `pasi` (rows × cells, 0 where unknown), their sums of
    squares (exactly 0 where only rounding is left), and the known pairs per patient, `counts` (patients × cells)."""

    value: Floats
    pasi: Floats
    sum_value: Floats
    sum_pasi: Floats
    counts: Positions


class Totals(NamedTuple):
    """The sums that a coefficient is made of, one entry per cell: `values`, `pasis` (squares, exactly 0 where only
    rounding is left) and products; `known` terms, the `terms` of those `patients` who have two or more, and how many
    have a `single` one."""

    values: Floats
    pasis: Floats
    products: Floats
    known: Positions
    terms: Positions
    patients: Positions
    single: Positions


def sides(patient: Positions, value: Floats, pasi: Floats, week: Floats | None = None) -> Sides:
    """Both sides around each patient's own mean and, with `week`, around one common linear slope of week as well."""
    start = starts(patient)
    known = ~(np.isnan(value) | np.isnan(pasi))
    counts = sums(known.astype(float), start).astype(np.intp)
    weeks = None if week is None else centred(np.broadcast_to(week, known.shape), known, start, counts)
    (value, sum_value), (pasi, sum_pasi) = (
        _detrended(side, centred(side, known, start, counts), weeks, known) for side in (value, pasi)
    )
    return Sides(value, pasi, sum_value, sum_pasi, counts)


def coefficient(found: Sides, reasons: Reasons, slopes: int = 1) -> Cells:
    """The correlation of both sides, of patients with two terms or more: one with a single term adds one term and one
    intercept, so neither counts."""
    repeated = found.counts >= 2
    counts = (found.counts, np.where(repeated, found.counts, 0), repeated, found.counts == 1)
    both = products(found.value, found.pasi)
    totals = Totals(found.sum_value, found.sum_pasi, both, *(count.sum(axis=0) for count in counts))
    return of_totals(totals, reasons, slopes)


def of_totals(found: Totals, reasons: Reasons, slopes: int = 1) -> Cells:
    """The correlation from sums; df = terms − patients − `slopes`. p from F(1, df); interval by Fisher's z with
    effective n = df + 2."""
    df = np.maximum(found.terms - found.patients - slopes, 0)
    rules = {
        reasons.none: found.known == 0,
        reasons.single: found.patients == 0,
        TOO_FEW: df < MINIMUM_DF,
        reasons.flat_value: found.values == 0,
        reasons.flat_pasi: found.pasis == 0,
    }
    reason = np.select(list(rules.values()), list(rules), "")
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.clip(found.products / np.sqrt(found.values * found.pasis), -1.0, 1.0)
    r = np.where(reason == "", r, np.nan)
    low, high = fisher_interval(r, df)
    p = np.where(certain(r), np.nan, betainc(np.maximum(df, 1) / 2.0, 0.5, 1.0 - r**2))
    note = np.where(certain(r), NO_ERROR, "")
    return Cells(
        r, low, high, df, p, found.patients, found.terms, found.terms, found.single, reason, note, df.astype(float)
    )


def certain(r: Floats) -> Flags:
    """True where a coefficient is ±1 but for rounding: no interval of it has a width."""
    return np.asarray(1 - r**2 < 1e-12)


def fisher_interval(r: Floats, df: Positions, variance: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """Fisher's z with effective n = df + 2: the standard error is √(`variance` / (df − 1)). NaN at ±1."""
    half = ndtri(0.5 + CONFIDENCE / 2) * np.sqrt(variance / np.maximum(df - 1.0, 1.0))
    z = np.arctanh(np.where(certain(r), np.nan, r))
    return np.tanh(z - half), np.tanh(z + half)


def detectable(df: ArrayLike) -> tuple[Floats, Floats]:
    """The smallest |r| with p < 0.05 at so many df, by Student's t, and the one found with a power of 80 %, by Fisher's
    z with effective n = df + 2.

    >>> [part.round(2).tolist() for part in detectable([6, 9, 24, 50])]
    [[0.71, 0.6, 0.39, 0.27], [0.85, 0.76, 0.53, 0.38]]
    """
    known, tail = np.asarray(df, float), 0.5 + CONFIDENCE / 2
    t = stdtrit(known, tail)
    half = (ndtri(tail) + ndtri(POWER)) / np.sqrt(np.maximum(known - 1, 1))
    return t / np.sqrt(known + t**2), np.tanh(half)


def joined(parts: Sequence[Cells]) -> Cells:
    """Cells behind each other."""
    return Cells(*(np.concatenate([getattr(part, name) for part in parts]) for name in Cells.__dataclass_fields__))


def starts(patient: Positions) -> Positions:
    """The first row of each patient."""
    return np.flatnonzero(np.r_[True, patient[1:] != patient[:-1]]) if len(patient) else np.zeros(0, np.intp)


def sums(column: Floats, start: Positions) -> Floats:
    """Sums over the rows of each patient: patients × cells."""
    ends = np.r_[start, len(column)]
    if not len(start) or np.diff(ends).max() > SERIES:
        return np.add.reduceat(column, start, axis=0) if len(start) else np.zeros((0, column.shape[1]))
    ones = np.ones(len(column)), np.arange(len(column)), ends
    return np.asarray(csr_array(ones, shape=(len(start), len(column))) @ column)


def products(one: Floats, two: Floats) -> Floats:
    """Sums of products over all rows, per cell."""
    return np.einsum("rc,rc->c", one, two)


def spread_out(per_patient: NDArray, start: Positions, rows: int) -> NDArray:
    """What each patient has (patients × cells), for each of the rows."""
    return np.repeat(per_patient, np.diff(np.r_[start, rows]), axis=0)


def centred(column: Floats, known: Flags, start: Positions, counts: Positions) -> tuple[Floats, Floats]:
    """`column` minus each patient's mean over the known rows, 0 elsewhere, and its sum of squares, exactly 0 where
    only rounding is left."""
    filled = np.where(known, column, 0.0)
    mean = sums(filled, start) / np.maximum(counts, 1)
    around = filled - spread_out(mean, start, len(column))
    around[~known] = 0.0
    return around, exact(products(around, around), products(filled, filled))


def _detrended(
    column: Floats, side: tuple[Floats, Floats], week: tuple[Floats, Floats] | None, known: Flags
) -> tuple[Floats, Floats]:
    """A centred side without the common slope of week, if there is one to remove."""
    if week is None:
        return side
    slope = products(side[0], week[0]) / np.where(week[1] > 0, week[1], 1.0)
    left = side[0] - np.where(week[1] > 0, slope, 0.0) * week[0]
    filled = np.where(known, column, 0.0)
    return left, exact(products(left, left), products(filled, filled))


def exact(spread: Floats, size: Floats) -> Floats:
    """0 for a sum of squares that rounding alone can leave around means, where it is `size` around 0; per column."""
    return np.where(spread <= size * 1e-24, 0.0, spread)
