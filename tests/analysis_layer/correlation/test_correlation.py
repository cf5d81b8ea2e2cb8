import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.correlation.correlation import (
    FLAT_PASI,
    FLAT_VALUE,
    MINIMUM_DF,
    NO_PAIRS,
    NO_REPEATS,
    STATISTICS,
    TOO_FEW,
    common_slope,
    correlation,
    matrix,
)
from analysis.correlation.pairing import scaled_pairs
from analysis.correlation.points import NO_ERROR, Points
from analysis.filters import narrow
from analysis.phases import PHASES
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from studies import make_study, msc, random_study

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pingouin

NAN = float("nan")


def table(**columns):
    """Pairs from {patient: [(value, pasi), ...]}."""
    rows = [(patient, value, pasi) for patient, points in columns.items() for value, pasi in points]
    made = pd.DataFrame(rows, columns=["patient_id", "value", "pasi"]).astype({"value": float, "pasi": float})
    weeks = made.groupby("patient_id", sort=False).cumcount().astype(float)
    phase = np.where(weeks < 3, "before", "after")
    ids = pd.Categorical(made["patient_id"], categories=list(columns))
    return made.assign(patient_id=ids, immune_week=weeks, phase=phase)


def random_pairs(seed):
    rng = np.random.default_rng(seed)
    patients = int(rng.integers(6, 12))
    points = {
        f"P{number}": [
            (base + step, base * 2 - rng.uniform(-1, 2) * step + rng.normal())
            for step in rng.normal(size=rng.integers(1, 9))
        ]
        for number, base in enumerate(rng.normal(0, 5, patients))
    }
    made = table(**points)
    for column in ("value", "pasi"):
        made.loc[rng.random(len(made)) < 0.1, column] = NAN
    return made


def oracle(made):
    known = made.dropna().astype({"patient_id": str})
    return pingouin.rm_corr(known, x="value", y="pasi", subject="patient_id").iloc[0]


def test_bland_and_altman_1995_to_six_decimals():
    data = pingouin.read_dataset("rm_corr")
    made = pd.DataFrame(
        {"patient_id": data["Subject"].astype(str).astype("category"), "value": data["pH"], "pasi": data["PacO2"]}
    )
    found = correlation(made)
    assert round(found.estimate, 7) == -0.5067697
    assert found.df == 38
    assert round(found.p, 10) == 0.0008471081
    assert round(found.low, 7) == -0.7067146
    assert round(found.high, 7) == -0.2318631
    assert (found.patients, found.pairs, found.single, found.reason) == (8, 47, 0, "")


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pingouin's own use of pandas
def test_agrees_with_pingouin_on_60_random_data_sets_with_missing_pairs():
    compared = 0
    for seed in range(60):
        made = random_pairs(seed)
        found = correlation(made)
        if found.reason:
            continue
        known = oracle(made)
        compared += 1
        assert found.estimate == pytest.approx(known["r"], abs=1e-9)
        assert found.df == known["dof"]
        assert found.p == pytest.approx(known["pval"], abs=1e-9)
    assert compared >= 58


def test_a_patient_with_a_single_pair_changes_neither_r_nor_df():
    made = table(P1=[(1, 9), (2, 7), (3, 6)], P2=[(4, 3), (5, 4), (6, 1)])
    more = table(P1=[(1, 9), (2, 7), (3, 6)], P2=[(4, 3), (5, 4), (6, 1)], P3=[(90, 90)])
    first, then = correlation(made), correlation(more)
    assert (then.estimate, then.low, then.high, then.p, then.df) == (
        first.estimate, first.low, first.high, first.p, first.df,
    )  # fmt: skip
    assert (then.patients, then.pairs, then.single) == (2, 6, 1)


def test_the_sign_within_patients_may_reverse_that_of_the_pooled_visits():
    made = table(P1=[(1, 3), (2, 2), (3, 1)], P2=[(4, 6.1), (5, 5), (6, 4)], P3=[(7, 9), (8, 8.1), (9, 7)])
    assert np.corrcoef(made["value"], made["pasi"])[0, 1] > 0.7
    assert correlation(made).estimate < -0.9


