"""Every statistic beside an independent computation of the same."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.correlation.correlation import correlation, patient_coefficients
from analysis.correlation.points import TOO_FEW
from analysis.correlation.statistics import STATISTICS
from analysis.correlation.within import ALL_EQUAL, CHANGES, NO_OWN
from analysis.correlation.within import FEW_PATIENTS as FEW_OWN

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import statsmodels.api as sm

ROOT = Path(__file__).parents[3]
SEEDS = pytest.mark.parametrize("seed", range(8))
NAN = float("nan")


def made(seed, patients=6, visits=8, missing=0.1):
    """Pairs over two phases with levels, a slope, ties and missing halves."""
    rng = np.random.default_rng(seed)
    shape = (patients, visits)
    value = rng.normal(0, 3, (patients, 1)) + rng.normal(0, 1, shape).round(1)
    pasi = rng.normal(10, 3, (patients, 1)) - 0.6 * value + rng.normal(0, 1, shape).round(1)
    week = np.sort(rng.uniform(0, 40, shape), axis=1)
    table = pd.DataFrame(
        {
            "patient_id": pd.Categorical(np.repeat([f"P{number}" for number in range(patients)], visits)),
            "immune_week": week.ravel(),
            "phase": np.where(week.ravel() < 15, "before", "after"),
            "value": value.ravel(),
            "pasi": pasi.ravel(),
        }
    )
    for name in ("value", "pasi"):
        table.loc[rng.random(len(table)) < missing, name] = NAN
    return table


def line(*points, patient="P1"):
    """One patient's pairs from (value, pasi), a week apart, in one phase."""
    table = pd.DataFrame(list(points), columns=["value", "pasi"]).astype(float)
    ids = pd.Categorical([patient] * len(table))
    return table.assign(patient_id=ids, immune_week=np.arange(len(table), dtype=float), phase="after")


def partial_r(table, covariates=()):
    """r, df and p of value in the regression of pasi on it, patient intercepts and the covariates."""
    known = table.dropna(subset=["value", "pasi"])
    size = known.groupby("patient_id", observed=True)["value"].transform("size")
    known = known[size >= 2]
    dummies = pd.get_dummies(known["patient_id"].cat.remove_unused_categories(), dtype=float)
    design = np.column_stack([known["value"], known[[*covariates]], dummies])
    fit = sm.OLS(known["pasi"].to_numpy(), design).fit()
    t = fit.tvalues[0]
    return t / np.sqrt(t**2 + fit.df_resid), fit.df_resid, fit.pvalues[0]


def differences(table):
    known = table.dropna(subset=["value", "pasi"])
    step = known.groupby(["patient_id", "phase"], observed=True)[["value", "pasi"]].diff()
    return known.assign(value=step["value"], pasi=step["pasi"])


@SEEDS
def test_week_detrended_is_the_partial_correlation_of_a_regression(seed):
    table = made(seed)
    found = correlation(table, "week_detrended")
    r, df, p = partial_r(table, ["immune_week"])
    assert found.estimate == pytest.approx(r, abs=1e-9)
    assert (found.df, found.p) == (df, pytest.approx(p, abs=1e-9))
    assert found.df == found.pairs - found.patients - 2
    assert correlation(table.rename(columns={"immune_week": "week"}), "week_detrended") == found


@SEEDS
def test_change_on_change_is_the_regression_of_differences_with_patient_intercepts(seed):
    table = made(seed)
    found = correlation(table, "change_on_change")
    r, df, p = partial_r(differences(table))
    assert found.estimate == pytest.approx(r, abs=1e-9)
    assert (found.df, found.p) == (df, pytest.approx(p, abs=1e-9))
    assert found.df == found.terms - found.patients - 1


def test_change_on_change_counts_the_differences_and_the_pairs_at_their_ends():
    table = line((1, 9), (2, 7), (4, NAN), (4, 6), (7, 2), (8, 3))
    found = correlation(table.assign(phase=["before"] * 4 + ["after"] * 2), "change_on_change")
    assert (found.terms, found.pairs, found.reason) == (3, 5, TOO_FEW)
    assert correlation(line((1, 2)), "change_on_change").reason == CHANGES.none


@SEEDS
def test_the_rank_version_is_the_linear_one_of_ranks_within_patients(seed):
    table = made(seed)
    known = table.dropna().copy()
    groups = known.groupby("patient_id", observed=True)
    ranked = known.assign(value=groups["value"].rank(), pasi=groups["pasi"].rank())
    found, expected = correlation(table, "rank_repeated_measures"), correlation(ranked)
    for name in ("estimate", "low", "high", "p", "df", "pairs", "patients"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-12)


@SEEDS
def test_each_patients_spearman_and_their_mean_are_scipys(seed):
    table = made(seed)
    known = table.dropna()
    own = [
        stats.spearmanr(rows["value"], rows["pasi"]).statistic for _, rows in known.groupby("patient_id", observed=True)
    ]
    np.testing.assert_allclose(patient_coefficients(table)["estimate"], own, atol=1e-12)
    found, test = correlation(table, "patient_spearman"), stats.ttest_1samp(own, 0)
    interval = test.confidence_interval()
    assert found.estimate == pytest.approx(np.mean(own))
    assert (found.p, found.df, found.patients) == (pytest.approx(test.pvalue), len(own) - 1, len(own))
    assert (found.low, found.high) == pytest.approx((max(interval.low, -1), min(interval.high, 1)))


