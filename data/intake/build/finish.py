"""Each part made ready for its table: one row a patient, scores where there are some, courses with a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.drugs import kind_of
from data.intake.build.extract import Part
from data.intake.build.sample_values import as_said
from data.intake.build.subsets import results
from data.intake.layouts.base import Ledger
from data.intake.layouts.clinic.segments import as_segments
from data.intake.layouts.clinic.treatment_courses import as_runs
from data.problems import FEW, JOINED, Problem, Report, listed
from data.schema import plain
from data.study import KINDS
from data.tables.amounts import with_doses
from data.tables.columns import numbers, texts
from data.tables.dose_status import statuses
from data.tables.limits_of_detection import limited
from data.tables.outcome_names import scores_among
from data.tables.sheet import Sheet, located


def finished(part: Part, parts: Sequence[Part]) -> Sheet:
    """The part's sheet as its table needs it."""
    sheet = part.sheet
    if part.ledger.strict:
        return _of_visits(part) if part.entry.get("of_visits") else limited(sheet, part.ledger.report)
    if "patient_id" in sheet.cells:
        sheet = _with_patients(part)
    shared = any(_is_about_others(other) for other in parts if other.entry.get("file") == part.entry.get("file"))
    return FINISH[part.table](replace(part, sheet=sheet), shared) if part.table in FINISH else sheet


def _of_visits(part: Part) -> Sheet:
    """Patients of whom rows of visits tell, one row each; a second group of one of them is a problem."""
    if "group" in part.sheet.cells:
        patients, groups = (texts(part.sheet.cells[name]) for name in ("patient_id", "group"))
        firsts = groups.groupby(patients).transform("first")
        other = (groups.notna() & firsts.notna() & (groups != firsts)).to_numpy()

        def found(at: int) -> str:
            return f"'{groups[at]}' for patient '{patients[at]}', who is in '{firsts[at]}' above"

        for problem in located(part.sheet, "group", other, "one group per patient", "", found):
            part.ledger.report.add(problem)
        part = replace(part, ledger=Ledger(Report())) if other.any() else part  # what is wrong is said once
    return one_row_a_patient(part, shared=False)


def _with_patients(part: Part) -> Sheet:
    """The sheet without rows that name no patient; a warning tells of those that hold a value all the same."""
    sheet = part.sheet
    nobody = texts(sheet.cells["patient_id"]).isna().to_numpy()
    measured = [name for name in MEASURED[part.table] if name in sheet.cells]
    measured += scores_among(sheet.cells.columns) if part.table == "pasi" else []
    lost = np.flatnonzero(nobody & sheet.cells[measured].notna().any(axis=1).to_numpy())
    if rows := list(dict.fromkeys(int(sheet.rows[at]) for at in lost)):
        shown = ", ".join(map(str, rows[:FEW])) + (f" and {len(rows) - FEW} more" if len(rows) > FEW else "")
        found = f"no patient in row{'s' if len(rows) > 1 else ''} {shown}"
        column = sheet.names.get("patient_id", "patient_id")
        advice = "The rows are set aside: say whose they are."
        part.ledger.report.warn(Problem(sheet.file, rows[0], column, found, "a patient in each row", advice))
    return part.ledger.drop(sheet, nobody, "no patient in this row")


MEASURED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "patients": (),
        "pasi": (),
        "immune_subsets": ("value", "count"),
        "subset_definitions": (),
        "treatments": ("treatment",),
        "events": ("event",),
    }
)
"""Columns of what would be lost with a row; of visits, their scores."""


def _is_about_others(part: Part) -> bool:
    """Whether rows of a part need not be visits: courses, events, one result a row, the forms of REDCap."""
    of_their_own = part.table in {"treatments", "events"} or part.entry.get("layout") == "redcap"
    return of_their_own or "subset" in part.entry.get("columns", {})


def one_row_a_patient(part: Part, shared: bool) -> Sheet:  # noqa: FBT001 - one signature for all tables
    """One row a patient: the first cell of each column that is not blank."""
    cells = part.sheet.cells.assign(patient_id=texts(part.sheet.cells["patient_id"]))
    if part.ledger:
        _tell_joined(part, cells)
    groups = cells.groupby("patient_id", sort=False)
    first = groups.first().reset_index()
    values = groups.nunique()
    for name, several in values.gt(1).items():
        if several.any() and part.ledger:
            found = f"different values for {listed(several.index[several])}"
            advice = "The first is used: is it a covariate of the patient?"
            column = part.sheet.names.get(str(name), str(name))
            part.ledger.report.warn(Problem(part.sheet.file, None, column, found, "one value a patient", advice))
    rows = pd.Series(part.sheet.rows).groupby(cells["patient_id"].to_numpy(), sort=False).first()
    return replace(part.sheet, cells=first.astype(object).where(first.notna(), None), rows=rows.to_numpy())


