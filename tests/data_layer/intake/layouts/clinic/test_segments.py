"""Courses of which only the ends are told: each starts where the one before it ended, and a word may be a pause."""

import pytest

from data.files import take_in
from data.intake.layouts.clinic.segments import is_pause
from data.intake.review.edits import edits_of
from data.intake.review.open_questions import open_questions
from data.intake.review.write_toml import toml_text
from data.row_report import rows_aside

MONTH = 365.25 / 12 / 7
SCORES = "Subject,Study week,PASI\nK1,0,14\nK1,10,6\nK2,0,11\nK2,10,3\n"
ROWS = "K1,ixekizumab,3\nK1,Off,8\nK1,guselkumab,\nK2,etanercept,6\nK2,ixekizumab,20\n"


@pytest.fixture
def read(tmp_path):
    """What comes of courses beside some scores, after what is said of them."""

    def taken(text, edits=None, scores=SCORES):
        (tmp_path / "scores.csv").write_text(scores)
        (tmp_path / "courses.csv").write_text(text, "utf-8")
        paths = [tmp_path / "scores.csv", tmp_path / "courses.csv"]
        return take_in(paths, edits=edits_of(edits) if edits else None)

    return taken


def courses(intake):
    table = intake.study.treatments
    rows = zip(*(table[name] for name in ("patient_id", "treatment", "start_week", "end_week")), strict=True)
    return [(who, what, round(start, 3), None if end != end else round(end, 3)) for who, what, start, end in rows]  # noqa: PLR0124


def asked(intake, kind):
    return [one for one in open_questions(intake.proposal) if one["kind"] == kind]


def aside(intake):
    return {one.reason: one.rows for account in intake.report.accounts for one in account.aside}


def in_weeks(unit):
    ends = (
        ("K1", "ixekizumab", 0, 3),
        ("K1", "guselkumab", 8, None),
        ("K2", "etanercept", 0, 6),
        ("K2", "ixekizumab", 6, 20),
    )
    return [(who, what, round(start * unit, 3), end and round(end * unit, 3)) for who, what, start, end in ends]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Subject,arm,end", 1), ("Subject,group,until week", 1), ("Subject,treatment,stop_week", 1),
        ("Subject,Behandlung,bis (Monate)", MONTH), ("Subject,Gruppe,Ende", 1), ("Sujet,traitement,fin (mois)", MONTH),
        ("Sujet,bras,jusqu'à", 1), ("Sujeto,tratamiento,hasta (semanas)", 1), ("Soggetto,gruppo,fine (giorni)", 1 / 7),
        ("Proefpersoon,groep,tot en met", 1), ("Subject,cohort,end day", 1 / 7),
    ],
)  # fmt: skip
def test_each_course_starts_where_the_one_before_it_ended(read, header, unit):
    assert courses(read(f"{header}\n{ROWS}")) == in_weeks(unit)


def test_the_unit_and_the_pause_are_asked_and_then_done(read):
    first = read(f"Subject,arm,end\n{ROWS}")
    (unit,), (pause,) = asked(first, "times"), asked(first, "pauses")
    assert (unit["column"], unit["proposed"]) == ("end", "weeks")
    assert (pause["file"], pause["proposed"], set(pause["choices"])) == ("courses.csv", "pause", {"pause", "course"})
    edits = {"times": [["courses.csv", "", "end", "months"]], "pauses": [["courses.csv", "", "Off", "course"]]}
    second = read(f"Subject,arm,end\n{ROWS}", edits)
    assert not asked(second, "times") + asked(second, "pauses")
    assert ("K1", "Off", round(3 * MONTH, 3), round(8 * MONTH, 3)) in courses(second)


def test_any_word_among_segments_can_be_a_pause(read):
    text = f"Subject,arm,end week\n{ROWS}".replace("Off", "Zeta")
    assert not asked(read(text), "pauses")
    said = read(text, {"pauses": [["courses.csv", "", "Zeta", "pause"]]})
    assert courses(said) == in_weeks(1)


def test_what_was_said_is_kept_in_a_study_toml(read, tmp_path):
    intake = read(f"Subject,arm,end\n{ROWS}")
    (tmp_path / "study.toml").write_text(toml_text(intake.proposal.mapping))
    again = take_in([tmp_path / name for name in ("study.toml", "scores.csv", "courses.csv")])
    assert courses(again) == in_weeks(1)
    assert not open_questions(again.proposal)


