"""p where visits are serial: circular shifts beside a count of every one of them, and the effective df beside its formula."""

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.correlation import shifts
from analysis.correlation.correlation import correlation, points
from analysis.correlation.matrix import by_phase, grid
from analysis.correlation.points import Points
from analysis.correlation.serial import DEFAULT, SERIAL, computed, wording_of_p
from analysis.correlation.statistics import STATISTICS
from studies import make_study

ROOT = Path(__file__).parents[3]
SHIFTED = [key for key, kind in STATISTICS.items() if kind.within]


def cohort(seed, sizes=(4, 5, 3, 1, 2), decimals=1, slope=0.7):
    """Pairs of patients with so many visits, in tenths, so that ties are many."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"P{number}", week, value, slope * value + noise)
        for number, size in enumerate(sizes)
        for week, (value, noise) in enumerate(rng.normal(size=(size, 2)).round(decimals))
    ]
    table = pd.DataFrame(rows, columns=["patient_id", "week", "value", "pasi"])
    return table.astype({"patient_id": "category"})


def rolled(table, statistic):
    """|r| of every combination of shifts, by computing each anew; the first is of no shift."""
    own = [rows["pasi"].to_numpy() for _, rows in table.groupby("patient_id", observed=True)]
    turns = [[np.roll(pasi, turn) for turn in range(len(pasi))] for pasi in own]
    each = [np.concatenate(chosen) for chosen in itertools.product(*turns)]
    found = points(table)
    many = Points(
        found.patient, found.week, found.phase, np.repeat(found.value, len(each), axis=1), np.stack(each, axis=1)
    )
    return np.abs(STATISTICS[statistic].compute(many).estimate)


@pytest.mark.parametrize("statistic", SHIFTED)
@pytest.mark.parametrize("seed", range(12))
def test_the_p_of_few_shifts_is_the_share_of_all_of_them(statistic, seed):
    table = cohort(seed)
    every = rolled(table, statistic)
    found = correlation(table, statistic, "shift")
    assert found.p == pytest.approx((every >= every[0] - 1e-9).mean(), abs=1e-12)
    smallest = (every >= every.max() - 1e-9).mean()
    assert found.note.endswith(f" shifts, at least {smallest:.2g}")


@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 3), (4,), (2, 2, 2, 2)])
def test_p_is_refused_where_no_shift_could_be_below_one_in_twenty(sizes):
    table = cohort(1, sizes, 4)
    every = rolled(table, "repeated_measures")
    smallest = (every >= every.max() - 1e-9).mean()
    found = correlation(table, "repeated_measures", "shift")
    assert math.isnan(found.p)
    assert found.note == f"the smallest possible is {smallest:.2g}, over all {math.prod(sizes)} shifts"
    assert not math.isnan(found.estimate)


def test_three_patients_with_three_visits_have_a_p_that_can_be_counted_by_hand():
    table = cohort(0, (3, 3, 3)).assign(value=[1.0, 2, 4] * 3, pasi=[1.0, 2, 4] * 3)
    found = correlation(table, "repeated_measures", "shift")
    assert (found.p, found.note) == (pytest.approx(1 / 27), "all 27 shifts, at least 0.037")


def test_who_does_not_vary_adds_no_shift():
    flat = pd.DataFrame({"patient_id": "F", "week": range(7), "value": 3.1, "pasi": np.arange(7.0)})
    table = cohort(3)
    more = pd.concat([table, flat], ignore_index=True).astype({"patient_id": "category"})
    assert correlation(more, "repeated_measures", "shift").note.startswith("all 120 shifts")


@pytest.mark.parametrize("statistic", SHIFTED)
def test_random_shifts_are_seeded_and_near_the_p_of_all(statistic, monkeypatch):
    table = cohort(5, (6, 7, 8, 5))
    exact = correlation(table, statistic, "shift")
    monkeypatch.setattr(shifts, "LIMIT", 100)
    sampled = correlation(table, statistic, "shift")
    assert sampled.note == "9,999 random shifts, at least 0.0001"
    assert sampled.p == correlation(table, statistic, "shift").p == pytest.approx(exact.p, abs=0.015)


def test_the_limit_for_many_patients_is_near_random_shifts(monkeypatch):
    for seed in range(6):
        table = cohort(seed, [3, 4, 6] * 50, slope=0.05)
        limit = correlation(table, "repeated_measures", "shift")
        assert limit.note == shifts.LIMITING
        with monkeypatch.context() as patched:
            patched.setattr(shifts, "MANY", 10**6)
            assert correlation(table, "repeated_measures", "shift").p == pytest.approx(limit.p, abs=0.015)


def test_a_cell_has_the_same_p_in_a_matrix_as_alone():
    rng = np.random.default_rng(2)
    weeks = np.arange(0.0, 24, 4)
    pasi = {f"P{i}": dict(zip(weeks, rng.uniform(1, 40, 6).round(1), strict=True)) for i in range(5)}
    values = {
        name: {who: dict(zip(weeks, rng.uniform(1, 9, 6).round(1), strict=True)) for who in pasi} for name in ("a", "b")
    }
    values["b"]["P1"].pop(8.0)
    found = grid(make_study(pasi, values), by_phase(["all"]), p_by="shift").set_index("subset")
    for name, own in values.items():
        rows = [(who, week, own[who].get(week, np.nan), pasi[who][week]) for who in pasi for week in weeks]
        table = pd.DataFrame(rows, columns=["patient_id", "week", "value", "pasi"]).astype({"patient_id": "category"})
        alone = correlation(table, "repeated_measures", "shift")
        assert (found.loc[name, "p"], found.loc[name, "note"]) == (alone.p, alone.note)


def effective(table):
    """Pyper & Peterman's formula, patient by patient and lag by lag."""
    own = [rows[["value", "pasi"]].to_numpy() for _, rows in table.groupby("patient_id", observed=True)]
    own = [rows - rows.mean(axis=0) for rows in own]
    size, shared = sum(map(len, own)), 0.0
    square = sum((rows**2).sum(axis=0) for rows in own) / size
    for lag in range(1, max(map(len, own)) // 5 + 1):
        long = [rows for rows in own if len(rows) >= 5 * lag]
        product = sum((rows[lag:] * rows[:-lag]).sum(axis=0) for rows in long) / sum(len(rows) - lag for rows in long)
        shared += np.prod(product / square) * sum(map(len, long)) / size
    return (size - len(own) - 1) / max(1, 1 + 2 * shared)


@pytest.mark.parametrize("seed", range(8))
def test_the_effective_df_is_that_of_its_formula(seed):
    table = cohort(seed, (12, 9, 4, 21, 6))
    smooth = table.groupby("patient_id", observed=True)[["value", "pasi"]].cumsum()
    table = table.assign(**smooth)
    df, found = effective(table), correlation(table, "repeated_measures", "effective_df")
    assert found.note == f"effective df {df:.1f}"
    t = abs(found.estimate) * math.sqrt(df / (1 - found.estimate**2))
    assert found.p == pytest.approx(2 * stats.t.sf(t, df), rel=1e-6)
    assert found.p >= correlation(table).p - 1e-15


def test_other_statistics_keep_their_own_p():
    table = cohort(4, (6, 6, 6, 6))
    for key in STATISTICS.keys() - set(SHIFTED):
        for by in SERIAL:
            assert correlation(table, key, by) == correlation(table, key)


@pytest.mark.parametrize("by", SERIAL)
def test_a_refused_cell_stays_refused_whatever_p_stands_on(by):
    for key in STATISTICS:
        found = computed(points(cohort(1, (1, 1))), key, by)
        assert np.isnan(found.p).all()
        assert found.reason[0]
        assert computed(points(cohort(1, ())), key, by).p.shape == (1,)


def test_a_shared_fall_is_said_to_stay():
    assert DEFAULT == "shift"
    assert all(
        "does not remove a shared fall" in wording_of_p("repeated_measures", key) for key in ("shift", "effective_df")
    )
    assert wording_of_p("repeated_measures", "own") == wording_of_p("patient_spearman", "shift") == ""


def simulated():
    """The second table of docs/coverage.md: (way to p, AR) -> percent with p < 0.05 without association, line by line."""
    lines = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| r")]
    found = {}
    for row in rows:
        if row[3] in SERIAL:
            found.setdefault((row[3], row[2]), []).append(float(row[4]))
    return found


def span(numbers):
    return "–".join(str(int(number + 0.5)) for number in (min(numbers), max(numbers)))


def test_what_is_said_of_p_is_what_the_simulation_found():
    found = simulated()
    own = span(found["own", "0.5"])
    for key in ("shift", "effective_df"):
        assert f"association in {span(found[key, '0.5'])} %; the statistic's own in {own} %" in SERIAL[key].coverage


def test_the_default_is_the_way_nearest_to_five_percent():
    found = simulated()
    far = {key: max(abs(share - 5) for ar in ("0", "0.3", "0.5", "0.7") for share in found[key, ar]) for key in SERIAL}
    assert min(far, key=far.get) == DEFAULT
