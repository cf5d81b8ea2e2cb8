"""One table as it stands in a file: cells not yet converted, and where in the file each of them came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from data.frames import with_columns
from data.problems import FEW, ExcludedRows, Problem, Report, listed
from data.schema import TABLES, Table, plain
from data.tables.long_cells import without_long_cells
from data.tables.minus_signs import with_plain_minus
from data.tables.mostly import first_known
from data.tables.non_data_rows import numbered, repeated, same_or_done, tidied
from data.tables.number_formats import plain_numbers
from data.tables.patients_called_na import with_patients_called_na

BLANKS = ("", "NA", "N/A", "n/a", "na", "#N/A", "NaN", "nan", ".")

OURS = frozenset(
    name for table in TABLES.values() for column in table.columns for name in (column.name, *column.aliases)
)
"""What the study calls its columns: of two such columns nothing says which is meant."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """`cells` by column; `rows` are the spreadsheet's row numbers; `names` maps a column that was renamed to the
    file's name for it; `origins` holds, for a column gathered from several, the file's column of each cell."""

    cells: pd.DataFrame
    file: str
    rows: np.ndarray
    names: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, pd.Categorical] = field(default_factory=dict)
    files: pd.Categorical | None = None
    """The file of each row, where rows of several files stand in one table."""
    aside: tuple[ExcludedRows, ...] = ()
    """Rows of the file that are not among the cells, and why."""
    from_1904: bool = False
    """Whether numbers for days count from 1904: the workbook says so."""
    written: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Of columns that are counted in weeks, and were not in the file: its cells; None in place of a date, which is not
    kept."""

    @property
    def headers(self) -> list[str]:
        """The file's columns, by their names there."""
        own = [self.names.get(name, str(name)) for name in self.cells.columns if name not in self.origins]
        gathered = [str(name) for origin in self.origins.values() for name in origin.categories]
        return list(dict.fromkeys(own + gathered))

    def column_at(self, column: str, position: int) -> str:
        """The file's name for `column` at one row position."""
        if column in self.origins:
            return str(self.origins[column][position])
        return self.names.get(column, column)

    def file_at(self, position: int) -> str:
        """The file of one row position."""
        return self.file if self.files is None else str(self.files[position])

    def renamed(self, names: Mapping[str, str]) -> Sheet:
        """The sheet with its columns called by `names` (file's name -> study's name)."""
        names = {old: new for old, new in names.items() if old != new}
        if not names:
            return self
        known = {new: self.names.get(old, old) for old, new in names.items()}
        return replace(self, cells=self.cells.rename(columns=names), names={**self.names, **known})

    def taken(self, positions: np.ndarray) -> Sheet:
        """The sheet's rows at these positions."""
        origins = {column: origin[positions] for column, origin in self.origins.items()}
        cells = self.cells.iloc[positions].reset_index(drop=True)
        files = None if self.files is None else self.files[positions]
        written = {column: shown[positions] for column, shown in self.written.items()}
        return replace(self, cells=cells, rows=self.rows[positions], origins=origins, files=files, written=written)

    def shown(self, column: str, position: int) -> str:
        """What a report quotes at one row position: the cell as it stands in the file."""
        cell = self.cells[column].iloc[position]
        if column not in self.written:
            return quoted(cell)
        written = self.written[column][position]
        return f"week {cell:.4g}" if written is None and not pd.isna(cell) else quoted(written)


@dataclass
class RawStudy:
    """What a reader found: `about` as in study.toml, the sheets by table, and what was met on the way."""

    key: str
    report: Report
    about: dict[str, object] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    source: str = ""


def sheet_of(
    cells: pd.DataFrame,
    header: Sequence[str],
    rows: np.ndarray,
    file: str,
    report: Report,
    *,
    unnamed: str = "",
    decimal: str = "",
) -> Sheet | None:
    """The sheet without blank rows and unnamed columns (but the first is called `unnamed` if that is given); None, with
    a problem, when its header repeats a name or no row is left. `decimal`: the sign that other
    numbers of the file settle, if any."""
    if unnamed and header and not header[0]:
        header = [unnamed, *header[1:]]
    named = [position for position, name in enumerate(header) if name]
    nameless = [position for position, name in enumerate(header) if not name]
    if nameless and cells.iloc[:, nameless].notna().any(axis=None):
        report.note(f"{file}: a column without a name is not read.")
    cells = cells.iloc[:, named]
    cells.columns = pd.Index([header[position] for position in named], dtype=object)
    cells = without_long_cells(cells, rows, file, report)
    single = _once(cells, file, report, number=bool(unnamed))
    if single is None:
        return None
    cells = with_patients_called_na(with_plain_minus(single), rows, file, report)
    kept = cells.notna().any(axis=1).to_numpy()
    if not kept.any():
        report.add(
            Problem(file, None, None, "no rows below the header", "at least one row", "Fill it in, or remove it.")
        )
        return None
    cells, rows = tidied(cells[kept], rows[kept], file, report)
    return _plain_numbers(Sheet(cells.reset_index(drop=True), file, rows), report, decimal)


