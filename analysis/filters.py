"""Keep the rows of a table that a reader asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions, patient_codes
from analysis.phases import zeros
from data.study import Study

Window = tuple[float, float]


class Kept(TypedDict, total=False):
    """What narrows, as `narrow` takes it, for functions that pass it on."""

    patients: Iterable[str] | None
    groups: Iterable[str] | None
    window: Window | None
    clock: str


def narrow(
    study: Study,
    table: pd.DataFrame,
    patients: Iterable[str] | None = None,
    groups: Iterable[str] | None = None,
    window: Window | None = None,
    clock: str = "index",
) -> pd.DataFrame:
    """The rows of `table` (patient_id and week, or start_week and end_week) of these patients and groups within
    the closed window, in weeks on `clock`. None keeps all. A course is kept if it overlaps the window, an open end
    lasting for ever. A row of a patient off the clock lies in no window. Rows and columns are otherwise unchanged.
    """
    keep = kept_of(study, table, patients, groups, window, clock)
    return table if keep.all() else table[keep]


def kept_of(
    study: Study,
    table: pd.DataFrame,
    patients: Iterable[str] | None = None,
    groups: Iterable[str] | None = None,
    window: Window | None = None,
    clock: str = "index",
) -> Flags:
    """Which rows of `table` `narrow` keeps."""
    keep = kept_patients(study, patients, groups)[patient_codes(table)]
    if window is not None:
        keep &= _inside(study, table, window, clock)
    return keep


def kept_patients(study: Study, patients: Iterable[str] | None = None, groups: Iterable[str] | None = None) -> Flags:
    """One flag per patient, in display order: named by `patients` and in one of `groups`. None keeps all."""
    keep = np.ones(len(study.patients), bool)
    if patients is not None:
        keep &= study.patients["patient_id"].isin(list(patients)).to_numpy(bool)
    if groups is not None:
        keep &= study.patients["group"].isin(list(groups)).to_numpy(bool)
    return keep


def kept_rows(
    study: Study,
    patient: Positions,
    week: Floats,
    patients: Iterable[str] | None = None,
    groups: Iterable[str] | None = None,
    window: Window | None = None,
    clock: str = "index",
) -> Flags:
    """`narrow` for arrays: True for each (patient position, week of the study) that is kept."""
    return kept_patients(study, patients, groups)[patient] & in_window(study, patient, week, window, clock)


def in_window(study: Study, patient: Positions, week: Floats, window: Window | None, clock: str) -> Flags:
    """True for each (patient position, week) in the closed window on that clock; None contains everything."""
    if window is None:
        return np.ones(len(week), bool)
    since = week - zeros(study, clock)[patient]
    return (since >= window[0] - SAME_WEEK) & (since <= window[1] + SAME_WEEK)


def _inside(study: Study, table: pd.DataFrame, window: Window, clock: str) -> Flags:
    if "week" in table:
        return in_window(study, patient_codes(table), table["week"].to_numpy(float), window, clock)
    low, high = window
    zero = zeros(study, clock)[patient_codes(table)]
    start = table["start_week"].to_numpy(float) - zero
    end = table["end_week"].to_numpy(float) - zero
    return (start <= high + SAME_WEEK) & ((end >= low - SAME_WEEK) | (np.isnan(end) & ~np.isnan(zero)))
