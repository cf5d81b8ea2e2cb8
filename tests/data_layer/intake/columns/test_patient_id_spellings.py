"""Spellings of known patients: joined when one patient alone fits, and never across different letters."""

import pytest

from data.intake.columns.patient_id_spellings import Patients, aliases


@pytest.mark.parametrize(
    ("patients", "spellings", "joined"),
    [
        (["1", "2"], ["P01", "pt 2"], {"P01": "1", "pt 2": "2"}),
        (["1"], ["P01", "P-01", "pat 1", "001"], {"P01": "1", "P-01": "1", "pat 1": "1", "001": "1"}),
        (["P1", "P2"], ["S2", "P02", "2"], {"P02": "P2", "2": "P2"}),
        (["PSO-001", "PSO-002"], ["PSO001", "pso2"], {"PSO001": "PSO-001", "pso2": "PSO-002"}),
        (["PSO-01-001", "PSO-01-002"], ["001", "1"], {"001": "PSO-01-001"}),
        (["001", "1"], ["01"], {}),
        (["1", "P1"], ["P01", "01"], {"P01": "P1", "01": "1"}),
        (["1", "2"], ["Panel1", "HC1", "HC-1", "A1", "cytometer"], {}),
        (["001"], ["HC-001"], {}),
        (["P-1-11"], ["P1-11", "P-11-1"], {"P1-11": "P-1-11"}),
        (["AM"], ["am", "A.M."], {"am": "AM", "A.M.": "AM"}),
    ],
)
def test_spellings_of_one_patient(patients, spellings, joined):
    found, _ = aliases(spellings, Patients(patients))
    assert found == joined


def test_two_patients_that_fit_are_asked():
    found, unsure = aliases(["001"], Patients(["PSO-01-001", "PSO-02-001"]))
    assert found == {}
    assert unsure == ["'001' may be 'PSO-01-001', 'PSO-02-001'; it is joined with none."]


def test_two_letters_for_one_number_are_asked_and_none_of_these_letters_is_joined():
    found, unsure = aliases(["S1", "S2", "P2", "03"], Patients(["1", "2", "3"]))
    assert found == {"03": "3"}
    assert unsure == ["'S2', 'P2' may all be '2'; none of them is joined."]


def test_case_alone_does_not_make_one_patient_of_two():
    assert Patients(["p1", "P1"]).one("P1") == "P1"
    assert Patients(["p1", "P1"]).one("P01") is None
