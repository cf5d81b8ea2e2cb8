"""What to be careful about: values that are not measured, and what the checks found, by kind and with counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.arrays import patient_codes
from analysis.filters import narrow
from analysis.immune.checks import CHECKS, immune_warnings
from analysis.immune.event_counts import LOW_COUNT
from analysis.query import only

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

LONGEST = 90
"""Characters of a caution."""
FIELDS = ("patients", "groups", "from_week", "to_week", "clock", "tolerance")
"""The query's fields that what is to be checked depends on."""


@dataclass(frozen=True)
class Concern:
    """A kind of thing to check, `found` in `count` of so many `what` (samples, values, notes), and what to do."""

    kind: str
    found: str
    count: int
    of: int
    what: str
    advice: str

    @property
    def sentence(self) -> str:
        """All of it: "10 of 2,239 samples above 100 % of the parent. Look at the gate."."""
        return f"{self.count:,} of {self.of:,} {self.what} {self.found}. {self.advice}"


def caution(study: Study, query: Query) -> list[tuple[str, str]]:
    """What stands on the one line of caution, the gravest first: texts of at most `LONGEST` characters, and what opens
    behind each (illustrative, checks, or report: how the files were read). Empty where there is nothing."""
    rows = warned(study, query)
    count, of = _samples(rows), _samples(narrow(study, study.immune_subsets, **query.kept))
    found = [(_illustrative(study), "illustrative"), (_to_check(rows, count, of), "checks"), (_notes(study), "report")]
    return [(text, action) for text, action in found if text]


def concerns(study: Study, query: Query) -> list[Concern]:
    """Every kind of thing to check in what is kept: a check of the samples that found something, values from few
    events, and notes on how the files were read."""
    return _concerns(study, only(query, FIELDS))


@lru_cache(maxsize=8)
def _concerns(study: Study, query: Query) -> list[Concern]:
    rows, kept = warned(study, query), narrow(study, study.immune_subsets, **query.kept)
    of, counted = _samples(kept), kept["count"].dropna()
    found = [
        Concern(check.key, check.found, _samples(rows[rows["check"] == check.key]), of, "samples", check.advice)
        for check in CHECKS.values()
    ]
    low = f"from fewer than {LOW_COUNT} events"
    advice = "They are crossed: look at the interval before you trust one."
    found.append(Concern("low_count", low, int((counted < LOW_COUNT).sum()), len(counted), "values", advice))
    read = len(study.notes)
    found.append(Concern("notes", "to read", read, read, "notes on how the files were read", "See the report."))
    return [one for one in found if one.count]


def warned(study: Study, query: Query) -> pd.DataFrame:
    """The rows of `checks.immune_warnings` of what is kept, each with its sentence."""
    return narrow(study, immune_warnings(study, query.tolerance), **query.kept)


def _samples(table: pd.DataFrame) -> int:
    """How many samples have a row."""
    at, weeks = pd.factorize(table["week"].to_numpy(float), use_na_sentinel=False)
    return len(pd.unique(patient_codes(table).astype(np.int64) * len(weeks) + at))


def _illustrative(study: Study) -> str:
    tables = (study.pasi, study.immune_subsets, study.treatments)
    made = sum(int((table["provenance"] == "illustrative").sum()) for table in tables)
    rows = sum(map(len, tables))
    return f"Illustrative, hollow: {made:,} of {rows:,} rows. Do not quote." if made else ""


def _to_check(rows: pd.DataFrame, count: int, of: int) -> str:
    """How many samples, and of which kinds where there is room."""
    if not count:
        return ""
    kinds = [(check.found, _samples(rows[rows["check"] == check.key])) for check in CHECKS.values()]
    text = f"{count:,} of {of:,} samples to check"
    full = f"{text}: {', '.join(f'{n:,} {found}' for found, n in kinds if n)}"
    return full if len(full) <= LONGEST else text


def _notes(study: Study) -> str:
    count = len(study.notes)
    return f"{count:,} note{'s' * (count != 1)} on how the files were read" if count else ""
