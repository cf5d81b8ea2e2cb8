"""Calendar dates in cells, however they are written. They stay in this room: what leaves it are weeks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from data.tables.mostly import first_known, mostly

DIGIT = re.compile(r"\d")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: .*)?")
SHORT = re.compile(r"(\d{1,2})(?P<sign>[-/.])(\d{1,2})(?P=sign)(\d{2})(?: .*)?")
NAMED = re.compile(r"(\d{1,2})[- ]?([A-Za-z]{3})[a-z]*\.?[- ]?(\d{4}|\d{2})(?: .*)?")
MONTH_NAMED = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
EXCEL_ZERO = dt.date(1899, 12, 30)
FROM_1904 = np.timedelta64(1_462, "D")
"""What is added to the numbers of a workbook that counts days from 1904, as older ones of a Macintosh do."""
SERIALS = (20_000, 60_000)
"""Excel's numbers for days of 1954 to 2064."""
ORDERS: Mapping[str, tuple[int, int, int]] = {"day first": (2, 1, 0), "month first": (2, 0, 1), "year first": (0, 1, 2)}
"""How 03/04/21 is read: positions of year, month and day. Only a year of two digits can be first here."""
TURN = 69
"""Years of two digits: from here on they are of the 20th century, below of the 21st, as POSIX has it."""


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
        _, month, date = ORDERS[order if order != "year first" else "day first"]
        return dt.date(int(match[3]), int(match[1 + month]), int(match[1 + date]))
    if match := SHORT.fullmatch(text):
        numbers = (match[1], match[3], match[4])
        year, month, date = (int(numbers[position]) for position in ORDERS[order])
        return dt.date(_century(year), month, date)
    if (match := NAMED.fullmatch(text)) and match[2].lower() in MONTHS:
        year = int(match[3]) if len(match[3]) == 4 else _century(int(match[3]))
        return dt.date(year, MONTHS.index(match[2].lower()) + 1, int(match[1]))
    if (match := MONTH_NAMED.fullmatch(text)) and match[1].lower() in MONTHS:
        return dt.date(int(match[3]), MONTHS.index(match[1].lower()) + 1, int(match[2]))
    return None


def _century(year: int) -> int:
    return year + (1900 if year >= TURN else 2000)


def are_dates(cells: pd.Series) -> bool:
    """Whether most cells that are not blank are written as dates; numbers alone never are."""
    return not pd.api.types.is_numeric_dtype(cells) and are_written(first_known(cells, 200))


def are_written(known: Sequence[object]) -> bool:
    """The same of a list of cells, none of them blank."""
    return bool(known) and mostly(known[:200], _is_date, 0.6)


def _is_date(cell: object) -> bool:
    if isinstance(cell, str):
        return DIGIT.search(cell) is not None and any(day(cell, order) for order in ORDERS)
    return isinstance(cell, dt.date)


def orders_of(columns: Sequence[pd.Series]) -> tuple[str, ...]:
    """How the dates of one file that are written like 03/04/2021 may be read: the orders that make dates of the most of
    them, the likeliest first; one alone if the cells settle it, none if no date is written so."""
    words = {cell.strip() for cells in columns for cell in cells.dropna().unique() if isinstance(cell, str)}
    unordered = [word for word in words if YEAR_LAST.fullmatch(word) or SHORT.fullmatch(word)]
    if not unordered:
        return ()
    possible = [order for order in ORDERS if order != "year first" or any(map(SHORT.fullmatch, unordered))]
    read = {order: sum(day(word, order) is not None for word in unordered) for order in possible}
    most = max(read.values())
    return tuple(order for order in possible if read[order] == most) if most else ()


def have_short_years(cells: pd.Series) -> bool:
    """Whether some dates are written with two digits for the year."""
    words = [cell.strip() for cell in cells.dropna().unique() if isinstance(cell, str)]
    named = [match for word in words if (match := NAMED.fullmatch(word)) and len(match[3]) == 2]
    return bool(named) or any(map(SHORT.fullmatch, words))
