"""Two groups, against scipy, brute force over all splits, and the coverage of the interval of the area under the curve."""

import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from analysis.comparisons import rank_sums as tested
from analysis.comparisons.rank_sums import auc_interval, rank_sums, roc
from analysis.comparisons.ranks import split_counts
from analysis.comparisons.signed_ranks import signed_ranks
from data.deadline import LateError, deadline, kept

NAN = float("nan")


def drawn(seed, integers):
    draw = np.random.default_rng(seed)
    size = int(draw.integers(2, 12))
    value = draw.integers(0, 5, (size, 3)).astype(float) if integers else draw.normal(size=(size, 3))
    value[draw.random(value.shape) < 0.15] = NAN
    first = draw.random(size) < 0.4
    return value, first, ~first


def brute(value, first):
    """p over all splits: how often the sum of ranks is at least as far from its mean."""
    rank, size = stats.rankdata(value), int(first.sum())
    mean = size * (len(value) + 1) / 2
    sums = np.array([sum(split) for split in combinations(rank, size)])
    return np.mean(np.abs(sums - mean) >= abs(rank[first].sum() - mean) - 1e-9)


@pytest.mark.parametrize("integers", [True, False])
def test_it_is_every_split_and_without_ties_scipys_exact_test(integers):
    told = 0
    for seed in range(80):
        value, first, others = drawn(seed, integers)
        found = rank_sums(value, first, others)
        for at, column in enumerate(value.T):
            known = ~np.isnan(column)
            one, other = column[known & first], column[known & others]
            assert (found.first[at], found.second[at]) == (len(one), len(other))
            if not len(one) or not len(other) or len(set(column[known])) == 1:
                assert np.isnan(found.p[at])
                continue
            told += 1
            assert found.p[at] == pytest.approx(brute(column[known], first[known]), abs=1e-12)
            assert found.p[at] >= found.smallest[at] - 1e-12
            area = np.mean([(a > b) + 0.5 * (a == b) for a in one for b in other])
            assert found.auc[at] == pytest.approx(area)
            assert found.biserial[at] == pytest.approx(2 * area - 1)
            if not integers:
                scipys = stats.mannwhitneyu(one, other, method="exact").pvalue
                assert found.p[at] == pytest.approx(scipys, abs=1e-12)
    assert told > 100


