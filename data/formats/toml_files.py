"""TOML files, looked at before they are parsed: the time and memory that Python's parser takes grow with the square of
a key's parts (https://github.com/python/cpython/issues/149231)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from data.formats.limits import MEGA
from data.problems import Problem, Report

MOST_BYTES, MOST_PARTS = MEGA, 20
BITS = 63
STRINGS = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"{3,5}|\\?\Z)|'
    r"'''.*?(?:'{3,5}|\Z)|"
    r'"(?:\\.|[^"\\\n])*"?|'
    r"'[^'\n]*'?|"
    r"#[^\n]*",
    re.DOTALL,
)
"""Strings and comments. One without an end goes on to the end, so that nothing is looked at twice."""
APART = re.compile(r"[^\w. \t-]+")
"""What is no part of a key, once its strings are gone."""


def parsed(path: Path, report: Report) -> tuple[str, dict[str, Any] | None]:
    """The text of a TOML file and what it says; None, with the problem reported, when it is none or may not be read."""
    try:
        if problem := _too_much(path.name, path.stat().st_size, text_of(path)):
            report.add(problem)
            return "", None
        text = path.read_bytes().decode("utf-8-sig")
        about = tomllib.loads(text)
    except (ValueError, RecursionError, OSError) as error:
        report.add(_no_toml(path.name, error))
        return "", None
    if not _has_vast(about):
        return text, about
    report.add(Problem(path.name, None, None, "a whole number beyond 64 bits", "a smaller one", "Correct it."))
    return "", None


def _has_vast(about: dict[str, Any]) -> bool:
    """Whether a whole number is larger than TOML allows: Python would not even write it."""
    ahead: list[Any] = [about]
    while ahead:
        one = ahead.pop()
        if isinstance(one, int) and one.bit_length() > BITS:
            return True
        ahead += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return False


def text_of(path: Path) -> str:
    """The text of a TOML file, as far as it may be read at all."""
    with path.open("rb") as content:
        return content.read(MOST_BYTES).decode("utf-8-sig", "replace")


def _too_much(file: str, size: int, text: str) -> Problem | None:
    if size > MOST_BYTES:
        found, expected = f"{size / MEGA:,.1f} MB", f"at most {MOST_BYTES / MEGA:,.0f} MB in a TOML file"
        return Problem(file, None, None, found, expected, "Put the rows into a CSV file, and name that.")
    plain = STRINGS.sub(lambda said: "" if said[0][0] == "#" else "x", text)
    for row, line in enumerate(plain.split("\n") if plain.count(".") > MOST_PARTS else (), start=1):
        parts = max(piece.count(".") for piece in APART.split(line)) + 1
        if parts > MOST_PARTS:
            row_there = row if plain.count("\n") == text.count("\n") else None
            found = f"a key of {parts:,} parts"
            return Problem(file, row_there, None, found, f"at most {MOST_PARTS}", "Correct this key.")
    return None


def _no_toml(file: str, error: Exception) -> Problem:
    at = re.search(r"at line (\d+)", str(error))
    reason = str(error).splitlines()[0] if isinstance(error, tomllib.TOMLDecodeError) else type(error).__name__
    found = f"text that is not TOML ({reason})"
    return Problem(file, int(at[1]) if at else None, None, found, "TOML in UTF-8", "Text needs quotes.")
