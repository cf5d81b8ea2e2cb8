import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.nominal_visits import grid, no_schedule
from analysis.response.rates import INTERVALS, Choices, clopper_pearson, rates, wilson
from analysis.response.rules import RESPONSES
from analysis.response.sensitivity import sensitivity
from data.deadline import LateError
from studies import make_study, msc

NAN = float("nan")
RELATIVE = ["PASI50", "PASI75", "PASI90", "PASI100"]


def counts(table):
    """(group, week, rule, imputation) -> (responders, evaluable)."""
    keys = table[["group", "week", "rule", "imputation"]].itertuples(index=False, name=None)
    return dict(zip(keys, zip(table["responders"], table["evaluable"], strict=True), strict=True))


def test_every_published_count_and_denominator_of_the_900(vissig, shared):
    reference = json.loads((shared / "vissig_sustained" / "reference_response_rates.json").read_text())["arms"]
    table = rates(vissig, RELATIVE, phases=["all"])
    expected = {
        (group, float(visit.removeprefix("WEEK")), rule, imputation): (cell["n"], cell["N"], cell["pct"])
        for group, visits in reference.items()
        for visit, rules in visits.items()
        if visit != "BASELINE"
        for rule in RELATIVE
        for imputation, cell in rules[rule].items()
    }
    assert len(expected) == len(table) == 3 * 8 * 4 * 3
    assert counts(table) == {key: (n, of) for key, (n, of, _) in expected.items()}
    percent = table.set_index(["group", "week", "rule", "imputation"])["rate_percent"]
    np.testing.assert_allclose(percent, [expected[key][2] for key in percent.index], atol=5e-5)


def test_the_weekly_observed_rates_of_uvb(uvb, shared):
    reference = json.loads((shared / "uvb_newcastle" / "reference_values.json").read_text())["observed_cases"]
    found = counts(rates(uvb, RELATIVE, ["OC"], ["all"]))
    expected = {
        ("all patients", float(visit.rsplit("_", 1)[1]), rule, "OC"): (cells[rule]["n"], cells[rule]["N"])
        for visit, cells in reference.items()
        if visit.startswith("PASI_END_WEEK") and cells["PASI50"]["N"]
        for rule in RELATIVE
    }
    assert found == expected


def test_the_last_weekly_visit_of_uvb(uvb, known):
    found = counts(rates(uvb, ["PASI75", "PASI90"], ["LOCF"], ["all"]))
    for rule, responders in known["uvb"]["last"].items():
        assert found["all patients", 10, rule, "LOCF"] == (responders, len(uvb.patients))
    assert np.median(grid(uvb, "all").carried[:, -1]) == known["uvb"]["median"]


def test_nri_is_refused_where_a_visit_was_not_planned_for_half(uvb, known):
    about = known["uvb"]
    table = rates(uvb, ["PASI75"], ["NRI"], ["all"]).set_index("week")
    assert table.loc[:8, "evaluable"].eq(about["patients"]).all()
    assert table.loc[7, "note"].startswith(
        f"{about['no_row_at_7']} without a row count as no responders, since no data cut-off is stated"
    )
    late = table.loc[9:]
    assert late[["responders", "evaluable", "rate_percent", "low_percent"]].isna().all(axis=None)
    assert (
        late["note"]
        .str.startswith(
            f"NRI refused: only {about['rows_at_9']} of {about['patients']} patients in the phase have a row"
        )
        .iloc[0]
    )


def test_nri_is_refused_in_a_study_without_nominal_visits(case_series):
    table = rates(case_series, ["PASI50", "at_most_2"], ["NRI"])
    assert table["evaluable"].isna().all()
    assert table["note"].str.startswith("NRI refused: the study has no nominal visits: 31 of 46 visits").all()


