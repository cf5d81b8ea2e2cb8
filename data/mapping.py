"""A study.toml: title, citation, index event, and how files in other shapes map to the tables of a study.

title = "…"                              week_zero = "what week 0 is"
citation = "…"

[index]                                  # the event that names the phases; default: the first cell therapy
treatment = "UC-MSC"
label = "MSC"

[tables]                                 # a table that is not named here is NAME.csv beside this file, if it exists
pasi = "my_pasi.csv"                     # the same as [tables.pasi] file = "my_pasi.csv"

[tables.immune_subsets]
file = "book.xlsx"                       # relative to this file
sheet = "FACS"                           # in workbooks
time = "days"                            # its weeks are in weeks (default), days, or study days (day 1: week 0)
columns = { patient_id = "ID", week = "Day" }    # the study's column = the file's column
constants = { provenance = "observed" }  # a value for every row

[tables.pasi.wide]                       # one row per patient, one column per visit (also: tables.treatments.wide)
weeks = { SCREENING = -4, BASELINE = 0 } # the file's column = its week
pattern = "WEEK_{week}"                  # and every column named like this
blanks = "missing"                       # a blank cell: missing, tail or nothing (`data.wide.by_week` says more)

[tables.treatments.wide]
pattern = "DOSE_{n}"                     # the n-th session; its cell is the dose, and it ends on its day
days = [0, 2, 4]                         # the days of each week on which there is a session

Files of other systems, as the import proposes and writes them (`data/intake/`), instead of [tables]:

[reference]                              # what dates are counted from, for each patient: a key of `clock.REFERENCES`
from = "index treatment"                 # or: reference date, first treatment, first visit

[patients]                               # other spellings of a patient's id
P-01 = "1"

[privacy]
keep = ["initials"]                      # columns that identify and are kept on purpose; others are left out

[[sources]]                              # one for each table of the study that a table of a file fills
file = "redcap.csv"                      # or any file with these columns
sheet = "FACS"                           # in workbooks
table = "pasi"
layout = "redcap"                        # how its rows are prepared: a name of `layouts.LAYOUTS`
rows = { redcap_repeat_instrument = "" } # only rows with these cells
columns = { patient_id = "record_id", week = "visit_date", pasi = "pasi_total" }
values = { sex = { 1 = "female" } }      # words for coded cells
constants = { provenance = "observed" }
time = "dates"                           # or weeks, days, study days, months, visits
date_order = "day first"                 # or month first: how 03/04/2021 is read
visits = { "Week 4" = 4 }                # the weeks of visits, with time = "visits"
subsets = ["Treg", "Th17"]               # columns that are immune subsets
sample = { column = "Tube", pattern = "*_{patient_id}_W{week}*" }    # or {day}, {study_day}, {month}, {visit}, {date}
phenotypes = { "CD4+/Treg" = "CD4+, CD25hi" }
wide = { weeks = { BASELINE = 0, W4 = 4 } }      # one row per patient
pseudonyms = true                        # patients by codes, where their ids identify them
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data.columns import did_you_mean
from data.csv_files import read_csv
from data.intake.apply import raw_study
from data.intake.clock import REFERENCES
from data.intake.dates import ORDERS
from data.intake.layouts import LAYOUTS
from data.intake.sources import Source, sources_in
from data.mapped import CLOCKS, mapped
from data.problems import Problem, Report, listed
from data.schema import TABLES, plain
from data.shapes import shaped
from data.sheet import RawStudy, Sheet
from data.wide import BLANK_CELLS
from data.workbooks import SUFFIXES, Workbook

TEXT, NUMBERS, TABLE, FILE = (str,), (list,), (dict,), (str, dict)
FLAG = (bool,)
INTAKE = {"reference": TABLE, "patients": TABLE, "privacy": TABLE, "sources": NUMBERS}
GRAMMAR: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "": {"title": TEXT, "citation": TEXT, "week_zero": TEXT, "index": TABLE, "tables": TABLE, **INTAKE},
    "sources.*": {
        **dict.fromkeys(("file", "sheet", "table", "layout", "time", "date_order"), TEXT),
        **dict.fromkeys(("rows", "columns", "values", "constants", "visits", "sample", "phenotypes", "wide"), TABLE),
        "subsets": NUMBERS,
        "pseudonyms": FLAG,
    },
    "reference": {"from": TEXT},
    "privacy": {"keep": NUMBERS},
    "index": {"treatment": TEXT, "label": TEXT},
    "tables": dict.fromkeys(TABLES, FILE),
    "tables.*": {"file": TEXT, "sheet": TEXT, "time": TEXT, "columns": TABLE, "constants": TABLE, "wide": TABLE},
    "tables.*.wide": {"weeks": TABLE, "pattern": TEXT, "days": NUMBERS, "blanks": TEXT},
}
VALUES = {
    "time": (*CLOCKS, "dates", "visits"),
    "blanks": tuple(BLANK_CELLS),
    "from": tuple(REFERENCES),
    "date_order": tuple(ORDERS),
    "table": tuple(TABLES),
    "layout": (*(layout.name for layout in LAYOUTS), "cdisc"),
}
IN_WORDS: Mapping[tuple[type, ...], str] = {
    TEXT: "text in quotes",
    NUMBERS: "a list in [ ]",
    TABLE: "a table",
    FILE: "a file name or a table",
    FLAG: "true or false",
}


def read_mapping(path: Path, report: Report) -> RawStudy:
    """The study that a study.toml describes, its files found from the folder it is in."""
    key = path.resolve().parent.name if path.name == "study.toml" else path.stem
    raw = RawStudy(key, report, {}, {}, path.name)
    about = check_mapping(path, report)
    if about is None:
        return raw
    if "sources" in about:
        return raw_study(about, _stated_sources(path, about["sources"], report), report, key)
    raw.about = {name: value for name, value in about.items() if name != "tables"}
    raw.sheets = _sheets(path, about.get("tables", {}), report)
    return raw


def check_mapping(path: Path, report: Report) -> dict[str, Any] | None:
    """What a study.toml says, None when it says something that is not in the grammar."""
    text, about = _parsed(path, report)
    if about is None:
        return None
    before = len(report.problems)
    lines = Lines(path.name, text)
    _check_grammar(about, "", lines, report)
    for source in about.get("sources", []) if isinstance(about.get("sources"), list) else []:
        _check_grammar(source if isinstance(source, dict) else {"file": source}, "sources.*", lines, report)
    return about if len(report.problems) == before else None


def _stated_sources(path: Path, entries: list[Mapping[str, Any]], report: Report) -> list[Source]:
    """The tables of the files that a study.toml names, found from the folder it is in."""
    files = dict.fromkeys(path.parent / str(entry.get("file", "")) for entry in entries)
    there = [file for file in files if file.is_file()]
    return [source for file in there for source in sources_in(file, report)]


def _parsed(path: Path, report: Report) -> tuple[str, dict[str, Any] | None]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, OSError, UnicodeDecodeError) as error:
        at = re.search(r"at line (\d+)", str(error))
        reason = str(error).splitlines()[0]
        found = f"text that is not TOML ({reason})"
        report.add(Problem(path.name, int(at[1]) if at else None, None, found, "TOML in UTF-8", "Text needs quotes."))
        return "", None


class Lines:
    """The lines of a TOML file, to say where a key is."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()

    def row(self, key: str) -> int | None:
        """The first line that sets `key` or opens it as a table."""
        says = re.compile(rf"(?:^|[{{,\[.\s\"']){re.escape(key)}[\"']?\s*[=.\]]")
        return next((row for row, line in enumerate(self.lines, start=1) if says.search(line.split("#")[0])), None)


