"""Folders of CSV files, as people write them."""

import numpy as np
import pandas as pd
import pytest

from data.catalog import open_study
from data.study import Index


def test_the_smallest_study_is_one_file(folder):
    study = open_study(folder())
    assert study.key == study.title == "study"
    assert study.pasi["pasi"].tolist() == [20, 5, 30]
    assert study.patients["group"].tolist() == ["all patients"] * 2
    assert set(study.pasi["provenance"]) == {"observed"}
    assert study.index == Index(None, "week 0")
    assert study.notes == ()


@pytest.mark.parametrize("table", ["immune_subsets", "subset_definitions", "treatments", "events"])
def test_an_absent_table_is_empty_with_all_its_columns(folder, table):
    assert getattr(open_study(folder()), table).empty
    assert "patient_id" in getattr(open_study(folder()), table) or table == "subset_definitions"


@pytest.mark.parametrize("blank", ["", "NA", "n/a", "N/A", ".", " ", "  NA", "nan"])
def test_blank_is_missing_and_the_row_stays(folder, blank):
    study = open_study(folder(pasi=f"patient_id,week,pasi\nP1,0,20\nP1,4,{blank}\n"))
    assert study.pasi["week"].tolist() == [0, 4]
    assert np.isnan(study.pasi["pasi"].iloc[1])


def test_rows_are_sorted_by_patient_then_week_in_the_order_of_patients(folder):
    study = open_study(folder(patients="patient_id\nP2\nP1\n", pasi="patient_id,week,pasi\nP1,4,1\nP1,0,2\nP2,0,3\n"))
    assert study.pasi["pasi"].tolist() == [3, 2, 1]
    assert study.pasi["patient_id"].cat.categories.tolist() == ["P2", "P1"]
    assert study.pasi.index.tolist() == [0, 1, 2]


def test_every_table_has_the_same_patient_categories(folder):
    treatments = "patient_id,treatment,kind,start_week\nP2,x,biologic,0\n"
    study = open_study(folder(treatments=treatments))
    for table in (study.patients, study.pasi, study.immune_subsets, study.treatments, study.events):
        assert table["patient_id"].cat.categories.tolist() == ["P1", "P2"]


def test_ids_keep_their_zeros(folder):
    study = open_study(folder(pasi="patient_id,week,pasi\n007,0,20\n7,0,10\n"))
    assert study.patient_ids == ["007", "7"]


@pytest.mark.parametrize(
    "pasi",
    [
        "\ufeffpatient_id,week,pasi\nP1,0,2.1\n",
        "patient_id,week,pasi\r\nP1,0,2.1\r\n",
        "patient_id,week,pasi\rP1,0,2.1\r",
        "patient_id;week;pasi\nP1;0;2,1\n",
        'patient_id;week;pasi\n"P1";0;2,1\n',
        "patient_id\tweek\tpasi\nP1\t0\t2.1\n",
        'patient_id,week,pasi\n"P1","0","2.1"\n',
        "patient_id,week,pasi,\nP1,0,2.1,\n",
        "patient_id,week,pasi\nP1,0,2.1,,\n",
        "\n\nPatient ID, Week ,PASI\nP1,0,2.1\n\n",
        "patient_id,week,pasi\n , , \n P1 ,0, 2.1\n",
        "usubjid,wk,pasi_total\nP1,0,2.1\n",
        "pasi,week,patient\n2.1,0.0,P1\n",
        "patient_id,week,pasi\nP1,0e0,+2.1",
    ],
)
def test_the_same_table_in_many_spellings(folder, pasi):
    study = open_study(folder(pasi=pasi))
    assert study.patient_ids == ["P1"]
    assert study.pasi[["week", "pasi"]].to_numpy().tolist() == [[0, 2.1]]


def test_a_quoted_cell_may_hold_commas_and_lines(folder):
    events = 'patient_id,week,event,note\nP1,1,fever,"38.5, at night\nresolved"\nP2,2,"say ""ah""",\n'
    study = open_study(folder(events=events))
    assert study.events["note"].tolist() == ["38.5, at night\nresolved", ""]
    assert study.events["event"].tolist() == ["fever", 'say "ah"']


def test_further_scores_are_kept_and_other_columns_noted(folder):
    study = open_study(folder(pasi="patient_id,week,pasi,dlqi,visit\nP1,0,20,11,A\n"))
    assert study.pasi["dlqi"].tolist() == [11]
    assert "visit" not in study.pasi
    assert study.notes == ("pasi.csv: columns that are not read: 'visit'.",)


