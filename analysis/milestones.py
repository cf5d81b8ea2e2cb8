"""What the reader's rules mark in a patient's course: first response, nadir, relapse and rebound, and their lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import Flags, Floats, Positions, constant, pick, pick_rows
from analysis.narrow import Window
from analysis.phase_visits import PhaseVisits, phase_visits
from analysis.phases import PHASES, study_phases
from analysis.rebound import rebounds
from analysis.relapse import relapse_lines, relapses
from analysis.rules import REBOUNDS, RELAPSES, response_rule
from data.study import Study


@dataclass(frozen=True)
class Told:
    """The rules that tell the milestones, in keys of their registries (an own cut-off as `response_rule` takes it);
    relapse and rebound None: not told. `window` is in weeks of `clock`, and limits the visits, never the baseline."""

    response: str = "PASI75"
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
    find: Callable[[Study, PhaseVisits, Told], Found]
    told: Callable[[Told], bool] = lambda rules: True  # noqa: ARG005 - response and nadir always are


def told_phases(study: Study, phase: str) -> list[str]:
    """The phases whose milestones are told for a chosen one: `all` stands for each phase that has a start, since a
    nadir and a relapse are a phase's own."""
    return [key for key in study_phases(study) if PHASES[key].start and key != "all"] if phase == "all" else [phase]


def milestones(study: Study, phase: str, rules: Told) -> pd.DataFrame:
    """patient_id, week (of the study), pasi (NaN: a restart without a visit that day), event (key of `MILESTONES`),
    phase: one row per event of each of `told_phases`, by phase, event, then patient."""
    tables = [
        _events(study, phase_visits(study, key, *rules.visits), milestone, rules)
        for key in told_phases(study, phase)
        for milestone in MILESTONES.values()
        if milestone.told(rules)
    ]
    return pd.concat(tables, ignore_index=True)


def lines(study: Study, phase: str, rules: Told) -> pd.DataFrame:
    """patient_id, week (of the study), threshold (PASI), rule (response, relapse or rebound), phase: the corners of
    each patient's lines, in the order of drawing, by phase, rule, then patient.

    A relative response's line lasts from the phase's start to the last visit; an absolute one is the same for everybody
    and not here. A relapse's line steps down with the nadir, from the response that puts at risk up to the relapse. A
    rebound's line lasts as long after stopping as its rule says."""
    tables = [
        table.assign(rule=name, phase=constant(key, PHASES, len(table)))
        for key in told_phases(study, phase)
        for name, table in _lines(study, key, rules).items()
    ]
    return pd.concat(tables, ignore_index=True)


def _events(study: Study, seen: PhaseVisits, milestone: Milestone, rules: Told) -> pd.DataFrame:
    happened, week, pasi = milestone.find(study, seen, rules)
    rows = np.flatnonzero(happened)
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array.take(rows),
            "week": week[rows],
            "pasi": pasi[rows],
            "event": constant(milestone.key, MILESTONES, len(rows)),
            "phase": constant(seen.phase, PHASES, len(rows)),
        }
    )


def _response(study: Study, seen: PhaseVisits, rules: Told) -> Found:
    return _at(seen, seen.first(response_rule(rules.response).holds(seen.base, seen.pasi)))


def _nadir(study: Study, seen: PhaseVisits, rules: Told) -> Found:
    return _at(seen, pick_rows(seen.nadir_row, seen.last))


def _relapse(study: Study, seen: PhaseVisits, rules: Told) -> Found:
    found = relapses(study, [str(rules.relapse)], [seen.phase], rules.window, rules.clock, rules.baseline)
    week, pasi = found["week"].to_numpy(float), found["pasi"].to_numpy(float)
    that_day = seen.first(seen.week == week[seen.patient])
    return (
        (found["state"] == "relapsed").to_numpy(bool),
        week,
        np.where(np.isnan(pasi), pick(seen.pasi, that_day), pasi),
    )


def _rebound(study: Study, seen: PhaseVisits, rules: Told) -> Found:
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


def _lines(study: Study, phase: str, rules: Told) -> dict[str, pd.DataFrame]:
    """Rule -> the corners of its lines in one phase: patient_id, week, threshold."""
    seen = phase_visits(study, phase, *rules.visits)
    response, found = response_rule(rules.response), {}
    if response.relative:
        found["response"] = _level(study, seen.start, pick(seen.week, seen.last), response.line(seen.baseline))
    if rules.relapse is not None and RELAPSES[rules.relapse].comparator != "none":
        found["relapse"] = _steps(relapse_lines(study, rules.relapse, phase, rules.window, rules.clock, rules.baseline))
    if rules.rebound is not None:
        told = rebounds(study, [rules.rebound], [phase], rules.window, rules.clock, rules.baseline)
        stop, line = told["stop_week"].to_numpy(float), told["threshold"].to_numpy(float)
        found["rebound"] = _level(study, stop, stop + REBOUNDS[rules.rebound].weeks, line)
    return found


def _level(study: Study, start: Floats, end: Floats, line: Floats) -> pd.DataFrame:
    """Two corners for each patient who has all three."""
    rows = np.flatnonzero(~np.isnan(start + end + line) & (end > start))
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array.take(np.repeat(rows, 2)),
            "week": np.stack([start[rows], end[rows]], axis=1).ravel(),
            "threshold": np.repeat(line[rows], 2),
        }
    )


def _steps(table: pd.DataFrame) -> pd.DataFrame:
    """A line that holds from each visit to the next: a patient's later visits get one more corner, at the old level."""
    codes, level = table["patient_id"].cat.codes.to_numpy(), table["threshold"].to_numpy(float)
    later = np.flatnonzero(codes[1:] == codes[:-1]) + 1
    rows = np.sort(np.concatenate([np.arange(len(table)), later]))
    corner = np.r_[False, rows[1:] == rows[:-1]]
    old = np.r_[corner[1:], False]
    return pd.DataFrame(
        {
            "patient_id": table["patient_id"].array.take(rows),
            "week": table["week"].to_numpy(float)[rows],
            "threshold": np.where(old, level[rows - 1], level[rows]),
        }
    )
