import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.phases import PHASES, study_phases
from analysis.response.response import BASELINES, LANE_SORTS, lane_order, responses
from analysis.response.rule_options import RuleOptions
from analysis.response.states import states, states_for
from analysis.response.thresholds import PERCENTS, evaluable, reached
from data.study import OUTCOMES
from studies import make_study, msc, random_study

NAN = float("nan")


@pytest.fixture
def study():
    """P1 responds, relapses, and is restarted at week 9; P2 was scored once; P3 starts at 0; P4 never got MSC."""
    courses = [*msc("P1"), *msc("P2"), *msc("P3"), ("P1", "adalimumab", "biologic", 9, None)]
    return make_study(
        {
            "P1": {-2: 25, 0: 20, 2: 5, 4: 2.6, 6: 2.6, 9: 16, 12: 3.2, 30: 1.6, 60: 1.0},
            "P2": {0: 10},
            "P3": {0: 0, 4: 2},
            "P4": {0: 10, 4: 1},
        },
        treatments=courses,
    )


def row(table, patient, phase):
    return table[(table["patient_id"] == patient) & (table["phase"] == phase)].iloc[0]


def test_every_tie_of_one_decimal_counts_as_a_response():
    baseline = np.arange(1, 721)[:, None]
    value = np.arange(0, 721)[None, :]
    for percent in PERCENTS:
        exact = 100 * (baseline - value) >= int(percent) * baseline
        np.testing.assert_array_equal(reached(baseline / 10, value / 10, percent), exact)
        exact = 100 * (value - baseline) >= int(percent) * baseline
        np.testing.assert_array_equal(reached(baseline / 10, value / 10, percent, -1.0), exact)


def test_nothing_is_reached_from_0_or_from_the_unknown():
    unknown = np.array([0.0, NAN, 10.0, NAN])
    value = np.array([0.0, 0.0, NAN, NAN])
    for percent in PERCENTS:
        assert not reached(unknown, value, percent).any()
    assert not evaluable(unknown, value).any()


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (0, "PASI100"),
        (0.1, "PASI90"),
        (2, "PASI90"),
        (2.1, "PASI75"),
        (5, "PASI75"),
        (10, "PASI50"),
        (10.1, "below_PASI50"),
        (20, "below_PASI50"),
        (20.1, "worse"),
        (NAN, "not_evaluable"),
    ],
)
def test_the_state_of_a_value_against_baseline_20(study, value, state):
    assert states(study, np.array([20.0]), np.array([value])).tolist() == [state]


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_every_value_has_one_state_and_the_states_go_from_best_to_worst(outcome):
    known = states_for(outcome)
    shades = [state.shade for state in known.values()]
    assert shades == sorted(set(shades))
    assert list(known)[-1] == "not_evaluable"
    grid = np.linspace(outcome.low, outcome.high, 40)
    baseline, value = (side.ravel() for side in np.meshgrid(grid, grid))
    told = [state.holds(baseline, value) for state in known.values()]
    assert np.any(told, axis=0).all()


@given(st.integers(0, 720), st.integers(0, 720))
def test_pasi100_implies_pasi90_implies_pasi75_implies_pasi50(baseline, value):
    hits = [bool(reached(np.array(baseline / 10), np.array(value / 10), percent)) for percent in PERCENTS]
    assert hits == sorted(hits, reverse=True)


def test_after_msc_is_told_from_the_msc_baseline(study):
    found = row(responses(study), "P1", "after")
    assert found["baseline"] == 20
    assert found["baseline_week"] == 0
    assert found["visits"] == 4
    assert (found["best_pasi"], found["best_week"]) == (2.6, 4)
    assert found["best_improvement"] == pytest.approx(87)
    assert found["weeks_to_pasi75"] == 2
    assert np.isnan(found["weeks_to_pasi90"])
    assert (found["last_pasi"], found["last_week"], found["state_now"]) == (16, 9, "below_PASI50")
    assert found["reason"] == ""


def test_after_restart_is_told_from_the_restart_day_and_counted_from_it(study):
    found = row(responses(study), "P1", "restart")
    assert (found["baseline"], found["baseline_week"]) == (16, 9)
    assert found["weeks_to_pasi75"] == 3
    assert found["weeks_to_pasi90"] == 21
    assert found["best_improvement"] == pytest.approx(93.75)


def test_after_restart_from_the_original_baseline_is_another_question(study):
    found = row(responses(study, how=RuleOptions(baseline="original")), "P1", "restart")
    assert (found["baseline"], found["baseline_week"]) == (20, 0)
    assert found["best_improvement"] == pytest.approx(95)


def test_all_visits_run_on_the_original_baseline(study):
    found = row(responses(study), "P1", "all")
    assert found["baseline"] == 20
    assert found["visits"] == 7
    assert (found["best_pasi"], found["last_week"], found["state_now"]) == (1.0, 60, "PASI90")


@pytest.mark.parametrize("baseline", BASELINES)
def test_before_is_not_evaluable_but_shows_what_was_observed(study, baseline):
    found = row(responses(study, how=RuleOptions(baseline=baseline)), "P1", "before")
    assert np.isnan(found["baseline"])
    assert (found["visits"], found["best_pasi"], found["last_pasi"]) == (2, 20, 20)
    assert found["state_now"] == "not_evaluable"
    assert found["reason"].startswith("no baseline")


