import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.response.response import responses
from analysis.response.rule_options import RuleOptions
from analysis.response.summary import SUSTAINED_STATES, summaries
from studies import make_study, msc, random_study

NAN = float("nan")


def found(scores, phase="all", courses=(), **options):
    study = make_study({"P1": scores}, treatments=[*msc("P1"), *courses])
    return summaries(study, [phase], RuleOptions(**{"response": "PASI50", **options})).iloc[0]


def test_a_response_lies_between_two_visits_and_lasts_until_it_is_lost():
    row = found({-2: 22, 0: 20, 2: 12, 4: 8, 8: 5, 12: 16, 16: 2})
    assert row[["first_response_week", "weeks_to_response_low", "weeks_to_response_high"]].tolist() == [4, 2, 4]
    assert row[["response_lost_week", "duration_weeks", "response_ongoing"]].tolist() == [12, 8, False]
    assert row[["nadir", "nadir_week", "depth_percent", "visits"]].tolist() == [2, 16, 90, 5]
    assert row[["relapse_week", "relapse_state"]].tolist() == [12, "relapsed"]
    assert row[["last_pasi", "last_week", "state_now"]].tolist() == [2, 16, "PASI90"]


def test_a_response_at_the_first_visit_lies_after_the_start_of_its_phase():
    scores = {0: 20, 9: 16, 12: 4, 20: 3}
    row = found(scores, "restart", [("P1", "adalimumab", "biologic", 9, None)])
    assert row[["weeks_to_response_low", "weeks_to_response_high", "first_response_week"]].tolist() == [0, 3, 12]
    assert row[["duration_weeks", "response_ongoing"]].tolist() == [8, True]


def test_time_in_response_and_the_area_are_trapezoids_from_the_start_on():
    row = found({0: 20, 2: 10, 4: 10, 8: 20})
    assert row["weeks_followed"] == 8
    assert row["weeks_in_response"] == 1 + 2 + 2
    assert row["auc_per_week"] == (30 + 20 + 60) / 8


def test_a_missed_visit_is_no_point_of_the_curve():
    assert found({0: 20, 4: NAN, 8: 10})["auc_per_week"] == 15


def test_without_a_baseline_the_area_starts_at_the_first_visit_and_nothing_is_a_response():
    row = found({2: 10, 4: 20})
    assert row[["weeks_followed", "auc_per_week"]].tolist() == [2, 15]
    assert np.isnan(row["weeks_in_response"])
    assert row["reason"] == "no baseline: no PASI at or before first MSC"


def test_a_window_without_the_start_counts_from_its_first_visit():
    row = found({0: 20, 4: 10, 8: 5, 12: 5}, window=(4, 12))
    assert row[["weeks_followed", "baseline", "auc_per_week"]].tolist() == [8, 20, (30 + 20) / 8]
    assert found({0: 20, 4: 10, 8: 5}, window=(0, 4))[["weeks_followed", "auc_per_week"]].tolist() == [4, 15]


@pytest.mark.parametrize(
    ("scores", "state"),
    [
        ({0: 20, 4: 2, 56: 2}, "sustained"),
        ({0: 20, 4.1: 2, 56.1: 2}, "sustained"),  # 52 weeks, which subtraction makes 51.99…
        ({0: 20, 4: 2, 55.9: 2}, "too_short"),
        ({0: 20, 60: 2}, "too_short"),  # one visit holds nothing
        ({0: 20, 10: 15, 50: 2, 53: 2}, "too_short"),
        ({0: 20, 4: 2, 50: 2.1, 56: 2}, "lost"),
        ({0: 20, 4: 3, 56: 3}, "never"),
        ({0: 20}, "not_evaluable"),
    ],
)
def test_sustained_is_at_every_later_visit_for_long_enough(scores, state):
    assert found(scores, response="at_most_2")["sustained"] == state
    assert state in SUSTAINED_STATES


def test_the_case_series_as_published(case_series):
    after = summaries(case_series, ["after"], RuleOptions("PASI50")).set_index("patient_id")
    assert round(after["depth_percent"].max()) == 87
    assert after.loc[after["depth_percent"].idxmax(), "nadir_week"] == 4
    table = summaries(case_series, ["restart"], RuleOptions("at_most_2"))
    assert table["sustained"].tolist().count("sustained") == 2
    held = table[table["sustained"] == "sustained"]
    assert (held["last_week"] - 9 > 104).all()
    assert held["response_ongoing"].all()


@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_with_the_response_table(seed):
    study = random_study(seed, patients=9)
    table, known = summaries(study), responses(study)
    np.testing.assert_array_equal(table["weeks_to_response_high"], known["weeks_to_pasi75"])
    for mine, theirs in {"nadir": "best_pasi", "nadir_week": "best_week", "depth_percent": "best_improvement"}.items():
        np.testing.assert_array_equal(table[mine], known[theirs])
    np.testing.assert_array_equal(table["state_now"], known["state_now"])
    assert not (table["weeks_to_response_low"] > table["weeks_to_response_high"]).any()
    assert not (table["weeks_in_response"] > table["weeks_followed"]).any()


@settings(max_examples=20)
@given(values=st.lists(st.integers(0, 300), min_size=1, max_size=8), extra=st.integers(0, 300), at=st.integers(1, 9))
def test_an_added_visit_never_makes_the_first_response_later_and_one_after_it_never_moves_it(values, extra, at):
    scores = {0.0: 20.0} | {float(week): value / 10 for week, value in enumerate(values, start=1)}
    more = scores | {at + 0.5: extra / 10}
    for rule in ("PASI50", "at_most_3"):
        first, then = (found(each, response=rule)["first_response_week"] for each in (scores, more))
        assert np.isnan(first) or then <= first
        if at + 0.5 > first:
            assert then == first
