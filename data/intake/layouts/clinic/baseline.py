"""The visit called baseline: which rows of a table are of it, and the column that says so."""

from __future__ import annotations

import re

import pandas as pd

from data.intake.layouts.base import Entry
from data.intake.sources import Source
from data.tables.columns import texts

BASELINE = "baseline"
"""What an entry calls the column that names each row's visit, or flags its baseline."""
NAMED = re.compile(r"(?<![a-z])(?<!post[\s_-])(?:baseline|base|bl)(?![a-z])|(?:week|wk|w|month|visit)[\s_-]*0+")
FLAG = re.compile(r"ablfl|\w*blfl|baseline(?:_flag|_visit)?", re.IGNORECASE)


def of_baseline(cells: pd.Series) -> pd.Series:
    """Whether each cell names the baseline visit, or is its flag."""
    words = texts(cells).fillna("").str.casefold()
    return words.map(lambda word: word in {"y", "yes"} or NAMED.search(word) is not None).astype(bool)


def with_baseline(entry: Entry, source: Source) -> Entry:
    """An entry of dated scores with the column that says which visit is the baseline, if there is one."""
    if entry.get("time") != "dates" or entry["table"] != "pasi" or entry.get("layout") not in {None, "cdisc"}:
        return entry
    cells, used = source.sheet.cells, set(entry["columns"].values())
    patients = texts(cells[entry["columns"]["patient_id"]])
    names = [str(name) for name in cells.columns if str(name) not in used]
    flags = sorted(names, key=lambda name: FLAG.fullmatch(name) is None)
    found = next((name for name in flags if _tells(cells[name], patients, flag=bool(FLAG.fullmatch(name)))), "")
    return entry | {"columns": {**entry["columns"], BASELINE: found}} if found else entry


def _tells(cells: pd.Series, patients: pd.Series, *, flag: bool) -> bool:
    """Whether a column says of most patients which row is their baseline, and of other rows that they are not."""
    words = texts(cells)
    if not flag and words.isin(["y", "yes", "Y", "Yes"]).any():
        return False
    chosen = of_baseline(cells)
    return bool(chosen.any() and not chosen.all() and 2 * patients[chosen].nunique() >= patients.nunique())


def differ(baselines: pd.Series, firsts: pd.Series) -> bool:
    """Whether most patients have a baseline visit, and some of them an earlier one."""
    known = baselines.reindex(firsts.index)
    return bool(2 * known.notna().sum() >= len(firsts) and (known > firsts).any())
