"""What is known of each patient once: covariates, baselines, prior drugs; what is not known is missing and never 0."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.outcomes import focused
from analysis.query import default, read
from analysis.tracks import prior_drugs, subset_track, track, tracks
from studies import make_study, msc, random_study

NAN = float("nan")


def brute_prior(study):
    """patient -> drugs begun before week 0, None where no treatment is recorded; one patient after the other."""
    found = {}
    for patient in study.patient_ids:
        own = [row for row in study.treatments.itertuples() if row.patient_id == patient]
        found[patient] = len({row.treatment for row in own if row.start_week < 0}) if own else None
    return found


def values(one):
    return [None if gone else value for value, gone in zip(one.values, one.missing, strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_prior_drugs_are_those_of_a_count_patient_by_patient(seed):
    study = random_study(seed, patients=12)
    drugs = [
        ("P2", "a", "other", -9, -4),
        ("P2", "a", "other", -3, -1),
        ("P2", "b", "other", -2, 4),
        ("P3", "c", "other", 0, 4),
    ]
    made = make_study({one: {0: 9.0} for one in study.patient_ids}, treatments=drugs + msc("P5"))
    for one in (study, made):
        assert [None if np.isnan(n) else n for n in prior_drugs(one)] == list(brute_prior(one).values())
    assert prior_drugs(made).iloc[1] == 2
    assert np.isnan(prior_drugs(made).iloc[0])


def test_where_nobody_had_a_drug_before_no_track_says_so():
    assert "prior" not in tracks(make_study({"P1": {0: 9.0}}, treatments=msc("P1")))


def test_a_baseline_is_the_last_value_at_or_before_the_index_event():
    study = make_study(
        {"P1": {-4: 20.0, 0: NAN, 4: 1.0}, "P2": {4: 9.0}, "P3": {0: 0.0}},
        {"treg": {"P1": {-2: 3.0, 0: 4.0, 1: 9.0}, "P2": {-1: NAN}}, "nk": {"P3": {0: 7.0}}},
        [*msc("P1"), *msc("P2"), *msc("P3")],
    )
    assert values(track(study, "score_pasi")) == [20, None, 0]
    assert values(subset_track(study, "treg")) == [4, None, None]
    assert values(subset_track(study, "nk")) == [None, None, 7]


def test_another_score_and_pasi_keep_their_values_whatever_is_in_focus():
    study = make_study({"P1": {0: 20.0}}, scores={"dlqi": {"P1": {0: 11.0}}})
    for one in (study, focused(study, "dlqi")):
        assert {"score_pasi", "score_dlqi"} <= tracks(one).keys()
        assert values(track(one, "score_pasi")) == [20]
        assert values(track(one, "score_dlqi")) == [11]


def test_covariates_are_numbers_or_texts_and_a_blank_is_missing():
    study = make_study({one: {0: 9.0} for one in ("P1", "P2", "P3")})
    table = study.patients.assign(
        age=[40.0, NAN, 0.0], sex=["F", "", "M"], cutoff_week=4.0, ok=pd.array([True, None, False])
    )
    study = replace(study, patients=table)
    assert values(track(study, "covariate_age")) == [40, None, 0]
    assert values(track(study, "covariate_sex")) == ["F", None, "M"]
    assert values(track(study, "covariate_ok")) == ["True", None, "False"]
    assert not {"covariate_patient_id", "covariate_cutoff_week"} & tracks(study).keys()


def test_an_address_names_a_track_of_this_study_or_gets_the_default_and_a_sentence():
    study = make_study({"P1": {0: 9.0}})
    assert read(study, {"track": "covariate_group", "lane_colour": "drug"})[1] == []
    query, complaints = read(study, {"track": "covariate_patient_id", "lane_colour": "moon"})
    assert (query, len(complaints)) == (default(study), 2)
