"""A few cells of a column as a page may show them: dates as weeks, identifiers masked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data.intake.build.extract import Part
from data.intake.build.match_sources import Column
from data.intake.build.patients import known_as
from data.intake.build.weeks import part_on_weeks, reference_of
from data.intake.columns.dates import SERIALS, are_written, days
from data.intake.layouts.base import Ledger
from data.privacy.identifiers import name_without_dates
from data.problems import Report
from data.tables.columns import numbers
from data.tables.mostly import first_known
from data.tables.time_units import TIMES

MASK = "•••"
FEW, HEAD = 3, 200
"""Cells that are shown; rows that are looked at for them."""


def weeks_shown(parts: Sequence[Part], mapping: Mapping[str, Any]) -> dict[Column, list[str]]:
    """The first few weeks of every column of dates that is a time of the study, counted as the mapping says."""
    known = known_as(parts, mapping, Report())
    dated = [part for part in known if part.entry.get("time") == "dates"]
    if not dated:
        return {}
    _, reference = reference_of(known, mapping)
    shown: dict[Column, list[str]] = {}
    for part in dated:
        head = part.sheet.taken(np.arange(min(HEAD, len(part.sheet.cells))))
        sheet = part_on_weeks(replace(part, sheet=head, ledger=Ledger(Report())), reference)
        for ours in [name for name in TIMES if name in sheet.cells]:
            weeks = pd.to_numeric(sheet.cells[ours], errors="coerce").dropna().drop_duplicates().head(FEW)
            place = (str(part.entry["file"]), str(part.entry.get("sheet", "")), sheet.names.get(ours, ours))
            shown.setdefault(place, [f"week {week:.1f}" for week in weeks])
    return shown


def hidden(cells: pd.Series) -> list[str]:
    """A sign for each of the first few different cells."""
    return [MASK] * min(cells.nunique(), FEW)


def preview(cells: pd.Series, order: str = "day first") -> list[str]:
    """The first few different cells, as text; dates (or Excel's numbers for them) as weeks since the first."""
    known = list(dict.fromkeys(first_known(cells, len(cells))))
    serials = _are_serials(cells)
    if serials or (not pd.api.types.is_numeric_dtype(cells) and are_written(known)):
        dates, _ = days(pd.to_numeric(cells.dropna().drop_duplicates()) if serials else _objects(known), order)
        first = dates[~np.isnat(dates)].min() if (~np.isnat(dates)).any() else None
        return [f"week {(date - first) / np.timedelta64(7, 'D'):.1f}" for date in dates[:FEW] if not np.isnat(date)]
    return [_shown(cell) for cell in known[:FEW]]


def _objects(known: Sequence[object]) -> pd.Series:
    return pd.Series(known, dtype=object)


DATED = re.compile(
    r"dat|dob|(?:^|[^a-z])dt|birth|born|gebor|naiss|nac|nasc|fecha|visit|besuch|start|stop|begin|end|since|seit|on$",
    re.IGNORECASE,
)
"""Headers of what may be a date."""


def _are_serials(cells: pd.Series) -> bool:
    """Whether a column whose header may speak of a date holds only Excel's numbers for days."""
    if not DATED.search(str(cells.name)):
        return False
    days, wrong = numbers(cells.dropna())
    return bool(len(days)) and not wrong.any() and bool(((days >= SERIALS[0]) & (days <= SERIALS[1])).all())


def _shown(cell: object) -> str:
    if isinstance(cell, dt.date):
        return "a date"
    text = f"{cell:g}" if isinstance(cell, float) else name_without_dates(str(cell))
    return text if len(text) <= 40 else f"{text[:40]}…"
