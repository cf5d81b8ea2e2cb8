import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.outcomes import focused
from analysis.phases import study_phases
from analysis.response.rebound import rebounds
from analysis.response.relapse import STATES, relapse_lines, relapses
from analysis.response.rule_options import RuleOptions
from analysis.response.rules import RELAPSES
from analysis.response.summary import summaries
from data.study import Outcome
from studies import make_study, msc, random_study

NAN = float("nan")


def found(scores, rule, phase="all", courses=(), **options):
    """The row of one patient under one rule."""
    study = make_study({"P1": scores}, treatments=[*msc("P1"), *courses])
    return relapses(study, [rule], [phase], RuleOptions(**options)).iloc[0]


@pytest.mark.parametrize(
    ("rule", "at_line", "line"),
    [("NPF", "relapsed", 11), ("EMA", "no_relapse", 11), ("loss_of_PASI50", "no_relapse", 10)],
)
def test_on_the_line_npf_is_a_relapse_and_the_others_are_not(rule, at_line, line):
    on = found({0: 20, 4: 2, 8: line}, rule)
    assert (on["state"], on["threshold"]) == (at_line, line)
    above = found({0: 20, 4: 2, 8: line + 0.1}, rule)
    assert (above["state"], above["week"], above["pasi"], above["threshold"]) == ("relapsed", 8, line + 0.1, line)
    assert found({0: 20, 4: 2, 8: line - 0.1}, rule)["state"] == "no_relapse"


def test_from_a_nadir_of_8_the_lines_are_14_and_10():
    scores = {0: 20, 4: 8, 8: 12, 12: 14}
    assert found(scores, "NPF")[["week", "threshold"]].tolist() == [12, 14]
    assert found(scores, "EMA")["state"] == "no_relapse"
    assert found(scores, "loss_of_PASI50")[["week", "threshold"]].tolist() == [8, 10]


@pytest.mark.parametrize(
    ("rule", "scores", "week"),
    [
        ("loss_of_PASI90", {0: 20, 4: 2, 8: 2.1}, 8),
        ("absolute_3", {0: 20, 4: 2.9, 8: 3}, 8),
        ("rise_5", {0: 20, 4: 9, 8: 8, 12: 13}, 12),
    ],
)
def test_each_other_rule_at_its_line(rule, scores, week):
    assert found(scores, rule)[["state", "week", "cause"]].tolist() == ["relapsed", week, "value"]


def test_the_line_moves_with_the_lowest_value_so_far_and_no_later_one():
    row = found({0: 20, 2: 10, 4: 15, 6: 2, 8: 11}, "NPF")
    assert row[["week", "threshold", "nadir", "nadir_week"]].tolist() == [4, 15, 10, 2]


@pytest.mark.parametrize("rule", RELAPSES)
def test_who_never_responded_is_not_at_risk(rule):
    row = found({0: 20, 4: 15, 8: 30}, rule, courses=[("P1", "adalimumab", "biologic", 9, None)])
    assert row["state"] == "not_at_risk"
    assert row[["week", "threshold", "first_response_week"]].isna().all()


@pytest.mark.parametrize(
    ("scores", "rule", "reason"),
    [
        ({4: 2, 8: 20}, "NPF", "no baseline: no PASI at or before first MSC"),
        ({0: 0, 4: 2, 8: 20}, "NPF", "baseline PASI is 0"),
        ({0: 20}, "NPF", "no PASI in this phase"),
        ({0: 20, 4: 2}, "NPF", "no visit after the first response"),
        ({0: 20, 4: 2, 8: NAN}, "absolute_3", "no visit after the first response"),
    ],
)
def test_what_cannot_be_told_is_not_evaluable_with_the_reason_and_never_no(scores, rule, reason):
    row = found(scores, rule)
    assert (row["state"], row["reason"]) == ("not_evaluable", reason)


def test_an_absolute_rule_needs_no_baseline():
    assert found({4: 2, 8: 20}, "absolute_3")["state"] == "relapsed"


RESTART = [("P1", "adalimumab", "biologic", 9, None)]


