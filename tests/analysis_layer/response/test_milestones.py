import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.response.milestones import MILESTONES, lines, milestones, told_phases
from analysis.response.relapse import relapses
from analysis.response.rule_options import NO_RULE, RuleOptions
from analysis.response.rules import REBOUNDS, RELAPSES, RESPONSES
from data.catalog import open_study
from studies import make_study, msc, random_study

NAN = float("nan")


def one(scores, courses=()):
    return make_study({"P1": scores}, treatments=[*msc("P1"), *courses])


def told(study, phase="all", **rules):
    """(event, week) of a study of one patient."""
    table = milestones(study, phase, RuleOptions(**rules))
    return set(zip(table["event"].astype(str), table["week"], strict=True))


def test_response_nadir_and_relapse_are_marked_at_their_visits():
    study = one({0: 20, 2: 11, 4: 4, 8: 2, 12: 11, 16: 12})
    assert told(study, response="PASI75") == {("response", 4), ("nadir", 8), ("relapse", 12)}


def test_what_never_happened_is_not_marked():
    assert told(one({0: 20, 4: 18, 8: 19})) == {("nadir", 4)}
    assert told(one({0: 20, 4: NAN})) == set()


def test_the_nadir_is_the_phases_own():
    study = one({0: 20, 4: 6, 9: 14, 12: 3, 20: 4}, [("P1", "adalimumab", "biologic", 9, None)])
    table = milestones(study, "all", RuleOptions())
    nadirs = table[table["event"] == "nadir"].set_index("phase")["week"]
    assert nadirs[["after", "restart"]].tolist() == [4, 12]
    assert told_phases(study, "all") == ["after", "restart"]
    assert told_phases(study, "restart") == ["restart"]


def test_a_restart_that_is_the_relapse_is_dated_by_its_own_week_and_has_no_pasi_without_a_visit():
    courses = [("P1", "adalimumab", "biologic", 9, None)]
    for scores, pasi in (({0: 20, 4: 5, 8: 6, 10: 7}, NAN), ({0: 20, 4: 5, 9: 6.5}, 6.5)):
        table = milestones(one(scores, courses), "after", RuleOptions(relapse="treatment_restarted"))
        row = table[table["event"] == "relapse"].iloc[0]
        assert row["week"] == 9
        np.testing.assert_equal(row["pasi"], pasi)


def test_a_rebound_is_marked_and_its_line_lasts_as_long_as_its_rule():
    study = one({0: 20, 4: 10, 8: 25})
    assert ("rebound", 8) in told(study, rebound="NPF")
    assert ("rebound", 8) not in told(study, rebound="EMA")
    table = lines(study, "after", RuleOptions(rebound="NPF", relapse=NO_RULE))
    rebound = table[table["rule"] == "rebound"]
    assert rebound["threshold"].tolist() == [25, 25]
    assert rebound["week"].tolist() == [1, 14]


def test_the_worked_lines():
    for nadir, npf in ((2, 11), (8, 14)):
        table = lines(one({0: 20, 4: nadir, 8: nadir}), "after", RuleOptions(response="PASI50"))
        assert table[table["rule"] == "response"]["threshold"].tolist() == [10, 10]
        assert table[table["rule"] == "relapse"]["threshold"].unique().tolist() == [npf]


def test_a_relapse_line_steps_down_with_the_nadir():
    table = lines(one({0: 20, 2: 10, 4: 4, 8: 6}), "after", RuleOptions())
    steps = table[table["rule"] == "relapse"]
    assert list(zip(steps["week"], steps["threshold"], strict=True)) == [(2, 15), (4, 15), (4, 12), (8, 12), (8, 12)]


def test_an_absolute_response_is_one_line_for_everybody_and_not_here():
    assert "response" not in set(lines(one({0: 20, 4: 2}), "after", RuleOptions(response="at_most_2"))["rule"])


def test_the_case_series_relapses_before_each_restart():
    table = milestones(open_study(), "after", RuleOptions())
    found = table[table["event"] == "relapse"].set_index("patient_id")["week"]
    assert (found[["P1", "P2", "P3"]] < np.array([9, 9, 24])).all()


@pytest.mark.parametrize("relapse", RELAPSES)
@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10_000), response=st.sampled_from(sorted(RESPONSES)), rebound=st.sampled_from(sorted(REBOUNDS))
)
def test_milestones_agree_with_the_rules_for_every_patient(relapse, seed, response, rebound):
    study = random_study(seed)
    rules = RuleOptions(response, relapse, rebound)
    table = milestones(study, "all", rules)
    assert set(table["event"].astype(str)) <= set(MILESTONES)
    assert not table.duplicated(["patient_id", "phase", "event"]).any()
    for phase in told_phases(study, "all"):
        wanted = relapses(study, [relapse], [phase])
        marked = table[(table["event"] == "relapse") & (table["phase"] == phase)].set_index("patient_id")["week"]
        expected = wanted[wanted["state"] == "relapsed"].set_index("patient_id")["week"]
        assert marked.to_dict() == expected.to_dict()
    corners = lines(study, "all", rules)
    assert corners[["week", "threshold"]].notna().all(axis=None)
    assert (
        corners.groupby(["patient_id", "phase", "rule"], observed=True)["week"]
        .apply(lambda week: (week.diff().dropna() >= 0).all())
        .all()
    )


def test_an_absolute_response_alone_has_no_line_of_a_patient():
    table = lines(one({0: 20, 4: 2}), "all", RuleOptions(response="at_most_2", relapse=NO_RULE))
    assert table.empty
    assert table.columns.tolist() == ["patient_id", "week", "threshold", "rule", "phase"]
