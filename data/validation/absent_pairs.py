"""Samples without a row for a subset that most others have: nothing says whether it was zero or not measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOST_SAMPLES = 0.5


def absent_from(table: pd.DataFrame) -> pd.Series:
    """In how many samples (patient_id and week) each subset has no row, of those that more than `MOST_SAMPLES` have."""
    pairs = _pairs(table)
    there, samples = pairs.groupby("subset").size(), pairs["sample"].nunique()
    return samples - there[(there > MOST_SAMPLES * samples) & (there < samples)]


def absent_rows(table: pd.DataFrame) -> pd.DataFrame:
    """One row for each such pair: subset, and `row`, the position of the sample's first row."""
    names, pairs = absent_from(table).index, _pairs(table)
    sample, samples = pd.factorize(pairs["sample"])
    subset = names.get_indexer(pd.Index(pairs["subset"]))
    have = (sample * len(names) + subset)[subset >= 0]
    lacking = np.setdiff1d(np.arange(len(samples) * len(names)), have, assume_unique=True)
    first = pairs.index.to_numpy()[~pairs["sample"].duplicated().to_numpy()]
    which, who = lacking % max(len(names), 1), lacking // max(len(names), 1)
    return pd.DataFrame({"subset": names.to_numpy(object)[which], "row": first[who]})


def _pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Each pair of a sample, as a number, and a subset that has a row, by the position of its first."""
    table = table.reset_index(drop=True)
    sample = table.groupby(["patient_id", "week"], observed=True, sort=False).ngroup()
    named = table["subset"].astype("str").where(table["subset"].notna())
    return pd.DataFrame({"sample": sample.where(sample >= 0), "subset": named}).dropna().drop_duplicates()
