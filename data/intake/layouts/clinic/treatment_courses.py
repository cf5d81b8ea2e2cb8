"""Courses of treatment that tables of visits tell: what was taken at each visit, and what had been taken before."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from data.drugs import kind_of
from data.intake.columns.header_units import unit_of
from data.intake.columns.partial_dates import partly_dated
from data.intake.columns.value_types import dated, is_open
from data.intake.columns.vocabulary import folded, word
from data.intake.layouts.base import Entry, Ledger
from data.problems import JOINED
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet

PAST = re.compile(
    r"(?:^|_)(?:prior|previous|past|before|history|failed|earlier|former|vor\w*|frueher\w*|precedent\w*|previo\w*)(?:_|$)"
)
NOTHING = frozenset(
    [
        "none",
        "no",
        "nil",
        "nothing",
        "placebo",
        "vehicle",
        "keine",
        "kein",
        "aucun",
        "ninguno",
        "nessuno",
        "geen",
        "untreated",
        "-",
        "--",
        "0",
    ]
)
"""What is no treatment, where one is told for each visit."""


def of_the_past(header: str) -> bool:
    """Whether a column tells what had been taken before: a property of the patient, not a course at a visit."""
    return PAST.search(word(header)) is not None


def counted_in(cells: pd.Series) -> str:
    """What the starts of courses or events are counted in; weeks where the header does not say, which is asked."""
    return "dates" if dated(cells) or partly_dated(cells) else unit_of(str(cells.name)) or "weeks"


def open_ends(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """The sheet with blank ends of courses for "ongoing"."""
    if entry.get("table") != "treatments" or "end_week" not in sheet.cells:
        return sheet
    cells = sheet.cells["end_week"]
    return replace(sheet, cells=sheet.cells.assign(end_week=cells.where(~cells.map(is_open).astype(bool), None)))


def as_runs(sheet: Sheet, ledger: Ledger) -> Sheet:
    """One row for each run of visits of a patient with the same treatment, from its first visit to its last. What was
    infused at a visit, such as cells, is no run."""
    names, ids = texts(sheet.cells["treatment"]).fillna(""), texts(sheet.cells["patient_id"]).fillna("")
    weeks = numbers(sheet.cells["start_week"])[0]
    order = np.lexsort([weeks, ids.to_numpy(dtype=str)])
    sheet, names, ids, weeks = sheet.taken(order), names.iloc[order], ids.iloc[order], weeks[order]
    single = names.map({name: kind_of(name) == "cell_therapy" for name in names.unique()}).to_numpy(bool)
    keys = (ids + "\n" + names.map(folded)).to_numpy()
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (keys[1:] != keys[:-1]) | single[1:]
    last = pd.Series(weeks).groupby(first.cumsum()).transform("max")
    sheet = replace(sheet, cells=sheet.cells.assign(end_week=last.to_numpy()))
    nothing = names.map(folded).isin(NOTHING).to_numpy()
    sheet = ledger.drop(sheet, nothing, "no treatment at this visit")
    return ledger.drop(sheet, ~first[~nothing], JOINED)
