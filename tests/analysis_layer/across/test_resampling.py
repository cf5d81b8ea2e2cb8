"""The permutation p, the bootstrap interval, and what each patient weighs."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.correlation import bootstrap, influence, merging, permutation
from analysis.correlation.bootstrap import resampled
from analysis.correlation.correlation import correlation, points
from analysis.correlation.influence import flipping, leave_one_out, too_many
from analysis.correlation.permutation import permuted
from analysis.correlation.statistics import STATISTICS

PERMUTABLE = [key for key, statistic in STATISTICS.items() if statistic.sides]
NAN = float("nan")


def made(patients, visits=8, seed=0, slope=-0.5):
    rng = np.random.default_rng(seed)
    value = rng.normal(size=(patients, visits)) + rng.normal(0, 3, (patients, 1))
    pasi = slope * value + rng.normal(size=(patients, visits)) + rng.normal(0, 3, (patients, 1))
    pasi[0, 1] = NAN
    week = np.tile(np.arange(visits) * 2.0, patients)
    ids = [f"P{number}" for number in range(patients)]
    return pd.DataFrame(
        {
            "patient_id": pd.Categorical(np.repeat(ids, visits), categories=ids),
            "immune_week": week,
            "phase": np.where(week < 5, "before", "after"),
            "value": value.ravel(),
            "pasi": pasi.ravel(),
        }
    )


def last(states):
    *_, state = states
    return state


@pytest.mark.parametrize("statistic", PERMUTABLE)
def test_few_orders_are_all_enumerated(statistic):
    table = made(3, 4, seed=3)
    state = last(permuted(points(table), statistic))
    known = table.dropna()
    rows = [group.to_numpy() for _, group in known.groupby("patient_id", observed=True)["pasi"]]
    observed = abs(correlation(known, statistic).estimate)
    every = itertools.product(*(itertools.permutations(row) for row in rows))
    sizes = [
        abs(correlation(known.assign(pasi=np.concatenate(order)), statistic).estimate)
        for order in itertools.islice(every, 0, None, 61)
    ]
    assert (state.exact, state.done, state.total) == (True, 3456, 3456)
    assert state.p == state.extreme / state.total
    assert abs(state.p - np.mean(np.array(sizes) >= observed - 1e-9)) < 0.15


def test_the_exact_p_of_one_patient_can_be_counted_by_hand():
    table = made(1, 4).assign(value=[1.0, 2, 3, 4], pasi=[4.0, 3, 2, 1])
    state = last(permuted(points(table)))
    assert (state.extreme, state.total) == (2, 24)
    assert permutation.words(state) == "exact: all 24 orders within patients"


def test_random_orders_are_seeded_counted_and_never_give_0():
    found = points(made(40, slope=-3))
    states = list(permuted(found, count=1200))
    assert [state.done for state in states] == [500, 1000, 1200]
    assert states[-1].p == pytest.approx(1 / 1201)
    assert list(permuted(found, count=1200)) == states
    assert "1,200 random orders within patients, seed 20250916, (b + 1) / (m + 1)" in permutation.words(states[-1])


def test_random_orders_agree_with_the_p_of_the_statistic_where_errors_are_independent():
    table = made(30, seed=2, slope=-0.1)
    state = last(permuted(points(table), count=4000))
    assert state.p == pytest.approx(correlation(table).p, abs=0.03)


def test_a_statistic_of_differences_has_no_permutation_and_a_cell_without_estimate_none_either():
    for key in STATISTICS.keys() - set(PERMUTABLE):
        state = last(permuted(points(made(12)), key))
        assert (math.isnan(state.p), state.reason) == (True, permutation.NOT_PERMUTED)
    state = last(permuted(points(made(3).iloc[:2])))
    assert (math.isnan(state.p), bool(state.reason)) == (True, True)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_the_bootstrap_is_a_resampling_of_whole_patients(statistic):
    table = made(12, 5)
    state = last(resampled(points(table), statistic, count=30))
    draws = np.random.default_rng(bootstrap.SEED).integers(12, size=(12, 30))
    groups = [group for _, group in table.groupby("patient_id", observed=True)]
    estimates = []
    for drawn in draws.T:
        copies = [groups[at].assign(patient_id=f"{place:02d}") for place, at in enumerate(drawn)]
        estimates.append(correlation(pd.concat(copies).astype({"patient_id": "category"}), statistic).estimate)
    assert (state.low, state.high) == pytest.approx(tuple(np.nanpercentile(estimates, [2.5, 97.5])))
    assert (state.done, state.computed) == (30, 30)


def test_the_bootstrap_tells_how_far_it_is_and_is_the_same_again():
    found = points(made(12))
    states = list(resampled(found, count=250))
    assert [state.done for state in states] == [100, 200, 250]
    assert list(resampled(found, count=250)) == states


def test_the_bootstrap_is_refused_where_one_patient_has_most_of_very_many_pairs(monkeypatch):
    """Where sums do not suffice, each resample lays the patients side by side, as wide as the longest."""
    table = pd.concat([made(12), made(1, 400)], ignore_index=True)
    monkeypatch.setattr(bootstrap, "MOST", 12 * 300)
    found = points(table.astype({"patient_id": "category"}).sort_values("patient_id"))
    state = last(resampled(found, "pooled_spearman"))
    assert (state.done, state.reason) == (0, bootstrap.TOO_UNEVEN)
    assert last(resampled(found, count=10)).computed == 10


def test_the_bootstrap_is_refused_below_10_patients_with_the_reason():
    state = last(resampled(points(made(9))))
    assert (math.isnan(state.low), state.done) == (True, 0)
    assert "three patients give only ten" in state.reason
    assert len(set(itertools.combinations_with_replacement("ABC", 3))) == 10


@pytest.mark.parametrize("statistic", STATISTICS)
def test_leaving_one_out_is_the_statistic_of_the_others(statistic):
    table = made(11, 6)
    found = leave_one_out(table, statistic)
    assert found["patient_id"].astype(str).tolist() == table["patient_id"].cat.categories.tolist()
    for row in found.iloc[:3].itertuples():
        others = correlation(table[table["patient_id"] != row.patient_id], statistic)
        assert row.estimate == pytest.approx(others.estimate, abs=1e-9)
        assert (row.df, row.pairs, row.patients) == (others.df, others.pairs, others.patients)
        assert row.change == pytest.approx(others.estimate - correlation(table, statistic).estimate)


def test_the_patient_whose_removal_flips_the_sign_is_named():
    table = made(3, 4).assign(
        value=[1, 2, 3, 4, 1, 2, 3, 4, 1, 20, 40, 60], pasi=[1, 2.1, 3, 4, 1, 2, 3.2, 4, 60, 42, 20, 1]
    )
    found = leave_one_out(table)
    assert found["flips"].tolist() == [False, False, True]
    assert flipping(found) == "The sign flips without P2."
    assert flipping(leave_one_out(made(4, seed=1, slope=-2))) == "No single patient's removal flips the sign."
    assert flipping(leave_one_out(table.iloc[:4])) == ""
    assert leave_one_out(table.iloc[:0]).empty


def awkward():
    """Patients who have all of one sum, a single pair, none, the same in every pair, or a straight line of week."""
    table = made(9, 6, seed=4)
    who, week = table["patient_id"], table["immune_week"]
    return {
        "one far away": table.assign(
            value=table["value"] + 1e7 * (who == "P2"), pasi=table["pasi"] - 1e7 * (who == "P2")
        ),
        "one who varies": table.assign(value=table["value"] * np.where(who == "P4", 1e7, 1)),
        "who alone varies": table.assign(value=table["value"].where(who == "P4", 3.1)),
        "who alone leaves the line": table.assign(pasi=table["pasi"].where(who == "P4", 1.1 * week)),
        "missing": table.assign(pasi=table["pasi"].where((who != "P1") & ~((who == "P3") & (week > 1)))),
        "two": table[who.isin(["P5", "P6"])],
        "one": table[who == "P5"],
    }


@pytest.mark.parametrize("case", awkward())
@pytest.mark.parametrize("statistic", [key for key, kind in STATISTICS.items() if kind.summed])
def test_merged_sums_are_those_that_are_computed_anew(statistic, case, monkeypatch):
    table = awkward()[case]
    found = leave_one_out(table, statistic)
    monkeypatch.setattr(influence, "STATISTICS", {statistic: replace(STATISTICS[statistic], summed=None)})
    pd.testing.assert_frame_equal(found, leave_one_out(table, statistic), rtol=1e-7, atol=1e-9, check_dtype=False)


def entries(patients, statistic, monkeypatch):
    """How many numbers are merged, and computed anew, to leave each of so many patients out."""
    seen = []
    kind, merge = STATISTICS[statistic], merging.merged
    compute = lambda found: seen.append(found.value.size) or kind.compute(found)  # noqa: E731
    monkeypatch.setattr(merging, "merged", lambda one, two: seen.append(len(one.weight)) or merge(one, two))
    monkeypatch.setattr(influence, "STATISTICS", {statistic: replace(kind, compute=compute)})
    leave_one_out(made(patients, 4), statistic)
    monkeypatch.undo()
    return sum(seen)


@pytest.mark.parametrize("statistic", [key for key, kind in STATISTICS.items() if kind.summed])
def test_leaving_one_out_is_work_in_proportion_to_the_patients(statistic, monkeypatch):
    few, many = (entries(patients, statistic, monkeypatch) for patients in (100, 800))
    assert 0 < few < many < 8 * few * math.log2(800) / math.log2(100) * 1.1


def test_what_cannot_be_merged_is_refused_for_many_patients_with_the_reason(monkeypatch):
    table = made(40, 5)
    assert not [key for key in STATISTICS if too_many(table, key)]
    monkeypatch.setattr(influence, "MOST_ROWS", 40 * 200 - 1)
    assert "computed anew from all pairs: too slow for 40" in too_many(table, "pooled_spearman")
    assert {key for key in STATISTICS if too_many(table, key)} == {"pooled_spearman"}
    many = pd.DataFrame({"patient_id": np.arange(50_001)})
    assert "fitted anew: too slow for 50,001" in too_many(many, "mixed_model")
    assert not too_many(many, "repeated_measures")


def test_many_patients_who_flip_the_sign_are_counted_and_not_named():
    table = pd.DataFrame({"patient_id": [f"P{number}" for number in range(1300)], "estimate": 0.1, "flips": True})
    assert flipping(table) == "The sign flips without any one of 1,300 patients."


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_large_cohort_is_left_out_in_parts(statistic, monkeypatch):
    table = made(11, 6)
    whole = leave_one_out(table, statistic)
    monkeypatch.setattr("analysis.correlation.influence.AT_ONCE", 200)
    pd.testing.assert_frame_equal(leave_one_out(table, statistic), whole)
