"""No file asks for much time or memory: rows, cells and parts are counted before they are taken apart, and what is too
long to be searched is not kept."""

import datetime as dt
import io
import json
import re
import resource
import zipfile

import numpy as np
import pandas as pd
import psutil
import pytest

import data.formats.csv_files
import data.intake.sources
from data.files import take_in
from data.formats.archives import unzipped
from data.privacy.masking import masked
from data.problems import Report
from data.row_report import as_json, as_text
from data.tables.long_cells import LONGEST
from data_layer.across.test_hostile import workbook

pytestmark = pytest.mark.process

HEAD = "patient_id,week,pasi"
LETTER = "Anna Berg, born on 1961-03-12, anna@berg.example, "


@pytest.fixture
def taken(tmp_path):
    """What comes of one file."""

    def take(name, content):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return take_in([tmp_path / name], sent=True)

    return take


@pytest.mark.parametrize("text", ["P,0,3\n" * 60, "P,0,3\r\n" * 60, "P,0,3\r" * 60, '"P,0,3\n' * 120, "P,0,3\n\n" * 60])
def test_rows_are_counted_before_they_are_taken_apart(monkeypatch, taken, text):
    monkeypatch.setenv("MAX_ROWS", "50")
    monkeypatch.setattr(data.formats.csv_files, "_lines", lambda content: pytest.fail("taken apart"))
    (problem,) = taken("pasi.csv", HEAD + ("\r" if "\n" not in text else "\n") + text).report.problems
    assert "expected at most 50 rows in one table" in str(problem)


def test_lines_within_quotes_are_no_rows(monkeypatch, taken):
    monkeypatch.setenv("MAX_ROWS", "50")
    rows = "".join(f'P{at},0,3,"one\nmore"\n' for at in range(40))
    assert len(taken("pasi.csv", f"{HEAD},note\n{rows}").study.pasi) == 40


@pytest.mark.parametrize("row", ["P,0,3" + ",1" * 100, "P,0,3", '"P",0,3'])
def test_cells_are_counted_before_they_are_built(monkeypatch, taken, row):
    monkeypatch.setenv("MAX_CELLS", "1000")
    monkeypatch.setattr(data.formats.csv_files, "sheet_of", lambda *_, **__: pytest.fail("built"))
    header = HEAD + "".join(f",c{at}" for at in range(100))
    (problem,) = taken("x.csv", header + f"\n{row}" * 20).report.problems
    assert "expected at most 1,000 cells in one table" in str(problem)


def test_rows_of_json_are_counted_before_it_is_parsed(monkeypatch, taken):
    monkeypatch.setenv("MAX_ROWS", "50")
    monkeypatch.setenv("MAX_COLUMNS", "5")
    monkeypatch.setattr(json, "loads", lambda text: pytest.fail("parsed"))
    text = '{"datasetJSONVersion": "1.1.0", "rows": [' + ", ".join(["[1]"] * 200) + "]}"
    (problem,) = taken("x.json", text).report.problems
    assert "expected at most 50 rows" in str(problem)


@pytest.mark.parametrize("name", ["f{}.csv", "__MACOSX/f{}.csv", "xl/media/f{}.png"])
def test_parts_of_a_zip_are_counted_before_they_are_listed(monkeypatch, tmp_path, name):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as parts:
        for at in range(10_001):
            parts.writestr(name.format(at), b"")
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("listed"))
    (problem,) = take_in([tmp_path / "x.zip"]).report.problems
    assert problem.found == "a zip file of 10,001 parts"


FILES = {
    "x.csv": lambda cell: f"{HEAD},site\nP1,0,20,{cell}\nP1,4,5,b\nP2,0,9,c\n".encode(),
    "quoted.csv": lambda cell: f'{HEAD},site\nP1,0,20,"{cell}"\nP1,4,5,b\nP2,0,9,c\n'.encode(),
    "x.xlsx": lambda cell: workbook(
        rows=[(*HEAD.split(","), "site"), ("P1", 0, 20, cell), ("P1", 4, 5, "b"), ("P2", 0, 9, "c")]
    ),
    "x.json": lambda cell: json.dumps(
        {
            "datasetJSONVersion": "1.1.0",
            "columns": [{"name": name} for name in (*HEAD.split(","), "site")],
            "rows": [["P1", 0, 20, cell], ["P1", 4, 5, "b"], ["P2", 0, 9, "c"]],
        }
    ).encode(),
}


