"""From when to when each patient was observed."""

from dataclasses import replace

import numpy as np

from analysis.follow_up import follow_up
from studies import make_study

NAN = float("nan")


def test_first_and_last_observation_visits_and_samples():
    study = make_study(
        {"P1": {-2: NAN, 0: 20, 4: 5, 30: NAN}, "P2": {0: NAN}, "P3": {}},
        {"treg": {"P1": {0: 2, 12: 3}}, "th17": {"P1": {12: 1, 20: NAN}, "P3": {1: 2}}},
    )
    table = follow_up(study).set_index("patient_id")
    assert table.loc["P1"].tolist() == [0, 12, 2, 2]
    assert table.loc["P3"].tolist() == [1, 1, 0, 1]
    assert "P2" not in table.index  # never observed: a visit without a value is none


def test_another_score_and_a_value_below_a_limit_are_observations():
    study = make_study({"P1": {0: NAN, 8: NAN}}, {"treg": {"P1": {10: NAN}}})
    scored = replace(
        study, pasi=study.pasi.assign(dlqi=[NAN, 7.0]), immune_subsets=study.immune_subsets.assign(below_limit=0.2)
    )
    assert follow_up(study).empty
    assert follow_up(scored)[["start_week", "end_week"]].to_numpy().tolist() == [[8, 10]]
    assert np.issubdtype(follow_up(scored)["visits"].dtype, np.integer)
