"""What an estimate becomes without each patient in turn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.arrays import Positions, categorical
from analysis.correlation.correlation import correlation, points
from analysis.correlation.patient_sums import MIXED_MODEL, Summed, leaving
from analysis.correlation.points import Cells, Points, joined, starts, sums
from analysis.correlation.statistics import STATISTICS, Compute

MOST_FITTED = 50_000
"""A model that is fitted anew without each patient is not for more patients: three times as many take 1 GB."""
MOST_ROWS = 4_000_000
"""A statistic that must be computed anew without each patient is not beyond this many rows × patients."""
AT_ONCE = 1_000_000
"""Rows × patients that are computed together."""
NAMED = 12
"""So many patients are named in a sentence; of more, only how many they are."""


def leave_one_out(pairs: pd.DataFrame, statistic: str = "repeated_measures") -> pd.DataFrame:
    """The statistic of one subset's pairs (as `correlation` takes them) without each patient who has one: patient_id
    (who is left out), the fields of `Cells`, change (estimate minus that of all patients), flips (its sign is
    another); in display order."""
    found, kind = points(pairs), STATISTICS[statistic]
    have = np.flatnonzero(sums(found.known.astype(float), starts(found.patient))[:, 0])
    left = found.patient[starts(found.patient)][have]
    cells = _left_out(found, kind.summed, have) if kind.summed else _each(found, left, kind.compute)
    whole = correlation(pairs, statistic).estimate
    table = pd.DataFrame({"patient_id": categorical(left, pairs["patient_id"].cat.categories), **vars(cells)})
    return table.assign(change=table["estimate"] - whole, flips=table["estimate"] * whole < 0)


def too_many(pairs: pd.DataFrame, statistic: str) -> str:
    """Why the statistic is not computed without each patient of so many pairs, in a sentence; "" when it is."""
    kind, patients = STATISTICS[statistic], pairs["patient_id"].nunique()
    fitted = kind.summed is MIXED_MODEL and patients > MOST_FITTED
    if not fitted and (kind.summed or len(pairs) * patients <= MOST_ROWS):
        return ""
    how = "fitted anew" if fitted else "computed anew from all pairs"
    return f"Without each patient the {kind.label} would have to be {how}: too slow for {patients:,} patients."


def flipping(table: pd.DataFrame) -> str:
    """A sentence from `leave_one_out` that names the patients whose removal flips the sign; "" if the sign is known
    without none of them."""
    if not len(table) or table["estimate"].isna().all():
        return ""
    names = table.loc[table["flips"], "patient_id"].astype(str).tolist()
    unknown = int(table["estimate"].isna().sum())
    tail = f" It cannot be computed without {unknown} of them." if unknown else ""
    flip = f"The sign flips without {_either(names)}." if names else "No single patient's removal flips the sign."
    return flip + tail


def _either(names: list[str]) -> str:
    if len(names) > NAMED:
        return f"any one of {len(names):,} patients"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]} (each alone)"


def _left_out(found: Points, summed: Summed, places: Positions) -> Cells:
    """The statistic without each of the patients at these places."""
    cells = summed.without_each(found)
    return Cells(*(column[places] for column in vars(cells).values()))


def _each(found: Points, left: Positions, compute: Compute) -> Cells:
    """The statistic computed anew without each patient: one cell per patient left out, in parts that fit into memory;
    at least one part, if empty."""
    step = max(1, AT_ONCE // max(len(found.patient), 1))
    return joined([compute(leaving(found, left[first : first + step])) for first in range(0, max(len(left), 1), step)])
