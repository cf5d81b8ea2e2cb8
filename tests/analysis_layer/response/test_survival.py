import tracemalloc

import numpy as np
import pandas as pd
import pytest

from analysis.response import time_to_event as measures
from analysis.response.survival import curves, medians, numbers_at_risk, times
from analysis.response.time_to_event import MEASURES, RESTARTS, Followed
from data.deadline import LateError, deadline, kept
from studies import make_study, msc, random_study

# Weeks of remission under 6-MP and placebo, + being an end of follow-up: Freireich 1963, as in Gehan 1965.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def table(**groups):
    rows = [(name, float(word.rstrip("+")), "+" not in word) for name, text in groups.items() for word in text.split()]
    return pd.DataFrame(rows, columns=["group", "weeks", "event"])


def test_the_published_trial_of_6_mp():
    steps = curves(table(six_mp=SIX_MP, placebo=PLACEBO))
    drug = steps[steps["group"] == "six_mp"].set_index("week")
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {week: round(drug.loc[week, "survival"], 3) for week in published} == published
    at_risk = {6: 21, 7: 17, 10: 15, 13: 12, 16: 11, 22: 7, 23: 6}
    assert drug.loc[list(at_risk), "at_risk"].to_dict() == at_risk
    assert drug.loc[6, ["events", "censored"]].tolist() == [3, 1]
    assert drug.loc[10, ["low", "high"]].round(3).tolist() == [0.503, 0.889]
    assert medians(table(six_mp=SIX_MP, placebo=PLACEBO))["median_weeks"].tolist() == [23, 8]
    assert numbers_at_risk(table(six_mp=SIX_MP), [0, 10, 20, 40])["at_risk"].tolist() == [21, 15, 8, 0]


def test_where_all_or_nobody_is_left_there_is_no_interval():
    steps = curves(table(a="2 4", b="3+"))
    assert steps.loc[steps["survival"].isin([0, 1]), ["low", "high"]].isna().all(axis=None)
    assert steps["group"].tolist() == ["a", "a", "a", "b", "b"]
    assert medians(table(a="2 4", b="3+"))["n"].tolist() == [2, 1]


def test_nobody_makes_no_curve():
    assert curves(table(a="").assign(weeks=np.nan)).empty
    assert numbers_at_risk(table(a=""), [0]).empty


SCORES = {"P1": {0: 20, 2: 15, 4: 5, 8: 2, 9: 12, 16: 1, 30: 1}, "P2": {0: 20, 4: 12, 9: 15, 16: 2, 30: 2}}
COURSES = [("P1", "adalimumab", "biologic", 10, None), ("P2", "adalimumab", "biologic", 9, None)]


@pytest.fixture
def study():
    """P1 responds, relapses at week 9 and is restarted at 10; P2 responds only after a restart at 9; P3 never came."""
    scores = SCORES | {"P3": {0: 20}}
    return make_study(scores, treatments=[*msc("P1"), *msc("P2"), *msc("P3"), *COURSES])


def told(study, measure, **chosen):
    found = times(study, measure, Followed(**chosen))
    return found[["weeks", "event"]].values.tolist(), found["reason"].tolist()


@pytest.mark.parametrize(
    ("restart", "second"), [("policy", [16, True]), ("censor", [9, False]), ("event", [30, False])]
)
def test_time_to_response_and_what_a_restart_does_to_it(study, restart, second):
    found, reasons = told(study, "response", restart=restart)
    assert found[:2] == [[4, True], second]
    assert np.isnan(found[2][0])
    assert reasons == ["", "", "no PASI in this phase"]


def test_time_to_relapse_is_of_those_who_responded(study):
    found, reasons = told(study, "relapse")
    assert found[:2] == [[5, True], [14, False]]
    assert reasons[2] == "no PASI in this phase"
    _, reasons = told(study, "relapse", restart="censor")
    assert reasons[1] == "responded only after the restart"


@pytest.mark.parametrize(
    ("restart", "expected"), [("policy", [22, False]), ("censor", [6, False]), ("event", [6, True])]
)
def test_a_restart_ends_or_is_a_loss_where_that_is_chosen(restart, expected):
    study = make_study({"P1": {0: 20, 4: 2, 8: 3, 26: 3}}, treatments=[*msc("P1"), *COURSES[:1]])
    assert told(study, "relapse", restart=restart)[0] == [expected]


@pytest.mark.parametrize(("restart", "expected"), [("policy", [6, True]), ("censor", [6, False])])
def test_a_rule_that_counts_a_restart_does_so_unless_it_censors(restart, expected):
    study = make_study({"P1": {0: 20, 4: 2, 8: 3, 26: 3}}, treatments=[*msc("P1"), *COURSES[:1]])
    assert told(study, "relapse", relapse="EMA", restart=restart)[0] == [expected]


def test_durability_runs_from_pasi90_to_its_loss():
    study = make_study({"P1": {0: 20, 4: 5, 8: 2, 12: 1, 20: 2.1}, "P2": {0: 20, 8: 1, 30: 1}, "P3": {0: 20, 8: 5}})
    found, reasons = told(study, "durability")
    assert found[:2] == [[12, True], [22, False]]
    assert reasons == ["", "", "never responded"]


