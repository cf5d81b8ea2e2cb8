"""The kinds of files a study comes in: each reader turns a path into sheets, and says which paths are its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data.archives import files_of
from data.columns import did_you_mean
from data.csv_files import read_csv
from data.intake.guesses import guesses
from data.mapping import pasi_is_due, read_mapping
from data.meant import speaks_of_pasi
from data.problems import Problem, Report, listed
from data.schema import ENOUGH, TABLES, plain
from data.shapes import shaped
from data.sheet import RawStudy
from data.strangers import stranger
from data.workbooks import SUFFIXES, Workbook

OR_OTHERS = f", or {', '.join(f'{name}.csv' for name in ENOUGH if name != 'pasi')}"
PROPERTIES = ("title", "citation", "week_zero", "index.treatment", "index.label")


@dataclass(frozen=True)
class Reader:
    """One kind of input: `name` as a person calls it, `accepts` by what the path looks like, `read` into sheets."""

    name: str
    accepts: Callable[[Path], bool]
    read: Callable[[Path, Report], RawStudy]


def read(path: Path, report: Report) -> RawStudy:
    """What the first reader that accepts the path finds there; a path that none accepts is a problem."""
    reader = next((reader for reader in READERS if reader.accepts(path)), None)
    if reader is not None:
        return reader.read(path, report)
    found = "a file of another kind" if path.exists() else "no such file or folder"
    expected = "; or ".join(reader.name for reader in READERS)
    unread = Problem(path.name, None, None, found, expected, "Check the path.")
    report.add((stranger(path) if path.is_file() else None) or unread)
    return RawStudy(path.stem, report)


def read_folder(path: Path, report: Report) -> RawStudy:
    """A folder with one CSV file per table, and a study.toml if it has a title or a mapping."""
    if (path / "study.toml").is_file():
        raw = read_mapping(path / "study.toml", report)
        raw.unread = _strangers(path, report, (path / "study.toml").read_text(encoding="utf-8", errors="replace"))
        return raw
    files = {name: path / f"{name}.csv" for name in TABLES}
    sheets = {name: sheet for name, file in files.items() if file.exists() and (sheet := read_csv(file, report))}
    if not files["pasi"].exists() and pasi_is_due(path):
        report.add(_without_pasi(path))
    strangers = _strangers(path, report)
    return RawStudy(path.resolve().name, report, {}, shaped(sheets, report), path.name, strangers)


def _without_pasi(path: Path) -> Problem:
    there = sorted(file.name for file in path.iterdir() if not file.name.startswith("."))
    found = f"a folder with {listed(there)}" if there else "an empty folder"
    near = did_you_mean("pasi.csv", there)
    return Problem("pasi.csv", None, None, found, f"the file pasi.csv in '{path.name}'{OR_OTHERS}", near)


def _strangers(path: Path, report: Report, toml: str = "") -> tuple[str, ...]:
    """The files that are neither called as a table of ours is, nor named by `toml`, each with a note."""
    ours = {"study.toml", *(f"{name}.csv" for name in TABLES)}
    names = tuple(name for file in files_of(path) if (name := file.name) not in ours and name not in toml)
    for name in names:
        near = did_you_mean(name, [f"{table}.csv" for table in TABLES])
        report.note(f"{name} is not read. {near}".strip())
    return names


def read_table(path: Path, report: Report) -> RawStudy:
    """One CSV file: the PASI values, tidy or wide, recognised without a mapping."""
    sheet = read_csv(path, report)
    if sheet is None:
        return RawStudy(path.stem, report, source=path.name)
    others = tuple(guess.column for guess in guesses(sheet.cells) if guess.role in {"marker", "subset", "treatment"})
    return RawStudy(path.stem, report, {}, shaped({"pasi": sheet}, report), path.name, others)


def read_workbook(path: Path, report: Report) -> RawStudy:
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
