"""Comparisons of whole studies, against the same told patient by patient."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analysis.comparisons.before_after import before_after, over_visits, pairs
from analysis.comparisons.phase_samples import Compared, phase_samples
from analysis.comparisons.responders import at_baseline, curve, groups, refused, rule_of, rule_words, sides
from analysis.phases import anchors
from studies import make_study, msc, random_study

WEEKS = (0, 4, 12)


def four(rise=(1.0, 2.0, 3.0, 4.0)):
    """Four patients, a subset that rises in all of them by week 4, and one that the last two were not sampled for at 12."""
    ids = [f"P{number}" for number in range(1, 5)]
    treg = {one: {-3: 9.0, 0: 2.0, 4: 2.0 + up, 12: 2.0 + 2 * up} for one, up in zip(ids, rise, strict=True)}
    late = {one: ({0: 5.0, 4: 5.0, 12: 4.0} if one < "P3" else {0: 5.0, 4: 6.0}) for one in ids}
    pasi = {one: {0: 20, 4: 4 if one < "P3" else 18} for one in ids}
    return make_study(pasi, {"treg": treg, "late": late}, [course for one in ids for course in msc(one)])


def test_the_baseline_is_the_last_before_and_the_visit_the_chosen_one():
    found = before_after(four(), Compared(at_week=4.0))
    treg = found.table.iloc[0]
    assert (found.week, treg["n"], treg["baseline"], treg["value"], treg["estimate"]) == (4, 4, 2, 4.5, 2.5)
    assert (treg["p"], treg["smallest"], treg["biserial"], treg["adjusted"], treg["family"]) == (
        0.125,
        0.125,
        1,
        0.25,
        2,
    )
    assert np.isnan(treg["low"])
    assert treg["note"] == "no 95 % interval of 4: it needs 6"
    told = pairs(four(), Compared(at_week=4.0), "treg")
    assert told["value"].tolist() == [2, 3, 2, 4, 2, 5, 2, 6]
    assert told["week"].tolist() == [0, 4] * 4


def test_the_usual_visit_is_the_last_that_eighty_percent_were_seen_at():
    study = four()
    assert before_after(study, Compared()).week == 12
    without = study.immune_subsets[
        ~((study.immune_subsets["week"] == 12) & study.immune_subsets["patient_id"].isin(["P1"]))
    ]
    fewer = replace(study, immune_subsets=without)
    assert before_after(fewer, Compared()).week == 4
    assert before_after(fewer, Compared(at_week=11.0)).week == 12
    assert not before_after(fewer, Compared(at_week=11.0)).enough
    assert [before_after(study, Compared(visit=end)).table["value"][1] for end in ("first", "last")] == [5.5, 5.0]


def test_unchanged_values_are_counted_and_named():
    table = before_after(four((0.0, 0.0, 0.0, 0.0)), Compared(at_week=4.0)).table
    assert table["reason"].tolist() == ["no value differs from its baseline", ""]
    assert table["zeros"].tolist() == [4, 2]
    assert (table["p"][1], table["smallest"][1]) == (0.5, 0.5)


def test_over_visits_counts_whom_it_leaves_out():
    found, weeks = over_visits(four(), Compared(), "treg")
    assert (weeks, found.n, found.visits, found.left_out) == ((4, 12), 4, 3, 0)
    assert found.p == pytest.approx(6 / 6**4)
    late, _ = over_visits(four(), Compared(), "late")
    assert (late.n, late.left_out) == (2, 2)


def test_before_the_index_there_is_no_baseline():
    table = before_after(four(), Compared("before")).table
    assert table["reason"].str.startswith("no baseline").all()
    assert at_baseline(four(), Compared("before"))["reason"].str.startswith("no baseline").all()


@pytest.mark.parametrize(
    "how",
    [
        Compared(visit="last"),
        Compared("after", visit="first"),
        Compared("restart", visit="last"),
        Compared("restart", "original", visit="last"),
    ],
)
def test_it_is_the_same_told_patient_by_patient(how):
    told = 0
    for seed in range(12):
        study = random_study(seed, patients=9)
        found, starts = before_after(study, how), anchors(study).set_index("patient_id")
        for subset, row in found.table.set_index("subset").iterrows():
            both = [pair(study, patient, subset, starts, how) for patient in study.patient_ids]
            whole = np.array([pair for pair in both if not np.isnan(pair).any()]).reshape(-1, 2)
            assert row["n"] == len(whole)
            difference = whole[:, 1] - whole[:, 0]
            if np.any(difference):
                told += 1
                assert [row["baseline"], row["value"]] == pytest.approx(np.median(whole, axis=0).tolist())
                rank = stats.rankdata(np.abs(difference).round(9))
                assert row["biserial"] == pytest.approx((rank @ np.sign(difference)) / rank[difference != 0].sum())
                if len(set(np.abs(difference).round(9))) == len(difference) and difference.all():
                    assert row["p"] == pytest.approx(stats.wilcoxon(difference, method="exact").pvalue)
    assert told > 15


def pair(study, patient, subset, starts, how):
    """Baseline and value of one patient; NaN where there is none."""
    own = study.immune_subsets
    own = own[(own["patient_id"] == patient) & (own["subset"] == subset) & own["value"].notna()]
    index, restart = starts.loc[patient, ["index_week", "restart_week"]]
    start = restart if how.phase == "restart" else index
    told_from = index if how.baseline == "original" else start
    before = own[own["week"] <= told_from]
    after = own[own["week"] > start]
    if how.phase == "after":
        after = after[~(after["week"] > restart)]
    if np.isnan(start) or before.empty or after.empty:
        return np.array([np.nan, np.nan])
    return np.array([before["value"].iloc[-1], after["value"].iloc[0 if how.visit == "first" else -1]])


@pytest.mark.parametrize(
    "how", [Compared("after"), Compared("all", response="at_most_4"), Compared("restart", response="PASI50")]
)
def test_responders_are_those_whom_any_visit_shows(how):
    told = 0
    for seed in range(24):
        study = random_study(seed, patients=12)
        who, rule = sides(study, how), rule_of(study, how)
        starts = anchors(study)
        baseline = phase_samples(study, how).baseline
        for at, patient in enumerate(study.patient_ids):
            visits = study.pasi[(study.pasi["patient_id"] == patient) & study.pasi["pasi"].notna()]
            index, restart = starts.loc[at, ["index_week", "restart_week"]]
            start = restart if how.phase == "restart" else index
            inside = (
                visits[visits["week"] > start]
                if how.phase != "after"
                else visits[(visits["week"] > index) & ~(visits["week"] > restart)]
            )
            before = visits[visits["week"] <= start]["pasi"]
            base = float(before.iloc[-1]) if len(before) else np.nan
            can = len(inside) > 0 and (base > 0 or not rule.relative)
            hit = can and any(
                value <= 4 if not rule.relative else value <= base * (0.5 if "50" in rule.key else 0.25) + 1e-9
                for value in inside["pasi"]
            )
            assert (who.responders[at], who.others[at]) == (hit, can and not hit), (seed, patient)
        for at, row in at_baseline(study, how).iterrows():
            one, other = (baseline[flags, at][~np.isnan(baseline[flags, at])] for flags in (who.responders, who.others))
            assert (row["responders"], row["others"]) == (len(one), len(other))
            if not row["reason"]:
                told += 1
                assert row["auc"] == pytest.approx(stats.mannwhitneyu(one, other).statistic / len(one) / len(other))
    assert told > 3


def test_the_roc_curve_is_refused_below_five_a_side():
    draw, ids = np.random.default_rng(5), [f"P{number:02d}" for number in range(14)]
    for hits in range(15):
        pasi = {one: {0: 20, 4: 5 if at < hits else 19} for at, one in enumerate(ids)}
        treg = {"treg": {one: {0: float(draw.integers(0, 6))} for one in ids}}
        study = make_study(pasi, treg, [course for one in ids for course in msc(one)])
        table = curve(study, Compared(), "treg")
        assert table.empty == bool(refused(hits, 14 - hits)) == (min(hits, 14 - hits) < 5)
        if len(table):
            area = at_baseline(study, Compared())["auc"][0]
            assert np.trapezoid(table["sensitivity"], table["false_alarms"]) == pytest.approx(area)
        assert groups(study, Compared(), "treg")["x"].sum() == hits
    assert refused(2, 2) == "2 responders and 2 others have a baseline, and 5 on either side are needed"


def test_the_rule_is_told_in_words():
    assert rule_words(four(), Compared("after", response="PASI90")).startswith(
        "Responders: PASI 90 at any visit after MSC."
    )
