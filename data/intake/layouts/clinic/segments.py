"""Segments of treatment: what a patient had until when, where no column says since when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from data.intake.columns.infer import STATED
from data.intake.columns.roles import Guess
from data.intake.columns.vocabulary import word
from data.intake.layouts.base import Ledger
from data.intake.layouts.clinic.covariates import changes
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet

ARM = "it changes within a patient, and another column says when it began or ended: it is the treatment"
THING = r"(?:treatment|therapy|drug|medication|biologic)s?"
NONE = r"(?:no|non|off|without|kein\w*|ohne|aucun\w*|sans|sin|ningun\w*|nessun\w*|senza|sem|geen|zonder)"
PAUSE = re.compile(
    rf"{NONE}(?:_{THING})?|none|nil|nothing|nichts|rien|nada|niente|niets|(?:un|on)(?:treated|behandel[dt])|non_traite\w*"
    r"|\w*(?:paus[ae]|pauze|wash_?out|auswasch|lavado|interru|unterbr[eo]ch|suspen|sospe|holiday|break)\w*"
    r"|end|stop(?:ped)?"
)
"""Words in the place of a treatment that may say that there is none, as `vocabulary.word` gives them."""


@lru_cache(maxsize=2_000)
def is_pause(name: str) -> bool:
    """Whether the name of a treatment may be a word for having none."""
    return PAUSE.fullmatch(word(name)) is not None or not name.strip("-– ")


def with_treatment(cells: pd.DataFrame, found: Sequence[Guess], patient: str) -> list[Guess]:
    """The guesses, where a group that changes within a patient, beside a start or an end, is the treatment, unless a
    person says otherwise."""
    roles = {guess.role for guess in found}
    if "treatment" in roles or not roles & {"start", "end"}:
        return list(found)
    ids = texts(cells[patient])
    return [
        replace(guess, role="treatment", why=ARM)
        if guess.role == "group" and guess.why != STATED and changes(cells[guess.column], ids)
        else guess
        for guess in found
    ]


def as_segments(sheet: Sheet, ledger: Ledger) -> Sheet:
    """One course a row, by patient: from the end of the course before it, the first from week 0, to its own end; blank
    for one that goes on. What ends together starts together."""
    ids, ends = texts(sheet.cells["patient_id"]), numbers(sheet.cells["end_week"])[0]
    known = pd.Series(ends).groupby(ids.to_numpy(), sort=False).ffill().fillna(-np.inf)
    order = np.lexsort([np.arange(len(ends)), known.to_numpy(), pd.factorize(ids)[0]])
    sheet, ends = sheet.taken(order), ends[order]
    patients = ids.to_numpy()[order]
    first, last = np.ones((2, len(ends)), dtype=bool)
    first[1:] = patients[1:] != patients[:-1]
    last[:-1] = first[1:]
    starts, margins = _starts(sheet, ends, first)
    sheet = replace(sheet, cells=sheet.cells.assign(start_week=starts, **margins))
    reasons = {
        "no end, although another course of this patient follows": np.isnan(ends) & ~last,
        "a course after one without an end, so that its start is not known": np.isnan(starts),
        "the first course of a patient, which ended before it could begin at week 0": first & (ends <= 0),
    }
    for reason, bad in reasons.items():
        ledger.tell(sheet, bad, reason)
    return sheet.taken(np.flatnonzero(~np.logical_or.reduce(list(reasons.values()))))


def _starts(sheet: Sheet, ends: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The start of each course, and how far it may be from the true one where ends are known to the month or year."""
    opens = first | (ends != np.roll(ends, 1))
    at = np.maximum.accumulate(np.where(opens, np.arange(len(ends)), 0))
    starts = np.where(first, 0.0, np.roll(ends, 1))[at]
    if "end_margin" not in sheet.cells:
        return starts, {}
    margins = numbers(sheet.cells["end_margin"])[0]
    return starts, {"start_margin": np.where(first, np.nan, np.roll(margins, 1))[at]}
