"""PASI some weeks after, or before, the sample: a profile of one subset over lags, each with what it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np
import pandas as pd

from analysis.matrix import LAGS, Pairing, by_lag, grid
from analysis.narrow import Kept, narrow
from analysis.pairing import audit
from data.study import Study

RULE = "The subset at week t against PASI at week t + lag: a positive lag asks whether the subset moves first."
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
    **kept: Unpack[Kept],
) -> pd.DataFrame:
    """One subset over lags: the columns of `matrix.grid` (q over all subsets × these lags), then the audit of each lag:
    paired, samples_alone, visits_alone (counts), median_gap and largest_gap (weeks, of |visit − sample − lag|)."""
    pairing = how or Pairing()
    table = grid(study, by_lag(lags, phase), pairing, statistic, [subset], **kept)
    audits = pd.DataFrame([_audited(study, subset, pairing.tolerance, lag, phase, kept) for lag in lags])
    return pd.concat([table, audits], axis=1)


def _audited(study: Study, subset: str, tolerance: float, lag: float, phase: str, kept: Kept) -> dict[str, float]:
    """What became of the samples and visits at one lag."""
    table = audit(study, [subset], tolerance, lag)
    found = narrow(study, table.assign(week=table["immune_week"].fillna(table["pasi_week"])), **kept)
    found = found if phase == "all" else found[found["phase"] == phase]
    gap = found["gap_weeks"].abs().dropna()
    counts = {name: int((found["kind"] == kind).sum()) for name, kind in KINDS.items()}
    return {**counts, "median_gap": gap.median() if len(gap) else np.nan, "largest_gap": gap.max()}


KINDS = {"paired": "pair", "samples_alone": "sample", "visits_alone": "visit"}
