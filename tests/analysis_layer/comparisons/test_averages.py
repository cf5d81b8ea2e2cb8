"""Averages of many cells at once, against exact rationals, scipy, and how often the intervals hold."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy import stats

from analysis.comparisons.averages import AVERAGES, in_cells, means, medians, ranks_in


def exact_rank(n):
    """The largest k for which P(fewer than k heads of n fair coins) is at most 1/40, in rationals."""
    below, k = Fraction(0), 0
    while 2 * k < n and below + Fraction(comb(n, k), 2**n) <= Fraction(1, 40):
        below += Fraction(comb(n, k), 2**n)
        k += 1
    return k


def test_the_ends_of_a_medians_interval_are_the_exact_ones_of_every_n():
    sizes = np.array([*range(500), 999, 1000, 2001])
    assert ranks_in(sizes).tolist() == [exact_rank(int(n)) for n in sizes]
    assert ranks_in(sizes)[:9].tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1]


def test_of_many_the_chance_outside_is_below_5_percent_and_the_next_rank_would_not_be():
    for n in (10_000, 100_000):
        (rank,) = ranks_in(np.array([n]))
        assert 2 * stats.binom.cdf(rank - 1, n, 0.5) <= 0.05 < 2 * stats.binom.cdf(rank, n, 0.5)


def drawn(seed):
    draw = np.random.default_rng(seed)
    cell = draw.integers(0, 9, 60)
    value = draw.integers(0, 8, 60).astype(float) if seed % 2 else draw.normal(size=60)
    return cell, value


@pytest.mark.parametrize("seed", range(6))
def test_every_cell_is_told_as_if_it_were_alone(seed):
    cell, value = drawn(seed)
    cells = in_cells(cell, value, 11)
    mean, median = means(cells), medians(cells)
    for at in range(11):
        own = np.sort(value[cell == at])
        assert cells.n[at] == len(own)
        if not len(own):
            assert np.isnan([each[at] for each in (*mean, *median)]).all()
            continue
        assert (mean[0][at], median[0][at]) == (pytest.approx(own.mean()), pytest.approx(np.median(own)))
        if len(set(own)) > 1:
            t = stats.t.interval(0.95, len(own) - 1, own.mean(), stats.sem(own))
            assert (mean[1][at], mean[2][at]) == pytest.approx(t)
        k = exact_rank(len(own))
        ends = (own[k - 1], own[-k]) if k else (np.nan, np.nan)
        assert (median[1][at], median[2][at]) == pytest.approx(ends, nan_ok=True)


def test_an_interval_that_n_cannot_give_is_refused_with_a_sentence():
    cells = in_cells(
        np.array([0, 1, 1, 2, 2, *[3] * 5, *[4] * 6]), np.array([1.0, 2, 3, 4, 4, *range(5), *range(6)]), 6
    )
    mean, median = AVERAGES["mean"], AVERAGES["median"]
    assert mean.refusals(cells) == [
        "no 95 % interval of the mean of 1: it needs 2",
        "",
        "no 95 % interval of the mean: all values are the same",
        "",
        "",
        "",
    ]
    assert [bool(why) for why in median.refusals(cells)] == [True, True, True, True, False, False]
    assert "of 5: it needs 6" in median.refusals(cells)[3]
    for one in (mean, median):
        _, low, high = one.of(cells)
        told = [not why and n > 0 for why, n in zip(one.refusals(cells), cells.n, strict=True)]
        assert (~np.isnan(low)).tolist() == (~np.isnan(high)).tolist() == told


def test_the_medians_interval_holds_at_least_as_often_as_it_says():
    draw = np.random.default_rng(1)
    for n in (6, 7, 12, 25):
        value = draw.exponential(size=(4000, n))
        _, low, high = medians(in_cells(np.repeat(np.arange(4000), n), value.ravel(), 4000))
        assert np.mean((low <= np.log(2)) & (np.log(2) <= high)) > 0.94
