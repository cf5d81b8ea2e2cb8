"""Names for kinds of numpy arrays, and the few steps that replace a loop over patients."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]


def patient_codes(table: pd.DataFrame) -> Positions:
    """Position of each row's patient in `study.patients`: every table has the same categories in that order."""
    return table["patient_id"].cat.codes.to_numpy().astype(np.intp)


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
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(names), dtype="str"), ordered=ordered)


def interleaved(blocks: int, length: int) -> Positions:
    """The order that turns `blocks` tables of equal length, one after the other, into their rows in turn."""
    return np.arange(blocks * length).reshape(blocks, length).T.reshape(-1)


def constant(name: str, names: Iterable[str], size: int) -> pd.Categorical:
    """A categorical of these names that is `name` throughout."""
    known = list(names)
    return categorical(np.full(size, known.index(name)), known)


def stacked(tables: Sequence[pd.DataFrame], reason: str = "reason") -> pd.DataFrame:
    """Tables of the same patients, one after the other, as one: the first patient's rows of each, then the second's.
    Their `reason` columns become one categorical."""
    names = list(dict.fromkeys(name for table in tables for name in table[reason].cat.categories))
    known = [table.assign(**{reason: table[reason].cat.set_categories(names)}) for table in tables]
    together = pd.concat(known, ignore_index=True)
    return together.take(interleaved(len(tables), len(tables[0]))).reset_index(drop=True)
