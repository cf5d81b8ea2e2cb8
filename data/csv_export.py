"""Tables on their way out: a spreadsheet must take no text for a formula, and every letter for itself."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from data.deadline import LateError, check
from data.frames import with_columns

AT_ONCE = 50_000
"""Rows that are written together."""
MARK = "\ufeff"
"""Excel takes a file that does not begin so for one in Windows' own letters: Müller as MÃ¼ller."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula."""


def escaped(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a ' before every text, and every name of a column, that a spreadsheet would take for a formula;
    numbers stay as they are."""
    texts = table.select_dtypes(["str", "object", "category"])
    shown = with_columns(table, {str(name): _without_formulas(texts[name]) for name in texts})
    return shown.rename(columns=lambda name: f"'{name}" if str(name).startswith(FORMULA) else name)


def csv_text(table: pd.DataFrame, most: float = math.inf) -> str:
    """The table as CSV, its texts escaped, with the mark by which Excel knows UTF-8. LateError beyond so many
    characters."""
    parts, long = [MARK], 0
    for part in csv_parts(table, float_format="%.8g"):
        parts.append(part)
        long += len(part)
        if long > most:
            raise LateError(
                f"This table has {len(table):,} rows, and more than {most:,} characters as a CSV file, which is more "
                "than the page gives at once. Choose fewer patients or subsets, or write the report."
            )
    return "".join(parts)


def csv_parts(table: pd.DataFrame, float_format: str | None = None) -> Iterator[str]:
    """The table as CSV, its texts escaped: some rows at a time, while there is time; the header at least."""
    for first in range(0, max(len(table), 1), AT_ONCE):
        check()
        some = escaped(_without_negative_zeros(table.iloc[first : first + AT_ONCE]))
        yield some.to_csv(index=False, header=not first, float_format=float_format, lineterminator="\n")


def _without_negative_zeros(table: pd.DataFrame) -> pd.DataFrame:
    floats = table.select_dtypes("float")
    return with_columns(table, {str(name): floats[name] + 0.0 for name in floats})


def _without_formulas(column: pd.Series) -> pd.Series:
    text = column.astype("str")
    begins = text.str.startswith(FORMULA)
    if not begins.any():
        return column
    number = column.map(lambda cell: isinstance(cell, (int, float)) and not isinstance(cell, bool)).astype(bool)
    return column.astype(object).mask(begins & ~number, "'" + text)
