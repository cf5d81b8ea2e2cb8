"""ADaM as it comes: any code of a parameter, laboratory values, adverse events, several who rated one visit."""

import pytest

from data.files import take_in
from data.intake.review.edits import Edits
from data.intake.review.open_questions import open_questions
from data.row_report import as_text


@pytest.fixture
def read(tmp_path):
    """What comes of tables, by the name of their file, after what is said of their tests."""

    def write(said=(), **tables):
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text)
        edits = Edits({"measures": {key: value for *key, value in said for key in [tuple(key)]}}) if said else None
        return take_in(sorted(tmp_path.iterdir()), edits=edits)

    return write


def values(table, *names):
    return sorted(map(tuple, table[["patient_id", "week", *names]].astype({"patient_id": str}).to_numpy().tolist()))


SCORES = {
    "ad": "SUBJID,TRT01P,AVISIT,PARAMCD,AVAL\n7,A,Baseline,PSTOT01,20\n7,A,Week 6,PSTOT01,5\n7,A,Week 6,PS75R,1\n",
    "qs": "USUBJID,VISIT,QSTESTCD,QSTEST,QSSTRESN\n7,Baseline,XQ01,Severity,20\n7,Week 6,XQ01,Severity,5\n7,Week 6,XQ02,Other,1\n",
}


@pytest.mark.parametrize(("name", "code"), [("ad", "PSTOT01"), ("qs", "XQ01")])
def test_which_test_is_pasi_is_asked_and_then_read(read, name, code):
    taken = read(**{name: SCORES[name]})
    assert taken.study is None
    assert taken.answerable
    (question,) = [one for one in open_questions(taken.proposal) if one["kind"] == "measures"]
    assert (question["file"], question["proposed"]) == (f"{name}.csv", "")
    assert {"", code} < set(question["choices"])
    said = read([(f"{name}.csv", "", "pasi", code)], **{name: SCORES[name]})
    assert values(said.study.pasi, "pasi") == [("7", 0, 20), ("7", 6, 5)]
    assert not [one for one in open_questions(said.proposal) if one["kind"] == "measures"]


def test_what_is_said_of_a_test_goes_before_its_name(read):
    text = "USUBJID,AVISIT,PARAMCD,PARAM,AVAL\nA,Baseline,PASI,PASI,20\nA,Baseline,PASITOT,PASI,19\n"
    assert values(read([("adeff.csv", "", "pasi", "PASITOT")], adeff=text).study.pasi, "pasi") == [("A", 0, 19)]


def test_two_tests_that_fit_are_a_question(read):
    text = "USUBJID,AVISIT,PARAMCD,PARAM,AVAL\nA,Baseline,PASI,PASI,20\nA,Baseline,PASITOT,PASI,19\n"
    question = next(one for one in open_questions(read(adeff=text).proposal) if one["kind"] == "measures")
    assert question["proposed"] == "PASI"


def test_nobody_is_asked_for_pasi_where_it_is_known(read):
    pasi = "USUBJID,AVISIT,PARAMCD,AVAL\nA,Baseline,PASI,20\n"
    taken = read(adpasi=pasi, adxx="USUBJID,AVISIT,PARAMCD,AVAL\nA,Baseline,HAQ,1\n")
    assert not [one for one in open_questions(taken.proposal) if one["kind"] == "measures"]


LAB = "USUBJID,TRTA,AVISIT,ADY,PARAMCD,PARAM,AVAL\n"


def test_parameters_of_a_laboratory_are_subsets_with_their_unit(read):
    rows = "A,x,Baseline,1,LYM,Lymphocytes (10^9/L),1.8\nA,x,Week 2,15,LYM,Lymphocytes (10^9/L),2\nA,x,Week 2,15,CRP,C Reactive Protein,4\n"
    taken = read(adlb=LAB + rows)
    study = taken.study
    assert values(study.immune_subsets.astype({"subset": str}), "subset", "value") == [
        ("A", 0, "Lymphocytes", 1.8),
        ("A", 2, "C Reactive Protein", 4),
        ("A", 2, "Lymphocytes", 2),
    ]
    units = study.subset_definitions.set_index("subset")["unit"].to_dict()
    assert units == {"Lymphocytes": "10^9/L", "C Reactive Protein": "unit not stated"}
    assert study.patients["group"].tolist() == ["x"]
    assert not open_questions(taken.proposal)


