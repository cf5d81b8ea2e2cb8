from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.phases import (
    CLOCKS,
    PHASES,
    anchors,
    clock_labels,
    course_kind,
    index_event,
    off_clock,
    on_clock,
    phase_labels,
    study_phases,
    with_phase,
)
from data.study import Index
from studies import make_study, msc, random_study

WEEKS = dict.fromkeys((-4, 0, 0.5, 1, 9, 9.5, 30), 10.0)


@pytest.fixture
def two():
    """P1 resumes adalimumab at week 9, P2 switches to secukinumab at week 24, P3 never got MSC."""
    courses = [
        *msc("P1"),
        ("P1", "adalimumab", "biologic", -20, -4),
        ("P1", "adalimumab", "biologic", 9, None),
        ("P1", "methotrexate", "systemic", 3, None),
        *msc("P2"),
        ("P2", "etanercept", "biologic", -10, 30),
        ("P2", "secukinumab", "biologic", 24, None),
        ("P2", "guselkumab", "biologic", 40, None),
        ("P3", "etanercept", "biologic", 5, None),
    ]
    return make_study({"P1": WEEKS, "P2": WEEKS, "P3": WEEKS}, treatments=courses)


def test_each_patient_has_their_own_weeks_in_the_order_of_the_patients(two):
    starts = anchors(two)
    assert starts["patient_id"].tolist() == ["P1", "P2", "P3"]
    np.testing.assert_array_equal(starts["index_week"], [0, 0, np.nan])
    np.testing.assert_array_equal(starts["last_infusion_week"], [1, 1, np.nan])
    np.testing.assert_array_equal(starts["restart_week"], [9, 24, np.nan])


def test_a_restart_is_resumed_or_a_switch(two):
    starts = anchors(two)
    assert starts["restart_treatment"].tolist()[:2] == ["adalimumab", "secukinumab"]
    assert pd.isna(starts["restart_treatment"][2])
    assert starts["restart_is_switch"].tolist() == [False, True, False]


def test_a_resumed_background_biologic_is_no_switch():
    courses = [*msc("P1"), ("P1", "etanercept", "biologic", -9, 2), ("P1", "etanercept", "biologic", 12, None)]
    assert anchors(make_study({"P1": WEEKS}, treatments=courses))["restart_is_switch"].tolist() == [False]


def test_a_biologic_of_another_patient_does_not_make_it_resumed():
    courses = [
        *msc("P1"),
        *msc("P2"),
        ("P1", "etanercept", "biologic", -9, 2),
        ("P2", "etanercept", "biologic", 12, None),
    ]
    assert anchors(make_study({"P1": WEEKS}, treatments=courses))["restart_is_switch"].tolist() == [False, True]


def test_a_restart_starts_strictly_after_the_last_infusion():
    courses = [*msc("P1"), ("P1", "adalimumab", "biologic", 1, None), ("P1", "etanercept", "biologic", 1.1, None)]
    starts = anchors(make_study({"P1": WEEKS}, treatments=courses))
    assert starts["restart_week"].tolist() == [1.1]


@pytest.mark.parametrize(
    ("courses", "restart", "roles"),
    [
        ([(-9, 4), (4, 12), (12, None)], np.nan, ["background"] * 3),
        ([(-9, 4), (4 + 1 / 7, None)], np.nan, ["background"] * 2),
        ([(-9, -5), (-5, -2)], np.nan, ["prior"] * 2),
        ([(-9, 4), (6, 8), (8, None)], 6, ["background", "restart", "restart"]),
        ([(-9, None), (6, None)], 6, ["background", "restart"]),
        ([(3, 6), (2, 3)], 2, ["restart"] * 2),
    ],
    ids=[
        "doses through the infusion",
        "the next day",
        "before it",
        "a gap",
        "an end that nobody stated",
        "out of order",
    ],
)
def test_another_dose_of_what_goes_on_is_no_restart(courses, restart, roles):
    given = [("P1", "etanercept", "biologic", start, end) for start, end in courses]
    study = make_study({"P1": WEEKS}, treatments=[*msc("P1"), *given])
    np.testing.assert_array_equal(anchors(study)["restart_week"], [restart])
    parts = course_kind(study)
    found = parts[parts["treatment"] == "etanercept"].set_index("start_week")["role"].astype(str)
    assert [found[start] for start, _ in courses] == roles


def test_a_dose_of_another_drug_or_patient_goes_on_with_nothing():
    courses = [("P1", "etanercept", "biologic", -9, 4), ("P1", "adalimumab", "biologic", 4, None)]
    courses += [("P2", "etanercept", "biologic", 4, None)]
    study = make_study({"P1": WEEKS}, treatments=[*msc("P1"), *msc("P2"), *courses])
    assert anchors(study)["restart_week"].tolist() == [4, 4]


def test_a_systemic_is_no_restart():
    courses = [*msc("P1"), ("P1", "methotrexate", "systemic", 9, None)]
    study = make_study({"P1": WEEKS}, treatments=courses)
    assert anchors(study)["restart_week"].isna().all()
    assert study_phases(study) == ["before", "after", "all"]


