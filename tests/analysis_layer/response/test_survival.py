import tracemalloc
import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.duration.survfunc import CumIncidenceRight

from analysis.response import time_to_event as measures
from analysis.response.survival import bounded_medians, curves, medians, numbers_at_risk, times
from analysis.response.time_to_event import MEASURES, RESTARTS, Followed, wordings
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


def test_a_curve_of_few_events_has_no_interval():
    four, five = "1 2 3 4 6+ 7+ 8+", "1 2 3 4 5 7+ 8+"
    steps = curves(table(a=four, b=five)).set_index("group")
    assert steps.loc["a", ["low", "high"]].isna().all(axis=None)
    assert steps.loc["b", ["low", "high"]].notna().all(axis=1).sum() == 7
    assert medians(table(a=four, b=five))[["low_weeks", "high_weeks"]].isna().all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize("competing", [False, True])
def test_it_agrees_with_scipy_and_statsmodels_on_random_times(competing):
    for seed in range(60):
        draw = np.random.default_rng(seed)
        n = int(draw.integers(12, 60))
        weeks, ending = draw.integers(1, 20, n).astype(float), draw.integers(0, 3 if competing else 2, n)
        made = pd.DataFrame({"group": "a", "weeks": weeks, "event": ending == 1, "competing": ending == 2})
        steps = curves(made).iloc[1:]
        if competing:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of its own variance, where the last time ends everybody
                oracle = CumIncidenceRight(weeks, ending)
            known = steps[steps["week"].isin(oracle.times)]
            np.testing.assert_allclose(1 - known["survival"], oracle.cinc[0], atol=1e-12)
            continue
        oracle = stats.ecdf(stats.CensoredData.right_censored(weeks, ending == 0)).sf
        np.testing.assert_allclose(steps["survival"], oracle.probabilities, atol=1e-12)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where all are left, or nobody
            interval = oracle.confidence_interval(0.95, method="log-log")
        inside = steps["low"].notna().to_numpy()
        assert inside.any() == ((ending == 1).sum() >= 5)
        np.testing.assert_allclose(steps["low"][inside], interval.low.probabilities[inside], atol=1e-12)
        np.testing.assert_allclose(steps["high"][inside], interval.high.probabilities[inside], atol=1e-12)


def test_the_interval_of_a_cumulative_incidence_holds_in_simulation():
    """Two constant risks and late censoring: the share at week 10 is known."""
    draw, held = np.random.default_rng(7), []
    truth = 0.06 / 0.1 * (1 - np.exp(-0.1 * 10))
    for _ in range(400):
        first, second, last = (draw.exponential(1 / rate, 60) for rate in (0.06, 0.04, 0.03))
        weeks = np.minimum.reduce([first, second, last])
        made = pd.DataFrame({"group": "a", "weeks": weeks, "event": weeks == first, "competing": weeks == second})
        row = curves(made).query("week <= 10").iloc[-1]
        held.append(1 - row["high"] <= truth <= 1 - row["low"])
    assert 0.92 <= np.mean(held) <= 0.98


def test_a_median_lies_where_the_interval_of_its_curve_holds_one_half():
    """In the trial of 6-MP, with log-log intervals: from 13 to no end, and 4 to 11 under placebo."""
    found = medians(table(six_mp=SIX_MP, placebo=PLACEBO)).set_index("group")
    assert found.loc["six_mp", "low_weeks"] == 13
    assert np.isnan(found.loc["six_mp", "high_weeks"])
    assert found.loc["placebo", ["low_weeks", "high_weeks"]].tolist() == [4, 11]


def test_where_all_or_nobody_is_left_there_is_no_interval():
    steps = curves(table(a="2 4", b="3+"))
    assert steps.loc[steps["survival"].isin([0, 1]), ["low", "high"]].isna().all(axis=None)
    assert steps["group"].tolist() == ["a", "a", "a", "b", "b"]
    assert medians(table(a="2 4", b="3+"))["n"].tolist() == [2, 1]


def test_nobody_makes_no_curve():
    assert curves(table(a="").assign(weeks=np.nan)).empty
    assert numbers_at_risk(table(a=""), [0]).empty


def exact(weeks, event):
    """week -> (at risk, events, censored, survival) in whole ninths of a decimal and fractions, as R's survfit has it
    after aeqSurv: events before ends of follow-up."""
    ticks = [round(Fraction(week) * 10**9) for week in weeks]
    share, found = Fraction(1), {}
    for tick in sorted(set(ticks)):
        at_risk = sum(other >= tick for other in ticks)
        events = sum(other == tick and hit for other, hit in zip(ticks, event, strict=True))
        share *= 1 - Fraction(events, at_risk)
        found[tick] = (at_risk, events, sum(other == tick for other in ticks) - events, share)
    return found


