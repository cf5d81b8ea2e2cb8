import numpy as np
import pytest

from analysis.response.rule_kinds import COMPARATORS, begins, below, is_acronym
from analysis.response.rules import PASI, REBOUNDS, RELAPSES, RESPONSES, SUSTAINED, response_rule, rules_for
from analysis.response.thresholds import PERCENTS, evaluable, reached
from data.study import OUTCOMES, Outcome

NAN = float("nan")
REGISTRIES = {"responses": RESPONSES, "relapses": RELAPSES, "rebounds": REBOUNDS, "sustained": SUSTAINED}
RULES = [
    pytest.param(key, rule, id=f"{name}-{key}") for name, rules in REGISTRIES.items() for key, rule in rules.items()
]
TENTHS = np.arange(0, 721) / 10


@pytest.mark.parametrize(("key", "rule"), RULES)
def test_every_rule_says_what_it_is_in_one_sentence_and_where_it_is_from(key, rule):
    assert rule.key == key
    assert rule.label
    assert rule.wording.endswith(".")
    assert ". " not in rule.wording
    assert rule.comparator in COMPARATORS
    assert rule.source


def test_the_rules_that_the_field_asks_for_are_there():
    asked = {"PASI50", "PASI75", "PASI90", "PASI100", "at_most_1", "at_most_2", "at_most_3"}
    assert asked <= RESPONSES.keys()
    asked = {"NPF", "EMA", "loss_of_PASI50", "loss_of_PASI90", "absolute_3", "rise_5", "treatment_restarted"}
    assert asked <= RELAPSES.keys()
    assert {"NPF", "EMA"} <= REBOUNDS.keys()


@pytest.mark.parametrize("key", [*RESPONSES, "PASI80", "at_most_4", "below_2.5"])
def test_a_response_holds_exactly_where_pasi_is_on_its_side_of_the_line_every_tie_of_one_decimal_included(key):
    rule = response_rule(key)
    baseline, value = TENTHS[:, None], TENTHS[None, :]
    compared = COMPARATORS[rule.comparator](value, rule.line(baseline)) & rule.evaluable(baseline)
    np.testing.assert_array_equal(rule.holds(*np.broadcast_arrays(baseline, value)), compared)


@pytest.mark.parametrize("percent", PERCENTS)
def test_relative_responses_are_those_of_the_response_table(percent):
    baseline, value = np.meshgrid(TENTHS, TENTHS)
    expected = reached(baseline, value, percent)
    np.testing.assert_array_equal(RESPONSES[f"PASI{percent:g}"].holds(baseline, value), expected)


@pytest.mark.parametrize("percent", [50, 90])
def test_a_response_is_lost_exactly_where_it_is_not_held(percent):
    rule = RELAPSES[f"loss_of_PASI{percent}"]
    baseline, value = np.meshgrid(TENTHS[1:], TENTHS)
    lost = rule.crossed(value, rule.line(baseline, np.zeros_like(baseline)))
    np.testing.assert_array_equal(lost, ~reached(baseline, value, percent))
    assert evaluable(baseline, value).all()


@pytest.mark.parametrize(("nadir", "half", "loss"), [(2.0, 11, 10), (8.0, 14, 10)])
def test_the_worked_lines_from_baseline_20(nadir, half, loss):
    lines = {key: float(rule.line(np.array(20.0), np.array(nadir))) for key, rule in RELAPSES.items()}
    assert lines["NPF"] == lines["EMA"] == half
    assert lines["loss_of_PASI50"] == loss
    assert lines["rise_5"] == nadir + 5
    assert lines["absolute_3"] == 3
    assert lines["loss_of_PASI90"] == 2


@pytest.mark.parametrize("rule", REBOUNDS.values(), ids=REBOUNDS)
def test_a_rebound_is_told_from_125_percent_of_baseline(rule):
    np.testing.assert_array_equal(rule.line(np.array([20.0, 0.0, NAN])), [25, NAN, NAN])
    assert f"{rule.weeks:g} weeks" in rule.wording


@pytest.mark.parametrize("rule", RESPONSES.values(), ids=RESPONSES)
def test_a_relative_response_needs_a_baseline_above_0_an_absolute_one_needs_none(rule):
    assert rule.evaluable(np.array([0.0, NAN, 10.0])).tolist() == (
        [False, False, True] if rule.relative else [True] * 3
    )
    assert not rule.holds(np.array([10.0]), np.array([NAN])).any()


