"""What the reader's rules mark in a patient's course: first response, nadir, relapse and rebound, and their lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions, Rows, categorical, pick, pick_rows
from analysis.phase_visits import PhaseVisits, phase_visits
from analysis.phases import PHASES, study_phases
from analysis.response.rebound import rebounds
from analysis.response.relapse import STATES, judged
from analysis.response.rule_options import NO_RULE, RuleOptions
from analysis.response.rules import rules_of
from data.study import Study

LINES = ("response", "relapse", "rebound")
RELAPSED = list(STATES).index("relapsed")


Found = tuple[Flags, Floats, Floats]
"""Of each patient: whether it happened, its week of the study, and the PASI then (NaN: none that day)."""


@dataclass(frozen=True)
class Milestone:
    """One kind of mark: `find` takes a study, the visits of a phase and the rules; `told` says whether they tell it."""

    key: str
    label: str
    sign: str
    find: Callable[[Study, PhaseVisits, RuleOptions], Found]
    told: Callable[[RuleOptions], bool] = lambda rules: True  # noqa: ARG005 - response and nadir always are


def told_phases(study: Study, phase: str) -> list[str]:
    """The phases whose milestones are told for a chosen one: `all` stands for each phase that has a start, since a
    nadir and a relapse are a phase's own."""
    return [key for key in study_phases(study) if PHASES[key].start and key != "all"] if phase == "all" else [phase]


def milestones(study: Study, phase: str, rules: RuleOptions) -> pd.DataFrame:
    """patient_id, week (of the study), pasi (NaN: a restart without a visit that day), event (key of `MILESTONES`),
    phase: one row per event of each of `told_phases`, by phase, event, then patient."""
    return _table(study, event_rows(study, phase, rules), "event", list(MILESTONES))


def event_rows(study: Study, phase: str, rules: RuleOptions) -> Rows:
    """`milestones` as arrays: patient, event and phase are positions, of study, `MILESTONES` and `PHASES`."""
    parts = [
        _events(study, phase_visits(study, key, *rules.visits), position, milestone, rules)
        for key in told_phases(study, phase)
        for position, milestone in enumerate(MILESTONES.values())
        if milestone.told(rules)
    ]
    return _rows(parts, "pasi", "event")


def lines(study: Study, phase: str, rules: RuleOptions) -> pd.DataFrame:
    """patient_id, week (of the study), threshold (PASI), rule (response, relapse or rebound), phase: the corners of
    each patient's lines, in the order of drawing, by phase, rule, then patient.

    A relative response's line lasts from the phase's start to the last visit; an absolute one is the same for everybody
    and not here. A relapse's line steps down with the nadir, from the response that puts at risk up to the relapse. A
    rebound's line lasts as long after stopping as its rule says."""
    return _table(study, line_rows(study, phase, rules), "rule", list(LINES))


def line_rows(study: Study, phase: str, rules: RuleOptions) -> Rows:
    """`lines` as arrays: patient, rule and phase are positions, of study, `LINES` and `PHASES`."""
    parts = [part for key in told_phases(study, phase) for part in _lines(study, key, rules)]
    return _rows(parts, "threshold", "rule")


@dataclass(frozen=True, eq=False)
class _Part:
    """Rows of one kind in one phase: positions of patients, their weeks, and a PASI each."""

    phase: str
    kind: int
    patient: Positions
    week: Floats
    pasi: Floats


def _rows(parts: list[_Part], value: str, kind: str) -> Rows:
    """The parts, one after the other: patient, week, `value`, `kind`, phase."""
    sizes = np.array([len(part.patient) for part in parts], np.intp)
    phases = list(PHASES)
    return {
        "patient": np.concatenate([np.zeros(0, np.intp), *(part.patient for part in parts)]),
        "week": np.concatenate([[], *(part.week for part in parts)]),
        value: np.concatenate([[], *(part.pasi for part in parts)]),
        kind: np.repeat(np.array([part.kind for part in parts], np.intp), sizes),
        "phase": np.repeat(np.array([phases.index(part.phase) for part in parts], np.intp), sizes),
    }


def _table(study: Study, rows: Rows, kind: str, kinds: list[str]) -> pd.DataFrame:
    """The rows with the names of their patients, kinds and phases."""
    named = {kind: categorical(rows[kind], kinds), "phase": categorical(rows["phase"], PHASES)}
    numbers = {name: column for name, column in rows.items() if name != "patient"}
    return pd.DataFrame({"patient_id": study.patients["patient_id"].array.take(rows["patient"]), **numbers, **named})


