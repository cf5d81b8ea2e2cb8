"""The files of a study: what was given, the study.toml among it, and which files that names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.formats.archives import files_of
from data.formats.file_names import is_plain
from data.intake.layouts.base import Entry
from data.intake.sources import files_in, told_apart
from data.own_format.named_files import NamedFiles, those
from data.own_format.study_toml_schema import check_mapping
from data.problems import Report
from data.schema import TABLES
from data.tables.columns import did_you_mean

OURS = tuple(f"{name}.csv" for name in TABLES)


@dataclass(frozen=True)
class Given:
    """What was given for a study: its `files`, the `toml` among them, the files that this may `name`, and the study's
    `key`."""

    files: Sequence[Path]
    toml: Path | None
    named: NamedFiles
    key: str


def given(paths: Sequence[Path], folder: Path, report: Report, *, sent: bool) -> Given:
    """The files at these paths, zip files unpacked below `folder`. A study.toml on the operator's own disk may point
    anywhere, and brings the files beside it; one that was `sent`, or lay in a zip, names nothing but what came."""
    alone = not sent and len(paths) == 1 and paths[0].suffix.lower() == ".toml" and paths[0].is_file()
    found = files_of(paths[0].absolute().parent) if alone else files_in(paths, folder, report)
    files = [file for file in told_apart(found, folder, report) if file.suffix.lower() != ".toml"]
    tomls = [paths[0]] if alone else [file for file in found if file.suffix.lower() == ".toml"]
    toml = next((file for file in tomls if file.name.lower() == "study.toml"), next(iter(tomls), None))
    closed = toml is None or sent or toml.absolute().is_relative_to(folder.absolute())
    root = None if closed or toml is None else toml.absolute().parent
    for other in tomls:
        if other is not toml:
            report.note(f"{other.name} is not read: {toml.name if toml else ''} says what the files are.")
    return Given(files, toml, those(files, root, ours=OURS), _key(paths, toml, sent=sent))


def _key(paths: Sequence[Path], toml: Path | None, *, sent: bool) -> str:
    if not paths:
        return "study"
    if paths[0].is_dir() or (paths[0] is toml and paths[0].name == "study.toml" and not sent):
        return (paths[0] if paths[0].is_dir() else paths[0].absolute().parent).resolve().name
    return paths[0].stem


@dataclass(frozen=True)
class Stated:
    """What a mapping says: `about` the study, with [[sources]] if it has any; of our own `tables`, entries, None where
    it says nothing of them; and which `files` are to be read."""

    about: Mapping[str, Any]
    tables: Sequence[Entry] | None
    files: Sequence[Path]


def stated(mapping: Mapping[str, Any] | None, found: Given, report: Report) -> Stated:
    """What `mapping`, else the study.toml, says. Each name of a file is replaced by that of the file it leads to."""
    about = dict(mapping if mapping is not None else (check_mapping(found.toml, report) if found.toml else None) or {})
    tables = about.pop("tables", None)
    if "sources" in about:
        about["sources"], named = _sources(about["sources"], found, report)
        if len(named) < len({entry["file"] for entry in about["sources"]}):
            return Stated(about, None, found.files)
        _note_unnamed(found, named, report)
        return Stated(about, None, named)
    if tables is None:
        return Stated(about, None, found.files)
    entries, named = _tables(tables, found, report)
    return Stated(about, entries, named)


def _sources(stated: Sequence[Entry], found: Given, report: Report) -> tuple[list[Entry], list[Path]]:
    """[[sources]] with the files they name. A plain name that is none of them may stand for another month's file."""
    entries, files = [], dict[Path, None]()
    toml = found.toml.name if found.toml else "study.toml"
    for entry in stated:
        name = str(entry.get("file", ""))
        file = found.named.file(name)
        if file:
            files[file] = None
        elif found.named.root is None and not is_plain(name):
            report.add(found.named.missing(name, "sources.file", toml))
        entries.append({**entry, "file": file.name if file else name})
    return entries, list(files)


def _tables(stated: Mapping[str, Any], found: Given, report: Report) -> tuple[list[Entry], list[Path]]:
    """[tables] as entries, with their files; a table that is not named is NAME.csv, if that is there. A note tells
    which files are not named."""
    entries, files = [], dict[Path, None]()
    toml = found.toml.name if found.toml else "study.toml"
    for name in TABLES:
        said = stated.get(name, {})
        how = {"file": said} if isinstance(said, str) else dict(said)
        called = str(how.get("file", f"{name}.csv"))
        if name not in stated and called not in found.named.here:
            continue
        if file := found.named.file(called):
            files[file] = None
            entries.append({**how, "file": file.name, "table": name})
        else:
            report.add(found.named.missing(called, f"tables.{name}", toml))
    _note_unnamed(found, files, report)
    return entries, list(files)


def _note_unnamed(found: Given, files: Collection[Path], report: Report) -> None:
    toml = found.toml.name if found.toml else "study.toml"
    for file in found.files:
        if file not in files:
            report.note(f"{file.name} is not read: {toml} does not name it. {did_you_mean(file.name, OURS)}".strip())
