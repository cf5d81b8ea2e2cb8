"""Before and after: each subset's value at a visit against the same patients' baseline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.arrays import Floats, places
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.friedman import Concordance, friedman
from analysis.comparisons.phase_samples import Compared, PhaseSamples, phase_samples, startless
from analysis.comparisons.signed_ranks import EXACT, MOST_PAIRS, signed_ranks
from analysis.response.rates import ENOUGH
from data.study import Study

COLUMNS = (
    "subset", "n", "zeros", "baseline", "value", "estimate", "low", "high", "biserial", "p", "smallest", "adjusted",
    "family", "reason", "note",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """The comparison of one visit.

    week             of the visit on the clock; NaN: each patient's own first or last
    observed, there  how many have a sample at the visit, and how many are in the phase; whether that is `enough`
    baseline, value  patients × subsets, NaN where the pair is not whole; base_week and value_week: of the study
    table            one row per subset of the study
    """

    week: float
    observed: int
    there: int
    enough: bool
    baseline: Floats
    value: Floats
    base_week: Floats
    value_week: Floats
    table: pd.DataFrame


@lru_cache(maxsize=1)  # patients × subsets, thrice
def before_after(study: Study, how: Compared) -> BeforeAfter:
    """Every subset of the study at `how.visit` of the phase against the phase's baseline.

    `table`: subset, n (patients with both), zeros (of them without a difference), baseline and value (medians),
    estimate with low and high (the shift, value − baseline, in the subset's unit), biserial, p, smallest (the smallest
    p that n can reach), adjusted (p over the `family` of all subsets that have one), reason (why there is no p), note
    (why there is no interval or no shift, or how p was made where it is not exact).
    """
    taken = phase_samples(study, how)
    slot = _slot(taken, how)
    at_end = how.visit != "week"
    after, at_week = taken.end(how.visit) if at_end or slot < 0 else taken.at(slot)
    whole = ~np.isnan(after) & ~np.isnan(taken.baseline) & taken.there[:, None]
    baseline, value = np.where(whole, taken.baseline, np.nan), np.where(whole, after, np.nan)
    seen = int((~np.isnan(after)).any(axis=1).sum())
    there = int(taken.there.sum())
    week = np.nan if at_end or slot < 0 else float(taken.weeks[slot])
    table = _table(study, how, baseline, value)
    return BeforeAfter(week, seen, there, seen >= ENOUGH * there, baseline, value, taken.base_week, at_week, table)


def pairs(study: Study, how: Compared, subset: str) -> pd.DataFrame:
    """The pairs that the test of one subset is of: patient_id, x (0: baseline, 1: the visit), week (of the study),
    value, other (the pair's other value); two rows a patient, in display order."""
    found = before_after(study, how)
    at = places(_names(study), [subset])[0]
    rows = np.flatnonzero(~np.isnan(found.value[:, at]))
    both = np.column_stack([found.baseline[rows, at], found.value[rows, at]])
    weeks = np.column_stack([found.base_week[rows, at], found.value_week[rows, at]])
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array.take(np.repeat(rows, 2)),
            "x": np.tile([0.0, 1.0], len(rows)),
            "week": weeks.ravel(),
            "value": both.ravel(),
            "other": both[:, ::-1].ravel(),
        }
    )


@lru_cache(maxsize=32)
def over_visits(study: Study, how: Compared, subset: str) -> tuple[Concordance, tuple[float, ...]]:
    """Friedman's test of a subset at its baseline and at all nominal weeks of the phase with enough patients; and those
    weeks, on the clock."""
    taken = phase_samples(study, how)
    at = places(_names(study), [subset])[0]
    slots = np.flatnonzero(taken.enough())
    columns = [taken.baseline[:, at], *(taken.at(int(slot), slice(at, at + 1))[0][:, 0] for slot in slots)]
    value = np.where(taken.there[:, None], np.column_stack(columns), np.nan)
    return friedman(value), tuple(taken.weeks[slots].tolist())


def _slot(taken: PhaseSamples, how: Compared) -> int:
    """The position of the nominal week: the nearest to the one asked for that has a sample, else the usual one."""
    seen = np.flatnonzero(taken.observed)
    if how.at_week is None or not len(seen):
        return taken.usual()
    return int(seen[np.abs(taken.weeks[seen] - how.at_week).argmin()])


def _table(study: Study, how: Compared, baseline: Floats, value: Floats) -> pd.DataFrame:
    tests = signed_ranks(value - baseline)
    adjusted = ADJUSTMENTS[how.adjust].adjust(tests.p)
    reasons = [_reason(study, how, *counts) for counts in zip(tests.n, tests.zeros, strict=True)]
    return pd.DataFrame(
        {
            "subset": _names(study),
            "n": tests.n,
            "zeros": tests.zeros,
            "baseline": medians(baseline),
            "value": medians(value),
            "estimate": tests.estimate,
            "low": tests.low,
            "high": tests.high,
            "biserial": tests.biserial,
            "p": tests.p,
            "smallest": tests.smallest,
            "adjusted": adjusted,
            "family": int((~np.isnan(tests.p)).sum()),
            "reason": reasons,
            "note": [_note(int(n)) for n in tests.n],
        }
    )[list(COLUMNS)]


def medians(value: Floats) -> Floats:
    """The median of each column's known values; NaN without one."""
    some = ~np.isnan(value).all(axis=0)
    found = np.full(value.shape[1], np.nan)
    found[some] = np.nanmedian(value[:, some], axis=0)
    return found


def _reason(study: Study, how: Compared, n: int, zeros: int) -> str:
    if n == 0:
        return startless(study, how.phase) or "no patient has both a baseline and a value at this visit"
    return "no value differs from its baseline" if zeros == n else ""


def _note(n: int) -> str:
    """What of the row is missing for n alone."""
    if 0 < n < 6:
        return f"no 95 % interval of {n}: it needs 6"
    if n > MOST_PAIRS:
        return f"no shift of more than {MOST_PAIRS:,} pairs; p from the normal distribution"
    return "p and interval from the normal distribution" if n > EXACT else ""


def _names(study: Study) -> list[str]:
    return study.subset_definitions["subset"].astype(str).tolist()
