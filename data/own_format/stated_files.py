"""The files of a study: what was given, the study.toml among it, and which files that names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.formats.archives import files_of
from data.formats.file_names import is_plain
from data.intake.build.extract import all_ours
from data.intake.layouts.base import REPRISE, Entry
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
    """What a mapping says: `about` the study, with [[sources]] if it has any, or what [tables] say in their place; and
    which `files` are to be read."""

    about: Mapping[str, Any]
    files: Sequence[Path]


def stated(mapping: Mapping[str, Any] | None, found: Given, folder: Path, report: Report) -> Stated:
    """What `mapping`, else the study.toml, says. Each name of a file is replaced by that of the file it leads to; of
    two files of one name in different folders, the second has another, in `folder`."""
    about = dict(mapping if mapping is not None else (check_mapping(found.toml, report) if found.toml else None) or {})
    tables = about.pop("tables", None)
    if tables is None and "sources" not in about:
        return Stated(about, found.files)
    stated = about["sources"] if "sources" in about else _of_tables(tables, found)
    named = _with_files(stated, found, "sources.file" if "sources" in about else "tables.{table}", report)
    entries, files = _called(named, folder, report)
    return Stated(about | {"sources": entries}, files if all(file for _, file in named) else found.files)


def _of_tables(stated: Mapping[str, Any], found: Given) -> list[Entry]:
    """[tables] as entries; a table that is not named is NAME.csv, if that is there."""
    said = {name: {"file": how} if isinstance(how, str) else how for name, how in stated.items()}
    there = [name for name in TABLES if name in said or f"{name}.csv" in found.named.here]
    return [{"file": f"{name}.csv", **said.get(name, {}), "table": name, "layout": REPRISE} for name in there]


def _with_files(entries: Sequence[Entry], found: Given, place: str, report: Report) -> list[tuple[Entry, Path | None]]:
    """The entries, each with its file; if they are all ours, those whose file is there. Else a plain name that is none
    of them may stand for another month's file. Where all are there, a note tells which files are not named."""
    ours = all_ours({"sources": entries})
    named = [(entry, str(entry.get("file", "")), found.named.file(str(entry.get("file", "")))) for entry in entries]
    for entry, name, file in named:
        if file is None and (ours or (found.named.root is None and not is_plain(name))):
            report.add(found.named.missing(name, place.format(**entry), _called_toml(found)))
    pairs = [(entry, file) for entry, _, file in named if file or not ours]
    if all(file for _, file in pairs):
        _note_unnamed(found, [file for _, file in pairs if file], report)
    return pairs


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