@pytest.mark.parametrize("unit", [0.1, 1 / 7])
def test_ties_of_tenths_and_of_calendar_days_are_ties(unit):
    """Starts at any tenth (or day), durations of whole weeks: what subtraction leaves is no time of its own."""
    for seed in range(60):
        draw = np.random.default_rng(seed)
        n = int(draw.integers(4, 30))
        starts = draw.integers(1, 400, n) * unit
        lasts, event = draw.integers(1, 12, n), draw.random(n) < 0.6
        scores = {}
        for at in range(n):
            stop = starts[at] + lasts[at]
            scores[f"P{at}"] = {0: 20, starts[at]: 2, stop: 10 if event[at] else 1}
        found = times(make_study(scores), "durability")
        np.testing.assert_array_equal(found["weeks"], lasts)
        steps = curves(found).set_index("week")
        expected = exact(lasts.astype(float), event)
        for tick, (at_risk, events, censored, share) in expected.items():
            row = steps.loc[tick / 1e9]
            assert row[["at_risk", "events", "censored"]].tolist() == [at_risk, events, censored]
            assert row["survival"] == pytest.approx(float(share), abs=1e-12)
        half = [tick / 1e9 for tick, row in expected.items() if row[3] <= Fraction(1, 2)]
        median = medians(found)["median_weeks"].iloc[0]
        assert median == half[0] if half else np.isnan(median)


@pytest.mark.parametrize("seeds", [range(60), range(60, 400)], ids=str)
def test_the_median_is_the_first_week_at_which_exactly_half_are_left(seeds):
    assert medians(table(a="1 1 2 3 3 6 7 8+ 9 12"))["median_weeks"].tolist() == [3]
    for seed in seeds:
        draw = np.random.default_rng(seed)
        weeks, event = draw.integers(1, 15, 12).astype(float), draw.random(12) < 0.7
        half = [tick / 1e9 for tick, row in exact(weeks, event).items() if row[3] <= Fraction(1, 2)]
        found = medians(pd.DataFrame({"group": "a", "weeks": weeks, "event": event}))["median_weeks"].iloc[0]
        assert found == half[0] if half else np.isnan(found)


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
        ["a", 0, 10, False],
        ["b", 10, 10, True],
        ["c", 30, 30, False],
    ]


def test_history_before_week_0_is_nobodys_drug_survival():
    """Who never got the index treatment would bring courses that only survivors can have had."""
    courses = [*msc("T"), ("T", "secukinumab", "biologic", 4, 12), ("T", "adalimumab", "biologic", -200, -100)]
    courses += [("C", "adalimumab", "biologic", -200, -100), ("C", "etanercept", "biologic", 0, 8)]
    found = times(make_study({"T": {0: 20, 60: 2}, "C": {0: 20, 60: 2}}, treatments=courses), "drug_survival")
    assert found[["patient_id", "treatment", "weeks"]].values.tolist() == [
        ["T", "secukinumab", 8],
        ["C", "etanercept", 8],
    ]


def test_the_gap_between_two_courses_that_are_one_is_the_readers():
    courses = [("P1", "a", "systemic", 0, 4), ("P1", "a", "systemic", 4 + 40 / 7, 12)]
    study = make_study({"P1": {0: 20, 60: 2}}, treatments=courses)
    counts = [len(times(study, "drug_survival", Followed(gap=gap))) for gap in (0, 30, 39, 40, 60)]
    assert counts == [2, 2, 2, 1, 1]
    assert "at most 60 days apart" in wordings(study, "drug_survival", Followed(gap=60))[0]


def test_drug_survival_as_told_day_by_day():
    """Each exposure of random courses walked day by day: joined over gaps, ended by a stated end, else by a switch."""
    for seed in range(60):
        draw = np.random.default_rng(seed)
        courses = []
        for _ in range(int(draw.integers(1, 9))):
            start = int(draw.integers(-30, 200))
            end = None if draw.random() < 0.3 else start + int(draw.integers(0, 90))
            courses.append((str(draw.choice(list("abc"))), start, end))
        seen = 300
        expected = walked(courses, seen)
        treatments = [("P1", drug, "systemic", s / 7, None if e is None else e / 7) for drug, s, e in courses]
        study = make_study({"P1": {0: 20, seen / 7: 2}}, treatments=treatments)
        found = times(study, "drug_survival")
        rows = zip(found["treatment"], found["start_week"] * 7, found["weeks"] * 7, found["event"], strict=True)
        assert sorted((d, round(s), round(w), bool(e)) for d, s, w, e in rows) == expected, seed