def _events(study: Study, seen: PhaseVisits, kind: int, milestone: Milestone, rules: RuleOptions) -> _Part:
    happened, week, pasi = milestone.find(study, seen, rules)
    rows = np.flatnonzero(happened)
    return _Part(seen.phase, kind, rows, week[rows], pasi[rows])


def _response(study: Study, seen: PhaseVisits, rules: RuleOptions) -> Found:
    return _at(seen, seen.first(rules.response_of(study).holds(seen.base, seen.pasi)))


def _nadir(study: Study, seen: PhaseVisits, rules: RuleOptions) -> Found:
    return _at(seen, pick_rows(seen.nadir_row, seen.last))


def _relapse(study: Study, seen: PhaseVisits, rules: RuleOptions) -> Found:
    found = judged(study, seen.phase, rules.relapse_of(study), *rules.visits)
    that_day = seen.first(np.abs(seen.week - found.week[seen.patient]) <= SAME_WEEK)
    relapsed: Flags = found.state == RELAPSED
    return relapsed, found.week, pick(seen.pasi, np.where(found.relapse < 0, that_day, found.relapse))


def _rebound(study: Study, seen: PhaseVisits, rules: RuleOptions) -> Found:
    found = rebounds(study, [rules.rebound], [seen.phase], rules)
    return (found["state"] == "rebound").to_numpy(bool), found["week"].to_numpy(float), found["pasi"].to_numpy(float)


def _at(seen: PhaseVisits, rows: Positions) -> Found:
    return rows >= 0, pick(seen.week, rows), pick(seen.pasi, rows)


MILESTONES: Mapping[str, Milestone] = MappingProxyType(
    {
        milestone.key: milestone
        for milestone in (
            Milestone("response", "first response", "★", _response),
            Milestone("nadir", "nadir", "▾", _nadir),
            Milestone("relapse", "relapse", "✕", _relapse, lambda rules: rules.relapse != NO_RULE),
            Milestone("rebound", "rebound", "⇈", _rebound, lambda rules: rules.rebound != NO_RULE),
        )
    }
)


def _lines(study: Study, phase: str, rules: RuleOptions) -> list[_Part]:
    """The lines of one phase."""
    seen = phase_visits(study, phase, *rules.visits)
    response, found = rules.response_of(study), []
    if response.relative:
        end = pick(seen.week, seen.last)
        found.append(_Part(phase, LINES.index("response"), *_level(seen.start, end, response.line(seen.baseline))))
    relapse = rules.relapse_of(study)
    if rules.relapse != NO_RULE and rules_of(study).relapses[relapse].comparator != "none":
        line = judged(study, phase, relapse, *rules.visits)
        rows = line.rows(seen.patient)
        steps = _steps(seen.patient[rows], seen.week[rows], line.line[rows])
        found.append(_Part(phase, LINES.index("relapse"), *steps))
    if rules.rebound != NO_RULE:
        told = rebounds(study, [rules.rebound], [phase], rules)
        stop, level = told["stop_week"].to_numpy(float), told["threshold"].to_numpy(float)
        until = stop + rules_of(study).rebounds[rules.rebound].weeks
        found.append(_Part(phase, LINES.index("rebound"), *_level(stop, until, level)))
    return found


Corners = tuple[Positions, Floats, Floats]
"""Patients, weeks and PASI of the corners of lines."""


def _level(start: Floats, end: Floats, line: Floats) -> Corners:
    """Two corners for each patient who has all three."""
    rows = np.flatnonzero(~np.isnan(start + end + line) & (end > start))
    return np.repeat(rows, 2), np.stack([start[rows], end[rows]], axis=1).ravel(), np.repeat(line[rows], 2)


def _steps(patient: Positions, week: Floats, level: Floats) -> Corners:
    """A line that holds from each visit to the next: a patient's later visits get one more corner, at the old level."""
    later = np.flatnonzero(patient[1:] == patient[:-1]) + 1
    rows = np.sort(np.concatenate([np.arange(len(patient)), later]))
    doubled = np.r_[rows[1:] == rows[:-1], False]
    return patient[rows], week[rows], np.where(doubled, level[rows - 1], level[rows])
