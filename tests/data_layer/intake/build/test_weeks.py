"""Two files may state different reference dates of one patient: the one near their visits is week 0, and it is said."""

import pytest

from data.files import take_in

HEAD = "USUBJID,PARAMCD,PARAM,AVAL,ADT,TRTSDT\n"
ROWS = (
    "T-1,PASI,PASI Total Score,14,2022-03-01,2022-03-01\nT-1,PASI,PASI Total Score,6,2022-03-29,2022-03-01\n"
    "T-2,PASI,PASI Total Score,12,2022-03-08,2022-03-08\nT-2,PASI,PASI Total Score,5,2022-04-05,2022-03-08\n"
)


@pytest.fixture
def taken(tmp_path):
    def read(first, second):
        (tmp_path / "adpasi.csv").write_text(HEAD + ROWS)
        people = f"T-1,A,F,40,{first},{first}\nT-2,A,M,51,{second},{second}\n"
        (tmp_path / "adsl.csv").write_text(f"USUBJID,TRT01A,SEX,AGE,RFSTDTC,TRTSDT\n{people}")
        intake = take_in([tmp_path / "adpasi.csv", tmp_path / "adsl.csv"])
        return intake, [one for one in intake.report.warnings if "reference date" in one.expected]

    return read


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("2012-03-01", "2012-03-08", "'T-1', 'T-2' that differ by up to 3,652 days"),
        ("2022-03-01", "2032-03-08", "'T-2' that differ by up to 3,653 days"),
        ("2022-03-01", "2021-03-08", "'T-2' that differ by up to 365 days"),
    ],
)
def test_the_one_near_the_visits_is_taken(taken, first, second, apart):
    intake, (warning,) = taken(first, second)
    assert intake.study.pasi["week"].tolist() == [0, 4, 0, 4]
    assert apart in warning.found
    assert warning.file == "adpasi.csv and adsl.csv"
    assert "20" not in warning.found.replace("'T-2'", "")


def test_days_apart_are_no_matter(taken):
    intake, warnings = taken("2022-02-22", "2022-03-01")
    assert intake.study.pasi["week"].tolist() == [1, 5, 1, 5]
    assert not warnings
