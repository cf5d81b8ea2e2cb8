"""Parts of many sources as one study's sheets: joined by patient and week; said where nothing is on the other side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.columns import numbers, texts
from data.drugs import kind_of
from data.intake.parts import DEFINING, Part
from data.intake.subsets import by_unit, results, unambiguous
from data.limits_of_detection import limited
from data.problems import JOINED, Account, Problem, Report, listed
from data.schema import TABLES, UNIT_NOT_STATED, plain
from data.sheet import Sheet
from data.study import KINDS, SCORES


def joined(parts: Sequence[Part], report: Report) -> dict[str, Sheet]:
    """The study's sheets by table. Every part's account goes to the report."""
    finished = [replace(part, sheet=_finished(part, parts)) for part in parts]
    for part in finished:
        kept = len(np.unique(part.sheet.rows))
        report.accounts.append(Account(part.sheet.file, part.table, part.rows, kept, tuple(part.ledger.aside)))
    tables = {
        name: [part.sheet for part in finished if part.table == name and len(part.sheet.cells)] for name in TABLES
    }
    sheets = {name: stacked(found) for name, found in tables.items() if found}
    if "immune_subsets" in sheets:
        sheets = _defined(sheets, report)
    if "pasi" in sheets:
        sheets["pasi"] = _one_row_a_visit(sheets["pasi"], report)
    _note_lonely(sheets, report)
    return _with_all_patients(sheets)


def _finished(part: Part, parts: Sequence[Part]) -> Sheet:
    """The part's sheet as its table needs it."""
    sheet = part.sheet
    if "patient_id" in sheet.cells:
        sheet = part.ledger.drop(sheet, texts(sheet.cells["patient_id"]).isna().to_numpy(), "no patient in this row")
    shared = sum(other.entry.get("file") == part.entry.get("file") for other in parts) > 1
    return FINISH[part.table](replace(part, sheet=sheet), shared) if part.table in FINISH else sheet


def _people(part: Part, shared: bool) -> Sheet:  # noqa: FBT001 - one signature for all tables
    """One row a patient: the first cell of each column that is not blank."""
    cells = part.sheet.cells.assign(patient_id=texts(part.sheet.cells["patient_id"]))
    if part.ledger:
        part.ledger.drop(part.sheet, cells["patient_id"].duplicated().to_numpy(), JOINED)
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


def _scores(part: Part, shared: bool) -> Sheet:  # noqa: FBT001
    """Visits; where a file also holds other things, a row without any score is about those."""
    scores = [name for name in part.sheet.cells.columns if name in SCORES]
    blank = part.sheet.cells[scores].isna().all(axis=1).to_numpy()
    return part.ledger.drop(part.sheet, blank, "no score in this row") if shared else part.sheet


def _samples(part: Part, shared: bool) -> Sheet:  # noqa: FBT001
    return limited(results(part), part.ledger.report)


def _courses(part: Part, shared: bool) -> Sheet:  # noqa: FBT001
    """Courses with a treatment and a kind; one that ends before it starts is set aside."""
    sheet = part.ledger.drop(
        part.sheet, texts(part.sheet.cells["treatment"]).isna().to_numpy(), "no treatment in this row"
    )
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
    {"patients": _people, "pasi": _scores, "immune_subsets": _samples, "treatments": _courses}
)


def stacked(sheets: Sequence[Sheet]) -> Sheet:
    """The sheets below each other; every row and cell remembers its file, row and column."""
    if len(sheets) == 1:
        return sheets[0]
    columns = list(dict.fromkeys(name for sheet in sheets for name in sheet.cells.columns))
    cells = pd.concat([sheet.cells.astype(object) for sheet in sheets], ignore_index=True)[columns]
    files = np.concatenate([np.repeat(sheet.file, len(sheet.cells)) for sheet in sheets])
    origins = {name: _origin(name, sheets) for name in columns}
    rows = np.concatenate([sheet.rows for sheet in sheets])
    together = " and ".join(dict.fromkeys(sheet.file for sheet in sheets))
    return Sheet(cells.where(cells.notna(), None), together, rows, {}, origins, pd.Categorical(files))


def _origin(column: str, sheets: Sequence[Sheet]) -> pd.Categorical:
    named = [
        sheet.origins[column].astype(object)
        if column in sheet.origins
        else np.repeat(sheet.names.get(column, column), len(sheet.cells))
        for sheet in sheets
    ]
    return pd.Categorical(np.concatenate([np.asarray(names, dtype=object) for names in named]))