@pytest.fixture
def four():
    """Four patients on a schedule: one missed week 4 and one dropped out, which their rows say."""
    return make_study(
        {
            "P1": {0: 20, 4: 5, 8: 2, 12: 12},
            "P2": {0: 20, 4: NAN, 8: 4, 12: 5},
            "P3": {0: 20, 4: 8, 8: NAN, 12: NAN},
            "P4": {0: 0, 4: 3, 8: 3, 12: 3},
        },
        groups={"P1": "A", "P2": "A", "P3": "A", "P4": "A"},
    )


def test_observed_imputed_and_carried_forward_by_eye(four):
    found = counts(rates(four, ["PASI75", "at_most_3"], phases=["all"]))
    weeks = {key: {week: found["A", week, *key] for week in (4, 8, 12)} for key in [
        ("PASI75", "OC"), ("PASI75", "NRI"), ("PASI75", "LOCF"), ("at_most_3", "OC"), ("at_most_3", "LOCF"),
    ]}  # fmt: skip
    assert weeks["PASI75", "OC"] == {4: (1, 2), 8: (2, 2), 12: (1, 2)}
    assert weeks["PASI75", "NRI"] == {4: (1, 3), 8: (2, 3), 12: (1, 3)}
    assert weeks["PASI75", "LOCF"] == {4: (1, 3), 8: (2, 3), 12: (1, 3)}
    assert weeks["at_most_3", "OC"] == {4: (1, 3), 8: (2, 3), 12: (1, 3)}
    assert weeks["at_most_3", "LOCF"] == {4: (1, 4), 8: (2, 4), 12: (1, 4)}


def test_who_is_not_evaluable_is_counted_in_the_note(four):
    notes = rates(four, ["PASI75", "at_most_3"], ["OC"], ["all"]).set_index("rule")["note"]
    assert (
        notes["PASI75"]
        .str.startswith("1 not evaluable: no baseline above 0; only 2 of 3 observed; treatment policy")
        .all()
    )
    assert notes["at_most_3"].str.startswith("only 3 of 4 observed; treatment policy; visits").all()


def test_before_the_index_a_relative_rate_is_missing_and_never_0(four):
    table = rates(four, ["PASI75"], phases=["before"])
    assert table["rate_percent"].isna().all()
    assert table["note"].str.contains("4 not evaluable: no baseline above 0").all()


def test_a_visit_belongs_to_the_nearest_nominal_week_and_the_nearest_with_a_value_counts():
    scores = {f"P{number}": {0: 20, 4: 20, 8: 20} for number in range(1, 20)}
    study = make_study(scores | {"P20": {0: 20, 3.9: NAN, 3.8: 2, 4.4: 20, 7.2: 10}})
    visits = grid(study, "all")
    assert visits.week.tolist() == [4, 8]
    assert (visits.low.tolist(), visits.high.tolist()) == ([2, 6], [6, np.inf])
    assert visits.pasi[-1].tolist() == [2, 10]
    assert visits.planned.all()


def test_a_patient_without_a_row_is_missing_only_where_nearly_all_have_one():
    scores = {f"P{number}": {0: 20, 4: 5} for number in range(1, 10)}
    study = make_study(scores | {"P10": {0: 20}})
    assert no_schedule(study) == ""
    assert counts(rates(study, ["PASI75"], ["NRI"], ["all"]))["all", 4, "PASI75", "NRI"] == (9, 10)


@pytest.mark.parametrize("blank", [True, False])
def test_nri_is_the_same_for_blank_cells_and_absent_rows(blank):
    """Of 20 patients of each group four miss week 8; who misses it is no responder."""
    scores = {f"P{n}": {0: 20, 4: 15, 8: 8, 12: 2} for n in range(40)}
    for n in range(8):
        scores[f"P{n}"] |= {8: NAN}
        if not blank:
            del scores[f"P{n}"][8]
    study = make_study(scores, groups={patient: "AB"[n % 2] for n, patient in enumerate(scores)})
    table = rates(study, ["PASI50", "PASI75"], ["NRI"], ["all"])
    found = counts(table)
    assert {found[group, 8, "PASI50", "NRI"] for group in "AB"} == {(16, 20)}
    assert {found[group, 8, "PASI75", "NRI"] for group in "AB"} == {(0, 20)}
    said = table[table["week"] == 8]["note"].str.startswith("4 without a row count as no responders")
    assert said.all() if not blank else not said.any()