def walked(courses, seen):
    exposures = []
    for drug in sorted({one[0] for one in courses}):
        runs = sorted(((s, np.inf if e is None else e) for d, s, e in courses if d == drug), key=lambda run: run[0])
        joined = [list(runs[0])]
        for start, end in runs[1:]:
            if start <= joined[-1][1] + 30:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        exposures += [(drug, *run) for run in joined]
    found = []
    for drug, start, end in exposures:
        if start < 0 or start == end:
            continue
        others = [s for other, s, e in exposures if other != drug and s > start]
        switch = min(others, default=np.inf)
        stop = switch if np.isinf(end) else end
        found.append((drug, start, round((seen if np.isinf(stop) else stop) - start), not np.isinf(stop)))
    return sorted(found)


def test_a_time_lies_between_what_the_visits_before_and_at_its_ends_allow():
    """PASI90 came between weeks 4 and 8 and was lost between 20 and 32: 12 to 28 weeks, shown as 24."""
    study = make_study({"P1": {0: 20, 4: 5, 8: 1, 20: 1, 32: 9}, "P2": {0: 20, 4: 5, 8: 1, 20: 1}})
    found = times(study, "durability")[["weeks", "shortest", "longest", "event"]]
    assert found.values.tolist() == [[24, 12, 28, True], [12, 12, 16, False]]
    first = times(study, "response", Followed(response="PASI90"))[["weeks", "shortest", "longest"]]
    assert first.values.tolist() == [[8, 4, 8]] * 2
    found = bounded_medians(times(study, "response", Followed(response="PASI90")))
    assert found[["median_weeks", "shortest_weeks", "longest_weeks"]].values.tolist() == [[8, 4, 8]]


def test_a_restart_that_competes_keeps_its_patients_out_of_both():
    """Two of four are restarted before any loss: of the others one loses PASI90; half of four never can."""
    scores = {f"P{n}": {0: 20, 4: 1, 8: 1, 12: 1, 16: 10 if n == 3 else 1} for n in range(4)}
    courses = [course for patient in scores for course in msc(patient)]
    courses += [(f"P{n}", "adalimumab", "biologic", 10, None) for n in range(2)]
    study = make_study(scores, treatments=courses)
    found = times(study, "durability", Followed(restart="compete"))
    assert found[["weeks", "event", "competing"]].values.tolist() == [
        [6, False, True],
        [6, False, True],
        [12, False, False],
        [12, True, False],
    ]
    assert curves(found)["survival"].tolist() == [1, 1, 0.75]
    assert curves(times(study, "durability", Followed(restart="censor")))["survival"].tolist() == [1, 1, 0.5]


@pytest.mark.parametrize("measure", ["relapse", "durability"])
def test_who_was_never_seen_again_has_no_time_and_counts_nowhere(measure):
    study = make_study({"P1": {0: 20, 4: 5, 8: 1}, "P2": {0: 20, 4: 1, 12: 15}, "P3": {0: 20, 8: 1}})
    found = times(study, measure).set_index("patient_id")
    assert found.loc["P3", "reason"] == "not seen after the start"
    assert np.isnan(found.loc["P3", "weeks"])
    assert medians(times(study, measure))["n"].tolist() == [found["weeks"].notna().sum()]


@pytest.mark.parametrize(
    ("phase", "said"),
    [("after", "ends with a restart"), ("all", "goes on after a restart"), ("restart", "starts with the restart")],
)
def test_what_a_restart_does_is_said_as_the_phase_has_it(phase, said):
    assert said in wordings(make_study(), "relapse", Followed(phase=phase))[1]
    assert "switch" in wordings(make_study(), "drug_survival", Followed(phase=phase))[1]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("restart", RESTARTS)
def test_every_time_is_one_or_has_a_reason(measure, restart):
    found = times(random_study(3, patients=20), measure, Followed(restart=restart))
    np.testing.assert_array_equal(found["weeks"].isna(), found["reason"] != "")
    assert (found["weeks"].dropna() >= 0).all()
    assert not found.loc[found["weeks"].isna(), "event"].any()
    assert MEASURES[measure].wording
    assert RESTARTS[restart].wording


def test_curves_fall_and_numbers_at_risk_add_up(vissig, known):
    found = times(vissig, "response")
    steps = curves(found)
    assert steps.groupby("group")["survival"].apply(lambda share: share.is_monotonic_decreasing).all()
    assert (
        steps.groupby("group", sort=False)[["events", "censored"]].sum().sum(axis=1).tolist()
        == [known["vissig"]["arm"]] * 3
    )
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
