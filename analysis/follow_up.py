"""From when to when each patient was observed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from data.study import Study


@lru_cache(maxsize=8)
def follow_up(study: Study) -> pd.DataFrame:
    """One row per patient who was ever observed, in display order: patient_id, start_week and end_week (first and last
    observation, weeks since the study's week 0), visits (with a score) and samples (with a frequency, or known to lie
    below a limit). A visit or sample without a value is no observation."""
    scored = _observed(study.pasi, [score for score in study.scores if score in study.pasi])
    sampled = _observed(study.immune_subsets, ["value", "below_limit"])
    seen = pd.concat([scored.assign(visit=True), sampled.assign(visit=False)], ignore_index=True)
    each = seen.groupby("patient_id", observed=True)
    told = each.agg(start_week=("week", "min"), end_week=("week", "max"), visits=("visit", "sum"), n=("visit", "size"))
    return told.assign(samples=told["n"] - told["visits"]).drop(columns="n").reset_index()


def _observed(table: pd.DataFrame, values: list[str]) -> pd.DataFrame:
    """patient_id and week of the rows in which any of `values` is known, each once."""
    known = table.loc[table.filter(values).notna().any(axis=1), ["patient_id", "week"]]
    return known.drop_duplicates()
