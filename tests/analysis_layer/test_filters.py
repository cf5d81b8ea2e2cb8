import numpy as np
import pytest

from analysis.filters import kept_rows, narrow
from studies import make_study, msc


@pytest.fixture
def study():
    """P1 restarts at week 9; P2 does not restart."""
    weeks = dict.fromkeys((-4, 0, 4, 9, 12), 10.0)
    courses = [*msc("P1"), *msc("P2"), ("P1", "x", "biologic", -9, -2), ("P1", "y", "biologic", 9, None)]
    return make_study({"P1": weeks, "P2": weeks}, treatments=courses, groups={"P1": "A", "P2": "B"})


def test_without_a_wish_everything_is_kept(study):
    assert narrow(study, study.pasi) is study.pasi


def test_patients_and_groups_are_kept_by_name(study):
    assert set(narrow(study, study.pasi, patients=["P2"])["patient_id"]) == {"P2"}
    assert set(narrow(study, study.pasi, groups=["A"])["patient_id"]) == {"P1"}
    assert narrow(study, study.pasi, patients=["P2"], groups=["A"]).empty
    assert narrow(study, study.pasi, patients=[]).empty


def test_a_window_is_closed(study):
    assert narrow(study, study.pasi, patients=["P1"], window=(0, 9))["week"].tolist() == [0, 4, 9]


def test_a_window_is_in_weeks_of_the_clock_and_leaves_out_who_is_off_it(study):
    kept = narrow(study, study.pasi, window=(-5, 0), clock="restart")
    assert kept["patient_id"].tolist() == ["P1", "P1"]
    assert kept["week"].tolist() == [4, 9]


def test_a_course_is_kept_if_it_overlaps_the_window(study):
    assert narrow(study, study.treatments, ["P1"], window=(2, 8))["treatment"].tolist() == []
    assert narrow(study, study.treatments, ["P1"], window=(-2, 0))["treatment"].tolist() == ["x", "UC-MSC"]
    assert narrow(study, study.treatments, ["P1"], window=(90, 99))["treatment"].tolist() == ["y"]


def test_an_open_window_keeps_what_is_on_the_clock(study):
    assert len(narrow(study, study.pasi, window=(-np.inf, np.inf))) == len(study.pasi)


def test_arrays_are_narrowed_like_tables(study):
    wish = {"groups": ["A"], "window": (0.0, 9.0), "clock": "index"}
    patient, week = study.pasi["patient_id"].cat.codes.to_numpy(), study.pasi["week"].to_numpy()
    assert study.pasi[kept_rows(study, patient, week, **wish)].equals(narrow(study, study.pasi, **wish))