def _tell_joined(part: Part, cells: pd.DataFrame) -> None:
    """Write down what becomes of each patient's further rows: they are joined with the first, or say another value."""
    firsts = cells.groupby("patient_id", sort=False).transform("first")
    rest = cells["patient_id"].duplicated().to_numpy()
    for name in firsts.columns:
        differ = rest & (texts(cells[name]).ne(texts(firsts[name])) & cells[name].notna()).to_numpy()
        reason = f"another value of {part.sheet.names.get(name, name)} than the patient's first, which is used"
        part.ledger.tell(part.sheet, differ, reason)
        rest = rest & ~differ
    part.ledger.tell(part.sheet, rest, JOINED)


def _scores(part: Part, shared: bool) -> Sheet:  # noqa: FBT001
    """Visits; where a file also has rows of other things, one without any score is about those. Else a blank cell is a
    missing score, whatever else its row holds."""
    scores = scores_among(part.sheet.cells.columns)
    blank = part.sheet.cells[scores].isna().all(axis=1).to_numpy()
    whole = "wide" in part.entry or not shared
    return part.sheet if whole else part.ledger.drop(part.sheet, blank, "no score in this row")


def _samples(part: Part, shared: bool) -> Sheet:  # noqa: FBT001
    return as_said(limited(results(part), part.ledger.report), part.entry, part.ledger.report)


def _courses(part: Part, shared: bool) -> Sheet:  # noqa: FBT001
    """Courses with a treatment and a kind; one that ends before it starts is set aside."""
    sheet = part.sheet
    for flag, step in (("runs", as_runs), ("segments", as_segments)):
        sheet = step(sheet, part.ledger) if part.entry.get(flag) else sheet
    if "treatment" in part.entry.get("constants", {}):
        again = sheet.cells[["patient_id", "start_week"]].duplicated().to_numpy()
        sheet = part.ledger.drop(sheet, again, JOINED)
    pauses = texts(sheet.cells["treatment"]).isin(part.entry.get("pauses", [])).to_numpy()
    sheet = part.ledger.drop(sheet, pauses, "a pause: no treatment")
    sheet = with_doses(sheet, part.ledger.report)
    sheet = part.ledger.drop(sheet, texts(sheet.cells["treatment"]).isna().to_numpy(), "no treatment in this row")
    sheet = _with_status(sheet, part.ledger)
    sheet = replace(sheet, cells=sheet.cells.assign(kind=_kinds(sheet, part.ledger.report)))
    if "end_week" not in sheet.cells:
        return sheet
    early = numbers(sheet.cells["end_week"])[0] < numbers(sheet.cells["start_week"])[0]
    for at in np.flatnonzero(early)[:5]:
        place = (sheet.file, int(sheet.rows[at]), sheet.names.get("end_week", "end_week"))
        advice = "The course is set aside until one of the two is corrected."
        part.ledger.report.warn(
            Problem(*place, "an end before the start of the course", "an end at or after its start", advice)
        )
    return part.ledger.drop(sheet, early, "a course that ends before it starts")


def _with_status(sheet: Sheet, ledger: Ledger) -> Sheet:
    """The sheet with given, planned or missed for each dose, where a column says so; a note counts those that were not
    given. A row that says something else is set aside."""
    if "status" not in sheet.cells:
        return sheet
    known = statuses(sheet.cells["status"])
    column = sheet.names.get("status", "status")
    unknown = listed(texts(sheet.cells["status"])[known.isna()].dropna().unique(), 3)
    sheet = replace(sheet, cells=sheet.cells.assign(status=known))
    sheet = ledger.drop(sheet, known.isna().to_numpy(), f"whether it was given is not known ({column}: {unknown})")
    for status, said in (("missed", "planned and not given"), ("planned", "planned")):
        rows = sheet.rows[(sheet.cells["status"] == status).to_numpy()].tolist()
        shown = ", ".join(map(str, rows[:FEW])) + (" and others" if len(rows) > FEW else "")
        told = f"{len(rows):,} dose(s) were {said} ({column}; row(s) {shown}): events, and no treatment."
        if rows:
            ledger.report.note(f"{sheet.file}: {told}")
    return sheet


def _events(part: Part, shared: bool) -> Sheet:  # noqa: FBT001
    """Events with a name."""
    return part.ledger.drop(part.sheet, texts(part.sheet.cells["event"]).isna().to_numpy(), "no event in this row")


def _kinds(sheet: Sheet, report: Report) -> pd.Series:
    """The stated kind where it is one of ours, else the one that the treatment's name says."""
    names = texts(sheet.cells["treatment"]).fillna("")
    stated = (
        texts(sheet.cells["kind"]).fillna("").map(plain) if "kind" in sheet.cells else pd.Series("", index=names.index)
    )
    guessed = names.map({name: kind_of(name) for name in names.unique()})
    known = stated.isin(KINDS)
    said = [f"{name}: {kind_of(name)}" for name in names[~known].unique()]
    if said:
        shown = "; ".join(said[:8]) + ("; …" if len(said) > 8 else "")
        report.note(f"{sheet.file}: kinds of treatment are taken from their names ({shown}).")
    return stated.where(known, guessed)


FINISH: Mapping[str, Callable[[Part, bool], Sheet]] = MappingProxyType(
    {
        "patients": one_row_a_patient,
        "pasi": _scores,
        "immune_subsets": _samples,
        "treatments": _courses,
        "events": _events,
    }
)
