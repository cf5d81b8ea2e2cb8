"""A text table as a sheet: UTF-8, UTF-16 or Latin-1; comma, semicolon, tab or bar; point or comma as decimal sign."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from data.formats.encodings import decoded
from data.formats.limits import beyond_rows, few_enough, narrow_enough, small_enough, within_limits
from data.formats.unsupported import unsupported
from data.problems import FEW, ExcludedRows, Problem, Report
from data.schema import plain, text_names
from data.tables.header_rows import BELOW, LOOK, footer_length, header_at, note_above
from data.tables.patients_called_na import READ_AS_MISSING, patient_column
from data.tables.sheet import BLANKS, Sheet, sheet_of

MAGIC = {
    b"PK\x03\x04": ("a zip file or a workbook", "Rename it to .xlsx if it is a workbook, or save it as CSV."),
    b"\xd0\xcf\x11\xe0": ("an old workbook", "Rename it to .xls if it is a workbook, or save it as CSV."),
}
DELIMITERS = ",;\t|"
QUOTED = re.compile(r'"[^"]*"')
BEHIND = re.compile(r"(?<![\d.,])\d+,(\d+)(?![\d.,])")
"""The digits behind the only comma of a number."""
VAST = 1_000_000
"""Characters from which a line is not looked at more than once."""
QUOTES = "Put quotes around text that holds the separator, and end every quote."
LONG = "more cells than the header"
EMPTY = " \t,;"
"""What a line without any cell is made of."""


def read_csv(path: Path, report: Report, ids: Collection[str] = (), *, unnamed: str = "") -> Sheet | None:
    """The file's table, or None with its problems in the report. The columns `ids`, and all that the schema calls
    text, are kept as text; others are numbers where every cell is one. `unnamed` as in `sheet_of`."""
    content = _content(path, report)
    if content is None:
        return None
    if problem := _too_many_lines(content, path.name):
        report.add(problem)
        return None
    csv.field_size_limit(VAST)  # a separator that is tried in vain makes one cell of a whole line
    try:
        sheet = _table(_lines(content), path.name, report, {plain(name) for name in ids} | text_names(), unnamed)
        return sheet if sheet is None or within_limits(sheet, report) else None
    except (csv.Error, ValueError, OverflowError) as error:  # ParserError is a ValueError
        found = f"text that is not a table ({str(error).strip().splitlines()[0]})"
        report.add(Problem(path.name, None, None, found, "a CSV file", "Open it in a text editor and look for quotes."))
        return None


def _content(path: Path, report: Report) -> str | None:
    try:
        if not small_enough(path, report):
            return None
        raw = path.read_bytes()
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        report.add(Problem(path.name, None, None, found, "a CSV file"))
        return None
    if problem := unsupported(path):
        report.add(problem)
        return None
    for magic, (found, advice) in MAGIC.items():
        if raw.startswith(magic):
            report.add(Problem(path.name, None, None, found, "CSV text in UTF-8", advice))
            return None
    content = decoded(raw, path.name, report)
    if content is not None and not content.strip(f"\n\r{EMPTY}"):
        advice = "Fill it in, or remove it."
        report.add(Problem(path.name, None, None, "an empty file", "a header and at least one row", advice))
        return None
    return content


def _too_many_lines(content: str, file: str) -> Problem | None:
    """The problem of a text of more lines than rows may be, counted before they are taken apart; blank lines beside
    others do not count, and where there are quotes, every other line may lie within them."""
    ends = content.count("\n") + content.count("\r") - content.count("\r\n")
    lines = ends - sum(map(content.count, ("\n\n", "\r\r", "\n\r\n")))
    return beyond_rows(file, lines // 2 if '"' in content else lines, "rows")


def _lines(content: str) -> list[str]:
    lines = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    return [line if line.strip(EMPTY) else "" for line in lines]


def _table(lines: list[str], file: str, report: Report, text: Collection[str], unnamed: str) -> Sheet | None:
    delimiter, skipped = _begins(lines)
    note_above(file, sum(map(bool, lines[:skipped])), skipped, report)
    lines = lines[skipped:]
    width = lines[0].count(delimiter) + 1
    separators = sum(line.count(delimiter) for line in lines)
    if not (narrow_enough(file, width, report) and few_enough(file, separators, report)):
        return None
    lines, below = _without_footer(lines, delimiter)
    if _even(lines, delimiter):
        header = [name.strip() for name in lines[0].split(delimiter)]
        cells, rows = _read_even(lines, delimiter, [plain(name) in text for name in header], patient_column(header))
        long: dict[int, list[str]] = {}
    else:
        before = len(report.problems)
        header, cells, rows, long = _read_ragged(lines, delimiter, file, report, skipped)
        if len(report.problems) > before and not len(rows):
            return None
    decimal = _settled(lines[1:], delimiter)
    sheet = sheet_of(cells, header, rows + skipped, file, report, unnamed=unnamed, decimal=decimal)
    aside = {LONG: tuple(row + skipped for row in long), BELOW: tuple(row + skipped for row in below)}
    return (
        replace(sheet, aside=tuple(ExcludedRows(rows, why) for why, rows in aside.items() if rows)) if sheet else None
    )


def _begins(lines: list[str]) -> tuple[str, int]:
    """The separator, and how many lines stand above the header: what makes most columns of both header and rows, and
    leaves fewest lines above."""
    first = next(number for number, line in enumerate(lines) if line)
    sample = lines[first : first + LOOK]
    if max(map(len, sample)) > VAST:
        return max(DELIMITERS, key=sample[0].count), first
    sample = [QUOTED.sub(lambda text: re.sub(f"[{DELIMITERS}]", " ", text[0]), line) for line in sample]
    found = {delimiter: _columns(sample, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: (found[delimiter][0], -found[delimiter][1]))
    return best, first + found[best][1]


def _columns(sample: list[str], delimiter: str) -> tuple[float, int]:
    """How many columns a separator makes of the header, or, if that is less, of the row in the middle; and the line of
    the header."""
    reader = csv.reader((f"{line}\n" for line in sample), delimiter=delimiter)
    starts, rows = [0], []
    for row in reader:
        rows.append(row)
        starts.append(reader.line_num)
    at = header_at(rows)
    header, *below = (len(_trimmed(row)) for row in rows[at:] if row)
    return min(header, median(below or [header])), starts[at]


def _without_footer(lines: list[str], delimiter: str) -> tuple[list[str], list[int]]:
    """The lines without those below the table, and the rows of these."""
    tail = lines[1:][-LOOK // 2 :]
    if any('"' in line for line in tail):
        whole = [at for at, line in enumerate(tail) if line.count('"') % 2]
        tail = tail[max(whole, default=-1) + 1 :]
    length = footer_length([next(csv.reader([line], delimiter=delimiter), []) for line in tail])
    end = len(lines) - length
    return lines[:end], [row for row, line in enumerate(lines[end:], start=end + 1) if line]


def _even(lines: list[str], delimiter: str) -> bool:
    """Every line has the header's number of cells, two or more, and none is quoted."""
    width = lines[0].count(delimiter)
    unquoted = not any('"' in line for line in lines)
    return unquoted and width > 0 and len(lines) > 1 and all(line.count(delimiter) == width for line in lines if line)


