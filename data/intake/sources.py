"""From paths to sheets: what kind of file each is, by its content, and every table in it."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.formats.archives import DAMAGE, files_of, unzipped
from data.formats.csv_files import read_csv
from data.formats.deflated import beginning, content
from data.formats.file_names import fitting
from data.formats.isolated import read_outside
from data.formats.limits import beyond_rows, exceeded, limit, narrow_enough, small_enough, within_limits
from data.formats.unsupported import AS_TABLE, unsupported
from data.formats.workbooks import Workbook
from data.intake.columns.infer import inferred
from data.intake.columns.roles import Guess
from data.intake.pages import by_patient, is_patient
from data.problems import Problem, Report, listed, tell_rows
from data.tables.columns import as_text
from data.tables.sheet import BLANKS, Sheet, sheet_of
from data.tables.turned_tables import upright
from data.unforeseen import unforeseen

UNNAMED = "(unnamed)"
"""What the first column is called when its header is blank, as in FlowJo's table exports."""

SAS_ZERO = dt.date(1960, 1, 1)
SAS_DAYS = (-138_061, 2_936_549)
"""Days from then to those of the years 1582 and 9999, which SAS knows."""
SAS_EXPECTED = "a date of the years 1582 to 9999"
FIRST = 1
"""The number of the first row of a file that has no row for its header."""
ID_LIKE = re.compile(
    r"(^|[_ .])(id|nr|no|number|code|patient|subject|participant|record)s?($|[_ .])|id$", re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class Source:
    """One table as it stands in a file: `file` as study.toml names it, `page` the sheet of a workbook."""

    sheet: Sheet
    file: str
    page: str = ""

    @cached_property
    def guessed(self) -> list[Guess]:
        """What each column is proposed to be by itself: without a data dictionary, and before a person says more."""
        return inferred(self.sheet.cells)


@dataclass(frozen=True)
class Kind:
    """One kind of file: `score` is from 0 to 1 for its path and first bytes, `why` a sentence's end; `read` its
    tables."""

    name: str
    why: str
    score: Callable[[Path, bytes], float]
    read: Callable[[Path, Report, Collection[str]], list[Source]]


def files_in(paths: Sequence[Path], folder: Path, report: Report) -> list[Path]:
    """The files at `paths`: folders listed, zip files, together of limited size, unpacked below `folder`."""
    found: list[Path] = []
    unpacked = 0
    for path in paths:
        if path.is_dir():
            found += files_of(path)
        elif path.is_file() and is_archive(path):
            place = Path(tempfile.mkdtemp(dir=folder))
            found += unzipped(path, place, report, unpacked)
            unpacked += sum(file.stat().st_size for file in place.rglob("*") if file.is_file())  # of refused ones too
        elif path.is_file():
            found.append(path)
        else:
            report.add(Problem(path.name, None, None, "no such file or folder", "a file", "Check the path."))
    if len(found) > limit("MAX_FILES"):
        report.add(exceeded(str(len(found)), "MAX_FILES", f"{len(found):,} files"))
        return []
    return found


def told_apart(files: Sequence[Path], folder: Path, report: Report) -> list[Path]:
    """The files, every name once: a further one of the same name gets a number that no other name has."""
    taken: set[str] = {file.name for file in files}
    seen: set[str] = set()
    found = []
    for file in files:
        if file.name in seen:
            numbered = (fitting(f"{file.stem[:80]} ({number}){file.suffix}") for number in count(2))
            link = Path(tempfile.mkdtemp(dir=folder)) / next(name for name in numbered if name not in taken)
            taken.add(link.name)
            link.symlink_to(file.absolute())
            report.note(f"Several files are called {file.name}: the next one is called '{link.name}' here.")
            file = link  # noqa: PLW2901 - under its new name
        seen.add(file.name)
        found.append(file)
    return found


def sources_in(file: Path, report: Report, ids: Collection[str] = ()) -> list[Source]:
    """Every table of one file; the cells of its columns `ids` stay as they are written."""
    if not small_enough(file, report):
        return []
    if problem := unsupported(file) or _nested(file):
        report.add(problem)
        return []
    kind = kind_of(file)
    if kind is not None:
        return _read(kind, file, report, ids)
    expected = "; or ".join(kind.name for kind in KINDS)
    report.add(Problem(file.name, None, None, _what(file), expected, "Save it as CSV or .xlsx."))
    return []


def _read(kind: Kind, file: Path, report: Report, ids: Collection[str]) -> list[Source]:
    """What a kind of file holds; whatever else goes wrong is a problem of this file."""
    try:
        return [replace(one, sheet=upright(one.sheet, report)) for one in kind.read(file, report, ids)]
    except Exception as error:  # noqa: BLE001 - no file may end the reading of the others
        report.add(unforeseen([file.name], error))
        return []


def _nested(file: Path) -> Problem | None:
    advice = "Unzip it, and zip its tables together with the others."
    return Problem(file.name, None, None, "a zip file within another", AS_TABLE, advice) if is_archive(file) else None


def kind_of(file: Path) -> Kind | None:
    """The kind that the file's first bytes speak for most, None when none fits."""
    head = _head(file)
    best = max(KINDS, key=lambda kind: kind.score(file, head))
    return best if best.score(file, head) > 0 else None


def _head(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.read(4096)


def _what(file: Path) -> str:
    return "an empty file" if not file.stat().st_size else "a file that is neither text nor a workbook"


def is_archive(path: Path) -> bool:
    """Whether a path is a zip file that is no workbook."""
    return zipfile.is_zipfile(path) and not _is_workbook(path) and unsupported(path) is None


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as parts:
            names = set(parts.namelist())
    except DAMAGE:
        return path.suffix.lower() != ".zip"
    return bool(names & {"[Content_Types].xml", "content.xml"})


def _read_workbook(path: Path, report: Report, ids: Collection[str]) -> list[Source]:
    book = Workbook(path, report)
    filled = [name for name in book.names if any(any(as_text(cell) for cell in row) for row in book.rows[name])]
    tables = {page: sheet for name in filled for page, sheet in book.tables(name, unnamed=UNNAMED).items()}
    return [Source(sheet, path.name, page) for page, sheet in by_patient(tables, path.name, report).items()]


def _read_text(path: Path, report: Report, stated: Collection[str]) -> list[Source]:
    with path.open("rb") as content:
        head = content.read(200_000).replace(b"\0", b"").splitlines()[:1]  # without those of UTF-16
    words = re.split(r"[,;\t|]", head[0].decode("latin-1")) if head else []
    names = [word.strip().strip('"\ufeffï»¿ÿþ') for word in words]
    ids = [name for name in names if ID_LIKE.search(name) or is_patient(name)] + names[:1]
    sheet = read_csv(path, report, [*ids, *filter(None, stated)], unnamed=UNNAMED)
    return [Source(sheet, path.name)] if sheet else []


def _read_statistics(path: Path, report: Report, ids: Collection[str]) -> list[Source]:
    """A file of SAS, SPSS or Stata. A SAS transport file's numbers called ...DT are days since 1960."""
    answer = read_outside("statistics", path, report)
    if answer is None:
        return []
    if answer["labelled"]:
        report.note(f"{path.name}: codes are read as they are in {listed(answer['labelled'])}, not by their labels.")
    (_, _, (names, *rows), _) = answer["pages"][0]
    table = pd.DataFrame(rows, columns=range(len(names)), dtype=object)
    for at, name in enumerate(names) if _transport(path, _head(path)) else ():
        if name.upper().endswith("DT") and all(isinstance(cell, float | None) for cell in table[at]):
            table[at] = _since_1960(table[at].astype(float), path.name, name, report)
    return _framed(table, names, 1, path, report)


def _since_1960(days: pd.Series, file: str, column: str, report: Report) -> pd.Series:
    """The dates of days since 1960; one that no calendar has is set aside, with a warning."""
    beyond = np.isfinite(days) & ~days.between(*SAS_DAYS)
    tell_rows(
        report.warn, file, column, (np.flatnonzero(beyond) + FIRST).tolist(), "a day that no calendar has", SAS_EXPECTED
    )
    known = days.where(np.isfinite(days) & ~beyond)
    return pd.Series([None if np.isnan(day) else SAS_ZERO + dt.timedelta(day) for day in known], dtype=object)


def _read_dataset_json(path: Path, report: Report, ids: Collection[str]) -> list[Source]:
    """CDISC Dataset-JSON: one object (versions 1.0 and 1.1), or one line of metadata and one for each row (NDJSON),
    compressed or not."""
    held = content(path, report)
    if held is None:
        return []
    try:
        text = held.decode("utf-8-sig")
        if problem := _too_long(path.name, text):
            report.add(problem)
            return []
        columns, rows = dataset(text)
        names = [str(column["name"]) for column in columns]
        if not narrow_enough(path.name, len(names), report):
            return []
        table = pd.DataFrame(_plain_cells(rows, names, path.name, report), columns=range(len(names)), dtype=object)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError) as error:
        found = f"JSON that is no dataset ({type(error).__name__})"
        report.add(
            Problem(path.name, None, None, found, "CDISC Dataset-JSON 1.0 or 1.1", "Export it again, or as CSV.")
        )
        return []
    return _framed(table, names, 1, path, report)


def dataset(text: str) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    """Columns and rows of a Dataset-JSON: of the first data set, where version 1.0 holds several."""
    first, _, rest = text.partition("\n")
    try:
        about = json.loads(first)
    except ValueError:
        about, rest = json.loads(text), ""
    rows = [_row(json.loads(line)) for line in rest.split("\n") if line.strip()]
    if "columns" in about:
        return about["columns"], rows or list(map(_row, about["rows"]))
    groups = (about.get("clinicalData") or about["referenceData"])["itemGroupData"]
    group = next(iter(groups.values()))
    return group["items"], list(map(_row, group["itemData"]))


def _row(cells: Any) -> list[Any]:
    """A row of a Dataset-JSON; TypeError for a text or an object, whose letters or keys would be taken for cells."""
    if not isinstance(cells, list):
        raise TypeError
    return cells


def _too_long(file: str, text: str) -> Problem | None:
    """The problem of JSON of more rows or cells than a table may have, counted by its signs before it is parsed; by its
    lines too, where the first of them is whole."""
    about = 10 * int(limit("MAX_COLUMNS"))
    lines = text.count("\n") if text.partition("\n")[0].rstrip().endswith("}") else 0
    rows, cells = max(text.count("{") + text.count("[") - about, lines), text.count(",")
    beyond = exceeded(file, "MAX_CELLS", f"{cells:,} cells") if cells > limit("MAX_CELLS") else None
    return beyond_rows(file, rows, "rows") or beyond


def _plain_cells(rows: Sequence[Sequence[Any]], names: Sequence[str], file: str, report: Report) -> list[list[Any]]:
    """The rows; a cell that is a list or an object is set aside, with a warning, and half of a character is none."""
    held: dict[int, list[int]] = {}
    plain = []
    for number, row in enumerate(rows, start=FIRST):
        for at in (at for at, cell in enumerate(row) if isinstance(cell, list | dict)):
            held.setdefault(at, []).append(number)
        plain.append([_plain_cell(cell) for cell in row])
    for at, numbers in held.items():
        column = names[at] if at < len(names) else f"column {at + 1}"
        tell_rows(report.warn, file, column, numbers, "a list or an object", "a text or a number")
    return plain


def _plain_cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.encode("utf-8", "replace").decode() if not cell.isascii() else cell
    return None if isinstance(cell, list | dict) else cell


def _framed(table: pd.DataFrame, names: list[str], first: int, path: Path, report: Report) -> list[Source]:
    """The table as a source, blank cells as None; its rows count from `first`."""
    if not narrow_enough(path.name, len(names), report):
        return []
    cells = table.set_axis(range(len(names)), axis=1)
    cells = cells.map(lambda cell: None if cell is None or cell != cell or cell in BLANKS else cell)  # noqa: PLR0124 - NaN
    sheet = sheet_of(cells, names, np.arange(first, first + len(cells)), path.name, report)
    return [Source(sheet, path.name)] if sheet and within_limits(sheet, report) else []


def _transport(path: Path, head: bytes) -> bool:
    return head.startswith(b"HEADER RECORD*******LIB")


def _transport_score(path: Path, head: bytes) -> float:
    return float(_transport(path, head))


def _statistics_score(path: Path, head: bytes) -> float:
    sas = head[12:20] == b"\xc2\xea\x81\x60\xb3\x14\x11\xcf" and not head[:12].strip(b"\0")
    return float(sas or head.startswith((b"$FL2", b"$FL3", b"<stata_dta>")))


def _json_score(path: Path, head: bytes) -> float:
    head = beginning(head) or head
    named = head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and b"datasetJSON" in head
    return float(named) or 0.5 * (path.suffix.lower() in {".json", ".ndjson"})


def _workbook_score(path: Path, head: bytes) -> float:
    return float(head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")))


def _text_score(path: Path, head: bytes) -> float:
    utf_16 = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[1:80:2].count(0) > 30
    control = sum(byte < 9 for byte in head)
    table = any(separator in head for separator in (b",", b";", b"\t", b"|"))
    return 0.4 * (table and (utf_16 or not control)) + 0.1 * (path.suffix.lower() in {".csv", ".tsv", ".txt"})


KINDS: tuple[Kind, ...] = (
    Kind("a SAS transport file", "it begins with SAS's library header", _transport_score, _read_statistics),
    Kind(
        "a file of SAS, SPSS or Stata", "it begins as .sas7bdat, .sav and .dta do", _statistics_score, _read_statistics
    ),
    Kind("a CDISC Dataset-JSON file", "it is JSON that names a datasetJSONVersion", _json_score, _read_dataset_json),
    Kind("a workbook", "it begins as Excel and LibreOffice files do", _workbook_score, _read_workbook),
    Kind("a text table (CSV)", "it is text", _text_score, _read_text),
)
