"""Kaplan–Meier curves of times to an event, with intervals and numbers at risk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.arrays import Floats, Positions
from analysis.response.time_to_event import MEASURES, Followed
from data.deadline import check
from data.study import Study

CONFIDENCE = 0.95
EVENTS = 5
"""A curve with fewer events has no interval: it would hold far less often than it says."""
EVENT, COMPETING = 1, 2
EXACT = 1e-9
"""Room for the rounding of products: a share of exactly one half may come out just above it."""


def times(study: Study, measure: str, chosen: Followed | None = None) -> pd.DataFrame:
    """The times of a `MEASURES` entry: patient_id, group, treatment, start_week (of the study), weeks (to the event or
    the end of follow-up), shortest and longest (what they may be, as events are seen at visits), event and competing
    (bool), reason (why there is no time, or ""); one row per patient, or course."""
    return MEASURES[measure].times(study, chosen or Followed())


def curves(table: pd.DataFrame, by: str | None = "group") -> pd.DataFrame:
    """Kaplan–Meier (1958) of a table of `times`, one curve per value of `by` (group, treatment; None: one, "all"); with
    competing events 1 − cumulative incidence (Aalen & Johansen 1978), the share that has not had the event.

    group, week, at_risk (just before it), events, competing, censored (at it), survival (share without the event, 0-1),
    low, high (95 %, log-log of Greenwood's variance or its like for a cumulative incidence, Marubini & Valsecchi 1995;
    missing where survival is 0 or 1, and in a curve with fewer than `EVENTS` events): one row at week 0 and one at each
    week with an event or an end of follow-up. Of one week, events come before ends of follow-up. Rows without a time
    are left out. Agrees with Freireich's 6-MP trial as in Gehan 1965.
    """
    found = [_curve(name, *arrays) for name, arrays in _groups(table, by).items()]
    return pd.concat(found, ignore_index=True) if found else _curve("", np.zeros(0), np.zeros(0, np.intp)).iloc[:0]


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
    """The columns of `medians_of`, for a table of times."""
    return medians_of(curves(table, by))


def bounded_medians(table: pd.DataFrame, by: str | None = "group") -> pd.DataFrame:
    """The columns of `medians`, plus shortest_weeks and longest_weeks: the medians if every time were as short, or as
    long, as the visits allow between which it began and ended."""
    ends = {"shortest_weeks": "shortest", "longest_weeks": "longest"}
    bounds = {name: medians(table.assign(weeks=table[own]), by)["median_weeks"] for name, own in ends.items()}
    return medians(table, by).assign(**bounds)


def medians_of(steps: pd.DataFrame) -> pd.DataFrame:
    """From the steps of `curves`: group, n, events, median_weeks (the first week at which at most half are without the
    event; NaN: not reached), low_weeks and high_weeks (its 95 % interval, from the curve's: Brookmeyer & Crowley 1982,
    doi 10.2307/2530286; NaN: open, or none). Where the curve lies at exactly half, R's survfit gives the middle of that
    stretch instead."""
    each = steps.groupby("group", sort=False, observed=True)
    counts = pd.DataFrame({"n": each["at_risk"].first(), "events": each["events"].sum()})
    for name, column in {"median_weeks": "survival", "low_weeks": "low", "high_weeks": "high"}.items():
        half = steps[steps[column] <= 0.5 + EXACT]
        counts[name] = half.groupby("group", sort=False, observed=True)["week"].min()
    return counts.reset_index()


def _groups(table: pd.DataFrame, by: str | None) -> dict[str, tuple[Floats, Positions]]:
    """Weeks, and what ended them (`EVENT`, `COMPETING` or neither), of each group that has any, by its name."""
    known = table[table["weeks"].notna()]
    column = pd.Series("all", known.index) if by is None else known[by]
    weeks, event = known["weeks"].to_numpy(float), known["event"].to_numpy(bool)
    competing = known["competing"].to_numpy(bool) if "competing" in known else np.zeros(len(known), bool)
    ending = np.where(event, EVENT, np.where(competing, COMPETING, 0)).astype(np.intp)
    rows = column.groupby(column, sort=False, observed=True).indices
    order = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else rows
    return {str(name): (weeks[rows[name]], ending[rows[name]]) for name in order if name in rows}


def _curve(name: str, weeks: Floats, ending: Positions) -> pd.DataFrame:
    """The steps of one curve, while there is time."""
    check()
    at, inverse = np.unique(weeks, return_inverse=True)
    events, competing = (np.bincount(inverse, ending == kind, len(at)).astype(float) for kind in (EVENT, COMPETING))
    at_risk = _at_risk(weeks, at)
    survival, low, high = _estimate(at_risk.astype(float), events, competing)
    steps = pd.DataFrame(
        {
            "group": name,
            "week": at,
            "at_risk": at_risk,
            "events": events.astype(int),
            "competing": competing.astype(int),
            "censored": np.bincount(inverse, ending == 0, len(at)).astype(int),
            "survival": survival,
            "low": low,
            "high": high,
        }
    )
    counts = {name: [0] for name in ("events", "competing", "censored")}
    start = {"group": [name], "week": [0.0], "at_risk": [len(weeks)], **counts, "survival": [1.0]}
    opening = pd.DataFrame({**start, "low": [np.nan], "high": [np.nan]})
    return steps if len(at) and at[0] == 0 else pd.concat([opening, steps], ignore_index=True)


def _estimate(at_risk: Floats, events: Floats, competing: Floats) -> tuple[Floats, Floats, Floats]:
    """1 − cumulative incidence of the events, and its interval, at each distinct week."""
    ended = events + competing
    free = np.cumprod(1 - ended / at_risk)
    before = np.append(1.0, free)[:-1]
    incidence = np.cumsum(before * events / at_risk)
    survival = free if not competing.any() else 1 - incidence
    left = np.where(at_risk > ended, ended / (at_risk * np.maximum(at_risk - ended, 1)), 0.0)
    own = before**2 * events * (at_risk - events) / at_risk**3
    both = before * events / at_risk**2
    variance = incidence**2 * np.cumsum(left) - 2 * incidence * np.cumsum(left * incidence)
    variance += np.cumsum(left * incidence**2) + np.cumsum(own)
    variance -= 2 * (incidence * np.cumsum(both) - np.cumsum(both * incidence))
    inside = (survival > EXACT) & (survival < 1 - EXACT) & (events.sum() >= EVENTS)
    share = np.where(inside, survival, 0.5)
    half: Floats = ndtri((1 + CONFIDENCE) / 2) * np.sqrt(np.maximum(variance, 0)) / (share * np.log(share))
    low: Floats = np.where(inside, np.power(share, np.exp(-half)), np.nan)
    high: Floats = np.where(inside, np.power(share, np.exp(half)), np.nan)
    return np.asarray(survival, float), low, high


def _at_risk(weeks: Floats, at: Floats) -> Positions:
    """How many times are no shorter than each of `at`."""
    return len(weeks) - np.searchsorted(np.sort(weeks), at, side="left")
