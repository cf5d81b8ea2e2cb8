"""How long groups were followed in a phase: the median by the reverse Kaplan–Meier estimate."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, categorical, pick
from analysis.cohort import patient_groups
from analysis.comparisons.group_course import restarts
from analysis.comparisons.phase_samples import Compared
from analysis.filters import kept_patients
from analysis.phase_visits import phase_start, phase_visits
from analysis.phases import anchors
from analysis.response.survival import EVENTS, curves, medians_of
from analysis.response.time_to_event import DECIMALS
from data.study import Study

MOST = 1000
"""Of more groups no curve is made."""
RULE = (
    "Follow-up from the phase's start to its last visit, by reverse Kaplan–Meier: the end of follow-up is the event, "
    "and a restart that ends the phase, or decides the outcome from then on, is censored (Schemper & Smith 1996). "
    "Who was not seen in the phase counts with 0 weeks. The week window does not apply."
)


def followed(study: Study, how: Compared) -> pd.DataFrame:
    """patient_id, group, weeks (from the phase's start to the last visit in it, or to the restart), event (follow-up
    ended, and not by a restart): one row per kept patient whose phase has begun, in display order."""
    seen, start = phase_visits(study, how.phase, how.baseline), phase_start(study, how.phase)
    restart = anchors(study)["restart_week"].fillna(np.inf).to_numpy(float)
    restart = restart if how.phase == "after" else restarts(study, how)
    restarted = np.isfinite(restart) & (restart > start + SAME_WEEK)
    last = np.fmax(pick(seen.week, seen.last), start)
    names, group = patient_groups(study, "group")
    table = pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array,
            "group": categorical(group, names),
            "weeks": np.round(np.where(restarted, restart, last) - start, DECIMALS),
            "event": ~restarted,
        }
    )
    there = kept_patients(study, how.patients, how.groups) & ~np.isnan(start) & study.has_pasi
    return table[there].reset_index(drop=True)


def follow_up(study: Study, how: Compared) -> pd.DataFrame:
    """group, n, ended (follow-up ended, not by a restart), median, low, high (weeks; NaN: not reached, or open), note:
    one row per group of the kept patients whose phase has begun. Reverse Kaplan–Meier (Schemper & Smith 1996)."""
    table = followed(study, how)
    if table["group"].nunique() > MOST:
        each = table.groupby("group", observed=True)["event"].agg(n="size", ended="sum").reset_index()
        none = dict.fromkeys(("median", "low", "high"), np.nan)
        return each.assign(**none, note=f"not computed: more than {MOST:,} groups")
    names = {"events": "ended", "median_weeks": "median", "low_weeks": "low", "high_weeks": "high"}
    found = medians_of(curves(table)).rename(columns=names)
    return found.assign(note=[_note(*row) for row in zip(found["ended"], found["median"], strict=True)])


def _note(ended: int, median: float) -> str:
    few = f"no interval: the follow-up of {ended} ended, and {EVENTS} are needed" if ended < EVENTS else ""
    return "; ".join(filter(None, ["not reached" if np.isnan(median) else "", few]))