@pytest.mark.parametrize(("patients", "reason"), [(0, "no pairs"), (2, FEW_OWN), (3, ALL_EQUAL)])
def test_without_enough_patients_coefficients_there_is_no_mean(patients, reason):
    rows = [line((1, 4), (2, 3), (3, 2), (4, 1), patient=f"P{number}") for number in range(patients)]
    table = pd.concat([*rows, line().astype({"value": float})], ignore_index=True)
    table["patient_id"] = table["patient_id"].astype("category")
    assert correlation(table, "patient_spearman").reason == reason
    assert correlation(line((1, 2), (2, 3), (3, 1)), "patient_spearman").reason == NO_OWN


@SEEDS
def test_the_pooled_ones_are_scipys(seed):
    table = made(seed)
    known = table.dropna()
    pearson = stats.pearsonr(known["value"], known["pasi"])
    found = correlation(table, "pooled_pearson")
    assert (found.estimate, found.p) == pytest.approx((pearson.statistic, pearson.pvalue), abs=1e-12)
    assert (found.low, found.high) == pytest.approx(tuple(pearson.confidence_interval()), abs=1e-12)
    spearman = stats.spearmanr(known["value"], known["pasi"])
    found = correlation(table, "pooled_spearman")
    assert (found.estimate, found.p) == pytest.approx((spearman.statistic, spearman.pvalue), abs=1e-12)
    assert (found.df, found.pairs, found.single) == (len(known) - 2, len(known), 0)


def test_the_mixed_model_is_that_of_statsmodels_with_an_intercept_for_every_patient():
    table = made(3, patients=12)
    found = correlation(table, "mixed_model")
    known = table.dropna()
    around = known.groupby("patient_id", observed=True)[["value", "pasi"]].transform(lambda side: side - side.mean())
    freedom = len(known) - known["patient_id"].nunique()
    value, pasi = (known[name].to_numpy() / np.sqrt((around[name] ** 2).sum() / freedom) for name in ("value", "pasi"))
    design = np.column_stack([value, pd.get_dummies(known["patient_id"], dtype=float)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.MixedLM(pasi, design, known["patient_id"].cat.codes.to_numpy(), exog_re=value[:, None]).fit(
            method=["powell"]
        )
    assert found.estimate == pytest.approx(fit.fe_params[0], abs=1e-4)
    assert found.df == 11
    half = stats.t.ppf(0.975, 11) * fit.bse_fe[0]
    assert (found.low, found.high) == pytest.approx((found.estimate - half, found.estimate + half), abs=1e-3)


def test_pooled_and_within_patients_have_opposite_signs_where_simpson_says():
    rows = [
        line((base, base), (base + 1, base - 1), (base + 2, base - 1.9), (base + 3, base - 3), patient=f"P{base}")
        for base in range(0, 40, 8)
    ]
    table = pd.concat(rows, ignore_index=True).astype({"patient_id": "category"})
    pooled, own = correlation(table, "pooled_pearson"), correlation(table)
    assert pooled.low > 0.8
    assert own.high < -0.8
    assert correlation(table, "rank_repeated_measures").estimate == pytest.approx(-1)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("count", range(4))
def test_no_statistic_makes_anything_of_three_pairs_or_fewer(statistic, count):
    found = correlation(line((1, 2), (2, 4), (3, 3))[:count], statistic)
    assert np.isnan([found.estimate, found.low, found.high, found.p]).all()
    assert found.reason


@pytest.mark.parametrize("statistic", STATISTICS)
def test_what_is_computed_has_its_interval_p_df_and_n(statistic):
    found = correlation(made(5, patients=12), statistic)
    assert found.reason == ""
    assert found.low < found.estimate < found.high
    assert 0 < found.p < 1
    assert min(found.df, found.patients, found.pairs, found.terms) > 1


def test_a_patient_with_one_pair_changes_no_statistic_within_patients():
    table = made(2, patients=11, missing=0)
    more = pd.concat([table, line((90, 90), patient="X")], ignore_index=True).astype({"patient_id": "category"})
    for key in STATISTICS:
        first, then = correlation(table, key), correlation(more, key)
        same = (first.estimate, first.df, first.p) == (then.estimate, then.df, then.p)
        assert same is not key.startswith("pooled")


def test_week_against_pasi_in_the_uvb_data(uvb, known):
    found = correlation(uvb.pasi.assign(value=uvb.pasi["week"]))
    assert [round(found.estimate, 6), found.df] == known["uvb"]["week_against_pasi"]


def simulated(key):
    """The rows of the first table of docs/coverage.md: errors, patients, covered a, b, c, p < 0.05 in b, in c, covered d, p < 0.05 in d."""
    lines = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").partition("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.split("|")[2:-1]] for line in lines if line.startswith(f"| {key} |")]
    return [(row[0], int(row[1].split()[0]), *map(float, row[2:])) for row in rows]


def span(numbers):
    low, high = (int(number + 0.5) for number in (min(numbers), max(numbers)))
    return f"{low}" if low == high else f"{low}–{high}"


@pytest.mark.parametrize("key", STATISTICS)
def test_the_line_beside_a_statistic_is_what_the_simulation_found(key):
    rows = simulated(key)
    words = STATISTICS[key].coverage
    for errors, held, alone in (
        ("independent", "held {} %", "0.05 in {} %"),
        ("AR(1) 0.5", " {} % with errors", "({} %)"),
    ):
        mine = [row for row in rows if row[0] == errors]
        assert held.format(span([number for row in mine for number in row[2:5]])) in words
        assert alone.format(span([row[5] for row in mine])) in words
    course = {row[1]: row[6] for row in rows if row[0] == "independent"}
    assert f"in {course[3]:.0f} % at 3 patients and {course[30]:.0f} % at 30" in words
    assert f"between patients, in {span([row[8] for row in rows if row[0] == 'independent'])} %" in words
