"""What a report quotes is the cell as it stands in the file, not what was made of it."""

import pytest

from data.files import take_in
from data.tables.sheet import quoted


@pytest.fixture
def said(tmp_path):
    """Writes files and says all sentences on them."""

    def read(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        report = take_in([tmp_path / f"{name}.csv" for name in files]).report
        return " ".join(map(str, [*report.problems, *report.warnings, *report.notes]))

    return read


MORE = "K8,0,9\nK8,1.5,8\nK8,3.5,7\nK9,0,9\nK9,1.5,8\nK9,3.5,7\n"


@pytest.mark.parametrize(
    ("header", "shown"), [("Months", "6.2"), ("Day", "6.2"), ("Study year", "6.2"), ("Week", "6.2")]
)
def test_a_time_in_the_unit_of_the_file(said, header, shown):
    text = said(visits=f"Subject,{header},PASI\nK1,6.2,8\nK1,3.1,9\n{MORE}")
    assert f"column '{header}': found 3.1, expected a week after the row before" in text


def test_visits_that_differ(said):
    text = said(visits=f"Subject,Months,PASI\nK1,6.2,8\nK1,6.2,9\n{MORE}")
    assert "rows 2, 3 for patient 'K1' at 6.2, which differ" in text
    assert "26.9" not in text


def test_a_date_as_its_week(said):
    rows = "K1,2022-03-01,9\nK1,2022-03-29,8\nK1,2022-03-15,7\nK2,2022-03-01,9\nK2,2022-03-29,8\nK2,2022-05-10,7\n"
    rows += "K3,2022-03-01,9\nK3,2022-03-29,8\nK3,2022-05-10,7\n"
    text = said(visits=f"Subject,Visit date,PASI\n{rows}")
    assert "found week 2, expected a week after the row before" in text
    assert "2022" not in text


def test_our_own_table_in_other_units(tmp_path):
    (tmp_path / "visits.csv").write_text("patient_id,week,pasi\nS1,6.2,9\nS1,6.2,8\n")
    (tmp_path / "study.toml").write_text('[tables.pasi]\nfile = "visits.csv"\ntime = "months"\n')
    (problem,) = take_in([tmp_path]).report.problems
    assert problem.found == "patient_id 'S1', week 6.2 again (first in row 2)"


@pytest.mark.parametrize("number", ["1e309", "-1e400", "inf"])
@pytest.mark.parametrize("column", [1, 2])
def test_a_number_beyond_all(said, number, column):
    row = ["K1", "2", "5"]
    row[column] = number
    text = said(visits=f"Subject,Week,PASI\n{','.join(row)}\nK1,4,8\nK2,0,9\nK2,5,3\nK3,0,3\n")
    assert f"found '{number}', expected a number from" in text
    assert "found inf" not in text


@pytest.mark.parametrize(
    ("cell", "shown"), [(6.2, "6.2"), (0.19870412, "0.19870412"), (1234567.5, "1234567.5"), (80.0, "80")]
)
def test_numbers_with_all_their_digits(cell, shown):
    assert quoted(cell) == shown


def test_a_time_without_a_unit_says_so(said):
    text = said(visits="Subject,time,PASI\nK1,0,9\nK1,4,8\n")
    assert "its header says a time without a unit, taken as weeks" in text
    assert "says weeks" not in text


def test_an_end_that_is_of_no_course(said):
    text = said(
        visits="Subject,Week,PASI\nK1,0,9\nK1,4,8\nK2,0,7\n",
        safety="Subject,Event,Week,End date\nK1,fever,0,2022-03-01\nK2,rash,4,2022-03-08\n",
    )
    assert "'End date' (it is the end of a course, and nothing that is read from this table has one)" in text
