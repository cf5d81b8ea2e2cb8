"""A dose that was planned and not given is an event: no treatment, no phase and no week 0."""

import pandas as pd
import pytest

from data.catalog import open_study
from data.files import take_in
from data.own_format.write_tables import as_files
from data.study import GIVEN, MISSED, PLANNED
from data.tables.dose_status import statuses

PASI = "patient_id,week,pasi\nA,0,21\nA,6,9\nB,0,17\nB,6,4\n"
HEAD = "patient_id,treatment,kind,start_week,end_week,status,end_reason,note\n"
DOSES = "A,UC-MSC,cell_therapy,0,0,given,,\nA,UC-MSC,cell_therapy,1,1,missed,,fever\nB,UC-MSC,cell_therapy,0,0,,,\nB,UC-MSC,cell_therapy,8,8,planned,,\n"
PEOPLE = "USUBJID,RFSTDTC,ARM\nA,2022-05-02,MSC\nB,2022-05-09,MSC\n"


def take(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return take_in([tmp_path / f"{name}.csv" for name in files])


def told(study):
    return study.events[["patient_id", "week", "event", "note"]].astype(object).to_numpy().tolist()


def test_our_own_table_says_which_doses_were_given(tmp_path):
    study = take(tmp_path, pasi=PASI, treatments=HEAD + DOSES).study
    assert study.treatments[["patient_id", "start_week"]].to_numpy().tolist() == [["A", 0], ["B", 0]]
    assert "status" not in study.treatments
    assert told(study) == [["A", 1, "UC-MSC: missed dose", "fever"], ["B", 8, "UC-MSC: planned dose", ""]]


def test_a_word_that_is_none_is_a_problem_of_its_cell(tmp_path):
    (problem,) = take(tmp_path, pasi=PASI, treatments=HEAD + "A,x,other,0,0,perhaps,,\n").report.problems
    assert (problem.column, problem.row) == ("status", 2)
    assert "perhaps" in problem.found


def test_beside_other_events_they_stand_in_their_week_and_are_written_and_read_again(tmp_path):
    events = "patient_id,week,event,severity\nA,0,Fever,2\nB,9,Rash,\n"
    study = take(tmp_path, pasi=PASI, treatments=HEAD + DOSES, events=events).study
    assert [one[1:3] for one in told(study)] == [
        [0, "Fever"],
        [1, "UC-MSC: missed dose"],
        [8, "UC-MSC: planned dose"],
        [9, "Rash"],
    ]
    again = tmp_path / "again"
    again.mkdir()
    for name, parts in as_files(study).items():
        (again / name).write_text("".join(parts))
    assert told(open_study(again)) == told(study)
    assert len(open_study(again).treatments) == 2


def test_who_has_nothing_but_a_missed_dose_is_a_patient(tmp_path):
    study = take(tmp_path, pasi=PASI, treatments=HEAD + "C,x,other,2,2,missed,,\n").study
    assert study.patient_ids == ["A", "B", "C"]
    assert study.treatments.empty


def test_exposures_that_did_not_occur_are_events_with_their_reason(tmp_path):
    head = "USUBJID,EXTRT,EXOCCUR,EXREASND,EXDOSE,EXSTDTC,EXENDTC\n"
    rows = "A,UC-MSC,Y,,2,2022-05-02,2022-05-02\nA,UC-MSC,N,FEVER,,2022-05-09,2022-05-09\nB,UC-MSC,Y,,2,2022-05-09,2022-05-09\n"
    taken = take(tmp_path, dm=PEOPLE, pasi=PASI, ex=head + rows)
    assert told(taken.study) == [["A", 1, "UC-MSC: missed dose", "FEVER"]]
    assert len(taken.study.treatments) == 2
    assert any("1 dose(s) were planned and not given (EXOCCUR; row(s) 3)" in note for note in taken.report.notes)


def test_week_0_is_the_first_dose_that_was_given(tmp_path):
    drugs = "Patient,Drug,Given,Start date\nA,UC-MSC,no,2021-01-04\nA,UC-MSC,yes,2021-02-01\nB,UC-MSC,yes,2021-03-01\n"
    visits = "Patient,Visit date,PASI\nA,2021-02-01,20\nA,2021-03-01,5\nB,2021-03-01,12\nB,2021-03-29,6\n"
    for name, text in {"visits": visits, "drugs": drugs}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    study = take_in([tmp_path / "visits.csv", tmp_path / "drugs.csv"]).study
    assert study.pasi["week"].tolist() == [0, 4, 0, 4]
    assert [one[:3] for one in told(study)] == [["A", -4, "UC-MSC: missed dose"]]


@pytest.mark.parametrize(
    ("word", "status"),
    [("Y", GIVEN), ("", GIVEN), ("Nein", MISSED), ("NOT DONE", MISSED), ("withheld", MISSED), ("Geplant", PLANNED)],
)
def test_words_of_several_languages(word, status):
    assert statuses(pd.Series([word])).tolist() == [status]
    assert statuses(pd.Series(["perhaps"])).isna().all()
