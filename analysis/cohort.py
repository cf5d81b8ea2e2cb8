"""A cohort in bands: median and quartiles per group at the weeks that most patients share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.arrays import Floats, Positions, categorical, patient_codes
from data.study import Study

MINIMUM_PATIENTS = 3
"""A group with fewer patients at a nominal week has no band there."""

NOMINAL_SHARE = 0.1
"""A whole week at which at least this share of the patients was seen is nominal."""

REACH_WEEKS = 1.0
REACH_SHARE = 0.1
"""A rarer week belongs to a nominal one at most a week, or 10 % of that week's number, away."""


def bands(
    study: Study,
    table: pd.DataFrame,
    by: str | None = "group",
    week: str = "week",
    weeks: Sequence[float] | None = None,
) -> pd.DataFrame:
    """Median and quartiles of `value` per group and nominal week: group, (subset, where `table` has it,) week, n,
    median, q1, q3, in order of group, subset and week.

    `table` has patient_id, value and a column of weeks named by `week`; `by` is a column of `study.patients`, None
    for one group "all". Irregular weeks go to the nearest of `weeks` (None: `nominal_weeks` of the table), at equal
    distance to the earlier. A patient counts once per band, with the value nearest to the nominal week (the earlier
    of two). n counts patients with a value; fewer than `MINIMUM_PATIENTS` make no band. Quartiles are interpolated
    linearly.
    """
    value, at, patient = table["value"].to_numpy(float), table[week].to_numpy(float), patient_codes(table)
    groups, group = patient_groups(study, by)
    known = np.flatnonzero(~np.isnan(value) & ~np.isnan(at))
    value, at, patient = value[known], at[known], patient[known]
    nominal = nominal_of(patient, at) if weeks is None else np.sort(np.asarray(weeks, float))
    subsets, subset = _subsets(table, known)
    slot = nearest_slot(nominal, at)
    rows = _one_each((patient * len(subsets) + subset) * len(nominal) + slot, np.abs(at - nominal[slot]), at)
    rows = rows[group[patient[rows]] >= 0]
    cell = (group[patient[rows]] * len(subsets) + subset[rows]) * len(nominal) + slot[rows]
    found, count, quartiles = _quartiles(cell, value[rows])
    banded = pd.DataFrame(
        {
            "group": categorical(found // len(nominal) // len(subsets), groups),
            "subset": categorical(found // len(nominal) % len(subsets), subsets),
            "week": nominal[found % len(nominal)],
            "n": count,
            "median": quartiles[1],
            "q1": quartiles[0],
            "q3": quartiles[2],
        }
    )
    banded = banded[banded["n"] >= MINIMUM_PATIENTS].reset_index(drop=True)
    return banded if "subset" in table else banded.drop(columns="subset")


def nominal_weeks(table: pd.DataFrame, week: str = "week") -> Floats:
    """The weeks that stand for a table's visits, ascending: whole weeks at which many patients were seen.

    From the most frequent whole week on (of equally frequent ones the earlier first), a week becomes nominal if at
    least `NOMINAL_SHARE` of the patients were seen in it, or if no nominal week is within reach of it.
    """
    return nominal_of(patient_codes(table), table[week].to_numpy(float))


def nominal_of(patient: Positions, week: Floats) -> Floats:
    """`nominal_weeks` of visits as arrays: whose each is, and when."""
    whole = np.floor(week + 0.5)
    at, weeks = pd.factorize(whole, sort=True)
    # visits come by patient and week, for which this sorting takes one look at each
    seen = np.sort((patient * len(weeks) + at)[at >= 0], kind="stable")
    seen = seen[np.diff(seen, prepend=-1) != 0]
    count = np.bincount(seen % max(len(weeks), 1), minlength=len(weeks))
    enough = NOMINAL_SHARE * np.count_nonzero(np.diff(seen // max(len(weeks), 1), prepend=-1))
    nominal: list[float] = []
    for place in np.argsort(-count, kind="stable").tolist():
        if count[place] >= enough or not _within_reach(float(weeks[place]), nominal):
            nominal.append(float(weeks[place]))
    return np.sort(np.array(nominal))


def _within_reach(week: float, nominal: list[float]) -> bool:
    return any(abs(week - other) <= max(REACH_WEEKS, REACH_SHARE * abs(other)) for other in nominal)


@lru_cache(maxsize=16)
def patient_groups(study: Study, by: str | None) -> tuple[list[str], Positions]:
    """Names of the groups and each patient's, -1 where it is missing."""
    if by is None:
        return ["all"], np.zeros(len(study.patients), np.intp)
    column = study.patients[by].astype("category")
    return column.cat.categories.astype(str).tolist(), column.cat.codes.to_numpy().astype(np.intp)


def _subsets(table: pd.DataFrame, rows: Positions) -> tuple[list[str], Positions]:
    """Names of the subsets in these rows, in the order in which they come, and which of them each row's is."""
    if "subset" not in table:
        return [""], np.zeros(len(rows), np.intp)
    codes, names = pd.factorize(table["subset"].array.take(rows))
    return [str(name) for name in names], codes.astype(np.intp)


def nearest_slot(nominal: Floats, at: Floats) -> Positions:
    """Position of the nearest nominal week, the earlier at equal distance."""
    right = np.searchsorted((nominal[1:] + nominal[:-1]) / 2, at, side="left")
    return right.astype(np.intp)


def _one_each(owner: Positions, distance: Floats, at: Floats) -> Positions:
    """The row nearest to the nominal week for each owner (a patient in one subset and slot), the earlier of two."""
    order = np.argsort(owner, kind="stable")
    same = np.diff(owner[order]) == 0
    several = np.r_[False, same] | np.r_[same, False] if len(order) else same
    some = order[several]
    some = some[np.lexsort((at[some], distance[some], owner[some]))]
    return np.r_[order[~several], some[np.diff(owner[some], prepend=-1) != 0]]


def _quartiles(cell: Positions, value: Floats) -> tuple[Positions, Positions, Floats]:
    """The cells that occur, how many values each has, and their quartiles (3 × cells), interpolated linearly."""
    order = np.argsort(value)
    order = order[np.argsort(cell[order].astype(np.min_scalar_type(cell.max(initial=0))), kind="stable")]
    each = np.bincount(cell)
    found = np.flatnonzero(each)
    count, start = each[found], (np.cumsum(each) - each)[found]
    place = start + np.array([[0.25], [0.5], [0.75]]) * (count - 1)
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, start + count - 1)
    ordered = np.append(value[order], np.nan)
    return found, count, ordered[low] + (place - low) * (ordered[high] - ordered[low])
