"""From a file's cells to typed columns: one function for each column type, and the report when a cell does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

import numpy as np
import pandas as pd

from data.problems import Problem, Report, listed
from data.schema import TABLES, Column, Table, plain
from data.tables.long_cells import LONGEST as LONGEST_CELL
from data.tables.meant import speaks_of_pasi
from data.tables.nonnumeric_cells import UNOBSERVED, Read, read
from data.tables.sheet import BLANKS, Sheet, located

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
RESERVED = "__proto__"
"""A name under which a browser can keep nothing."""
LONGEST = 100
"""Letters of a name that others are compared with."""

POINTS = frozenset(
    column.name
    for table in TABLES.values()
    for column in table.columns
    if column.type == "number" and "%" not in column.unit and column.name != "value"
)
"""Columns of the study that hold no percentages: `50 %` of PASI is an improvement, not a PASI of 50."""


def typed(sheet: Sheet, table: Table, report: Report) -> pd.DataFrame:
    """The sheet's columns in the types of `table`, in its order, row for row; columns that the file does not have are
    blank. Problems go to the report."""
    columns = {}
    for column in table.columns:
        if column.name in sheet.cells:
            columns[column.name] = TYPES[column.type](sheet, column, report)
        elif is_missing(column, sheet):
            report.add(missing_column(sheet, column))
            columns[column.name] = absent(column, len(sheet.cells))
        elif column.always:
            columns[column.name] = absent(column, len(sheet.cells))
    return pd.DataFrame(columns)


def is_missing(column: Column, sheet: Sheet) -> bool:
    """Whether a sheet lacks a required column, and no other does instead, as another score does where no header speaks
    of PASI."""
    if not column.required or column.name in sheet.cells:
        return False
    return not set(column.others) & set(sheet.cells.columns) or any(map(speaks_of_pasi, sheet.headers))


def missing_column(sheet: Sheet, column: Column) -> Problem:
    """The problem of a sheet without a required column."""
    there = sheet.headers
    near = did_you_mean(column.name, there)
    found = f"the columns {listed(there, 12)}"
    expected = f"a column '{column.name}'{column.instead}"
    return Problem(sheet.file, 1, column.name, found, expected, f"{near} Add it, or say which column it is.".lstrip())


def absent(column: Column, rows: int) -> pd.Series:
    """A column that the file does not have: NaN, or the default of a text."""
    if column.type == "number":
        return pd.Series(np.nan, index=range(rows))
    if column.type == "choice":
        codes = np.full(rows, column.choices.index(column.default) if column.default else -1)
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index(column.choices, dtype="str")))
    blank = None if column.type == "label" and not column.default else column.default
    words = pd.Series([blank] * rows, dtype="str")
    return words.astype("category") if column.type == "label" else words


def number(sheet: Sheet, column: Column, report: Report) -> pd.Series:
    """Floats, blank as NaN; a cell that is text, infinite or out of range is set aside with a warning."""
    cells = sheet.cells[column.name]
    plain_values, wrong = numbers(cells)
    _note_words(sheet, column.name, report)
    found = read(cells, plain_values, wrong, column.low, column.high)
    for note in found.notes:
        report.note(f"{sheet.file}, column '{sheet.column_at(column.name, 0)}': {note}.")
    values = _set_aside(sheet, column, found, report)
    _filled(sheet, column, np.isnan(values) & ~found.odd, report)
    return pd.Series(values)


def _set_aside(sheet: Sheet, column: Column, found: Read, report: Report) -> np.ndarray:
    """The values without odd ones, of each of which a warning tells; they are problems where a cell must not be blank,
    and where half of the column is odd, which then is no column of these numbers."""
    known = found.odd | ~np.isnan(found.values)
    refused = column.filled or 2 * found.odd.sum() >= known.sum()
    text = "Write the number alone, with a decimal point; leave the cell blank if it was not measured."
    for bad, advice in (
        (np.isnan(found.values), text),
        (~np.isnan(found.values), "Correct it, or leave the cell blank."),
    ):
        for problem in located(sheet, column.name, found.odd & bad, column.expected, advice):
            if refused:
                report.add(problem)
            else:
                report.warn(replace(problem, advice=f"The cell is set aside as missing. {advice}"))
    return found.values if refused else np.where(found.odd, np.nan, found.values)


def numbers(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The cells as floats, blank or wrong as NaN, and a mask of the wrong ones."""
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.to_numpy(dtype=float, na_value=np.nan), np.zeros(len(cells), dtype=bool)
    codes, uniques = pd.factorize(cells)
    parsed = [number_in(unique, percent=cells.name not in POINTS) for unique in uniques]
    values = np.array([value for value, _ in parsed] + [np.nan])[codes]
    wrong = np.array([bad for _, bad in parsed] + [False])[codes]
    return values, wrong


