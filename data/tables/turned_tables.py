"""Tables whose columns are tubes and whose rows are populations, turned round: one row a tube."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from data.problems import Report
from data.tables.columns import texts
from data.tables.sheet import Sheet

TUBE = re.compile(r".+\.(?:fcs|lmd)", re.IGNORECASE)
"""The name of an FCS file."""
FEWEST = 2
"""Columns that are tubes, in a table that is turned."""
MOST = 1000
"""Populations that a table of columns of tubes may have."""
SECOND = 2
"""The number of the first column with values."""


def upright(sheet: Sheet, report: Report) -> Sheet:
    """The sheet; where all its columns but the first are called as FCS files, with a row for each of those, whose
    number is that of the column in the file. A note says so."""
    first, *others = map(str, sheet.cells.columns)
    if len(others) < FEWEST or len(sheet.cells) > MOST or not all(map(TUBE.fullmatch, others)):
        return sheet
    names = texts(sheet.cells[first])
    if names.isna().any() or names.duplicated().any() or any(map(TUBE.fullmatch, names)):
        return sheet
    values = sheet.cells[others].T.set_axis(names.tolist(), axis=1).reset_index(drop=True)
    cells = pd.concat([pd.Series(others, name=first, dtype=object), values.infer_objects()], axis=1)
    report.note(f"{sheet.file}: its columns are tubes; each is read as a row, with the number of the column.")
    return replace(sheet, cells=cells, rows=np.arange(SECOND, SECOND + len(others)), names={})