def test_drug_survival_runs_to_the_end_a_switch_or_the_last_visit():
    courses = [
        *msc("P1"),
        ("P1", "etanercept", "biologic", -20, 5),
        ("P1", "adalimumab", "biologic", 10, 24),
        ("P1", "guselkumab", "biologic", 30, None),
        *msc("P2"),
        ("P2", "adalimumab", "biologic", 9, None),
        ("P2", "secukinumab", "biologic", 29, None),
    ]
    study = make_study({"P1": {0: 20, 60: 2}, "P2": {0: 20, 50: 2}}, treatments=courses)
    found = times(study, "drug_survival")
    named = found[["treatment", "start_week", "weeks", "event"]].values.tolist()
    assert named == [
        ["adalimumab", 10, 14, True],
        ["guselkumab", 30, 30, False],
        ["adalimumab", 9, 20, True],
        ["secukinumab", 29, 21, False],
    ]
    censored = times(study, "drug_survival", Followed(restart="censor"))
    assert censored["event"].tolist() == [True, False, False, False]
    assert medians(found, "treatment")["group"].tolist() == ["adalimumab", "guselkumab", "secukinumab"]


def of_drugs(courses, last=60, restart="policy"):
    """treatment, start_week, weeks and event of these courses of one patient who was seen until week `last`."""
    treatments = [("P1", drug, "systemic", start, end) for drug, start, end in courses]
    study = make_study({"P1": {0: 20, last: 2}}, treatments=treatments)
    return (
        times(study, "drug_survival", Followed(restart=restart))[["treatment", "start_week", "weeks", "event"]]
        .to_numpy()
        .tolist()
    )


@pytest.mark.parametrize(
    ("courses", "found"),
    [
        ([("a", 9, 20), ("a", 20, None)], [["a", 9, 51, False]]),  # another dose
        ([("a", 0, 27 / 7), ("a", 4, 12)], [["a", 0, 12, True]]),  # which began a day later
        ([("a", 0, 4), ("a", 4 + 30 / 7, 12)], [["a", 0, 12, True]]),
        ([("a", 0, 4), ("a", 4 + 31 / 7, 12)], [["a", 0, 4, True], ["a", 4 + 31 / 7, 12 - 4 - 31 / 7, True]]),
        ([("a", 0, 40), ("a", 2, 8)], [["a", 0, 40, True]]),  # one within the other
        ([("a", 1, 1), ("a", 3, 3), ("a", 5, 5)], [["a", 1, 4, True]]),  # doses by their days
        ([("a", 2, 50), ("b", 10, 30)], [["a", 2, 48, True], ["b", 10, 20, True]]),  # an add-on ends nothing
        ([("a", 2, None), ("b", 10, None)], [["a", 2, 8, True], ["b", 10, 50, False]]),
    ],
)
def test_a_change_of_dose_is_neither_a_stop_nor_a_switch_and_a_stated_end_wins(courses, found):
    shown = of_drugs(courses)
    assert [row[:2] + row[3:] for row in shown] == [row[:2] + row[3:] for row in found]
    assert [row[2] for row in shown] == pytest.approx([row[2] for row in found])


def test_a_switch_censors_where_the_end_is_open_or_the_other_starts_then():
    assert of_drugs([("a", 0, 10), ("b", 10, 20), ("c", 30, None)], restart="censor") == [
        ["a", 0, 10, False], ["b", 10, 10, True], ["c", 30, 30, False],
    ]  # fmt: skip


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("restart", RESTARTS)
def test_every_time_is_one_or_has_a_reason(measure, restart):
    found = times(random_study(3, patients=20), measure, Followed(restart=restart))
    np.testing.assert_array_equal(found["weeks"].isna(), found["reason"] != "")
    assert (found["weeks"].dropna() >= 0).all()
    assert not found.loc[found["weeks"].isna(), "event"].any()
    assert MEASURES[measure].wording
    assert RESTARTS[restart].wording


def test_curves_fall_and_numbers_at_risk_add_up(vissig):
    found = times(vissig, "response")
    steps = curves(found)
    assert steps.groupby("group")["survival"].apply(lambda share: share.is_monotonic_decreasing).all()
    assert steps.groupby("group", sort=False)[["events", "censored"]].sum().sum(axis=1).tolist() == [300, 300, 300]
    assert medians(found)["median_weeks"].tolist() == [4, 4, 8]


def test_curves_look_at_the_clock():
    with (
        kept(deadline(1.0, clock=iter((0.0, 0.5, 2.0)).__next__)),
        pytest.raises(LateError, match="given up after 1 second"),
    ):
        curves(table(one="1 2", two="1 2", three="1 2"))


def test_a_switch_is_the_next_start_of_another_treatment_of_its_kind():
    """As told by every pair of courses, over random cohorts with ties, doses and open ends."""
    for seed in range(200):
        draw = np.random.default_rng(seed)
        n = int(draw.integers(1, 40))
        start = draw.integers(0, 9, n).astype(float)
        end = np.select([draw.random(n) < 0.3, draw.random(n) < 0.5], [start, np.nan], start + 3)
        words = {"patient_id": list("AB"), "kind": ["biologic", "systemic"], "treatment": list("pqr")}
        courses = pd.DataFrame({name: pd.Categorical(draw.choice(some, n)) for name, some in words.items()})
        courses = courses.assign(start_week=start, end_week=end)
        rows = list(courses.itertuples())
        expected = [
            min(
                (
                    two.start_week
                    for two in rows
                    if one.start_week != one.end_week
                    and (one.patient_id, one.kind) == (two.patient_id, two.kind)
                    and two.treatment != one.treatment
                    and two.start_week > one.start_week
                ),
                default=np.inf,
            )
            for one in rows
        ]
        assert measures._switches(courses).tolist() == expected


def test_no_pair_of_courses_is_made():
    """Of 20,000 drugs of one patient there are 400 million pairs."""
    week = np.arange(20_000) % 50.0
    courses = pd.DataFrame({"patient_id": "A", "kind": "biologic", "treatment": [f"d{at}" for at in range(20_000)]})
    courses = courses.astype({"patient_id": "category", "kind": "category"}).assign(start_week=week, end_week=week + 3)
    tracemalloc.start()
    assert np.isinf(measures._switches(courses)).sum() == 400
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30e6
