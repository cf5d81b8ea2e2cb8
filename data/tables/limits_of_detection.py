"""Values below a limit of detection or quantification: `<0.2` is neither 0 nor 0.2, but "below 0.2"."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from data.problems import Report
from data.tables.sheet import Sheet

BELOW = re.compile(r"\s*(?:<|≤|<=|&lt;)\s*(\d+(?:[.,]\d+)?)\s*%?\s*")


def limited(sheet: Sheet, report: Report) -> Sheet:
    """The sheet with `value` blank where a cell says `<0.2`, and 0.2 in the column `below_limit` there; counted in a
    note. Such a value is left out of fold and correlation, as a missing one is."""
    cells = sheet.cells.get("value")
    if cells is None or pd.api.types.is_numeric_dtype(cells) or "below_limit" in sheet.cells:
        return sheet
    codes, uniques = pd.factorize(cells)
    matches = [BELOW.fullmatch(unique) if isinstance(unique, str) else None for unique in uniques]
    limits = np.array([float(match[1].replace(",", ".")) if match else np.nan for match in matches] + [np.nan])[codes]
    below = ~np.isnan(limits)
    if not below.any():
        return sheet
    report.note(
        f"{sheet.file}: {below.sum():,} value(s) below the limit of detection (such as '{cells[below].iloc[0]}') are "
        "kept as below-limit, not as a number; they are left out of fold changes and correlations."
    )
    values = cells.astype(object).where(~below, None)
    return replace(sheet, cells=sheet.cells.assign(value=values, below_limit=limits))
