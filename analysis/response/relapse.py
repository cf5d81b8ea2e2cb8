"""Who relapsed in a phase, when, at which line and under which rule; and the lines themselves, visit by visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Column, Flags, Floats, Positions, categorical, constant, pick, pick_rows, stacked
from analysis.filters import Window, in_window
from analysis.phase_visits import PhaseVisits, chosen_phases, first_reason, phase_visits
from analysis.phases import PHASES, anchors
from analysis.response.rule_kinds import Relapse
from analysis.response.rule_options import USUAL, RuleOptions
from analysis.response.rules import rules_of
from data.study import Study

STATES: Mapping[str, str] = MappingProxyType(
    {
        "relapsed": "relapsed",
        "no_relapse": "no relapse",
        "not_at_risk": "not at risk: never responded",
        "not_evaluable": "not evaluable",
    }
)
"""Key -> label. Someone who never responded is not at risk, which is not the same as no relapse."""

CAUSES = ("value", "restart")
NO_INDEX = "no index treatment, so no restart can be told"
RESTARTED_AT_START = "the restart starts this phase"
UNSEEN = "no visit after the first response"


@dataclass(frozen=True, eq=False)
class Judged:
    """One rule in one phase; arrays over patients, `line` over the visits of `phase_visits`. `row` is a visit, -1 for
    none: `response` the first that puts at risk, `relapse` the first that crosses, `last` the one up to which it was
    judged. `week` of the relapse, `by_restart` where a restart was it, `state` a position in `STATES`."""

    rule: Relapse
    line: Floats
    response: Positions
    relapse: Positions
    last: Positions
    week: Floats
    by_restart: Flags
    state: Positions
    reason: pd.Categorical

    def rows(self, patient: Positions) -> Positions:
        """The visits (`patient`: whose each is) at which the line is in force: from the first response on, up to the
        relapse."""
        at, first, last = np.arange(len(patient)), self.response[patient], self.last[patient]
        return np.flatnonzero((first >= 0) & (at >= first) & (at <= last))


def relapses(
    study: Study,
    rules: Sequence[str] | None = None,
    phases: Sequence[str] | None = None,
    how: RuleOptions = USUAL,
) -> pd.DataFrame:
    """The first relapse: one row per patient × phase × rule (None: all of the outcome's), in that order.

    patient_id, phase, rule, state (key of `STATES`), reason (why not evaluable, or ""), week (of the relapse), pasi
    (then), threshold (the line that was crossed, else the one in force at the last visit; NaN for who is not at risk),
    cause (value or restart), nadir and nadir_week (best value so far in the phase, up to the relapse, else the last
    visit), first_response_week (of the response that puts at risk).

    Weeks are the study's; the window of `how` limits the visits and restarts, never the baseline. A relapse by
    value is dated by the visit that showed it, a restart by its own week; on one day the value is first. A patient who
    responded and was not seen again is not evaluable. NaN: it did not happen.
    """
    keys = rules_of(study).relapses if rules is None else rules
    tables = [
        _table(study, phase_visits(study, phase, *how.visits), judged(study, phase, key, *how.visits))
        for phase in chosen_phases(study, phases)
        for key in keys
    ]
    return stacked(tables)


def relapse_lines(study: Study, rule: str, phase: str = "all", how: RuleOptions = USUAL) -> pd.DataFrame:
    """The line that a PASI must cross, as it moves with the nadir: patient_id, week, pasi, nadir, threshold (PASI), one
    row per visit from the first response on, up to the relapse, by patient, then week."""
    seen, found = phase_visits(study, phase, *how.visits), judged(study, phase, rule, *how.visits)
    rows = found.rows(seen.patient)
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array.take(seen.patient[rows]),
            "week": seen.week[rows],
            "pasi": seen.pasi[rows],
            "nadir": seen.pasi[seen.nadir_row[rows]],
            "threshold": found.line[rows],
        }
    )


@lru_cache(maxsize=32)
def judged(
    study: Study,
    phase: str,
    rule: str,
    baseline: str,
    window: Window | None,
    clock: str,
) -> Judged:
    """What a relapse rule of the outcome says of every patient in `phase`."""
    seen, entry = phase_visits(study, phase, baseline, window, clock), rules_of(study).relapses[rule]
    line = entry.line(seen.base, seen.pasi[seen.nadir_row])
    response = seen.first(entry.after.holds(seen.base, seen.pasi))
    at_risk = (response >= 0)[seen.patient] & (np.arange(len(line)) > response[seen.patient])
    crossed = seen.first(at_risk & entry.crossed(seen.pasi, line))
    restart = _restarts(study, entry, seen, response, window, clock)
    week = pick(seen.week, crossed)
    by_restart = restart < np.where(np.isnan(week), np.inf, week) - SAME_WEEK
    relapse = np.where(by_restart, -1, crossed)
    until = np.where(by_restart, seen.last_at(restart), np.where(crossed >= 0, crossed, seen.last))
    week = np.where(by_restart, restart, week)
    reason = _reasons(study, entry, seen, response, ~np.isnan(week))
    state = np.select([~np.isnan(week), reason != "", response < 0], [0, 3, 2], 1)
    return Judged(entry, line, response, relapse, until, week, by_restart, state, reason)


def _restarts(
    study: Study, rule: Relapse, seen: PhaseVisits, response: Positions, window: Window | None, clock: str
) -> Floats:
    """The week of each patient's restart where the rule counts it: after the response, in this phase and window; inf
    where there is none."""
    restart = anchors(study)["restart_week"].to_numpy(float)
    if not rule.restart or seen.phase not in ("after", "all"):
        return np.full(seen.size, np.inf)
    inside = in_window(study, np.arange(seen.size), restart, window, clock)
    return np.where(inside & (restart >= pick(seen.week, response) - SAME_WEEK), restart, np.inf)


def _reasons(study: Study, rule: Relapse, seen: PhaseVisits, response: Positions, relapsed: Flags) -> pd.Categorical:
    """Why a patient's relapse cannot be told, the first reason that fits; "" where it can."""
    known = seen.no_baseline if rule.after.relative else seen.missing
    only_restart = rule.comparator == "none"
    rules = {
        NO_INDEX: only_restart & np.full(seen.size, study.index.treatment is None),
        RESTARTED_AT_START: only_restart & np.full(seen.size, seen.phase == "restart"),
        UNSEEN: (response >= 0) & (response == seen.last) & ~relapsed & (not only_restart),
    }
    return first_reason(rules, known)


def _table(study: Study, seen: PhaseVisits, found: Judged) -> dict[str, Column]:
    """The rows of `relapses` of one phase and rule, in display order."""
    nadir = pick_rows(seen.nadir_row, found.last)
    cause = np.where(found.by_restart, 1, np.where(found.relapse >= 0, 0, -1))
    return {
        "patient_id": study.patients["patient_id"].array,
        "phase": constant(seen.phase, PHASES, seen.size),
        "rule": constant(found.rule.key, rules_of(study).relapses, seen.size),
        "state": categorical(found.state, STATES),
        "reason": found.reason,
        "week": found.week,
        "pasi": pick(seen.pasi, found.relapse),
        "threshold": np.where(found.response >= 0, pick(found.line, found.last), np.nan),
        "cause": categorical(cause, CAUSES),
        "nadir": pick(seen.pasi, nadir),
        "nadir_week": pick(seen.week, nadir),
        "first_response_week": pick(seen.week, found.response),
    }
