"""Exports with a row for each gate of each tube. To add one: its functions in a file, and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from data.intake.layouts.base import Ledger
from data.intake.layouts.flowjo import gate_counts, hierarchy
from data.tables.sheet import Sheet


@dataclass(frozen=True)
class Export:
    """One such export. `tube` gives the column that names the tubes, "" if a table is none of these; `tubes` their
    names, row for row; `rows` makes samples of a sheet: the columns that it has, and subset, value, count,
    parent_count, label, lineage, parent, unit. `why` is a sentence's end."""

    why: str
    tube: Callable[[pd.DataFrame], str]
    tubes: Callable[[pd.DataFrame], pd.Series]
    rows: Callable[[Sheet, Ledger], Sheet]


EXPORTS: tuple[Export, ...] = (
    Export(
        "it has FlowJo's columns Name, Statistic and #Cells, one row a gate",
        hierarchy.tube, hierarchy.tubes, hierarchy.rows,
    ),
    Export(
        "each row has a population, its count, and its parent's",
        gate_counts.tube, gate_counts.tubes, gate_counts.rows,
    ),
)  # fmt: skip


def export_of(cells: pd.DataFrame) -> Export | None:
    """The export that a table is, None if it is none of them."""
    return next((export for export in EXPORTS if export.tube(cells)), None)
