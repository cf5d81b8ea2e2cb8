"""Populations with their counts and those of their parents, one row each: what flowWorkspace and others export."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.intake.columns.phenotypes import gate, lineage_of
from data.intake.columns.value_types import are_numbers, are_words
from data.intake.columns.vocabulary import word
from data.intake.layouts.base import Ledger
from data.intake.layouts.flowjo.gate_columns import ROOT
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "population": r"(?:cell_?)?(?:population|subset|gate|node)(?:_?name)?",
        "parent": r"parent(?:_?(?:population|gate|name))?",
        "count": r"(?:event_?|cell_?)?counts?|_?events|_?cells",
        "parent_count": r"parent_?(?:counts?|events|cells)|counts?_parent",
    }
)
TUBES = r"(?:sample|tube|file|fcs|specimen)(?:_?(?:name|file|id))*|name"
VALUE = r"(?:.*_)?(?:value|percent\w*|frequency|freq|%.*)"
"""A column that states the share itself, whose table is read as it stands."""


def _named(cells: pd.DataFrame) -> dict[str, str]:
    """The columns of this export, by what they are; empty if the table is another."""
    words = {str(name): word(str(name)) for name in cells.columns}
    found = {part: _first(words, pattern) for part, pattern in HEADERS.items()} | {"tube": _first(words, TUBES)}
    needed = all(found[part] for part in ("population", "count", "parent_count", "tube"))
    if not needed or _first(words, VALUE) or not are_words(cells[found["population"]]):
        return {}
    return found if are_numbers(cells[found["count"]]) and are_numbers(cells[found["parent_count"]]) else {}


def _first(words: Mapping[str, str], pattern: str) -> str:
    return next((name for name, plain in words.items() if re.fullmatch(pattern, plain)), "")


def tube(cells: pd.DataFrame) -> str:
    """The column of the tubes, "" if the table is another."""
    return _named(cells).get("tube", "")


def tubes(cells: pd.DataFrame) -> pd.Series:
    """The tube of each row."""
    return texts(cells[tube(cells)])


def rows(sheet: Sheet, ledger: Ledger) -> Sheet:
    """The samples: each count in % of its parent's. A population that stands under several parents is told apart by
    them."""
    named = _named(sheet.cells)
    populations = texts(sheet.cells[named["population"]])
    whole = populations.map(lambda name: bool(ROOT.fullmatch(name)), na_action="ignore").eq(other=True).to_numpy()
    sheet = ledger.drop(sheet, whole, "all events of a tube, no population")
    paths, above = _paths(sheet.cells, named)
    count, total = (numbers(sheet.cells[named[part]])[0] for part in ("count", "parent_count"))
    share = np.divide(100 * count, total, out=np.full(len(count), np.nan), where=total > 0)
    cells = sheet.cells.assign(
        subset=paths, value=share, count=count, parent_count=total, label=paths.map(gate, na_action="ignore"),
        lineage=paths.map(lineage_of, na_action="ignore"), parent=above.map(gate), unit="% of parent",
    )  # fmt: skip
    names = {**sheet.names, "subset": named["population"], "value": named["count"]}
    return replace(sheet, cells=cells, names=names)


def _paths(cells: pd.DataFrame, named: Mapping[str, str]) -> tuple[pd.Series, pd.Series]:
    """Each population as it is called, with its parent before it where several parents have one of that name; and its
    parent, "" for the first gates."""
    own = texts(cells[named["population"]]).str.strip("/ ")
    stated = texts(cells[named["parent"]]).fillna("").str.strip("/ ") if named["parent"] else pd.Series("", own.index)
    above = stated.where(stated != "", own.fillna("").str.rpartition("/")[0])
    above = above.where(~above.map(lambda name: bool(ROOT.fullmatch(name))), "")
    several = above.groupby(own.to_numpy()).transform("nunique").to_numpy() > 1
    apart = several & (above != "").to_numpy() & ~own.fillna("").str.contains("/").to_numpy()
    return own.where(~apart, above + "/" + own), above