def test_a_restart_is_a_relapse_in_its_own_week_unless_pasi_crossed_first():
    calm = {0: 20, 4: 2, 9: 5, 12: 1}
    row = found(calm, "EMA", courses=RESTART)
    assert row[["state", "week", "cause", "threshold"]].tolist() == ["relapsed", 9, "restart", 11]
    assert np.isnan(row["pasi"])
    assert found(calm, "treatment_restarted", courses=RESTART)["week"] == 9
    assert found(calm, "NPF", courses=RESTART)["state"] == "no_relapse"
    assert found({0: 20, 4: 2, 8: 12}, "EMA", courses=RESTART)[["week", "cause"]].tolist() == [8, "value"]
    assert found({0: 20, 4: 2, 9: 12}, "EMA", courses=RESTART)[["week", "cause"]].tolist() == [9, "value"]


def test_a_restart_before_any_response_is_none():
    assert found({0: 20, 9: 15, 12: 2, 16: 3}, "treatment_restarted", courses=RESTART)["state"] == "no_relapse"


def test_who_was_not_restarted_has_not_relapsed_by_it():
    assert found({0: 20, 4: 2, 8: 3}, "treatment_restarted")["state"] == "no_relapse"


@pytest.mark.parametrize(
    ("phase", "courses", "reason"),
    [("restart", RESTART, "the restart starts this phase"), ("restart", [], "no restart")],
)
def test_a_restart_is_not_judged_in_the_phase_it_starts(phase, courses, reason):
    row = found({0: 20, 4: 2, 9: 15, 12: 1, 16: 1}, "treatment_restarted", phase, courses)
    assert row[["state", "reason"]].tolist() == ["not_evaluable", reason]


def test_a_study_without_an_index_treatment_knows_no_restart():
    study = make_study({"P1": {0: 20, 4: 2, 8: 3}})
    row = relapses(study, ["treatment_restarted"], ["all"]).iloc[0]
    assert row[["state", "reason"]].tolist() == ["not_evaluable", "no index treatment, so no restart can be told"]


def test_a_phase_has_its_own_baseline_response_and_nadir():
    scores = {0: 20, 4: 2, 9: 16, 12: 4, 16: 10, 20: 12}
    row = found(scores, "NPF", "restart", RESTART)
    assert row[["week", "threshold", "nadir", "first_response_week"]].tolist() == [16, 10, 4, 12]
    original = found(scores, "NPF", "restart", RESTART, baseline="original")
    assert original[["week", "threshold"]].tolist() == [20, 12]


def test_a_window_limits_the_visits_and_the_restart():
    scores = {0: 20, 4: 2, 8: 12, 10: 2, 14: 3}
    assert found(scores, "NPF", window=(9, 20))[["state", "first_response_week"]].tolist() == ["no_relapse", 10]
    assert found(scores, "EMA", courses=RESTART, window=(10, 20))["state"] == "no_relapse"


def test_lines_run_from_the_first_response_to_the_relapse():
    study = make_study({"P1": {0: 20, 2: 15, 4: 8, 6: 2, 8: 5, 10: 12, 12: 1}, "P2": {0: 20, 4: 19}})
    lines = relapse_lines(study, "NPF")
    assert lines["week"].tolist() == [4, 6, 8, 10]
    assert lines["threshold"].tolist() == [14, 11, 11, 11]
    assert lines["nadir"].tolist() == [8, 2, 2, 2]


@pytest.mark.parametrize("rule", ["NPF", "EMA", "loss_of_PASI50", "rise_5", "treatment_restarted"])
def test_every_woman_of_the_case_series_relapsed_before_her_restart(case_series, rule):
    table = relapses(case_series, [rule], ["after"])
    assert table["state"].tolist() == ["relapsed"] * 3
    assert (table["week"] <= np.array([9, 9, 24])).all()


def test_nobody_of_the_case_series_relapsed_after_it(case_series):
    table = relapses(case_series, phases=["restart"])
    assert not (table["state"] == "relapsed").any()


