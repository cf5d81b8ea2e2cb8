"""Which phase a week belongs to, which clock it is told on, and what part a treatment plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions, categorical, first_rows, patient_codes, pick
from data.study import WEEK_ZERO, Study

DAY = 1 / 7 + SAME_WEEK
"""Weeks between the last day of a course and the next one's first."""
INDEX_PHASES = ("before", "after", "restart")
"""The phases that follow each other; `all` lies across them."""

ROLES = ("index", "prior", "background", "restart", "new", "other")
"""What a treatment is to its patient; see `course_kind`."""


@dataclass(frozen=True)
class Phase:
    """A phase: `label` holds a place for the index event's name; `start` is the column of `anchors` at which it
    starts, after which its visits lie and at (or before) which its baseline is measured; "" when it has none."""

    key: str
    label: str
    start: str


@dataclass(frozen=True)
class Clock:
    """A clock: weeks since each patient's own `anchor`, a column of `anchors`."""

    key: str
    label: str
    anchor: str


PHASES: Mapping[str, Phase] = MappingProxyType(
    {
        phase.key: phase
        for phase in (
            Phase("before", "before {index}", ""),
            Phase("after", "after {index}", "index_week"),
            Phase("restart", "after restart", "restart_week"),
            Phase("all", "all visits", "index_week"),
        )
    }
)

CLOCKS: Mapping[str, Clock] = MappingProxyType(
    {
        clock.key: clock
        for clock in (
            Clock("index", "weeks since {index}", "index_week"),
            Clock("restart", "weeks since restart", "restart_week"),
            Clock("study", "study weeks{zero}", "study_week"),
        )
    }
)


@lru_cache(maxsize=8)
def anchors(study: Study) -> pd.DataFrame:
    """The weeks at which each patient's phases start; one row per patient, in the order of `study.patients`.

    patient_id, study_week (0: the study's own clock, which everyone is on), index_week (first start of the index
    treatment; 0 in a study without one; NaN for a patient who never got it), last_infusion_week (its last start),
    restart_week (first biologic that starts strictly after the last infusion, and is no other dose of one that goes
    on, see `_runs`; of several on one day, the first in the table), restart_treatment, restart_is_switch (bool: no
    biologic of that name was started earlier by this patient; False where there is no restart). Weeks since the
    study's week 0; NaN: it did not happen. A study without an index treatment has no restarts.
    """
    first, last = _index_weeks(study)
    rows = _restart_rows(study)
    treatments = study.treatments
    week = pick(treatments["start_week"].to_numpy(float), rows)
    name = treatments["treatment"].astype("str").reset_index(drop=True).reindex(rows).array
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array,
            "study_week": np.zeros(len(first)),
            "index_week": first,
            "last_infusion_week": last,
            "restart_week": week,
            "restart_treatment": name,
            "restart_is_switch": (rows >= 0) & ~_resumed(study, rows),
        }
    )


def phase_labels(study: Study) -> dict[str, str]:
    """Phase key -> its name in this study, such as "before MSC"."""
    return {key: phase.label.format(index=study.index.label) for key, phase in PHASES.items()}


def clock_labels(study: Study) -> dict[str, str]:
    """Clock key -> axis title in this study, such as "weeks since first MSC". A clock that counts from the study's own
    week 0 says what that is, if the study does."""
    stated = study.week_zero != WEEK_ZERO
    index = study.week_zero if stated and study.index.treatment is None else index_event(study)
    zero = f" since {study.week_zero}" if stated else ""
    return {key: clock.label.format(index=index, zero=zero) for key, clock in CLOCKS.items()}


def study_clocks(study: Study) -> list[str]:
    """Keys of the clocks that tell this study's weeks apart: restart needs a restart, and the study's own clock, which
    then comes first, a patient who never got the index treatment."""
    starts = anchors(study)
    untreated = ["study"] if starts["index_week"].isna().any() else []
    return [*untreated, "index", *(["restart"] if starts["restart_week"].notna().any() else [])]


def index_event(study: Study) -> str:
    """The index event in words: "first MSC", or "week 0" in a study without an index treatment."""
    return study.index.label if study.index.treatment is None else f"first {study.index.label}"


