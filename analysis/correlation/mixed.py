"""The linear mixed model: a slope of their own for each patient, around a common one."""

from __future__ import annotations

import math
import warnings

import numpy as np
from scipy.special import stdtr, stdtrit

from analysis.arrays import Floats, Positions
from analysis.correlation.points import CONFIDENCE, NO_PAIRS, Cells, Points, Reasons, coefficient, joined, sides, starts
from analysis.correlation.within import FLAT_PASI, FLAT_VALUE, NO_REPEATS
from data.deadline import check

MINIMUM_PATIENTS = 10
"""The variance of slopes between patients cannot be told from fewer."""
MOST_PATIENTS = 1_000
"""A fit takes longer than the square of this many grows: some seconds for 1,000, half a minute for 4,000."""

FEW_PATIENTS = f"fewer than {MINIMUM_PATIENTS} patients with two pairs: the variance between them cannot be estimated"
MANY_PATIENTS = f"more than {MOST_PATIENTS:,} patients: the mixed model would take too long to fit"
NOT_FITTED = "the mixed model did not converge"
ON_A_LINE = "all pairs lie on parallel lines, so there is no error to estimate"
LEVELS = Reasons(NO_PAIRS, NO_REPEATS, FLAT_VALUE, FLAT_PASI)


def mixed_model(points: Points) -> Cells:
    """The mean within-patient slope of PASI on the subset, each in its own SD within patients, by REML.

    PASI = intercept of the patient + (slope + deviation of the patient) × subset + error. Patients' intercepts are
    removed by Helmert contrasts, which leave independent errors; statsmodels fits the rest. Student's t with df =
    patients − 1. One fit per cell: 20 ms at 10 patients, 2 s at 1,000.
    """
    return joined([_cell(points, cell) for cell in range(points.value.shape[1])]) if points.value.shape[1] else _none()


def _none() -> Cells:
    empty, none = np.zeros(0), np.zeros(0, np.intp)
    return Cells(empty, empty, empty, none, empty, none, none, none, none, np.zeros(0, "U1"))


def _cell(points: Points, cell: int) -> Cells:
    check()
    rows = np.flatnonzero(points.known[:, cell])
    patient, value, pasi = points.patient[rows], points.value[rows, cell], points.pasi[rows, cell]
    plain = coefficient(sides(patient, value[:, None], pasi[:, None]), LEVELS)
    reason = _refusal(plain)
    slope, error = (math.nan, math.nan) if reason else _fitted(patient, value, pasi)
    reason = reason or ("" if math.isfinite(slope) else NOT_FITTED)
    df = max(int(plain.patients[0]) - 1, 0)
    half = float(stdtrit(max(df, 1), 0.5 + CONFIDENCE / 2)) * error
    p = 2 * float(stdtr(max(df, 1), -abs(slope) / error))
    floats = {name: np.array([number]) for name, number in _named(slope, slope - half, slope + half, p).items()}
    kept = {name: getattr(plain, name) for name in ("patients", "pairs", "terms", "single")}
    return Cells(**floats, **kept, df=np.array([df]), reason=np.array([reason]))


def _named(estimate: float, low: float, high: float, p: float) -> dict[str, float]:
    return {"estimate": estimate, "low": low, "high": high, "p": p}


def _refusal(plain: Cells) -> str:
    """Why the model is not fitted, or ""."""
    if plain.reason[0]:
        return str(plain.reason[0])
    if plain.patients[0] < MINIMUM_PATIENTS:
        return FEW_PATIENTS
    if plain.patients[0] > MOST_PATIENTS:
        return MANY_PATIENTS
    return ON_A_LINE if 1 - plain.estimate[0] ** 2 < 1e-12 else ""


def _fitted(patient: Positions, value: Floats, pasi: Floats) -> tuple[float, float]:
    """The slope and its standard error; NaN where the optimiser gave up."""
    # Only this statistic needs it, and loading it takes a second.
    from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: PLC0415

    owner, across = contrasts(patient, value)
    _, up = contrasts(patient, pasi)
    across, up = (side / np.sqrt((side**2).mean()) for side in (across, up))
    with warnings.catch_warnings():
        # A variance of 0 between patients lies on the boundary, which the library warns of: it is a common slope.
        warnings.simplefilter("ignore")
        model = MixedLM(up, across[:, None], owner, exog_re=across[:, None])
        fit = model.fit(reml=True, method=["powell"])
        slope, error = float(fit.fe_params[0]), float(fit.bse_fe[0])
    return (slope, error) if fit.converged and math.isfinite(error) and error > 0 else (math.nan, math.nan)


def contrasts(patient: Positions, column: Floats) -> tuple[Positions, Floats]:
    """Helmert contrasts within patients: each value but a patient's first minus the mean of those before it, scaled to
    keep its variance; (patient, contrast), one row fewer per patient."""
    start = starts(patient)
    first = np.repeat(start, np.diff(np.r_[start, len(patient)]))
    earlier = np.arange(len(patient)) - first
    total = np.cumsum(column) - column
    mean = (total - total[first]) / np.maximum(earlier, 1)
    later = earlier > 0
    return patient[later], ((column - mean) * np.sqrt(earlier / (earlier + 1)))[later]
