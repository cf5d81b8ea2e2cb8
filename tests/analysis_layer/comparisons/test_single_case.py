import tracemalloc

import numpy as np
import pytest

from analysis.comparisons.single_case import (
    BETTER,
    DIRECTIONS,
    MAY_EXCEED,
    NO_SECOND,
    TOO_FEW,
    phase_effect,
    phase_effects,
)
from studies import make_study, msc

NAN = float("nan")
FIRST, SECOND = [20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]


def effect(first, second, better="rise"):
    return phase_effect(np.array(first, float), np.array(second, float), better)


def test_the_published_example():
    found = effect(FIRST, SECOND)
    assert [round(number, 4) for number in (found.nap, found.tau, found.tau_u)] == [0.9167, 0.8333, 0.7381]
    assert (found.first_visits, found.second_visits, found.reason) == (6, 7, "")


def test_a_fall_is_the_mirror_of_a_rise():
    mirrored = effect([-value for value in FIRST], [-value for value in SECOND], "fall")
    assert mirrored == effect(FIRST, SECOND)
    assert effect(FIRST, SECOND, "fall").tau == -effect(FIRST, SECOND).tau
    assert BETTER.keys() == DIRECTIONS.keys()
    assert "is a fall" in DIRECTIONS["fall"]


def test_tau_u_may_exceed_1():
    assert effect([5, 4, 3, 2], [9, 9]).tau_u == (8 + 6) / 8
    assert "±1" in MAY_EXCEED


@pytest.mark.parametrize(
    ("first", "second", "reason"), [([1, 2], [3], TOO_FEW), ([1, NAN, 2], [3], TOO_FEW), ([1, 2, 3], [NAN], NO_SECOND)]
)
def test_it_is_refused_below_three_visits_in_the_first_phase_and_without_a_second(first, second, reason):
    found = effect(first, second)
    assert np.isnan([found.nap, found.tau, found.tau_u]).all()
    assert found.reason == reason


@pytest.mark.parametrize("visits", [3, 256, 257, 1_000])
def test_the_pairs_of_a_long_series_are_all_pairs(visits):
    before, after = np.random.default_rng(visits).integers(0, 73, (2, visits)).astype(float)
    found, pairs = effect(before, after), visits * visits
    between = sum(np.sign(later - before).sum() for later in after)
    trend = sum(np.sign(before[at + 1 :] - before[at]).sum() for at in range(visits))
    assert (found.tau, found.tau_u) == (between / pairs, (between - trend) / pairs)


def test_a_long_series_takes_memory_with_its_length():
    values = np.arange(20_000) % 73.0
    tracemalloc.start()
    phase_effect(values, values)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * values.nbytes + 2_000_000


def test_each_patient_is_compared_across_their_phases():
    study = make_study(
        {"P1": {-8: 20, -4: 22, 0: 21, 4: 8, 9: 18, 12: 2, 16: NAN}, "P2": {0: 20, 4: 5}},
        {"x": {"P1": {-8: 1, -4: 2, 0: 2, 4: 9}}},
        [*msc("P1"), *msc("P2"), ("P1", "adalimumab", "biologic", 9, None)],
    )
    table = phase_effects(study).set_index(["patient_id", "first", "second"]).sort_index()
    mine = table.loc[("P1", "before", "after")]
    assert (mine["nap"], mine["tau"], mine["tau_u"]) == (1, 1, (6 + 1) / 6)
    assert table.loc[("P1", "before", "restart"), "second_visits"] == 1
    assert table.loc[("P1", "after", "restart"), "reason"] == TOO_FEW
    assert (table.loc["P2", "reason"] == TOO_FEW).all()
    subset = phase_effects(study, ["P1"], "x", "rise", [("before", "after")])
    assert subset["tau"].tolist() == [1]
    assert phase_effects(study, []).empty


def exponential_error(x, first, second):
    """Hanley & McNeil's standard error at x if values were exponential, each phase with half of the other's visits."""
    half = (first + second) / 2 - 1
    return np.sqrt(x * (1 - x) * (1 + half * (1 - x) / (2 - x) + half * x / (1 + x)) / (first * second))


@pytest.mark.parametrize("seed", range(12))
def test_the_ends_of_the_interval_of_nap_are_where_it_is_z_standard_errors_away(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(3, 20), rng.integers(1, 20)
    found = effect(rng.integers(0, 9, first).tolist(), rng.integers(2, 11, second).tolist())
    for end in (found.nap_low, found.nap_high):
        if end not in {0.0, 1.0}:
            assert abs(found.nap - end) == pytest.approx(1.959964 * exponential_error(end, first, second), rel=1e-5)
    assert found.nap_low <= found.nap <= found.nap_high


def test_the_interval_of_a_nap_of_1_or_0_has_a_width():
    for values, ends in (([9, 9], (0.47, 1.0)), ([0, 0], (0.0, 0.53))):
        found = effect([1, 2, 3, 4], values)
        assert (round(found.nap_low, 2), round(found.nap_high, 2)) == ends


@pytest.mark.parametrize("seed", range(12))
def test_tau_u_of_all_pairs_is_bounded_and_counts_each_pair_once(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 5, rng.integers(3, 9)), rng.integers(0, 5, rng.integers(1, 9))
    pairs = [np.sign(b - a) for a in first for b in second]
    pairs += [-np.sign(first[j] - first[i]) for i in range(len(first)) for j in range(i + 1, len(first))]
    found = effect(first.tolist(), second.tolist())
    assert found.tau_u_all == pytest.approx(sum(pairs) / len(pairs))
    assert abs(found.tau_u_all) <= 1
    assert effect([5, 4, 3, 2], [9, 9]).tau_u_all == 1
