"""Times counted in other units, as weeks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from data.tables.columns import numbers

WEEKS_PER_MONTH = 365.25 / 12 / 7
CLOCKS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "weeks": np.copy,
    "days": lambda days: days / 7,
    "study days": lambda days: np.where(days > 0, days - 1, days) / 7,
    "months": lambda months: months * WEEKS_PER_MONTH,
    "years": lambda years: years * 12 * WEEKS_PER_MONTH,
    "hours": lambda hours: hours / 168,
}
TIMES = ("week", "start_week", "end_week")


def converted(cells: pd.Series, time: str) -> pd.Series:
    """The cells, counted in `time`, as weeks; what is not a number stays as it is."""
    values, wrong = numbers(cells)
    weeks = pd.Series(CLOCKS[time](values), index=cells.index)
    return weeks.astype(object).where(~wrong, cells) if wrong.any() else weeks
