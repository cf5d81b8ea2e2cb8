"""The visits before a baseline: who is treated at a flare improves by its passing too (regression to the mean)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.arrays import Floats
from analysis.phases import anchors
from analysis.samples import visits
from data.study import Study

LEAST = 2
"""Earlier visits that a mean is taken of."""
SOURCE = "Barnett et al. 2005, doi 10.1093/ije/dyh299"


def earlier_means(study: Study) -> Floats:
    """The mean of the outcome over the visits before each patient's original baseline (the last at or before the index
    week), in its unit; NaN with fewer than `LEAST`. In display order."""
    seen, patients = visits(study), len(study.patients)
    before = seen.week <= anchors(study)["index_week"].to_numpy(float)[seen.patient]
    count = np.bincount(seen.patient[before], minlength=patients)
    total = np.bincount(seen.patient[before], seen.pasi[before], patients)
    last = np.zeros(patients)
    last[seen.patient[before]] = seen.pasi[before]
    earlier = count - 1
    return np.where(earlier >= LEAST, (total - last) / np.maximum(earlier, 1), np.nan)


def with_earlier_mean(study: Study, table: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Rows by patient and phase with earlier_mean: NaN where the phase has a baseline of its own."""
    original = table["phase"].isin(["after", "all"]) | (baseline == "original")
    own = earlier_means(study)[table["patient_id"].cat.codes]
    return table.assign(earlier_mean=np.where(original, own, np.nan))


def sentence_of_earlier(study: Study, table: pd.DataFrame) -> str:
    """How many were worse at baseline than on the mean of their earlier visits, in a sentence or two; "" where nobody
    has enough of them."""
    known = table[table["phase"].isin(["after", "all"]) & table["earlier_mean"].notna() & table["baseline"].notna()]
    known = known.drop_duplicates("patient_id")
    if known.empty:
        return ""
    sign = -1 if study.outcome(study.focus).better == "higher" else 1
    worse = int((sign * (known["baseline"] - known["earlier_mean"]) > 0).sum())
    return (
        f"Regression to the mean: a treatment that begins at a flare is followed by its passing. In {worse:,} of "
        f"{len(known):,} patients with {LEAST} or more earlier visits the baseline is worse than their mean ({SOURCE})."
    )
