"""Workbooks: one sheet per table."""

import datetime as dt
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from openpyxl import Workbook

from data.catalog import open_study
from data.files import take_in
from data.problems import StudyError
from data_layer.clinic_files import save_book

PASI = [("patient_id", "week", "pasi"), (1, 0, 20), (1, 4.5, None), (2, 0, 30)]


@pytest.fixture
def opened(tmp_path):
    """Opens a workbook of these sheets, each a list of rows."""

    def write(**sheets):
        save_book(tmp_path / "book.xlsx", sheets)
        return open_study(tmp_path / "book.xlsx")

    return write


def test_sheets_are_tables(opened):
    drugs = [("patient_id", "treatment", "kind", "start_week", "end_week"), (2, "UC-MSC", "cell_therapy", 0, 0)]
    study = opened(PASI=PASI, Treatments=drugs, Notes=[("anything",)])
    assert study.patient_ids == ["1", "2"]
    assert study.pasi["pasi"].tolist()[::2] == [20, 30]
    assert study.treatments["treatment"].tolist() == ["UC-MSC"]
    assert any("sheet 'Notes': found no rows below the header" in note for note in study.notes)


def test_sheets_are_recognised_by_their_columns(opened):
    assert opened(data=PASI, more=[("x",), (1,)]).patient_ids == ["1", "2"]


@pytest.mark.parametrize("name", ["Study", "study"])
def test_a_sheet_of_visits_that_is_called_study_is_a_table(opened, name):
    assert opened(**{name: [("Patient", "Week", "PASI"), ("A", 0, 20), ("A", 4, 5)]}).pasi["pasi"].tolist() == [20, 5]


def test_a_sheet_of_properties(opened):
    about = [("property", "value"), ("title", "A trial"), ("week_zero", "dose 1"), ("index.label", "start")]
    study = opened(study=about, pasi=PASI)
    assert (study.title, study.week_zero, study.index.label) == ("A trial", "dose 1", "start")


def test_a_single_sheet_may_be_wide(opened):
    study = opened(Sheet1=[("ID", "arm", "Baseline", "Week 4"), (1, "A", 20, 2.5), (2, "B", 10, None)])
    assert study.pasi["pasi"].tolist()[:3] == [20, 2.5, 10]
    assert study.patients["group"].tolist() == ["A", "B"]


def test_blank_rows_and_columns_around_a_table(opened):
    rows = [(), (None, "patient_id", "week", "pasi"), (), (None, "a", 0, 3), (None, "a", 1, "n/a")]
    assert opened(pasi=rows).pasi["week"].tolist() == [0, 1]


BAD = {
    "no sheet of ours": ({"data": [("x",), (1,)], "more": [("y",), (1,)]}, None, None, "2 table(s) without any score"),
    "header only": (
        {"pasi": PASI, "events": [("patient_id", "week", "event")]},
        None,
        None,
        "no rows below the header",
    ),
    "text": ({"pasi": [PASI[0], (2, 4, "#DIV/0!")]}, 2, "pasi", "'#DIV/0!'"),
    "below a gap": ({"pasi": [(), PASI[0], (), (2, 4, 80)]}, 4, "pasi", "80"),
    "a date": ({"pasi": [*PASI, (2, dt.datetime(2024, 1, 3), 3)]}, 5, "week", "2024-01-03"),  # noqa: DTZ001 - as Excel has them
    "a tick box": ({"pasi": [PASI[0], (2, 4, True)]}, 2, "pasi", "True"),
    "unknown property": ({"pasi": PASI, "study": [("title", "x"), ("titel", "y")]}, 2, None, "'titel'"),
}


@pytest.mark.parametrize(("sheets", "row", "column", "found"), BAD.values(), ids=BAD)
def test_problems_name_the_sheet_and_its_row(opened, sheets, row, column, found):
    with pytest.raises(StudyError) as error:
        opened(**sheets)
    (problem,) = error.value.problems
    assert (problem.row, problem.column) == (row, column)
    assert found in problem.found
    assert problem.file.startswith("book.xlsx")


@pytest.mark.parametrize("content", [b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9])
def test_an_unreadable_workbook(tmp_path, content):
    (tmp_path / "book.xlsx").write_bytes(content)
    with pytest.raises(
        StudyError, match=r"book\.xlsx: found a workbook that cannot be read .* Open it in a spreadsheet"
    ):
        open_study(tmp_path / "book.xlsx")


@pytest.mark.parametrize("cell", ["1", "=1/0"], ids=["either reader", "the one for failed formulas"])
def test_a_sheets_name_is_no_longer_than_a_cell(tmp_path, cell):
    book = Workbook()
    book.active.title = "ours"
    book.active.append(["patient_id", cell])
    book.save(tmp_path / "short.xlsx")
    name = "1.1." * 250_000
    with ZipFile(tmp_path / "short.xlsx") as short, ZipFile(tmp_path / "book.xlsx", "w", ZIP_DEFLATED) as long:
        for part in short.namelist():
            content = short.read(part)
            if part == "xl/workbook.xml":
                content = content.replace(b'name="ours"', f'name="{name}"'.encode())
            if cell.startswith("=") and part.startswith("xl/worksheets/"):
                content = content.replace(b"<f>1/0</f><v />", b"<f>1/0</f><v>#DIV/0!</v>").replace(
                    b'r="B1"', b'r="B1" t="e"'
                )
            long.writestr(part, content)
    words = []
    taken = take_in([tmp_path / "book.xlsx"], progress=lambda share, what: words.append(what))
    assert "a sheet's name has 1,000,000 characters, of at most 500" in str(taken.report.problems[0])
    assert max(map(len, [*words, str(taken.report.problems)])) < 1_000


PERCENT = [("Patient", "Week", "PASI", "Treg"), ("P1", 0, 20, 0.051), ("P1", 4, 5, 0.062)]


@pytest.mark.parametrize(
    ("shown", "values"),
    [
        ("0%", [5.1, 6.2]),
        ("0.00%", [5.1, 6.2]),
        ('0.0" "%', [5.1, 6.2]),
        ("0.000", [0.051, 0.062]),
        ("General", [0.051, 0.062]),
    ],
)
def test_a_fraction_shown_in_percent_is_the_number_that_is_seen(tmp_path, shown, values):
    book = openpyxl.Workbook()
    for row in PERCENT:
        book.active.append(row)
    for row in (2, 3):
        book.active.cell(row, 4).number_format = shown
    book.save(tmp_path / "book.xlsx")
    study = open_study(tmp_path / "book.xlsx")
    assert study.immune_subsets["value"].tolist() == values
    assert study.pasi["pasi"].tolist() == [20, 5]
    assert any("5.1 for 5.1 %" in note for note in study.notes) == ("%" in shown)
