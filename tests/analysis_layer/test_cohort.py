import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cohort import MINIMUM_PATIENTS, bands, nominal_weeks
from analysis.scales import scaled_immune, scaled_pasi
from studies import make_study

NAN = float("nan")


def cohort(weeks, values=None):
    """One visit per patient and week: weeks is {patient: [week, ...]}."""
    return make_study(
        {patient: {week: (values or {}).get(patient, 1.0) for week in at} for patient, at in weeks.items()}
    )


def test_median_and_quartiles_per_group_and_week():
    values = {f"A{number}": float(number) for number in range(1, 6)} | {f"B{number}": 10.0 for number in range(1, 4)}
    study = make_study({patient: {0: value} for patient, value in values.items()}, groups={p: p[0] for p in values})
    banded = bands(study, scaled_pasi(study, "absolute"))
    assert banded.astype({"group": str}).to_numpy().tolist() == [["A", 0, 5, 3, 2, 4], ["B", 0, 3, 10, 10, 10]]
    assert banded.columns.tolist() == ["group", "week", "n", "median", "q1", "q3"]


def test_one_band_for_all():
    study = cohort({f"P{number}": [0] for number in range(4)})
    assert bands(study, scaled_pasi(study, "absolute"), by=None)["group"].tolist() == ["all"]


def test_fewer_than_three_patients_make_no_band():
    study = cohort({"P1": [0, 4], "P2": [0, 4], "P3": [0]})
    assert bands(study, scaled_pasi(study, "absolute"))["week"].tolist() == [0]
    assert MINIMUM_PATIENTS == 3


def test_missing_values_are_not_counted():
    study = cohort({f"P{number}": [0] for number in range(4)}, {"P0": NAN})
    assert bands(study, scaled_pasi(study, "absolute"))["n"].tolist() == [3]


def test_weekly_visits_keep_their_weeks():
    study = cohort({f"P{number}": list(range(30)) for number in range(5)})
    assert nominal_weeks(study.pasi).tolist() == list(range(30))


def test_irregular_visits_go_to_the_week_that_most_patients_share():
    study = cohort({f"P{number}": [0, 12 if number else 12.9] for number in range(20)})
    assert nominal_weeks(study.pasi).tolist() == [0, 12]
    assert bands(study, scaled_pasi(study, "absolute"))["n"].tolist() == [20, 20]


def test_a_visit_between_two_given_weeks_goes_to_the_earlier():
    study = cohort({f"P{number}": [2] for number in range(3)})
    assert bands(study, scaled_pasi(study, "absolute"), weeks=[4, 0])["week"].tolist() == [0]


def test_a_visit_far_from_every_shared_week_is_not_moved_there():
    study = cohort({f"P{number}": [0, 12] for number in range(20)} | {"late": [0, 40]})
    assert nominal_weeks(study.pasi).tolist() == [0, 12, 40]


def test_a_patient_counts_once_per_band_with_the_nearest_visit():
    study = make_study({"P1": {4: 1, 4.4: 9}, "P2": {4: 2, 3.8: 9}, "P3": {4: 3}})
    banded = bands(study, scaled_pasi(study, "absolute"))
    assert banded[["week", "n", "median"]].to_numpy().tolist() == [[4, 3, 2]]


def test_the_weeks_may_be_given_and_be_those_of_a_clock():
    study = cohort({f"P{number}": [0, 4] for number in range(3)})
    table = scaled_pasi(study, "absolute").assign(clock_week=lambda rows: rows["week"] - 9)
    assert bands(study, table, week="clock_week", weeks=[-9, -5])["week"].tolist() == [-9, -5]


def test_a_patient_off_the_clock_is_in_no_band():
    study = cohort({f"P{number}": [0] for number in range(4)})
    table = scaled_pasi(study, "absolute").assign(clock_week=[NAN, 0, 0, 0])
    assert bands(study, table, week="clock_week")["n"].tolist() == [3]


def test_subsets_have_bands_of_their_own():
    cells = {f"P{number}": {0: float(number)} for number in range(3)}
    study = make_study({}, {"x": cells, "y": {patient: {0: 7.0} for patient in cells}})
    banded = bands(study, scaled_immune(study, ["x", "y"], "raw"))
    assert banded[["subset", "median"]].astype({"subset": str}).to_numpy().tolist() == [["x", 1], ["y", 7]]


def test_an_empty_table_has_no_bands():
    study = make_study({}, groups={"P1": "A"})
    assert bands(study, scaled_pasi(study, "absolute")).empty


@settings(max_examples=25)
@given(st.lists(st.floats(0, 72), min_size=3, max_size=12))
def test_quartiles_are_those_of_numpy(values):
    study = make_study({f"P{number}": {0: value} for number, value in enumerate(values)})
    banded = bands(study, scaled_pasi(study, "absolute"))
    expected = np.quantile(values, [0.5, 0.25, 0.75])
    np.testing.assert_allclose(banded[["median", "q1", "q3"]].to_numpy()[0], expected, atol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_every_visit_of_a_large_cohort_is_near_its_week(seed):
    rng = np.random.default_rng(seed)
    study = cohort({f"P{number}": np.unique(rng.uniform(-4, 104, 8)).tolist() for number in range(40)})
    nominal = nominal_weeks(study.pasi)
    away = pd.Series([np.abs(nominal - week).min() for week in study.pasi["week"]])
    assert (away <= np.maximum(1, 0.1 * study.pasi["week"].abs()) + 1).all()
