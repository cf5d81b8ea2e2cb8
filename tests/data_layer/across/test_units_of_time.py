"""Numbers that are times count in what their header says, in any of six languages; where none says it, it is asked."""

import pytest

from data.files import take_in
from data.intake.columns.header_units import unit_of
from data.intake.review.edits import edits_of
from data.intake.review.write_toml import toml_text

MONTH = 365.25 / 12 / 7
SCORES = "Subject,Study week,PASI\nK1,0,14\nK1,10,6\nK2,0,11\nK2,10,3\n"


@pytest.fixture
def taken(tmp_path):
    """Writes files and says what comes of them."""

    def read(edits=None, **files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        paths = [tmp_path / f"{name}.csv" for name in files]
        return take_in(paths, edits=edits_of(edits) if edits else None)

    return read


def said(intake):
    return " ".join([*map(str, intake.report.notes), *map(str, intake.report.warnings)])


def asked(intake):
    return {one.key: one for one in intake.proposal.questions if one.kind == "times"}


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("start_month", "months"), ("End (months)", "months"), ("Beginn (Monate)", "months"), ("début (mois)", "months"),
        ("inicio (meses)", "months"), ("inizio (mesi)", "months"), ("início (mês)", "months"), ("einde (maanden)", "months"),
        ("Start [d]", "days"), ("Ende (Tage)", "days"), ("fin (jours)", "days"), ("fim (dias)", "days"),
        ("start_wk", "weeks"), ("Beginn (Wochen)", "weeks"), ("inizio (settimane)", "weeks"), ("Start (w)", "weeks"),
        ("Start (yrs)", "years"), ("Ende (Jahre)", "years"), ("Zeit (Stunden)", "hours"), ("Time (h)", "hours"),
        ("temps (heures)", "hours"), ("tempo (ore)", "hours"), ("ASTDY", "study days"), ("start study day", "study days"),
        ("start", ""), ("Start (m)", ""), ("d", ""), ("body", ""), ("day_or_week", ""),
    ],
)  # fmt: skip
def test_a_header_says_its_unit(header, unit):
    assert unit_of(header) == unit


@pytest.mark.parametrize(
    ("start", "end", "week"),
    [
        ("start_month", "end_month", MONTH), ("Beginn (Monate)", "Ende (Monate)", MONTH),
        ("début (mois)", "fin (mois)", MONTH), ("inicio (meses)", "fin (meses)", MONTH), ("Start (days)", "Stop", 1 / 7),
        ("Start (years)", "End (years)", 12 * MONTH), ("start_hour", "end_hour", 1 / 168), ("start_week", "end_week", 1),
    ],
)  # fmt: skip
def test_courses_count_in_the_unit_of_their_headers(taken, start, end, week):
    intake = taken(scores=SCORES, courses=f"Subject,Drug,{start},{end}\nK1,ixekizumab,0,2\nK2,ixekizumab,1,3\n")
    weeks = intake.study.treatments[["start_week", "end_week"]].to_numpy()
    assert weeks == pytest.approx(week * weeks.round(9) / week)
    assert sorted(weeks.ravel()) == pytest.approx(sorted([0, 2 * week, week, 3 * week]))
    assert asked(intake) == {}
    assert ("since week 0" in said(intake)) == (week != 1)


@pytest.mark.parametrize(
    ("header", "week"),
    [
        ("months", MONTH), ("Time (months)", MONTH), ("Zeit (Monate)", MONTH), ("Time since infusion (days)", 1 / 7),
        ("Hours", 1 / 168), ("hours since infusion", 1 / 168), ("Study year", 12 * MONTH), ("Time (wk)", 1),
        ("jours", 1 / 7), ("tempo (settimane)", 1),
    ],
)  # fmt: skip
def test_scores_count_in_the_unit_of_their_header(taken, header, week):
    intake = taken(scores=f"Subject,{header},PASI\nK1,0,14\nK1,8,6\nK2,0,11\nK2,8,3\n")
    assert sorted(set(intake.study.pasi["week"])) == pytest.approx([0, 8 * week])
    assert asked(intake) == {}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("Subject,Drug,start,end\nK1,ixekizumab,0,2\nK2,ixekizumab,0,4\n", "start"),
        ("Subject,Event,Onset\nK1,fever,0\nK2,rash,4\n", "Onset"),
        ("Subject,Time,CD4 %,Treg %\nK1,0,41,5\nK2,4,38,6\n", "Time"),
    ],
)
@pytest.mark.parametrize("clock", ["months", "days", "weeks"])
def test_a_time_without_a_unit_is_asked_and_counts_as_is_said(taken, table, column, clock):
    first = taken(scores=SCORES, other=table)
    question = asked(first)["other.csv", "", column]
    assert question.unclear
    assert question.value == "weeks"
    assert f"no header says what {column} is counted in" in said(first)
    second = taken({"times": [["other.csv", "", column, clock]]}, scores=SCORES, other=table)
    assert "no header says" not in said(second)
    assert not asked(second)["other.csv", "", column].unclear
    entry = next(one for one in second.proposal.mapping["sources"] if one["file"] == "other.csv")
    assert entry["time"] == clock
    assert f'time = "{clock}"' in toml_text(second.proposal.mapping)


def test_a_role_that_says_the_unit_is_an_answer(taken):
    table = "Subject,T,PASI\nK1,0,14\nK1,3,6\n"
    intake = taken({"roles": [["scores.csv", "", "T", "months"]]}, scores=table)
    assert intake.study.pasi["week"].tolist() == pytest.approx([0, 3 * MONTH])
    assert asked(intake) == {}


def test_ends_in_another_unit_than_starts_are_not_read(taken):
    intake = taken(scores=SCORES, courses="Subject,Drug,start_week,end_month\nK1,ixekizumab,0,2\n")
    assert intake.study.treatments["end_week"].isna().all()
    assert "end_month counts in months, and start_week in weeks" in said(intake)


@pytest.mark.parametrize("year", ["Year", "Jahr"])
def test_a_month_beside_a_year_is_of_the_calendar(taken, year):
    intake = taken(scores=f"Subject,Month,{year},Visit week,PASI\nK1,3,2021,0,14\nK1,5,2021,8,6\n")
    assert intake.study.pasi["week"].tolist() == [0, 8]
    alone = taken(alone=f"Subject,Month,{year},PASI\nK1,3,2021,14\nK1,5,2021,6\n")
    assert alone.study is None
    assert any("of the calendar" in one["why"] for one in alone.proposal.columns)


def test_a_span_before_the_study_is_no_time_of_it(taken):
    table = "Subject,Study week,PASI,Years since diagnosis\nK1,0,14,3\nK1,8,6,3\nK2,0,9,7\n"
    assert taken(scores=table).study.patients["Years since diagnosis"].tolist() == [3, 7]


def test_our_own_tables_are_in_weeks(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nS1,0,9\nS1,4,3\n")
    (tmp_path / "treatments.csv").write_text("patient_id,treatment,kind,start_week,end_week\nS1,x,other,0,4\n")
    intake = take_in([tmp_path])
    assert intake.study.treatments["end_week"].tolist() == [4]
    assert not intake.report.notes
