"""What each patient reached in each phase: thresholds, states, the response table and the order of lanes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import Column, Flags, Floats, categorical, constant, pick, pick_rows, stacked
from analysis.filters import Window
from analysis.phase_visits import BASELINES, PhaseVisits, chosen_phases, phase_visits
from analysis.phases import PHASES
from analysis.samples import samples, visits
from analysis.scales import percent_improvement
from data.study import Study

__all__ = ["BASELINES", "LANE_SORTS", "STATES", "STATE_ORDER", "THRESHOLDS", "lane_order", "responses", "states"]

EXACT = 1e-9
"""Room for rounding in a comparison of one-decimal scores; far below any difference between two of them."""


@dataclass(frozen=True)
class Threshold:
    """A relative response: at least `percent` % improvement from baseline, a tie included."""

    key: str
    label: str
    percent: float
    wording: str


@dataclass(frozen=True)
class State:
    """Where a patient stands at a visit; `holds` takes (baseline, value). The first state that holds is the one."""

    key: str
    label: str
    holds: Callable[[Floats, Floats], Flags]


@dataclass(frozen=True)
class LaneSort:
    """An order of patients: `rank` gives one number per patient, the smallest first, NaN last."""

    key: str
    label: str
    rank: Callable[[Study], Floats]


def reached(baseline: Floats, value: Floats, percent: float) -> Flags:
    """True where `value` is at least `percent` % better than `baseline`; ties count, and are found for every pair of
    one-decimal scores. False where either is missing or the baseline is 0: ask `evaluable` first."""
    return (100.0 * (baseline - value) - percent * baseline >= -EXACT) & (baseline > 0)


def evaluable(baseline: Floats, value: Floats) -> Flags:
    """True where improvement is defined: both are known and the baseline is not 0."""
    return (baseline > 0) & ~np.isnan(value)


def worse(baseline: Floats, value: Floats) -> Flags:
    """True where PASI is higher than at baseline."""
    return value - baseline > EXACT


def _threshold(percent: float, wording: str) -> Threshold:
    return Threshold(f"PASI{percent:g}", f"PASI{percent:g}", percent, wording)


THRESHOLDS: Mapping[str, Threshold] = MappingProxyType(
    {
        threshold.key: threshold
        for threshold in (
            _threshold(50, "PASI at least 50 % below baseline."),
            _threshold(75, "PASI at least 75 % below baseline."),
            _threshold(90, "PASI at least 90 % below baseline."),
            _threshold(100, "PASI 0, from a baseline above 0."),
        )
    }
)


def _at_least(percent: float) -> Callable[[Floats, Floats], Flags]:
    return lambda baseline, value: reached(baseline, value, percent)


STATES: Mapping[str, State] = MappingProxyType(
    {
        state.key: state
        for state in (
            State("not_evaluable", "not evaluable", lambda baseline, value: ~evaluable(baseline, value)),
            State("PASI100", "PASI100", _at_least(100)),
            State("PASI90", "PASI90", _at_least(90)),
            State("PASI75", "PASI75", _at_least(75)),
            State("PASI50", "PASI50", _at_least(50)),
            State("worse", "worse than baseline", worse),
            State("below_PASI50", "below PASI50", lambda baseline, value: ~worse(baseline, value)),
        )
    }
)
"""In the order in which they are tried."""

STATE_ORDER = ("PASI100", "PASI90", "PASI75", "PASI50", "below_PASI50", "worse", "not_evaluable")
"""From best to worst."""


def states(baseline: Floats, value: Floats) -> pd.Categorical:
    """The key of the state of each (baseline, value), an ordered categorical from best to worst."""
    holds = [state.holds(baseline, value) for state in STATES.values()]
    codes = np.select(holds, [STATE_ORDER.index(key) for key in STATES])
    return categorical(codes, STATE_ORDER, ordered=True)


def responses(
    study: Study,
    phases: Sequence[str] | None = None,
    window: Window | None = None,
    clock: str = "index",
    baseline: str = "phase",
) -> pd.DataFrame:
    """The response table: one row per patient × phase (None: those that the study has), by patient, then phase.

    patient_id, phase, baseline and baseline_week (see `BASELINES`), visits (with a PASI, after the phase's start),
    best_pasi (lowest, of equal ones the earliest) and best_week, best_improvement (%), weeks_to_pasi75 and
    weeks_to_pasi90 (from the phase's start to the first visit that reached it; it happened between that visit and
    the one before), last_pasi, last_week, state_now (at the last visit), reason (why not evaluable, or "").

    Weeks are the study's, weeks_to_* weeks since the phase's start. `window` (weeks on `clock`, closed) limits the
    visits, never the baseline. `all` means every visit after the index week; `before` has no start, so no baseline.
    NaN: not observed, or never reached.
    """
    keys = chosen_phases(study, phases)
    return stacked([_phase_responses(phase_visits(study, key, baseline, window, clock), study) for key in keys])


def lane_order(study: Study, by: str = "id") -> list[str]:
    """Patient ids in the order of a `LANE_SORTS` entry; ties, and patients without a value, in display order."""
    order = np.argsort(LANE_SORTS[by].rank(study), kind="stable")
    ids = study.patient_ids
    return [ids[position] for position in order]


def _by_id(study: Study) -> Floats:
    return np.arange(len(study.patients), dtype=float)


def _by_first_response(study: Study) -> Floats:
    seen = phase_visits(study, "all")
    return _first_reached(seen, 50) - seen.start


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
            LaneSort("first_response", "weeks to first PASI50", _by_first_response),
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
        "best_improvement": percent_improvement(best, seen.baseline),
        "weeks_to_pasi75": _first_reached(seen, 75) - seen.start,
        "weeks_to_pasi90": _first_reached(seen, 90) - seen.start,
        "last_pasi": last,
        "last_week": pick(seen.week, seen.last),
        "state_now": states(seen.baseline, last),
        "reason": seen.no_baseline,
    }


def _first_reached(seen: PhaseVisits, percent: float) -> Floats:
    """The week of each patient's first visit that reached the threshold."""
    return pick(seen.week, seen.first(reached(seen.base, seen.pasi, percent)))
