"""Small studies made by hand, so that the expected number can be seen by eye."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.study import Index, Study

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TREATMENT_COLUMNS = (
    "patient_id", "treatment", "kind", "start_week", "end_week", "dose", "dose_unit", "note", "provenance",
)  # fmt: skip
DEFINITION_COLUMNS = ("subset", "label", "lineage", "parent", "phenotype", "unit")
EVENT_COLUMNS = ("patient_id", "week", "event", "severity", "note", "provenance")
MSC = Index("UC-MSC", "MSC")


def make_study(
    pasi: Mapping[str, Mapping[float, float]] | None = None,
    immune: Mapping[str, Mapping[str, Mapping[float, float]]] | None = None,
    treatments: Iterable[tuple[Any, ...]] = (),
    *,
    events: Iterable[tuple[Any, ...]] = (),
    scores: Mapping[str, Mapping[str, Mapping[float, float]]] | None = None,
    groups: Mapping[str, str] | None = None,
    definitions: Mapping[str, Mapping[str, str]] | None = None,
    index: Index | None = None,
    provenance: str = "observed",
    key: str = "made",
) -> Study:
    """A study in memory.

    pasi        {"P1": {0: 20.0, 4: 5.0}}: patient, week, PASI (NaN: the visit was missed)
    immune      {"treg": {"P1": {0: 5.0}}}: subset, patient, week, value
    treatments  ("P1", "UC-MSC", "cell_therapy", 0, 0): patient, treatment, kind, start, end (None: ongoing), then
                optionally dose and dose unit
    events      ("P1", 4, "rash", "severe"): patient, week, event, then optionally severity and note
    scores      {"dlqi": {"P1": {0: 18.0}}}: further scores; a visit without a PASI among `pasi` has none
    groups      {"P1": "A"}: "all" otherwise
    definitions {"treg": {"parent": "CD4+ T", "unit": "% of parent"}}
    index       None: UC-MSC if any treatment is one, else week 0 itself
    """
    courses = list(treatments)
    visits, subsets = {"pasi": pasi or {}, **(scores or {})}, immune or {}
    ids = _patients(visits, subsets, courses, groups or {})
    return Study(
        key=key,
        title="A made study",
        patients=_patient_table(ids, groups or {}),
        pasi=_visits(visits, ids, provenance),
        immune_subsets=_samples(subsets, ids, provenance),
        subset_definitions=_definitions(subsets, definitions or {}),
        treatments=_courses(courses, ids, provenance),
        events=_events(events, ids, provenance),
        index=index or (MSC if any(course[1] == MSC.treatment for course in courses) else Index()),
    )


def msc(patient: str, *weeks: float) -> list[tuple[Any, ...]]:
    """Infusions of UC-MSC for one patient; at weeks 0 and 1 unless told."""
    return [(patient, MSC.treatment, "cell_therapy", week, week, 2.0, "1e6 cells/kg") for week in weeks or (0, 1)]


def _patients(*sources: Any) -> list[str]:
    scores, subsets, courses, groups = sources
    measured = [*scores.values(), *subsets.values()]
    named = [*groups, *(patient for cells in measured for patient in cells)]
    return list(dict.fromkeys([*named, *(course[0] for course in courses)]))


def _patient_table(ids: list[str], groups: Mapping[str, str]) -> pd.DataFrame:
    group = pd.Categorical([groups.get(patient, "all") for patient in ids])
    return pd.DataFrame({"patient_id": pd.Categorical(ids, categories=ids), "group": group})


def _visits(scores: Mapping[str, Mapping[str, Mapping[float, float]]], ids: list[str], provenance: str) -> pd.DataFrame:
    """A row for every visit of any score, the missing ones NaN."""
    keys = dict.fromkeys(
        (patient, float(week)) for cells in scores.values() for patient in cells for week in cells[patient]
    )
    columns = {
        score: [cells.get(patient, {}).get(week, np.nan) for patient, week in keys] for score, cells in scores.items()
    }
    visits = pd.DataFrame(list(keys), columns=["patient_id", "week"]).astype({"week": float})
    return _identified(visits.assign(**columns, provenance=provenance).astype(dict.fromkeys(columns, float)), ids)


def _samples(
    subsets: Mapping[str, Mapping[str, Mapping[float, float]]], ids: list[str], provenance: str
) -> pd.DataFrame:
    rows = [
        (patient, float(week), subset, value)
        for subset, cells in subsets.items()
        for patient, values in cells.items()
        for week, value in values.items()
    ]
    table = pd.DataFrame(rows, columns=["patient_id", "week", "subset", "value"])
    table = table.astype({"week": float, "value": float})
    return _identified(table.assign(count=np.nan, parent_count=np.nan, provenance=provenance), ids)


def _definitions(subsets: Iterable[str], given: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    rows = [{"subset": subset, "label": subset, **given.get(subset, {})} for subset in subsets]
    return pd.DataFrame(rows, columns=list(DEFINITION_COLUMNS))


def _courses(courses: list[tuple[Any, ...]], ids: list[str], provenance: str) -> pd.DataFrame:
    width = len(TREATMENT_COLUMNS) - 1
    rows = [(*course, *(None,) * (width - len(course)), provenance) for course in courses]
    table = pd.DataFrame(rows, columns=list(TREATMENT_COLUMNS))
    table = table.astype({"start_week": float, "end_week": float, "dose": float})
    return _identified(table, ids, week="start_week")


def _events(events: Iterable[tuple[Any, ...]], ids: list[str], provenance: str) -> pd.DataFrame:
    width = len(EVENT_COLUMNS) - 1
    rows = [(*event, *("",) * (width - len(event)), provenance) for event in events]
    return _identified(pd.DataFrame(rows, columns=list(EVENT_COLUMNS)).astype({"week": float}), ids)


def _identified(table: pd.DataFrame, ids: list[str], week: str = "week") -> pd.DataFrame:
    """`table` with the study's patient categories, sorted by patient, then week."""
    named = table.assign(patient_id=pd.Categorical(table["patient_id"], categories=ids))
    return named.sort_values(["patient_id", week], kind="stable", ignore_index=True)


