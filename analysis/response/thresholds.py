"""When a value is so much better than its baseline: what rules and states stand on."""

from __future__ import annotations

import numpy as np

from analysis.arrays import Flags, Floats

EXACT = 1e-9
"""Room for rounding in a comparison of one-decimal scores; far below any difference between two of them."""
PERCENTS = (50.0, 75.0, 90.0, 100.0)
"""The improvements (%) that are usual responses."""


def reached(baseline: Floats, value: Floats, percent: float, sign: float = 1.0) -> Flags:
    """True where `value` is at least `percent` % better than `baseline` (lower for a `sign` of 1, higher for -1); ties
    count, and are found for every pair of one-decimal scores. False where either is missing or the baseline is 0: ask
    `evaluable` first."""
    return (100.0 * sign * (baseline - value) - percent * baseline >= -EXACT) & (baseline > 0)


def evaluable(baseline: Floats, value: Floats) -> Flags:
    """True where improvement is defined: both are known and the baseline is not 0."""
    return (baseline > 0) & ~np.isnan(value)


def worse(baseline: Floats, value: Floats, sign: float = 1.0) -> Flags:
    """True where the value is worse than at baseline."""
    return sign * (value - baseline) > EXACT
