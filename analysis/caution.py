"""What to be careful about: values that are not measured, and what the checks found, by kind and with counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analysis.filters import kept_rows
from analysis.immune.checks import CHECKS, flagged
from analysis.immune.event_counts import LOW_COUNT
from analysis.query import only
from analysis.samples import samples
from analysis.subsets import sample_positions

if TYPE_CHECKING:
    from analysis.arrays import Flags, Positions
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
    found = [
        (_illustrative(study), "illustrative"),
        (_to_check(study, only(query, FIELDS)), "checks"),
        (_notes(study), "report"),
    ]
    return [(text, action) for text, action in found if text]


def concerns(study: Study, query: Query) -> list[Concern]:
    """Every kind of thing to check in what is kept: a check of the samples that found something, values from few
    events, and notes on how the files were read."""
    return _concerns(study, only(query, FIELDS))


@lru_cache(maxsize=8)
def _concerns(study: Study, query: Query) -> list[Concern]:
    kept, where = _kept(study, query), flagged(study, query.tolerance)
    of = int(kept.sum())
    found = [
        Concern(key, check.found, int((where[key] & kept).sum()), of, "samples", check.advice)
        for key, check in CHECKS.items()
    ]
    low = f"from fewer than {LOW_COUNT} events"
    advice = "They are crossed: look at the interval before you trust one."
    few, counted = (int(values[kept].sum()) for values in _counted(study))
    found.append(Concern("low_count", low, few, counted, "values", advice))
    read = len(study.notes)
    found.append(Concern("notes", "to read", read, read, "notes on how the files were read", "See the report."))
    return [one for one in found if one.count]


def _kept(study: Study, query: Query) -> Flags:
    """Which of the `samples` are kept."""
    taken = samples(study)
    return kept_rows(study, taken.patient, taken.week, **query.kept)


@lru_cache(maxsize=4)
def _counted(study: Study) -> tuple[Positions, Positions]:
    """How many values of each of the `samples` are from few events, and how many have a count."""
    count, size = study.immune_subsets["count"].to_numpy(float), len(samples(study).week)
    at = sample_positions(study)
    few, known = (np.bincount(at[hits], minlength=size) for hits in (count < LOW_COUNT, ~np.isnan(count)))
    return few, known


@lru_cache(maxsize=4)
def _illustrative(study: Study) -> str:
    tables = (study.pasi, study.immune_subsets, study.treatments)
    made = sum(int((table["provenance"] == "illustrative").sum()) for table in tables)
    rows = sum(map(len, tables))
    share = f"all {rows:,}" if made == rows else f"{made:,} of {rows:,}"
    return f"Illustrative, hollow: {share} rows. Do not quote." if made else ""


@lru_cache(maxsize=8)
def _to_check(study: Study, query: Query) -> str:
    """How many samples, and of which kinds where there is room."""
    kept, where = _kept(study, query), flagged(study, query.tolerance)
    count = int((np.any([*where.values()], axis=0) & kept).sum())
    if not count:
        return ""
    kinds = [(check.found, int((where[key] & kept).sum())) for key, check in CHECKS.items()]
    text = f"{count:,} of {int(kept.sum()):,} samples to check"
    full = f"{text}: {', '.join(f'{n:,} {found}' for found, n in kinds if n)}"
    return full if len(full) <= LONGEST else text


def _notes(study: Study) -> str:
    count = len(study.notes)
    return f"{count:,} note{'s' * (count != 1)} on how the files were read" if count else ""
