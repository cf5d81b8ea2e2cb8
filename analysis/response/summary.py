"""What became of each patient in each phase: response, depth, duration, relapse, time in response, area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import Column, Flags, Floats, Positions, categorical, constant, pick, pick_rows, stacked
from analysis.filters import in_window
from analysis.phase_visits import PhaseVisits, chosen_phases, phase_visits
from analysis.phases import PHASES
from analysis.response.relapse import relapses
from analysis.response.rule_kinds import COMPARATORS, Response, Sustained
from analysis.response.rule_options import USUAL, RuleOptions
from analysis.response.rules import sustained_rule
from analysis.response.states import states
from analysis.scales import improvement
from data.study import Study

SUSTAINED_STATES: Mapping[str, str] = MappingProxyType(
    {
        "sustained": "sustained",
        "lost": "lost again",
        "never": "never responded",
        "too_short": "held, but not followed for long enough",
        "not_evaluable": "not evaluable",
    }
)


def summaries(study: Study, phases: Sequence[str] | None = None, how: RuleOptions = USUAL) -> pd.DataFrame:
    """One row per patient × phase under the chosen rules, by patient, then phase.

    patient_id, phase, baseline, baseline_week, visits; nadir (best value, of equal ones the earliest), nadir_week,
    depth_percent (improvement at it); first_response_week, weeks_to_response_low and _high (from the phase's start to
    the visit before it, which showed none, and to the visit that showed it: it happened between the two),
    response_lost_week (the first later visit without), duration_weeks (from the one to the other or, where it was
    never lost, to the last visit: then response_ongoing), weeks_followed, weeks_in_response, auc_per_week;
    relapse_week, relapse_state (see `relapse.relapses`), sustained (key of `SUSTAINED_STATES`), last_pasi, last_week,
    state_now, reason (why the response is not evaluable, or "").

    Weeks are the study's, durations weeks. Between two visits the outcome is a straight line (trapezoid), and the
    time as in response wholly if both show it, half if one does; from the phase's start on, with the baseline standing
    there, unless the window of `how` excludes the start; it limits the visits, never the baseline.
    NaN: not observed, or it did not happen.
    """
    rule, lasting = how.response_of(study), sustained_rule(how.sustained)
    tables = []
    for phase in chosen_phases(study, phases):
        seen = phase_visits(study, phase, *how.visits)
        started = in_window(study, np.arange(seen.size), seen.start, how.window, how.clock)
        tables.append(_summary(study, seen, rule, lasting, started))
    together = stacked(tables)
    found = relapses(study, [how.relapse_of(study)], phases, how)
    return together.assign(relapse_week=found["week"], relapse_state=found["state"])


def _summary(study: Study, seen: PhaseVisits, rule: Response, lasting: Sustained, started: Flags) -> dict[str, Column]:
    """The rows of one phase, in display order, without the relapse."""
    nadir_row = pick_rows(seen.nadir_row, seen.last)
    nadir, last = pick(seen.pasi, nadir_row), pick(seen.pasi, seen.last)
    reason = seen.no_baseline if rule.relative else seen.missing
    return {
        "patient_id": study.patients["patient_id"].array,
        "phase": constant(seen.phase, PHASES, seen.size),
        "baseline": seen.baseline,
        "baseline_week": seen.baseline_week,
        "visits": seen.count,
        "nadir": nadir,
        "nadir_week": pick(seen.week, nadir_row),
        "depth_percent": improvement(study, nadir, seen.baseline),
        **_response(seen, rule, lasting, reason),
        **_areas(seen, rule, started, reason == ""),
        "last_pasi": last,
        "last_week": pick(seen.week, seen.last),
        "state_now": states(study, seen.baseline, last),
        "reason": reason,
    }


def _response(seen: PhaseVisits, rule: Response, lasting: Sustained, reason: pd.Categorical) -> dict[str, Any]:
    """When the response was reached and lost, and whether it was sustained."""
    held = rule.holds(seen.base, seen.pasi)
    first = seen.first(held)
    after = (first >= 0)[seen.patient] & (np.arange(len(held)) > first[seen.patient])
    lost = seen.first(after & ~held)
    first_week, lost_week, last_week = (pick(seen.week, rows) for rows in (first, lost, seen.last))
    return {
        "first_response_week": first_week,
        "weeks_to_response_low": _week_before(seen, first) - seen.start,
        "weeks_to_response_high": first_week - seen.start,
        "response_lost_week": lost_week,
        "duration_weeks": np.where(lost >= 0, lost_week, last_week) - first_week,
        "response_ongoing": (first >= 0) & (lost < 0),
        "sustained": _sustained(lasting, reason != "", first, lost, last_week - first_week),
    }


def _week_before(seen: PhaseVisits, rows: Positions) -> Floats:
    """The week of the visit before each patient's of `rows`, of the phase's start where there is none."""
    first = seen.first(np.ones(len(seen.week), bool))
    before = np.where(rows > first, rows - 1, -1)
    return np.where(rows < 0, np.nan, np.where(before >= 0, pick(seen.week, before), seen.start))


def _sustained(rule: Sustained, unknown: Flags, first: Positions, lost: Positions, followed: Floats) -> pd.Categorical:
    long = COMPARATORS[rule.comparator](followed, np.full(len(followed), rule.weeks))
    keys = list(SUSTAINED_STATES)
    cases = {"not_evaluable": unknown, "never": first < 0, "lost": lost >= 0, "sustained": long}
    codes = np.select(list(cases.values()), [keys.index(key) for key in cases], keys.index("too_short"))
    return categorical(codes, keys)


def _areas(seen: PhaseVisits, rule: Response, started: Flags, known: Flags) -> dict[str, Floats]:
    """Weeks followed and in response, and PASI per week under the curve; NaN where no time was followed, and the
    weeks in response where none is `known`."""
    held = rule.holds(seen.base, seen.pasi).astype(float)
    at_start = rule.holds(seen.baseline, seen.baseline).astype(float)
    followed, in_response = area_under(seen, held, at_start, started)
    _, under = area_under(seen, seen.pasi, seen.baseline, started)
    return {
        "weeks_followed": followed,
        "weeks_in_response": np.where(known, in_response, np.nan),
        "auc_per_week": under / followed,
    }


def area_under(seen: PhaseVisits, values: Floats, at_start: Floats, started: Flags) -> tuple[Floats, Floats]:
    """Each patient's weeks followed, and the area under the straight lines between the `values` of the visits (value ×
    weeks, by trapezoids); from the phase's start on, with `at_start` there, of those who are `started` and have a
    baseline, else from their first visit on. NaN where no time was followed."""
    opens = started & ~np.isnan(seen.baseline)
    span = seen.week - _previous(seen, seen.week, np.where(opens, seen.start, np.nan))
    area = span * (values + _previous(seen, values, at_start)) / 2
    weeks, under = _total(seen, span), _total(seen, area)
    return np.where(weeks > 0, weeks, np.nan), np.where(weeks > 0, under, np.nan)


def _previous(seen: PhaseVisits, values: Floats, at_start: Floats) -> Floats:
    """For each visit the patient's value at the visit before, at the first visit the one `at_start`."""
    before = np.append(np.nan, values[:-1]) if len(values) else values
    first = np.ones(len(values), bool)
    first[1:] = seen.patient[1:] != seen.patient[:-1]
    return np.where(first, at_start[seen.patient], before)


def _total(seen: PhaseVisits, values: Floats) -> Floats:
    """Each patient's sum over the visits, missing ones left out."""
    return np.bincount(seen.patient, np.nan_to_num(values), seen.size).astype(float)
