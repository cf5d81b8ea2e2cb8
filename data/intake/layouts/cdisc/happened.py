"""Records of what did not happen: a test that was not done, an event that did not occur, a dose that was not given."""

from __future__ import annotations

import re
from collections.abc import Mapping

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


def undone(cells: pd.DataFrame, kept: str = "") -> dict[str, np.ndarray]:
    """Reason -> which rows did not happen, for every column that says so but the one that is `kept`."""
    found = {}
    for column in [str(name) for name in cells.columns if tells(str(name)) and str(name) != kept]:
        words, name = texts(cells[column]).fillna("").str.casefold(), column.upper()
        if NOT_DONE.fullmatch(name):
            found[f"not done ({name})"] = (words == "not done").to_numpy()
        else:
            what = "a dose that was planned and not given" if name in DOSES else "it did not happen"
            found[f"{what} ({name} = N)"] = words.isin(["n", "no"]).to_numpy()
    return {reason: rows for reason, rows in found.items() if rows.any()}


def status_of_doses(columns: Mapping[str, str]) -> str:
    """The column of a data set of doses that says whether each was given, "" if there is none; by names in capitals."""
    return next((columns[name] for name in (*DOSES, "EXSTAT") if name in columns), "")


def with_what_happened(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """The rows of a CDISC data set that happened, and doses that were missed, where the entry keeps those; the others
    are set aside, each with its reason."""
    if entry.get("layout") != "cdisc":
        return sheet
    kept = str(entry.get("columns", {}).get("status", ""))
    while found := undone(sheet.cells, kept):
        reason, rows = next(iter(found.items()))
        sheet = ledger.drop(sheet, rows, reason)
    return sheet


def happened(sheet: Sheet, kept: str = "") -> Sheet:
    """The rows that happened, and those that the column `kept` tells apart: of these a proposal is made."""
    rows = list(undone(sheet.cells, kept).values())
    return sheet.taken(np.flatnonzero(~np.any(rows, axis=0))) if rows else sheet
