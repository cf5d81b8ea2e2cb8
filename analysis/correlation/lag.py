"""PASI some weeks after, or before, the sample: a profile of one subset over lags, each with what it stands on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Unpack

import numpy as np
import pandas as pd

from analysis.arrays import Flags
from analysis.correlation.matching import matched
from analysis.correlation.matrix import LAGS, Column, Pairing, by_lag, grid
from analysis.correlation.pairing import crossing
from analysis.filters import Kept, kept_rows
from analysis.phases import in_phase, phase_codes
from analysis.samples import Samples, Visits, samples, visits
from data.study import Study

RULE = "The subset at week t against the outcome at week t + lag: a positive lag asks whether the subset moves first."
LEAD = (
    "A lead is not a cause: whatever moves both, such as an infusion, also moves one before the other. Each lag stands "
    "on other pairs, and the best of many lags is the best by choice."
)


def lag_profile(
    study: Study,
    subset: str,
    lags: Sequence[float] = LAGS,
    how: Pairing | None = None,
    statistic: str = "repeated_measures",
    phase: str = "all",
    p_by: str = "own",
    **kept: Unpack[Kept],
) -> pd.DataFrame:
    """One subset over lags: the columns of `matrix.grid` (q over all subsets × these lags), then the audit of each lag:
    paired, samples_alone, visits_alone (counts), median_gap and largest_gap (weeks, of |visit − sample − lag|). Pairs
    whose PASI lies in another phase are counted by `other_phase` alone."""
    pairing = how or Pairing()
    table = grid(study, by_lag(lags, phase), pairing, statistic, [subset], p_by, **kept)
    audits = [_audited(study, subset, pairing, by_lag([lag], phase)[0], kept) for lag in lags]
    return pd.concat([table, pd.DataFrame(audits)], axis=1)


def _audited(study: Study, subset: str, how: Pairing, at: Column, kept: Kept) -> dict[str, float]:
    """What became of the samples and visits at one lag."""
    taken, seen = samples(study), visits(study)
    column = taken.subsets.index(subset)
    partner = matched(study, how.tolerance, at.lag)[:, column]
    sampled = _asked(study, taken, at.phase, kept) & ~np.isnan(taken.value[:, column])
    crossed = crossing(study, how.tolerance, at.lag, at.phase)[:, column] & (how.pair_phase == "both")
    paired = np.flatnonzero(sampled & (partner >= 0) & ~crossed)
    alone = _asked(study, seen, at.phase, kept)
    alone[partner[partner >= 0]] = False
    gap = np.abs(seen.week[partner[paired]] - taken.week[paired] - at.lag)
    return {
        "paired": len(paired),
        "samples_alone": int((sampled & (partner < 0)).sum()),
        "visits_alone": int(alone.sum()),
        "median_gap": float(np.median(gap)) if len(gap) else math.nan,
        "largest_gap": float(gap.max()) if len(gap) else math.nan,
    }


def _asked(study: Study, those: Samples | Visits, phase: str, kept: Kept) -> Flags:
    """True for the samples or visits of the phase that are kept."""
    where = (study, those.patient, those.week)
    return kept_rows(*where, **kept) & in_phase(phase_codes(*where), phase)
