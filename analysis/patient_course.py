"""One patient in words: who, what was given, and what became of the outcome in each phase by the rules in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.outcomes import outcome_name, outcome_of
from analysis.phases import anchors, course_kind, off_clock, phase_labels, study_phases
from analysis.response import rebound, relapse
from analysis.response.rebound import rebounds
from analysis.response.rule_options import NO_RULE
from analysis.response.states import states_of
from analysis.response.summary import summaries
from analysis.tracks import track, tracks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from analysis.query import Query
    from data.study import Study

FIELDS = (
    "from_week", "to_week", "clock", "score", "response", "cutoff", "relapse", "rebound", "baseline", "sustained",
)  # fmt: skip
"""The query's fields that a course depends on."""
COVARIATES = 8
"""Most covariates that are told of a patient."""
DOSES = 4
"""Up to this many doses are told with their weeks."""


@dataclass(frozen=True)
class PatientCourse:
    """Plain text of one patient: `who` and `given` are phrases, `outcome` is of all visits after the index event,
    told where it is not that of one phase, `phases` has the name of each phase that the patient reached and what became
    of the outcome there. Weeks are the study's."""

    who: tuple[str, ...]
    given: tuple[str, ...]
    outcome: str
    phases: tuple[tuple[str, tuple[str, ...]], ...]


def patient_courses(study: Study, query: Query, patients: Collection[str]) -> dict[str, PatientCourse]:
    """The course of each of these patients, whose numbers are those of `summary.summaries` under the query's rules."""
    phases, given = study_phases(study), _given(study, patients)
    table = _table(study, query, phases)
    rows = dict(_by_patient(table, patients))
    who = dict(zip(study.patient_ids, _covariates(study), strict=True))
    return {one: PatientCourse(who[one], given[one], *_outcome_by_phase(study, query, rows[one])) for one in patients}


def _table(study: Study, query: Query, phases: list[str]) -> pd.DataFrame:
    how = query.rules(study)
    table = summaries(study, phases, how)
    if query.rebound == NO_RULE:
        return table
    found = rebounds(study, [query.rebound], phases, how)
    return table.assign(rebound_week=found["week"], rebound_state=found["state"])


def _by_patient(table: pd.DataFrame, patients: Collection[str]) -> Iterable[tuple[str, list[Any]]]:
    kept = table[table["patient_id"].isin(list(patients))]
    for patient, own in kept.groupby("patient_id", observed=True, sort=False):
        yield str(patient), list(own.itertuples())


def _covariates(study: Study) -> list[tuple[str, ...]]:
    """Of each patient in display order what is known once; what is not stated says so."""
    lone = study.patients["group"].nunique() < 2  # whose group says nothing
    keys = [key for key in tracks(study) if key.startswith("covariate_") and not (lone and key == "covariate_group")]
    columns = []
    for known in (track(study, key) for key in keys[:COVARIATES]):
        texts = [_plain(value) if known.numeric else str(value) for value in known.values]
        unit = f" {known.unit}" if known.unit else ""
        stated = zip(texts, known.missing, strict=True)
        columns.append([f"{known.label} {'not stated' if missing else f'{text}{unit}'}" for text, missing in stated])
    return list(zip(*columns, strict=True)) if columns else [()] * len(study.patients)


