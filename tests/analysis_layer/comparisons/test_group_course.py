"""The course of groups, how much they improved and how long they were followed, against the same told patient by patient."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.comparisons import group_course as course
from analysis.comparisons.group_course import group_course
from analysis.comparisons.group_follow_up import follow_up, followed
from analysis.comparisons.improvement_area import areas, by_group, two_groups, unit
from analysis.comparisons.phase_samples import Compared
from analysis.outcomes import focused
from analysis.phases import anchors
from analysis.response.summary import summaries
from data.study import Outcome
from studies import make_study, msc, random_study

NAN = float("nan")
PERCENT = Compared(scale="percent_improvement")


def five():
    """Four of A, of whom P3 drops out and P4 misses week 4, and one of B; P2 restarts at week 8."""
    pasi = {
        "P1": {0: 20, 4: 10, 12: 4},
        "P2": {0: 10, 4: 8, 12: 1},
        "P3": {0: 30, 4: 9},
        "P4": {0: 40, 4: NAN, 12: 10},
        "Q1": {0: 16, 4: 4, 12: 8},
    }
    courses = [*(row for one in pasi for row in msc(one)), ("P2", "secukinumab", "biologic", 8, None)]
    return make_study(pasi, treatments=courses, groups={one: "B" if one == "Q1" else "A" for one in pasi})


def rows(study, how=None):
    return group_course(study, how or Compared()).table.set_index(["group", "week"])


def test_n_and_averages_are_of_who_was_observed():
    table = rows(five())
    assert table.loc["A", ["n", "due"]].to_numpy().tolist() == [[4, 4], [3, 4], [3, 4]]
    assert table.loc["A", "mean"].tolist() == [25, 9, 5]
    assert table.loc["A", "median"].tolist() == [25, 9, 4]
    assert table.loc["A", "visit"].tolist() == ["baseline", "visit", "visit"]
    assert table.loc["A", "sparse"].tolist() == [False, True, True]
    assert table.loc[("A", 4.0), "note"].startswith("only 3 of 4 observed")
    assert table.loc[("B", 4.0), ["n", "mean"]].tolist() == [1, 4]
    assert table.loc[("B", 4.0), "mean_note"] == "no 95 % interval of the mean of 1: it needs 2"
    low, high = stats.t.interval(0.95, 2, 9, stats.sem([10, 8, 9]))
    assert table.loc[("A", 4.0), ["mean_low", "mean_high"]].tolist() == pytest.approx([low, high])


def test_an_improvement_needs_a_baseline_above_0_and_starts_with_the_first_visit():
    table = rows(five(), PERCENT)
    assert table.loc["A", "mean"].tolist() == pytest.approx([np.mean([50, 20, 70]), np.mean([80, 90, 75])])
    clear = five()
    zero = (clear.pasi["patient_id"] == "P1") & (clear.pasi["week"] == 0)
    clear = replace(clear, pasi=clear.pasi.assign(pasi=clear.pasi["pasi"].mask(zero, 0.0)))
    assert rows(clear, PERCENT).loc[("A", 4.0), ["n", "due", "mean"]].tolist() == [2, 3, 45]


def test_a_composite_counts_an_observed_visit_after_the_restart_with_the_baseline():
    composite = replace(PERCENT, policy="composite")
    table = rows(five(), composite)
    assert table.loc[("A", 12.0), "mean"] == pytest.approx(np.mean([80, 0, 75]))
    assert table.loc[("A", 12.0), "note"].startswith("only 3 of 4 observed; 1 after a restart count with the baseline")
    assert rows(five(), Compared(policy="composite")).loc[("A", 12.0), "mean"] == pytest.approx(np.mean([4, 10, 10]))
    found = group_course(five(), composite)
    assert np.isnan(found.own[1, -1])
    refused = group_course(five(), Compared("restart", policy="composite"))
    assert (refused.reason, len(refused.table)) == (course.AFTER_RESTART, 0)


def test_a_window_and_who_is_kept_narrow_it_and_never_the_baseline():
    table = rows(five(), Compared(window=(5.0, 20.0), groups=("A",)))
    assert table.index.tolist()[1:] == [("A", 12.0)]
    assert table["n"].tolist() == [4, 3]
    assert rows(five(), Compared(patients=("P1", "P4")))["n"].tolist() == [2, 1, 2]


def higher():
    """A score from 0 to 10 that improves by rising, of which a percentage means nothing."""
    own = Outcome("wellbeing", "Wellbeing", 0, 10, better="higher", relative=False)
    study = make_study(
        scores={"wellbeing": {"P1": {0: 2, 4: 6, 8: 8}, "P2": {0: 5, 4: 4}}},
        treatments=[*msc("P1"), *msc("P2")],
        groups={"P1": "A", "P2": "B"},
    )
    return focused(replace(study, outcomes=(own,)), "wellbeing")


def test_where_higher_is_better_and_no_percentage_has_a_meaning_a_rise_in_points_improves():
    study = higher()
    found = areas(study, Compared())
    # 0 → 4 over 4 weeks and 4 → 6 over 4: (8 + 20) / 8; 0 → −1 over 4 weeks: −2 / 4
    assert found["area"].tolist() == [3.5, -0.5]
    assert unit(study).startswith("improvement of Wellbeing")
    refused = group_course(study, PERCENT)
    assert refused.table.empty
    assert "percentage of the baseline means nothing for Wellbeing" in refused.reason


def test_of_a_relative_outcome_the_area_is_the_improvement_of_the_mean_score():
    for seed in range(10):
        study = random_study(seed, patients=12)
        found, told = areas(study, Compared()), summaries(study, ["all"])
        expected = 100 * (1 - told["auc_per_week"] / told["baseline"].where(told["baseline"] > 0))
        np.testing.assert_allclose(found["area"], expected.where(told["reason"] == ""), rtol=1e-9)
        assert (found["area"].isna() == (found["reason"] != "")).all()


def test_an_area_after_a_restart_falls_to_no_improvement_under_composite():
    found = areas(five(), Compared(policy="composite")).set_index("patient_id")
    # P2: 20 % at week 4, 0 at week 12
    assert found.loc["P2", "area"] == pytest.approx((20 * 4 / 2 + 20 * 8 / 2) / 12)
    assert found.loc["P3", ["area", "weeks"]].tolist() == pytest.approx([35, 4])


@pytest.mark.parametrize("sizes", [(3, 3), (4, 4), (2, 5), (6, 7), (5, 0)])
def test_two_groups_have_a_p_where_they_can_reach_one(sizes):
    ids = [f"P{at:02d}" for at in range(sum(sizes))]
    pasi = {one: {0: 20, 4: 18 - at if at else NAN} for at, one in enumerate(ids)}
    pasi["P00"] = {0: 20, 4: 18}
    groups = {one: "A" if at < sizes[0] else "B" for at, one in enumerate(ids)} | {"left": "B"}
    study = make_study(pasi, treatments=[row for one in ids for row in msc(one)], groups=groups)
    found, table = two_groups(study, Compared()), areas(study, Compared())
    assert (found.n, found.other_n) == sizes
    one, other = (table.loc[(table["group"] == name) & table["area"].notna(), "area"] for name in "AB")
    if sizes[1] == 0:
        assert (found.note, np.isnan(found.p)) == ("no p: nobody in B", True)
        return
    exact = stats.mannwhitneyu(one, other, method="exact")
    assert found.auc == pytest.approx(exact.statistic / len(one) / len(other))
    if exact.pvalue <= 0.05:
        assert found.p == pytest.approx(exact.pvalue) == found.smallest
    else:
        assert np.isnan(found.p)
        assert found.note == f"no p: {sizes[0]} and {sizes[1]} patients can reach no p below {found.smallest:.2g}"


def test_one_group_or_three_are_not_tested_and_who_is_left_out_is_told():
    assert two_groups(five(), Compared(groups=("A",))) is None
    table = by_group(five(), Compared()).set_index("group")
    assert table["n"].tolist() == [4, 1]
    late = by_group(five(), Compared("restart")).set_index("group")
    assert late.loc["A", ["n", "left_out"]].tolist() == [1, 3]
    assert late.loc["A", "note"].endswith("3 left out: no restart")


def brute_median(table):
    """The reverse Kaplan–Meier median by exact rationals, step by step: (weeks, event)."""
    share = Fraction(1)
    for week in sorted(set(table["weeks"])):
        at_risk = int((table["weeks"] >= week).sum())
        share *= 1 - Fraction(int(((table["weeks"] == week) & table["event"]).sum()), at_risk)
        if share <= Fraction(1, 2):
            return week
    return NAN


@pytest.mark.parametrize("how", [Compared(), Compared("after"), Compared("restart"), Compared(policy="composite")])
def test_median_follow_up_is_that_of_the_reversed_curve(how):
    told = censored = 0
    for seed in range(20):
        study = random_study(seed, patients=14)
        table, starts = followed(study, how), anchors(study).set_index("patient_id")
        for row in table.itertuples():
            index, restart = starts.loc[row.patient_id, ["index_week", "restart_week"]]
            own = study.pasi[(study.pasi["patient_id"] == row.patient_id) & study.pasi["pasi"].notna()]["week"]
            start = restart if how.phase == "restart" else index
            ends = (how.phase == "after" or (how.policy == "composite" and how.phase != "restart")) and restart > index
            last = max([start, *own]) if not ends else restart
            assert (row.weeks, row.event) == (pytest.approx(last - start), not ends)
        for group in follow_up(study, how).itertuples():
            mine = table[table["group"] == group.group]
            assert (group.n, group.ended) == (len(mine), mine["event"].sum())
            assert group.median == pytest.approx(brute_median(mine), nan_ok=True)
            assert np.isnan(group.low) or group.ended >= 5
            assert ("no interval" in group.note) == (group.ended < 5)
            told, censored = told + 1, censored + (~mine["event"]).sum()
    assert told > 10
    assert (censored > 0) == (how in {Compared("after"), Compared(policy="composite")})


def test_follow_up_of_dropouts_and_ties_by_hand():
    pasi = {f"P{at}": {0: 20, last: 10} for at, last in enumerate((4, 4, 8, 12))} | {"P4": {0: 20}}
    study = make_study(pasi, treatments=[row for one in pasi for row in msc(one)])
    assert followed(study, Compared())["weeks"].tolist() == [4, 4, 8, 12, 0]
    (row,) = follow_up(study, Compared()).itertuples()
    assert (row.n, row.ended, row.median) == (5, 5, 4)


def test_without_pasi_or_before_the_index_there_is_nothing_to_tell():
    samples_only = make_study(immune={"treg": {"P1": {0: 2, 4: 3}}})
    assert follow_up(samples_only, Compared()).empty
    assert areas(samples_only, Compared())["reason"].tolist() == ["no PASI in this study"]
    before = five()
    assert group_course(before, replace(PERCENT, phase="before")).reason.startswith("there is no baseline")
    assert rows(before, Compared("before"))["mean"].tolist() == [25, 16]
    assert followed(before, Compared("before")).empty


@pytest.mark.parametrize("how", [Compared("after"), PERCENT, replace(PERCENT, policy="composite", phase="all")])
def test_it_is_the_same_told_visit_by_visit(how):
    told = 0
    for seed in range(8):
        study = random_study(seed, patients=20)
        found = group_course(study, how)
        group = study.patients["group"].astype(str).to_numpy()
        for row in found.table.itertuples():
            slot = np.flatnonzero(np.isnan(found.week) if np.isnan(row.week) else found.week == row.week)[0]
            values = found.value[group == row.group, slot]
            values = values[~np.isnan(values)]
            assert row.n == len(values) <= row.due
            assert row.sparse == (len(values) < 0.8 * row.due)
            if len(values):
                told += 1
                assert (row.mean, row.median) == pytest.approx((values.mean(), np.median(values)))
    assert told > 40


def test_each_of_thousands_of_groups_costs_no_more_than_its_visits():
    size = 4000
    ids = [f"P{at}" for at in range(size)]
    visits = pd.DataFrame({"patient_id": pd.Categorical(np.repeat(ids, 3), ids), "week": np.tile([0.0, 4, 8], size)})
    base = make_study({"P0": {0: 1}})
    study = replace(
        base,
        patients=pd.DataFrame({"patient_id": pd.Categorical(ids, ids), "group": pd.Categorical(ids, ids)}),
        pasi=visits.assign(pasi=5.0, provenance="observed"),
    )
    assert group_course(study, Compared()).table["n"].tolist() == [1] * 3 * size
    told = follow_up(study, Compared())
    assert (len(told), told["n"].sum(), told["ended"].sum()) == (size, size, size)
    assert set(told["note"]) == {"not computed: more than 1,000 groups"}
    assert told["median"].isna().all()


def test_who_has_no_group_counts_in_none():
    study = five()
    nowhere = replace(
        study, patients=study.patients.assign(group=study.patients["group"].where(study.patients["patient_id"] != "P1"))
    )
    assert rows(nowhere).loc["A", "n"].tolist() == [3, 2, 2]
    assert by_group(nowhere, Compared())["n"].tolist() == [3, 1]
    assert follow_up(nowhere, Compared())["n"].tolist() == [3, 1]