def test_a_part_of_a_zip_that_is_called_by_dots_is_a_file_like_others(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as parts:
        parts.writestr("pasi.csv", f"{HEAD}\nP1,0,3\n")
        parts.writestr("a/ . ", "x")
    assert "damage" not in "".join(map(str, take_in([tmp_path / "x.zip"], sent=True).report.problems))


def test_no_more_of_a_zip_is_asked_for_than_there_is(tmp_path):
    """Its tail says how long its directory is, and may say 4 GB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        parts.writestr("pasi.csv", f"{HEAD}\nP1,0,3\n")
    tail = content.getvalue().rfind(b"PK\5\6")
    torn = bytearray(content.getvalue())
    torn[tail + 12 : tail + 16] = b"\xff" * 4
    (tmp_path / "x.zip").write_bytes(torn)
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + 1_000_000_000, before[1]))
    try:
        (problem,) = take_in([tmp_path / "x.zip"], sent=True).report.problems
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert "memory" not in problem.found


@pytest.mark.parametrize("name", FILES)
def test_a_cell_that_is_too_long_is_set_aside_and_never_shown(taken, name):
    found = taken(name, FILES[name]((LETTER * 20).replace(",", ";")))
    said = as_text(found.report) + as_json(found.report) + str(found.proposal) + str(found.study.patients.to_dict())
    assert "Anna" not in said
    assert found.study.pasi["pasi"].tolist() == [20, 5, 9]
    warning = found.report.warnings[0]
    assert warning.row == (1 if name == "x.json" else 2)
    assert "a cell of 1,000 characters, expected at most 500. It is set aside as missing" in str(warning)


@pytest.mark.parametrize("name", FILES)
def test_a_cell_as_long_as_may_be_is_read(taken, name):
    assert taken(name, FILES[name]("x" * LONGEST)).report.warnings == []


def test_a_column_whose_name_is_too_long_is_left_out(taken):
    found = taken("pasi.csv", f"{HEAD},{'x' * 501}\nP1,0,20,1\n")
    assert found.study is not None
    assert "a name of 501 characters in column 4" in str(found.report.warnings[0])


@pytest.mark.parametrize(
    "text",
    [
        "a.",
        "a",
        "a@",
        "a.b@",
        "1.",
        "1 ",
        "A-",
        "A'b",
        "A ",
        "Mr A ",
        "0 ",
        "+1 ",
        "1 jan ",
        "de ",
        "_",
        "2020-01-01T1:",
        "[date] A ",
    ],
)
def test_masking_takes_time_in_proportion_to_a_text(text):
    steps = [_steps(text * (size // len(text))) for size in (5_000, 40_000)]
    assert steps[1] < 32 * max(steps[0], 0.001)  # 8 in proportion, 64 if every letter looks at every other


def _steps(text):
    import time

    found = []
    for _ in range(3):
        start = time.thread_time()
        masked(text)
        found.append(time.thread_time() - start)
    return min(found)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a@b.c", "[e-mail]"),
        ("write to a.b-c+d@e-f.g.h, please", "write to [e-mail], please"),
        ("a@b.c-x@d.e", "[e-mail]"),
        ("a@b@c.d", "a@[e-mail]"),
        ("no@address", "no@address"),
        ("Dr. Anna-Maria O'Neill-Berg-Meier", "[name]"),
    ],
)
def test_masking_finds_what_it_found(text, clean):
    assert masked(text) == clean


MONSTERS = ("1" * 310, "1" * 400, "-" + "9" * 499, "1e999", "nan", "inf", "99999-01-01")


@pytest.mark.parametrize("cell", MONSTERS)
@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize("header", [HEAD, "patient_id,date,pasi", "Patient,Visit,PASI"])
def test_a_number_that_none_can_be_is_a_problem_or_set_aside(taken, header, column, cell):
    rows = [["P1", "0", "20"], ["P1", "4", "5"], ["P2", "0", "9"]]
    rows[1][column] = cell
    found = taken("visits.csv", "\n".join([header, *(",".join(row) for row in rows)]))
    assert "cannot be read" not in as_text(found.report)
    if found.study:
        assert np.isfinite(found.study.pasi["week"]).all()
        assert found.study.pasi["pasi"].dropna().between(0, 72).all()


def test_a_list_or_an_object_in_json_is_set_aside_with_its_row_and_column(taken):
    columns = [{"name": name} for name in HEAD.split(",")]
    rows = [["P1", 0, 20], ["P1", 4, [5]], ["P2", 0, {"a": 1}], ["P2", 4, 3], ["P2", 8, "\ud800"]]
    found = taken("x.json", json.dumps({"datasetJSONVersion": "1.1.0", "columns": columns, "rows": rows}))
    first, second, *_ = found.report.warnings
    assert str(first).startswith("x.json, row 2, column 'pasi': found a list or an object, expected a text or a number")
    assert second.row == 3
    as_json(found.report).encode()


def test_a_day_that_no_calendar_has_is_set_aside(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"USUBJID": list("abc"), "ADT": [22_000.0, 1e9, -1e6]})
    pyreadstat.write_xport(frame, str(tmp_path / "x.xpt"))
    report = Report()
    (source,) = data.intake.sources.sources_in(tmp_path / "x.xpt", report)
    assert source.sheet.cells["ADT"].tolist() == [dt.date(2020, 3, 26), None, None]
    assert [(one.row, one.column) for one in report.warnings] == [(2, "ADT"), (3, "ADT")]


def test_a_part_of_a_zip_without_a_name_is_a_file_like_others(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        parts.writestr("x", f"{HEAD}\nP1,0,3\n")
    raw = content.getvalue().replace(b"x", b"\0")
    (tmp_path / "x.zip").write_bytes(raw)
    assert "nobody thought of" not in as_text(take_in([tmp_path / "x.zip"]).report)


def test_a_name_within_a_zip_of_many_bytes_is_cut_and_keeps_its_suffix(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as parts:
        parts.writestr("\u4e2d" * 100 + ".csv", f"{HEAD}\nP1,0,3\n")
    (file,) = unzipped(tmp_path / "x.zip", tmp_path, Report())
    assert file.suffix == ".csv"
    assert take_in([tmp_path / "x.zip"]).study is not None


def rewritten(change):
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as parts, zipfile.ZipFile(content, "w") as copy:
        for name in parts.namelist():
            part = parts.read(name)
            copy.writestr(name, change(part) if name.startswith("xl/worksheets/sheet") else part)
    return content.getvalue()


DTD = b'<!DOCTYPE worksheet [<!ENTITY e "">]>'


def with_dtd(part):
    return part.replace(b"<worksheet", DTD + b"<worksheet", 1)


ODD = {
    "a DTD": with_dtd,
    "an entity": lambda part: part.replace(b"<v>20</v>", b"<v>2&e;0</v>"),
    "another element": lambda part: part.replace(b"<v>20</v>", b"<v>2<b>9</b>0</v>"),
    "a comment": lambda part: part.replace(b"<v>20</v>", b"<v>2<!-- -->0</v>"),
    "an instruction": lambda part: part.replace(b"<v>20</v>", b"<v>2<?x y?>0</v>"),
    "a second value": lambda part: part.replace(b"<v>20</v>", b"<v>20</v><v>2</v>"),
    "a part marked as text": lambda part: part.replace(b"<v>20</v>", b"<v>2<![CDATA[0]]></v>"),
    "a value marked as text": lambda part: part.replace(b"<v>20</v>", b"<v><![CDATA[20]]></v>"),
    "a doubled cell": lambda part: part.replace(b"</row>", b'<c r="C2" t="n"><v>5</v></c></row>', 2),
    "UTF-16": lambda part: (DTD.decode() + part.decode()).encode("utf-16"),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_a_workbook_that_would_be_read_as_something_else_is_refused(taken, change):
    found = taken("x.xlsx", rewritten(change))
    (problem,) = found.report.problems
    assert problem.found.endswith("in the part 'xl/worksheets/sheet1.xml'")
    assert "Open it in a spreadsheet program and save it again" in str(problem)


@pytest.mark.parametrize("where", ["xl/worksheets/sheet1.XML", "xl/worksheets/sheet1.dat", "xl/other/sheet1.xml"])
@pytest.mark.parametrize("change", [with_dtd, lambda part: part.replace(b"<v>20</v>", b"<v>2<!-- -->0</v>")])
def test_a_sheet_is_looked_at_wherever_it_lies(taken, change, where):
    found = taken("x.xlsx", moved(rewritten(change), "xl/worksheets/sheet1.xml", where))
    (problem,) = found.report.problems
    assert problem.found.endswith(f"in the part '{where}'")


def moved(content, old, new):
    """A workbook, one of its parts under another name."""
    copied = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(copied, "w") as copy:
        for name in parts.namelist():
            part = parts.read(name)
            copy.writestr(new if name == old else name, part.replace(old.encode(), new.encode()))
    return copied.getvalue()


def test_a_part_that_cannot_be_read_does_not_hide_the_others(taken):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as copy, zipfile.ZipFile(io.BytesIO(rewritten(ODD["a comment"]))) as parts:
        copy.writestr("a.xml", "<a>whole</a>")
        for name in parts.namelist():
            copy.writestr(name, parts.read(name))
    (problem,) = taken("x.xlsx", content.getvalue().replace(b"<a>whole", b"<a>holed")).report.problems
    assert problem.found == "a workbook that cannot be read (a damaged part)"


@pytest.mark.parametrize("sign", [b"t='e'", b't = "e"'])
def test_a_formula_that_failed_is_told_however_it_is_written(taken, sign):
    cell = b'<c r="C2" ' + sign + b"><v>#DIV/0!</v></c>"
    content = rewritten(lambda part: re.sub(rb'<c r="C2"[^>]*><v>20</v></c>', cell, part))
    assert "found '#DIV/0!'" in as_text(taken("x.xlsx", content).report)


def test_the_parts_of_a_zip_are_counted_whatever_it_says_of_its_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("MAX_FILES", "1")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as parts:
        for at in range(60):
            parts.writestr(f"{at}/", "")
    raw = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(raw[:-18] + b"PK\5\6" + raw[-14:-6] + b"\0\0\0\0" + raw[-2:])
    (problem,) = take_in([tmp_path / "x.zip"], sent=True).report.problems
    assert problem.found == "a zip file of 60 parts"


def test_zip_files_are_limited_together(monkeypatch, tmp_path):
    monkeypatch.setenv("MAX_UNZIPPED_MB", "2")
    paths = [tmp_path / f"{at}.zip" for at in range(5)]
    for path in paths:
        with zipfile.ZipFile(path, "w") as parts:
            parts.writestr("a.csv", b"x" * 900_000)
            parts.writestr("b.csv", b"y" * 900_000)
    report, place = Report(), tmp_path / "place"
    place.mkdir()
    assert len(data.intake.sources.files_in(paths, place, report)) == 2
    assert [problem.file for problem in report.problems] == [path.name for path in paths[1:]]
    assert "more, with the zip files before it, expected at most 2 MB once unzipped" in str(report.problems[0])
    assert sum(file.stat().st_size for file in place.rglob("*.csv")) < 2_000_000


def test_a_workbook_as_programs_write_it_is_read(taken):
    assert taken("x.xlsx", rewritten(lambda part: part)).study.pasi["pasi"].tolist() == [20, 5]


def test_what_nobody_thought_of_names_the_file_and_nothing_of_it(monkeypatch, taken, caplog):
    def fail(*_):
        raise ZeroDivisionError("Anna Berg in /home/somebody/pasi.csv")

    monkeypatch.setattr(data.formats.csv_files, "_table", fail)
    report = taken("pasi.csv", f"{HEAD}\nP1,0,3\n").report
    assert [problem.file for problem in report.problems] == ["pasi.csv"]
    assert "Anna" not in as_text(report) + caplog.text
    assert "ZeroDivisionError while reading: " in caplog.text
    assert "/home" not in caplog.text


@pytest.mark.slow
def test_a_long_header_is_read_with_any_separator(tmp_path):
    names = [f"{'x' * 400} {at}" for at in range(400)]
    rows = [["P1", "0", "20", *"1" * 400], ["P1", "4", "5", *"2" * 400]]
    lines = [";".join(row) for row in (["patient_id", "week", "pasi", *names], *rows)]
    (tmp_path / "pasi.csv").write_text("\n".join(lines).replace('"', ""))
    assert take_in([tmp_path / "pasi.csv"]).study.pasi["pasi"].tolist() == [20, 5]
