"""What the cells of a column look like: numbers, words, dates, ends of courses."""

from __future__ import annotations

import datetime as dt
import re
from math import isnan

import pandas as pd

from data.intake.columns.dates import SERIALS, are_dates, day
from data.intake.columns.partial_dates import partly_dated
from data.intake.columns.vocabulary import folded
from data.study import GIVEN
from data.tables.amounts import may_be_dose
from data.tables.columns import POINTS, as_text, number_in, numbers
from data.tables.dose_status import statuses
from data.tables.limits_of_detection import BELOW
from data.tables.mostly import first_known, mostly
from data.tables.nonnumeric_cells import leading_number

MOST_VISITS = 40
LARGEST_SPAN = 1000
"""Years from which on a number is one of the calendar."""
ENOUGH = 0.6
"""Of the cells that are not blank, to say what a column holds."""
PARTIAL = re.compile(r"\d{1,2}[-/.]\d{4}|\d{4}(?:[-/.]\d{1,2})?")
"""A month or a year, where a date is expected."""
OPEN = re.compile(
    r"(?:still )?(?:on[- ]?going|open|offen|current(?:ly)?|continu\w*|present|now|to date|until now|laufend|fortlaufend"
    r"|andauernd|bis heute|en cours|en curso|in corso|lopend|-+)"
)
"""What a clinic writes for the end of a course that has not ended."""
NO_ANSWER = frozenset(["yes", "no", "y", "n", "ja", "nein", "oui", "non", "si", "0", "1", "true", "false"])


def anything(cells: pd.Series) -> bool:
    """Whatever it holds."""
    return True


def are_numbers(cells: pd.Series) -> bool:
    """Whether most cells that are not blank are numbers, or below-limit values."""
    if pd.api.types.is_numeric_dtype(cells):
        return bool(cells.notna().any())
    percent = cells.name not in POINTS
    known = first_known(cells, 300)
    return mostly(known, lambda cell: _says_number(cell, percent=percent), ENOUGH) and any(
        _says_number(cell, percent=percent, blank=False) for cell in known
    )


def are_elapsed(cells: pd.Series) -> bool:
    """Whether most cells are numbers, and none so large that it is a year of the calendar."""
    return are_numbers(cells) and not (numbers(cells)[0] >= LARGEST_SPAN).any()


def _says_number(cell: object, *, percent: bool, blank: bool = True) -> bool:
    """Whether a cell is a number, a value below a limit, or, if it may be `blank`, a word for no value."""
    text = cell.replace(",", ".") if isinstance(cell, str) else ""
    if BELOW.fullmatch(text):
        return True
    value, wrong = number_in(text or cell, percent=percent)
    return not wrong and (blank or not isnan(value))


def are_scores(cells: pd.Series) -> bool:
    """Whether most cells are numbers, or say one for certain ("0 (clear)", "12.4/72")."""
    if pd.api.types.is_numeric_dtype(cells):
        return are_numbers(cells)
    return are_numbers(cells.map(lambda cell: cell if (number := leading_number(cell, 72.0)) is None else number))


def are_doses(cells: pd.Series) -> bool:
    """Whether most cells are numbers, alone or with a unit or a power of ten ("300 mg", "2.41 x 10^6 cells/kg")."""
    return are_numbers(cells) or mostly(first_known(cells, 300), lambda cell: may_be_dose(as_text(cell)), ENOUGH)


def are_statuses(cells: pd.Series) -> bool:
    """Whether every known cell says of a dose that it was given, planned or missed, and some that it was not given."""
    known = statuses(pd.Series(first_known(cells, 300), dtype=object))
    return bool(known.notna().all() and (known != GIVEN).any())


def are_words(cells: pd.Series) -> bool:
    """Whether some cell is a word."""
    return any(re.search(r"[A-Za-z]", str(cell)) for cell in first_known(cells, 300))


def are_names(cells: pd.Series) -> bool:
    """Whether some cell is a word that is no answer such as yes."""
    return are_words(cells) and any(folded(as_text(cell)) not in NO_ANSWER for cell in cells.dropna().unique())


def few_words(cells: pd.Series) -> bool:
    """Whether the cells are words, or a few numbers: of visits, not of weeks."""
    return are_words(cells) or (cells.nunique() <= MOST_VISITS and not are_dates(cells))


def dated(cells: pd.Series) -> bool:
    """Whether a column that is called a date holds some: Excel's numbers for days too, and months among whole dates."""
    if are_dates(cells):
        return True
    known = first_known(cells, 200)
    if pd.api.types.is_bool_dtype(cells):
        return False
    if pd.api.types.is_numeric_dtype(cells):
        return bool(known) and all(SERIALS[0] <= cell <= SERIALS[1] and cell % 1 == 0 for cell in known)
    return mostly(known, _is_partial, ENOUGH) and any(map(_is_date, known))


def _is_partial(cell: object) -> bool:
    """Whether a cell is a date, or a month or a year."""
    return PARTIAL.fullmatch(as_text(cell)) is not None or _is_date(cell)


def _is_date(cell: object) -> bool:
    return isinstance(cell, dt.date) or day(_number(cell), "day first") is not None


def _number(cell: object) -> object:
    """The cell, as a number where a text holds one of Excel's for days."""
    return int(cell) if isinstance(cell, str) and re.fullmatch(r"[2-5]\d{4}", cell.strip()) else cell


def dates_or_numbers(cells: pd.Series) -> bool:
    """Whether the cells are times of any sort, partial dates too."""
    return dated(cells) or partly_dated(cells) or are_numbers(cells)


def is_open(cell: object) -> bool:
    """Whether a cell says that a course has not ended."""
    return isinstance(cell, str) and OPEN.fullmatch(folded(cell.strip())) is not None


def ends(cells: pd.Series) -> bool:
    """Whether the cells are times, or words that say there is none yet."""
    known = cells.dropna()
    rest = known[~known.map(is_open).astype(bool)]
    return len(known) > 0 and (rest.empty or dates_or_numbers(rest))