def test_a_visit_after_the_data_cut_off_was_not_missed():
    """P0 was last due at week 4, P1 is known to have been due at week 12, of P2 nothing is stated."""
    scores = {f"P{n}": {0: 20, 4: 2, 12: 2} for n in range(9)} | {f"P{n}": {0: 20, 4: 2} for n in range(3)}
    study = make_study(scores)
    cut = study.patients["patient_id"].astype(str).map({"P0": 4.0, "P1": 12.0}).astype(float)
    study = replace(study, schedule=(4.0, 12.0), patients=study.patients.assign(cutoff_week=cut))
    table = rates(study, ["PASI75"], ["NRI", "LOCF"], ["all"]).set_index(["week", "imputation"])
    assert table["evaluable"].to_dict() == {(4, "NRI"): 9, (4, "LOCF"): 9, (12, "NRI"): 8, (12, "LOCF"): 8}
    assert table["responders"].to_dict() == {(4, "NRI"): 9, (4, "LOCF"): 9, (12, "NRI"): 6, (12, "LOCF"): 8}
    assert table.loc[(12, "NRI"), "note"].startswith("1 without a row count as no responders, since no data cut-off")


def at_random_weeks():
    draw = np.random.default_rng(1)
    return make_study({f"P{n}": {0: 20} | dict.fromkeys(draw.integers(1, 53, 8).tolist(), 5) for n in range(40)})


def test_visits_at_random_weeks_are_no_schedule_but_a_stated_one_is():
    study = at_random_weeks()
    assert no_schedule(study).startswith("the study has no nominal visits")
    assert rates(study, ["PASI50"], ["NRI"], ["all"])["evaluable"].isna().all()
    planned = replace(study, schedule=(12.0, 26.0, 52.0))
    table = rates(planned, ["PASI50"], ["NRI"], ["all"])
    assert table[["week", "evaluable"]].values.tolist() == [[12, 40], [26, 40], [52, 40]]


def test_the_last_value_is_carried_not_the_one_that_stands_for_its_week():
    scores = {f"P{n}": {0: 20, 4: 3, 8: 3} for n in range(9)}
    study = make_study(scores | {"P9": {0: 20, 4: 3, 4.4: 15, 8: NAN}})
    found = counts(rates(study, ["PASI75"], ["LOCF", "OC"], ["all"]))
    assert found["all", 8, "PASI75", "LOCF"] == (9, 10)
    assert found["all", 4, "PASI75", "OC"] == (10, 10)


def carried(visits, slots):
    """LOCF told visit by visit: the PASI of the slot, else the last before it, else the baseline."""
    found = []
    for slot, (low, high) in slots.items():
        own = [(abs(week - slot), week, pasi) for week, pasi in visits if low < week <= high and not np.isnan(pasi)]
        before = [(week, pasi) for week, pasi in visits if week <= low and not np.isnan(pasi)]
        found.append(min(own)[2] if own else max(before)[1] if before else 20.0)
    return found


@pytest.mark.parametrize("seeds", [range(30), range(30, 120)], ids=str)
def test_what_is_carried_as_told_visit_by_visit(seeds):
    for seed in seeds:
        draw = np.random.default_rng(seed)
        scores = {
            f"P{n}": {0: 20.0}
            | {
                round(week, 1): float(draw.choice([NAN, 1, 5, 12, 22]))
                for week in draw.uniform(0.5, 20, int(draw.integers(1, 8)))
            }
            for n in range(6)
        }
        visits = grid(make_study(scores), "all")
        slots = dict(zip(visits.week, zip(visits.low, visits.high, strict=True), strict=True))
        for n, patient in enumerate(scores):
            after = [(week, pasi) for week, pasi in scores[patient].items() if week > 0]
            assert visits.carried[n].tolist() == carried(after, slots), (seed, patient)


