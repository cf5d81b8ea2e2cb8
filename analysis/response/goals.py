"""Goals that the field has set for a course of treatment: of two scores at once, or of how long a score is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions, first_rows, last_rows, patient_codes, pick
from analysis.phase_visits import phase_start
from analysis.response.thresholds import EXACT, reached
from analysis.response.time_to_event import GAP
from data.study import Study

STATES: Mapping[str, str] = MappingProxyType({"met": "met", "not_met": "not met", "not_evaluable": "not evaluable"})
INDUCTION, LATE = (12.0, 16.0), 24.0
"""Weeks of the end of induction, and until when a later visit stands for it."""
THREE_MONTHS = (10.0, 16.0)
"""Weeks of the visit at three months; the nearest to 13 counts."""
HALF_A_YEAR = 26.0
NEAR = 2.0
"""Weeks by which a visit may miss the one that a rule names."""
NO_VISIT = "no visit when the goal is judged"


@dataclass(frozen=True, eq=False)
class Scored:
    """The visits at which a score was taken, by patient, then week, and each patient's value at or before the start of
    the phase (NaN: none)."""

    patient: Positions
    week: Floats
    value: Floats
    since: Floats
    baseline: Floats

    def nearest(self, week: float, low: float, high: float) -> Positions:
        """Each patient's visit nearest to so many weeks after the start, from `low` to `high`; -1 without one."""
        rows = np.flatnonzero((self.since >= low - SAME_WEEK) & (self.since <= high + SAME_WEEK))
        far = np.abs(self.since[rows] - week)
        return first_rows(self.patient, rows[np.argsort(far, kind="stable")], len(self.baseline))


Judged = tuple[Positions, Floats, np.ndarray]
"""Of each patient: 1 met, 0 not met, -1 not evaluable; the week of the study it is told of; why it is not evaluable."""


@dataclass(frozen=True)
class Goal:
    """A goal: `scores` are the columns it needs (one of those in a tuple), `judge` tells it in a phase."""

    key: str
    label: str
    wording: str
    source: str
    scores: tuple[tuple[str, ...], ...]
    judge: Callable[[Study, str], Judged]


def known_goals(study: Study) -> list[Goal]:
    """The goals of which this study has the scores."""
    return [goal for goal in GOALS.values() if all(any(_has(study, one) for one in some) for some in goal.scores)]


def goals(study: Study, phase: str) -> pd.DataFrame:
    """patient_id, goal, state (key of `STATES`), week (of the study; of the visit that told it), reason (why not
    evaluable, or ""): one row per goal that the study can tell × patient, in a phase that has a start."""
    tables = [_table(study, goal, *goal.judge(study, phase)) for goal in known_goals(study)]
    columns = ["patient_id", "goal", "state", "week", "reason"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def scored(study: Study, score: str, phase: str) -> Scored:
    """The visits of one score, whatever the outcome is."""
    column = "_pasi" if score == "pasi" != study.focus else score
    table = study.pasi[study.pasi[column].notna()]
    patient, week = patient_codes(table), table["week"].to_numpy(float)
    value, start = table[column].to_numpy(float), phase_start(study, phase)
    since = week - start[patient]
    before = last_rows(patient, np.flatnonzero(since <= SAME_WEEK), len(start))
    return Scored(patient, week, value, since, pick(value, before))


def _has(study: Study, score: str) -> bool:
    column = "_pasi" if score == "pasi" != study.focus else score
    return column in study.pasi and bool(study.pasi[column].notna().any())


def _table(study: Study, goal: Goal, met: Positions, week: Floats, reason: np.ndarray) -> pd.DataFrame:
    states = np.array(["not_met", "met", "not_evaluable"], object)[met]
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array,
            "goal": goal.key,
            "state": states,
            "week": week,
            "reason": np.where(met < 0, reason, ""),
        }
    )


def _judged(seen: Scored, rows: Positions, met: Flags, unknown: Mapping[str, Flags]) -> Judged:
    """What is met at these visits, unless the first of the `unknown` that holds says why it cannot be told."""
    reasons = {NO_VISIT: rows < 0, **unknown}
    why = np.select(list(reasons.values()), list(reasons), "")
    return np.where(why != "", -1, met.astype(np.intp)), pick(seen.week, rows), why.astype(object)


def _consensus(study: Study, phase: str) -> Judged:
    """PASI 75, or PASI 50 with DLQI at most 5, at the last visit of weeks 12 to 16, else the first up to week 24."""
    pasi, dlqi = scored(study, "pasi", phase), scored(study, "dlqi", phase)
    low, high = INDUCTION
    inside = (pasi.since >= low - SAME_WEEK) & (pasi.since <= high + SAME_WEEK)
    rows = last_rows(pasi.patient, np.flatnonzero(inside), len(pasi.baseline))
    later = first_rows(
        pasi.patient, np.flatnonzero((pasi.since > high) & (pasi.since <= LATE + SAME_WEEK)), len(pasi.baseline)
    )
    rows = np.where(rows >= 0, rows, later)
    value = pick(pasi.value, rows)
    half, most = (reached(pasi.baseline, value, percent) for percent in (50, 75))
    life = _same_day(dlqi, pick(pasi.week, rows))
    unknown = {"no baseline above 0": ~(pasi.baseline > 0), "no DLQI at that visit": half & ~most & np.isnan(life)}
    return _judged(pasi, rows, most | (half & (life <= 5 + EXACT)), unknown)


