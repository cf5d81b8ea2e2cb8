"""p of a rank coefficient over all orders of PASI within patients, where these are few: the sums of products of ranks
lie on a lattice, so that the counts of each patient's orders are convolved, not enumerated together."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from itertools import permutations

import numpy as np

from analysis.arrays import Flags, Floats, Positions
from analysis.correlation.points import Cells, Sides, starts
from data.deadline import check

LIMIT = 400_000
"""Up to this many orders all are counted: those of one patient with nine visits are 362,880."""
MOST_STEPS = math.log2(LIMIT)
"""More pairs than this beyond one for each patient have more orders: n! is at least 2 to the n − 1."""
LEVEL = 0.05
"""No p and no interval is given where no order would have a p below this."""
RULE = (
    f"Up to {LIMIT:,} orders of the outcome p is exact over all of them; where even the smallest possible p is above "
    f"{LEVEL}, neither p nor interval is given."
)

Piece = tuple[tuple[int, ...], tuple[int, ...]]
"""Of one patient, twice the ranks of the subset around their mean, and of PASI: sorted, since every order counts."""


def over_all_orders(patient: Positions, known: Flags, found: Sides, cells: Cells) -> Cells:
    """`cells` of a rank coefficient of `found`, with the p of all orders where they are few, and at |r| = 1, where no
    error is left for another."""
    columns = {name: getattr(cells, name).astype(object) for name in ("p", "low", "high", "note")}
    few = cells.terms - cells.patients <= MOST_STEPS
    alike = np.isnan(cells.p) & (cells.reason == "")
    for cell in np.flatnonzero((cells.reason == "") & (few | alike)).tolist():
        check()
        rows = known[:, cell]
        pieces = _pieces(patient[rows], found.value[rows, cell], found.pasi[rows, cell])
        if few[cell] and (orders := math.prod(math.factorial(len(value)) for value, _ in pieces)) <= LIMIT:
            _tell(columns, cell, orders, *_shares(pieces, float(found.value[:, cell] @ found.pasi[:, cell])))
        elif alike[cell]:
            columns["p"][cell], columns["note"][cell] = _at_most(pieces), "at most"
    note = columns.pop("note").astype(str)
    return replace(cells, **{name: column.astype(float) for name, column in columns.items()}, note=note)


def _tell(columns: dict[str, np.ndarray], cell: int, orders: int, p: float, smallest: float) -> None:
    """p and how it was made, or why there is none."""
    columns["p"][cell], columns["note"][cell] = p, f"exact over all {orders:,} orders"
    if smallest > LEVEL:
        columns["p"][cell] = columns["low"][cell] = columns["high"][cell] = math.nan
        columns["note"][cell] = f"the smallest possible is {smallest:.2g}"


def _pieces(patient: Positions, value: Floats, pasi: Floats) -> list[Piece]:
    start = starts(patient)[1:]
    doubled = (np.split(np.rint(2 * side).astype(int), start) for side in (value, pasi))
    return [(tuple(sorted(own.tolist())), tuple(sorted(other.tolist()))) for own, other in zip(*doubled, strict=True)]


def _shares(pieces: list[Piece], observed: float) -> tuple[float, float]:
    """The share of orders whose sum of products is at least as far from 0 as what was observed, and the smallest share
    that any order has."""
    low, counts = 0, np.ones(1)
    for piece in pieces:
        first, own = _counts(piece)
        low, counts = low + first, np.convolve(counts, own)
    far = np.abs(low + np.arange(len(counts)))
    found = counts > 0.5
    shares = (counts[far >= limit].sum() / counts.sum() for limit in (abs(round(4 * observed)), far[found].max()))
    p, smallest = map(float, shares)
    return p, smallest


@lru_cache(maxsize=1024)
def _counts(piece: Piece) -> tuple[int, Floats]:
    """The least sum of products of a patient's orders, and how many orders have it, the next integer and so on."""
    value, pasi = (np.array(side) for side in piece)
    sums = pasi[_orders(len(pasi))] @ value
    low = int(sums.min())
    return low, np.bincount(sums - low).astype(float)


@lru_cache(maxsize=16)
def _orders(size: int) -> Positions:
    return np.array(list(permutations(range(size))), np.intp).reshape(-1, size)


def _at_most(pieces: list[Piece]) -> float:
    """p where every patient's ranks agree, or every one's are opposed: twice the share of the orders that tell them
    apart by ties alone."""
    alike = sum(
        sum(math.lgamma(count + 1) for count in Counter(value).values()) - math.lgamma(len(value) + 1)
        for value, _ in pieces
    )
    return min(1.0, 2 * math.exp(alike))
