"""A study as files that can be read without trust: `study.json` has its texts, `columns.npz` its numbers.

A column of words or categories is stored as codes, its words in `study.json`. Nothing in either file is ever executed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from data.schema import TABLES
from data.study import Index, Outcome, Step, Study
from data.uploading.manifest import LATER, NUMBERS, TEXTS, WRONG_TEXT, UnreadableStudyError

FORMAT = 4
"""The version of what is written. A change that older readers would misread counts it up, and adds a migration."""
MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = MappingProxyType(
    {
        1: lambda texts: {**texts, "outcomes": []},
        2: lambda texts: {**texts, "schedule": []},
        3: lambda texts: {**texts, "story": []},
    }
)
"""From a version to the next: what `study.json` of that version holds, as the next one has it."""
OWN = {"key", "index", "outcomes", "focus", "schedule", "story", "notes", *TABLES}
ABOUT = tuple(field.name for field in fields(Study) if field.name not in OWN)
KEPT_AS_THEY_ARE = "fiub"
"""The kinds of numpy columns that are stored as they are; any other column is one of codes."""
DAMAGE = (*WRONG_TEXT, EOFError, RuntimeError, MemoryError, BadZipFile, zlib.error)
"""What reading stops with where bytes are wrong; a RuntimeError is a nesting or a kind of zip that is not known."""


def write_study(study: Study, folder: Path) -> None:
    """Write a study into an existing folder. OSError when there is no room."""
    columns: dict[str, np.ndarray] = {}
    tables = {name: _written(getattr(study, name), name, columns) for name in TABLES}
    about: dict[str, Any] = {name: getattr(study, name) for name in ABOUT}
    about |= {"index": asdict(study.index), "outcomes": [asdict(one) for one in study.outcomes]}
    about |= {"schedule": study.schedule, "story": [asdict(step) for step in study.story], "notes": study.notes}
    whole = {"format": FORMAT, **about, "tables": tables}
    (folder / TEXTS).write_text(json.dumps(whole), encoding="utf-8")
    np.savez_compressed(folder / NUMBERS, allow_pickle=False, **columns)


def read_study(folder: Path, key: str) -> Study:
    """The study in a folder, under `key`. UnreadableStudyError when there is none that this version can read."""
    try:
        texts = _migrated(json.loads((folder / TEXTS).read_text(encoding="utf-8")))
        with (folder / NUMBERS).open("rb") as file, np.load(file, allow_pickle=False) as columns:
            tables: dict[str, Any] = {name: _read(texts["tables"][name], name, columns) for name in TABLES}
        about: dict[str, Any] = {name: str(texts[name]) for name in ABOUT}
        about["outcomes"] = tuple(Outcome(**one | {"targets": tuple(one["targets"])}) for one in texts["outcomes"])
        about["schedule"] = tuple(map(float, texts["schedule"]))
        about["story"] = tuple(Step(**step) for step in texts["story"])
        return Study(key, **about, **tables, index=Index(**texts["index"]), notes=tuple(texts["notes"]))
    except DAMAGE:
        raise UnreadableStudyError from None  # the reason may name the folder, which is called by its key


def _migrated(texts: dict[str, Any]) -> dict[str, Any]:
    """What `study.json` holds, brought from its version to this one, step by step."""
    if texts["format"] > FORMAT:
        raise UnreadableStudyError(LATER)
    while texts["format"] != FORMAT:
        texts = {**MIGRATIONS[texts["format"]](texts), "format": texts["format"] + 1}
    return texts


def _written(table: pd.DataFrame, name: str, columns: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """What `study.json` says of each column of a table, whose numbers are added to `columns`."""
    said = []
    for at, column in enumerate(table.columns):
        about, columns[f"{name}.{at}"] = _column(table[column])
        said.append({"name": str(column), **about})
    return said


def _column(cells: pd.Series) -> tuple[dict[str, Any], np.ndarray]:
    if cells.dtype.kind in KEPT_AS_THEY_ARE and isinstance(cells.dtype, np.dtype):
        return {"kind": "numbers"}, cells.to_numpy()
    ordered = bool(cells.cat.ordered) if isinstance(cells.dtype, pd.CategoricalDtype) else False
    as_codes = cells if isinstance(cells.dtype, pd.CategoricalDtype) else cells.astype("category")
    words, codes = as_codes.cat.categories, as_codes.cat.codes.to_numpy()
    kind = "categories" if isinstance(cells.dtype, pd.CategoricalDtype) else "words"
    return {"kind": kind, "type": str(words.dtype), "ordered": ordered, "words": words.tolist()}, codes


def _read(said: list[Mapping[str, Any]], name: str, columns: Mapping[str, np.ndarray]) -> pd.DataFrame:
    made = {about["name"]: _series(about, columns[f"{name}.{at}"]) for at, about in enumerate(said)}
    return pd.DataFrame(made)


def _series(about: Mapping[str, Any], numbers: np.ndarray) -> pd.Series:
    if about["kind"] == "numbers":
        return pd.Series(numbers)
    words = pd.Index(about["words"], dtype=about["type"])
    coded = pd.Series(pd.Categorical.from_codes(numbers, words, ordered=about["ordered"]))
    return coded if about["kind"] == "categories" else coded.astype(about["type"])
