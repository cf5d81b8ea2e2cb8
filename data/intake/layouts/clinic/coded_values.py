"""Codes in place of words (1 = female): where they stand, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from data.intake.layouts.base import Entry
from data.tables.columns import texts
from data.tables.outcome_names import scores_among

WORDS = ("group", "sex", "treatment", "kind", "event")
"""Columns of the study that hold words: numbers there are codes."""


def codes_in(cells: pd.Series, most: int = 20) -> list[str]:
    """The codes of a column that holds nothing but a few whole numbers in place of words, else nothing."""
    words = sorted(texts(cells).dropna().unique(), key=lambda word: (len(word), word))
    coded = all(re.fullmatch(r"-?\d{1,3}", word) for word in words)
    return words if coded and len(words) <= most else []


def known_words(entry: Entry, choices: Mapping[str, Mapping[str, str]]) -> Entry:
    """The words of a data dictionary for coded cells (1 = female), for the columns that hold words."""
    coded = {
        ours: dict(choices[theirs])
        for ours, theirs in entry["columns"].items()
        if theirs in choices and not (entry["table"] == "pasi" and ours in scores_among([ours]))
    }
    return {"values": coded} if coded else {}