def test_a_due_week_is_due_however_it_is_subtracted():
    """The restart lies four weeks after the infusion, at 4.6 − 0.6: that day is still in the phase before it."""
    scores = {"P1": {0.6: 20, 2.6: 15}, "P2": {0: 20, 4: 5, 8: 5}}
    courses = [*msc("P1", 0.6), *msc("P2", 0), ("P1", "adalimumab", "biologic", 4.6, None)]
    found = counts(rates(make_study(scores, treatments=courses), ["PASI75"], ["LOCF"], ["after"]))
    assert found["all", 4, "PASI75", "LOCF"] == (1, 2)


def test_a_window_on_the_clock_holds_its_ends_however_they_are_subtracted():
    courses = msc("P1", 0.2)
    table = sensitivity(make_study({"P1": {0.2: 20, 8.2: 2}}, treatments=courses), window=(8, 12))
    assert table[table["imputation"] == "OC"].set_index("rule").loc["PASI75", "positive"] == 1


def test_composite_says_nothing_of_the_phase_after_the_restart():
    table = rates(restarted(), ["PASI75"], None, ["restart"], Choices(policy="composite"))
    assert table[["responders", "evaluable", "rate_percent"]].isna().all(axis=None)
    assert table["note"].str.startswith("composite refused: every visit of this phase is after the restart").all()


def restarted():
    """Twelve patients on a schedule, six of them restarted at week 9 and clear after it."""
    scores = {f"P{n}": {0: 20, 4: 5, 8: 15, 12: 2} for n in range(1, 13)}
    courses = [course for patient in scores for course in msc(patient)]
    return make_study(scores, treatments=courses + [(f"P{n}", "adalimumab", "biologic", 9, None) for n in range(1, 7)])


def test_a_restart_makes_a_non_responder_only_under_the_composite_policy():
    study = restarted()
    found = {
        policy: counts(rates(study, ["PASI75"], phases=["all"], choices=Choices(policy=policy))) for policy in POLICIES
    }
    for imputation in IMPUTATIONS:
        assert found["treatment_policy"]["all", 12, "PASI75", imputation] == (12, 12)
        assert found["composite"]["all", 12, "PASI75", imputation] == (6, 12)
        assert found["composite"]["all", 4, "PASI75", imputation] == (12, 12)


def test_the_phase_after_ends_with_the_restart_and_the_note_names_the_policy():
    study = restarted()
    found = counts(rates(study, ["PASI75"], phases=["after"]))
    assert found["all", 12, "PASI75", "LOCF"] == found["all", 12, "PASI75", "NRI"] == (6, 6)
    own = rates(study, ["PASI75"], ["OC"], ["all"], Choices(policy="composite"))
    assert own["note"].str.contains("composite").all()


def test_the_restart_phase_has_two_baselines():
    scores = {"P1": {0: 40, 4: 5, 9: 12, 12: 4, 16: 3}}
    study = make_study(scores, treatments=[*msc("P1"), ("P1", "adalimumab", "biologic", 9, None)])
    for baseline, responders in {"phase": [0, 1], "original": [1, 1]}.items():
        table = rates(study, ["PASI75"], ["OC"], ["restart"], Choices(baseline))
        assert table["responders"].tolist() == responders
        assert table["baseline"].eq(baseline).all()
    assert rates(study, ["PASI75"], ["OC"], ["all"])["baseline"].eq("original").all()


def test_a_window_chooses_weeks_on_the_clock_and_locf_carries_into_it(four):
    table = rates(four, ["PASI75"], ["LOCF"], ["all"], window=(8, 10))
    assert table[["week", "responders", "evaluable"]].values.tolist() == [[8, 2, 3]]


def test_patients_and_groups_narrow(four):
    assert rates(four, ["PASI75"], ["OC"], ["all"], patients=["P1"])["evaluable"].tolist() == [1, 1, 1]
    assert rates(four, groups=["nobody"]).empty
    assert set(rates(four, phases=["all"], choices=Choices(by=None))["group"]) == {"all"}