@pytest.mark.parametrize(
    ("patient", "phase", "reason"),
    [
        ("P2", "after", "no PASI in this phase"),
        ("P2", "restart", "no restart"),
        ("P3", "all", "baseline PASI is 0"),
        ("P4", "after", "never got MSC"),
        ("P4", "all", "never got MSC"),
    ],
)
def test_what_is_not_evaluable_says_why(study, patient, phase, reason):
    found = row(responses(study), patient, phase)
    assert found["state_now"] == "not_evaluable"
    assert found["reason"] == reason
    assert np.isnan(found["best_improvement"])


def test_a_baseline_after_the_start_is_none():
    study = make_study({"P1": {1: 20, 4: 2}}, treatments=msc("P1"))
    assert row(responses(study), "P1", "after")["reason"] == "no baseline: no PASI at or before first MSC"


def test_a_window_limits_the_visits_but_not_the_baseline(study):
    found = row(responses(study, how=RuleOptions(window=(4, 6))), "P1", "after")
    assert (found["baseline"], found["visits"], found["weeks_to_pasi75"], found["last_week"]) == (20, 2, 4, 6)
    assert row(responses(study, how=RuleOptions(window=(70, 80))), "P1", "all")["reason"] == (
        "no PASI in this phase within the week window"
    )


def test_a_window_is_in_weeks_of_its_clock(study):
    found = row(responses(study, how=RuleOptions(window=(0, 3), clock="restart")), "P1", "all")
    assert (found["visits"], found["last_week"]) == (2, 12)


def test_of_equal_best_values_the_earliest_is_the_best(study):
    assert row(responses(study), "P1", "all")["best_week"] == 60
    assert row(responses(study, how=RuleOptions(window=(3, 7))), "P1", "all")["best_week"] == 4


def test_a_missed_visit_is_not_a_visit():
    study = make_study({"P1": {0: 10, 4: 5, 8: NAN}}, treatments=msc("P1"))
    found = row(responses(study), "P1", "all")
    assert (found["visits"], found["last_week"]) == (1, 4)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("baseline", BASELINES)
def test_one_row_per_patient_and_phase_with_a_reason_exactly_where_there_is_no_state(seed, baseline):
    study = random_study(seed)
    table = responses(study, how=RuleOptions(baseline=baseline))
    keys = study_phases(study)
    expected = [(patient, phase) for patient in study.patient_ids for phase in keys]
    assert list(zip(table["patient_id"], table["phase"], strict=True)) == expected
    np.testing.assert_array_equal(table["reason"] != "", table["state_now"] == "not_evaluable")
    np.testing.assert_array_equal(table["visits"] == 0, table["best_pasi"].isna())
    assert (table["best_pasi"].dropna() <= table["last_pasi"].dropna()).all()


@pytest.mark.parametrize("seed", range(8))
def test_phases_share_out_the_visits_of_all(seed):
    study = random_study(seed)
    visits = responses(study, list(PHASES)).pivot_table("visits", "patient_id", "phase", observed=False, sort=False)
    assert (visits["after"] + visits["restart"] == visits["all"]).all()


@settings(max_examples=30)
@given(
    values=st.lists(st.integers(0, 720), min_size=1, max_size=8),
    baseline=st.integers(1, 720),
    factor=st.sampled_from([0.5, 2.0, 4.0]),
)
def test_scaling_pasi_changes_no_relative_response(values, baseline, factor):
    def table(scale):
        scores = {week: value / 10 * scale for week, value in enumerate([baseline, *values])}
        return responses(make_study({"P1": scores}), ["all"])

    columns = ["best_week", "weeks_to_pasi75", "weeks_to_pasi90", "state_now"]
    assert table(factor)[columns].equals(table(1.0)[columns])


@settings(max_examples=30)
@given(values=st.lists(st.integers(0, 300), min_size=1, max_size=8), extra=st.integers(0, 300), at=st.integers(1, 9))
def test_an_added_visit_never_makes_the_first_response_later_and_one_after_it_never_moves_it(values, extra, at):
    scores = {0.0: 20.0} | {float(week): value / 10 for week, value in enumerate(values, start=1)}
    more = dict(sorted((scores | {at + 0.5: extra / 10}).items()))
    first, then = (responses(make_study({"P1": each}), ["all"])["weeks_to_pasi75"][0] for each in (scores, more))
    assert np.isnan(first) or then <= first
    if not np.isnan(first) and at + 0.5 > first:
        assert then == first


@pytest.mark.parametrize("by", LANE_SORTS)
@pytest.mark.parametrize("seed", range(5))
def test_every_order_of_lanes_holds_every_patient_once(by, seed):
    study = random_study(seed, patients=9)
    assert sorted(lane_order(study, by)) == study.patient_ids


def test_lanes_by_first_response_best_response_and_follow_up():
    study = make_study(
        {
            "late": {0: 20, 4: 18, 8: 9},
            "none": {0: 20, 4: 19},
            "early": {0: 20, 2: 10, 4: 15, 60: 8},
            "deep": {0: 20, 8: 1},
        },
        {"treg": {"none": {80: 1.0}}},
        [course for patient in ("late", "none", "early", "deep") for course in msc(patient)],
    )
    assert lane_order(study) == ["late", "none", "early", "deep"]
    assert lane_order(study, "first_response") == ["early", "late", "deep", "none"]
    assert lane_order(study, "best_response") == ["deep", "early", "late", "none"]
    assert lane_order(study, "follow_up") == ["none", "early", "late", "deep"]


def test_a_study_without_pasi_is_not_evaluable_everywhere():
    study = make_study({}, {"treg": {"P1": {0: 1}}}, msc("P1"))
    assert (responses(study)["state_now"] == "not_evaluable").all()
    assert lane_order(study, "best_response") == ["P1"]
