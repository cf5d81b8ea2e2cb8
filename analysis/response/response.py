"""What each patient reached in each phase: the response table and the order of lanes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import Column, Floats, constant, pick, pick_rows, stacked
from analysis.outcomes import outcome_of
from analysis.phase_visits import BASELINES, PhaseVisits, chosen_phases, phase_visits
from analysis.phases import PHASES
from analysis.response.rule_options import USUAL, RuleOptions
from analysis.response.rules import rules_of
from analysis.response.states import states
from analysis.response.thresholds import reached
from analysis.samples import samples, visits
from analysis.scales import improvement
from data.study import Study

__all__ = ["BASELINES", "LANE_SORTS", "lane_order", "responses"]


@dataclass(frozen=True)
class LaneSort:
    """An order of patients: `rank` gives one number per patient, the smallest first, NaN last."""

    key: str
    label: str
    rank: Callable[[Study], Floats]


def responses(study: Study, phases: Sequence[str] | None = None, how: RuleOptions = USUAL) -> pd.DataFrame:
    """The response table: one row per patient × phase (None: those that the study has), by patient, then phase.

    patient_id, phase, baseline and baseline_week (see `BASELINES`), visits (with a value, after the phase's start),
    best_pasi (of equal ones the earliest) and best_week, best_improvement (%), weeks_to_pasi75 and
    weeks_to_pasi90 (from the phase's start to the first visit that reached it; it happened between that visit and
    the one before), last_pasi, last_week, state_now (at the last visit), reason (why not evaluable, or "").

    Weeks are the study's, weeks_to_* weeks since the phase's start. The window of `how` limits the
    visits, never the baseline. `all` means every visit after the index week; `before` has no start, so no baseline.
    NaN: not observed, or never reached.
    """
    keys = chosen_phases(study, phases)
    return stacked([_phase_responses(phase_visits(study, key, *how.visits), study) for key in keys])


def lane_order(study: Study, by: str = "id") -> list[str]:
    """Patient ids in the order of a `LANE_SORTS` entry; ties, and patients without a value, in display order."""
    order = np.argsort(LANE_SORTS[by].rank(study), kind="stable")
    ids = study.patient_ids
    return [ids[position] for position in order]


def _by_id(study: Study) -> Floats:
    return np.arange(len(study.patients), dtype=float)


def _by_first_response(study: Study) -> Floats:
    seen, rules = phase_visits(study, "all"), rules_of(study)
    return pick(seen.week, seen.first(rules.responses[rules.half].holds(seen.base, seen.pasi))) - seen.start


def _by_best_response(study: Study) -> Floats:
    return -responses(study, ("all",))["best_improvement"].to_numpy()


def _by_follow_up(study: Study) -> Floats:
    last = np.full(len(study.patients), -np.inf)
    for seen in (visits(study), samples(study)):
        np.maximum.at(last, seen.patient, seen.week)
    return np.where(np.isinf(last), np.nan, -last)


LANE_SORTS: Mapping[str, LaneSort] = MappingProxyType(
    {
        sort.key: sort
        for sort in (
            LaneSort("id", "patient", _by_id),
            LaneSort("first_response", "weeks to first response", _by_first_response),
            LaneSort("best_response", "best improvement, whatever was given", _by_best_response),
            LaneSort("follow_up", "longest follow-up", _by_follow_up),
        )
    }
)


def _phase_responses(seen: PhaseVisits, study: Study) -> dict[str, Column]:
    """The rows of one phase, in display order."""
    best_row = pick_rows(seen.nadir_row, seen.last)
    best, last = pick(seen.pasi, best_row), pick(seen.pasi, seen.last)
    return {
        "patient_id": study.patients["patient_id"].array,
        "phase": constant(seen.phase, PHASES, seen.size),
        "baseline": seen.baseline,
        "baseline_week": seen.baseline_week,
        "visits": seen.count,
        "best_pasi": best,
        "best_week": pick(seen.week, best_row),
        "best_improvement": improvement(study, best, seen.baseline),
        "weeks_to_pasi75": _first_reached(study, seen, 75) - seen.start,
        "weeks_to_pasi90": _first_reached(study, seen, 90) - seen.start,
        "last_pasi": last,
        "last_week": pick(seen.week, seen.last),
        "state_now": states(study, seen.baseline, last),
        "reason": seen.no_baseline,
    }


def _first_reached(study: Study, seen: PhaseVisits, percent: float) -> Floats:
    """The week of each patient's first visit that was so many percent better; NaN where that means nothing."""
    held = reached(seen.base, seen.pasi, percent, seen.sign) & outcome_of(study).relative
    return pick(seen.week, seen.first(held))
