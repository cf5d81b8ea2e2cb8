"""What looks wrong in the immune samples of a study, as sentences; nothing is changed or left out because of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import Flags, categorical
from analysis.correlation.matching import matched, reached
from analysis.correlation.pairing import TOLERANCE_WEEKS
from analysis.samples import samples
from analysis.subsets import is_percent_of_parent, texts_of
from data.study import Study

SUM_TOLERANCE = 1.0
"""Percentage points by which siblings may exceed their parent: frequencies come rounded."""

OVERLAP = "they overlap, or a gate is wrong"

COLUMNS = ["check", "patient_id", "week", "subset", "sentence"]


@dataclass(frozen=True)
class Check:
    """One check; `found` says in a few words what it finds in a sample, `advice` what to do; `find` takes a study and
    the tolerance of pairs (weeks) and returns rows of sample (position in `samples`), subset ("" for several) and
    what is said of it after its patient and week; `of_pairs`: the tolerance makes a difference."""

    key: str
    rule: str
    found: str
    advice: str
    find: Callable[[Study, float], list[tuple[int, str, str]]]
    of_pairs: bool = False


@lru_cache(maxsize=4)
def immune_warnings(study: Study, tolerance: float = TOLERANCE_WEEKS) -> pd.DataFrame:
    """Every finding of every check: check, patient_id, week, subset ("" for several), sentence; by check, then patient
    and week. Empty where nothing was found."""
    taken = samples(study)
    how = {key: tolerance if check.of_pairs else TOLERANCE_WEEKS for key, check in CHECKS.items()}
    rows = [
        (key, row, subset, f"{_where(study, row)}: {words}")
        for key, within in how.items()
        for row, subset, words in _rows(study, key, within)
    ]
    found = pd.DataFrame(rows, columns=["check", "sample", "subset", "sentence"])
    sample = found["sample"].to_numpy(np.intp)
    ids = categorical(taken.patient[sample], study.patients["patient_id"].cat.categories)
    return found.assign(patient_id=ids, week=taken.week[sample])[COLUMNS]


@lru_cache(maxsize=4)
def flagged(study: Study, tolerance: float = TOLERANCE_WEEKS) -> dict[str, Flags]:
    """For each check, in which of the `samples` it found something."""
    size, found = len(samples(study).week), {}
    for key, check in CHECKS.items():
        rows = [row for row, _, _ in _rows(study, key, tolerance if check.of_pairs else TOLERANCE_WEEKS)]
        found[key] = np.bincount(np.array(rows, np.intp), minlength=size) > 0
    return found


@lru_cache(maxsize=16)
def _rows(study: Study, key: str, tolerance: float) -> list[tuple[int, str, str]]:
    return CHECKS[key].find(study, tolerance)


def child_over_parent(study: Study, tolerance: float) -> list[tuple[int, str, str]]:
    """Frequencies above 100 %."""
    taken, percent = samples(study), np.array([unit.startswith("%") for unit in texts_of(study)[0]], bool)
    labels = _labels(study)
    return [
        (row, taken.subsets[at], f"{labels[at]} is {taken.value[row, at]:g} % of its parent.")
        for row, at in np.argwhere((taken.value > 100) & percent).tolist()
    ]


def siblings_over_parent(study: Study, tolerance: float) -> list[tuple[int, str, str]]:
    """Subsets of one parent that together exceed it: they overlap, or a gate is wrong."""
    taken, parents, labels = samples(study), np.array(texts_of(study)[1], object), _labels(study)
    found = []
    for parent in dict.fromkeys(parents[is_percent_of_parent(study) & (parents != "")]):
        among = np.flatnonzero(is_percent_of_parent(study) & (parents == parent))
        total = np.nansum(taken.value[:, among], axis=1)
        names = ", ".join(labels[at] for at in among)
        over = np.flatnonzero((total > 100 + SUM_TOLERANCE) & (len(among) > 1)).tolist()
        sums = {row: f"{names} sum to {total[row]:g} % of {parent}" for row in over}
        found += [(row, "", f"{words}; {OVERLAP}.") for row, words in sums.items()]
    return found


def without_visit(study: Study, tolerance: float) -> list[tuple[int, str, str]]:
    """Samples that no subset could pair with a PASI visit; none where the study has no PASI at all."""
    if not study.has_pasi:
        return []
    taken = samples(study)
    low, high = reached(study, tolerance)
    alone = ~np.isnan(taken.value).all(axis=1) & (matched(study, tolerance) < 0).all(axis=1)
    weeks = "week" if tolerance == 1 else "weeks"
    reasons = f"no visit within {tolerance:g} {weeks}", "its nearest visit is paired with another"
    return [
        (row, "", f"a sample without its visit ({reasons[int(high[row] > low[row])]}).")
        for row in np.flatnonzero(alone).tolist()
    ]


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        check.key: check
        for check in (
            Check(
                "child_over_parent",
                "No subset exceeds 100 % of its parent.",
                "above 100 % of the parent",
                "Look at the unit and the gate of the subset.",
                child_over_parent,
            ),
            Check(
                "siblings_over_parent",
                f"Subsets of one parent sum to at most {100 + SUM_TOLERANCE:g} % of it (rounding allowed).",
                "more than their parent in sum",
                "Look whether the gates overlap, or the parent is another one.",
                siblings_over_parent,
            ),
            Check(
                "without_visit",
                "Every sample has a visit with the outcome within the tolerance.",
                "without a visit",
                "Widen the weeks between blood and visit, or look at the dates.",
                without_visit,
                of_pairs=True,
            ),
        )
    }
)


def _where(study: Study, sample: int) -> str:
    taken = samples(study)
    return f"{study.patient_ids[taken.patient[sample]]}, week {taken.week[sample]:g}"


def _labels(study: Study) -> list[str]:
    return study.subset_definitions["label"].astype("str").tolist()
