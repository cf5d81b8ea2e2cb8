"""What the reader's rules mark in a patient's course: first response, nadir, relapse and rebound, and their lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions, categorical, pick, pick_rows
from analysis.filters import Window
from analysis.outcomes import outcome_of
from analysis.phase_visits import PhaseVisits, phase_visits
from analysis.phases import PHASES, study_phases
from analysis.response.rebound import rebounds
from analysis.response.relapse import STATES, judged
from analysis.response.rule_kinds import Response
from analysis.response.rules import response_rule, rules_of
from data.study import Study

LINES = ("response", "relapse", "rebound")
RELAPSED = list(STATES).index("relapsed")


@dataclass(frozen=True)
class MilestoneRules:
    """The rules that tell the milestones, in keys of their registries (an own cut-off as `response_rule` takes it);
    relapse and rebound None: not told. `window` is in weeks of `clock`, and limits the visits, never the baseline."""

    response: str | None = None
    relapse: str | None = "NPF"
    rebound: str | None = None
    baseline: str = "phase"
    window: Window | None = None
    clock: str = "index"

    @property
    def visits(self) -> tuple[str, Window | None, str]:
        """What `phase_visits` takes after the phase."""
        return self.baseline, self.window, self.clock


Found = tuple[Flags, Floats, Floats]
"""Of each patient: whether it happened, its week of the study, and the PASI then (NaN: none that day)."""


@dataclass(frozen=True)
class Milestone:
    """One kind of mark: `find` takes a study, the visits of a phase and the rules; `told` says whether they tell it."""

    key: str
    label: str
    sign: str
    find: Callable[[Study, PhaseVisits, MilestoneRules], Found]
    told: Callable[[MilestoneRules], bool] = lambda rules: True  # noqa: ARG005 - response and nadir always are


def told_phases(study: Study, phase: str) -> list[str]:
    """The phases whose milestones are told for a chosen one: `all` stands for each phase that has a start, since a
    nadir and a relapse are a phase's own."""
    return [key for key in study_phases(study) if PHASES[key].start and key != "all"] if phase == "all" else [phase]


def milestones(study: Study, phase: str, rules: MilestoneRules) -> pd.DataFrame:
    """patient_id, week (of the study), pasi (NaN: a restart without a visit that day), event (key of `MILESTONES`),
    phase: one row per event of each of `told_phases`, by phase, event, then patient."""
    parts = [
        _events(study, phase_visits(study, key, *rules.visits), position, milestone, rules)
        for key in told_phases(study, phase)
        for position, milestone in enumerate(MILESTONES.values())
        if milestone.told(rules)
    ]
    return _table(study, parts, ("week", "pasi"), "event", list(MILESTONES))


def lines(study: Study, phase: str, rules: MilestoneRules) -> pd.DataFrame:
    """patient_id, week (of the study), threshold (PASI), rule (response, relapse or rebound), phase: the corners of
    each patient's lines, in the order of drawing, by phase, rule, then patient.

    A relative response's line lasts from the phase's start to the last visit; an absolute one is the same for everybody
    and not here. A relapse's line steps down with the nadir, from the response that puts at risk up to the relapse. A
    rebound's line lasts as long after stopping as its rule says."""
    parts = [part for key in told_phases(study, phase) for part in _lines(study, key, rules)]
    return _table(study, parts, ("week", "threshold"), "rule", list(LINES))


@dataclass(frozen=True, eq=False)
class _Part:
    """Rows of one kind in one phase: positions of patients, their weeks, and a PASI each."""

    phase: str
    kind: int
    patient: Positions
    week: Floats
    pasi: Floats


def _table(study: Study, parts: list[_Part], numbers: tuple[str, str], kind: str, kinds: list[str]) -> pd.DataFrame:
    """The parts as one table."""
    patient = np.concatenate([[], *(part.patient for part in parts)]).astype(np.intp)
    sizes = np.array([len(part.patient) for part in parts], np.intp)
    phases = list(PHASES)
    where = [phases.index(part.phase) for part in parts]
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array.take(patient),
            numbers[0]: np.concatenate([[], *(part.week for part in parts)]),
            numbers[1]: np.concatenate([[], *(part.pasi for part in parts)]),
            kind: categorical(np.repeat([part.kind for part in parts], sizes).astype(np.intp), kinds),
            "phase": categorical(np.repeat(where, sizes).astype(np.intp), phases),
        }
    )


def _events(study: Study, seen: PhaseVisits, kind: int, milestone: Milestone, rules: MilestoneRules) -> _Part:
    happened, week, pasi = milestone.find(study, seen, rules)
    rows = np.flatnonzero(happened)
    return _Part(seen.phase, kind, rows, week[rows], pasi[rows])


def _response(study: Study, seen: PhaseVisits, rules: MilestoneRules) -> Found:
    return _at(seen, seen.first(_response_rule(study, rules).holds(seen.base, seen.pasi)))


def _response_rule(study: Study, rules: MilestoneRules) -> Response:
    return response_rule(rules.response or rules_of(study).first_response, outcome_of(study))


def _nadir(study: Study, seen: PhaseVisits, rules: MilestoneRules) -> Found:
    return _at(seen, pick_rows(seen.nadir_row, seen.last))


def _relapse(study: Study, seen: PhaseVisits, rules: MilestoneRules) -> Found:
    found = judged(study, seen.phase, str(rules.relapse), *rules.visits)
    that_day = seen.first(np.abs(seen.week - found.week[seen.patient]) <= SAME_WEEK)
    relapsed: Flags = found.state == RELAPSED
    return relapsed, found.week, pick(seen.pasi, np.where(found.relapse < 0, that_day, found.relapse))


def _rebound(study: Study, seen: PhaseVisits, rules: MilestoneRules) -> Found:
    found = rebounds(study, [str(rules.rebound)], [seen.phase], rules.window, rules.clock, rules.baseline)
    return (found["state"] == "rebound").to_numpy(bool), found["week"].to_numpy(float), found["pasi"].to_numpy(float)


def _at(seen: PhaseVisits, rows: Positions) -> Found:
    return rows >= 0, pick(seen.week, rows), pick(seen.pasi, rows)


MILESTONES: Mapping[str, Milestone] = MappingProxyType(
    {
        milestone.key: milestone
        for milestone in (
            Milestone("response", "first response", "★", _response),
            Milestone("nadir", "nadir", "▾", _nadir),
            Milestone("relapse", "relapse", "✕", _relapse, lambda rules: rules.relapse is not None),
            Milestone("rebound", "rebound", "⇈", _rebound, lambda rules: rules.rebound is not None),
        )
    }
)


def _lines(study: Study, phase: str, rules: MilestoneRules) -> list[_Part]:
    """The lines of one phase."""
    seen = phase_visits(study, phase, *rules.visits)
    response, found = _response_rule(study, rules), []
    if response.relative:
        end = pick(seen.week, seen.last)
        found.append(_Part(phase, LINES.index("response"), *_level(seen.start, end, response.line(seen.baseline))))
    if rules.relapse is not None and rules_of(study).relapses[rules.relapse].comparator != "none":
        line = judged(study, phase, rules.relapse, *rules.visits)
        rows = line.rows(seen.patient)
        steps = _steps(seen.patient[rows], seen.week[rows], line.line[rows])
        found.append(_Part(phase, LINES.index("relapse"), *steps))
    if rules.rebound is not None:
        told = rebounds(study, [rules.rebound], [phase], rules.window, rules.clock, rules.baseline)
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
