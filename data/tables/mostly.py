"""Whether most cells of a column are of a kind, without looking at more of them than it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from math import floor
from typing import Any

import pandas as pd


def first_known(cells: pd.Series, most: int) -> list[Any]:
    """The first cells that are not blank, `most` of them."""
    return list(islice((cell for cell in cells.tolist() if cell is not None and cell == cell), most))  # noqa: PLR0124 - NaN


def is_blank(cells: pd.Series) -> bool:
    """Whether no cell holds anything."""
    return not first_known(cells, 1)


def mostly(cells: Sequence[Any], fits: Callable[[Any], object], share: float) -> bool:
    """Whether a `share` of the cells (from 0 to 1), or more, fits."""
    return _reaches(cells, fits, share * len(cells))


def beyond(cells: Sequence[Any], fits: Callable[[Any], object], share: float) -> bool:
    """Whether more than a `share` of the cells (from 0 to 1) fits."""
    return _reaches(cells, fits, floor(share * len(cells)) + 1)


def _reaches(cells: Sequence[Any], fits: Callable[[Any], object], least: float) -> bool:
    """Whether `least` cells fit: it ends when enough do, or when what is left cannot be enough."""
    left, found = len(cells), 0
    for cell in cells:
        found += bool(fits(cell))
        left -= 1
        if found >= least or found + left < least:
            break
    return found >= least
