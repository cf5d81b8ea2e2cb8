"""The kinds of files a study comes in: each reader turns a path into sheets, and says which paths are its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from data.formats.csv_files import read_csv
from data.formats.toml_files import text_of
from data.formats.unsupported import stranger
from data.formats.workbooks import SUFFIXES, Workbook
from data.intake.columns.infer import guesses
from data.own_format.named_files import NamedFiles
from data.own_format.shapes import shaped
from data.own_format.study_toml import pasi_is_due, read_mapping
from data.problems import Problem, Report, listed
from data.schema import ENOUGH, TABLES, plain
from data.tables.columns import did_you_mean
from data.tables.meant import speaks_of_pasi
from data.tables.sheet import RawStudy

OR_OTHERS = f", or {', '.join(f'{name}.csv' for name in ENOUGH if name != 'pasi')}"
PROPERTIES = ("title", "citation", "week_zero", "index.treatment", "index.label")


@dataclass(frozen=True)
class Reader:
    """One kind of input: `name` as a person calls it, `accepts` by what the path looks like, `read` into sheets, with
    the files that a study.toml may name."""

    name: str
    accepts: Callable[[Path], bool]
    read: Callable[[Path, NamedFiles, Report], RawStudy]


def read(path: Path, files: NamedFiles, report: Report) -> RawStudy:
    """What the first reader that accepts the path finds there; a path that none accepts is a problem. A study.toml
    may name `files`."""
    reader = next((reader for reader in READERS if reader.accepts(path)), None)
    if reader is not None:
        return reader.read(path, files, report)
    found = "a file of another kind" if path.exists() else "no such file or folder"
    expected = "; or ".join(reader.name for reader in READERS)
    unread = Problem(path.name, None, None, found, expected, "Check the path.")
    report.add((stranger(path) if path.is_file() else None) or unread)
    return RawStudy(path.stem, report)


def read_folder(path: Path, files: NamedFiles, report: Report) -> RawStudy:
    """The files of a folder, one CSV file per table, and a study.toml if it has a title or a mapping."""
    if toml := files.here.get("study.toml"):
        raw = replace(read_mapping(toml, files, report), key=path.resolve().name)
        raw.unread = _strangers(files, report, text_of(toml))
        return raw
    ours = {name: file for name in TABLES if (file := files.here.get(f"{name}.csv"))}
    sheets = {name: sheet for name, file in ours.items() if (sheet := read_csv(file, report))}
    if "pasi" not in ours and pasi_is_due(files):
        report.add(_without_pasi(path, files))
    strangers = _strangers(files, report)
    return RawStudy(path.resolve().name, report, {}, shaped(sheets, report), path.name, strangers)


def _without_pasi(path: Path, files: NamedFiles) -> Problem:
    there = files.names()
    found = f"a folder with {listed(there)}" if there else "an empty folder"
    near = did_you_mean("pasi.csv", there)
    return Problem("pasi.csv", None, None, found, f"the file pasi.csv in '{path.name}'{OR_OTHERS}", near)


def _strangers(files: NamedFiles, report: Report, toml: str = "") -> tuple[str, ...]:
    """The files that are neither called as a table of ours is, nor named by `toml`, each with a note."""
    ours = {files.here.get(name) for name in ("study.toml", *(f"{table}.csv" for table in TABLES))}
    names = tuple(file.name for file in dict.fromkeys(files.here.values()) if file not in ours)
    names = tuple(name for name in names if name not in toml)
    for name in names:
        near = did_you_mean(name, [f"{table}.csv" for table in TABLES])
        report.note(f"{name} is not read. {near}".strip())
    return names


def read_table(path: Path, files: NamedFiles, report: Report) -> RawStudy:
    """One CSV file: the PASI values, tidy or wide, recognised without a mapping."""
    sheet = read_csv(path, report)
    if sheet is None:
        return RawStudy(path.stem, report, source=path.name)
    others = tuple(guess.column for guess in guesses(sheet.cells) if guess.role in {"marker", "subset", "treatment"})
    return RawStudy(path.stem, report, {}, shaped({"pasi": sheet}, report), path.name, others)


def read_workbook(path: Path, files: NamedFiles, report: Report) -> RawStudy:
    """A workbook with one sheet per table, and a sheet `study` of properties and values if it has a title; a workbook
    of a single sheet may hold just the PASI values, as a CSV file does."""
    book = Workbook(path, report)
    ours = {plain(name): name for name in book.names if plain(name) in (*TABLES, "study")}
    if not ours.keys() & TABLES.keys() and len(book.names) == 1:
        ours = {"pasi": book.names[0]}
    due = any(map(speaks_of_pasi, book.names)) or not ours.keys() & set(ENOUGH)
    if book.names and "pasi" not in ours and due:
        found, near = f"the sheets {listed(book.names, 12)}", did_you_mean("pasi", book.names)
        advice = near or "Rename the sheet, or name it in a study.toml."
        report.add(Problem(path.name, None, None, found, "a sheet named 'pasi'", advice))
    tables = {name: theirs for name, theirs in ours.items() if name != "study"}
    sheets = {name: sheet for name, theirs in tables.items() if (sheet := book.sheet(theirs))}
    others = [name for name in book.names if name not in ours.values()]
    others += [below for theirs in tables.values() for below in book.below(theirs)]
    if others and ours:
        report.note(f"{path.name}: the sheets {listed(others)} are not read.")
    about = _properties(book, ours["study"], report) if "study" in ours else {}
    return RawStudy(path.stem, report, about, shaped(sheets, report), path.name, tuple(others))


def _properties(book: Workbook, name: str, report: Report) -> dict[str, object]:
    """The sheet `study`: properties in its first column, values in its second; its first row may be a header."""
    known: dict[str, str] = {}
    for row, key, value in book.pairs(name):
        if key in PROPERTIES:
            known[key] = value
        elif row > 1:
            expected, near = f"one of {', '.join(PROPERTIES)}", did_you_mean(key, PROPERTIES)
            report.add(Problem(f"{book.file}, sheet '{name}'", row, None, f"'{key}'", expected, near))
    index = {key.removeprefix("index."): value for key, value in known.items() if key.startswith("index.")}
    return {key: value for key, value in known.items() if "." not in key} | {"index": index}


def _ends(*suffixes: str) -> Callable[[Path], bool]:
    return lambda path: path.is_file() and path.suffix.lower() in suffixes


READERS: tuple[Reader, ...] = (
    Reader("a folder with pasi.csv or study.toml", Path.is_dir, read_folder),
    Reader("a study.toml", _ends(".toml"), read_mapping),
    Reader("a CSV file", _ends(".csv", ".tsv", ".txt"), read_table),
    Reader("an Excel workbook", _ends(*SUFFIXES), read_workbook),
)
