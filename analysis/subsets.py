"""Immune subsets among each other: which is whose parent, and what follows from a patient's other values."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.arrays import Flags, Floats, Positions, patient_codes, pick_rows
from data.study import Study

PARENT_UNIT = "% of parent"
Z_SAMPLES = 3
"""Below this many samples a patient has no z: of two, one is always at −0.71 and the other at +0.71."""


def ancestors(study: Study, subset: str) -> list[str]:
    """The denominators of which `subset` can be given as a percentage, nearest first: its parent, and for as long as a
    parent is a subset of this study, in % of its own parent, the next. Empty if its unit is not % of parent."""
    names = study.subset_definitions["subset"].astype(str).tolist()
    parents, chain, at = parent_positions(study), [], names.index(subset)
    _, texts = texts_of(study)
    while at >= 0 and is_percent_of_parent(study)[at] and texts[at]:
        chain.append(texts[at])
        at = int(parents[at])
    return chain


def percent_of_ancestor(study: Study, ancestor: str | int) -> Floats:
    """Each row of `study.immune_subsets` as % of an ancestor: its place in `ancestors` (0: the parent; -1: the last)
    or its name; NaN where the chain does not reach it, or the sample lacks a frequency on the way."""
    subset, values = subset_codes(study), wide(study, study.immune_subsets["value"].to_numpy(float))
    sample, parents = sample_positions(study), parent_positions(study)
    chains = [ancestors(study, name) for name in study.subset_definitions["subset"].astype(str)]
    steps = np.array([_steps(chain, ancestor) for chain in chains], np.intp)[subset]
    value, at = values[sample, subset], subset.copy()
    for step in range(1, max(map(len, chains), default=0)):
        at = np.where(steps >= step, parents[at], at)
        value = np.where(steps >= step, value * values[sample, at] / 100.0, value)
    return np.where(steps > 0, value, np.nan)


def z_within_patient(study: Study) -> Floats:
    """Each row of `study.immune_subsets` minus the patient's own mean of that subset, over the SD (n − 1), both of all
    samples of that patient; NaN below three of them and where they do not vary."""
    value = study.immune_subsets["value"].to_numpy(float)
    cell = patient_codes(study.immune_subsets) * len(study.subset_definitions) + subset_codes(study)
    known, filled = ~np.isnan(value), np.nan_to_num(value)
    size = len(study.patients) * len(study.subset_definitions)
    count = np.bincount(cell, known, size)[cell]
    around = value - (np.bincount(cell, filled, size)[cell] / np.maximum(count, 1))
    squares = np.bincount(cell, np.nan_to_num(around) ** 2, size)[cell]
    enough = (count >= Z_SAMPLES) & (squares > 1e-24 * count * filled**2)
    return np.where(enough, around / np.sqrt(np.where(enough, squares, 1) / np.maximum(count - 1, 1)), np.nan)


@lru_cache(maxsize=8)
def subset_codes(study: Study) -> Positions:
    """Position in `study.subset_definitions` of each row of `study.immune_subsets`."""
    names = pd.Index(study.subset_definitions["subset"].astype("str"))
    return positions(names, study.immune_subsets["subset"])


def positions(names: pd.Index, column: pd.Series[str]) -> Positions:
    """Position in `names` of each value of a column, which may be categorical."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        known = names.get_indexer(column.cat.categories.astype("str"))
        return known[column.cat.codes.to_numpy()]
    return names.get_indexer(pd.Index(column))


def wide(study: Study, column: Floats) -> Floats:
    """One number per row of `study.immune_subsets` as samples × subsets, NaN where not measured."""
    sample = sample_positions(study)
    table = np.full((int(sample.max(initial=-1)) + 1, len(study.subset_definitions)), np.nan)
    table[sample, subset_codes(study)] = column
    return table


def sample_positions(study: Study) -> Positions:
    """Which sample each row of `study.immune_subsets` belongs to, from 0: rows of one patient and week are one."""
    return np.cumsum(first_of_sample(study)) - 1


def first_of_sample(study: Study) -> Flags:
    """True for the first row of each sample."""
    table = study.immune_subsets
    patient, week = patient_codes(table), table["week"].to_numpy(float)
    first = np.ones(len(table), bool)
    first[1:] = (patient[1:] != patient[:-1]) | (week[1:] != week[:-1])
    return first


@lru_cache(maxsize=8)
def parent_positions(study: Study) -> Positions:
    """Position of each subset's parent among the subsets, by key or else by label; -1 where it is none of them, and
    where going up would never end."""
    definitions = study.subset_definitions
    keys, labels = (pd.Index(definitions[name].astype("str")) for name in ("subset", "label"))
    _, parents = texts_of(study)
    by_key = keys.get_indexer(pd.Index(parents, dtype="str"))
    first = {label: at for at, label in reversed(list(enumerate(labels)))}
    by_label = np.array([first.get(parent, -1) for parent in parents], np.intp)
    found = np.where(by_key >= 0, by_key, by_label)
    up = found
    for _ in range(len(found).bit_length()):  # twice as far each time
        up = pick_rows(up, up)
    return np.where(up >= 0, -1, found)


@lru_cache(maxsize=8)
def labels_of(study: Study) -> dict[str, str]:
    """Key of each subset -> its label."""
    definitions = study.subset_definitions
    return dict(zip(*(definitions[name].astype("str").tolist() for name in ("subset", "label")), strict=True))


@lru_cache(maxsize=8)
def texts_of(study: Study) -> tuple[list[str], list[str]]:
    """Each subset's unit and parent as text, "" where not given."""
    columns = study.subset_definitions[["unit", "parent"]].astype("object")
    texts = columns.where(columns.notna(), "").astype(str)
    return texts["unit"].str.strip().tolist(), texts["parent"].str.strip().tolist()


def is_percent_of_parent(study: Study) -> Flags:
    """True for the subsets whose unit is % of parent."""
    return np.array([unit.lower() == PARENT_UNIT for unit in texts_of(study)[0]], bool)


def _steps(chain: list[str], ancestor: str | int) -> int:
    """How many multiplications lead from the parent to the ancestor; 0 where it is not beyond the parent."""
    if isinstance(ancestor, str):
        return chain.index(ancestor) if ancestor in chain else 0
    return range(len(chain))[ancestor] if -len(chain) <= ancestor < len(chain) else 0