@pytest.mark.parametrize(("interval", "method"), [(wilson, "wilson"), (clopper_pearson, "exact")])
def test_intervals_are_those_of_scipy(interval, method):
    pairs = [(hits, of) for of in (1, 3, 96, 300, 875) for hits in sorted({0, 1, of // 3, of - 1, of}) if hits <= of]
    low, high = interval(*np.array(pairs, float).T)
    for (hits, of), *found in zip(pairs, low, high, strict=True):
        expected = stats.binomtest(hits, of).proportion_ci(0.95, method)
        np.testing.assert_allclose(found, [100 * expected.low, 100 * expected.high], atol=1e-9)


@pytest.mark.parametrize(("interval", "method"), [(wilson, "wilson"), (clopper_pearson, "beta")])
def test_intervals_are_those_of_statsmodels_and_open_on_one_side_at_none_and_all(interval, method):
    hits, of = np.array([0.0, 875.0, 0.0, 3.0]), np.array([875.0, 875.0, 3.0, 3.0])
    found = np.array(interval(hits, of))
    np.testing.assert_allclose(found, 100 * np.array(proportion_confint(hits, of, method=method)), atol=1e-9)
    assert found[0, 0] == 0
    assert 0.4 < found[1, 0] < 0.5
    assert 99.5 < found[0, 1] < 99.6
    assert found[1, 1] == 100


@pytest.mark.parametrize("interval", INTERVALS.values(), ids=INTERVALS)
def test_nobody_has_no_interval(interval):
    assert np.isnan(interval(np.array([0.0]), np.array([0.0]))).all()


tables = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 300)), min_size=3, max_size=3), min_size=2, max_size=7)


def drawn(rows, order=slice(None)):
    scores = {
        f"P{at}": {0: 20}
        | {week: NAN if value is None else value / 10 for week, value in zip((4, 8, 12), row, strict=True)}
        for at, row in enumerate(rows)
    }
    study = make_study(scores)
    return study if order == slice(None) else make_study({name: scores[name] for name in list(scores)[order]})


@settings(max_examples=40)
@given(tables)
def test_nri_counts_the_observed_responders_over_a_denominator_never_smaller(rows):
    wide = rates(drawn(rows), phases=["all"]).pivot_table(
        index=["week", "rule"], columns="imputation", values=["responders", "evaluable"], sort=False
    )
    assert (wide["responders", "NRI"] == wide["responders", "OC"]).all()
    assert (wide["evaluable", "NRI"] >= wide["evaluable", "OC"]).all()
    assert (wide["evaluable", "NRI"] == len(rows)).all()
    assert (wide["evaluable", "LOCF"] == len(rows)).all()


@settings(max_examples=20)
@given(tables)
def test_a_stricter_rule_never_has_more_responders_and_the_order_of_rows_is_irrelevant(rows):
    table = rates(drawn(rows), phases=["all"])
    strict = table[table["rule"].isin(RELATIVE)].groupby(["week", "imputation"], sort=False)["responders"]
    assert strict.agg(lambda responders: responders.is_monotonic_decreasing).all()
    pd.testing.assert_frame_equal(rates(drawn(rows, slice(None, None, -1)), phases=["all"]), table)


def test_every_rule_and_imputation_has_its_row(four):
    table = rates(four)
    each = table.groupby(["phase", "week"], observed=True).size()
    assert (each == len(RESPONSES) * len(IMPUTATIONS)).all()


def test_more_visits_than_can_be_laid_out_are_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr("analysis.response.nominal_visits.MOST_VISITS", 5)
    study = make_study({f"P{n}": {0: 20, 4: 2, 12: 2} for n in range(3)})
    with pytest.raises(LateError, match="2 nominal weeks of 3 patients are 6 visits, and at most 5 can be laid out"):
        rates(study, ["PASI75"], ["OC"], ["after"])