def _read_even(
    lines: list[str], delimiter: str, text: list[bool], patient: int | None
) -> tuple[pd.DataFrame, np.ndarray]:
    """The cells and row numbers of a simple file; pandas reads it fast. `patient` is where the patient stands, who may
    be called NA."""
    body = [line or delimiter * (len(text) - 1) for line in lines[1:]]
    blanks: dict[Any, list[str]] = {at: list(BLANKS) for at in range(len(text))}
    if patient is not None:
        blanks[patient] = [blank for blank in BLANKS if blank not in READ_AS_MISSING]
    cells = pd.read_csv(
        io.StringIO("\n".join(body)),
        sep=delimiter,
        header=None,
        index_col=False,
        skip_blank_lines=False,
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
        na_values=blanks,
        low_memory=False,
        decimal=_decimal(body, delimiter),
        dtype={position: "str" for position, is_text in enumerate(text) if is_text},
    )
    return _as_written(cells, body, delimiter), np.arange(2, len(body) + 2)


def _as_written(cells: pd.DataFrame, body: list[str], delimiter: str) -> pd.DataFrame:
    """The cells, where a number that is too large for any (1e309) stands as it is written, for the report."""
    floats = [at for at in range(cells.shape[1]) if cells.iloc[:, at].dtype.kind == "f"]
    endless = [at for at in floats if np.isinf(cells.iloc[:, at].to_numpy()).any()]
    for at in endless:
        column = cells.iloc[:, at]
        words = pd.Series([line.split(delimiter)[at].strip() for line in body], index=column.index)
        cells = pd.concat(
            [cells.iloc[:, :at], column.astype(object).mask(np.isinf(column), words), cells.iloc[:, at + 1 :]], axis=1
        )
    return cells


