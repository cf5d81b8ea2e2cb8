import numpy as np
import pytest

from analysis.response.rebound import STATES, rebounds, stops
from studies import make_study, msc, random_study


def found(scores, rule, phase="all", courses=None):
    treatments = msc("P1") if courses is None else courses
    return rebounds(make_study({"P1": scores}, treatments=treatments), [rule], [phase]).iloc[0]


@pytest.mark.parametrize(("rule", "at_line"), [("NPF", "rebound"), ("EMA", "no_rebound")])
def test_on_125_percent_of_baseline_npf_rebounds_and_ema_does_not(rule, at_line):
    row = found({0: 20, 4: 5, 8: 25}, rule)
    assert row[["state", "threshold", "stop_week"]].tolist() == [at_line, 25, 1]
    assert found({0: 20, 4: 5, 8: 25.1}, rule)[["state", "week", "pasi"]].tolist() == ["rebound", 8, 25.1]
    assert found({0: 20, 4: 5, 8: 24.9}, rule)["state"] == "no_rebound"


@pytest.mark.parametrize(
    ("rule", "week", "state"),
    [("NPF", 14, "rebound"), ("NPF", 14.1, "no_rebound"), ("EMA", 9.7, "rebound"), ("EMA", 9.8, "no_rebound")],
)
def test_the_weeks_count_from_the_last_infusion_and_the_last_one_is_in(rule, week, state):
    assert found({0: 20, 4: 5, week: 30}, rule)["state"] == state


def test_before_the_last_infusion_nothing_rebounds():
    assert found({0: 20, 0.5: 30, 1: 30, 4: 5}, "NPF")["state"] == "no_rebound"


def test_after_a_restart_it_is_no_longer_a_rebound():
    courses = [*msc("P1"), ("P1", "adalimumab", "biologic", 6, None)]
    assert found({0: 20, 4: 5, 8: 30}, "NPF", courses=courses)["state"] == "no_rebound"
    assert found({0: 20, 4: 5, 6: 30}, "NPF", courses=courses)["week"] == 6


def test_a_course_counts_from_its_end():
    courses = [*msc("P1"), ("P1", "adalimumab", "biologic", 9, 20), ("P1", "guselkumab", "biologic", 30, None)]
    scores = {0: 20, 9: 16, 16: 2, 20: 30, 24: 21, 31: 40}
    row = found(scores, "NPF", "restart", courses)
    assert row[["state", "week", "threshold", "stop_week"]].tolist() == ["rebound", 24, 20, 20]


@pytest.mark.parametrize(
    ("scores", "phase", "courses", "reason"),
    [
        ({0: 20, 16: 30}, "all", None, "no PASI within 13 weeks of stopping"),
        ({0: 20, 4: 30}, "all", [("P1", "UC-MSC", "cell_therapy", 0, None)], "the MSC course is ongoing"),
        ({4: 30}, "all", None, "no baseline: no PASI at or before first MSC"),
        ({0: 0, 4: 30}, "all", None, "baseline PASI is 0"),
        ({0: 20, 4: 30}, "all", [], "no index treatment, so nothing is known to have stopped"),
        (
            {0: 20, 9: 16, 16: 30},
            "restart",
            [*msc("P1"), ("P1", "adalimumab", "biologic", 9, None)],
            "the restart course is ongoing",
        ),
    ],
)
def test_what_cannot_be_told_says_why(scores, phase, courses, reason):
    row = found(scores, "NPF", phase, courses)
    assert row[["state", "reason"]].tolist() == ["not_evaluable", reason]


@pytest.mark.parametrize("seed", range(4))
def test_a_state_a_week_and_a_reason_agree(seed):
    table = rebounds(random_study(seed, patients=9))
    assert set(table["state"]) <= set(STATES)
    np.testing.assert_array_equal(table["state"] == "rebound", table["week"].notna())
    np.testing.assert_array_equal(table["state"] == "not_evaluable", table["reason"] != "")


def test_another_dose_of_what_was_restarted_does_not_end_the_look_for_a_rebound():
    courses = [("etanercept", 9, 12), ("etanercept", 12, 20), ("guselkumab", 40, None)]
    given = [("P1", drug, "biologic", start, end) for drug, start, end in courses]
    study = make_study({"P1": {0: 20.0, 9: 20.0}}, treatments=[*msc("P1"), *given])
    stop, following = stops(study, "restart")
    assert (stop.tolist(), following.tolist()) == ([20], [40])
