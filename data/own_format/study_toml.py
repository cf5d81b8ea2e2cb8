"""A study.toml read: the study of the files that it names (`study_toml_schema.py` says what it may say)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from data.formats.csv_files import read_csv
from data.formats.file_names import is_plain
from data.formats.workbooks import SUFFIXES, Workbook
from data.intake.build.study import raw_study
from data.intake.sources import Source, sources_in
from data.own_format.apply_mapping import mapped
from data.own_format.named_files import NamedFiles
from data.own_format.shapes import shaped
from data.own_format.study_toml_schema import check_mapping
from data.problems import Problem, Report, listed
from data.schema import ENOUGH, TABLES, plain
from data.tables.columns import did_you_mean
from data.tables.meant import speaks_of_pasi
from data.tables.sheet import RawStudy, Sheet

TABULAR = (".csv", ".tsv", ".txt", ".xpt", ".json", *SUFFIXES)
"""How files end that may hold tables."""


def read_mapping(path: Path, files: NamedFiles, report: Report) -> RawStudy:
    """The study that a study.toml describes, of the `files` that it may name."""
    folder = path.absolute().parent.name if files.root is not None else ""
    key = folder if folder and path.name == "study.toml" else path.stem
    raw = RawStudy(key, report, {}, {}, path.name)
    about = check_mapping(path, report)
    if about is None:
        return raw
    if "sources" in about:
        raw = raw_study(about, _stated_sources(path, about["sources"], files, report), report, key)
        raw.names_files = True
        return raw
    raw.about = {name: value for name, value in about.items() if name != "tables"}
    raw.names_files = "tables" in about
    raw.sheets = _sheets(path, about.get("tables", {}), files, report)
    return raw


def _stated_sources(path: Path, entries: list[Mapping[str, Any]], files: NamedFiles, report: Report) -> list[Source]:
    """The tables of the files that a study.toml names."""
    check_names(entries, files, path.name, report)
    stated = dict.fromkeys(files.file(str(entry.get("file", ""))) for entry in entries)
    return [source for file in stated if file for source in sources_in(file, report)]


def check_names(entries: Sequence[Mapping[str, Any]], files: NamedFiles, toml: str, report: Report) -> None:
    """Report every name in [[sources]] that could only lead away from the files that came with it. A plain name that is
    none of them may stand for another month's file."""
    for entry in entries if files.root is None else ():
        if not is_plain(name := str(entry.get("file", ""))):
            report.add(files.missing(name, "sources.file", toml))


def _sheets(path: Path, tables: Mapping[str, Any], files: NamedFiles, report: Report) -> dict[str, Sheet]:
    """The sheets of all tables, named ones mapped, in the study's columns."""
    books: dict[Path, Workbook] = {}
    raw: dict[str, Sheet] = {}
    ready: dict[str, Sheet] = {}
    for name in TABLES:
        stated = tables.get(name, {})
        how = {"file": stated} if isinstance(stated, str) else dict(stated)
        called = str(how.get("file", f"{name}.csv"))
        if name not in tables and called not in files.here and not (name == "pasi" and pasi_is_due(files, tables)):
            continue
        file = files.file(called)
        if file is None:
            report.add(files.missing(called, f"tables.{name}", path.name))
            continue
        sheet = _opened(file, name, how, books, report)
        if sheet and (sheet := mapped(sheet, TABLES[name], how, path.name, report)):
            (ready if "wide" in how else raw)[name] = sheet
    return shaped(raw, report) | ready


def pasi_is_due(files: NamedFiles, stated: Collection[str] = ()) -> bool:
    """Whether the file pasi.csv is missing: another table there is called like it, or there is none, `stated` or not,
    that makes a study without it."""
    called = any(speaks_of_pasi(file.stem) for file in files.here.values() if file.suffix.lower() in TABULAR)
    return called or not any(name in stated or f"{name}.csv" in files.here for name in ENOUGH)


def _opened(file: Path, name: str, how: Mapping, books: dict[Path, Workbook], report: Report) -> Sheet | None:
    if file.suffix.lower() not in SUFFIXES:
        return read_csv(file, report, [str(theirs) for theirs in how.get("columns", {}).values()])
    if file not in books:
        books[file] = Workbook(file, report)
    book = books[file]
    asked = how.get("sheet") or next((theirs for theirs in book.names if plain(theirs) == name), None)
    asked = asked or (book.names[0] if len(book.names) == 1 else None)
    if asked in book.names:
        return book.sheet(asked)
    if book.names:
        found, near = f"the sheets {listed(book.names, 12)}", did_you_mean(asked or name, book.names)
        expected = f"a sheet '{asked or name}'"
        report.add(Problem(book.file, None, None, found, expected, near or f"Set tables.{name}.sheet in study.toml."))
    return None