def test_segments_with_dates_count_from_the_reference(read):
    scores = "Subject,Visit date,PASI\nK1,2022-05-02,14\nK1,2022-07-11,6\n"
    text = "Subject,arm,until\nK1,ixekizumab,2022-05-16\nK1,guselkumab,2022-08-08\n"
    assert courses(read(text, scores=scores)) == [("K1", "ixekizumab", 0, 2), ("K1", "guselkumab", 2, 14)]


def test_rows_out_of_order_and_drugs_that_end_together(read):
    text = (
        "Subject,arm,end week\nK1,ixekizumab,9\nK1,etanercept,4\nK1,methotrexate,9\nK2,etanercept,5\nK2,etanercept,7\n"
    )
    known = [("K1", "etanercept", 0, 4), ("K1", "ixekizumab", 4, 9), ("K1", "methotrexate", 4, 9)]
    assert courses(read(text)) == [*known, ("K2", "etanercept", 0, 5), ("K2", "etanercept", 5, 7)]


def test_what_has_no_start_is_set_aside_with_its_reason(read):
    text = (
        "Subject,arm,end week\nK1,etanercept,4\nK1,ixekizumab,\nK1,guselkumab,30\nK2,etanercept,-3\nK2,ixekizumab,7\n"
    )
    intake = read(text)
    assert courses(intake) == [("K1", "etanercept", 0, 4), ("K2", "ixekizumab", -3, 7)]
    reasons = {rows: reason for reason, rows in aside(intake).items()}
    assert "no end, although" in reasons[(3,)]
    assert "its start is not known" in reasons[(4,)]
    assert "ended before it could begin" in reasons[(5,)]


def test_one_row_a_patient_is_no_segment(read):
    intake = read("Subject,arm,end\nK1,A,4\nK2,B,5\n")
    assert not len(intake.study.treatments)
    assert sorted(intake.study.patients["group"].astype(str)) == ["A", "B"]


def test_an_arm_that_changes_beside_starts_is_the_treatment(read):
    text = "Subject,arm,start week,end week\nK1,ixekizumab,0,3\nK1,washout,3,8\nK1,guselkumab,8,20\n"
    intake = read(text)
    assert courses(intake) == [("K1", "ixekizumab", 0, 3), ("K1", "guselkumab", 8, 20)]
    assert [one["proposed"] for one in asked(intake, "pauses")] == ["pause"]
    stated = read(text, {"roles": [["courses.csv", "", "arm", "group"]]})
    assert not len(stated.study.treatments)


def test_rows_with_another_value_of_a_patient_count_as_set_aside(read):
    visits = "Subject,Study week,PASI,Sex,Smoker,Centre\nK1,0,14,f,yes,Ulm\nK1,10,6,m,,Ulm\nK2,0,11,f,no,Bonn\nK2,10,3,f,no,\n"
    intake = read("Subject,Drug,start week\nK1,ixekizumab,0\n", scores=visits)
    reasons = aside(intake)
    told = [rows for reason, rows in reasons.items() if "another value of Sex" in reason]
    assert told == [(3,)]
    assert rows_aside(intake.report) == 1


@pytest.mark.parametrize(
    "name",
    ["Off", "none", "no treatment", "Pause", "Therapiepause", "wash-out", "aucun traitement", "sans traitement", "keine Therapie",
     "ohne", "ninguno", "sin tratamiento", "nessuno", "sospensione", "geen", "drug holiday", "untreated", "--", "Unterbrechung"],
)  # fmt: skip
def test_words_that_may_be_a_pause(name):
    assert is_pause(name)


@pytest.mark.parametrize("name", ["Drug 1", "placebo", "vehicle", "UC-MSC", "nonacog", "sintilimab", "Offenburg", "A"])
def test_words_that_are_treatments(name):
    assert not is_pause(name)


@pytest.mark.parametrize("end", ["ongoing", "offen", "open", "laufend", "en cours", ""])
def test_the_last_course_may_be_open(read, end):
    intake = read(f"Subject,arm,end week\nK1,ixekizumab,3\nK1,guselkumab,{end}\n")
    assert courses(intake) == [("K1", "ixekizumab", 0, 3), ("K1", "guselkumab", 3, None)]
    assert not [one for one in intake.report.warnings if one.column == "end week"]


def test_an_end_that_is_no_number_is_told_once(read):
    intake = read("Subject,arm,end week\nK1,ixekizumab,3\nK1,guselkumab,later\nK2,ixekizumab,9\nK2,etanercept,12\n")
    assert ("K1", "guselkumab", 3, None) in courses(intake)
    (warning,) = [one for one in intake.report.warnings if one.column == "end week"]
    assert (warning.row, "later" in warning.found) == (3, True)