@pytest.mark.parametrize(
    ("points", "reason", "df"),
    [
        ({"P1": []}, NO_PAIRS, 0),
        ({"P1": [(1, NAN), (NAN, 2)]}, NO_PAIRS, 0),
        ({"P1": [(1, 2)], "P2": [(3, 4)]}, NO_REPEATS, 0),
        ({"P1": [(1, 2), (2, 4)]}, TOO_FEW, 0),
        ({"P1": [(1, 2), (2, 4), (3, 3)]}, TOO_FEW, 1),
        ({"P1": [(1, 2), (2, 4)], "P2": [(1, 2), (2, 3)]}, TOO_FEW, 1),
        ({"P1": [(0.1, 2), (0.1, 4), (0.1, 3)], "P2": [(0.7, 1), (0.7, 5)]}, FLAT_VALUE, 2),
        ({"P1": [(1, 0.1), (2, 0.1), (3, 0.1), (4, 0.1)]}, FLAT_PASI, 2),
    ],
)
def test_what_is_not_computed_is_missing_and_says_why(points, reason, df):
    found = correlation(table(**points))
    assert np.isnan([found.estimate, found.low, found.high, found.p]).all()
    assert (found.reason, found.df) == (reason, df)


def test_the_smallest_computed_cell_has_an_interval():
    found = correlation(table(P1=[(1, 2), (2, 4), (3, 3), (4, 6)]))
    assert found.df == MINIMUM_DF
    assert -1 < found.low < found.estimate < found.high < 1


def test_a_perfect_correlation_is_1():
    found = correlation(table(P1=[(1, 2), (2, 4), (3, 6), (4, 8)], P2=[(1, 12), (2, 14)]))
    assert found.estimate == pytest.approx(1, abs=1e-12)
    assert np.isnan([found.low, found.high, found.p]).all()
    assert found.note == NO_ERROR


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("seed", range(10))
def test_every_statistic_ignores_missing_pairs_and_the_order_of_rows(statistic, seed):
    made = random_pairs(seed)
    found = correlation(made, statistic)
    for other in (made.dropna(), made.sample(frac=1, random_state=seed)):
        again = correlation(other, statistic)
        assert again.estimate == pytest.approx(found.estimate, abs=1e-12, nan_ok=True)
        assert (again.df, again.pairs, again.patients, again.reason) == (
            found.df,
            found.pairs,
            found.patients,
            found.reason,
        )


@pytest.mark.parametrize("statistic", STATISTICS.values(), ids=STATISTICS)
def test_every_statistic_says_what_it_is_needs_and_leaves_open(statistic):
    for text in (statistic.label, statistic.symbol, statistic.wording, statistic.assumption, statistic.caveat):
        assert text
    assert "doi" in statistic.source


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(0.1, 100), st.floats(-100, 100))
def test_units_and_each_patients_own_level_do_not_matter(seed, factor, shift):
    made = random_pairs(seed)
    moved = made.assign(value=made["value"] * factor + shift * made["patient_id"].cat.codes)
    found, again = correlation(made), correlation(moved)
    assert again.reason == found.reason
    assert again.estimate == pytest.approx(found.estimate, abs=1e-8, nan_ok=True)


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_an_estimate_lies_within_its_interval_and_between_minus_1_and_1(seed):
    found = correlation(random_pairs(seed))
    if not found.reason:
        assert -1 <= found.low <= found.estimate <= found.high <= 1
        assert 0 <= found.p <= 1
        assert found.df == found.pairs - found.patients - 1


def points_of(patient, value, pasi):
    week = np.tile(np.arange(5.0), 6)[:, None]
    return Points(patient, week, (week > 2).astype(np.int8), value, pasi)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_cells_are_computed_side_by_side_as_they_are_alone(statistic):
    rng = np.random.default_rng(1)
    patient = np.repeat(np.arange(6), 5)
    value, pasi = rng.normal(size=(2, 30, 12))
    value[rng.random(value.shape) < 0.3] = NAN
    compute = STATISTICS[statistic].compute
    together = compute(points_of(patient, value, pasi))
    for cell in range(12):
        alone = compute(points_of(patient, value[:, [cell]], pasi[:, [cell]]))
        np.testing.assert_allclose(alone.estimate[0], together.estimate[cell], rtol=1e-11)
        assert alone.df[0] == together.df[cell]


