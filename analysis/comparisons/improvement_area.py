"""How much each patient improved over a phase: the area under the improvement, per week followed, and two groups of
them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Floats, categorical, pick
from analysis.cohort import patient_groups
from analysis.comparisons.averages import AVERAGES, in_cells
from analysis.comparisons.group_course import AFTER_RESTART, refusal, restarts
from analysis.comparisons.phase_samples import Compared
from analysis.comparisons.rank_sums import EXACT, rank_sums
from analysis.filters import in_window, kept_patients
from analysis.outcomes import outcome_name, outcome_of, sign_of
from analysis.phase_visits import first_reason, phase_visits
from analysis.response.summary import area_under
from analysis.scales import improvement, score_unit
from data.study import Study

LEVEL = 0.05
"""Where the smallest p that so few can reach lies above, none is given."""
UNSEEN = "no time was followed in this phase"
RULE = (
    "Area under each patient's improvement (trapezoids between observed visits, from 0 at the phase's start on), "
    "divided by the weeks followed: the mean improvement over that time. Who was followed shorter "
    "has the mean of less time."
)


@dataclass(frozen=True)
class TwoGroups:
    """The areas of `first` against those of `second`, names of groups: their sizes, auc (the chance that one of the
    first lies above one of the second), low and high (its 95 % interval), biserial, p, smallest (the smallest p that
    these sizes can reach), note (why there is no p, or how it was made)."""

    first: str
    second: str
    n: int
    other_n: int
    auc: float
    low: float
    high: float
    biserial: float
    p: float
    smallest: float
    note: str


@lru_cache(maxsize=8)
def areas(study: Study, how: Compared) -> pd.DataFrame:
    """patient_id, group, weeks (followed), week (of the study: the last visit), area (improvement per week followed, in
    `unit`), reason (why there is none, or ""): one row per kept patient who has a group, in
    display order."""
    seen = phase_visits(study, how.phase, how.baseline, how.window, how.clock)
    counted = np.where(seen.week > restarts(study, how)[seen.patient] + SAME_WEEK, seen.base, seen.pasi)
    gain = _improved(study, counted, seen.base)
    started = in_window(study, np.arange(seen.size), seen.start, how.window, how.clock)
    weeks, under = area_under(seen, gain, np.where(np.isnan(seen.baseline), np.nan, 0.0), started)
    refused = np.full(seen.size, refusal(study, how) == AFTER_RESTART)
    reason = first_reason({AFTER_RESTART: refused}, seen.no_baseline)
    reason = first_reason({UNSEEN: np.isnan(weeks)}, reason)
    names, group = patient_groups(study, "group")
    table = pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array,
            "group": categorical(group, names),
            "weeks": weeks,
            "week": pick(seen.week, seen.last),
            "area": np.where(reason == "", under / weeks, np.nan),
            "reason": reason,
        }
    )
    return table[kept_patients(study, how.patients, how.groups) & (group >= 0)].reset_index(drop=True)


def unit(study: Study) -> str:
    """What an area is in: % improvement, or the outcome's own points where a percentage means nothing."""
    if outcome_of(study).relative:
        return f"{outcome_name(study)} improvement (%)"
    return f"improvement of {score_unit(study, outcome_of(study).name)}"


def by_group(study: Study, how: Compared) -> pd.DataFrame:
    """group, n, left_out, weeks (median followed), median, low and high (95 %, between order statistics), note (why
    there is no interval, and why patients are left out): one row per group of the kept patients."""
    table = areas(study, how)
    present = table["group"].cat.remove_unused_categories()
    code, known = present.cat.codes.to_numpy().astype(np.intp), table["area"].notna().to_numpy(bool)
    cells = in_cells(code[known], table["area"].to_numpy(float)[known], len(present.cat.categories))
    weeks = in_cells(code[known], table["weeks"].to_numpy(float)[known], len(present.cat.categories))
    middle, low, high = AVERAGES["median"].of(cells)
    left = np.bincount(code[~known], minlength=len(cells.n))
    why = table[~known].groupby(present[~known], observed=True)["reason"].agg(_counted)
    notes = zip(AVERAGES["median"].refusals(cells), why.reindex(present.cat.categories).fillna(""), strict=True)
    return pd.DataFrame(
        {
            "group": present.cat.categories.astype(str),
            "n": cells.n,
            "left_out": left,
            "weeks": AVERAGES["median"].of(weeks)[0],
            "median": middle,
            "low": low,
            "high": high,
            "note": ["; ".join(filter(None, parts)) for parts in notes],
        }
    )


def two_groups(study: Study, how: Compared) -> TwoGroups | None:
    """The test between the groups of the kept patients; None where they are not exactly two."""
    table = areas(study, how)
    names = tuple(by_group(study, how)["group"])
    if len(names) != 2:
        return None
    first, second = ((table["group"] == name).to_numpy(bool) for name in names)
    found = rank_sums(table["area"].to_numpy(float)[:, None], first, second)
    numbers = (found.auc, found.low, found.high, found.biserial, found.p, found.smallest)
    auc, low, high, biserial, p, smallest = (float(each[0]) for each in numbers)
    n, others = int(found.first[0]), int(found.second[0])
    note = _note(names, n, others, p, smallest)
    p = np.nan if note[0] else p
    return TwoGroups(names[0], names[1], n, others, auc, low, high, biserial, p, smallest, "".join(note))


def _note(names: tuple[str, ...], n: int, others: int, p: float, smallest: float) -> tuple[str, str]:
    """Why there is no p, or else how it was made."""
    if not n or not others:
        return f"no p: nobody in {' and '.join(name for name, k in zip(names, (n, others), strict=True) if not k)}", ""
    if np.isnan(p):
        return "no p: all have one and the same value", ""
    if smallest > LEVEL:
        return f"no p: {n} and {others} patients can reach no p below {smallest:.2g}", ""
    return "", "p from the normal distribution" if n + others > EXACT else ""


def _improved(study: Study, value: Floats, base: Floats) -> Floats:
    if outcome_of(study).relative:
        return improvement(study, value, base)
    return sign_of(study) * (base - value)


def _counted(reasons: pd.Series) -> str:
    return "; ".join(f"{count} left out: {reason}" for reason, count in reasons.astype(str).value_counts().items())
