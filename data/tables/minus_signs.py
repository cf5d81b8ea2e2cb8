"""Minus signs as typesetting and word processors write them: U+2212 and dashes, where a keyboard has a hyphen."""

from __future__ import annotations

import re

import pandas as pd

from data.frames import with_columns

MINUS = "\u2212"
DASHES = "\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"
"""Hyphens and dashes, the small and the wide one too; before a number each of them may be a minus."""
AS_HYPHENS = str.maketrans(dict.fromkeys(DASHES, "-"))
ANY_SIGN = re.compile(f"[{MINUS}{DASHES}]")
AMOUNT = "(?:\\d[\\d.,'’ \u00a0\u202f\u2009]*|[.,]\\d+)"
NUMBER = re.compile(rf"([<≤>≥]?\s*)-\s*({AMOUNT}(?:[eE][+-]?\d+)?\s*%?)|[\d.,]+[eE]-\d+")
"""A number with one of them at its start, or in its exponent."""


def plain_signs(text: str) -> str:
    """The text with a hyphen for every minus and dash, sign for sign."""
    return text.replace(MINUS, "-").translate(AS_HYPHENS)


def with_hyphens(text: str) -> str:
    """The text with a hyphen for every dash; what is certainly a minus (U+2212, "minus 4") stays U+2212."""
    return re.sub(r"(?:(?<![^\W_])(?:minus|neg(?:ative)?)[\s_]*)(?=\d)", MINUS, text.translate(AS_HYPHENS))


def with_plain_minus(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells, with a hyphen for the minus of each cell that is a number and nothing else: "−2" as "-2"."""
    changed: dict[str, pd.Series] = {}
    for column, theirs in cells.items():
        if theirs.dtype.kind in "fiubM":
            continue
        words = [word for word in theirs.unique() if isinstance(word, str) and ANY_SIGN.search(word)]
        plain = {word: number for word in words if (number := _plain_number(word))}
        if plain:
            changed[str(column)] = theirs.map(lambda cell, plain=plain: plain.get(cell, cell))
    return with_columns(cells, changed) if changed else cells


def _plain_number(word: str) -> str:
    """A text that is a number with such a sign, as a keyboard writes it; "" if it is none."""
    text = plain_signs(word).strip()
    match = NUMBER.fullmatch(text)
    if match is None:
        return ""
    return f"{match[1]}-{match[2]}" if match[2] else text