@pytest.mark.parametrize("pasi_scale", PASI_SCALES)
@pytest.mark.parametrize("immune_scale", IMMUNE_SCALES)
def test_a_cell_of_the_matrix_is_the_correlation_of_its_pairs(pasi_scale, immune_scale):
    study = random_study(5, patients=20)
    cells = matrix(study, None, 4.0, pasi_scale, immune_scale).set_index(["subset", "phase"])
    for subset, phase in cells.index:
        pairs = scaled_pairs(study, [subset], 4.0, pasi_scale, immune_scale)
        both = pairs[["phase", "pasi_phase"]].eq(phase).all(axis=1)
        found = correlation(pairs if phase == "all" else pairs[both])
        cell = cells.loc[(subset, phase)]
        np.testing.assert_allclose(cell["estimate"], found.estimate, rtol=1e-9)
        np.testing.assert_allclose(cell["p"], found.p, rtol=1e-9)
        assert (cell["df"], cell["pairs"], cell["patients"], cell["single"], cell["reason"]) == (
            found.df, found.pairs, found.patients, found.single, found.reason,
        )  # fmt: skip


def test_a_matrix_has_a_row_for_every_subset_and_phase_in_order():
    cells = matrix(random_study(5), ["s3", "s1"])
    assert list(zip(cells["subset"], cells["phase"], strict=True)) == [
        (subset, phase) for subset in ("s3", "s1") for phase in PHASES
    ]


def test_a_matrix_is_narrowed_by_patient_group_and_window_of_the_sample():
    study = random_study(7, patients=20)
    wish = {"patients": study.patient_ids[:12], "groups": ["all"], "window": (-2.0, 12.0), "clock": "index"}
    cells = matrix(study, ["s1"], 4.0, **wish).set_index("phase")
    pairs = scaled_pairs(study, ["s1"], 4.0)
    kept = narrow(study, pairs.assign(week=pairs["immune_week"]), **wish)
    assert cells.loc["all", "pairs"] + cells.loc["all", "single"] == len(kept)
    assert cells.loc["all", "estimate"] == pytest.approx(correlation(kept).estimate)


@pytest.mark.parametrize("study", [make_study({"P1": {0: 1}}), make_study({}, {"x": {"P1": {0: 1}}}, msc("P1"))])
def test_a_study_without_pairs_has_a_reason_in_every_cell(study):
    assert (matrix(study)["reason"] == NO_PAIRS).all()


def test_lines_share_their_slope_and_run_over_each_patients_own_range():
    made = table(P1=[(1, 10), (3, 8)], P2=[(10, 4), (12, 2), (NAN, 9)], P3=[(5, 5)])
    lines = common_slope(made)
    assert lines["patient_id"].tolist() == ["P1", "P2"]
    np.testing.assert_allclose(lines["slope"], -1)
    np.testing.assert_allclose(lines["intercept"], [11, 14])
    assert lines[["x_low", "x_high"]].to_numpy().tolist() == [[1, 3], [10, 12]]
    np.testing.assert_allclose(lines[["y_low", "y_high"]], [[10, 8], [4, 2]])
    assert lines["pairs"].tolist() == [2, 2]


@pytest.mark.parametrize("seed", range(10))
def test_the_lines_are_those_of_least_squares(seed):
    made = random_pairs(seed)
    lines = common_slope(made)
    known = made.dropna()
    known = known[known.groupby("patient_id", observed=True)["value"].transform("size") >= 2]
    design = np.column_stack(
        [known["value"], pd.get_dummies(known["patient_id"].cat.remove_unused_categories(), dtype=float)]
    )
    fitted = np.linalg.lstsq(design, known["pasi"].to_numpy(), rcond=None)[0]
    np.testing.assert_allclose(lines["slope"], fitted[0])
    np.testing.assert_allclose(lines["intercept"], fitted[1:])


@pytest.mark.parametrize("points", [{"P1": []}, {"P1": [(1, 2)]}, {"P1": [(0.1, 2), (0.1, 3), (0.1, 4)]}])
def test_without_variation_within_patients_there_are_no_lines(points):
    assert common_slope(table(**points)).empty