def number_in(cell: object, *, percent: bool) -> tuple[float, bool]:
    """One cell as a number, and whether it is none; 45.1 % is 45.1 where `percent`s may stand."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell), False
    text = as_text(cell)
    if text in BLANKS or text.casefold() in UNOBSERVED:
        return float("nan"), False
    plain_text = text.removesuffix("%").rstrip() if percent else text
    if NUMBER.fullmatch(plain_text):
        return float(plain_text), False
    return float("nan"), True


def _note_words(sheet: Sheet, column: str, report: Report) -> None:
    """Say which words stand in place of numbers, and how often: they are read as missing."""
    cells = sheet.cells[column]
    if pd.api.types.is_numeric_dtype(cells):
        return
    codes, uniques = pd.factorize(cells)
    counts = np.bincount(codes[codes >= 0], minlength=len(uniques))
    words = [f"'{word}' ({count})" for word, count in zip(uniques, counts, strict=True) if _is_unobserved(word)]
    if words:
        report.note(f"{sheet.file}: {', '.join(words)} in {sheet.column_at(column, 0)} read as missing.")


def _is_unobserved(cell: object) -> bool:
    return isinstance(cell, str) and cell.strip().casefold() in UNOBSERVED


def text(sheet: Sheet, column: Column, report: Report) -> pd.Series:
    """Trimmed text, blank as the column's default ("" in most)."""
    words = texts(sheet.cells[column.name])
    _filled(sheet, column, words.isna().to_numpy(), report)
    return words.fillna(column.default)


def label(sheet: Sheet, column: Column, report: Report) -> pd.Series:
    """Trimmed text as a categorical, in order of appearance."""
    found, cells = pd.factorize(sheet.cells[column.name])
    inner, uniques = pd.factorize(texts(pd.Series(cells)))
    codes = np.append(inner, -1)[found]
    _filled(sheet, column, codes < 0, report)
    _nameable(sheet, column, np.append(uniques, ""), codes, report)
    words = [*uniques, column.default] if column.default and column.default not in uniques else list(uniques)
    codes = np.where(codes < 0, words.index(column.default), codes) if column.default else codes
    categories = pd.Series(pd.Categorical.from_codes(codes, pd.Index(words, dtype="str")))
    return categories.cat.remove_unused_categories() if column.default else categories


def _nameable(sheet: Sheet, column: Column, uniques: np.ndarray, codes: np.ndarray, report: Report) -> None:
    """Names that a browser can keep, and that are no longer than a cell may be, as a path of many gates can get."""
    reserved = np.array([name == RESERVED for name in uniques])[codes]
    for problem in located(sheet, column.name, reserved, "another name", "Browsers keep this one for themselves."):
        report.add(problem)
    long = np.array([len(name) > LONGEST_CELL for name in uniques])[codes]
    for problem in located(sheet, column.name, long, f"at most {LONGEST_CELL} characters", "Shorten it."):
        report.add(problem)


def choice(sheet: Sheet, column: Column, report: Report) -> pd.Series:
    """A categorical over the column's choices, whatever the file's case and spacing; blank as the default."""
    codes, uniques = pd.factorize(texts(sheet.cells[column.name]))
    known = [column.choices.index(plain(word)) if plain(word) in column.choices else -1 for word in uniques]
    chosen = np.array([*known, -1])[codes]
    wrong = (chosen < 0) & (codes >= 0)
    near = did_you_mean(uniques[codes[wrong][0]], column.choices) if wrong.any() else ""
    for problem in located(sheet, column.name, wrong, column.expected, near):
        report.add(problem)
    _filled(sheet, column, codes < 0, report)
    chosen = np.where(codes < 0, column.choices.index(column.default), chosen) if column.default else chosen
    return pd.Series(pd.Categorical.from_codes(chosen, pd.Index(column.choices, dtype="str")))


def texts(cells: pd.Series) -> pd.Series:
    """The cells as trimmed text, blank as NaN; a whole number has no decimals (patient 7, not 7.0)."""
    codes, uniques = pd.factorize(cells)
    words = [as_text(unique) for unique in uniques]
    known = np.array([*(None if word in BLANKS else word for word in words), None], dtype=object)
    return pd.Series(known[codes], dtype="str")


def as_text(cell: object) -> str:
    """One cell as trimmed text."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question, "Did you mean 'x'?", or nothing."""
    by_plain = {plain(other): other for other in known if len(other) <= LONGEST}
    near = get_close_matches(plain(name), by_plain, n=1, cutoff=0.75) if len(name) <= LONGEST else []
    return f"Did you mean '{by_plain[near[0]]}'?" if near else ""


def _filled(sheet: Sheet, column: Column, blank: np.ndarray, report: Report) -> None:
    if not column.filled:
        return
    for problem in located(sheet, column.name, blank, column.expected, "This cell must not be blank."):
        report.add(problem)


TYPES: Mapping[str, Callable[[Sheet, Column, Report], pd.Series]] = {
    "number": number,
    "text": text,
    "label": label,
    "choice": choice,
}
