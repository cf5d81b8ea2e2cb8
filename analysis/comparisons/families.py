"""p adjusted for how many subsets were tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from analysis.arrays import Floats
from analysis.correlation.matrix import FAMILY_SOURCE, adjusted


@dataclass(frozen=True)
class Adjustment:
    """How p is adjusted over a family: `adjust` takes all of its p, NaN where there is none; `sign` stands before the
    result."""

    key: str
    label: str
    sign: str
    adjust: Callable[[Floats], Floats]
    source: str


def holm(p: Floats) -> Floats:
    """Holm's adjusted p over those that are not NaN: of the k-th smallest of m, (m − k + 1) × p, but not below that of
    a smaller p (1979)."""
    order = np.argsort(p)[: int((~np.isnan(p)).sum())]
    found = np.full(len(p), np.nan)
    found[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return found


ADJUSTMENTS: Mapping[str, Adjustment] = MappingProxyType(
    {
        one.key: one
        for one in (
            Adjustment("holm", "Holm", "Holm p", holm, "Holm 1979"),
            Adjustment("bh", "Benjamini–Hochberg", "q", adjusted, FAMILY_SOURCE),
        )
    }
)
