"""What an estimate becomes without each patient in turn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.arrays import categorical
from analysis.correlation import correlation, points
from analysis.points import Points, joined
from analysis.statistics import STATISTICS

AT_ONCE = 4_000_000
"""Rows × patients that are computed together."""


def leave_one_out(pairs: pd.DataFrame, statistic: str = "repeated_measures") -> pd.DataFrame:
    """The statistic of one subset's pairs (as `correlation` takes them) without each patient who has one: patient_id
    (who is left out), estimate, low, high, df, p, patients, pairs, terms, single, reason, change (estimate minus that
    of all patients), flips (its sign is another); in display order."""
    found = points(pairs)
    left = np.unique(found.patient[found.known[:, 0]])
    cells = joined([STATISTICS[statistic].compute(part) for part in _parts(found, left)])
    whole = correlation(pairs, statistic).estimate
    table = pd.DataFrame({"patient_id": categorical(left, pairs["patient_id"].cat.categories), **vars(cells)})
    return table.assign(change=table["estimate"] - whole, flips=table["estimate"] * whole < 0)


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
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]} (each alone)"


def _parts(found: Points, left: np.ndarray) -> Iterator[Points]:
    """The points with one cell per patient left out, in parts that fit into memory; at least one, if empty."""
    step = max(1, AT_ONCE // max(len(found.patient), 1))
    for first in range(0, max(len(left), 1), step):
        out = found.patient[:, None] == left[None, first : first + step]
        value, pasi = (np.where(out, np.nan, side) for side in (found.value, found.pasi))
        yield Points(found.patient, found.week, found.phase, value, pasi)