@pytest.mark.parametrize("seed", range(6))
def test_one_row_each_and_everything_told_exactly_where_it_can_be(seed):
    study = random_study(seed, patients=8)
    table = relapses(study)
    keys = [
        (patient, phase, rule) for patient in study.patient_ids for phase in study_phases(study) for rule in RELAPSES
    ]
    assert list(table[["patient_id", "phase", "rule"]].itertuples(index=False, name=None)) == keys
    assert set(table["state"]) <= set(STATES)
    relapsed = table["state"] == "relapsed"
    np.testing.assert_array_equal(relapsed, table["week"].notna())
    np.testing.assert_array_equal(relapsed, table["cause"].notna())
    np.testing.assert_array_equal(table["reason"] != "", table["state"] == "not_evaluable")
    assert (table.loc[relapsed, "week"] >= table.loc[relapsed, "first_response_week"]).all()


values = st.lists(st.integers(0, 300), min_size=2, max_size=9)


@settings(max_examples=25)
@given(values=values, factor=st.sampled_from([0.5, 2.0, 4.0]))
def test_scaling_pasi_changes_no_relative_relapse(values, factor):
    def table(scale):
        scores = {0: 20 * scale} | {week: value / 10 * scale for week, value in enumerate(values, start=1)}
        return relapses(make_study({"P1": scores}), ["NPF", "EMA", "loss_of_PASI50", "loss_of_PASI90"], ["all"])

    columns = ["state", "week", "nadir_week", "first_response_week"]
    assert table(factor)[columns].equals(table(1.0)[columns])


@settings(max_examples=60)
@given(values=values, rule=st.sampled_from(["NPF", "EMA", "loss_of_PASI50", "loss_of_PASI90", "absolute_3", "rise_5"]))
def test_a_relapse_is_the_first_visit_that_crosses_as_a_loop_finds_it(values, rule):
    entry, scores = (
        RELAPSES[rule],
        {0.0: 20.0} | {float(week): value / 10 for week, value in enumerate(values, start=1)},
    )
    lowest, responded, week = np.inf, False, NAN
    for at, value in list(scores.items())[1:]:
        lowest = min(lowest, value)
        line = entry.line(np.array(20.0), np.array(lowest))
        if responded and entry.crossed(np.array(value), line):
            week = at
            break
        responded |= bool(entry.after.holds(np.array(20.0), np.array(value)))
    row = relapses(make_study({"P1": scores}), [rule], ["all"]).iloc[0]
    np.testing.assert_equal(row["week"], week)


@settings(max_examples=30)
@given(values=values, extra=st.integers(0, 300))
def test_a_visit_after_the_relapse_does_not_move_it(values, extra):
    scores = {0: 20} | {week: value / 10 for week, value in enumerate(values, start=1)}
    before = relapses(make_study({"P1": scores}), phases=["all"])
    after = relapses(make_study({"P1": scores | {50: extra / 10}}), phases=["all"])
    relapsed = (before["state"] == "relapsed").to_numpy()
    assert before.loc[relapsed].equals(after.loc[relapsed])


@pytest.mark.parametrize("seed", range(20))
def test_an_outcome_that_is_better_the_higher_is_the_mirror_of_one_that_is_better_the_lower(seed):
    """A score of 0 to 10 and 10 minus it: the same weeks, states and sustained responses, best values mirrored."""
    draw = np.random.default_rng(seed)
    scores = {
        f"P{n}": {float(week): float(draw.integers(0, 11)) for week in range(0, 40, int(draw.integers(2, 6)))}
        for n in range(8)
    }
    mirrored = {patient: {week: 10 - value for week, value in seen.items()} for patient, seen in scores.items()}
    low = Outcome("low", "Low", 0, 10, relative=False, targets=(2.0,))
    high = Outcome("high", "High", 0, 10, better="higher", relative=False, targets=(8.0,))
    made = make_study(scores=({"low": scores, "high": mirrored}))
    whole = replace(made, pasi=made.pasi.assign(pasi=np.nan), outcomes=(low, high))
    one, two = (focused(whole, name) for name in ("low", "high"))
    for derive in (lambda study: relapses(study, ["half_lost"]), rebounds, summaries):
        first, second = derive(one), derive(two)
        same = [
            name for name in first if not re.search("pasi|nadir$|threshold|baseline$|auc|rule|state_now|depth", name)
        ]
        pd.testing.assert_frame_equal(first[same].astype(object), second[same].astype(object))
    table, other = summaries(one), summaries(two)
    np.testing.assert_allclose(table["nadir"], 10 - other["nadir"])
    assert table["depth_percent"].isna().all()
