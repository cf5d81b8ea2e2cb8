"""What a clinician would look at twice is a warning, and blocks nothing."""

import pytest

from data.files import take_in
from data.validation.checks import WARNINGS

PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\nP1,8,4\nP2,0,30\nP2,4,9\nP2,8,8\n"
DRUG = "patient_id,treatment,kind,start_week,end_week\n"
FACS = "patient_id,week,t,cd4\n"
TREE = "subset,label,parent,unit\nt,T,,% of live\ncd4,CD4,T,% of live\n"

ODD = {
    "_pasi_is_there": ({"pasi": None, "immune_subsets": FACS + "P1,0,20,30\n"}, None, "no PASI value"),
    "_pasi_has_one_decimal": ({"pasi": PASI + "P3,0,12.34\n"}, "pasi", "12.34"),
    "_visits_are_in_order": ({"pasi": PASI + "P3,4,12\nP3,0,11\n"}, "week", "0"),
    "_visits_are_close": ({"pasi": PASI + "P2,520,3\n"}, "week", "week 520.0"),
    "_frequencies_are_percents": ({"immune_subsets": FACS + "P1,0,-1,3\n"}, "t", "-1"),
    "_percents_are_no_fractions": (
        {"immune_subsets": FACS + "P1,0,0.5,0.3\n", "subset_definitions": TREE}, "value", "no value above 0.5",
    ),
    "_files_count_alike": (
        {
            "lab_1": "Patient,Week,Treg %\nP1,0,0.051\nP2,0,0.041\n",
            "lab_2": "Patient,Week,Treg %\nP1,4,5.2\nP2,4,6.1\n",
        },
        "Treg %",
        "Treg %: 0.046 in the middle, and 5.65 in lab_2.csv",
    ),
    "_cells_count_alike": ({"immune_subsets": FACS + "P1,0,20 %,3\nP2,0,0.041,5\n"}, "t", "0.041"),
    "_samples_have_all_subsets": (
        {"immune_subsets": "patient_id,week,subset,value\nP1,0,t,5\nP1,0,nk,3\nP1,4,t,6\nP2,0,t,5\nP2,0,nk,2\n"},
        "subset",
        "1 pair(s) of a sample and a subset without a row (nk in 1 of 3 samples)",
    ),
    "_children_within_parents": ({"immune_subsets": FACS + "P1,0,20,30\n", "subset_definitions": TREE}, "cd4", "30"),
    "_courses_do_not_overlap": (
        {"treatments": DRUG + "P1,x,biologic,0,9\nP1,x,biologic,4,12\nP1,y,biologic,4,\n"}, "start_week", "4",
    ),
    "_infusions_within_follow_up": ({"treatments": DRUG + "P1,MSC,cell_therapy,90,90\n"}, "start_week", "90"),
    "_patients_are_not_repeated": ({"pasi": PASI + "P1.2,0,12\n"}, "patient_id", "'P1', 'P1.2'"),
    "_patients_spelt_once": ({"pasi": PASI + "p-01,0,12\n"}, "patient_id", "'P1' and 'p-01'"),
}  # fmt: skip


def test_every_check_has_an_example():
    assert set(ODD) == {check.__name__ for check in WARNINGS}


@pytest.mark.parametrize(("files", "column", "found"), ODD.values(), ids=ODD)
def test_what_is_odd_is_one_warning_in_its_place(folder, files, column, found):
    taken = take_in([folder(**({"pasi": PASI} | files))])
    assert taken.study is not None
    (warning,) = taken.report.warnings
    assert warning.column == column
    assert found in warning.found
    assert str(warning) in taken.study.notes


def test_the_case_series_has_none():
    assert take_in(["data/case_series"]).report.warnings == []


def test_fractions_are_asked_about_where_no_unit_is_stated_either(tmp_path):
    (tmp_path / "pasi.csv").write_text(PASI)
    (tmp_path / "immune_subsets.csv").write_text(FACS + "P1,0,0.051,0.125\nP1,4,0.062,0.131\n")
    taken = take_in([tmp_path])
    assert taken.study is not None
    assert any("Are they fractions? Multiply by 100." in str(one) for one in taken.report.warnings)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("P3,0,9\nP3,4,8\nP3,150,2\n", []),
        ("P3,-500,9\nP3,0,8\nP3,4,2\n", ["week -500.0"]),
        ("P3,0,9\nP3,500,8\nP3,504,2\n", ["week 0.0"]),
        ("P3,-500,9\nP3,0,8\n", ["week -500.0"]),
        ("P3,200,9\nP3,204,8\n", ["week 200.0", "week 204.0"]),
    ],
)
def test_which_visits_are_far_off(folder, rows, told):
    taken = take_in([folder(pasi=PASI + rows)])
    assert [one.found for one in taken.report.warnings] == told


def test_a_sample_far_off_is_told_in_its_own_file(folder):
    taken = take_in([folder(immune_subsets=FACS + "P1,0,20,30\nP1,530,20,30\n")])
    (warning,) = taken.report.warnings
    assert (warning.file, warning.row, warning.found) == ("immune_subsets.csv", 3, "week 530.0")


def test_a_date_far_off_is_told_as_a_week(tmp_path):
    rows = "K1,2022-03-01,14\nK1,2022-03-29,6\nK1,2002-04-26,5\nK2,2022-03-01,9\nK2,2022-04-26,3\n"
    (tmp_path / "visits.csv").write_text(f"Subject,Visit date,PASI\n{rows}")
    (tmp_path / "drugs.csv").write_text("Subject,Drug,Start date\nK1,MSC,2022-03-01\nK2,MSC,2022-03-01\n")
    taken = take_in([tmp_path / "visits.csv", tmp_path / "drugs.csv"])
    (warning,) = [one for one in taken.report.warnings if "another visit" in one.expected]
    assert (warning.file, warning.row) == ("visits.csv", 4)
    assert "2002" not in str(warning)
