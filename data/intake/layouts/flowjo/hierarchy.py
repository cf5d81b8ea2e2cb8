"""FlowJo's export of the gating tree: one row for each tube and each of its gates, indented by their depth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from data.intake.columns.phenotypes import gate, lineage_of
from data.intake.columns.vocabulary import word
from data.intake.layouts.base import Ledger
from data.intake.layouts.flowjo.gate_columns import STATISTIC
from data.tables.columns import numbers, texts
from data.tables.long_cells import LONGEST
from data.tables.sheet import Sheet
from data.tables.turned_tables import TUBE

COLUMNS = ("name", "statistic", "cells")
ROUNDED, AGREE = 0.051, 0.9
"""Percent points by which a printed share may differ from that of the counts; the share of rows that must agree."""
UNITS = ("% of parent", "% of total")


def _named(cells: pd.DataFrame) -> dict[str, str]:
    """The columns by their plain names; empty if the table is another."""
    named = {word(str(name)): str(name) for name in reversed(cells.columns)}
    if not set(COLUMNS) <= named.keys():
        return {}
    return named if any(map(_tube_of, first_names(cells[named["name"]]))) else {}


def first_names(cells: pd.Series) -> list[str]:
    """A few names, to know the table by."""
    return list(texts(cells).dropna().head(50))


def _tube_of(name: str) -> str:
    """The tube that a name begins with, "" if it names only a gate."""
    first = name.split("/", maxsplit=1)[0].strip()
    return first if TUBE.fullmatch(first) else ""


def tube(cells: pd.DataFrame) -> str:
    """The column of the names, each a tube, or a tube and the path of a gate; "" if the table is another."""
    return _named(cells).get("name", "")


def tubes(cells: pd.DataFrame) -> pd.Series:
    """The tube of each row: its own, or that of the last row that names one."""
    return texts(cells[tube(cells)]).map(_tube_of, na_action="ignore").replace("", None).ffill()


def rows(sheet: Sheet, ledger: Ledger) -> Sheet:
    """The samples: every gate a subset by its path, with its count and its parent's; the tube's name alone in place of
    the whole name."""
    named = _named(sheet.cells)
    owner, paths = tubes(sheet.cells), _paths(sheet.cells, named)
    long = (paths.str.len() > LONGEST).to_numpy()
    count = numbers(sheet.cells[named["cells"]])[0]
    above = _above(owner, paths, count)
    value = numbers(sheet.cells[named["statistic"]])[0]
    plain = ~paths.str.contains("|", regex=False).to_numpy()
    unit = _unit(value[plain], count[plain], above[plain], _totals(owner, paths, count)[plain])
    cells = sheet.cells.assign(
        subset=paths, value=value, count=np.where(plain, count, np.nan), parent_count=np.nan,
        label=paths.map(gate), lineage=paths.map(lineage_of), parent=paths.str.rpartition("/")[0].map(_gate),
        unit=paths.str.rpartition("|")[2].str.strip().mask(plain, unit),
    )  # fmt: skip
    if unit == UNITS[0]:
        cells["parent_count"] = np.where(plain, above, np.nan)
    names = {**sheet.names, "subset": named["name"], "value": named["statistic"], "count": named["cells"]}
    cells[named["name"]] = owner
    done = replace(sheet, cells=cells, names=names)
    done = ledger.drop(done, long, f"a gate whose path has more than {LONGEST} characters")
    return ledger.drop(done, (paths == "").to_numpy()[~long], "all events of a tube, no gate")


def _gate(path: str) -> str:
    return gate(path) if path else ""


def _paths(cells: pd.DataFrame, named: dict[str, str]) -> pd.Series:
    """The path of each row's gate, "" for a tube itself: as its name says, or by how deep it stands. A statistic
    other than the share stands behind " | ". One that is too long to be kept is cut, but not so short that it fits."""
    depths = texts(cells[named["depth"]]).fillna("") if "depth" in named else pd.Series("", cells.index)
    stack: list[str] = []
    paths = []
    for name, depth in zip(texts(cells[named["name"]]).fillna(""), depths.str.count(">"), strict=True):
        if tube_name := _tube_of(name):
            path = name[name.index(tube_name) + len(tube_name) :].strip("/ ")
        else:
            path = "/".join([*stack[: max(int(depth) - 1, 0)], name.strip("/ ")])
        path = path[: 2 * LONGEST]
        found = STATISTIC.fullmatch(path)
        paths.append(
            f"{found['path'].strip()} | {found['statistic'].strip()}" if found and found["statistic"] else path
        )
        stack = path.split("/") if path else []
    return pd.Series(paths, index=cells.index, dtype=object)


def _above(owner: pd.Series, paths: pd.Series, count: np.ndarray) -> np.ndarray:
    """The count of each gate's parent in its tube, NaN where it is not there."""
    counts = dict(zip(zip(owner, paths, strict=True), count, strict=True))
    parents = paths.str.rpartition("/")[0]
    return np.array([counts.get(key, np.nan) for key in zip(owner, parents, strict=True)], dtype=float)


def _totals(owner: pd.Series, paths: pd.Series, count: np.ndarray) -> np.ndarray:
    """The count of all events of each row's tube."""
    whole = {one: number for one, path, number in zip(owner, paths, count, strict=True) if path == ""}
    return owner.map(whole).to_numpy(float)


def _unit(value: np.ndarray, count: np.ndarray, *denominators: np.ndarray) -> str | None:
    """The denominator by which the counts give the shares that are printed; None if neither does."""
    for unit, total in zip(UNITS, denominators, strict=True):
        share = np.divide(100 * count, total, out=np.full(len(count), np.nan), where=total > 0)
        known = np.isfinite(share) & np.isfinite(value)
        if known.any() and (np.abs(share - value)[known] <= ROUNDED).mean() >= AGREE:
            return unit
    return None
