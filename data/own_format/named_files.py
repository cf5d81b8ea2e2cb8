"""The files that a study.toml may name, and the one function that finds a file by its stated name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from data.formats.archives import files_of
from data.formats.file_names import is_plain
from data.problems import Problem, listed
from data.tables.columns import did_you_mean


@dataclass(frozen=True)
class NamedFiles:
    """`here` are the files beside a study.toml, by name. `root` is the folder from which it may name any other: None
    for what was sent and for what lies in a zip, of which nothing but those `here` is ever looked for."""

    here: Mapping[str, Path]
    root: Path | None = None

    def file(self, name: str) -> Path | None:
        """The file of a stated name, None if there is none."""
        return self.here.get(name) or (_below(self.root, name) if self.root else None)

    def missing(self, name: str, place: str, toml: str) -> Problem:
        """The problem of a stated name, at `place` in a study.toml, that is none of a file. It is the same whatever
        lies outside."""
        if self.root is not None:
            expected = "a file that exists, named as seen from the folder of the study.toml"
            return Problem(PurePath(name).name, None, None, "no such file", expected, f"Check {place} in {toml}.")
        found = f"'{name[:60]}'" if is_plain(name) else "a path"
        expected = f"the plain name of a file that came with it: {listed(self.names(), 12)}"
        advice = did_you_mean(name, self.here) if is_plain(name) else "Leave out the folders."
        return Problem(toml, None, place, found, expected, advice or "Add the file, or correct the name.")

    def names(self) -> list[str]:
        """What the files here are called, each once."""
        return list(dict.fromkeys(file.name for file in self.here.values()))


def those(files: Iterable[Path], root: Path | None = None, *, ours: Iterable[str] = ()) -> NamedFiles:
    """These files by their names; those called `ours` in whatever case also by that name."""
    known = list(files)
    lower = {file.name.lower(): file for file in known}
    return NamedFiles({name: lower[name] for name in ours if name in lower} | {file.name: file for file in known}, root)


def beside(folder: Path) -> NamedFiles:
    """The files of a folder on the operator's own disk, whose study.toml may point anywhere."""
    return those(files_of(folder), folder)


def _below(folder: Path, name: str) -> Path | None:
    """The file that a name leads to from a folder; a name that no file system can hold leads to none."""
    try:
        return file if (file := folder / name).is_file() else None
    except (OSError, ValueError):
        return None
