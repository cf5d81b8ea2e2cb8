"""Where studies are: one path opened, a folder listed, a key loaded and remembered."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from data.files import Work, anywhere, open_files
from data.formats.workbooks import SUFFIXES
from data.problems import Problem, StudyError
from data.schema import TABLES
from data.study import Study

Root = str | Path | tuple[str, ...]
"""Where studies are: one, a folder of several, or several files of one."""
BUNDLED = Path(__file__).parent / "case_series"


def open_study(path: str | Path = BUNDLED) -> Study:
    """The study at `path` (a folder, a zip, a table, a workbook or a study.toml). Raises StudyError with every problem
    in its files, and nothing else whatever the files hold."""
    return open_files([path])


def studies(path: Root = BUNDLED) -> dict[str, Path | tuple[str, ...]]:
    """The studies at `path` by key, in the order of their names: itself if it is one (several files are one study),
    else each one in the folder.

    A key is the study's name in lower case, with `-` for whatever an address does not take. StudyError if there is
    none; a study is listed by the look of its path, and may still turn out to be bad when it is opened.
    """
    if isinstance(path, tuple):
        return {_key(Path(path[0])): path}
    root = Path(path)
    found = _inside(root) if root.is_dir() and not _is_study(root) else [root]
    if not found:
        expected = "a study, or a folder of studies"
        raise StudyError([Problem(str(path), None, None, "a folder without any study", expected)])
    keys: dict[str, Path | tuple[str, ...]] = {}
    for one in found:
        name = _key(one)
        free = (name, *(f"{name}-{number}" for number in range(2, len(found) + 2)))
        keys[next(key for key in free if key not in keys)] = one
    return keys


@lru_cache(maxsize=8)
def load(key: str, root: Root = BUNDLED, work: Work = anywhere) -> Study:
    """The study called `key` among `studies(root)`, under that key, unpacked in `work`; the last few are remembered.
    KeyError if there is no such study, StudyError if it is bad."""
    place = studies(root)[key]
    return replace(open_files(place if isinstance(place, tuple) else [place], work=work), key=key)


def _is_study(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("study.toml", *(f"{table}.csv" for table in TABLES)))


def _inside(folder: Path) -> list[Path]:
    named = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "~$"))]
    return [path for path in named if (_is_study(path) if path.is_dir() else _accepted(path))]


def _accepted(file: Path) -> bool:
    return file.suffix.lower() in (".toml", ".csv", ".tsv", ".txt", *SUFFIXES)


def _key(path: Path) -> str:
    named = path.resolve().parent if path.name == "study.toml" else path.resolve()
    name = named.name if named.is_dir() else named.stem
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "study"
