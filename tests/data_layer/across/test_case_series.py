"""Every published fact of the case series, one assertion each, over the study as it is loaded."""

import numpy as np
import pytest

from data.catalog import open_study
from data.study import Index

PRODUCT = "UC-MSC"


@pytest.fixture(scope="module")
def study():
    return open_study()


@pytest.fixture(scope="module")
def infusions(study):
    return study.treatments[study.treatments["treatment"] == PRODUCT]


@pytest.fixture(scope="module")
def restarts(study):
    """The first biologic course of each patient that starts after the last infusion."""
    later = study.treatments[(study.treatments["kind"] == "biologic") & (study.treatments["start_week"] > 1)]
    return later.groupby("patient_id", observed=True).first()


def pasi_of(study, patient, start, end):
    rows = study.pasi[(study.pasi["patient_id"] == patient) & study.pasi["week"].between(start, end)]
    return rows.dropna(subset=["pasi"])


def baseline_of(study, patient):
    return pasi_of(study, patient, -100, 0)["pasi"].iloc[-1]


def prior_biologics(study, patient):
    mine = study.treatments[(study.treatments["patient_id"] == patient) & (study.treatments["kind"] == "biologic")]
    return mine[mine["end_week"] < 0]


def test_three_adult_women(study):
    assert study.patient_ids == ["P1", "P2", "P3"]
    assert (study.patients["sex"] == "F").all()
    assert (study.patients["age"] >= 18).all()


def test_severe_psoriasis_refractory_to_several_biologics(study):
    for patient in study.patient_ids:
        assert baseline_of(study, patient) > 10
        assert prior_biologics(study, patient)["treatment"].nunique() >= 2


def test_two_infusions_one_week_apart(infusions):
    for _, mine in infusions.groupby("patient_id", observed=True):
        assert mine["start_week"].tolist() == [0, 1]
        assert mine["end_week"].tolist() == [0, 1]


def test_cell_therapy_is_the_index(study, infusions):
    assert (infusions["kind"] == "cell_therapy").all()
    assert study.index == Index(PRODUCT, "MSC")
    assert study.week_zero == "first UC-MSC infusion"


def test_doses_span_the_published_range(infusions):
    assert (infusions["dose"].min(), infusions["dose"].max()) == (1.96, 3.00)
    assert set(infusions["dose_unit"]) == {"1e6 cells/kg"}


def test_one_with_etanercept_and_two_alone(study):
    covers = (study.treatments["start_week"] <= 0) & ~(study.treatments["end_week"] <= 0)
    background = study.treatments[covers & (study.treatments["kind"] == "biologic")]
    assert background["treatment"].tolist() == ["etanercept"]
    assert study.patients["group"].value_counts().to_dict() == {"UC-MSC alone": 2, "UC-MSC + etanercept": 1}


def test_restarts_at_weeks_9_9_and_24(restarts):
    assert sorted(restarts["start_week"]) == [9, 9, 24]


def test_two_resume_their_last_failed_biologic_and_one_switches_to_a_new_one(study, restarts):
    for patient, restart in restarts.iterrows():
        prior = prior_biologics(study, patient)
        if restart["start_week"] == 9:
            assert restart["treatment"] == prior["treatment"].iloc[-1]
        else:
            before = study.treatments[
                (study.treatments["patient_id"] == patient) & (study.treatments["start_week"] < 24)
            ]
            assert restart["treatment"] not in set(before["treatment"])


def test_best_response_is_pasi_87_by_week_4(study, restarts):
    best = {}
    for patient, restart in restarts.iterrows():
        visits = pasi_of(study, patient, 0.1, restart["start_week"])
        improvement = 100 * (baseline_of(study, patient) - visits["pasi"]) / baseline_of(study, patient)
        best[improvement.max()] = visits["week"][improvement.idxmax()]
    assert 87 <= max(best) < 88
    assert best[max(best)] == 4