def _once(cells: pd.DataFrame, file: str, report: Report, *, number: bool) -> pd.DataFrame | None:
    """The columns, each name once: without exact repeats and REDCap's further "Complete?"; others are given a `number`,
    or are a problem."""
    if repeats := same_or_done(cells):
        left_out = dict.fromkeys(str(cells.columns[at]) for at in repeats)
        report.note(f"{file}: {listed(left_out)} is there more than once, and read once.")
        cells = cells.iloc[:, [at for at in range(cells.shape[1]) if at not in repeats]]
    names = list(map(str, cells.columns))
    if several := repeated(names):
        if not number or any(plain(name) in OURS for name in several):
            report.add(Problem(file, 1, None, f"the column name {listed(several)} more than once", "each name once"))
            return None
        report.note(f"{file}: the column name {listed(several)} is there more than once; further ones are numbered.")
        cells = cells.set_axis(pd.Index(numbered(names), dtype=object), axis=1)
    return cells


def _plain_numbers(sheet: Sheet, report: Report, decimal: str) -> Sheet:
    """The sheet with 22,4 and 1,234.5 written as 22.4 and 1234.5, where all of a column's cells agree to be numbers."""
    changed, ways = {}, dict[str, list[str]]()
    for column, cells in sheet.cells.items():
        name = str(column)
        words = dict.fromkeys(first_known(cells, len(cells))) if cells.dtype.kind not in "fiub" else ()
        numbers, way = plain_numbers(words, decimal)
        if numbers:
            changed[name] = cells.map(lambda cell, numbers=numbers: numbers.get(cell, cell))
            ways.setdefault(way, []).append(name)
    for way, names in ways.items():
        report.note(f"{sheet.file}: {way} in {listed(names)}.")
    return replace(sheet, cells=with_columns(sheet.cells, changed)) if changed else sheet


def canonical(sheet: Sheet, table: Table, report: Report) -> Sheet:
    """The sheet with the study's column names, whatever the file's case and spacing; an alias stands in for a column
    that is not there under its own name."""
    named: dict[str, list[str]] = {}
    for name in sheet.cells.columns:
        named.setdefault(plain(name), []).append(name)
    names: dict[str, str] = {}
    for column in table.columns:
        owners = named.get(column.name, [])
        if len(owners) > 1:
            report.add(Problem(sheet.file, 1, column.name, f"the columns {listed(owners)}", "one of them"))
        aliases = [name for alias in column.aliases for name in named.get(alias, [])]
        if owner := next(iter([*owners, *aliases]), None):
            names[owner] = column.name
    kept = [name for name in sheet.cells.columns if name in names or plain(name) not in table.names]
    return replace(sheet, cells=sheet.cells[kept]).renamed(names)


def located(
    sheet: Sheet,
    column: str,
    bad: np.ndarray,
    expected: str,
    advice: str = "",
    found: Callable[[int], str] | None = None,
) -> list[Problem]:
    """A problem for each of the first few rows where `bad`, in each of the file's columns, the last of them counting
    the rest. `found` says what is at a row position; by default it is the cell."""
    positions: dict[str, list[int]] = {}
    for position in map(int, np.flatnonzero(bad)):
        positions.setdefault(sheet.column_at(column, position), []).append(position)
    problems = []
    for owner, at in positions.items():
        for number, position in enumerate(at[:FEW], start=1):
            word = found(position) if found else sheet.shown(column, position)
            more = len(at) - FEW if number == FEW else 0
            place = (sheet.file_at(position), int(sheet.rows[position]), owner)
            problems.append(Problem(*place, word, expected, advice, more))
    return problems


def quoted(cell: Any) -> str:
    """A cell as a report shows it: 'abc', 80 or a blank cell."""
    if pd.isna(cell) or str(cell).strip() in BLANKS:
        return "a blank cell"
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return f"{cell:.15g}"
    text = str(cell)
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