def random_study(seed: int, patients: int = 5, subsets: int = 3) -> Study:
    """A study with irregular visits and samples, missing values, baselines of 0 and, for most, MSC and a restart."""
    rng = np.random.default_rng(seed)
    ids = [f"P{number}" for number in range(1, patients + 1)]
    scores = {patient: _series(rng, rng.integers(1, 9), 30.0) for patient in ids}
    sampled = {patient: np.unique(rng.integers(-8, 60, rng.integers(1, 7)) / 2) for patient in ids}
    immune = {
        f"s{number}": {
            patient: {week: float(value) for week, value in zip(weeks, _values(rng, len(weeks), 10.0), strict=True)}
            for patient, weeks in sampled.items()
        }
        for number in range(1, subsets + 1)
    }
    treated = [patient for patient in ids if rng.random() < 0.8]
    courses = [course for patient in treated for course in msc(patient)]
    courses += [("P1", "etanercept", "biologic", -30, -4)]
    courses += [
        (patient, str(rng.choice(["etanercept", "adalimumab"])), "biologic", float(rng.integers(2, 20)), None)
        for patient in ids
        if rng.random() < 0.7
    ]
    return make_study(scores, immune, courses, index=MSC)


def _series(rng: np.random.Generator, visits: int, top: float) -> dict[float, float]:
    weeks = np.unique(rng.integers(-8, 60, visits) / 2)
    return dict(zip(weeks.tolist(), _values(rng, len(weeks), top).tolist(), strict=True))


def _values(rng: np.random.Generator, size: int, top: float) -> np.ndarray:
    values = rng.uniform(0, top, size).round(1)
    values[rng.random(size) < 0.1] = 0.0
    values[rng.random(size) < 0.15] = np.nan
    return values


def large_study(patients: int, visits: int = 18, seed: int = 1) -> Study:
    """A cohort on a schedule of `visits` visits to week 104, some of them missed (a row without a value), in three
    groups; everyone gets MSC, and two in three a restart."""
    rng = np.random.default_rng(seed)
    ids = [f"P{number:05d}" for number in range(patients)]
    weeks = np.unique(np.linspace(0, 104, visits).round())
    fall = rng.uniform(0.3, 1.0, (patients, 1)) * np.minimum(weeks / 16, 1)
    back = np.maximum(0, (weeks - rng.uniform(10, 90, (patients, 1))) / 40)
    pasi = rng.uniform(8, 40, (patients, 1)) * np.clip(1 - fall + back + rng.normal(0, 0.05, fall.shape), 0, 1.5)
    pasi[:, 1:][rng.random((patients, len(weeks) - 1)) < 0.04] = np.nan
    restarted = np.flatnonzero(rng.random(patients) < 2 / 3)
    infusions = [(ids[at], MSC.treatment, "cell_therapy", week, week) for at in range(patients) for week in (0, 1)]
    courses = [(ids[at], "adalimumab", "biologic", int(rng.integers(8, 60)), None) for at in restarted]
    study = make_study({}, treatments=infusions + courses, groups={name: "ABC"[at % 3] for at, name in enumerate(ids)})
    table = pd.DataFrame({"patient_id": np.repeat(ids, len(weeks)), "week": np.tile(weeks, patients)})
    scores = _identified(table.assign(pasi=np.minimum(pasi, 72).round(1).ravel(), provenance="observed"), ids)
    return replace(study, pasi=scores)
