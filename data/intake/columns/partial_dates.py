"""Dates of which only the year, or year and month, is known: 2018, 03/2019, 2018-05, 2019-UN, May 2019, UN/05/2019."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from data.intake.columns.dates import MONTHS, ORDERS, day
from data.tables.columns import as_text
from data.tables.mostly import first_known, mostly

UNKNOWN = frozenset(["un", "unk", "unknown", "uk", "nk", "nd", "xx", "xxx", "x", "0", "00", "?", "??", "", "-", "--"])
"""What stands for a day or month that is not known."""
YEAR = re.compile(r"(?:19|20)\d\d")
WORDS = re.compile(r"[-/.\s]+")
Period = tuple[dt.date, dt.date]
"""The first and the last day that a date may be."""


def period(cell: object, order: str = "day first") -> Period | None:
    """What a partial date leaves open; None of a whole date, or of none (31/02/2021)."""
    words = [word.casefold() for word in WORDS.split(as_text(cell).split("T")[0].strip(" .-/"))]
    years = [word for word in words if YEAR.fullmatch(word)]
    if len(years) != 1 or len(words) > 3 or day(cell, order) is not None:
        return None
    month, rest = _month(words, words.index(years[0]), order)
    known = [word for word in rest if word not in UNKNOWN]
    day_alone = len(rest) == 2 and not month and [int(word) for word in known if word.isdecimal() and int(word) <= 31]
    return _days_of(int(years[0]), month) if not known or (day_alone and len(known) == 1) else None


def _month(words: list[str], year: int, order: str) -> tuple[int, list[str]]:
    """The month, 0 if it is not known, and the words that are neither year nor month."""
    others = [word for at, word in enumerate(words) if at != year]
    named = [word for word in others if word[:3] in MONTHS]
    if named:
        return MONTHS.index(named[0][:3]) + 1, [word for word in others if word != named[0]]
    place = 0 if len(others) == 1 or year == 0 else ORDERS[order if order != "year first" else "day first"][1]
    stated = others[place] if others else ""
    known = stated.isdecimal() and 0 < int(stated) <= 12
    return (int(stated), others[:place] + others[place + 1 :]) if known else (0, others)


def _days_of(year: int, month: int) -> Period:
    if not month:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    return dt.date(year, month, 1), after - dt.timedelta(days=1)


def partly_dated(cells: pd.Series) -> bool:
    """Whether most cells are dates, whole or partial; numbers only if they are years of the calendar."""
    known = first_known(cells, 200)
    return bool(known) and not pd.api.types.is_bool_dtype(cells) and mostly(known, _is_dated, 0.6)


def _is_dated(cell: object) -> bool:
    return period(cell) is not None or (isinstance(cell, str | dt.date) and day(cell) is not None)