def _same_day(seen: Scored, week: Floats) -> Floats:
    """Each patient's value in that week of the study, NaN without one."""
    rows = np.flatnonzero(np.abs(seen.week - week[seen.patient]) <= SAME_WEEK)
    return pick(seen.value, first_rows(seen.patient, rows, len(week)))


def _three_months(cutoff: float, *, or_better: bool) -> Callable[[Study, str], Judged]:
    def judge(study: Study, phase: str) -> Judged:
        seen = scored(study, "bsa", phase)
        rows = seen.nearest(13.0, *THREE_MONTHS)
        value = pick(seen.value, rows)
        met = value <= cutoff + EXACT
        return _judged(seen, rows, met | (reached(seen.baseline, value, 75) if or_better else False), {})

    return judge


def _super_responder(study: Study, phase: str) -> Judged:
    """PASI 0 at weeks 20 and 28."""
    seen = scored(study, "pasi", phase)
    first, second = (seen.nearest(week, week - NEAR, week + NEAR) for week in (20.0, 28.0))
    clear = [pick(seen.value, rows) <= EXACT for rows in (first, second)]
    rows = np.where((first >= 0) & (second >= 0), second, -1)
    return _judged(seen, rows, clear[0] & clear[1], {})


def _remission(study: Study, phase: str) -> Judged:
    """BSA (else IGA) 0 at two visits at least 26 weeks apart, at every one between, on treatment throughout."""
    seen = scored(study, "bsa" if _has(study, "bsa") else "iga", phase)
    inside = seen.since > SAME_WEEK
    clear = inside & (seen.value <= EXACT)
    starts = np.r_[True, (seen.patient[1:] != seen.patient[:-1]) | ~clear[:-1]] if len(clear) else clear
    begun = np.maximum.accumulate(np.where(starts, np.arange(len(clear)), 0)) if len(clear) else np.zeros(0, np.intp)
    long = clear & (seen.week - seen.week[begun] >= HALF_A_YEAR - SAME_WEEK)
    treated = _on_course(study, seen, begun)
    met = first_rows(seen.patient, np.flatnonzero(long & treated), len(seen.baseline))
    last = last_rows(seen.patient, np.flatnonzero(inside), len(seen.baseline))
    first = first_rows(seen.patient, np.flatnonzero(inside), len(seen.baseline))
    followed = pick(seen.week, last) - pick(seen.week, first) >= HALF_A_YEAR - SAME_WEEK
    rows = np.where(met >= 0, met, np.where(followed, last, -1))
    return _judged(seen, rows, met >= 0, {})


def _on_course(study: Study, seen: Scored, begun: Positions) -> Flags:
    """True for each visit until which systemic or biologic courses have gone on since the visit at `begun`."""
    kinds = study.treatments["kind"].isin(["biologic", "systemic"])
    table = study.treatments[kinds].sort_values(["patient_id", "start_week"], kind="stable")
    owner, start = patient_codes(table), table["start_week"]
    latest = table["end_week"].fillna(np.inf).groupby(owner).cummax()
    block = (~(start <= latest.groupby(owner).shift() + GAP / 7 + SAME_WEEK)).cumsum()
    courses = pd.DataFrame(
        {"patient": owner, "start": start - SAME_WEEK, "until": latest.groupby(block).transform("max")}
    )
    visits = pd.DataFrame({"patient": seen.patient, "start": seen.week[begun], "row": np.arange(len(begun))})
    left, right = (side.sort_values("start", kind="stable") for side in (visits, courses))
    found = pd.merge_asof(left, right, on="start", by="patient").set_index("row")["until"].sort_index()
    return np.asarray(found.to_numpy(float) >= seen.week - SAME_WEEK)


CONSENSUS = "European consensus, doi 10.1007/s00403-010-1080-1"
TARGETS = "National Psoriasis Foundation 2017, pii S0190-9622(16)30909-4"

GOALS: Mapping[str, Goal] = MappingProxyType(
    {
        goal.key: goal
        for goal in (
            Goal(
                "induction",
                "success of induction",
                "At the last visit of weeks 12 to 16 of the phase, else the first up to week 24: PASI 75, or PASI 50 "
                "with a DLQI of at most 5; else the treatment is to be changed. Without a DLQI where it decides it is "
                "not evaluable.",
                CONSENSUS,
                (("pasi",), ("dlqi",)),
                _consensus,
            ),
            Goal(
                "bsa_acceptable",
                "BSA ≤ 3 % or 75 % better",
                "At the visit nearest to week 13 of the phase, from week 10 to 16: BSA at most 3 %, or 75 % better.",
                TARGETS,
                (("bsa",),),
                _three_months(3.0, or_better=True),
            ),
            Goal(
                "bsa_target",
                "BSA ≤ 1 %",
                "At the visit nearest to week 13 of the phase, from week 10 to 16: BSA at most 1 %.",
                TARGETS,
                (("bsa",),),
                _three_months(1.0, or_better=False),
            ),
            Goal(
                "super_responder",
                "super-responder",
                "PASI 0 at weeks 20 and 28 of the phase, each within 2 weeks.",
                "doi 10.1111/jdv.19236",
                (("pasi",),),
                _super_responder,
            ),
            Goal(
                "remission",
                "on-treatment remission",
                "BSA 0 (IGA 0 without a BSA) at two visits at least 26 weeks apart and at every one between, on "
                "biologic or systemic treatment throughout (pauses of up to 30 days are none).",
                "National Psoriasis Foundation 2025, JAMA Dermatology",
                (("bsa", "iga"),),
                _remission,
            ),
        )
    }
)
