"""Ranks of few patients: all patterns of signs and all splits are counted, so that no p is below what n can reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from analysis.arrays import Floats

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Tests = TypeVar("Tests", bound="DataclassInstance")
CONFIDENCE = 0.95
AT_ONCE = 1_000_000
"""Values that are ranked together."""
SAME = 1e-10
"""Values closer than this share of the largest are tied: rounding alone tells 0.3 − 0.1 and 0.4 − 0.2 apart."""


def by_columns(test: Callable[[Floats], Tests], value: Floats) -> Tests:
    """A test of every column (a dataclass of an array per field), of some at a time: ranks take many times the memory
    of their values."""
    step = max(1, AT_ONCE // max(len(value), 1))
    parts = [test(value[:, first : first + step]) for first in range(0, max(value.shape[1], 1), step)]
    names = [one.name for one in fields(parts[0])]
    return type(parts[0])(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def levelled(value: Floats) -> Floats:
    """Rows × columns with ties that rounding hides made exact; NaN stays."""
    largest = np.nanmax(np.abs(value), axis=0, initial=0.0)
    step = SAME * np.where(largest > 0, largest, 1.0)
    return np.rint(value / step) * step


def ranks(value: Floats) -> Floats:
    """Ranks within each column from 1, of ties their mean; NaN stays."""
    return pd.DataFrame(value).rank().to_numpy().reshape(value.shape)


def doubled(rank: Floats) -> tuple[int, ...]:
    """Twice the known ranks, which are whole numbers, ascending: what a distribution depends on."""
    return tuple(sorted(np.rint(2 * rank[~np.isnan(rank)]).astype(int).tolist()))


@lru_cache(maxsize=32)
def sign_counts(weights: tuple[int, ...]) -> Floats:
    """How many of the 2^n choices of some of the weights sum to 0, 1, 2, …: the signed-rank distribution."""
    counts = np.zeros(sum(weights) + 1)
    counts[0] = 1.0
    for weight in weights:
        counts[weight:] += counts[: len(counts) - weight].copy()
    return counts


@lru_cache(maxsize=32)
def split_counts(weights: tuple[int, ...], chosen: int) -> Floats:
    """How many of the choices of exactly `chosen` of the weights sum to 0, 1, 2, …: the rank-sum distribution."""
    counts = np.zeros((chosen + 1, sum(weights) + 1))
    counts[0, 0] = 1.0
    for weight in weights:
        counts[1:, weight:] += counts[:-1, : counts.shape[1] - weight].copy()
    return counts[-1].copy()  # a view would keep the whole table in the cache


def far_shares(counts: Floats, observed: int) -> tuple[float, float]:
    """Two-sided: the share of orders whose sum is at least as far from the mean as `observed`, and the smallest such
    share that any order has."""
    at = np.arange(len(counts))
    total = counts.sum()
    mean = float(at @ counts / total)
    far, found = np.abs(at - mean), counts > 0.5
    near = 1e-9 * max(mean, 1.0)
    shares = [counts[far >= limit - near].sum() / total for limit in (abs(observed - mean), far[found].max())]
    return float(min(shares[0], 1.0)), float(min(shares[1], 1.0))
