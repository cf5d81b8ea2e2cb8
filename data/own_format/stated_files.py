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


def stated(mapping: Mapping[str, Any] | None, found: Given, folder: Path, report: Report) -> Stated:
    """What `mapping`, else the study.toml, says. Each name of a file is replaced by that of the file it leads to; of
    two files of one name in different folders, the second has another, in `folder`."""
    about = dict(mapping if mapping is not None else (check_mapping(found.toml, report) if found.toml else None) or {})
    tables = about.pop("tables", None)
    if "sources" in about:
        entries, named = _called(_sources(about["sources"], found, report), folder, report)
        if len(named) < len({entry["file"] for entry in entries}):
            return Stated(about | {"sources": entries}, None, found.files)
        return Stated(about | {"sources": entries}, None, named)
    if tables is None:
        return Stated(about, None, found.files)
    return Stated(about, *_called(_tables(tables, found, report), folder, report))


def _sources(stated: Sequence[Entry], found: Given, report: Report) -> list[tuple[Entry, Path | None]]:
    """[[sources]], each with its file. A plain name that is none of them may stand for another month's file."""
    named = [(entry, found.named.file(str(entry.get("file", "")))) for entry in stated]
    for name in [str(entry.get("file", "")) for entry, file in named if file is None]:
        if found.named.root is None and not is_plain(name):
            report.add(found.named.missing(name, "sources.file", _called_toml(found)))
    if all(file for _, file in named):
        _note_unnamed(found, [file for _, file in named if file], report)
    return named


def _tables(stated: Mapping[str, Any], found: Given, report: Report) -> list[tuple[Entry, Path | None]]:
    """[tables] as entries, each with its file; a table that is not named is NAME.csv, if that is there. A note tells
    which files are not named."""
    named: list[tuple[Entry, Path | None]] = []
    for name in TABLES:
        said = stated.get(name, {})
        how = {"file": said} if isinstance(said, str) else dict(said)
        called = str(how.get("file", f"{name}.csv"))
        if name not in stated and called not in found.named.here:
            continue
        if file := found.named.file(called):
            named.append(({**how, "table": name}, file))
        else:
            report.add(found.named.missing(called, f"tables.{name}", _called_toml(found)))
    _note_unnamed(found, [file for _, file in named if file], report)
    return named


def _called(named: Sequence[tuple[Entry, Path | None]], folder: Path, report: Report) -> tuple[list[Entry], list[Path]]:
    """The entries, each with the name of its file as it is called here; and the files."""
    files = list(dict.fromkeys(file for _, file in named if file))
    here = dict(zip(files, told_apart(files, folder, report), strict=True))
    entries = [{**entry, "file": here[file].name if file else str(entry.get("file", ""))} for entry, file in named]
    return entries, list(here.values())


def _called_toml(found: Given) -> str:
    return found.toml.name if found.toml else "study.toml"


def _note_unnamed(found: Given, files: Collection[Path], report: Report) -> None:
    for file in [file for file in found.files if file not in files]:
        near = did_you_mean(file.name, OURS)
        report.note(f"{file.name} is not read: {_called_toml(found)} does not name it. {near}".strip())
