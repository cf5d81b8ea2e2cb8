"""Kaplan–Meier curves of times to an event, with intervals and numbers at risk."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import Floats
from analysis.response.time_to_event import MEASURES, Followed
from data.deadline import check
from data.study import Study

CONFIDENCE = 0.95
EXACT = 1e-9
"""Room for the rounding of products: a share of exactly one half may come out just above it."""


def times(study: Study, measure: str, chosen: Followed | None = None) -> pd.DataFrame:
    """The times of a `MEASURES` entry: patient_id, group, treatment, start_week (of the study), weeks (to the event or
    the end of follow-up), event (bool), reason (why there is no time, or ""); one row per patient, or course."""
    return MEASURES[measure].times(study, chosen or Followed())


def curves(table: pd.DataFrame, by: str | None = "group") -> pd.DataFrame:
    """Kaplan–Meier (1958) of a table of `times`, one curve per value of `by` (group, treatment; None: one, "all").

    group, week, at_risk (just before it), events, censored (at it), survival (share without the event, 0-1), low, high
    (95 %, log-log of Greenwood's variance; missing where survival is 0 or 1): one row at week 0 and one at each week
    with an event or an end of follow-up. Of one week, events come before ends of follow-up. Rows without a time are
    left out. Computed by `scipy.stats.ecdf`; agrees with Freireich's 6-MP trial as in Gehan 1965.
    """
    found = [_curve(name, *arrays) for name, arrays in _groups(table, by).items()]
    return pd.concat(found, ignore_index=True) if found else _curve("", np.zeros(0), np.zeros(0, bool)).iloc[:0]


def numbers_at_risk(table: pd.DataFrame, weeks: Sequence[float], by: str | None = "group") -> pd.DataFrame:
    """group, week, at_risk: how many are followed without the event up to just before each of `weeks`."""
    found = _groups(table, by)
    at = np.asarray(weeks, float)
    return pd.DataFrame(
        {
            "group": np.repeat(np.array(list(found), object), len(at)),
            "week": np.tile(at, len(found)),
            "at_risk": np.concatenate([[], *(_at_risk(time, at) for time, _ in found.values())]).astype(int),
        }
    )


def medians(table: pd.DataFrame, by: str | None = "group") -> pd.DataFrame:
    """group, n, events, median_weeks: the first week at which at most half are without the event; NaN: not reached.
    Where the curve lies at exactly half, R's survfit gives the middle of that stretch instead."""
    return medians_of(curves(table, by))


def medians_of(steps: pd.DataFrame) -> pd.DataFrame:
    """What `medians` gives, from the steps of `curves`."""
    reached = steps[steps["survival"] <= 0.5 + EXACT].groupby("group", sort=False, observed=True)["week"].min()
    each = steps.groupby("group", sort=False, observed=True)
    counts = pd.DataFrame({"n": each["at_risk"].first(), "events": each["events"].sum()})
    return counts.assign(median_weeks=reached).reset_index()


def _groups(table: pd.DataFrame, by: str | None) -> dict[str, tuple[Floats, np.ndarray]]:
    """Weeks and events of each group that has any, by its name."""
    known = table[table["weeks"].notna()]
    column = pd.Series("all", known.index) if by is None else known[by]
    weeks, event = known["weeks"].to_numpy(float), known["event"].to_numpy(bool)
    rows = column.groupby(column, sort=False, observed=True).indices
    order = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else rows
    return {str(name): (weeks[rows[name]], event[rows[name]]) for name in order if name in rows}


def _curve(name: str, weeks: Floats, event: np.ndarray) -> pd.DataFrame:
    """The steps of one curve, while there is time."""
    check()
    at, inverse = np.unique(weeks, return_inverse=True)
    events = np.bincount(inverse, event, len(at)).astype(int)
    survival, low, high = _kaplan_meier(weeks, event)
    steps = pd.DataFrame(
        {
            "group": name,
            "week": at,
            "at_risk": _at_risk(weeks, at),
            "events": events,
            "censored": np.bincount(inverse, minlength=len(at)) - events,
            "survival": survival,
            "low": low,
            "high": high,
        }
    )
    start = {"group": [name], "week": [0.0], "at_risk": [len(weeks)], "events": [0], "censored": [0], "survival": [1.0]}
    opening = pd.DataFrame({**start, "low": [np.nan], "high": [np.nan]})
    return steps if len(at) and at[0] == 0 else pd.concat([opening, steps], ignore_index=True)


def _kaplan_meier(weeks: Floats, event: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """Survival and its interval at each distinct week."""
    if not len(weeks):
        return weeks, weeks, weeks
    from scipy import stats  # noqa: PLC0415 - a third of a server's memory and start: only for who asks for a curve

    curve = stats.ecdf(stats.CensoredData.right_censored(weeks, ~event)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # log(-log) of 0 and 1: no interval there
        interval: Any = curve.confidence_interval(CONFIDENCE, method="log-log")
    inside = (curve.probabilities > 0) & (curve.probabilities < 1)
    low, high = (np.where(inside, each.probabilities, np.nan) for each in (interval.low, interval.high))
    return curve.probabilities, low, high


def _at_risk(weeks: Floats, at: Floats) -> np.ndarray:
    """How many times are no shorter than each of `at`."""
    return len(weeks) - np.searchsorted(np.sort(weeks), at, side="left")