def test_without_an_index_treatment_week_0_is_the_index_and_nothing_restarts():
    study = make_study({"P1": WEEKS}, treatments=[("P1", "adalimumab", "biologic", 9, None)])
    starts = anchors(study)
    assert starts["index_week"].tolist() == [0.0]
    assert starts[["last_infusion_week", "restart_week"]].isna().all(axis=None)
    assert phase_labels(study)["after"] == "after week 0"
    assert index_event(study) == "week 0"


def test_another_index_treatment_gives_the_same_phases_under_its_name():
    study = make_study({"P1": WEEKS}, treatments=[("P1", "NB-UVB", "phototherapy", 2, 2)], index=Index("NB-UVB", "UVB"))
    assert anchors(study)["index_week"].tolist() == [2.0]
    assert phase_labels(study) == {
        "before": "before UVB",
        "after": "after UVB",
        "restart": "after restart",
        "all": "all visits",
    }
    assert clock_labels(study)["index"] == "weeks since first UVB"


@pytest.mark.parametrize(
    ("treated", "week_zero", "index", "study_clock"),
    [
        (False, "week 0", "weeks since week 0", "study weeks"),
        (
            False,
            "start of phototherapy",
            "weeks since start of phototherapy",
            "study weeks since start of phototherapy",
        ),
        (True, "randomisation", "weeks since first MSC", "study weeks since randomisation"),
        (True, "week 0", "weeks since first MSC", "study weeks"),
    ],
)
def test_a_clock_of_the_studys_own_week_0_says_what_that_is(treated, week_zero, index, study_clock):
    study = replace(make_study({"P1": WEEKS}, treatments=msc("P1") if treated else ()), week_zero=week_zero)
    labels = clock_labels(study)
    assert (labels["index"], labels["study"]) == (index, study_clock)


def test_a_visit_on_the_day_a_phase_starts_belongs_to_the_phase_before(two):
    visits = with_phase(two, two.pasi)
    first = visits[visits["patient_id"] == "P1"]
    assert dict(zip(first["week"], first["phase"], strict=True)) == {
        -4: "before", 0: "before", 0.5: "after", 1: "after", 9: "after", 9.5: "restart", 30: "restart",
    }  # fmt: skip


def test_visits_of_a_patient_without_the_index_treatment_are_in_no_phase(two):
    visits = with_phase(two, two.pasi)
    assert visits.loc[visits["patient_id"] == "P3", "phase"].isna().all()


def test_every_treatment_has_its_part(two):
    parts = course_kind(two).set_index(["patient_id", "treatment", "start_week"])["role"].astype(str)
    assert parts.to_dict() == {
        ("P1", "adalimumab", -20): "prior",
        ("P1", "UC-MSC", 0): "index",
        ("P1", "UC-MSC", 1): "index",
        ("P1", "methotrexate", 3): "new",
        ("P1", "adalimumab", 9): "restart",
        ("P2", "etanercept", -10): "background",
        ("P2", "UC-MSC", 0): "index",
        ("P2", "UC-MSC", 1): "index",
        ("P2", "secukinumab", 24): "restart",
        ("P2", "guselkumab", 40): "new",
        ("P3", "etanercept", 5): "other",
    }


@pytest.mark.parametrize(("start", "end", "role"), [(-9, -1, "prior"), (-9, 0, "background"), (0, None, "background")])
def test_background_covers_the_index_week_both_ends_included(start, end, role):
    study = make_study({"P1": WEEKS}, treatments=[*msc("P1"), ("P1", "etanercept", "biologic", start, end)])
    parts = course_kind(study)
    assert parts.loc[parts["treatment"] == "etanercept", "role"].tolist() == [role]


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_is_zero_at_its_own_anchor_and_lists_who_is_off_it(two, clock):
    starts = anchors(two)
    table = starts.assign(week=starts[CLOCKS[clock].anchor])
    shown = on_clock(two, table, clock)
    off = starts["patient_id"].isin(off_clock(two, clock))
    assert (shown.loc[~off, "clock_week"] == 0).all()
    assert shown.loc[off, "clock_week"].isna().all()
    assert off_clock(two, clock) == ([] if clock == "study" else ["P3"])


def test_courses_move_with_the_clock_and_stay_open(two):
    shown = on_clock(two, two.treatments, "restart")
    resumed = shown[(shown["patient_id"] == "P1") & (shown["start_week"] == 9)].iloc[0]
    assert resumed["clock_start_week"] == 0
    assert np.isnan(resumed["clock_end_week"])


def test_every_phase_and_clock_has_a_label(two):
    assert phase_labels(two).keys() == PHASES.keys()
    assert clock_labels(two).keys() == CLOCKS.keys()


def test_a_study_without_any_rows_has_no_phases_to_give():
    study = make_study({}, groups={"P1": "A"})
    assert with_phase(study, study.pasi).empty
    assert course_kind(study).empty
    assert len(anchors(study)) == 1


@pytest.mark.parametrize("seed", range(20))
def test_phases_follow_each_other_in_time(seed):
    study = random_study(seed)
    visits = with_phase(study, study.pasi).dropna(subset="phase")
    order = visits["phase"].cat.codes
    assert (order.groupby(visits["patient_id"], observed=True).diff().dropna() >= 0).all()
