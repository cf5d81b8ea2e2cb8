"""Columns that say one thing of each patient, and nothing else known: kept as covariates, unless they may identify."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.intake.columns.roles import Guess
from data.intake.sources import ID_LIKE
from data.privacy.identifiers import name_without_dates
from data.privacy.masking import DATE
from data.schema import TABLES
from data.tables.columns import numbers, texts

COVARIATE = "covariate"
HEAD = 500
"""Rows that tell of most columns that they change within a patient."""
LONGEST, MOST_WORDS = 40, 12
"""Of a text: a longer cell, or more different ones, is free text."""
NAME_LIKE = re.compile(r"^(?!(?:Yes|No|Never|Male|Female)$)[^\W\da-z]\w|\d")
"""A word that begins as names do, or has a number, as codes do; single letters tell nobody."""
DECIMAL = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?", re.ASCII)
RECORD_NUMBER = 100_000
"""A whole number from here on, different for each patient, is taken for a number of a record."""


def with_covariates(
    cells: pd.DataFrame, found: Sequence[Guess], patient: str, settled: Collection[str], *, of_patients: bool
) -> list[Guess]:
    """The guesses, with columns that are not `settled` as covariates, or with the reason why not. `of_patients` says
    whether rows can be about patients at all, and not about courses or events."""
    ids = texts(cells[patient])
    return [
        _sorted_out(guess, cells[guess.column], ids, of_patients=of_patients)
        if not guess.role and guess.column not in settled and guess.column != patient
        else guess
        for guess in found
    ]


def _sorted_out(guess: Guess, cells: pd.Series, ids: pd.Series, *, of_patients: bool) -> Guess:
    reason = why_not(cells, ids) if of_patients else "its rows are not of patients or their visits"
    if reason:
        return replace(guess, why=f"its header says nothing known, and {reason}")
    return replace(guess, role=COVARIATE, why="one value for each patient, and nothing else is known of it")


def why_not(cells: pd.Series, ids: pd.Series) -> str:
    """Why a column cannot be kept as a covariate of the patients `ids` of its rows, "" if it can."""
    if changes(cells.head(HEAD), ids.head(HEAD)) or changes(cells, ids):
        return "it changes within a patient"
    known = _known(cells, ids)
    if known.empty:
        return "it is blank"
    if str(cells.name) in TABLES["patients"].names:
        return "another column has that meaning"
    words, different = known["word"], known["word"].nunique()
    if any(map(_has_a_date, words.unique())):
        return "it has dates in it"
    if len(words) > 2 and different == 1:
        return "it is the same for everyone"
    values, wrong = numbers(words)
    return _too_telling(words, different) if wrong.any() else _a_record(str(cells.name), values)


def _has_a_date(word: str) -> bool:
    """Whether a word has a date in it; a decimal number (0.19870412) has none, unless it is one (03.1987)."""
    if DECIMAL.fullmatch(word):
        return DATE.fullmatch(word) is not None
    return name_without_dates(word) != word


def changes(cells: pd.Series, ids: pd.Series) -> bool:
    """Whether a column says different things of one patient."""
    return bool(_known(cells, ids)["patient"].duplicated().any())


def _known(cells: pd.Series, ids: pd.Series) -> pd.DataFrame:
    return texts(cells).to_frame("word").assign(patient=ids.to_numpy()).dropna().drop_duplicates()


def _too_telling(words: pd.Series, different: int) -> str:
    if words.str.len().max() > LONGEST or different > MOST_WORDS:
        return "it is free text"
    telling = different == len(words) and words.map(lambda word: bool(NAME_LIKE.search(word))).all()
    return "its words are different for each patient, as names are" if telling else ""


def _a_record(header: str, values: np.ndarray) -> str:
    """Whether numbers tell the patients apart on purpose."""
    apart = len(np.unique(values)) == len(values) and bool((values == np.round(values)).all())
    numbered = bool(ID_LIKE.search(header)) or values.min() >= RECORD_NUMBER
    return "its numbers tell patients apart, as those of records do" if apart and numbered else ""
