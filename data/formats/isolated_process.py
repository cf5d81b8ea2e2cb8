"""Reads one file in a process of its own, with bounded memory: `python isolated_process.py READER PATH MEGABYTES ROWS`.

A workbook of a few kilobytes can ask for any amount of memory, and a library in Rust or C ends its process when there
is none, or when a file misleads it. Its words are pickled, one after the other.
"""

from __future__ import annotations

import pickle
import re
import sys
import warnings
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, Any

from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

CHUNK = 1_000_000
ERROR = re.compile(rb"\bt\s{0,9}=\s{0,9}[\"']e[\"']")
FORMULA = re.compile(rb"<f[ />]|table:formula=")
UNSAVED = re.compile(
    rb'<c (?![^>]*\bt="str")[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'  # "" is stored as str
)
EPOCH = re.compile(rb"<(?:\w{1,20}:)?workbookPr\s[^<>]*\bdate1904\s{0,9}=\s{0,9}[\"'](?:1|true|on)[\"']")
STYLES = re.compile(rb"<(?:\w{1,20}:)?cellXfs[\s>].*?</(?:\w{1,20}:)?cellXfs>", re.DOTALL)
FORMAT = re.compile(rb"<(?:\w{1,20}:)?numFmt\s[^<>]{0,500}>")
"""How a workbook's cells are shown, and the formats of its own."""
PERCENTS = (9, 10)
"""The numbers of the formats 0% and 0.00%, which every workbook knows."""
MOST_STYLES = 20_000_000
"""Bytes of a part about styles, from which on it is not looked at."""
LONGEST_NAME = 500
"""Characters of a sheet's name; spreadsheet programs allow 31."""
SEARCH = 0.3
"""The share of the whole that looking for formulas takes."""

Word = dict[str, Any]
"""`share` and `what` of the progress; `page`: a sheet's name, whether it is visible, its rows, and how many merged
ranges it has; and at the end what its cells do not say, or `error`."""


def main(reader: str, path: Path, megabytes: int, rows: int) -> None:
    """Say what is in one file; of a long table, at least that many rows."""
    _bound(megabytes)
    for word in said(reader, path, rows):
        sys.stdout.buffer.write(pickle.dumps(word))
        sys.stdout.buffer.flush()


def said(reader: str, path: Path, rows: int) -> Iterator[Word]:
    """What is in one file, word by word, the last of which may be `error`."""
    try:
        yield from READERS[reader](path, rows)
    except GeneratorExit:
        raise
    except PasswordError:
        yield {"error": "it is protected with a password"}
    except MemoryError:
        yield {"error": "it needs too much memory"}
    except BaseException as error:  # noqa: BLE001 - a panic of the Rust reader is not an Exception
        words = str(error).strip()
        yield {"error": words.splitlines()[0] if words else type(error).__name__}