@pytest.mark.parametrize("key", ["PASI0", "PASI101", "below_0", "at_most_99", "PASI", "pasi75", "at_most_-1", ""])
def test_a_cutoff_that_is_none_is_refused(key):
    with pytest.raises(KeyError):
        response_rule(key)


def test_an_own_cutoff_is_a_rule_like_any_other():
    rule = response_rule("PASI80")
    assert (rule.label, rule.comparator, float(rule.line(np.array(20.0)))) == ("PASI 80", "≤", 4)
    assert below(PASI, 3).holds(np.array([NAN, NAN]), np.array([3.0, 2.9])).tolist() == [False, True]


OWN = (
    Outcome("clinical_score", "Clinical score", 0, 5),
    Outcome("grip", "Grip (kg)", 0, 60, better="higher", targets=(30.0,)),
    Outcome("grade", "Grade", 1, 4, relative=False),
    Outcome("well", "Well-being", -10, 10, better="higher", relative=False),
)
ALL = {outcome.name: outcome for outcome in (*OUTCOMES.values(), *OWN)}


@pytest.mark.parametrize("outcome", ALL.values(), ids=ALL)
def test_every_outcome_has_rules_that_name_it_and_hold_exactly_on_their_side_of_the_line(outcome):
    known = rules_for(outcome)
    values = np.linspace(outcome.low, outcome.high, 101)
    baseline, value = np.meshgrid(values, values)
    for rule in known.responses.values():
        told = rule.evaluable(baseline)
        compared = COMPARATORS[rule.comparator](value, rule.line(baseline)) & told
        np.testing.assert_array_equal(rule.holds(baseline, value) & told, compared, err_msg=rule.key)
        assert outcome.short in rule.wording
    for rule in (*known.relapses.values(), *known.rebounds.values()):
        assert "PASI" not in f"{rule.label} {rule.wording}" or outcome.name == "pasi"
    assert known.first_response in known.responses
    assert known.half in known.responses
    assert {known.first_relapse, known.lasting} <= set(known.relapses)


@pytest.mark.parametrize(("name", "key", "baseline", "value", "held"), [
    ("iga", "clear_fall_2", 3, 1, True), ("iga", "clear_fall_2", 2, 1, False), ("iga", "clear_fall_2", 4, 2, False),
    ("iga", "clear_fall_2", 2, 0, True), ("itch_nrs", "fall_4", 8, 4, True), ("itch_nrs", "fall_4", 8, 4.1, False),
    ("itch_nrs", "fall_4", 3, 0, False), ("dlqi", "at_most_1", 20, 1, True), ("dlqi", "at_most_1", 20, 2, False),
    ("easi", "EASI75", 20, 5, True), ("easi", "EASI75", 20, 5.1, False), ("easi", "at_most_7", 40, 7, True),
    ("bsa", "at_most_3", 20, 3, True), ("grip", "grip_50", 20, 30, True), ("grip", "grip_50", 20, 29.9, False),
    ("grip", "at_least_30", 5, 30, True), ("clinical_score", "clinical_score_75", 4, 1, True),
])  # fmt: skip
def test_rules_of_other_outcomes_by_eye(name, key, baseline, value, held):
    rule = rules_for(ALL[name]).responses[key]
    assert bool(rule.holds(np.array([float(baseline)]), np.array([float(value)]))[0]) is held


@pytest.mark.parametrize("outcome", ALL.values(), ids=ALL)
def test_an_own_cutoff_lies_in_the_range_of_its_outcome(outcome):
    side = "at_least_" if outcome.better == "higher" else "at_most_"
    assert response_rule(f"{side}{outcome.high:g}", outcome).label.endswith(f"{outcome.high:g}")
    for key in (f"{side}{outcome.high + 1:g}", f"{side}{outcome.low - 1:g}", f"{begins(outcome)}101"):
        with pytest.raises(KeyError):
            response_rule(key, outcome)
    if outcome.relative:
        assert response_rule(f"{begins(outcome)}33", outcome).relative
        assert is_acronym(outcome) == (response_rule(f"{begins(outcome)}33", outcome).label == f"{outcome.short} 33")