def _given(study: Study, patients: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The index treatment with its weeks and the restart with its drug and week."""
    courses, starts = course_kind(study), anchors(study).set_index("patient_id")
    index = courses[courses["role"] == "index"]
    weeks = index.groupby(index["patient_id"].astype(str))["start_week"].apply(lambda own: sorted(set(own)))
    restarts = "restart" in study_phases(study)
    return {
        one: (
            *([_doses(study, weeks.get(one, []))] if study.index.treatment else []),
            *([_restart(starts.loc[one])] if restarts else []),
        )
        for one in patients
    }


def _doses(study: Study, weeks: list[float]) -> str:
    if not weeks:
        return f"never got {study.index.treatment}"
    if len(weeks) > DOSES:
        return f"{study.index.treatment}: {len(weeks)} doses, weeks {_at(weeks[0])} to {_at(weeks[-1])}"
    return f"{study.index.treatment}: week{'s' if len(weeks) > 1 else ''} {', '.join(_at(week) for week in weeks)}"


def _restart(row: Any) -> str:
    if np.isnan(row["restart_week"]):
        return "no restart"
    switch = "switch" if row["restart_is_switch"] else "given before"
    return f"restart: {row['restart_treatment']}, week {_at(row['restart_week'])} ({switch})"


def _outcome_by_phase(
    study: Study, query: Query, rows: list[Any]
) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """The outcome over all visits after the index event, and phase by phase."""
    names, outcome = phase_labels(study), outcome_name(study)
    whole = next(row for row in rows if row.phase == "all")
    if str(whole.patient_id) in off_clock(study, "index"):
        return f"{outcome}: no baseline and no phase, since {study.index.treatment} was not given", ()
    reached = [row for row in rows if row.phase != "all" and (row.visits or row.phase != "restart")]
    phases = tuple((names[row.phase], _phase(study, query, row)) for row in reached)
    if reached[-1].phase != "restart":  # the phase after the index event says the same
        return f"{outcome} by phase", phases
    return f"{outcome}: {_baseline(whole)}, {_values(study, query, whole)}", phases


def _phase(study: Study, query: Query, row: Any) -> tuple[str, ...]:
    """The values of a phase, then its milestones; before the index event no response is judged."""
    if not row.visits:
        return (_nothing(query),)
    if row.phase == "before":
        return (_values(study, query, row),)
    return f"{_baseline(row)}, {_values(study, query, row)}", _milestones(study, query, row)


def _nothing(query: Query) -> str:
    return "not measured" if query.window is None else "not measured in the weeks used"


def _values(study: Study, query: Query, row: Any) -> str:
    """Best and last value with their weeks, the improvement at the best and the state at the last; once if the same."""
    name = "best" if outcome_of(study).better == "higher" else "nadir"
    depth = row.depth_percent
    change = "" if np.isnan(depth) else f", {_at(abs(depth))} % {'worse' if depth < 0 else 'better'}"
    state = "" if row.phase == "before" else f", {states_of(study)[row.state_now].label}"
    last = f"last {_plain(row.last_pasi)} (week {_at(row.last_week)}{state})"
    if row.nadir_week == row.last_week:
        return f"{name} and {last}{change}"
    return f"{name} {_plain(row.nadir)} (week {_at(row.nadir_week)}{change}), {last}"


def _milestones(study: Study, query: Query, row: Any) -> str:
    """Response, relapse and rebound by the rules in force: the study week, or why there is none."""
    label = query.rules(study).response_of(study).label
    none = f"not evaluable ({row.reason})" if row.reason else "not reached"
    found = [f"★ {label} {_when(row.first_response_week, none)}"]
    if query.relapse != NO_RULE:
        found.append(f"✕ {_when(row.relapse_week, relapse.STATES[row.relapse_state], 'relapse ')}")
    if query.rebound != NO_RULE:
        found.append(f"⇈ {_when(row.rebound_week, rebound.STATES[row.rebound_state], 'rebound ')}")
    return "; ".join(found)


def _when(week: float, otherwise: str, name: str = "") -> str:
    return otherwise if np.isnan(week) else f"{name}week {_at(week)}"


def _baseline(row: Any) -> str:
    if np.isnan(row.baseline):
        return "baseline not measured"
    return f"baseline {_plain(row.baseline)} (week {_at(row.baseline_week)})"


def _plain(value: float) -> str:
    return f"{value + 0.0:.4g}".replace("-", "−")


def _at(week: float) -> str:
    """A week to a tenth, with a true minus sign."""
    return f"{round(week, 1) + 0.0:.6g}".replace("-", "−")
