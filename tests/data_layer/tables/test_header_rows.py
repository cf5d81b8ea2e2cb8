"""Tables as clinics export them: titles above, totals below, rows that end early or late, separators within text."""

import openpyxl
import pytest

from data.catalog import open_study
from data.files import take_in

HEAD = "patient_id,week,pasi,pga\n"
ROWS = "P1,0,20,4\nP1,4,5,1\nP2,0,30,3\n"


@pytest.fixture
def taken(tmp_path):
    """taken(text) -> what comes of a file with this text."""

    def take(text, name="clinic.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return take_in([tmp_path / name])

    return take


def pasi(taken):
    assert taken.study is not None, taken.report.problems
    return taken.study.pasi["pasi"].dropna().tolist()


def test_a_row_that_ends_early_has_blank_cells(taken):
    found = taken(f"{HEAD}P1,0,20,4\nP1,4,5\nP1,8\n")
    assert pasi(found) == [20, 5]
    assert found.study.pasi["pasi"].isna().sum() == 1
    assert [(one.row, one.found) for one in found.report.warnings] == [(3, "3 cells"), (4, "2 cells")]
    assert "read as blank" in str(found.report.warnings[0])


def test_many_such_rows_are_counted(taken):
    found = taken(HEAD + "".join(f"P1,{week},5\n" for week in range(40)))
    assert found.report.warnings[-1].more == 35


@pytest.mark.parametrize("name", ["pasi.csv", "clinic.csv"])
def test_a_row_that_goes_on_is_set_aside_and_in_the_account(taken, name):
    found = taken(f"{HEAD}{ROWS}P2,4,6,2,well, at last\n", name)
    assert pasi(found) == [20, 5, 30]
    (warning,) = (one for one in found.report.warnings if one.row == 5)
    assert (warning.found, "set aside" in warning.advice) == ("6 cells", True)
    (account,) = found.report.accounts
    assert (account.rows, account.kept) == (4, 3)
    assert [(one.reason, one.rows) for one in account.aside] == [("more cells than the header", (5,))]


def test_a_mapped_file_accounts_for_them_too(taken):
    found = taken("Patient,Visit date,PASI\n1,2021-01-01,20\n1,2021-02-01,5\n2,2021-01-05,9,x\n")
    assert pasi(found) == [20, 5]
    assert {(one.rows, one.kept) for one in found.report.accounts} == {(3, 2)}


@pytest.mark.parametrize(
    ("above", "row"),
    [
        ("Psoriasis clinic\n", 2),
        ("Psoriasis clinic\n\nExported on,2021-03-04\n\n", 5),
        ("Psoriasis clinic,,,\nExported by:,Dr X,,\n", 3),
        ('"Response, after 16 weeks"\n', 2),
        ("\n\n\n", None),
    ],
)
def test_the_header_may_stand_below_titles(taken, above, row):
    found = taken(above + HEAD + ROWS + "P3,0,seventy,1\n")
    assert found.report.warnings[0].row == (above + HEAD + ROWS).count("\n") + 1
    assert [note for note in found.report.notes if "header is row" in note] == (
        [f"clinic.csv: the header is row {row}; what stands above it is not read."] if row else []
    )
    assert pasi(taken(above + HEAD + ROWS)) == [20, 5, 30]


@pytest.mark.parametrize(
    "below", ["Total,,55,\n", "\nEnd of report\n", "\n(3 rows affected)\n", "\nMeasured at the clinic by two nurses\n"]
)
def test_what_stands_below_is_set_aside(taken, below):
    found = taken(HEAD + ROWS + below)
    assert pasi(found) == [20, 5, 30]
    assert [(one.reason, one.rows) for one in found.report.accounts[0].aside] == [
        ("a line below the table, such as a total", (4 + below.count("\n"),))
    ]


def test_a_last_patient_without_values_is_no_footer(taken):
    found = taken("patient_id,week,pasi\nP1,0,20\nTotal,4,5\nP3,0,\n")
    assert found.study.patient_ids == ["P1", "Total", "P3"]


@pytest.mark.parametrize(
    "text",
    [
        'patient_id;week;pasi;note\nP1;0;20;"red; itchy, sore"\nP1;4;5;\nP2;0;30;\n',
        '"patient_id"\t"week"\t"pasi"\t"first, second, third, fourth"\nP1\t0\t20\ta\nP1\t4\t5\tb\nP2\t0\t30\tc\n',
        'patient_id,week,pasi,note\nP1,0,20,"a;b;c;d;e"\nP1,4,5,"a;b;c;d;e"\nP2,0,30,"a;b;c;d;e"\n',
    ],
)
def test_a_separator_within_text_separates_nothing(taken, text):
    assert pasi(taken(text)) == [20, 5, 30]


FACS = "patient_id,week,subset,value,count\n"


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (('"1,234,567"', "12"), [1234567, 12]),
        (('"12,345"', "812"), [12345, 812]),
        (('"1,234.5"', "7"), [1234.5, 7]),
        (("1 234", "7"), [1234, 7]),
        (("1\u202f234", "1\u00a0234\u00a0567"), [1234, 1234567]),
        (("1'234", "1’234"), [1234, 1234]),
        (('"1.234,5"', '"7,5"'), [1234.5, 7.5]),
        (('"0,812"', '"1,204"'), [0.812, 1.204]),
    ],
)
def test_separators_of_thousands(tmp_path, cells, counts):
    (tmp_path / "pasi.csv").write_text(HEAD + ROWS)
    rows = "".join(f"P1,{4 * at},treg,5,{cell}\n" for at, cell in enumerate(cells))
    (tmp_path / "immune_subsets.csv").write_text(FACS + rows)
    assert open_study(tmp_path).immune_subsets["count"].tolist() == counts


