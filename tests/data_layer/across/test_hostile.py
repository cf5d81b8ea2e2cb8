"""Bad and hostile input: a sentence, in bounded time and memory, and nothing half loaded."""

import contextlib
import io
import os
import re
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog import open_study
from data.files import proposed, take_in
from data.intake.review.write_toml import toml_text
from data.problems import StudyError
from data.row_report import FORMATS
from data_layer.clinic_files import FLOWJO, REDCAP

PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
ROWS = [("patient_id", "week", "pasi"), ("P1", 0, 20), ("P1", 4, 5)]
STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def workbook(change=lambda page: None, rows=ROWS):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "pasi"
    for row in rows:
        page.append(row)
    change(page)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def zipped(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in files.items():
            parts.writestr(name, text)
    return content.getvalue()


def strict():
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as parts, zipfile.ZipFile(content, "w") as copy:
        for name in parts.namelist():
            part = parts.read(name)
            for transitional, iso in STRICT.items():
                part = part.replace(transitional, iso)
            copy.writestr(name, part)
    return content.getvalue()


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
WIDE = "patient_id,week,pasi," + ",".join(f"c{at}" for at in range(16_381))
REFUSED = {
    "an empty file": ("x.csv", b"", "an empty file"),
    "nothing but marks": ("x.csv", b"\xef\xbb\xbf ,;\t\r\n,,\n", "an empty file"),
    "nothing but separators in UTF-16": ("x.csv", ",;\n;;\n".encode("utf-16"), "an empty file"),
    "nothing but separators of a Mac": ("x.csv", "\ufeff,\r;\r".encode("utf-16-be"), "an empty file"),
    "binary": ("x.csv", bytes(range(256)) * 20, "one encoding"),
    "too large": ("x.csv", PASI.encode() + b"P2,0,3\n" * 200_000, "at most 1 MB in one file"),
    "a zip bomb": ("x.zip", zipped(**{"pasi.csv": bytes(30_000_000)}), "times larger once unzipped"),
    "a workbook that is a bomb": ("x.xlsx", zipped(**{"[Content_Types].xml": bytes(30_000_000)}), "times larger"),
    "an empty zip": ("x.zip", b"PK\x05\x06" + bytes(18), "no file with a table"),
    "a truncated zip": ("x.zip", zipped(**{"pasi.csv": PASI})[:60], ""),
    "16,384 columns": ("x.csv", f"{WIDE}\nP1,0,3\n".encode(), "16,384 columns, expected at most 2,000"),
    "duplicated headers": ("x.csv", b"patient_id,week,pasi,pasi\nP1,0,3,4\n", "more than once"),
    "a wide workbook": ("x.xlsx", workbook(rows=[tuple(WIDE.split(","))]), "16,384 columns"),
    "one cell far away": ("x.xlsx", workbook(lambda page: page.cell(1_048_576, 16_384, 1)), "needs more memory"),
    "a password": ("x.xlsx", ENCRYPTED, "protected with a password"),
    "a truncated workbook": ("x.xlsx", workbook()[:2000], "a workbook that cannot be read"),
    "a script as a number": ("x.csv", b"patient_id,week,pasi\nP1,0,<script>\n", "'<script>'"),
    "a damaged transport file": ("x.xpt", b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + bytes(300), "SAS"),
    "JSON of another kind": ("x.json", b'{"datasetJSONVersion": "1.1.0", "columns": 3}', "JSON that is no dataset"),
    "a JSON list": ("x.json", b"[1, 2]", "JSON that is no dataset"),
    "JSON without data": (
        "x.json",
        b'{"datasetJSONVersion": "1.0", "clinicalData": {"itemGroupData": {}}}',
        "no dataset",
    ),
    "deep JSON": ("x.json", b'{"datasetJSON": ' + b"[" * 100_000, "JSON that is no dataset"),
}


def misnamed(content):
    """A zip whose parts' names are said to be UTF-8, and are not."""
    return content.replace("über".encode(), b"\xff\xfe\xff\xfer")


@pytest.mark.parametrize("name", ["x.zip", "x.xlsx", "x.ods", "x.csv"])
def test_a_name_of_a_part_that_is_no_text_is_a_sentence(tmp_path, name):
    (tmp_path / name).write_bytes(misnamed(zipped(**{"über.csv": PASI, "[Content_Types].xml": "<a/>"})))
    (problem,) = take_in([tmp_path / name]).report.problems
    assert problem.file == name
    assert "nobody thought of" not in problem.found


def told(report):
    return "\n".join(form(report) for form in FORMATS.values())


@pytest.mark.parametrize(("name", "content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_a_sentence_without_a_path_of_the_server(tmp_path, monkeypatch, name, content, words):
    monkeypatch.setenv("MAX_FILE_MB", "1")
    monkeypatch.setenv("MAX_READ_MB", "600")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / name).write_bytes(content)
    taken = take_in([tmp_path / name])
    assert taken.study is None
    assert str(tmp_path) not in told(taken.report)
    report = "\n".join(map(str, taken.report.problems))
    assert words in report
    assert "Traceback" not in report


ACCEPTED = {
    "formulas": (lambda page: page.__setitem__("D1", "=1+1"), "formulas are not evaluated"),
    "hidden": (lambda page: page.parent.create_sheet("x").__setattr__("sheet_state", "hidden"), "hidden sheets 'x'"),
    "merged": (lambda page: page.merge_cells("E1:F2"), "merged cells in 'pasi'"),
}


@pytest.mark.parametrize(("change", "words"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_a_person_may_not_see_is_said(tmp_path, change, words):
    (tmp_path / "x.xlsx").write_bytes(workbook(change))
    assert any(words in note for note in open_study(tmp_path / "x.xlsx").notes)


def test_a_strict_workbook_is_a_workbook(tmp_path):
    (tmp_path / "x.xlsx").write_bytes(strict())
    assert open_study(tmp_path / "x.xlsx").pasi["pasi"].tolist() == [20, 5]


def test_text_that_looks_like_html_stays_text(folder):
    study = open_study(folder(pasi=PASI.replace("P1", "<b>P1</b>")))
    assert study.patient_ids == ["<b>P1</b>"]


def test_a_zip_writes_nothing_outside_of_its_folder(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped(**{"../../evil.csv": PASI, "/etc/evil.csv": PASI, "a/pasi.csv": PASI}))
    taken = take_in([tmp_path / "x.zip"])
    assert taken.study.pasi["pasi"].tolist() == [20, 5]
    assert any("evil.csv" in note and "outside" in note for note in taken.report.notes)
    assert list(tmp_path.rglob("evil.csv")) == []


def test_a_zip_whose_header_lies_about_a_size_is_damaged(tmp_path):
    content = zipped(**{"pasi.csv": PASI * 50})
    size = (len(PASI) * 50).to_bytes(4, "little")
    (tmp_path / "x.zip").write_bytes(content.replace(size, (5).to_bytes(4, "little")))
    taken = take_in([tmp_path / "x.zip"])
    assert taken.study is None
    assert "a zip file that cannot be read" in str(taken.report.problems[0])


TOMLS = {
    "a file that is not there": "[tables]\npasi = 'mine.csv'\n",
    "an absolute path": "[tables]\npasi = '/etc/passwd'\n",
    "a path that leaves": "[tables]\npasi = '../../x.csv'\n",
    "a source that is not there": "[[sources]]\nfile = 'x.csv'\ntable = 'pasi'\n",
    "no grammar": "[tables\n",
    "unknown keys": "[tables.pasi]\nfile = 'events.csv'\nfil = 'x'\n",
}


@pytest.mark.parametrize("toml", TOMLS.values(), ids=TOMLS)
@pytest.mark.parametrize(
    "other", [("events.csv", b"patient_id,week,event\nP1,0,x\n"), ("x.xlsx", workbook()[:900]), None]
)
def test_a_study_toml_and_what_came_with_it_tell_no_path_of_the_server(tmp_path, monkeypatch, toml, other):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    paths = [tmp_path / "study.toml", *([tmp_path / other[0]] if other else [])]
    for path, content in zip(paths, (toml.encode(), *other[1:]) if other else (toml.encode(),), strict=True):
        path.write_bytes(content)
    taken = take_in(paths)
    assert taken.study is None
    assert taken.report.problems
    assert str(tmp_path) not in told(taken.report)


def entry(name, link=False, flag=0x800):
    made = zipfile.ZipInfo(name)
    made.external_attr = (0o120777 if link else 0o100644) << 16
    return made


def test_files_of_one_name_in_several_folders_are_told_apart(tmp_path):
    head = "Patient,Visit date,PASI\n"
    content = zipped(**{"one/pasi.csv": f"{head}1,2021-01-01,20\n", "two/pasi.csv": f"{head}2,2021-01-01,30\n"})
    (tmp_path / "x.zip").write_bytes(content)
    taken = take_in([tmp_path / "x.zip"])
    assert sorted(taken.study.pasi["pasi"]) == [20, 30]
    assert {one.file for one in taken.report.accounts} == {"one - pasi.csv", "two - pasi.csv"}
    for name, text in (("one", f"{head}1,2021-01-01,20\n"), ("two", f"{head}2,2021-01-01,30\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pasi.csv").write_text(text)
    taken = take_in([tmp_path / "one" / "pasi.csv", tmp_path / "two" / "pasi.csv"])
    assert sorted(taken.study.pasi["pasi"]) == [20, 30]
    assert {one.file for one in taken.report.accounts} == {"pasi.csv", "pasi (2).csv"}


def test_links_system_files_and_names_of_other_encodings_in_a_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as parts:
        parts.writestr(entry("secret.csv", link=True), "/etc/passwd")
        for name in ("__MACOSX/._pasi.csv", ".DS_Store", "Thumbs.db", "a/.hidden.csv"):
            parts.writestr(name, b"\0\1")
        parts.writestr("xxxx.csv", PASI)
    content = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(content.replace(b"xxxx.csv", "éà.csv".encode()))
    taken = take_in([tmp_path / "x.zip"])
    assert taken.study.pasi["pasi"].tolist() == [20, 5]
    assert {one.file for one in taken.report.accounts} == {"éà.csv"}
    assert any("secret.csv" in note for note in taken.report.notes)


def test_ten_thousand_files_in_a_zip_are_too_many(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped(**{f"{at}.csv": PASI for at in range(10_000)}))
    taken = take_in([tmp_path / "x.zip"])
    assert "10,000 files, expected at most 200 files at once" in str(taken.report.problems[0])


def test_a_zip_in_a_zip_is_not_opened(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped(**{"pasi.csv": PASI, "inner.zip": zipped(**{"pasi.csv": PASI})}))
    (warning,) = take_in([tmp_path / "x.zip"]).report.warnings
    assert (warning.file, warning.found) == ("inner.zip", "a zip file within another")
    (tmp_path / "x.zip").write_bytes(zipped(**{"inner.zip": zipped(**{"pasi.csv": PASI})}))
    (problem,) = take_in([tmp_path / "x.zip"]).report.problems
    assert (problem.file, problem.found) == ("inner.zip", "a zip file within another")


def changed(content, name, old, new, size=None):
    """A workbook with other text in one of its parts."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(copy, "w") as made:
        for part in parts.namelist():
            text = parts.read(part)
            text, count = re.subn(old, new, text) if part == name else (text, 1)
            assert count
            made.writestr(part, text)
    return copy.getvalue()


def test_a_workbook_that_lies_about_its_size_is_read_by_its_cells(tmp_path):
    sheet = "xl/worksheets/sheet1.xml"
    content = changed(workbook(), sheet, b'<dimension ref="A1:C3"', b'<dimension ref="A1:XFD1048576"')
    (tmp_path / "x.xlsx").write_bytes(content)
    assert open_study(tmp_path / "x.xlsx").pasi["pasi"].tolist() == [20, 5]
    failed = changed(content, sheet, b"<v>5</v></c>", b'<v>5</v></c><c r="D3" t="e"><v>#DIV/0!</v></c>')
    (tmp_path / "x.xlsx").write_bytes(failed)
    assert open_study(tmp_path / "x.xlsx").pasi["pasi"].tolist() == [20, 5]


def test_a_part_of_a_workbook_that_is_larger_than_it_says_is_damage(tmp_path):
    content = workbook(rows=[*ROWS, *((f"P{at}", 0, 1) for at in range(3_000))])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        size = parts.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    (tmp_path / "x.xlsx").write_bytes(content.replace(size, (50).to_bytes(4, "little")))
    (problem,) = take_in([tmp_path / "x.xlsx"]).report.problems
    assert "a workbook that cannot be read" in problem.found


def test_a_formula_without_a_stored_value_is_missing_and_said(tmp_path):
    rows = [("patient_id", "week", "pasi"), ("P1", 0, "=10+10"), ("P1", 4, 5)]
    content = workbook(rows=rows)
    (tmp_path / "x.xlsx").write_bytes(content)
    study = open_study(tmp_path / "x.xlsx")
    assert study.pasi["pasi"].isna().tolist() == [True, False]
    assert any("1 formula without a stored value" in note and "missing" in note for note in study.notes)
    saved = changed(content, "xl/worksheets/sheet1.xml", rb"(<f>10\+10</f>)<v ?(?:/>|></v>)", rb"\1<v>20</v>")
    (tmp_path / "x.xlsx").write_bytes(saved)
    study = open_study(tmp_path / "x.xlsx")
    assert study.pasi["pasi"].tolist() == [20, 5]
    assert study.notes == ("x.xlsx: formulas are not evaluated; their last saved values are read.",)


EXAMPLES = int(os.environ.get("REPRISE_EXAMPLES", "12"))
ANY = settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None)
HEADERS = (REDCAP.splitlines()[0], FLOWJO.splitlines()[0], "USUBJID,PARAMCD,AVAL,ADY", "USUBJID,LBTESTCD,LBDTC,LBSTRESC",
           "USUBJID,RFSTDTC,ARM", "Patient,Visit date,PASI,Treg", "MRN,Visit,PASI,Drug,Start date", "ID,Day,PASI,dose,med")  # fmt: skip
CELL = st.sampled_from(
    ["", "1", "P1", "2021-03-04", "03/04/2021", "x", "<0.2", "PASI", "NA", "-1", "Week 4", "1e400", "nan", "\x00", '"', "é", "2,5"]
)  # fmt: skip
ROW = st.lists(CELL, max_size=9).map(",".join)


def opens_or_explains(*contents):
    with tempfile.TemporaryDirectory() as home:
        paths = [Path(home) / f"{at}.csv" for at in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        taken = take_in(paths)
        assert (taken.study is None) == bool(taken.report.problems)
        with contextlib.suppress(StudyError):
            toml_text(proposed(paths).mapping)


@ANY
@given(st.sampled_from(HEADERS), st.lists(ROW, max_size=6), st.sampled_from(HEADERS), st.lists(ROW, max_size=6))
def test_random_cells_in_tables_of_other_systems(first, cells, second, more):
    opens_or_explains("\n".join([first, *cells]).encode(), "\n".join([second, *more]).encode())


@ANY
@given(st.sampled_from([REDCAP, FLOWJO]), st.floats(0, 1), st.binary(max_size=4))
def test_torn_exports(text, share, noise):
    content = text.encode()
    at = int(share * len(content))
    opens_or_explains(content[:at] + noise + content[at + len(noise) :], REDCAP.encode())


@ANY
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"HEADER RECORD*******LIB", b'{"datasetJSON']))
def test_random_bytes_of_every_kind(noise, head):
    opens_or_explains(head + noise)
