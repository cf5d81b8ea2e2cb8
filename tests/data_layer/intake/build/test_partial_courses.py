"""Courses of which only the month or year is known are kept, and say how far the true dates may be."""

import datetime as dt

import pytest

from data.files import open_files, take_in
from data.intake.columns.partial_dates import period

VISITS = "Subject,Visit date,PASI\nK1,2022-03-01,14\nK1,2022-03-29,6\nK2,2022-03-01,12\nK2,2022-03-29,5\n"
INDEX = "K1,MSC,2022-03-01,2022-03-01\nK2,MSC,2022-03-01,2022-03-01\n"


@pytest.fixture
def taken(tmp_path):
    def read(rows, header="Subject,Drug,Start date,Stop date"):
        (tmp_path / "visits.csv").write_text(VISITS)
        (tmp_path / "courses.csv").write_text(f"{header}\n{rows}")
        return take_in([tmp_path / "visits.csv", tmp_path / "courses.csv"])

    return read


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2017", (2017, 1, 1), (2017, 12, 31)), (2017, (2017, 1, 1), (2017, 12, 31)), (2017.0, (2017, 1, 1), (2017, 12, 31)),
        ("02/2020", (2020, 2, 1), (2020, 2, 29)), ("2020-02", (2020, 2, 1), (2020, 2, 29)),
        ("2020-UN", (2020, 1, 1), (2020, 12, 31)), ("2020-05-UN", (2020, 5, 1), (2020, 5, 31)),
        ("UN/05/2020", (2020, 5, 1), (2020, 5, 31)), ("UNK-MAY-2020", (2020, 5, 1), (2020, 5, 31)),
        ("15/UN/2020", (2020, 1, 1), (2020, 12, 31)), ("00.05.2020", (2020, 5, 1), (2020, 5, 31)),
        ("2020-00-00", (2020, 1, 1), (2020, 12, 31)), ("May 2020", (2020, 5, 1), (2020, 5, 31)),
        ("12.2020", (2020, 12, 1), (2020, 12, 31)),
    ],
)  # fmt: skip
def test_what_a_partial_date_may_be(cell, first, last):
    assert period(cell) == (dt.date(*first), dt.date(*last))


@pytest.mark.parametrize(
    "cell", ["2020-05-04", "31/02/2021", "13/2020", "2020-2021", "spring 2020", "20", "UN", "3 2 1 2020", "", 12, "120"]
)
def test_what_is_none(cell):
    assert period(cell) is None


def weeks(study):
    kept = study.treatments[study.treatments["treatment"] != "MSC"].iloc[0]
    return [kept[name] for name in ("start_week", "start_margin", "end_week", "end_margin")]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2018", "2019"), ("2018", "05/2019"), ("02/2018", "2018"), ("2018-02", "2018-UN"), ("2018-03-09", "2018"),
        ("2018", "2018-11-20"), ("2018-11-20", "2018"), ("2018", "2018-02-01"), ("2018", "2018"), ("05/2018", "05/2018"),
    ],
)  # fmt: skip
def test_a_course_is_kept_within_what_it_may_be(taken, start, end):
    study = taken(f"{INDEX}K1,adalimumab,{start},{end}\n").study
    assert len(study.treatments) == 3
    first, reach, last, until = (0 if value != value else value for value in weeks(study))  # noqa: PLR0124 - NaN
    assert first < last
    for week, margin, cell in ((first, reach, start), (last, until, end)):
        low, high = period(cell) or (dt.date.fromisoformat(cell),) * 2
        zero = dt.date(2022, 3, 1)
        assert week - margin <= (low - zero).days / 7 + 0.2
        assert week + margin >= (high - zero).days / 7 - 0.2
        assert (low - zero).days / 7 - 0.2 <= week <= (high - zero).days / 7 + 0.2


def test_a_column_of_nothing_but_years_is_of_dates(taken):
    study = taken("K1,adalimumab,2018,2019\nK2,etanercept,2017,2019\n").study
    assert study.treatments["start_week"].between(-300, -150).all()


def test_it_is_said_how_many_and_without_their_dates(taken):
    report = taken(f"{INDEX}K1,adalimumab,2018,2019\n").report
    (note,) = [note for note in report.notes if "month or year only" in note]
    assert "2 start(s) or end(s)" in note
    assert not [one for one in report.warnings if "phase" in one.found]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("K1,adalimumab,06/2022,", "Start date"),
        ("K1,adalimumab,2022,", "Start date"),
        ("K1,adalimumab,2021-05-01,2022", "Stop date"),
        ("K1,adalimumab,2021-05-01,03/2022", "Stop date"),
    ],
)
def test_one_that_could_change_a_phase_is_a_warning(taken, row, column):
    (warning,) = [one for one in taken(f"{INDEX}{row}\n").report.warnings if "phase" in one.found]
    assert (warning.file, warning.row, warning.column) == ("courses.csv", 4, column)


def test_a_study_of_whole_dates_has_neither(taken):
    study = taken(f"{INDEX}K1,adalimumab,2018-01-01,2019-01-01\n").study
    assert not {"start_margin", "end_margin"} & set(study.treatments)


def test_our_own_table_may_state_them(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nS1,0,9\n")
    (tmp_path / "treatments.csv").write_text(
        "patient_id,treatment,kind,start_week,end_week,start_margin,end_margin\nS1,x,other,-90,-10,26,\n"
    )
    assert open_files([tmp_path]).treatments["start_margin"].tolist() == [26]
