"""A text table as a sheet: UTF-8, UTF-16 or Latin-1; comma, semicolon, tab or bar; point or comma as decimal sign."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from data.limits import narrow_enough, small_enough, within_limits
from data.problems import FEW, Problem, Report
from data.schema import plain, text_names
from data.sheet import BLANKS, Sheet, sheet_of
from data.strangers import stranger

MAGIC = {
    b"PK\x03\x04": ("a zip file or a workbook", "Rename it to .xlsx if it is a workbook, or save it as CSV."),
    b"\xd0\xcf\x11\xe0": ("an old workbook", "Rename it to .xls if it is a workbook, or save it as CSV."),
}
DELIMITERS = ",;\t|"
ENCODINGS = {"utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Latin-1 (Windows-1252)"}
MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
"""A character that only UTF-8 writes so: where there is one, a lone byte is no Latin-1."""


def read_csv(path: Path, report: Report, ids: Collection[str] = (), *, unnamed: str = "") -> Sheet | None:
    """The file's table, or None with its problems in the report. The columns `ids`, and all that the schema calls
    text, are kept as text; others are numbers where every cell is one. `unnamed` as in `sheet_of`."""
    content = _content(path, report)
    lines = _lines(content) if content is not None else None
    if lines is None:
        return None
    try:
        sheet = _table(lines, path.name, report, {plain(name) for name in ids} | text_names(), unnamed)
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
    if problem := stranger(path):
        report.add(problem)
        return None
    for magic, (found, advice) in MAGIC.items():
        if raw.startswith(magic):
            report.add(Problem(path.name, None, None, found, "CSV text in UTF-8", advice))
            return None
    if not raw.strip(b"\xef\xbb\xbf \t\r\n,;"):
        advice = "Fill it in, or remove it."
        report.add(Problem(path.name, None, None, "an empty file", "a header and at least one row", advice))
        return None
    return _decoded(raw, path.name, report)


def _decoded(raw: bytes, file: str, report: Report) -> str | None:
    """The text, in the encoding its bytes speak for, which a note names unless it is UTF-8; or None, with the place of
    the first byte that fits none."""
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding)
        wrong = raw.index(0) if "\0" in text else None
    except UnicodeDecodeError as error:
        wrong = error.start
    if wrong is None:
        if encoding != "utf-8-sig":
            report.note(f"{file}: read as {ENCODINGS[encoding]}; check that accents and signs are right.")
        return text
    row, byte = raw[:wrong].count(b"\n") + 1, raw[wrong]
    found = f"byte 0x{byte:02X} at position {wrong}" + (f" ('{chr(byte)}' in Latin-1)" if byte > 0xA0 else "")
    advice = "In Excel: save as 'CSV UTF-8 (comma delimited)'."
    report.add(Problem(file, row, None, found, "text in one encoding, such as UTF-8", advice))
    return None


def _encoding(raw: bytes) -> str:
    """UTF-16 by its mark or its zero bytes; Latin-1 (as Windows writes it) when no character of the file is UTF-8;
    else UTF-8, in which a file of two encodings fails."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = raw[:4000]
    for zeros, encoding in ((sample[1::2], "utf-16-le"), (sample[0::2], "utf-16-be")):
        if zeros.count(0) > 0.8 * len(zeros) and sample.count(0) <= len(zeros):
            return encoding
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "utf-8-sig" if MULTIBYTE.search(raw) or b"\0" in raw else "cp1252"
    return "utf-8-sig"


def _lines(content: str) -> list[str]:
    lines = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    return [line if line.strip(" \t,;") else "" for line in lines]


def _table(lines: list[str], file: str, report: Report, text: Collection[str], unnamed: str) -> Sheet | None:
    skipped = next(number for number, line in enumerate(lines) if line)
    lines = lines[skipped:]
    delimiter = max(DELIMITERS, key=lines[0].count)
    if not narrow_enough(file, lines[0].count(delimiter) + 1, report):
        return None
    if _even(lines, delimiter):
        header = [name.strip() for name in lines[0].split(delimiter)]
        cells, rows = _read_even(lines, delimiter, [plain(name) in text for name in header])
    else:
        before = len(report.problems)
        header, cells, rows = _read_ragged(lines, delimiter, file, report)
        if not len(rows) and len(report.problems) > before:
            return None
    return sheet_of(cells, header, rows + skipped, file, report, unnamed=unnamed)


def _even(lines: list[str], delimiter: str) -> bool:
    """Every line has the header's number of cells, two or more, and none is quoted."""
    width = lines[0].count(delimiter)
    unquoted = not any('"' in line for line in lines)
    return unquoted and width > 0 and len(lines) > 1 and all(line.count(delimiter) == width for line in lines if line)


def _read_even(lines: list[str], delimiter: str, text: list[bool]) -> tuple[pd.DataFrame, np.ndarray]:
    """The cells and row numbers of a simple file; pandas reads it fast."""
    body = [line or delimiter * (len(text) - 1) for line in lines[1:]]
    cells = pd.read_csv(
        io.StringIO("\n".join(body)),
        sep=delimiter,
        header=None,
        index_col=False,
        skip_blank_lines=False,
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
        na_values=list(BLANKS),
        low_memory=False,
        decimal=_decimal(body, delimiter),
        dtype={position: "str" for position, is_text in enumerate(text) if is_text},
    )
    return cells, np.arange(2, len(body) + 2)


def _read_ragged(
    lines: list[str], delimiter: str, file: str, report: Report
) -> tuple[list[str], pd.DataFrame, np.ndarray]:
    """Header, cells and row numbers of a file with quotes or rows of several lengths: the rows that fit the header, all
    as text; the others are problems."""
    table = list(csv.reader([f"{line}\n" for line in lines], delimiter=delimiter))
    header = [name.strip() for name in table[0]]
    good: dict[int, list[str]] = {}
    wrong: dict[int, list[str]] = {}
    for row, cells in enumerate(table[1:], start=2):
        (good if _fits(cells, len(header)) else wrong)[row] = cells
    _report_ragged(wrong, len(header), file, report)
    comma = _decimal(lines[1:], delimiter) == ","
    padded = [[_cell(cell, comma=comma) for cell in cells[: len(header)]] for cells in good.values() if cells]
    numbers = np.array([row for row, cells in good.items() if cells], dtype=int)
    return header, pd.DataFrame(padded, columns=range(len(header)), dtype=object), numbers


def _fits(cells: list[str], width: int) -> bool:
    """A row without cells is a blank line; one with blank cells beyond the header has lost nothing."""
    return not cells or (len(cells) >= width and not any(cell.strip() for cell in cells[width:]))


def _report_ragged(wrong: dict[int, list[str]], width: int, file: str, report: Report) -> None:
    expected = f"{width} cells, as in the header"
    advice = "Put quotes around text that holds the separator, and write every cell of a row, blank ones too."
    for position, (row, cells) in enumerate(list(wrong.items())[:FEW], start=1):
        more = len(wrong) - FEW if position == FEW else 0
        report.add(Problem(file, row, None, f"{len(cells)} cells", expected, advice, more))


def _decimal(body: list[str], delimiter: str) -> str:
    """A comma only in files that separate with something else, as Excel writes them in much of Europe."""
    return "," if delimiter != "," and any(re.search(r"\d,\d", line) for line in body) else "."


def _cell(cell: str, *, comma: bool) -> str | None:
    if cell in BLANKS:
        return None
    return cell.replace(",", ".") if comma and re.fullmatch(r"\s*-?\d+,\d+\s*", cell) else cell
