"""Tables whose columns may have any name: pandas' own `assign` takes none that is called `self`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def with_columns(table: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """The table with these columns, in place of those that are called so, or behind the others."""
    made = table.copy(deep=False)
    for name, cells in columns.items():
        made[name] = cells
    return made
