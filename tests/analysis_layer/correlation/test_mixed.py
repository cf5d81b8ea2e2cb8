"""The mixed model beside the same REML computed with whole matrices, and beside what lme4 gives."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import minimize_scalar

from analysis.correlation.correlation import correlation
from analysis.correlation.matrix import by_phase, grid
from analysis.correlation.mixed import FEW_PATIENTS, ON_A_LINE, ON_OWN_LINES, mixed_model
from analysis.correlation.points import Points
from studies import random_study

SINGULAR = (
    [(7, 1), (2, 2), (2, 7), (7, 5), (1, 1), (3, 4), (5, 4), (3, 2), (6, 6), (1, 1)],
    [(14, 12), (26, 15), (13, 13), (20, 18), (6, 22), (22, 28), (23, 9), (10, 19), (19, 21), (26, 9)],
)
BOUNDARY = (
    [
        (1, 3, 8), (7, 5, 8), (7, 3, 1), (2, 6, 4), (1, 2, 1), (8, 1, 1), (2, 8, 7), (6, 3, 5), (6, 4, 2), (4, 2, 3),
    ],
    [
        (8, 7, 2), (8, 8, 3), (8, 13, 15), (19, 12, 13), (21, 20, 24), (16, 23, 22), (22, 18, 18), (5, 8, 8),
        (8, 10, 12), (12, 17, 15),
    ],
)  # fmt: skip


def paired(value, pasi):
    """Pairs of patients × visits."""
    patients, visits = np.shape(value)
    ids = pd.Categorical(np.repeat([f"P{number:02d}" for number in range(patients)], visits))
    table = pd.DataFrame({"patient_id": ids, "value": np.ravel(value), "pasi": np.ravel(pasi)})
    return table.assign(week=np.tile(np.arange(visits) * 1.0, patients)).astype({"value": float, "pasi": float})


def random_cohort(seed):
    """Ties, unequal visits, single pairs and dropouts; slopes that vary not at all, or much."""
    rng = np.random.default_rng(seed)
    patients, visits = int(rng.integers(3, 14)), int(rng.integers(2, 8))
    slope = rng.choice([0.0, 0.5]) + rng.choice([0.0, 0.5, 5.0]) * rng.normal(size=(patients, 1))
    value = rng.normal(5, 2, (patients, visits)).round(int(rng.integers(0, 3)))
    pasi = (slope * value + rng.normal(10, 1, (patients, visits))).round(1)
    pasi[rng.random(pasi.shape) < 0.1] = np.nan
    return paired(value, pasi)


def within(table):
    """(patient, value, pasi) as an orthonormal basis of each patient's differences, each side over its root mean
    square: from the singular vectors of the centring matrix."""
    parts = []
    for patient, rows in table.dropna().groupby("patient_id", observed=True):
        centring = np.eye(len(rows)) - 1 / len(rows)
        basis = np.linalg.svd(centring)[0][:, : len(rows) - 1]
        parts.append((np.full(len(rows) - 1, str(patient)), basis.T @ rows["value"], basis.T @ rows["pasi"]))
    owner, value, pasi = (np.concatenate(column) for column in zip(*parts, strict=True))
    return owner, *(side / np.sqrt((side**2).mean()) for side in (value, pasi))


def reml(table):
    """(slope, standard error) by generalised least squares with the whole V, its θ searched on a dense grid."""
    owner, value, pasi = within(table)
    size = len(value)
    outer = np.outer(value, value) * (owner[:, None] == owner)

    def solved(theta):
        inverse = np.linalg.inv(np.eye(size) + theta * outer)
        information = value @ inverse @ value
        slope = value @ inverse @ pasi / information
        left = pasi - slope * value
        return slope, information, left @ inverse @ left / (size - 1)

    def lost(theta):
        _, information, variance = solved(theta)
        determinant = np.linalg.slogdet(np.eye(size) + theta * outer)[1]
        return (size - 1) * np.log(variance) + determinant + np.log(information)

    grid = np.r_[0.0, np.exp(np.arange(-14, 16, 0.5))]
    theta = grid[int(np.argmin([lost(theta) for theta in grid]))]
    if theta:
        ends = np.log(theta) + np.array([-0.5, 0.5])
        found = minimize_scalar(lambda log: lost(np.exp(log)), bounds=ends, method="bounded", options={"xatol": 1e-9})
        theta = np.exp(found.x)
    slope, information, variance = solved(theta)
    return slope, np.sqrt(variance / information)


def error(found):
    return (found.high - found.low) / 2 / stats.t.ppf(0.975, found.df)


@pytest.mark.parametrize("seed", range(40))
def test_slope_and_error_are_those_of_reml_with_whole_matrices(seed):
    table = random_cohort(seed)
    found = correlation(table, "mixed_model")
    if found.reason:
        assert np.isnan([found.estimate, found.low, found.high, found.p]).all()
        return
    slope, uncertain = reml(table)
    assert found.estimate == pytest.approx(slope, abs=1e-5)
    assert error(found) == pytest.approx(uncertain, rel=1e-4)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(slope) / uncertain, found.df), rel=1e-2)
    varied = table.dropna().groupby("patient_id", observed=True)["value"].nunique()
    assert found.df == (varied > 1).sum() - 1


def test_most_of_these_cohorts_are_computed():
    assert sum(not correlation(random_cohort(seed), "mixed_model").reason for seed in range(40)) > 35


def test_at_no_variance_between_slopes_the_error_is_that_of_the_profile():
    """lme4 and nlme: −0.892, standard error 0.1035."""
    found = correlation(paired(*BOUNDARY), "mixed_model")
    assert found.estimate == pytest.approx(-0.892, abs=5e-4)
    assert error(found) == pytest.approx(0.1035, abs=5e-5)
    assert found.p == pytest.approx(1.2e-5, rel=0.05)


def test_a_cohort_of_two_visits_whose_slopes_do_not_vary_is_fitted():
    table = paired(*SINGULAR)
    found = correlation(table, "mixed_model")
    assert (found.reason, found.patients, found.pairs) == ("", 10, 20)
    assert (found.estimate, error(found)) == pytest.approx(reml(table), abs=1e-6)


def test_it_takes_three_patients_and_an_error():
    rng = np.random.default_rng(0)
    value, noise = rng.normal(size=(2, 3, 6))
    assert correlation(paired(value, value + noise), "mixed_model").reason == ""
    assert correlation(paired(value[:2], value[:2] + noise[:2]), "mixed_model").reason == FEW_PATIENTS
    one_flat = np.where([[True], [True], [False]], value, 2.0)
    assert correlation(paired(one_flat, value + noise), "mixed_model").reason == FEW_PATIENTS
    assert correlation(paired(value, 3 - value), "mixed_model").reason == ON_A_LINE
    assert correlation(paired(value, value * [[1], [2], [3]]), "mixed_model").reason == ON_OWN_LINES


@pytest.mark.parametrize("factor", [1e-9, 1e-3, 30.0, 1e12])
def test_units_do_not_matter(factor):
    table = random_cohort(2)
    found = correlation(table, "mixed_model")
    other = correlation(table.assign(value=factor * table["value"], pasi=table["pasi"] / factor), "mixed_model")
    assert (other.estimate, other.low, other.p) == pytest.approx((found.estimate, found.low, found.p), rel=1e-6)


@pytest.mark.parametrize("deviation", [0.0, 0.5])
@pytest.mark.parametrize("patients", [3, 4, 6, 10])
def test_from_three_patients_on_the_interval_holds_whether_slopes_vary_or_not(patients, deviation):
    rng, cells, visits = np.random.default_rng([5, patients]), 1500, 9
    value, noise = rng.normal(size=(2, patients, visits, cells))
    pasi = deviation * rng.normal(size=(patients, 1, cells)) * value + noise
    week = np.tile(np.arange(visits) * 1.0, patients)[:, None]
    sides = (side.reshape(-1, cells) for side in (value, pasi))
    found = mixed_model(Points(np.repeat(np.arange(patients), visits), week, np.zeros(week.shape, np.int8), *sides))
    assert (found.reason == "").all()
    assert ((found.low <= 0) & (found.high >= 0)).mean() > 0.94
    assert (found.p < 0.05).mean() < 0.06


def test_it_stands_in_the_matrix():
    study = random_study(3, patients=14)
    table = grid(study, by_phase(), statistic="mixed_model")
    assert (table["reason"] == "").any()
    found = table[table["reason"] == ""]
    assert found[["estimate", "low", "high", "p", "q"]].notna().all(axis=None)
