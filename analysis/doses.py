"""Doses that were not given: a study keeps them among its events, since a treatment is what was given."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from data.study import MISSED, PLANNED

if TYPE_CHECKING:
    import pandas as pd

    from analysis.arrays import Flags
    from data.study import Study

COLUMNS = ("treatment", "status", "dose")
"""What an event that is a dose says besides: of which drug, planned or missed, and how much in words."""


@lru_cache(maxsize=8)
def not_given(study: Study) -> pd.DataFrame:
    """The rows of `events` that are doses which were missed or are planned, with treatment, status and dose (with its
    unit; "" where not stated)."""
    return study.events[_flags(study)].assign(**{name: "" for name in COLUMNS if name not in study.events})


@lru_cache(maxsize=8)
def happened(study: Study) -> pd.DataFrame:
    """The other rows of `events`."""
    return study.events[~_flags(study)]


def _flags(study: Study) -> Flags:
    events = study.events
    if not {"treatment", "status"} <= set(events.columns):
        return np.zeros(len(events), bool)
    return (events["status"].isin([MISSED, PLANNED]) & (events["treatment"] != "")).to_numpy(bool)
