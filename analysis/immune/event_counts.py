"""What the counts behind a frequency say about its precision."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.arrays import places
from analysis.response.rates import INTERVALS
from analysis.subsets import is_percent_of_parent, subset_codes
from data.study import Study

LOW_COUNT = 100
"""Below this many events a frequency is marked."""

LOW_COUNT_RULE = (
    f"Crossed: fewer than {LOW_COUNT} events; {LOW_COUNT} give a coefficient of variation of about "
    f"{100 / np.sqrt(LOW_COUNT):.0f} % (Poisson, 100 / √events)."
)
INTERVAL_RULE = "95 % binomial interval of events within the parent's events; it holds no variation between samples."


def counted(study: Study, subsets: Sequence[str], interval: str = "wilson") -> pd.DataFrame:
    """The samples of these subsets that have a count: patient_id, week, subset, value (in its unit), count,
    parent_count (events), low, high (95 %, in % of parent; NaN without a parent's count, and for another unit),
    cv_percent (Poisson; NaN at 0 events), low_count (flag). In the order of the study's table."""
    table = study.immune_subsets
    names = study.subset_definitions["subset"].astype("str").tolist()
    wanted = np.isin(subset_codes(study), places(names, subsets))
    rows = np.flatnonzero(wanted & table["count"].notna().to_numpy())
    found = table.take(rows)
    events, parent = (found[name].to_numpy(float) for name in ("count", "parent_count"))
    known = is_percent_of_parent(study)[subset_codes(study)[rows]] & ~np.isnan(parent)
    low, high = INTERVALS[interval](events, np.where(known, parent, np.nan))
    columns = found[["patient_id", "week", "subset", "value", "count", "parent_count"]].reset_index(drop=True)
    cv = 100 / np.sqrt(np.where(events > 0, events, np.nan))
    return columns.assign(low=low, high=high, cv_percent=cv, low_count=events < LOW_COUNT)