def test_relapse_before_every_restart(study, restarts):
    for patient, restart in restarts.iterrows():
        baseline = baseline_of(study, patient)
        values = pasi_of(study, patient, 0.1, restart["start_week"] - 0.1)["pasi"].to_numpy()
        lowest = np.minimum.accumulate(values)
        at_risk = 100 * (baseline - lowest) - 50 * baseline >= -1e-9
        assert (at_risk & (values >= lowest + (baseline - lowest) / 2)).any()


def test_resumers_stay_at_pasi_0_to_2_for_over_two_years(study, restarts):
    resumers = restarts[restarts["start_week"] == 9]
    assert len(resumers) == 2
    for patient in resumers.index:
        visits = pasi_of(study, patient, 9.1, 1000)
        reached = visits[visits["week"] >= visits.loc[visits["pasi"] <= 2, "week"].min()]
        assert reached["pasi"].between(0, 2).all()
        assert reached["week"].max() - 9 > 104


def test_the_papers_subsets_are_there_with_their_denominators(study):
    definitions = study.subset_definitions
    assert definitions["phenotype"].tolist() == [
        "CD4+, CLA+, CD103-",
        "CD4+, CLA+, CD103+",
        "CD8+, CLA+, CD103-",
        "CD8+, CLA+, CD103+",
        "CD4+, CD25hi, CD127lo, FoxP3+",
        "CD14lo, CD16+",
    ]
    assert (definitions["unit"] == "% of parent").all()
    assert (definitions["parent"] != "").all()


def test_every_subset_rises_with_improvement_in_every_patient(study):
    pairs = study.immune_subsets.dropna(subset=["value"]).assign(
        pasi=lambda table: [
            np.interp(week, *pasi_of(study, patient, -100, 1000)[["week", "pasi"]].to_numpy().T)
            for patient, week in zip(table["patient_id"], table["week"], strict=True)
        ]
    )
    r = pairs.groupby(["subset", "patient_id"], observed=True)[["value", "pasi"]].apply(
        lambda mine: np.corrcoef(mine["value"], mine["pasi"])[0, 1]
    )
    assert len(r) == 18
    assert (r < -0.3).all()
    assert (r > -0.99).any()


def test_every_subset_is_raised_at_the_best_visit_after_the_infusions(study):
    best = {"P1": 4, "P2": 5.9, "P3": 9}
    values = study.immune_subsets.set_index(["patient_id", "subset", "week"])["value"]
    for patient, week in best.items():
        for subset in study.subset_definitions["subset"]:
            assert values[patient, subset, week] > values[patient, subset, 0]


def test_values_are_their_counts(study):
    known = study.immune_subsets.dropna(subset=["value"])
    assert np.allclose(known["value"], (100 * known["count"] / known["parent_count"]).round(2))


def test_visits_are_plausible(study):
    for patient in study.patient_ids:
        mine = study.pasi[study.pasi["patient_id"] == patient]
        assert 12 <= len(mine) <= 18
        assert mine["week"].min() < 0
        assert mine["week"].diff().nunique() > 5
    assert study.pasi["pasi"].isna().sum() == 1
    assert study.immune_subsets.groupby(["patient_id", "week"], observed=True)["value"].count().eq(0).sum() == 1


def test_only_what_is_published_throughout_is_marked_published(study):
    for table in (study.pasi, study.immune_subsets, study.treatments, study.patients, study.subset_definitions):
        assert (table["provenance"] == "illustrative").all()
    published = study.events[study.events["provenance"] == "published"]
    assert sorted(published["week"]) == [0, 0, 0, 1, 1, 1, 9, 9, 24]
    assert study.illustrative


def test_it_is_read_without_a_note_and_names_its_source(study):
    assert study.notes == ()
    assert study.title == "UC-MSC rescue in biologic-refractory psoriasis"
    assert "10.3389/fimmu.2025.1656724" in study.citation
