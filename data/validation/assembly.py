"""Checked tables put together: one order of patients, one order of subsets, every table sorted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.privacy.masking import masked, title_of
from data.problems import Problem, Report, listed
from data.schema import ONE_GROUP, UNIT_NOT_STATED
from data.study import WEEK_ZERO, Index, Outcome, Study
from data.tables.columns import did_you_mean
from data.tables.dose_status import was_given
from data.tables.sheet import RawStudy, Sheet

TIMED = ("pasi", "immune_subsets", "treatments", "events")
TIME = {"treatments": "start_week"}


@dataclass(frozen=True)
class Checked:
    """A typed table beside the sheet it was read from, row for row; `sheet` is None when there is no such file."""

    table: pd.DataFrame
    sheet: Sheet | None


def assembled(raw: RawStudy, known: dict[str, Checked], index: Index, outcomes: tuple[Outcome, ...] = ()) -> Study:
    """The frozen study of tables without problems."""
    tables = {name: one.table for name, one in known.items()}
    tables["patients"] = _patients(known)
    ids = tables["patients"]["patient_id"].cat.categories
    tables["subset_definitions"] = _definitions(raw, tables)
    immune = tables["immune_subsets"]
    order = tables["subset_definitions"]["subset"].tolist()
    tables["immune_subsets"] = immune.assign(subset=immune["subset"].cat.set_categories(order))
    for name in TIMED:
        patient = tables[name]["patient_id"].cat.set_categories(ids)
        tables[name] = tables[name].assign(patient_id=patient)
    tables = _with_missed_doses(tables)
    for name in TIMED:
        tables[name] = _sorted(tables[name], TIME.get(name, "week"))
    _note_unseen(raw, tables)
    about = {name: str(raw.about.get(name, default)) for name, default in ABOUT.items()}
    title, citation, week_zero = about["title"] or title_of(raw.key), about["citation"], about["week_zero"]
    further: dict[str, Any] = {**tables, "index": index, "outcomes": outcomes, "notes": all_notes(raw.report)}
    return Study(raw.key, title, citation=citation, week_zero=week_zero, **further)


def _with_missed_doses(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables; a dose that was planned and not given is no treatment, which would start a phase, but an event."""
    courses, events = tables["treatments"], tables["events"]
    if "status" not in courses:
        return tables
    given = was_given(courses)
    kept = courses[given].drop(columns="status").reset_index(drop=True)
    rest = _told_doses(courses[~given])
    both = pd.concat([events, rest], ignore_index=True).fillna({"treatment": "", "status": "", "dose": ""})
    return tables | {"treatments": kept, "events": both if len(rest) else events}


def _told_doses(rest: pd.DataFrame) -> pd.DataFrame:
    """Doses that were not given as events: the columns of these, then treatment, status and dose (in words)."""
    drug, status = rest["treatment"].astype(str), rest["status"].astype(str)
    amounts = zip(rest["dose"], rest["dose_unit"].fillna("").astype(str), strict=True)
    told = rest[["patient_id", "note", "provenance"]]
    said: dict[str, Any] = {"week": rest["start_week"], "event": drug + ": " + status + " dose", "severity": ""}
    dose = ["" if np.isnan(dose) else f"{dose:g} {unit}".strip() for dose, unit in amounts]
    return told.assign(**said, treatment=drug, status=status, dose=dose)


def all_notes(report: Report) -> tuple[str, ...]:
    """What a study says of its own making: notes and warnings, without what identifies."""
    return tuple(masked(str(one)) for one in (*report.notes, *report.warnings))


ABOUT = {"title": "", "citation": "", "week_zero": WEEK_ZERO}


def _patients(known: dict[str, Checked]) -> pd.DataFrame:
    """The table of patients, or one made from the others in order of appearance."""
    patients = known["patients"].table
    if known["patients"].sheet is None:
        seen = [
            list(one.table["patient_id"].cat.categories) for name, one in known.items() if "patient_id" in one.table
        ]
        ids = list(dict.fromkeys(patient for some in seen for patient in some))
        patients = pd.DataFrame({"patient_id": pd.Categorical(ids, ids)})
    if known["patients"].sheet is None or "group" not in known["patients"].sheet.cells:
        groups = pd.Categorical([ONE_GROUP] * len(patients))
        patients = patients.assign(group=groups)[
            ["patient_id", "group", *patients.columns.drop(["patient_id", "group"], errors="ignore")]
        ]
    return patients


def _definitions(raw: RawStudy, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row for every subset with values: the defined ones first, in their order; the others say only their name."""
    measured = list(tables["immune_subsets"]["subset"].cat.categories)
    defined = tables["subset_definitions"]
    names = defined["subset"].astype(str)
    defined = defined.assign(subset=names, label=defined["label"].where(defined["label"] != "", names))
    others = [name for name in measured if name not in set(names)]
    if others and "immune_subsets" in raw.sheets:
        raw.report.note(
            f"{raw.sheets['immune_subsets'].file}: no subset_definitions of {listed(others)}; units and denominators "
            "are not stated."
        )
    stated = {"lineage": "", "parent": "", "phenotype": "", "unit": UNIT_NOT_STATED}
    added = pd.DataFrame({"subset": others, "label": others, **stated}).astype("str")
    return pd.concat([defined[names.isin(measured)], added], ignore_index=True)


def _sorted(table: pd.DataFrame, time: str) -> pd.DataFrame:
    keys = [table[time].to_numpy(), table["patient_id"].cat.codes.to_numpy()]
    if "subset" in table:
        keys.insert(0, table["subset"].cat.codes.to_numpy())
    order = np.lexsort(keys)
    if (order == np.arange(len(order))).all():
        return table
    return table.take(order).reset_index(drop=True)


def _note_unseen(raw: RawStudy, tables: dict[str, pd.DataFrame]) -> None:
    measured = set(tables["pasi"].loc[tables["pasi"]["pasi"].notna(), "patient_id"].unique())
    unseen = [patient for patient in tables["patients"]["patient_id"] if patient not in measured]
    if unseen and measured:
        raw.report.note(f"{len(unseen)} patient(s) without any PASI value: {listed(unseen)}.")


def index_of(raw: RawStudy, treatments: pd.DataFrame) -> Index:
    """The index event: the treatment that study.toml names, else the first cell therapy, else week 0 itself."""
    stated = raw.about.get("index", {})
    asked = str(stated.get("treatment", "")) if isinstance(stated, dict) else ""
    label = str(stated.get("label", "")) if isinstance(stated, dict) else ""
    names = list(dict.fromkeys(treatments.loc[was_given(treatments), "treatment"]))
    if asked and asked not in names:
        found, expected = f"'{asked}'", f"a treatment of the study ({listed(names) or 'there are none'})"
        raw.report.add(Problem(raw.source, None, "index.treatment", found, expected, did_you_mean(asked, names)))
    cells = treatments[treatments["kind"] == "cell_therapy"].sort_values("start_week", kind="stable")
    treatment = asked or next(iter(cells["treatment"]), None)
    if treatment is None:
        return Index(None, label or "week 0")
    return Index(treatment, label or re.sub(r"^UC-", "", treatment))
