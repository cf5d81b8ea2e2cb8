"""A workbook as sheets, by name: the first row that is not blank is the header."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.formats.archives import harmless
from data.formats.isolated import read_outside
from data.formats.limits import narrow_enough, small_enough, within_limits
from data.formats.unsupported import unsupported
from data.formats.workbook_xml import oddity
from data.problems import ExcludedRows, Problem, Report, listed
from data.tables.columns import as_text
from data.tables.header_rows import BELOW, LOOK, footer_length, note_above
from data.tables.long_cells import without_long
from data.tables.sheet import BLANKS, Sheet, sheet_of
from data.tables.table_blocks import Block, blocks_of, known

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


class Workbook:
    """An open workbook. `names` are its sheets; None of them when it cannot be read, with the problem reported."""

    def __init__(self, path: Path, report: Report) -> None:
        self.file = path.name
        self.report = report
        self.rows, self.from_1904 = _rows(path, report)
        self.names = list(self.rows)

    def pairs(self, name: str) -> list[tuple[int, str, str]]:
        """The first two cells of every row of a sheet, as text, with the row's number."""
        rows = enumerate(self.rows[name], start=1)
        return [(number, as_text(row[0]), as_text(row[1])) for number, row in rows if len(row) > 1 and _known(row[0])]

    def sheet(self, name: str, *, unnamed: str = "") -> Sheet | None:
        """The sheet's first table; None when it is empty, with the problem reported. `unnamed` as in `sheet_of`."""
        blocks = blocks_of(self.rows[name])
        if blocks:
            return self._table(name, blocks[0], f"{self.file}, sheet '{name}'", unnamed)
        found, expected, advice = "an empty sheet", "a header and at least one row", "Fill it in, or delete the sheet."
        self.report.add(Problem(f"{self.file}, sheet '{name}'", None, None, found, expected, advice))
        return None

    def tables(self, name: str, *, unnamed: str = "") -> dict[str, Sheet]:
        """All tables of a sheet, by its name, and the row from which on another one is there."""
        first = self.sheet(name, unnamed=unnamed)
        below = zip(self.below(name), blocks_of(self.rows[name])[1:], strict=True)
        others = {page: self._table(name, block, f"{self.file}, sheet '{page}'", unnamed) for page, block in below}
        return {page: sheet for page, sheet in {name: first, **others}.items() if sheet}

    def below(self, name: str) -> list[str]:
        """What further tables of a sheet are called."""
        return [f"{name}, from row {block.at + 1}" for block in blocks_of(self.rows[name])[1:]]

    def _table(self, name: str, block: Block, file: str, unnamed: str) -> Sheet | None:
        if not narrow_enough(file, len(block.header), self.report):
            return None
        if file.endswith(f"'{name}'"):
            titles = sum(any(map(known, row)) for row in self.rows[name][: block.at])
            note_above(file, titles, block.at, self.report)
        end = len(block.rows) - footer_length(block.rows[-LOOK // 2 :])
        frame = pd.DataFrame(block.rows[:end], columns=range(len(block.header)), dtype=object)
        rows_at = np.arange(block.first + 1, block.first + 1 + end)
        sheet = sheet_of(frame, block.header, rows_at, file, self.report, unnamed=unnamed)
        rest = enumerate(block.rows[end:], start=block.first + 1 + end)
        below = tuple(at for at, row in rest if any(map(known, row)))
        sheet = replace(sheet, aside=(ExcludedRows(below, BELOW),)) if sheet and below else sheet
        sheet = replace(sheet, from_1904=self.from_1904) if sheet else None
        return sheet if sheet is None or within_limits(sheet, self.report) else None


def _known(cell: object) -> bool:
    return not (isinstance(cell, str) and cell.strip() in BLANKS)


def _rows(path: Path, report: Report) -> tuple[dict[str, list[list[Any]]], bool]:
    """The cells of every sheet by name, read in a process that may fail without harm, and whether its numbers for days
    count from 1904; what is odd about them in notes."""
    if not small_enough(path, report) or not harmless(path, report):
        return {}, False
    if problem := unsupported(path) or oddity(path):
        report.add(problem)
        return {}, False
    answer = read_outside("workbook", path, report)
    if answer is None:
        return {}, False
    _note_oddities(path.name, answer, report)
    pages = {name: without_long(rows, f"{path.name}, sheet '{name}'", report) for name, _, rows, _ in answer["pages"]}
    return pages, answer["from_1904"]


def _note_oddities(file: str, answer: dict[str, Any], report: Report) -> None:
    """Say what a person may not see in a workbook, or may take for something else."""
    hidden = [name for name, visible, _, _ in answer["pages"] if not visible]
    merged = [name for name, _, _, ranges in answer["pages"] if ranges]
    if hidden:
        report.note(f"{file}: the hidden sheets {listed(hidden)} are read like the others.")
    if merged:
        report.note(f"{file}: merged cells in {listed(merged)}; only the first cell of each has the value.")
    if answer["from_1904"]:
        report.note(f"{file}: it counts days from 1904, and numbers in columns of dates are read so.")
    if answer["percent"]:
        report.note(f"{file}: cells shown in percent are read as they are seen: 5.1 for 5.1 %.")
    if answer["formulas"]:
        report.note(f"{file}: formulas are not evaluated; their last saved values are read.")
    if answer["unsaved"]:
        count = answer["unsaved"]
        found, expected = f"{count:,} formula{'s' if count > 1 else ''} without a stored value", "the value of each"
        advice = "Such a cell is read as missing. Open the workbook in a spreadsheet program and save it again."
        report.warn(Problem(file, None, None, found, expected, advice))
