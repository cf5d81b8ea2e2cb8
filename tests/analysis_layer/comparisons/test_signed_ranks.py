"""Paired differences, against scipy, brute force over all patterns of signs, and the coverage that an interval promises."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from analysis.comparisons import signed_ranks as tested
from analysis.comparisons.signed_ranks import signed_ranks

NAN = float("nan")


def brute(difference):
    """p over all patterns of signs of the ranks of the differences other than 0, zeros ranked too."""
    rank = stats.rankdata(np.abs(difference))[difference != 0]
    observed = abs(rank @ np.sign(difference[difference != 0]))
    every = np.abs(np.array(list(product((-1, 1), repeat=len(rank)))) @ rank)
    return np.mean(every >= observed - 1e-9)


@pytest.mark.parametrize(("n", "smallest"), [(3, 0.25), (4, 0.125), (5, 0.0625), (6, 0.03125)])
def test_all_rises_have_the_smallest_p_that_n_can_reach(n, smallest):
    found = signed_ranks(np.arange(1.0, n + 1)[:, None])
    assert (found.p[0], found.smallest[0], found.biserial[0]) == (smallest, smallest, 1)


def test_without_ties_it_is_scipys_exact_test_of_every_column_at_once():
    for seed in range(40):
        draw = np.random.default_rng(seed)
        value = draw.normal(0.3, 1, (int(draw.integers(1, 30)), 4))
        for column, p in zip(value.T, signed_ranks(value).p, strict=True):
            assert p == pytest.approx(stats.wilcoxon(column, method="exact").pvalue, abs=1e-12)


def test_with_ties_zeros_and_gaps_it_is_every_pattern_of_signs():
    for seed in range(60):
        draw = np.random.default_rng(seed)
        value = draw.integers(-3, 4, (int(draw.integers(2, 11)), 3)).astype(float)
        value[draw.random(value.shape) < 0.2] = NAN
        found = signed_ranks(value)
        for at, column in enumerate(value.T):
            known = column[~np.isnan(column)]
            assert (found.n[at], found.zeros[at]) == (len(known), (known == 0).sum())
            if not known.any():
                assert np.isnan(found.p[at])
                continue
            assert found.p[at] == pytest.approx(brute(known), abs=1e-12)
            assert found.p[at] >= found.smallest[at] == 2.0 ** (1 - np.count_nonzero(known))


def test_rounding_makes_no_ranks():
    difference = np.array([0.3 - 0.1, 0.4 - 0.2, -(0.7 - 0.5)])
    assert len(set(difference)) > 1
    assert signed_ranks(difference[:, None]).p[0] == brute(np.array([0.2, 0.2, -0.2]))


def test_the_shift_and_its_interval_are_those_of_all_averages():
    for seed in range(15):
        draw = np.random.default_rng(seed)
        value = draw.normal(1, 2, (int(draw.integers(1, 25)), 2)).round(1)
        value[draw.random(value.shape) < 0.15] = NAN
        found = signed_ranks(value)
        for at, column in enumerate(value.T):
            known = column[~np.isnan(column)]
            averages = sorted((a + b) / 2 for i, a in enumerate(known) for b in known[i:])
            if averages:
                assert found.estimate[at] == pytest.approx(np.median(averages))
            below = [shift for shift in averages if kept(known - shift)]
            if len(known) >= 6:
                assert found.low[at] <= min(below) + 1e-9
                assert found.high[at] >= max(below) - 1e-9
                assert {found.low[at], found.high[at]} <= set(averages)
            else:
                assert np.isnan(found.low[at])


def kept(difference):
    """Whether the exact test does not reject this centre at 5 %; ties make it keep more."""
    return not difference.any() or brute_quick(difference) > 0.05


def brute_quick(difference):
    return signed_ranks(difference[:, None]).p[0]


@pytest.mark.parametrize("n", [6, 8, 12])
def test_the_interval_holds_at_least_as_often_as_it_says(n):
    draw = np.random.default_rng(n)
    for made in (draw.normal(0, 1, (n, 3000)), np.rint(draw.normal(0, 1.5, (n, 3000)))):
        found = signed_ranks(made)
        assert np.mean((found.low <= 0) & (found.high >= 0)) >= 0.95 - 0.008


def test_beyond_what_is_counted_p_and_interval_come_near_the_exact_ones(monkeypatch):
    value = np.random.default_rng(3).normal(0.1, 1, (120, 1))
    exact = signed_ranks(value)
    monkeypatch.setattr(tested, "EXACT", 100)
    near = signed_ranks(value)
    assert near.p[0] == pytest.approx(exact.p[0], rel=0.05)
    assert [near.low[0], near.high[0]] == pytest.approx([exact.low[0], exact.high[0]], abs=0.02)
    assert (exact.exact[0], near.exact[0]) == (True, False)


def test_thousands_of_pairs_have_p_and_no_shift():
    found = signed_ranks(np.random.default_rng(4).normal(0.1, 1, (3000, 2)))
    assert np.isnan(found.estimate).all()
    assert (found.p < 0.05).all()


def test_nobody_is_no_error():
    assert np.isnan(signed_ranks(np.zeros((0, 2))).p).all()
    assert np.isnan(signed_ranks(np.full((4, 2), NAN)).estimate).all()
