"""How much a file may hold: every limit can be set by an environment variable, and every message states it."""

from __future__ import annotations

from pathlib import Path

from data.problems import Problem, Report
from data.settings import SETTINGS, setting
from data.tables.sheet import Sheet

MEGA = 1_000_000
PARTS, ZIP_TAIL = 50, 66_000
"""Parts that a workbook may have for each file that may be sent; bytes at the end of a zip that may hold its end."""


def limit(name: str) -> float:
    """The limit in force: the variable called `name` of `data.settings`, else its default."""
    return float(setting(name))


def exceeded(file: str, name: str, found: str) -> Problem:
    """The problem of a file beyond a limit, which it states with the variable that raises it."""
    expected = f"at most {limit(name):,.0f} {SETTINGS[name].what}"
    return Problem(file, None, None, found, expected, f"Split it, or raise the limit with {name}.")


def small_enough(path: Path, report: Report) -> bool:
    """Whether a file may be read at all; if not, the problem is reported."""
    size = path.stat().st_size
    if size <= limit("MAX_FILE_MB") * MEGA:
        return uncrowded(path, report)
    report.add(exceeded(path.name, "MAX_FILE_MB", f"{size / MEGA:,.0f} MB"))
    return False


def narrow_enough(file: str, columns: int, report: Report) -> bool:
    """Whether a header is of a width that can be worked with; if not, the problem is reported."""
    if columns <= limit("MAX_COLUMNS"):
        return True
    report.add(exceeded(file, "MAX_COLUMNS", f"{columns:,} columns"))
    return False


def few_enough(file: str, cells: int, report: Report) -> bool:
    """Whether so many cells may be taken apart; if not, the problem is reported."""
    if cells <= limit("MAX_CELLS"):
        return True
    report.add(exceeded(file, "MAX_CELLS", f"{cells:,} cells"))
    return False


def within_limits(sheet: Sheet, report: Report) -> bool:
    """Whether a table is of a size that can be worked with; if not, the problem is reported."""
    rows, columns = sheet.cells.shape
    sizes = {"MAX_ROWS": rows, "MAX_CELLS": rows * columns}
    beyond = [name for name, size in sizes.items() if size > limit(name)]
    for name in beyond:
        report.add(exceeded(sheet.file, name, f"{sizes[name]:,} {SETTINGS[name].what.split()[0]}"))
    return not beyond


def beyond_rows(file: str, rows: int, what: str) -> Problem | None:
    """The problem of a file of more rows than a table may have, counted before they are taken apart."""
    return exceeded(file, "MAX_ROWS", f"{rows:,} {what}") if rows > limit("MAX_ROWS") else None


def uncrowded(path: Path, report: Report) -> bool:
    """Whether a zip file holds few enough parts to be looked at, counted by their signs wherever they stand, since what
    it says of its directory may be wrong; True for any other file."""
    with path.open("rb") as content:
        content.seek(max(path.stat().st_size - ZIP_TAIL, 0))
        zipped = b"PK\5\6" in content.read()
        content.seek(0)
        parts = sum(piece.count(b"PK\1\2") for piece in iter(lambda: content.read(MEGA), b"")) if zipped else 0
    if parts > PARTS * limit("MAX_FILES"):
        report.add(exceeded(path.name, "MAX_FILES", f"a zip file of {parts:,} parts"))
    return parts <= PARTS * limit("MAX_FILES")
