"""Rank coefficients of few orders, beside a count of every order, one by one."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.correlation.correlation import correlation, points
from analysis.correlation.influence import leave_one_out
from analysis.correlation.orders import LEVEL, LIMIT
from analysis.correlation.permutation import permuted
from analysis.correlation.points import NO_ERROR
from analysis.correlation.statistics import STATISTICS

RANKED = ("rank_repeated_measures", "pooled_spearman")


def paired(**columns):
    """Pairs from {patient: [(value, pasi), ...]}, a week apart."""
    rows = [(patient, week, *pair) for patient, pairs in columns.items() for week, pair in enumerate(pairs)]
    table = pd.DataFrame(rows, columns=["patient_id", "week", "value", "pasi"])
    return table.astype({"patient_id": "category", "week": float, "value": float, "pasi": float})


TWO_VISITS = {"A": [(5, 20), (6, 19.9)], "B": [(3, 10), (7, 2)], "C": [(8, 15), (9, 14)]}


def few(seed):
    """Unequal visits with ties, so that few orders are told apart."""
    rng = np.random.default_rng(seed)
    sizes = [[2, 2, 2], [2] * 6, [3, 3], [4, 2, 1], [3, 2, 2, 2], [5], [4, 3], [2, 2, 2, 2, 2, 1]][seed % 8]
    return paired(
        **{
            f"P{number}": [(rng.integers(0, 4), rng.integers(0, 5)) for _ in range(size)]
            for number, size in enumerate(sizes)
        }
    )


def pieces(table, statistic):
    """Centred ranks as fractions: within patients, or of all pairs together."""
    known = table.dropna()
    groups = (
        [known] if statistic == "pooled_spearman" else [rows for _, rows in known.groupby("patient_id", observed=True)]
    )
    centre = lambda side: [Fraction(rank) - Fraction(len(side) + 1, 2) for rank in stats.rankdata(side)]  # noqa: E731
    return [(centre(rows["value"]), centre(rows["pasi"])) for rows in groups]


def counted(table, statistic):
    """(p, smallest p, orders) by going through every order of every patient with fractions."""
    own = pieces(table, statistic)
    product = lambda value, pasi: sum(one * other for one, other in zip(value, pasi, strict=True))  # noqa: E731
    sums = [[product(value, order) for order in itertools.permutations(pasi)] for value, pasi in own]
    every = [abs(sum(chosen)) for chosen in itertools.product(*sums)]
    observed, largest = abs(sum(product(*piece) for piece in own)), max(every)
    share = lambda limit: sum(one >= limit for one in every) / len(every)  # noqa: E731
    return share(observed), share(largest), len(every)


@pytest.mark.parametrize("statistic", RANKED)
@pytest.mark.parametrize("seed", range(24))
def test_p_is_that_of_every_order_and_blank_where_none_could_reach_the_level(statistic, seed):
    table = few(seed)
    found = correlation(table, statistic)
    orders = math.prod(math.factorial(len(value)) for value, _ in pieces(table, statistic))
    if found.reason or orders > 50_000:
        return
    p, smallest, orders = counted(table, statistic)
    if smallest > LEVEL:
        assert np.isnan([found.p, found.low, found.high]).all()
        assert found.note == f"the smallest possible is {smallest:.2g}"
        return
    assert found.p == pytest.approx(p, abs=1e-12)
    assert found.note == f"exact over all {orders:,} orders"
    assert not found.high - found.low < 1e-9
    if statistic == "rank_repeated_measures":
        state = list(permuted(points(table), statistic))[-1]
        assert (state.exact, state.p) == (True, pytest.approx(found.p))


def test_three_patients_of_two_visits_have_no_interval_and_no_p():
    found = correlation(paired(**TWO_VISITS), "rank_repeated_measures")
    assert (found.estimate, found.df, found.reason) == (-1, 2, "")
    assert np.isnan([found.low, found.high, found.p]).all()
    assert found.note == "the smallest possible is 0.25"


def test_four_pooled_pairs_in_order_have_no_p_and_five_have_an_exact_one():
    line = [(week, 10 - week) for week in range(5)]
    four, five = (correlation(paired(A=line[:size]), "pooled_spearman") for size in (4, 5))
    assert (np.isnan(four.p), four.note) == (True, "the smallest possible is 0.083")
    assert (five.p, five.note) == (pytest.approx(2 / 120), "exact over all 120 orders")
    assert np.isnan([five.low, five.high]).all()


def test_at_1_p_of_many_orders_is_never_0():
    """Twenty patients whose two visits agree: 2 of 2 to the 20 orders."""
    found = correlation(paired(**{f"P{number}": [(1, 4), (2, 3)] for number in range(20)}), "rank_repeated_measures")
    assert (found.p, found.note) == (pytest.approx(2**-19), "at most")
    assert LIMIT < 2**20


@pytest.mark.parametrize("statistic", STATISTICS)
def test_no_statistic_has_an_interval_without_width(statistic):
    rows = {f"P{number}": [(week + number, 30 - 2 * week) for week in range(6)] for number in range(4)}
    found = correlation(paired(**rows), statistic)
    assert np.isnan(found.low) or found.low < found.high
    if statistic == "repeated_measures":
        assert (found.estimate, found.note) == (pytest.approx(-1), NO_ERROR)


@pytest.mark.parametrize("size", [2, 3])
def test_false_positives_of_few_visits_are_at_most_the_level(size):
    rng = np.random.default_rng(size)
    tables = [paired(**{name: rng.normal(size=(size, 2)).tolist() for name in "ABCDEF"}) for _ in range(150)]
    p = np.array([correlation(table, "rank_repeated_measures").p for table in tables])
    assert (p < LEVEL).mean() <= 0.08


def test_without_each_patient_p_is_exact_too_and_the_same_for_who_has_one_pair():
    table = pd.concat([few(1), few(4).assign(patient_id=lambda rows: "Q" + rows["patient_id"].astype(str))])
    table = pd.concat([table, paired(S=[(2, 3)], T=[(1, 9)])]).astype({"patient_id": "category"}).reset_index(drop=True)
    found = leave_one_out(table, "rank_repeated_measures")
    for row in found.itertuples():
        others = correlation(table[table["patient_id"] != row.patient_id], "rank_repeated_measures")
        assert (row.p, row.low) == pytest.approx((others.p, others.low), nan_ok=True)
        assert row.note == others.note
