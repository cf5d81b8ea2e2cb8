"""Reads one workbook in a process of its own, with bounded memory: `python workbook_process.py PATH MEGABYTES`.

A workbook of a few kilobytes can ask for any amount of memory, and a Rust library ends its process when there is none.
The answer on standard output is a pickled dict: `pages` [(name, is visible, rows, merged ranges)], `formulas`
(whether there are any), or `error`, a sentence.
"""

from __future__ import annotations

import pickle
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream that an encrypted Office file keeps its content in."""

Page = tuple[str, bool, list[list[Any]], int]


def main(path: Path, megabytes: int) -> None:
    """Write the answer for one workbook."""
    _bound(megabytes)
    try:
        if ENCRYPTED in path.read_bytes():
            raise PasswordError  # noqa: TRY301 - as calamine says of other formats
        errors, formulas = _marks(path)
        answer: dict[str, Any] = {"pages": (_with_errors if errors else _pages)(path), "formulas": formulas}
    except PasswordError:
        answer = {"error": "it is protected with a password"}
    except MemoryError:
        answer = {"error": "it needs too much memory"}
    except BaseException as error:  # noqa: BLE001 - a panic of the Rust reader is not an Exception
        words = str(error).strip()
        answer = {"error": words.splitlines()[0] if words else type(error).__name__}
    pickle.dump(answer, sys.stdout.buffer)


def _bound(megabytes: int) -> None:
    """Ask the system to refuse more memory than that, where it can."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000, megabytes * 1_000_000))


def _marks(path: Path) -> tuple[bool, bool]:
    """Whether a formula failed somewhere (calamine gives such a cell, #DIV/0!, as blank, which would be "missing"), and
    whether there is any formula."""
    if not zipfile.is_zipfile(path):
        return False, False
    with zipfile.ZipFile(path) as parts:
        names = [name for name in parts.namelist() if name.startswith("xl/worksheets/") or name == "content.xml"]
        contents = [parts.read(name) for name in names if name.endswith(".xml")]
    errors = any(b't="e"' in content for content in contents)
    return errors, any(mark in content for content in contents for mark in (b"<f>", b"<f ", b"table:formula="))


def _pages(path: Path) -> list[Page]:
    book = CalamineWorkbook.from_path(path)
    visible = {sheet.name: sheet.visible == SheetVisibleEnum.Visible for sheet in book.sheets_metadata}
    pages = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
        pages.append((name, visible[name], rows, len(sheet.merged_cell_ranges or [])))
    return pages


def _with_errors(path: Path) -> list[Page]:
    from openpyxl import load_workbook  # noqa: PLC0415 - an eighth of a second that few workbooks need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it leaves out
        book = load_workbook(path, data_only=True)
    return [
        (page.title, page.sheet_state == "visible", _rows(page), len(page.merged_cells.ranges))
        for page in book.worksheets
    ]


def _rows(page: Any) -> list[list[Any]]:
    return [["" if cell is None else cell for cell in row] for row in page.iter_rows(values_only=True)]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
