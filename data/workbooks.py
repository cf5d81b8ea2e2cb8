"""A workbook as sheets, by name: the first row that is not blank is the header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.archives import harmless
from data.columns import as_text
from data.limits import narrow_enough, small_enough, within_limits
from data.outside import read_outside
from data.problems import Problem, Report, listed
from data.sheet import BLANKS, Sheet, sheet_of
from data.strangers import stranger

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


class Workbook:
    """An open workbook. `names` are its sheets; None of them when it cannot be read, with the problem reported."""

    def __init__(self, path: Path, report: Report) -> None:
        self.file = path.name
        self.report = report
        self.rows = _rows(path, report)  # of the sheets by name
        self.names = list(self.rows)

    def pairs(self, name: str) -> list[tuple[int, str, str]]:
        """The first two cells of every row of a sheet, as text, with the row's number."""
        rows = enumerate(self.rows[name], start=1)
        return [(number, as_text(row[0]), as_text(row[1])) for number, row in rows if len(row) > 1 and _known(row[0])]

    def sheet(self, name: str, *, unnamed: str = "") -> Sheet | None:
        """The sheet's table; None when it is empty, with the problem reported. `unnamed` as in `sheet_of`."""
        file = f"{self.file}, sheet '{name}'"
        rows = self.rows[name]
        skipped = next((number for number, row in enumerate(rows) if any(map(_known, row))), None)
        if skipped is None:
            found, expected = "an empty sheet", "a header and at least one row"
            self.report.add(Problem(file, None, None, found, expected, "Fill it in, or delete the sheet."))
            return None
        if not narrow_enough(file, len(rows[skipped]), self.report):
            return None
        header = [as_text(cell) if _known(cell) else "" for cell in rows[skipped]]
        cells = [[cell if _known(cell) else None for cell in row] for row in rows[skipped + 1 :]]
        frame = pd.DataFrame(cells, columns=range(len(header)), dtype=object)
        rows_at = np.arange(skipped + 2, skipped + 2 + len(cells))
        sheet = sheet_of(frame, header, rows_at, file, self.report, unnamed=unnamed)
        return sheet if sheet is None or within_limits(sheet, self.report) else None


def _known(cell: object) -> bool:
    return not (isinstance(cell, str) and cell.strip() in BLANKS)


def _rows(path: Path, report: Report) -> dict[str, list[list[Any]]]:
    """The cells of every sheet, read in a process that may fail without harm; what is odd about them in notes."""
    if not small_enough(path, report) or not harmless(path, report):
        return {}
    if problem := stranger(path):
        report.add(problem)
        return {}
    answer = read_outside("workbook", path, report)
    if answer is None:
        return {}
    _note_oddities(path.name, answer, report)
    return {name: rows for name, _, rows, _ in answer["pages"]}


def _note_oddities(file: str, answer: dict[str, Any], report: Report) -> None:
    """Say what a person may not see in a workbook, or may take for something else."""
    hidden = [name for name, visible, _, _ in answer["pages"] if not visible]
    merged = [name for name, _, _, ranges in answer["pages"] if ranges]
    if hidden:
        report.note(f"{file}: the hidden sheets {listed(hidden)} are read like the others.")
    if merged:
        report.note(f"{file}: merged cells in {listed(merged)}; only the first cell of each has the value.")
    if answer["formulas"]:
        report.note(f"{file}: formulas are not evaluated; their last saved values are read.")
    if answer["unsaved"]:
        found, expected = f"{answer['unsaved']:,} formulas without a stored value", "the value of every formula"
        advice = "Their cells are read as missing. Open the workbook in a spreadsheet program and save it again."
        report.warn(Problem(file, None, None, found, expected, advice))
