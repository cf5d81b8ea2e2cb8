"""Goals of two scores, or of how long one is kept."""

import numpy as np
import pytest

from analysis.outcomes import focused
from analysis.response.goals import GOALS, goals, known_goals
from studies import make_study, msc


def told(goal, phase="all", courses=(), **scores):
    """state, week and reason of P1."""
    study = make_study(
        {"P1": scores.pop("pasi")} if "pasi" in scores else None,
        treatments=[*msc("P1"), *courses],
        scores={name: {"P1": seen} for name, seen in scores.items()},
    )
    if "pasi" not in study.pasi:
        study = type(study)(**{**vars(study), "pasi": study.pasi.assign(pasi=np.nan)})
    table = goals(study, phase)
    row = table[table["goal"] == goal].iloc[0]
    return row["state"], row["week"], row["reason"]


@pytest.mark.parametrize(
    ("pasi", "dlqi", "state", "week"),
    [
        ({0: 20, 12: 6, 16: 5}, {16: 30}, "met", 16),  # PASI75 exactly: the DLQI does not matter
        ({0: 20, 16: 5.1}, {16: 5}, "met", 16),
        ({0: 20, 16: 10}, {16: 6}, "not_met", 16),
        ({0: 20, 16: 10.1}, {16: 0}, "not_met", 16),
        ({0: 20, 16: 8}, {0: 3}, "not_evaluable", 16),
        ({0: 20, 16: 15}, {0: 3}, "not_met", 16),
        ({0: 20, 8: 1, 20: 4, 24: 9}, {20: 1}, "met", 20),
        ({0: 20, 8: 1, 25: 1}, {25: 1}, "not_evaluable", np.nan),
        ({4: 20, 16: 1}, {16: 1}, "not_evaluable", 16),
    ],
)
def test_induction_is_judged_by_two_scores_at_one_visit(pasi, dlqi, state, week):
    found = told("induction", pasi=pasi, dlqi=dlqi)
    assert found[0] == state
    assert found[1] == pytest.approx(week, nan_ok=True)
    assert bool(found[2]) == (state == "not_evaluable")


@pytest.mark.parametrize(("bsa", "acceptable", "target"), [
    ({0: 20, 12: 3}, "met", "not_met"), ({0: 20, 13: 1}, "met", "met"), ({0: 20, 12: 5}, "met", "not_met"),
    ({0: 20, 12: 5.1}, "not_met", "not_met"), ({0: 20, 8: 0}, "not_evaluable", "not_evaluable"),
    ({0: 20, 10: 9, 12.9: 1, 16: 9}, "met", "met"),
])  # fmt: skip
def test_body_surface_at_three_months(bsa, acceptable, target):
    assert (told("bsa_acceptable", bsa=bsa)[0], told("bsa_target", bsa=bsa)[0]) == (acceptable, target)


@pytest.mark.parametrize(("pasi", "state"), [
    ({0: 20, 20: 0, 28: 0}, "met"), ({0: 20, 19: 0, 29: 0}, "met"), ({0: 20, 20: 0, 28: 0.1}, "not_met"),
    ({0: 20, 20: 0}, "not_evaluable"), ({0: 20, 17: 0, 28: 0}, "not_evaluable"),
])  # fmt: skip
def test_a_super_responder_is_clear_at_two_visits(pasi, state):
    assert told("super_responder", pasi=pasi)[0] == state


COURSE = [("P1", "adalimumab", "biologic", 2, None)]


@pytest.mark.parametrize(("bsa", "courses", "state"), [
    ({0: 20, 4: 0, 12: 0, 30: 0}, COURSE, "met"),
    ({0: 20, 4: 0, 12: 0.5, 30: 0}, COURSE, "not_met"),
    ({0: 20, 4: 0, 29.9: 0}, COURSE, "not_evaluable"),
    ({0: 20, 4: 5, 12: 0, 38: 0, 50: 4}, COURSE, "met"),
    ({0: 20, 4: 0, 30: 0}, (), "not_met"),
    ({0: 20, 4: 0, 30: 0}, [("P1", "a", "biologic", 2, 10), ("P1", "b", "biologic", 15, None)], "not_met"),
    ({0: 20, 4: 0, 30: 0}, [("P1", "adalimumab", "biologic", 2, 20), ("P1", "guselkumab", "biologic", 20, None)], "met"),
    ({0: 20, 4: 0, 30: 0}, [("P1", "methotrexate", "systemic", -9, 30)], "met"),
])  # fmt: skip
def test_remission_is_half_a_year_clear_on_treatment(bsa, courses, state):
    assert told("remission", courses=courses, bsa=bsa)[0] == state
    assert told("remission", courses=courses, iga=bsa)[0] == state


def test_a_goal_needs_its_scores_and_does_not_ask_what_the_outcome_is():
    study = make_study({"P1": {0: 20, 20: 0, 28: 0}}, scores={"dlqi": {"P1": {0: 10, 20: 1}}})
    assert [goal.key for goal in known_goals(study)] == ["induction", "super_responder"]
    assert goals(focused(study, "dlqi"), "all").equals(goals(study, "all"))
    assert goals(make_study({}, {"s": {"P1": {0: 1}}}), "all").empty
    assert (goals(study, "before")["state"] == "not_evaluable").all()
    for goal in GOALS.values():
        assert goal.wording.endswith(".")
        assert goal.source
