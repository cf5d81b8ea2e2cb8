"""Calendar dates in cells, however they are written. They stay in this room: what leaves it are weeks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: .*)?")
NAMED = re.compile(r"(\d{1,2})[- ]?([A-Za-z]{3})[a-z]*\.?[- ]?(\d{4})(?: .*)?")
EXCEL_ZERO = dt.date(1899, 12, 30)
SERIALS = (20_000, 60_000)
"""Excel's numbers for days of 1954 to 2064."""
ORDERS: Mapping[str, tuple[int, int]] = {"day first": (1, 0), "month first": (0, 1)}
"""How 03/04/2021 is read: positions of month and day."""


def days(cells: pd.Series, order: str = "day first") -> tuple[np.ndarray, np.ndarray]:
    """The cells as datetime64[D], NaT where blank or no whole date, and a mask of the latter."""
    codes, uniques = pd.factorize(cells)
    parsed = [day(unique, order) for unique in uniques]
    found = np.array([*parsed, None], dtype="datetime64[D]")[codes]
    wrong = np.array([*(one is None for one in parsed), False])[codes]
    return found, wrong


def day(cell: object, order: str = "day first") -> dt.date | None:
    """One cell as a date; None if it is none, or only a part of one (2021-03)."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return EXCEL_ZERO + dt.timedelta(int(cell)) if SERIALS[0] <= cell <= SERIALS[1] else None
    try:
        return _written(str(cell).strip(), order)
    except ValueError:
        return None


def _written(text: str, order: str) -> dt.date | None:
    if match := YEAR_FIRST.fullmatch(text):
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    if match := YEAR_LAST.fullmatch(text):
        month, date = (int(match[1 + position]) for position in ORDERS[order])
        return dt.date(int(match[3]), month, date)
    if (match := NAMED.fullmatch(text)) and match[2].lower() in MONTHS:
        return dt.date(int(match[3]), MONTHS.index(match[2].lower()) + 1, int(match[1]))
    return None


def are_dates(cells: pd.Series) -> bool:
    """Whether most cells that are not blank are written as dates; numbers alone never are."""
    known = cells.dropna()
    if known.empty or pd.api.types.is_numeric_dtype(known):
        return False
    sample = known.head(200)
    written = [
        isinstance(cell, dt.date) or (isinstance(cell, str) and any(day(cell, order) for order in ORDERS))
        for cell in sample
    ]
    return sum(written) >= 0.6 * len(sample)


def order_of(cells: pd.Series) -> tuple[str, bool]:
    """Whether the day or the month comes first in 03/04/2021, and whether the cells settle it."""
    pairs = [match for cell in cells.dropna() if isinstance(cell, str) and (match := YEAR_LAST.fullmatch(cell.strip()))]
    if not pairs:
        return "day first", True
    if any(int(match[1]) > 12 for match in pairs):
        return "day first", True
    return ("month first", True) if any(int(match[2]) > 12 for match in pairs) else ("day first", False)
