"""How much a file may hold: every limit can be set by an environment variable, and every message states it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from data.problems import Problem, Report
from data.sheet import Sheet

LIMITS: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "MAX_FILE_MB": (100, "MB in one file"),
        "MAX_ROWS": (1_000_000, "rows in one table"),
        "MAX_COLUMNS": (2_000, "columns in one table"),
        "MAX_CELLS": (20_000_000, "cells in one table"),
        "MAX_FILES": (200, "files at once"),
        "MAX_UPLOAD_MB": (200, "MB uploaded at once"),
        "MAX_READERS": (2, "uploads read at once in one worker"),
        "MAX_UNZIPPED_MB": (500, "MB once unzipped"),
        "MAX_ZIP_RATIO": (200, "times larger once unzipped"),
        "MAX_READ_SECONDS": (60, "seconds to read one workbook"),
        "MAX_READ_MB": (2_000, "MB of memory to read one workbook"),
    }
)
"""The environment variable of each limit, its default, and what it counts."""

MEGA = 1_000_000


def limit(name: str) -> float:
    """The limit in force: the variable called `name`, else its default."""
    return float(os.environ.get(name) or LIMITS[name][0])


def exceeded(file: str, name: str, found: str) -> Problem:
    """The problem of a file beyond a limit, which it states with the variable that raises it."""
    expected = f"at most {limit(name):,.0f} {LIMITS[name][1]}"
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
        report.add(exceeded(sheet.file, name, f"{sizes[name]:,} {LIMITS[name][1].split()[0]}"))
    return not beyond
