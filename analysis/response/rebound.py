"""Who rebounded above baseline soon after the last infusion, or after the end of a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Column, Flags, Floats, categorical, constant, patient_codes, pick, stacked
from analysis.outcomes import outcome_name
from analysis.phase_visits import PhaseVisits, chosen_phases, first_reason, phase_visits
from analysis.phases import PHASES, anchors, course_kind
from analysis.response.rule_kinds import COMPARATORS, Rebound
from analysis.response.rule_options import USUAL, RuleOptions
from analysis.response.rules import rules_of
from data.study import Study

STATES: Mapping[str, str] = MappingProxyType(
    {"rebound": "rebound", "no_rebound": "no rebound", "not_evaluable": "not evaluable"}
)


def rebounds(
    study: Study,
    rules: Sequence[str] | None = None,
    phases: Sequence[str] | None = None,
    how: RuleOptions = USUAL,
) -> pd.DataFrame:
    """The first rebound: one row per patient × phase × rule (None: all of the outcome's), in that order.

    patient_id, phase, rule, state (key of `STATES`), reason (why not evaluable, or ""), week, pasi (then), threshold
    (125 % of the phase's baseline), stop_week (when treatment stopped).

    Treatment stops at the end of the last index course (an infusion ends as it starts) or, in `restart`, at the end of
    the restarted one; visits after that, the rule's last week included, count until the next biologic starts. Weeks
    are the study's. Only what rules say of the outcome is computable. A patient still on treatment, or
    without a value then, is not evaluable. NaN: it did not happen.
    """
    return stacked(
        [
            _table(study, phase_visits(study, phase, *how.visits), rules_of(study).rebounds[key])
            for phase in chosen_phases(study, phases)
            for key in (rules_of(study).rebounds if rules is None else rules)
        ]
    )


def stops(study: Study, phase: str) -> tuple[Floats, Floats]:
    """When each patient's treatment of the phase stopped, and when the next biologic started (inf: none), in weeks of
    the study. The stop is NaN where there was no such treatment, inf where it is ongoing."""
    courses, size = course_kind(study), len(study.patients)
    role = "restart" if phase == "restart" else "index"
    own = courses[(courses["role"] == role).to_numpy(bool)]
    stop = np.full(size, -np.inf)
    np.maximum.at(stop, patient_codes(own), own["end_week"].fillna(np.inf).to_numpy(float))
    restart = anchors(study)["restart_week"].fillna(np.inf).to_numpy(float)
    following = restart if phase != "restart" else _next_biologic(study, restart)
    return np.where(np.isneginf(stop), np.nan, stop), following


def _next_biologic(study: Study, after: Floats) -> Floats:
    """The week of each patient's first biologic started after the restart's week `after`; inf without one. Another dose
    of what was restarted is none."""
    courses = course_kind(study)
    patient, start = patient_codes(courses), courses["start_week"].to_numpy(float)
    other = ((courses["kind"] == "biologic") & (courses["role"] != "restart")).to_numpy(bool)
    later = other & (start > after[patient] + SAME_WEEK)
    first = np.full(len(after), np.inf)
    np.minimum.at(first, patient[later], start[later])
    return first


def _table(study: Study, seen: PhaseVisits, rule: Rebound) -> dict[str, Column]:
    """The rows of `rebounds` of one phase and rule, in display order."""
    stop, following = stops(study, seen.phase)
    line, stopped = rule.line(seen.baseline), stop[seen.patient]
    until = np.minimum(stopped + rule.weeks, following[seen.patient])
    soon = (seen.week > stopped + SAME_WEEK) & (seen.week <= until + SAME_WEEK)
    found = seen.first(soon & COMPARATORS[rule.comparator](seen.pasi, line[seen.patient]))
    reason = _reasons(study, seen, rule, stop, seen.first(soon) >= 0)
    return {
        "patient_id": study.patients["patient_id"].array,
        "phase": constant(seen.phase, PHASES, seen.size),
        "rule": constant(rule.key, rules_of(study).rebounds, seen.size),
        "state": categorical(np.select([reason != "", found >= 0], [2, 0], 1), STATES),
        "reason": reason,
        "week": pick(seen.week, found),
        "pasi": pick(seen.pasi, found),
        "threshold": line,
        "stop_week": np.where(np.isinf(stop), np.nan, stop),
    }


def _reasons(study: Study, seen: PhaseVisits, rule: Rebound, stop: Floats, observed: Flags) -> pd.Categorical:
    what = "restart" if seen.phase == "restart" else study.index.label
    rules = {
        "no index treatment, so nothing is known to have stopped": np.isnan(stop),
        f"the {what} course is ongoing": np.isinf(stop),
        f"no {outcome_name(study)} within {rule.weeks:g} weeks of stopping": ~observed,
    }
    return first_reason(rules, seen.no_baseline)
