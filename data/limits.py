"""How much a file may hold: every limit can be set by an environment variable, and every message states it."""

from __future__ import annotations

from pathlib import Path

from data.problems import Problem, Report
from data.settings import SETTINGS, setting
from data.sheet import Sheet

MEGA = 1_000_000


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
        return True
    report.add(exceeded(path.name, "MAX_FILE_MB", f"{size / MEGA:,.0f} MB"))
    return False


def narrow_enough(file: str, columns: int, report: Report) -> bool:
    """Whether a header is of a width that can be worked with; if not, the problem is reported."""
    if columns <= limit("MAX_COLUMNS"):
        return True
    report.add(exceeded(file, "MAX_COLUMNS", f"{columns:,} columns"))
    return False


def within_limits(sheet: Sheet, report: Report) -> bool:
    """Whether a table is of a size that can be worked with; if not, the problem is reported."""
    rows, columns = sheet.cells.shape
    sizes = {"MAX_ROWS": rows, "MAX_CELLS": rows * columns}
    beyond = [name for name, size in sizes.items() if size > limit(name)]
    for name in beyond:
        report.add(exceeded(sheet.file, name, f"{sizes[name]:,} {SETTINGS[name].what.split()[0]}"))
    return not beyond
