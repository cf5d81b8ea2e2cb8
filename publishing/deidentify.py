"""A copy of a study without what says who its patients are: ids relabelled, free text out, weeks and covariates by
choice. What identifies all the same is told by `publishing.remaining`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.end_reasons import REASONS, kinds
from analysis.severity import grade
from data.frames import with_columns
from data.schema import ONE_GROUP, TABLES
from data.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.query import Query

TITLE = "De-identified study"
STEPS = (0.0, 1.0, 2.0, 4.0)
"""Multiples to which weeks can be rounded; 0: not."""
WEEKS = ("week", "start_week", "end_week", "cutoff_week")
NEEDED = ("patient_id", "cutoff_week", "provenance")
"""Columns of patients that are no covariates: the numbers need them."""
PREFIXES = "SABCDEFGHJKLMN"


@dataclass(frozen=True)
class Choices:
    """What of a study is kept: weeks rounded to multiples of `step` (0: as they are), and these `covariates` (`group`
    among them)."""

    step: float = 0.0
    covariates: tuple[str, ...] = ("group",)


@dataclass(frozen=True, eq=False)
class Copy:
    """The copied `study`; `mapping`: patient_id and its label, which must be kept apart; `merged`: how many values fell
    on a week of the same patient that had one, and are left out."""

    study: Study
    mapping: pd.DataFrame
    merged: int

    def query(self, query: Query) -> Query:
        """What is asked of the study, asked of the copy."""
        labels: dict[str, str] = dict(zip(self.mapping["patient_id"], self.mapping["label"], strict=True))
        groups = set(self.study.patients["group"].astype(str))
        return replace(
            query,
            patients=tuple(labels[patient] for patient in query.patients),
            groups=tuple(group for group in query.groups if group in groups),
            patient=labels.get(query.patient, query.patient),
            track=query.track
            if query.track.removeprefix("covariate_") in {*self.study.patients, query.track}
            else "none",
        )


def covariates(study: Study) -> list[str]:
    """What can be kept of each patient: the group first."""
    return ["group", *(str(name) for name in study.patients if name not in (*NEEDED, "group"))]


def deidentified(study: Study, choices: Choices | None = None) -> Copy:
    """The copy of a study as it was loaded. Patients stay in their order, so that every number stays the same where no
    week is rounded; of what a study says of itself nothing is taken but what is named here."""
    how = choices or Choices()
    labels = _labels(study.patient_ids)
    tables: dict[str, Any] = {name: _table(study, name, labels, how) for name in TABLES}
    sizes = sum(map(len, tables.values()))
    tables |= {name: _once(name, table) for name, table in tables.items()} if how.step else {}
    known: dict[str, Any] = {"index": study.index, "outcomes": study.outcomes, "schedule": study.schedule}
    return Copy(
        Study("deidentified", TITLE, **tables, **known),
        pd.DataFrame({"patient_id": study.patient_ids, "label": labels}),
        sizes - sum(map(len, tables.values())),
    )


def _labels(ids: list[str]) -> list[str]:
    """S01, S02, … in the order of the patients; another letter where an id begins with that one."""
    begun = {one[:1].upper() for one in ids}
    letter = next((one for one in PREFIXES if one not in begun), "Patient ")
    width = max(2, len(str(len(ids))))
    return [f"{letter}{at:0{width}d}" for at in range(1, len(ids) + 1)]


def _table(study: Study, name: str, labels: list[str], how: Choices) -> pd.DataFrame:
    table: pd.DataFrame = getattr(study, name)
    if "patient_id" not in table:
        return table
    table = table.assign(patient_id=table["patient_id"].cat.rename_categories(labels))
    if name == "patients":
        table = _kept(table, how)
    free = [column.name for column in TABLES[name].columns if column.free and column.name in table]
    table = with_columns(table, {column: _without_words(column, table[column]) for column in free})
    weeks = [column for column in WEEKS if column in table] if how.step else []
    return with_columns(table, {column: _rounded(table[column], how.step) for column in weeks})


def _kept(patients: pd.DataFrame, how: Choices) -> pd.DataFrame:
    known = [name for name in patients if name in {*NEEDED, "group", *how.covariates}]
    one_group = pd.Categorical([ONE_GROUP] * len(patients))
    return patients[known] if "group" in how.covariates else patients[known].assign(group=one_group)


def _without_words(column: str, cells: pd.Series) -> pd.Series:
    """What a study knows of a text that a person wrote, in words of ours."""
    plain = cells.astype(object).where(cells.notna(), "").astype("str")
    told = WORDS[column](plain) if column in WORDS else pd.Series("", index=cells.index)
    return told.astype("str")


def _grades(cells: pd.Series) -> pd.Series:
    known = {text: grade(text) for text in cells.unique()}
    return cells.map({text: "" if np.isnan(one) else f"{one:.0f}" for text, one in known.items()})


def _reasons(cells: pd.Series) -> pd.Series:
    return kinds(cells).map({"": ""} | {key: reason.label for key, reason in REASONS.items()})


def _events(cells: pd.Series) -> pd.Series:
    return pd.Series("event", index=cells.index)


WORDS: Mapping[str, Callable[[pd.Series], pd.Series]] = MappingProxyType(
    {"severity": _grades, "end_reason": _reasons, "event": _events}
)
"""Free text -> what stands in its place; of others nothing does."""


def _rounded(weeks: pd.Series, step: float) -> pd.Series:
    return (weeks / step).round() * step + 0.0


def _once(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The first of the rows that rounding has made the same; one with a value before one without."""
    key, value = [*TABLES[name].key], {"pasi": "pasi", "immune_subsets": "value"}.get(name)
    if value is None:
        return table
    first = table.assign(_=table[value].isna()).sort_values([*key, "_"], kind="stable").drop_duplicates(key)
    return table.loc[first.index.sort_values()].reset_index(drop=True)