def _one_row_a_visit(sheet: Sheet, report: Report) -> Sheet:
    """Rows of one patient and week from several places as one, where no cell contradicts another; a visit with a
    contradiction is set aside, or, where they are many, stays for the check that each visit is there once."""
    weeks, wrong = numbers(sheet.cells["week"])
    keys = [texts(sheet.cells["patient_id"]).to_numpy(), weeks]
    again = pd.DataFrame(dict(enumerate(keys))).duplicated(keep=False).to_numpy() & ~wrong
    if not again.any():
        return sheet
    groups = sheet.cells.groupby(keys, sort=False)
    agree = groups.nunique().drop(columns=["patient_id", "week"], errors="ignore").max(axis=1) <= 1
    merged = agree.reindex(pd.MultiIndex.from_arrays(keys)).to_numpy(bool, na_value=False) & again
    first = groups.transform("first")
    cells = sheet.cells.where(~pd.Series(merged, index=sheet.cells.index), first, axis=0)
    repeat = pd.DataFrame(dict(enumerate(keys))).duplicated().to_numpy() & merged
    if repeat.any():
        report.note(
            f"{sheet.file}: {repeat.sum():,} row(s) are of a visit that has another row, and are joined with it."
        )
    kept = np.flatnonzero(~repeat)
    return unambiguous(replace(sheet, cells=cells).taken(kept), [key[kept] for key in keys], report)


def _defined(sheets: dict[str, Sheet], report: Report) -> dict[str, Sheet]:
    """What defines the subsets, moved from the samples to a table of its own, unless the study has one."""
    samples = by_unit(sheets["immune_subsets"], report)
    defining = [name for name in DEFINING if name in samples.cells]
    rest = replace(samples, cells=samples.cells.drop(columns=defining))
    if not defining or "subset_definitions" in sheets:
        return sheets | {"immune_subsets": rest}
    known = samples.cells[["subset", *defining]].groupby("subset", sort=False, observed=True).first().reset_index()
    known = known.astype(object).where(known.notna(), None)
    if "unit" in known:
        known = known.assign(unit=known["unit"].fillna(UNIT_NOT_STATED))
    table = Sheet(known, samples.file, np.arange(1, len(known) + 1))
    return sheets | {"immune_subsets": rest, "subset_definitions": table}


def _note_lonely(sheets: Mapping[str, Sheet], report: Report) -> None:
    """Say which patients of one table have nothing in another."""
    people = {
        name: set(texts(sheet.cells["patient_id"]).dropna())
        for name, sheet in sheets.items()
        if "patient_id" in sheet.cells
    }
    for name, ids in people.items():
        for other in ("pasi",) if name != "pasi" else ("immune_subsets",):
            lonely = sorted(ids - people.get(other, ids))
            if lonely and name != "patients":
                found = f"{len(lonely)} patient(s) without any row of {other}: {listed(lonely)}"
                advice = "Are they spelt differently there?"
                report.warn(
                    Problem(sheets[name].file, None, None, found, f"the same patients in {sheets[other].file}", advice)
                )


def _with_all_patients(sheets: dict[str, Sheet]) -> dict[str, Sheet]:
    """A table of patients that has everyone: those of other tables are added with blank cells."""
    if "patients" not in sheets:
        return sheets
    people = sheets["patients"]
    people = _people(Part({}, "patients", people, None, 0), False) if people.files is not None else people  # type: ignore[arg-type]  # noqa: FBT003
    known = set(texts(people.cells["patient_id"]))
    others = [
        texts(sheet.cells["patient_id"]).dropna()
        for name, sheet in sheets.items()
        if name != "patients" and "patient_id" in sheet.cells
    ]
    added = [one for one in dict.fromkeys(pd.concat(others)) if one not in known] if others else []
    if not added:
        return sheets | {"patients": replace(people, files=None, origins={})}
    cells = pd.concat(
        [people.cells.astype(object), pd.DataFrame({"patient_id": added}, dtype=object)], ignore_index=True
    )
    rows = np.concatenate([people.rows, np.full(len(added), people.rows[-1])])
    return sheets | {
        "patients": replace(people, cells=cells.where(cells.notna(), None), rows=rows, files=None, origins={})
    }
