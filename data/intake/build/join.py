"""Parts of many sources as one study's sheets: joined by patient and week; said where nothing is on the other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.intake.build.base_values import with_bases
from data.intake.build.extract import DEFINING, Part
from data.intake.build.finish import finished, one_row_a_patient
from data.intake.build.subsets import by_unit, once, unambiguous
from data.problems import Account, Problem, Report, listed
from data.schema import ENOUGH, TABLES, UNIT_NOT_STATED
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet
from data.tables.time_units import TIMES


def joined(parts: Sequence[Part], report: Report) -> dict[str, Sheet]:
    """The study's sheets by table; our own as they are, if there are no others. Every part's account goes to the
    report."""
    ready = [replace(part, sheet=finished(part, parts)) for part in parts]
    for part in ready:
        kept = len(np.unique(part.sheet.rows))
        report.accounts.append(Account(part.sheet.file, part.table, part.rows, kept, tuple(part.ledger.aside)))
    tables = {name: [part.sheet for part in ready if part.table == name and len(part.sheet.cells)] for name in TABLES}
    if all(part.ledger.strict for part in parts):
        return {name: found[0] for name, found in tables.items() if found}
    sheets = {name: stacked(found) for name, found in tables.items() if found}
    if "immune_subsets" in sheets:
        sheets = _defined(sheets, report)
    if "pasi" in sheets:
        sheets["pasi"] = _one_row_a_visit(with_bases(sheets["pasi"], report), report)
    _note_lonely(sheets, report)
    return _with_all_patients(sheets)


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
    written = {name: _written(name, sheets) for name in TIMES if any(name in sheet.written for sheet in sheets)}
    return Sheet(cells.where(cells.notna(), None), together, rows, {}, origins, pd.Categorical(files), written=written)


def _written(column: str, sheets: Sequence[Sheet]) -> np.ndarray:
    """The cells of a column as they stand in the files, sheet after sheet."""
    blank = [np.full(len(sheet.cells), None, dtype=object) for sheet in sheets]
    there = [sheet.written.get(column, sheet.cells.get(column)) for sheet in sheets]
    return np.concatenate(
        [
            np.asarray(cells if cells is not None else none, dtype=object)
            for cells, none in zip(there, blank, strict=True)
        ]
    )


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
    samples = once(by_unit(sheets["immune_subsets"], report), report)
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
    """Say which patients of one table have nothing in the one that the others are told by: PASI, else the first that
    there is."""
    main = next((name for name in ENOUGH if name in sheets), "pasi")
    people = {
        name: set(texts(sheet.cells["patient_id"]).dropna())
        for name, sheet in sheets.items()
        if "patient_id" in sheet.cells
    }
    for name, ids in people.items():
        for other in (main,) if name != main else ("immune_subsets",):
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
    if people.files is not None:
        people = one_row_a_patient(Part({}, "patients", people, None, 0), shared=False)  # type: ignore[arg-type]
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
