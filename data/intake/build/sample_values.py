"""What a person says of the values of samples: what a pair without a row is, and of what they are a share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.problems import Report
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet
from data.validation.absent_pairs import absent_rows

ZERO, NOT_MEASURED = "zero", "not measured"
FRACTION, PERCENT = "fraction", "percent"
SHARES = ("% of parent", "% of total")


def as_said(sheet: Sheet, said: Mapping[str, str], report: Report) -> Sheet:
    """The samples with what an entry says of their values, under the keys of `STATED`."""
    for key in STATED.keys() & said.keys():
        sheet = STATED[key][1](sheet, said[key], report)
    return sheet


def may_be_fractions(cells: pd.DataFrame) -> bool:
    """Whether all values are from 0 to 1, some of them between, none with a sign of percent, and no unit denies it."""
    values, wrong = numbers(cells["value"])
    known = values[~np.isnan(values)]
    written = () if cells["value"].dtype.kind in "fiu" else texts(cells["value"]).dropna().unique()
    units = texts(cells["unit"]).dropna() if "unit" in cells else pd.Series(dtype="str")
    if len(known) < 2 or wrong.any() or any("%" in word for word in written) or not units.str.startswith("%").all():
        return False
    return bool((known <= 1).all() and (known >= 0).all() and ((known > 0) & (known < 1)).any())


def _with_zeros(sheet: Sheet, said: str, report: Report) -> Sheet:
    """A row of 0 for each sample without one of a subset that most others have."""
    absent = absent_rows(sheet.cells) if said == ZERO else pd.DataFrame()
    if absent.empty:
        return sheet
    rows = len(sheet.cells)
    whole = sheet.taken(np.r_[np.arange(rows), absent["row"].to_numpy()])
    made = np.arange(len(whole.cells)) >= rows
    cells = {name: whole.cells[name].astype(object).where(~made, None) for name in whole.cells}
    cells |= {name: whole.cells[name] for name in ("patient_id", "week")}
    cells["subset"] = np.r_[texts(sheet.cells["subset"]).to_numpy(object), absent["subset"].to_numpy(object)]
    cells["value"] = cells["value"].where(~made, 0.0)
    report.note(f"{sheet.file}: {len(absent):,} pair(s) of a sample and a subset without a row are read as 0.")
    return replace(whole, cells=pd.DataFrame(cells))


def _in_percent(sheet: Sheet, said: str, report: Report) -> Sheet:
    """Fractions times 100; a cell that is no number stays as it is."""
    if said != FRACTION:
        return sheet
    values, _ = numbers(sheet.cells["value"])
    cells = sheet.cells["value"].astype(object).where(np.isnan(values), np.round(values * 100, 10))
    below = {"below_limit": sheet.cells["below_limit"] * 100} if "below_limit" in sheet.cells else {}
    report.note(f"{sheet.file}: values are read as fractions: 5.1 for 0.051.")
    return replace(sheet, cells=sheet.cells.assign(value=cells, **below))


def _of(sheet: Sheet, said: str, report: Report) -> Sheet:
    """The unit that is said, where none is stated."""
    stated = texts(sheet.cells["unit"]) if "unit" in sheet.cells else pd.Series(None, index=sheet.cells.index)
    return replace(sheet, cells=sheet.cells.assign(unit=stated.astype(object).where(stated.notna(), said)))


STATED: Mapping[str, tuple[tuple[str, ...], Callable[[Sheet, str, Report], Sheet]]] = MappingProxyType(
    {
        "absent": ((NOT_MEASURED, ZERO), _with_zeros),
        "scale": ((PERCENT, FRACTION), _in_percent),
        "shares": (SHARES, _of),
    }
)
"""What may be said, with its answers."""
