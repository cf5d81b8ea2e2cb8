"""The visit that is called baseline as week 0, where some patient has an earlier one."""

import pytest

from data.files import open_files, take_in
from data.intake.review.write_toml import toml_text

SCREENED = """Patient,Visit,Visit date,PASI
P1,Screening,2020-12-21,21
P1,Baseline,2021-01-04,20
P1,Week 4,2021-02-01,10
P2,Baseline,2021-01-11,15.5
P2,Week 4,2021-02-08,9.3
"""
FLAGGED = """USUBJID,PARAMCD,AVAL,ADT,ABLFL
P1,PASI,21,2020-12-21,
P1,PASI,20,2021-01-04,Y
P1,PASI,10,2021-02-01,
P2,PASI,15.5,2021-01-11,Y
P2,PASI,9.3,2021-02-08,
"""
WEEKS = [["P1", -2], ["P1", 0], ["P1", 4], ["P2", 0], ["P2", 4]]


@pytest.fixture
def visits(tmp_path):
    def write(text):
        (tmp_path / "visits.csv").write_text(text)
        return [tmp_path / "visits.csv"]

    return write


def weeks(study):
    return sorted(study.pasi[["patient_id", "week"]].astype({"patient_id": str}).to_numpy().tolist())


@pytest.mark.parametrize("text", [SCREENED, FLAGGED], ids=["by name", "by flag"])
def test_dates_count_from_the_baseline_visit(visits, text):
    taken = take_in(visits(text))
    assert weeks(taken.study) == WEEKS
    assert "Week 0 is each patient's baseline visit." in taken.proposal.unclear


def test_its_study_toml_repeats_it(visits, tmp_path):
    files = visits(SCREENED)
    (tmp_path / "study.toml").write_text(toml_text(take_in(files).proposal.mapping))
    assert weeks(open_files([*files, tmp_path / "study.toml"])) == WEEKS


def test_where_nobody_came_before_the_baseline_it_is_the_first_visit(visits):
    text = SCREENED.replace("P1,Screening,2020-12-21,21\n", "")
    assert take_in(visits(text)).proposal.mapping["reference"] == {"from": "first visit"}


def test_a_person_may_choose_the_baseline_visit(visits):
    offered = next(one for one in take_in(visits(SCREENED)).proposal.questions if one.kind == "references")
    assert set(offered.choices) == {"first visit", "baseline visit"}