def _check_grammar(part: Mapping[str, object], place: str, lines: Lines, report: Report) -> None:
    """Every key is one of GRAMMAR's at its place, and holds what it should."""
    pattern = re.sub(r"^tables\.[^.]+", "tables.*", place)
    known = GRAMMAR.get(pattern, {})
    for key, value in part.items() if known else ():
        name = f"{place}.{key}".lstrip(".")
        if key not in known:
            found, expected = f"the key '{key}'", f"one of {', '.join(known)}"
            report.add(Problem(lines.file, lines.row(key), name, found, expected, did_you_mean(key, known)))
        elif not isinstance(value, known[key]):
            report.add(Problem(lines.file, lines.row(key), name, f"{value!r}"[:60], IN_WORDS[known[key]]))
        elif key in VALUES and value not in VALUES[key]:
            report.add(Problem(lines.file, lines.row(key), name, f"'{value}'", f"one of {', '.join(VALUES[key])}"))
        elif isinstance(value, dict):
            _check_grammar(value, name, lines, report)


def _sheets(path: Path, tables: Mapping[str, Any], report: Report) -> dict[str, Sheet]:
    """The sheets of all tables, named ones mapped, in the study's columns."""
    books: dict[Path, Workbook] = {}
    raw: dict[str, Sheet] = {}
    ready: dict[str, Sheet] = {}
    for name in TABLES:
        stated = tables.get(name, {})
        how = {"file": stated} if isinstance(stated, str) else dict(stated)
        file = path.parent / str(how.get("file", f"{name}.csv"))
        if name not in tables and not file.exists() and name != "pasi":
            continue
        sheet = _opened(file, name, how, books, report)
        if sheet and (sheet := mapped(sheet, TABLES[name], how, path.name, report)):
            (ready if "wide" in how else raw)[name] = sheet
    return shaped(raw, report) | ready


def _opened(file: Path, name: str, how: Mapping, books: dict[Path, Workbook], report: Report) -> Sheet | None:
    if not file.is_file():
        expected = f"the file of the table '{name}' ({file})"
        report.add(Problem(file.name, None, None, "no such file", expected, "Check tables in study.toml."))
        return None
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