@pytest.mark.parametrize("name", ["blood", "adlb"])
def test_laboratory_values_beside_scores(read, name):
    rows = "A,x,Baseline,1,PASI,PASI,20\nA,x,Baseline,1,PASI75,PASI 75 (%),0\nA,x,Baseline,1,TREG,Treg (cells/uL),31\nA,x,Baseline,1,CD4,CD4 (%),40\n"
    study = read(**{name: LAB + rows}).study
    assert study.pasi["pasi"].tolist() == [20]
    assert sorted(study.subset_definitions["subset"]) == ["CD4", "Treg"]


def test_imputed_and_repeated_laboratory_values_are_left_out(read):
    head = "USUBJID,ADY,PARAMCD,PARAM,AVAL,DTYPE,ANL01FL\n"
    rows = "A,1,CD4,CD4,40,,Y\nA,15,CD4,CD4,50,,\nA,15,CD4,CD4,55,,Y\nA,29,CD4,CD4,55,LOCF,Y\n"
    assert values(read(adlb=head + rows).study.immune_subsets, "value") == [("A", 0, 40), ("A", 2, 55)]


def test_other_parameters_are_subsets_where_a_person_says_so(read):
    pasi = "USUBJID,AVISIT,PARAMCD,PARAM,AVAL\nA,Baseline,PASI,PASI,20\nA,Baseline,HAQ,HAQ-DI,1.5\n"
    taken = read(adeff=pasi)
    assert taken.study.immune_subsets.empty
    assert "rows of other kinds are not read: PARAMCD 'HAQ' (1)" in as_text(taken.report)
    study = read([("adeff.csv", "", "subsets", "yes")], adeff=pasi).study
    assert values(study.immune_subsets, "value") == [("A", 0, 1.5)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("adae", "USUBJID,TRTA,AETERM,AEDECOD,AESEV,ASTDY\nA,x,ITCH,Pruritus,MILD,8\n", [("A", 1, "Pruritus", "MILD")]),
        ("adae", "SUBJID,TRTA,AETERM,ATOXGR,ASTDY\nA,x,ITCH,2,8\n", [("A", 1, "ITCH", "2")]),
    ],
)
def test_adverse_events_of_adam(read, name, text, expected):
    study = read(**{name: text}).study
    assert values(study.events, "event", "severity") == expected
    assert study.patients["group"].tolist() == ["x"]


def test_medications_of_adam(read):
    study = read(adcm="USUBJID,CMTRT,ASTDY,AENDY\nA,METHOTREXATE,8,29\n").study
    assert values(study.treatments.assign(week=1), "start_week", "end_week") == [("A", 1, 1, 4)]


RATED = "USUBJID,VISIT,QSTESTCD,QSTEST,QSSTRESN,QSEVAL\n"
BOTH = "A,Baseline,PASI,PASI,20,INVESTIGATOR\nA,Week 4,PASI,PASI,9,INVESTIGATOR\nA,Baseline,PASI,PASI,26,PATIENT\n"


def test_ratings_of_several_are_asked_and_those_of_one_read(read):
    taken = read(qs=RATED + BOTH)
    assert values(taken.study.pasi, "pasi") == [("A", 0, 20), ("A", 4, 9)]
    (question,) = [one for one in open_questions(taken.proposal) if one["kind"] == "measures"]
    assert (question["proposed"], set(question["choices"])) == ("INVESTIGATOR", {"INVESTIGATOR", "PATIENT"})
    said = read([("qs.csv", "", "evaluator", "PATIENT")], qs=RATED + BOTH)
    assert values(said.study.pasi, "pasi") == [("A", 0, 26)]


def test_ratings_that_never_stand_beside_each_other_are_all_read(read):
    rows = "A,Baseline,PASI,PASI,20,INVESTIGATOR\nA,Week 4,PASI,PASI,9,SUBINVESTIGATOR\n"
    taken = read(qs=RATED + rows)
    assert values(taken.study.pasi, "pasi") == [("A", 0, 20), ("A", 4, 9)]
    assert not open_questions(taken.proposal)
