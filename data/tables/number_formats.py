"""Numbers as people write them: a decimal comma, or separators of thousands, told apart by all cells of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

BLANKS = " \u00a0\u202f\u2009"
"""Spaces within a number: of the keyboard, and those that typesetting uses."""
SEPARATED = re.compile(rf"\d[,{BLANKS}'’]\d")
SIGN = r"([<≤]?\s*[+-]?)"
DECIMAL = re.compile(rf"{SIGN}\d+,\d+")
CLEAR = re.compile(rf"{SIGN}(?:\d+,(?:\d{{1,2}}|\d{{4,}})|0\d*,\d+)")
"""A decimal comma that cannot be one of thousands."""
ENGLISH = re.compile(rf"{SIGN}\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?")
GERMAN = re.compile(rf"{SIGN}\d{{1,3}}(?:\.\d{{3}})*,\d+")
SPACED = re.compile(rf"{SIGN}\d{{1,3}}(?:[{BLANKS}'’]\d{{3}})+(?:[.,]\d+)?")
POINTS = re.compile(rf"{SIGN}[1-9]\d{{0,2}}(?:\.\d{{3}})+")
LARGE = 100
"""A number of so many without a separator, beside those with one, is of the same kind: units, not thousandths."""


def plain_numbers(cells: Iterable[object], decimal: str = "") -> tuple[dict[str, str], str]:
    """The different cells of a column that have separators, each as a plain number, and what the separators are; none
    where not every one of them can be such a number, or where a comma may be of either kind. `decimal`: the sign that
    other numbers of the file have settled, if any: the other one is of thousands."""
    known = list(cells)
    if decimal == "," and known and all(isinstance(cell, str) and POINTS.fullmatch(cell.strip()) for cell in known):
        return {
            str(cell): str(cell).strip().replace(".", "") for cell in known
        }, "points are read as separators of thousands"
    words = [cell for cell in known if isinstance(cell, str) and SEPARATED.search(cell)]
    if not words:
        return {}, ""
    others = [cell for cell in known if not (isinstance(cell, str) and SEPARATED.search(cell))]
    for name, fits, thousands in WAYS:
        if fits([word.strip() for word in words], others if decimal != "." else [*others, LARGE]):
            return {word: re.sub(thousands, "", word.strip()).replace(",", ".") for word in words}, name
    return {}, ""


def _decimal(words: Sequence[str], others: Sequence[object]) -> bool:
    return all(map(DECIMAL.fullmatch, words)) and any(map(CLEAR.fullmatch, words))


def _english(words: Sequence[str], others: Sequence[object]) -> bool:
    clear = any("." in word or word.count(",") > 1 for word in words) or any(map(_is_large, others))
    return clear and all(map(ENGLISH.fullmatch, words))


def _german(words: Sequence[str], others: Sequence[object]) -> bool:
    return all(map(GERMAN.fullmatch, words)) and any("." in word for word in words)


def _spaced(words: Sequence[str], others: Sequence[object]) -> bool:
    return all(map(SPACED.fullmatch, words))


def _is_large(cell: object) -> bool:
    try:
        return float(str(cell)) >= LARGE
    except ValueError:
        return False


WAYS = (
    ("commas are read as decimal signs", _decimal, r"(?!)"),
    ("commas are read as separators of thousands", _english, ","),
    ("points are read as separators of thousands, commas as decimal signs", _german, r"\."),
    ("spaces and apostrophes are read as separators of thousands", _spaced, rf"(?<=\d)[{BLANKS}'’](?=\d)"),
)
"""What separators may be, whether a column's cells agree with it, and what to take away for a plain number."""