def test_whoever_is_in_neither_group_does_not_count():
    value = np.array([[1.0], [2.0], [3.0], [4.0], [99.0]])
    first, others = np.array([0, 0, 1, 1, 0], bool), np.array([1, 1, 0, 0, 0], bool)
    found = rank_sums(value, first, others)
    assert (found.auc[0], found.p[0], found.smallest[0]) == (1, pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_beyond_what_is_counted_p_is_scipys_asymptotic_one(monkeypatch):
    monkeypatch.setattr(tested, "EXACT", 10)
    draw = np.random.default_rng(2)
    value, first = draw.integers(0, 9, (80, 1)).astype(float), draw.random(80) < 0.4
    found = rank_sums(value, first, ~first)
    scipys = stats.mannwhitneyu(value[first, 0], value[~first, 0], method="asymptotic", use_continuity=False)
    assert found.p[0] == pytest.approx(scipys.pvalue)
    assert found.smallest[0] < found.p[0]


def test_the_smallest_p_beyond_what_is_counted_is_the_share_of_the_farthest_splits():
    told = 0
    for seed in range(200):
        draw = np.random.default_rng(seed)
        size = int(draw.integers(2, 12))
        value, chosen = draw.integers(0, int(draw.integers(2, 6)), size), int(draw.integers(1, size))
        if len(set(value)) == 1:
            continue
        told += 1
        weights = tuple(sorted((2 * stats.rankdata(value)).astype(int).tolist()))
        sums = np.array([sum(split) for split in combinations(weights, chosen)])
        far = np.abs(sums - chosen * np.mean(weights))
        assert tested.farthest(weights, chosen) == pytest.approx(np.mean(far >= far.max() - 1e-9))
    assert told > 150


def test_no_p_of_many_tied_values_lies_below_the_smallest(monkeypatch):
    monkeypatch.setattr(tested, "EXACT", 10)
    value = np.r_[np.zeros(57), np.arange(1, 5)][:, None]
    first = np.r_[np.zeros(57), np.ones(4)].astype(bool) | (np.arange(61) < 27)
    found = rank_sums(value, first, ~first)
    assert found.p[0] >= found.smallest[0] > 0.05


def test_the_interval_of_the_area_is_refused_below_five_a_side_and_never_has_width_0():
    low, high = auc_interval(np.array([1.0, 1.0, 0.5]), np.array([4, 5, 5]), np.array([9, 5, 5]))
    assert np.isnan([low[0], high[0]]).all()
    assert low[1] == pytest.approx(0.643, abs=1e-3)
    assert high[1] == 1
    assert low[2] == pytest.approx(1 - high[2])
    # Newcombe's method 5 solves (area − θ)² = z² θ(1 − θ)(1 + h (1 − θ)/(2 − θ) + h θ/(1 + θ)) / mn, h = (m + n)/2 − 1
    theta, h = low[1], 4
    spread = theta * (1 - theta) * (1 + h * (1 - theta) / (2 - theta) + h * theta / (1 + theta)) / 25
    assert (1 - theta) ** 2 == pytest.approx(stats.norm.ppf(0.975) ** 2 * spread)


@pytest.mark.parametrize(
    ("sizes", "shift"), [((5, 5), 0.0), ((5, 9), 0.8), ((8, 8), 1.5), ((15, 25), 0.5), ((6, 30), 2.0)]
)
def test_the_interval_of_the_area_holds_in_simulation(sizes, shift):
    draw = np.random.default_rng(sum(sizes))
    truth, (one, other) = stats.norm.cdf(shift / np.sqrt(2)), sizes
    value = np.concatenate([draw.normal(shift, 1, (one, 4000)), draw.normal(0, 1, (other, 4000))])
    first = np.arange(one + other) < one
    found = rank_sums(value, first, ~first)
    assert 0.93 <= np.mean((found.low <= truth) & (found.high >= truth)) <= 0.985


def test_the_roc_curve_goes_from_none_to_all_and_its_area_is_the_auc():
    for seed in range(30):
        draw = np.random.default_rng(seed)
        value, first = draw.integers(0, 6, 14).astype(float), np.arange(14) < 6
        cutoff, hits, alarms = roc(value, first)
        assert (hits[0], alarms[0], hits[-1], alarms[-1]) == (0, 0, 1, 1)
        assert np.trapezoid(hits, alarms) == pytest.approx(rank_sums(value[:, None], first, ~first).auc[0])
        assert hits[1] == np.mean(value[first] >= cutoff[1])


def test_the_roc_curve_of_many_patients_takes_memory_with_their_number():
    value, first = np.random.default_rng(2).normal(size=20_000), np.arange(20_000) % 3 == 0
    tracemalloc.start()
    _, hits, alarms = roc(value, first)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20_000 * 8 * 20
    assert np.trapezoid(hits, alarms) == pytest.approx(
        stats.mannwhitneyu(value[first], value[~first])[0] / 6667 / 13333
    )


def test_what_is_remembered_of_a_distribution_is_no_part_of_a_larger_one():
    assert split_counts(tuple(range(2, 122, 2)), 30).base is None


@pytest.mark.parametrize(
    "test", [lambda value, side: rank_sums(value, side, ~side), lambda value, _: signed_ranks(value)]
)
def test_the_tests_of_many_subsets_look_at_the_clock(test):
    value = np.random.default_rng(3).normal(size=(12, 40))
    with kept(deadline(1.0, clock=iter((0.0, 0.5, 2.0)).__next__)), pytest.raises(LateError):
        test(value, np.arange(12) < 6)
