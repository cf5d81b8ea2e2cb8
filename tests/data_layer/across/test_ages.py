"""An age, or a week of pregnancy, is no week of the study: it is asked."""

import pytest

from data.files import take_in
from data.intake.columns.visits import read_visits
from data.intake.layouts.flowjo.tube_words import times_in
from data.intake.review.edits import edits_of

AGES = [
    "PMA 36 weeks", "GA 30 weeks", "age 50 weeks", "Gestational age 30 w", "Week 30 of pregnancy", "50 weeks old",
    "6-months-old", "Week 3 of life", "Postnatal day 5", "SSW 28", "Alter 6 Monate", "Lebenswoche 4", "Edad 6 meses",
    "Âge 12 semaines", "Età 3 mesi", "Leeftijd 4 weken", "semana 30 de embarazo",
]  # fmt: skip


@pytest.mark.parametrize("name", AGES)
def test_it_says_no_week(name):
    weeks, said = read_visits([name, "Week 0", "Week 4"])
    assert weeks == {"Week 0": 0, "Week 4": 4}
    assert f"'{name}' says an age or a week of pregnancy, and no week of the study." in said


@pytest.mark.parametrize("name", ["Week 4", "Drainage week 4", "Stage week 4", "Page 1 week 4", "Follow-up week 4"])
def test_other_words_are_none(name):
    assert read_visits([name])[0] == {name: 4}


@pytest.fixture
def table(tmp_path):
    def written(header, rows):
        (tmp_path / "infants.csv").write_text("\n".join([header, *rows]) + "\n")
        return [tmp_path / "infants.csv"]

    return written


def test_its_rows_wait_for_a_week(table):
    paths = table("Subject,Timepoint,PASI", ["K1,Day 1,9", "K1,PMA 36 weeks,4", "K2,Day 1,8", "K2,PMA 36 weeks,3"])
    assert take_in(paths).study.pasi["week"].tolist() == [0, 0]
    (question,) = [one for one in take_in(paths).proposal.questions if one.key[-1] == "PMA 36 weeks"]
    assert question.unclear
    said = take_in(paths, edits=edits_of({"visits": [["infants.csv", "", "PMA 36 weeks", "10"]]}))
    assert sorted(said.study.pasi["week"]) == [0, 0, 10, 10]


def test_a_column_of_days_goes_first(table):
    paths = table("Subject,Day,Timepoint,PASI", ["K1,0,Birth,9", "K1,70,PMA 36 weeks,4", "K2,0,Birth,8"])
    assert take_in(paths).study.pasi["week"].tolist() == [0, 10, 0]


@pytest.mark.parametrize("name", ["K1_PMA_36wks_CD4.fcs", "K1_PMA36 weeks.fcs", "K1 GA W30.fcs"])
def test_it_is_no_time_of_a_tube(name):
    assert list(times_in(name)) == []