def test_covariates_are_numbers_or_text(folder):
    patients = "patient_id,group,sex,age,weight_kg,bmi,site\nP1,A,F,40,70,25.5,x1\nP2,,M,,80,NA,\n"
    table = open_study(folder(patients=patients)).patients
    assert table["group"].tolist() == ["A", "not stated"]
    assert table["bmi"].iloc[0] == 25.5
    assert np.isnan(table["bmi"].iloc[1])
    assert np.isnan(table["age"].iloc[1])
    assert table["site"].tolist() == ["x1", ""]


def test_wide_and_long_immune_tables_are_the_same_study(folder):
    wide = open_study(folder(immune_subsets="patient_id,week,treg,b cell\nP1,4,2,3\nP1,0,1,\nP2,0,5,6\n"))
    rows = ["P1,0,treg,1", "P1,0,b cell,", "P1,4,treg,2", "P1,4,b cell,3", "P2,0,treg,5", "P2,0,b cell,6"]
    long = "\n".join(["patient_id,week,subset,value", *rows])
    pd.testing.assert_frame_equal(wide.immune_subsets, open_study(folder(immune_subsets=long)).immune_subsets)
    assert wide.immune_subsets["value"].isna().sum() == 1
    assert wide.immune_subsets["count"].isna().all()


def test_subsets_are_in_the_order_of_their_definitions_and_unknown_ones_say_so(folder):
    definitions = "subset,label,parent,unit\ntreg,Treg,CD4+ T,% of parent\nabsent,Absent,x,y\nnk,,,\n"
    study = open_study(
        folder(immune_subsets="patient_id,week,odd,nk,treg\nP1,0,1,2,3\n", subset_definitions=definitions)
    )
    expected = [
        ("treg", "Treg", "CD4+ T", "% of parent"),
        ("nk", "nk", "", "unit not stated"),
        ("odd", "odd", "", "unit not stated"),
    ]
    assert list(study.subset_definitions[["subset", "label", "parent", "unit"]].itertuples(index=False)) == expected
    assert study.immune_subsets["value"].tolist() == [3, 2, 1]
    assert any("'odd'" in note for note in study.notes)


def test_a_value_without_a_percent_unit_may_exceed_100(folder):
    study = open_study(folder(immune_subsets="patient_id,week,cells_per_ul\nP1,0,1500\n"))
    assert study.immune_subsets["value"].tolist() == [1500]


def test_a_blank_end_is_ongoing_and_an_equal_one_an_infusion(folder):
    treatments = "patient_id,treatment,kind,start_week,end_week\nP1,UC-MSC,Cell therapy,0,0\nP1,x,BIOLOGIC,9,\n"
    study = open_study(folder(treatments=treatments))
    assert study.treatments["kind"].tolist() == ["cell_therapy", "biologic"]
    assert study.treatments["end_week"].iloc[0] == 0
    assert np.isnan(study.treatments["end_week"].iloc[1])
    assert study.index == Index("UC-MSC", "MSC")


def test_a_patient_without_pasi_is_noted(folder):
    study = open_study(folder(patients="patient_id\nP1\nP2\nP3\n"))
    assert study.notes == ("1 patient(s) without any PASI value: 'P3'.",)


def test_a_misnamed_file_is_recognised_by_its_columns(folder):
    study = open_study(folder(treatment="patient_id,treatment,kind,start_week\nP1,x,biologic,0\n"))
    assert study.treatments["treatment"].tolist() == ["x"]


def test_a_file_of_nothing_known_is_noted_with_the_name_it_may_have(folder):
    study = open_study(folder(treatment="colour,height\nred,3\n"))
    (note,) = (
        note for note in study.notes if note.startswith("treatment.csv: nothing of this table is used: 'colour'")
    )
    assert note.endswith("Did you mean 'treatments'?")


def test_a_large_table_keeps_its_text_small(folder):
    rows = "".join(f"P{patient},{week},{patient % 70}\n" for patient in range(500) for week in range(20))
    study = open_study(folder(pasi=f"patient_id,week,pasi\n{rows}"))
    assert len(study.pasi) == 10_000
    assert study.pasi.memory_usage(deep=True).sum() < 400_000
