"""Names for kinds of numpy arrays, and the few steps that replace a loop over patients."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]

Rows = dict[str, NDArray[Any]]
"""Columns as arrays of one length: what is drawn of few rows, for which each look into a table costs more than the
rest."""

SAME_WEEK = 1e-9
"""Weeks that differ by no more are one: rounding alone tells them apart, as after week 8.2 − 0.2."""


def patient_codes(table: pd.DataFrame) -> Positions:
    """Position of each row's patient in `study.patients`: every table has the same categories in that order."""
    return table["patient_id"].array.codes.astype(np.intp)


def as_rows(table: pd.DataFrame) -> Rows:
    """A table's columns as arrays, names as texts, with each row's `patient` as a position."""
    columns = {str(name): table[name] for name in table}
    return {"patient": patient_codes(table)} | {
        name: np.asarray(column, object if isinstance(column.dtype, pd.CategoricalDtype) else None)
        for name, column in columns.items()
    }


def taken(table: Rows, rows: Any) -> Rows:
    """These rows of a table of arrays."""
    return {name: column[rows] for name, column in table.items()}


def first_rows(owner: Positions, rows: Positions, size: int) -> Positions:
    """For each of `size` owners the first of `rows` (positions into `owner`) that is theirs; -1 if none."""
    found = np.full(size, -1, np.intp)
    found[owner[rows[::-1]]] = rows[::-1]
    return found


def last_rows(owner: Positions, rows: Positions, size: int) -> Positions:
    """For each of `size` owners the last of `rows` that is theirs; -1 if none."""
    return first_rows(owner, rows[::-1], size)


def pick(values: Floats, rows: Positions) -> Floats:
    """`values` at `rows`, NaN where a row is -1."""
    return np.append(values, np.nan)[rows]


def pick_rows(positions: Positions, rows: Positions) -> Positions:
    """`positions` at `rows`, -1 where a row is -1."""
    return np.append(positions, np.intp(-1))[rows]


def categorical(codes: NDArray[np.integer], names: Iterable[str], *, ordered: bool = False) -> pd.Categorical:
    """A categorical of these names from positions, -1 being missing."""
    return pd.Categorical.from_codes(codes, dtype=_dtype(tuple(names), ordered))


@lru_cache(maxsize=64)
def _dtype(names: tuple[str, ...], ordered: bool) -> pd.CategoricalDtype:  # noqa: FBT001 - a part of the key
    return pd.CategoricalDtype(pd.Index(list(names), dtype="str"), ordered=ordered)


def interleaved(blocks: int, length: int) -> Positions:
    """The order that turns `blocks` tables of equal length, one after the other, into their rows in turn."""
    return np.arange(blocks * length).reshape(blocks, length).T.reshape(-1)


def constant(name: str, names: Iterable[str], size: int) -> pd.Categorical:
    """A categorical of these names that is `name` throughout."""
    known = list(names)
    return categorical(np.full(size, known.index(name)), known)


Column = NDArray | pd.Categorical
"""One value per patient; a categorical where the values are names."""


def stacked(blocks: Sequence[Mapping[str, Column]]) -> pd.DataFrame:
    """Blocks of the same columns for the same patients as one table: the first patient's row of each block, then the
    second's. Categoricals of different names become one of all names."""
    return pd.DataFrame({name: _in_turn([block[name] for block in blocks]) for name in blocks[0]})


def _in_turn(columns: Sequence[Column]) -> Column:
    """The first value of each column, then the second."""
    first = columns[0]
    if not isinstance(first, pd.Categorical):
        return np.stack(columns).T.ravel()
    known = [column for column in columns if isinstance(column, pd.Categorical)]
    if any(column.dtype != first.dtype for column in known):
        names = list(dict.fromkeys(name for column in known for name in column.categories))
        known = [column.set_categories(names) for column in known]
    codes = np.stack([column.codes for column in known]).T.ravel()
    return pd.Categorical.from_codes(codes, dtype=known[0].dtype, validate=False)


def places(known: Sequence[str], asked: Iterable[str]) -> list[int]:
    """The position of each of the names asked for among those known. KeyError for one that is none of them."""
    at = {name: position for position, name in enumerate(known)}
    return [at[name] for name in asked]