def test_what_may_be_either_is_asked(tmp_path):
    (tmp_path / "pasi.csv").write_text(HEAD + ROWS)
    (tmp_path / "immune_subsets.csv").write_text(FACS + 'P1,0,treg,5,"1,234"\n')
    (problem,) = take_in([tmp_path]).report.problems
    assert problem.found == "'1,234'"


def test_thousands_in_a_file_of_tabs_are_no_decimals(taken):
    found = taken("patient_id\tweek\tpasi\tcells\nP1\t0\t20.5\t12,345\nP1\t4\t5.1\t812\n")
    assert pasi(found) == [20.5, 5.1]


def test_a_workbook_may_have_titles_and_totals_too(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "pasi"
    table = [tuple(line.split(",")) for line in HEAD.splitlines()]
    rows = [("P1", 0, 20, 4), ("P1", 4, 5, 1), ("P2", 0, 30, 3)]
    for row in [
        ("Psoriasis clinic",),
        ("Exported on", "yesterday"),
        (),
        *table,
        *rows,
        ("Total", None, 55),
        (),
        ("End of report",),
    ]:
        page.append(row)
    book.save(tmp_path / "book.xlsx")
    found = take_in([tmp_path / "book.xlsx"])
    assert pasi(found) == [20, 5, 30]
    assert "the header is row 4" in found.report.notes[0]
    assert found.report.accounts[0].aside[0].rows == (8, 10)


def test_a_point_is_of_thousands_where_the_file_has_decimal_commas(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nP1,0,20\nP1,4,5\n")
    (tmp_path / "lab.csv").write_text("Patient;Week;CD4 count;Treg %\nP1;0;1.250;5,1\nP1;4;1.310;4,8\n")
    taken = take_in([tmp_path / "pasi.csv", tmp_path / "lab.csv"])
    assert taken.study.immune_subsets["value"].tolist() == [1250, 5.1, 1310, 4.8]
    assert "lab.csv: points are read as separators of thousands in 'CD4 count'." in taken.report.notes


def test_semicolons_with_a_blank_first_header_and_decimal_commas_are_no_title(tmp_path):
    (tmp_path / "flow.csv").write_text(
        ";CD3+/CD4+ | Freq. of Parent;CD4+/Treg | Freq. of Parent;\nx_P01_W0.fcs;45,1;5,1;\nx_P01_W4.fcs;46,2;6,2;\n"
    )
    assert take_in([tmp_path / "flow.csv"]).study.immune_subsets["value"].tolist() == [45.1, 5.1, 46.2, 6.2]


def test_a_quoted_comma_is_of_thousands_where_other_numbers_have_decimal_points(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nP1,0,20\nP1,4,5\n")
    (tmp_path / "lab.csv").write_text('Patient,Week,CD4 count,Treg %\nP1,0,"1,250",5.1\nP1,4,"1,310",4.8\n')
    values = take_in([tmp_path / "pasi.csv", tmp_path / "lab.csv"]).study.immune_subsets["value"]
    assert values.tolist() == [1250, 5.1, 1310, 4.8]
