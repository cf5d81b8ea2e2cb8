"""Files that are no tables: known by content whatever they are called, with what to do; and old ones that are read."""

import bz2
import gzip
import io
import lzma
import zipfile

import pandas as pd
import pyreadstat
import pytest

from data.catalog import open_study
from data.files import take_in
from data_layer.old_files import encrypted, ole2, xls, xlsb

PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
ROWS = [("patient_id", "week", "pasi"), ("P1", 0, 20), ("P1", 4, 5)]


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return content.getvalue()


STRANGE = {
    "encrypted.xlsx": (encrypted(), "a workbook that is protected with a password", "take the password away"),
    "events.fcs": (b"FCS3.1         256   1545" + bytes(2000), "an FCS file of single events", "Table Editor"),
    "gates.wsp": (b'<?xml version="1.0"?>\n<Workspace flowJoVersion="10.8">', "a FlowJo workspace", "Table Editor"),
    "prism.pzfx": (b'<?xml version="1.0"?><GraphPadPrismFile>', "a GraphPad Prism file", "export the data table"),
    "report.pdf": (b"%PDF-1.7\n1 0 obj" + bytes(100), "a PDF document", "Ask for the table"),
    "letter.docx": (zipped("[Content_Types].xml", "word/document.xml"), "a Word document", "Copy its table"),
    "letter.doc": (ole2(WordDocument=bytes(5000)), "a Word document", "Copy its table"),
    "talk.pptx": (zipped("[Content_Types].xml", "ppt/presentation.xml"), "a presentation", "Copy its table"),
    "table.numbers": (zipped("Index/Document.iwa", "preview.jpg"), "an Apple document", "Export To"),
    "photo.png": (b"\x89PNG\r\n\x1a\n" + bytes(99), "an image", "cannot be read"),
    "photo.jpg": (b"\xff\xd8\xff\xe0" + bytes(99), "an image", "cannot be read"),
    "frame.rds": (gzip.compress(b"X\n\0\0\0\3" + bytes(99)), "a file of R objects", "write.csv"),
    "all.RData": (gzip.compress(b"RDX3\nX\n" + bytes(99)), "a file of R objects", "write.csv"),
    "xz.rda": (lzma.compress(b"RDX3\nX\n" + bytes(99)), "a file of R objects", "write.csv"),
    "bzip2.RData": (bz2.compress(b"RDX2\nX\n" + bytes(99)), "a file of R objects", "write.csv"),
    "text.rds": (gzip.compress(b"A\n3\n263168\n" + bytes(99)), "a file of R objects", "write.csv"),
    "plain.rda": (b"RDX3\nX\n\0\0\0\3" + bytes(99), "a file of R objects", "write.csv"),
    "logs.xz": (lzma.compress(PASI.encode()), "a RAR, 7-Zip, xz or bzip2 archive", "Unpack it"),
    "table.csv.gz": (gzip.compress(PASI.encode()), "a file compressed with gzip", "Unpack it"),
    "old.xls": (b"<html><body><table><tr><td>P1", "a web page (HTML)", "save it as .xlsx"),
    "old.xml": (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "Excel 2003", "save"),
    "base.db": (b"SQLite format 3\0" + bytes(99), "a database", "Export its table"),
    "data.mat": (b"MATLAB 5.0 MAT-file" + bytes(99), "a file for programs", "CSV"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["LICENSE", "readme.md", "Citation.txt", "COPYING.rst"])
def test_a_text_about_the_data_is_no_table_of_them(tmp_path, name):
    (tmp_path / name).write_text("Terms, Conditions\nfor use, reproduction, and distribution\n")
    (tmp_path / "pasi.csv").write_text(PASI)
    taken = take_in([tmp_path])
    assert len(taken.study.pasi) == 2
    assert [one.found for one in taken.report.warnings] == ["a text about the data"]
    assert taken.proposal is None


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("called", ["", "pasi.csv", "book.xlsx"])
def test_a_file_that_is_no_table_is_named_with_what_to_do(tmp_path, name, called):
    content, found, advice = STRANGE[name]
    (tmp_path / (called or name)).write_bytes(content)
    taken = take_in([tmp_path / (called or name)])
    (problem,) = taken.report.problems
    assert found in problem.found
    assert advice in problem.advice
    assert problem.file == (called or name)


@pytest.mark.parametrize("content", [b'\xef\xbb\xbf{"name": "lab", "rows": 3}', b"[1, 2, 3]"])
def test_json_that_says_nothing_of_a_data_set_keeps_no_table_out(tmp_path, content):
    (tmp_path / "settings.json").write_bytes(content)
    (alone,) = take_in([tmp_path / "settings.json"]).report.problems
    assert (alone.found, alone.advice[:22]) == ("JSON that is no dataset", "If it has a table, wri")
    (tmp_path / "clinic.csv").write_text("Patient,Week,PASI total\nP1,0,20\nP1,4,5\n")
    taken = take_in(sorted(tmp_path.iterdir()))
    assert taken.study.pasi["pasi"].tolist() == [20, 5]
    assert [one.file for one in taken.report.warnings] == ["settings.json"]


def test_beside_tables_it_is_a_warning(tmp_path):
    (tmp_path / "visits.csv").write_text(PASI)
    for name in ("a.fcs", "b.fcs", "c.fcs"):
        (tmp_path / name).write_bytes(STRANGE["events.fcs"][0])
    taken = take_in(sorted(tmp_path.iterdir()))
    assert taken.study.pasi["pasi"].tolist() == [20, 5]
    assert [one.file for one in taken.report.warnings] == ["a.fcs and 2 more files"]


@pytest.mark.parametrize(("name", "content"), [("old.xls", xls("pasi", ROWS)), ("binary.xlsb", xlsb("pasi", ROWS))])
@pytest.mark.parametrize("called", ["", "any.dat"])
def test_older_and_binary_workbooks_are_read(tmp_path, name, content, called):
    (tmp_path / (called or name)).write_bytes(content)
    assert open_study(tmp_path / (called or name)).pasi["pasi"].tolist() == [20, 5]


TABLE = pd.DataFrame({"patient_id": ["P1", "P1"], "week": [0.0, 4.0], "pasi": [20.0, 5.0], "sex": [1.0, 1.0]})


def test_files_of_spss_and_stata_are_read(tmp_path):
    pyreadstat.write_sav(TABLE, tmp_path / "study.sav", variable_value_labels={"sex": {1: "female"}})
    pyreadstat.write_dta(TABLE, tmp_path / "study.dta")
    taken = take_in([tmp_path / "study.sav"])
    assert taken.study.pasi["pasi"].tolist() == [20, 5]
    assert any("codes are read as they are in 'sex'" in note for note in taken.report.notes)
    assert take_in([tmp_path / "study.dta"]).study.pasi["pasi"].tolist() == [20, 5]


SAS = b"\0" * 12 + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\0\x09\xc7\x31\x8c\x18\x1f\x10\x11"


@pytest.mark.parametrize("head", [SAS, b"$FL2@(#) SPSS DATA FILE", b"<stata_dta><header><release>118"])
def test_a_damaged_file_of_statistics_is_a_sentence_and_harms_no_one(tmp_path, head):
    (tmp_path / "study.sav").write_bytes(head + bytes(range(256)) * 30)
    (problem,) = take_in([tmp_path / "study.sav"]).report.problems
    assert problem.found.startswith("a file of SAS, SPSS or Stata that")
    assert str(tmp_path) not in str(problem)