def _read_ragged(
    lines: list[str], delimiter: str, file: str, report: Report, skipped: int
) -> tuple[list[str], pd.DataFrame, np.ndarray, dict[int, list[str]]]:
    """Header, cells and row numbers of a file with quotes or rows of several lengths, all as text, and the rows with
    more cells than the header. What a short row does not have is blank, as where trailing blanks are left out."""
    table = list(csv.reader([f"{line}\n" for line in lines], delimiter=delimiter))
    header = [name.strip() for name in table[0]]
    named = len(_trimmed(header))
    rows = {row: cells for row, cells in enumerate(table[1:], start=2) if cells}
    if not few_enough(file, len(rows) * len(header), report):
        return header, pd.DataFrame(), np.array([], dtype=int), {}
    long = {row: cells for row, cells in rows.items() if len(_trimmed(cells)) > len(header)}
    short = {row: cells for row, cells in rows.items() if len(cells) < named}
    torn = {row: cells for row, cells in (long | short).items() if any("\n" in cell for cell in cells)}
    wrong = long if 2 * len(long) > len(rows) else torn
    _tell_ragged(wrong, named, file, skipped, QUOTES, report.add)
    if not wrong:
        _tell_ragged(short, named, file, skipped, "What is not there is read as blank.", report.warn)
        _tell_ragged(long, named, file, skipped, f"The row is set aside. {QUOTES}", report.warn)
    comma, patient = _decimal(lines[1:], delimiter) == ",", patient_column(header)
    good = {row: cells for row, cells in rows.items() if row not in long and row not in torn}
    padded = [
        [
            *(
                cell if at == patient and cell in READ_AS_MISSING else _cell(cell, comma=comma)
                for at, cell in enumerate(cells)
            ),
            *[None] * len(header),
        ][: len(header)]
        for cells in good.values()
    ]
    return header, pd.DataFrame(padded, columns=range(len(header)), dtype=object), np.array([*good], dtype=int), long


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """The cells without the blank ones at their end."""
    last = next((at for at in range(len(cells), 0, -1) if cells[at - 1].strip()), 0)
    return cells[:last]


def _tell_ragged(
    rows: dict[int, list[str]], width: int, file: str, skipped: int, advice: str, tell: Callable[[Problem], None]
) -> None:
    expected = f"{width} cells, as in the header"
    for position, (row, cells) in enumerate(list(rows.items())[:FEW], start=1):
        more = len(rows) - FEW if position == FEW else 0
        found = f"{len(cells)} cell{'s' if len(cells) != 1 else ''}"
        tell(Problem(file, row + skipped, None, found, expected, advice, more))


def _decimal(body: list[str], delimiter: str) -> str:
    """A comma only in files that separate with something else, as Excel writes them in much of Europe; where all have
    three digits behind them, they may be of thousands, and each column is looked at (`separators`)."""
    behind = (digits for line in body for digits in BEHIND.findall(line)) if delimiter != "," else ()
    return "," if any(len(digits) != 3 for digits in behind) else "."


def _settled(body: list[str], delimiter: str) -> str:
    """The decimal sign that some number of the file settles, "" if none does: a comma cannot be one where it separates,
    unless quoted."""
    if delimiter == ",":
        return "." if any(re.search(r"\d\.\d", line) for line in body) else ""
    return "," if _decimal(body, delimiter) == "," else ""


def _cell(cell: str, *, comma: bool) -> str | None:
    if cell in BLANKS:
        return None
    return cell.replace(",", ".") if comma and re.fullmatch(r"\s*-?\d+,\d+\s*", cell) else cell
