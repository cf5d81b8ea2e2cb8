"""A workbook as sheets, by name: the first row that is not blank is the header."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from python_calamine import CalamineWorkbook

from data.columns import as_text
from data.problems import Problem, Report
from data.sheet import BLANKS, Sheet, sheet_of

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


class Workbook:
    """An open workbook. `names` are its sheets; None of them when it cannot be read, with the problem reported."""

    def __init__(self, path: Path, report: Report) -> None:
        self.file = path.name
        self.report = report
        self.rows = _rows(path, report)
        self.names = list(self.rows)

    def pairs(self, name: str) -> list[tuple[int, str, str]]:
        """The first two cells of every row of a sheet, as text, with the row's number."""
        rows = enumerate(self.rows[name], start=1)
        return [(number, as_text(row[0]), as_text(row[1])) for number, row in rows if len(row) > 1 and _known(row[0])]

    def sheet(self, name: str) -> Sheet | None:
        """The sheet's table; None when it is empty, with the problem reported."""
        file = f"{self.file}, sheet '{name}'"
        rows = self.rows[name]
        skipped = next((number for number, row in enumerate(rows) if any(map(_known, row))), None)
        if skipped is None:
            found, expected = "an empty sheet", "a header and at least one row"
            self.report.add(Problem(file, None, None, found, expected, "Fill it in, or delete the sheet."))
            return None
        header = [as_text(cell) if _known(cell) else "" for cell in rows[skipped]]
        cells = [[cell if _known(cell) else None for cell in row] for row in rows[skipped + 1 :]]
        frame = pd.DataFrame(cells, columns=range(len(header)), dtype=object)
        return sheet_of(frame, header, np.arange(skipped + 2, skipped + 2 + len(cells)), file, self.report)


def _known(cell: object) -> bool:
    return not (isinstance(cell, str) and cell.strip() in BLANKS)


def _rows(path: Path, report: Report) -> dict[str, list[list[Any]]]:
    try:
        if _has_error_cells(path):
            return _rows_with_errors(path)
        book = CalamineWorkbook.from_path(path)
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the Rust reader is not an Exception
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        found = f"a workbook that cannot be read ({reason})"
        advice = "Open it in a spreadsheet program and save it again as .xlsx, without a password."
        report.add(Problem(path.name, None, None, found, "an Excel workbook", advice))
        return {}


def _has_error_cells(path: Path) -> bool:
    """Whether a formula failed somewhere. Calamine gives such a cell (#DIV/0!) as blank; blank would be "missing"."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(b't="e"' in parts.read(name) for name in sheets)


def _rows_with_errors(path: Path) -> dict[str, list[list[Any]]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - an eighth of a second that few workbooks need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it leaves out
        book = load_workbook(path, data_only=True)
    pages = {page.title: page.iter_rows(values_only=True) for page in book.worksheets}
    return {name: [["" if cell is None else cell for cell in row] for row in rows] for name, rows in pages.items()}
