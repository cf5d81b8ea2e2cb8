"""Columns of numbers beside known immune subsets, of whose headers nothing is known: Mono, B, Gr beside CD4, CD8."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd

from data.intake.columns.roles import Guess
from data.intake.columns.scores import MEASURED
from data.intake.columns.value_types import are_numbers
from data.intake.columns.vocabulary import word
from data.intake.layouts.clinic.covariates import changes
from data.tables.columns import numbers, texts

KNOWN = 2
"""Known subsets in a row of columns, so that their neighbours may be some: one alone may be a marker in the serum."""
WHOLE = 100.0
BESIDE = "nothing is known of its header, and its numbers stand beside immune subsets"
NO_SUBSET = re.compile(
    r"_(?:\w*score|index|scale|grade|points?|plate|batch|run|lot|well|tube|operator|machine|nr|no|number|rank|order|instance)_"
    r"|_(?:temp\w*|pulse|systolic|diastolic|bp|height|age)_"
)
"""What a header says that names no subset."""
SHARE = re.compile(r"_(?:%|percent(?:age)?)(?=_)")
"""The unit that a subset may have."""


def with_neighbours(cells: pd.DataFrame, found: Sequence[Guess], patient: str, settled: Collection[str]) -> list[Guess]:
    """The guesses, where columns that nothing is known of, in one row of columns with known subsets, are taken as
    subsets too, which is asked. Not those that are `settled`, nor covariates: what stays the same in each patient."""
    if sum(guess.role == "marker" for guess in found) < KNOWN:
        return list(found)
    ids = texts(cells[patient])
    highest = _highest(cells, found)
    may_be = {
        guess.column
        for guess in found
        if not guess.role
        and guess.column not in {patient, *settled}
        and _may_be_one(cells[guess.column], highest)
        and changes(cells[guess.column], ids)
    }
    beside = {column for run in _runs(found, may_be, settled) for column in run} & may_be
    return [
        replace(guess, role="marker", why=BESIDE, unclear=True) if guess.column in beside else guess for guess in found
    ]


def _highest(cells: pd.DataFrame, found: Sequence[Guess]) -> float:
    """What no subset of this table is above: 100, unless a known one is, such as a count."""
    known = [numbers(cells[guess.column])[0] for guess in found if guess.role == "marker"]
    return max([WHOLE, *(float(pd.Series(values).max()) for values in known)])


def _may_be_one(cells: pd.Series, highest: float) -> bool:
    """Whether a column may be a subset by its header and its numbers."""
    header = SHARE.sub("", f"_{word(str(cells.name))}_")
    if NO_SUBSET.search(header) or MEASURED.search(header) or not are_numbers(cells):
        return False
    known = pd.Series(numbers(cells)[0]).dropna()
    return bool(known.between(0, highest).all())


def _runs(found: Sequence[Guess], may_be: Collection[str], settled: Collection[str]) -> list[list[str]]:
    """Rows of neighbouring columns that are subsets or may be, each with enough known ones. A column of which a person
    says that it is not read parts no row: what was said of one changes nothing of the others."""
    runs: list[list[Guess]] = [[]]
    for guess in found:
        if guess.role == "marker" or guess.column in may_be:
            runs[-1].append(guess)
        elif guess.role or guess.column not in settled:
            runs.append([])
    return [[guess.column for guess in run] for run in runs if sum(guess.role == "marker" for guess in run) >= KNOWN]
