"""Several visits of the same patients, against scipy and brute force over all orders within patients."""

from itertools import permutations, product

import numpy as np
import pytest
from scipy import stats

from analysis.comparisons import friedman as tested
from analysis.comparisons.families import ADJUSTMENTS, holm
from analysis.comparisons.friedman import friedman
from data.deadline import LateError, deadline, kept

NAN = float("nan")


def brute(value):
    """p over the product of all orders of each patient's ranks."""
    rank = stats.rankdata(value, axis=1)
    spread = lambda sums: ((sums - sums.mean()) ** 2).sum()  # noqa: E731
    every = [spread(np.sum(rows, axis=0)) for rows in product(*(list(permutations(row)) for row in rank))]
    return np.mean(np.array(every) >= spread(rank.sum(axis=0)) - 1e-9)


def test_statistic_and_concordance_are_scipys_and_p_is_over_all_orders():
    told = 0
    for seed in range(50):
        draw = np.random.default_rng(seed)
        n, visits = int(draw.integers(2, 5)), int(draw.integers(3, 5))
        if visits == 4 and n > 3:
            continue
        value = draw.integers(0, 5, (n, visits)).astype(float)
        found = friedman(value)
        if found.reason:
            continue
        told += 1
        assert found.statistic == pytest.approx(stats.friedmanchisquare(*value.T).statistic)
        assert found.w == pytest.approx(found.statistic / (n * (visits - 1)))
        assert found.p == pytest.approx(brute(value), abs=1e-12)
        assert found.how == "exact"
        assert found.p >= found.smallest - 1e-12
    assert told > 25


def test_one_order_for_all_is_full_concordance_and_the_smallest_p():
    found = friedman(np.tile([1.0, 2.0, 3.0], (4, 1)))
    assert (found.w, found.n) == (pytest.approx(1), 4)
    assert found.p == pytest.approx(found.smallest) == pytest.approx(6 / 6**4)


def test_whoever_misses_a_visit_is_left_out_and_counted():
    value = np.array([[1.0, 2, 3], [1, 3, 2], [NAN, 2, 3], [NAN, NAN, NAN], [2, 1, 3]])
    assert friedman(value).left_out == 1
    assert friedman(value) == friedman(value[[0, 1, 4, 2]])


def test_where_orders_are_many_drawn_ones_come_near_the_exact_p(monkeypatch):
    value = np.random.default_rng(1).normal([0, 0.3, 0.6], size=(9, 3))
    exact = friedman(value)
    monkeypatch.setattr(tested, "MOST_VISITS", 2)
    drawn = friedman(value)
    assert drawn.how == "over 9,999 orders drawn"
    assert drawn.p == pytest.approx(exact.p, abs=0.015)
    assert drawn == friedman(value)


def test_of_many_patients_p_is_chi_squares():
    value = np.random.default_rng(2).normal(size=(80, 5))
    found = friedman(value)
    assert found.p == pytest.approx(stats.friedmanchisquare(*value.T).pvalue)
    assert found.how == "chi-square"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (np.ones((5, 2)), "fewer than two visits"),
        (np.array([[1.0, 2, 3], [NAN, 1, 2]]), "1 observed at all 3 visits"),
        (np.ones((5, 3)), "no patient's values differ"),
    ],
)
def test_what_cannot_be_tested_says_why(value, why):
    assert friedman(value).reason.startswith(why)
    assert np.isnan(friedman(value).p)


def test_holm_is_step_down_and_never_below_p():
    assert holm(np.array([0.01, NAN, 0.04, 0.03, 0.005])) == pytest.approx([0.03, NAN, 0.06, 0.06, 0.02], nan_ok=True)
    for seed in range(20):
        p = np.random.default_rng(seed).random(8)
        rejected = [
            sorted(p).index(one)
            for one in p
            if all(q * (8 - i) <= 0.3 for i, q in enumerate(sorted(p)[: sorted(p).index(one) + 1]))
        ]
        assert sorted(rejected) == sorted(np.argsort(np.argsort(p))[holm(p) <= 0.3].tolist())
        bh = ADJUSTMENTS["bh"].adjust(p)
        assert (holm(p) >= bh - 1e-12).all()
        assert bh == pytest.approx(stats.false_discovery_control(p))


def test_who_has_one_value_at_all_visits_changes_neither_p_nor_its_way():
    value = np.random.default_rng(4).integers(0, 5, (4, 3)).astype(float)
    alone, beside = friedman(value), friedman(np.vstack([value, np.full((2_000, 3), 7.0)]))
    assert (beside.p, beside.smallest, beside.how) == (alone.p, alone.smallest, "exact")
    assert beside.n == alone.n + 2_000


def test_no_orders_are_drawn_of_very_many_visits_and_the_clock_is_looked_at():
    value = np.random.default_rng(5).normal(size=(3, 2_000))
    assert friedman(value).how == "chi-square"
    assert friedman(value[:, :8]).how == "over 9,999 orders drawn"
    for few in (np.random.default_rng(6).normal(size=(5, 4)), value[:, :8]):
        with kept(deadline(1.0, clock=iter((0.0, 0.5, 2.0)).__next__)), pytest.raises(LateError):
            friedman(few)
