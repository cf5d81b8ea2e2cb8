"""The mean of the visits before a baseline, and what is said of regression to the mean."""

import math

import numpy as np
import pytest

from analysis.query import default
from analysis.response.earlier import earlier_means, sentence_of_earlier, with_earlier_mean
from components.tables import responses, responses_wording
from studies import make_study, msc


def flare():
    """A: two visits before the one of the infusion, B: one, C: two and a better baseline, D: never treated."""
    return make_study(
        {
            "A": {-8: 10.0, -4: 12, 0: 20, 4: 8},
            "B": {-4: 12.0, 0: 20, 4: 8},
            "C": {-8: 10.0, -4: 9, -1: 8, 4: 3},
            "D": {0: 5.0, 4: 6, 8: 7},
        },
        treatments=[*msc("A"), *msc("B"), *msc("C")],
    )


def test_the_mean_is_of_the_visits_before_the_baseline_where_there_are_two():
    np.testing.assert_array_equal(earlier_means(flare()), [11, np.nan, 9.5, np.nan])


def test_it_stands_beside_the_original_baseline_alone_and_is_said():
    study = flare()
    table = responses(study, default(study))
    rows = table[table["patient_id"] == "A"].set_index("phase")
    assert rows.loc["after", "earlier_mean"] == 11
    assert math.isnan(rows.loc["before", "earlier_mean"])
    said = responses_wording(study, default(study)).text
    assert "In 1 of 2 patients with 2 or more earlier visits the baseline is worse than their mean" in said
    assert "10.1093/ije/dyh299" in said


def test_without_earlier_visits_nothing_is_said():
    study = make_study({"A": {-4: 12.0, 0: 20, 4: 8}}, treatments=msc("A"))
    assert "Regression to the mean" not in responses_wording(study, default(study)).text


@pytest.mark.parametrize("seed", range(8))
def test_the_mean_is_that_of_each_patient_alone(seed):
    rng = np.random.default_rng(seed)
    weeks = {f"P{i}": np.sort(rng.choice(np.arange(-20, 20), 8, replace=False)) for i in range(6)}
    rows = {
        who: dict(zip(own.tolist(), rng.uniform(1, 40, 8).round(1).tolist(), strict=True)) for who, own in weeks.items()
    }
    study = make_study(rows, treatments=[dose for who in rows for dose in msc(who)])
    for found, own in zip(earlier_means(study), rows.values(), strict=True):
        before = [value for week, value in sorted(own.items()) if week <= 0][:-1]
        assert found == pytest.approx(np.mean(before)) if len(before) > 1 else math.isnan(found)
    table = responses(study, default(study))
    assert sentence_of_earlier(study, with_earlier_mean(study, table, "original")).count("patients with 2") <= 1
