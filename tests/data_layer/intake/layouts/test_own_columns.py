"""One CSV file of PASI values without a mapping, tidy or wide, and what it says of the patients."""

import numpy as np
import pytest

from data.catalog import open_study
from data.files import take_in
from data.problems import StudyError


@pytest.fixture
def opened(tmp_path):
    def write(content):
        (tmp_path / "trial_pasi.csv").write_text(content)
        return open_study(tmp_path / "trial_pasi.csv")

    return write


WIDE = "USUBJID,TRT,BASELINE,WEEK01,WEEK04\nS1,A,20,10,NA\nS2,B,30,,\nS3,A,12,6,3\n"


def test_wide_columns_become_visits(opened):
    study = opened(WIDE)
    assert study.key == "trial_pasi"
    assert study.pasi["week"].tolist() == [0, 1, 4] * 3
    assert study.pasi["pasi"].dropna().tolist() == [20, 10, 30, 12, 6, 3]
    assert dict(zip(study.patient_ids, study.patients["group"], strict=True)) == {"S1": "A", "S2": "B", "S3": "A"}
    assert "USUBJID is the patient" in study.notes[0]
    assert "TRT is the group" in study.notes[0]


def test_blank_visits_of_a_wide_file_are_missing_rows_at_the_end_too(opened):
    assert np.isnan(opened(WIDE).pasi["pasi"]).sum() == 3


@pytest.mark.parametrize("name", ["PASI_WEEK_4", "Week 4", "wk4", "W4", "week-04", "pasi.w4", "W04_PASI", "Week 4.0"])
def test_names_of_week_columns(opened, name):
    assert opened(f"id,Baseline,{name}\n1,20,5\n").pasi["week"].tolist() == [0, 4]


def test_columns_without_any_value_are_no_visits(opened):
    study = opened("id,w0,w1,w2\na,3,,2\nb,,,1\n")
    assert study.pasi["week"].tolist() == [0, 2] * 2
    assert any("the column 'w1' is without any value and not read" in note for note in study.notes)


def test_an_unnamed_group_goes_by_its_content(opened):
    study = opened("id,site_name,w0,w4\na,North,3,2\nb,South,4,1\nc,South,4,1\nd,North,1,1\n")
    assert study.patients["group"].cat.categories.tolist() == ["North", "South"]


def test_two_possible_groups_are_no_group_but_covariates(opened):
    study = opened("id,site,ward,w0,w4\na,N,x,3,2\nb,S,x,4,1\nc,S,y,4,1\nd,N,y,1,1\n")
    assert set(study.patients["group"]) == {"all patients"}
    assert study.patients["ward"].tolist() == ["x", "x", "y", "y"]


def test_a_tidy_file_keeps_what_it_says_once_of_each_patient(opened):
    rows = "P1,0,20,f,,25.1,5,good\nP1,4,5,f,yes,25.1,3,better\nP2,0,30,m,no,31,9,\n"
    study = opened(f"patient_id,week,pasi,sex,smoker,bmi,crp,comment\n{rows}")
    assert study.patients.columns.tolist() == ["patient_id", "group", "sex", "smoker", "bmi"]
    assert study.patients.set_index("patient_id").loc["P1"].tolist() == ["all patients", "f", "yes", 25.1]
    assert any("'smoker', 'bmi'" in note for note in study.notes)
    assert any("not read: 'crp', 'comment'" in note for note in study.notes)


def test_a_tidy_file_with_subsets_gives_them_a_table(opened):
    study = opened("patient_id,week,pasi,Treg %,smoker\nP1,0,20,5.1,yes\nP1,4,5,7,yes\nP2,0,30,,no\n")
    assert study.immune_subsets["value"].tolist() == [5.1, 7]
    assert study.pasi["pasi"].tolist() == [20, 5, 30]
    assert study.patients["smoker"].tolist() == ["yes", "no"]


def test_what_pasi_says_of_patients_who_have_a_table_of_their_own_is_noted(folder):
    study = open_study(folder(patients="patient_id,group\nP1,A\nP2,B\n", pasi="patient_id,week,pasi,arm\nP1,0,9,X\n"))
    assert study.patients["group"].tolist() == ["A", "B"]
    assert "pasi.csv: columns that are not read: 'arm'." in study.notes


def test_a_second_group_of_a_patient_is_said_once(folder):
    taken = take_in([folder(pasi="patient_id,week,pasi,arm\nP1,0,9,X\nP1,4,5,Y\nP2,0,5,Y\n")])
    assert [(one.row, one.column) for one in taken.report.problems] == [(3, "arm")]
    assert taken.report.warnings == []


def test_tidy_with_a_group(opened):
    study = opened("subject,arm,week,pasi\na,X,0,3\na,X,4,2\nb,Y,0,5\n")
    assert study.patients["group"].tolist() == ["X", "Y"]
    assert study.pasi["pasi"].tolist() == [3, 2, 5]
    assert study.notes == ()


BAD = {
    "two groups for one patient": (
        "id,arm,week,pasi\na,X,0,3\na,Y,4,2\n",
        3,
        "arm",
        "'Y' for patient 'a', who is in 'X'",
    ),
    "a patient twice": ("id,w0,w1\na,3,2\nb,3,2\na,1,1\n", 4, "id", "'a' again (first in row 2)"),
    "two columns for a week": ("id,BASELINE,WEEK00,WEEK01\na,3,2,1\n", 1, "WEEK00", "'BASELINE' and 'WEEK00'"),
    "out of range": ("id,BASELINE,WEEK01\na,74,80\nb,3,73\n", 3, "WEEK01", "73"),
    "text": ("id,BASELINE,WEEK01\na,few,2\nb,none,many\n", 3, "BASELINE", "'none'"),
    "no patients": ("BASELINE,WEEK01\n3,2\n", None, None, "no score that has a patient and a time"),
    "something else": ("name,height\nx,180\n", None, None, "no score that has a patient and a time"),
}


@pytest.mark.parametrize(("content", "row", "column", "found"), BAD.values(), ids=BAD)
def test_problems_are_placed_in_the_wide_file(opened, content, row, column, found):
    with pytest.raises(StudyError) as error:
        opened(content)
    places = {(problem.file, problem.row, problem.column): problem.found for problem in error.value.problems}
    assert found in places["trial_pasi.csv", row, column]


def test_a_wide_pasi_file_in_a_folder_with_patients(folder):
    study = open_study(folder(patients="patient_id,group\nS2,x\nS1,y\n", pasi="id,TRT,w0,w4\nS1,a,3,1\nS2,b,4,1\n"))
    assert study.patients["group"].tolist() == ["x", "y"]
    assert study.pasi["pasi"].tolist() == [4, 1, 3, 1]


def test_the_vissig_file_opens_without_a_mapping(vissig, known):
    about = known["vissig"]
    assert len(vissig.patients) == about["patients"]
    assert vissig.pasi["pasi"].notna().sum() == about["values"]
    assert vissig.pasi["pasi"].isna().sum() == about["missing"]
    assert vissig.patients["group"].value_counts().tolist() == [about["arm"]] * 3
    assert sorted(set(vissig.pasi["week"])) == [0, 1, 4, 8, 16, 24, 32, 40, 52]