def with_phase(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """`table` (patient_id, week) plus `phase`, a categorical of before, after and restart.

    A visit on the day a phase starts is pre-dose and belongs to the phase before: week <= index week is before,
    then after up to and including the restart week, then restart. Missing for a patient without the index
    treatment in a study that has one: such a visit is in no phase but `all`.
    """
    codes = phase_codes(study, patient_codes(table), table["week"].to_numpy(float))
    return table.assign(phase=categorical(codes, INDEX_PHASES))


def phase_codes(study: Study, patient: Positions, week: Floats) -> NDArray[np.int8]:
    """Position in `INDEX_PHASES` of each (patient code, week), -1 where there is no phase; rule as `with_phase`."""
    index, restart = (anchor_weeks(study, name)[patient] for name in ("index_week", "restart_week"))
    codes = np.where(week > restart + SAME_WEEK, 2, np.where(week > index + SAME_WEEK, 1, 0))
    return np.where(np.isnan(index) | np.isnan(week), -1, codes).astype(np.int8)


def in_phase(codes: NDArray[np.int8], phase: str) -> Flags:
    """True for each of `phase_codes` in the phase; `all` has everything."""
    return np.ones(len(codes), bool) if phase == "all" else codes == INDEX_PHASES.index(phase)


def study_phases(study: Study) -> list[str]:
    """Keys of the phases that this study can have: without any restart there is no restart phase."""
    restarts = anchors(study)["restart_week"].notna().any()
    return [key for key in PHASES if key != "restart" or restarts]


@lru_cache(maxsize=8)
def course_kind(study: Study) -> pd.DataFrame:
    """`study.treatments` plus `role`, a categorical, first rule that fits:

    index (the index treatment), restart (the course at `restart_week`), prior (ended before the index week),
    background (covers the index week, its first and last day included), new (starts after the index week),
    other (the patient never got the index treatment, so that nothing is before or after it). Courses that are one run
    of a drug have the role of that run: a change of dose is neither a stop nor a restart.
    """
    treatments, run = study.treatments, _runs(study)
    index = at_patient(study, treatments, "index_week")
    courses = treatments.assign(end_week=treatments["end_week"].fillna(np.inf)).groupby(run)
    start = courses["start_week"].transform("min").to_numpy(float)
    end = courses["end_week"].transform("max").to_numpy(float)
    rows = _restart_rows(study)
    restart = np.isin(run, run[rows[rows >= 0]])
    rules = [_is_index(study), restart, np.isnan(index), end < index - SAME_WEEK, start <= index + SAME_WEEK]
    names = ["index", "restart", "other", "prior", "background"]
    role = np.select(rules, [ROLES.index(name) for name in names], ROLES.index("new"))
    return treatments.assign(role=categorical(role, ROLES))


def on_clock(study: Study, table: pd.DataFrame, clock: str) -> pd.DataFrame:
    """`table` plus clock_week (and clock_start_week, clock_end_week where it has start_week, end_week): weeks since
    the patient's own anchor of that clock; NaN for a patient off it (and where the end is open)."""
    zero = zeros(study, clock)[patient_codes(table)]
    present = [name for name in ("week", "start_week", "end_week") if name in table]
    return table.assign(**{f"clock_{name}": table[name].to_numpy(float) - zero for name in present})


def off_clock(study: Study, clock: str) -> list[str]:
    """Ids of the patients who have no week 0 on that clock, in display order."""
    return [study.patient_ids[at] for at in np.flatnonzero(np.isnan(zeros(study, clock))).tolist()]


def zeros(study: Study, clock: str) -> Floats:
    """The week of the study at which that clock is 0 for each patient, in display order; NaN off it."""
    return anchor_weeks(study, CLOCKS[clock].anchor)


@lru_cache(maxsize=32)
def anchor_weeks(study: Study, anchor: str) -> Floats:
    """A column of weeks of `anchors`, as an array."""
    return anchors(study)[anchor].to_numpy(float)


def at_patient(study: Study, table: pd.DataFrame, anchor: str) -> Floats:
    """The patient's `anchor` (a column of `anchors`, weeks) for each row of `table`."""
    return anchor_weeks(study, anchor)[patient_codes(table)]


def _is_index(study: Study) -> Flags:
    if study.index.treatment is None:
        return np.zeros(len(study.treatments), bool)
    return (study.treatments["treatment"] == study.index.treatment).to_numpy(bool)


def _index_weeks(study: Study) -> tuple[Floats, Floats]:
    """First and last start of the index treatment per patient."""
    size = len(study.patients)
    first, last = np.full(size, np.inf), np.full(size, -np.inf)
    if study.index.treatment is None:
        return np.zeros(size), np.full(size, np.nan)
    infusions = study.treatments[_is_index(study)]
    patient, week = patient_codes(infusions), infusions["start_week"].to_numpy(float)
    np.minimum.at(first, patient, week)
    np.maximum.at(last, patient, week)
    return np.where(np.isinf(first), np.nan, first), np.where(np.isinf(last), np.nan, last)


@lru_cache(maxsize=8)
def _runs(study: Study) -> Positions:
    """The number of the run of a drug that each row of `study.treatments` is part of: a course that starts no later
    than `DAY` after the stated end of one of the same drug goes on with it, in another dose or not."""
    courses = study.treatments[["start_week", "end_week"]].assign(
        patient=patient_codes(study.treatments), drug=pd.factorize(study.treatments["treatment"])[0]
    )
    courses = courses.reset_index(drop=True).sort_values(["patient", "drug", "start_week"], kind="stable")
    keys = [courses["patient"], courses["drug"]]
    until = courses["end_week"].groupby(keys).cummax().groupby(keys).shift()
    begins = ~(courses["start_week"] <= until + DAY)
    return np.asarray(begins.cumsum().sort_index(), dtype=np.int64)


@lru_cache(maxsize=8)
def _restart_rows(study: Study) -> Positions:
    """Position in `study.treatments` of each patient's restart, -1 where there is none."""
    _, last = _index_weeks(study)
    treatments = study.treatments
    patient, start = patient_codes(treatments), treatments["start_week"].to_numpy(float)
    later = (treatments["kind"] == "biologic").to_numpy(bool) & (start > last[patient] + SAME_WEEK)
    order = np.argsort(start, kind="stable")
    begins = start == treatments.groupby(_runs(study))["start_week"].transform("min").to_numpy(float)
    return first_rows(patient, order[(later & begins)[order]], len(study.patients))


def _resumed(study: Study, restart_rows: Positions) -> Flags:
    """True for a patient who had started a biologic of the restarted name before the restart."""
    treatments = study.treatments
    patient, start = patient_codes(treatments), treatments["start_week"].to_numpy(float)
    name = pd.factorize(treatments["treatment"])[0].astype(float)
    same = name == pick(name, restart_rows)[patient]
    earlier = start < pick(start, restart_rows)[patient]
    hits = (treatments["kind"] == "biologic").to_numpy(bool) & earlier & same
    return np.bincount(patient[hits], minlength=len(restart_rows)) > 0
