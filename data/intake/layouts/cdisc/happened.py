"""Records of what did not happen: a test that was not done, an event that did not occur, a dose that was not given."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from data.intake.layouts.base import Entry, Ledger
from data.tables.columns import texts
from data.tables.sheet import Sheet

NOT_DONE = re.compile(r"[A-Z]{2}STAT")
OCCURRED = re.compile(r"[A-Z]{2}OCCUR")
DOSES = ("EXOCCUR", "ECOCCUR")
"""What says of a planned dose whether it was given."""


def tells(column: str) -> bool:
    """Whether a column of a CDISC data set says if its rows happened."""
    return bool(NOT_DONE.fullmatch(column.upper()) or OCCURRED.fullmatch(column.upper()))


def undone(cells: pd.DataFrame) -> dict[str, np.ndarray]:
    """Reason -> which rows did not happen, for every column that says so."""
    found = {}
    for column in [str(name) for name in cells.columns if tells(str(name))]:
        words, name = texts(cells[column]).fillna("").str.casefold(), column.upper()
        if NOT_DONE.fullmatch(name):
            found[f"not done ({name})"] = (words == "not done").to_numpy()
        else:
            what = "a dose that was planned and not given" if name in DOSES else "it did not happen"
            found[f"{what} ({name} = N)"] = words.isin(["n", "no"]).to_numpy()
    return {reason: rows for reason, rows in found.items() if rows.any()}


def with_what_happened(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """The rows of a CDISC data set that happened; the others are set aside, each with its reason."""
    if entry.get("layout") != "cdisc":
        return sheet
    while found := undone(sheet.cells):
        reason, rows = next(iter(found.items()))
        sheet = ledger.drop(sheet, rows, reason)
    return sheet


def happened(sheet: Sheet) -> Sheet:
    """The rows that happened, of which a proposal is made."""
    rows = list(undone(sheet.cells).values())
    return sheet.taken(np.flatnonzero(~np.any(rows, axis=0))) if rows else sheet