def _bound(megabytes: int) -> None:
    """Ask the system to refuse more memory than that, where it can."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000, megabytes * 1_000_000))


def _workbook(path: Path, _: int) -> Iterator[Word]:
    """The sheets; then `formulas`, how many there are, `unsaved`, how many of them have no stored value, whether
    numbers for days count `from_1904`, and whether some cells are shown in `percent`."""
    errors, formulas, unsaved = yield from _marks(path)
    percent = _has_percent(path)
    yield from (_by_cells if errors or percent else _pages)(path)
    yield {"formulas": formulas, "unsaved": unsaved, "from_1904": _from_1904(path), "percent": percent}


def _marks(path: Path) -> Generator[Word, None, tuple[bool, int, int]]:
    """Whether a formula failed somewhere (calamine gives such a cell, #DIV/0!, as blank, which would be "missing"), how
    many formulas there are, and how many of them without a stored value."""
    failed, formulas, unsaved, done = False, 0, 0, 0
    if not zipfile.is_zipfile(path):
        return failed, formulas, unsaved
    with zipfile.ZipFile(path) as parts:
        sheets = [one for one in parts.infolist() if _is_sheet(one.filename)]
        whole = sum(sheet.file_size for sheet in sheets)
        for sheet in sheets:
            with parts.open(sheet) as content:
                for cells in _whole_cells(content):
                    failed = failed or ERROR.search(cells) is not None
                    formulas += len(FORMULA.findall(cells))
                    unsaved += len(UNSAVED.findall(cells)) if b"<f" in cells else 0
                    done += len(cells)
                    yield {"share": SEARCH * min(done / whole, 1), "what": "looking for formulas"}
    return failed, formulas, unsaved


def _from_1904(path: Path) -> bool:
    """Whether a workbook says that its days count from 1904: the reader makes only cells with a date's format dates."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as parts:
        return "xl/workbook.xml" in parts.namelist() and EPOCH.search(parts.read("xl/workbook.xml")) is not None


def _has_percent(path: Path) -> bool:
    """Whether a workbook has a format of percent for some of its cells, whose numbers are stored as fractions."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as parts:
        names = {one.filename: one.file_size for one in parts.infolist()}
        if not 0 < names.get("xl/styles.xml", 0) < MOST_STYLES:
            return False
        styles = parts.read("xl/styles.xml")
    own = [
        found[1] for one in FORMAT.findall(styles) if b"%" in one and (found := re.search(rb'numFmtId="(\d+)"', one))
    ]
    used = b"".join(STYLES.findall(styles))
    return any(b'numFmtId="%b"' % number in used for number in [*own, *(b"%d" % number for number in PERCENTS)])


def _is_sheet(name: str) -> bool:
    return name == "content.xml" or (name.startswith("xl/worksheets/") and name.endswith(".xml"))


def _whole_cells(content: IO[bytes]) -> Iterator[bytes]:
    """The content in pieces that end between two cells; at least between two tags, where there are none."""
    rest = b""
    while chunk := content.read(CHUNK):
        text = rest + chunk
        cut = max(text.rfind(b"<c "), 0) or max(text.rfind(b"<"), 0) or len(text)
        yield text[:cut]
        rest = text[cut:]
    yield rest


def _pages(path: Path) -> Iterator[Word]:
    book = CalamineWorkbook.from_path(path)
    _refuse_long(book.sheet_names)
    visible = {sheet.name: sheet.visible == SheetVisibleEnum.Visible for sheet in book.sheets_metadata}
    for at, name in enumerate(book.sheet_names):
        share = SEARCH + (1 - SEARCH) * at / len(book.sheet_names)
        yield {"share": share, "what": f"reading the sheet '{name}'"}
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
        yield {"page": (name, visible[name], rows, len(sheet.merged_cell_ranges or []))}


def _refuse_long(names: list[str]) -> None:
    """ValueError where a name is longer than what is looked at: it would be searched, and be in every sentence."""
    if (longest := max(map(len, names), default=0)) > LONGEST_NAME:
        raise ValueError(f"a sheet's name has {longest:,} characters, of at most {LONGEST_NAME}")


def _by_cells(path: Path) -> Iterator[Word]:
    """The sheets as another reader has them, which tells formulas that failed, and how each cell is shown."""
    from openpyxl import load_workbook  # noqa: PLC0415 - an eighth of a second that few workbooks need

    yield {"share": SEARCH, "what": "reading a workbook with failed formulas or percents, which takes longer"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it leaves out
        book = load_workbook(path, data_only=True)
    _refuse_long(book.sheetnames)
    for page in book.worksheets:
        yield {"page": (page.title, page.sheet_state == "visible", _rows(page), len(page.merged_cells.ranges))}


def _rows(page: Any) -> list[list[Any]]:
    return [[_shown(cell) for cell in row] for row in page.iter_rows()]


def _shown(cell: Any) -> Any:
    """A cell's value; a fraction that is shown in percent is the number that is seen: 5.1 for 5.1 %."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in cell.number_format:
        return round(value * 100, 10)
    return "" if value is None else value


def _statistics(path: Path, rows: int) -> Iterator[Word]:
    """One table with its header, as SAS, SPSS or Stata keep it; then `labelled`, the columns whose codes have words."""
    import pyreadstat  # noqa: PLC0415 - slow, and workbooks do not need it

    with path.open("rb") as content:
        head = content.read(40)
    read = next(read for start, read in STATISTICS.items() if head.startswith(start))
    table, about = getattr(pyreadstat, read)(path, row_limit=rows)
    cells = table.astype(object).where(table.notna(), None)
    yield {"page": ("", True, [list(map(str, table.columns)), *cells.to_numpy().tolist()], 0)}
    yield {"labelled": sorted(about.variable_value_labels)}


STATISTICS = {
    b"HEADER RECORD*******LIB": "read_xport",
    b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14\x11\xcf": "read_sas7bdat",
    b"$FL2": "read_sav",
    b"$FL3": "read_sav",
    b"<stata_dta>": "read_dta",
}
"""How such files begin, and what reads them."""

READERS = {"workbook": _workbook, "statistics": _statistics}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
