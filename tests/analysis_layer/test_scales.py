from dataclasses import replace

import numpy as np
import pytest

from analysis.phases import anchors
from analysis.scales import (
    IMMUNE_SCALES,
    PASI_SCALES,
    axis_title,
    baselines,
    denominator,
    scaled_immune,
    scaled_pasi,
)
from studies import make_study, msc, random_study

NAN = float("nan")
SCALES = [*PASI_SCALES.values(), *IMMUNE_SCALES.values()]
KEYS = [f"{scale.key}-{scale.label}" for scale in SCALES]


@pytest.fixture
def study():
    return make_study(
        {"P1": {-2: 18, 0: 20, 4: 2.6, 12: NAN}, "P2": {1: 12, 4: 6}, "P3": {0: 0, 4: 3}},
        {"treg": {"P1": {-1: 4, 0: NAN, 4: 8}, "P2": {0: 0, 4: 5}}, "th17": {"P1": {0: 3, 4: 0}}},
        [*msc("P1"), *msc("P2"), *msc("P3"), ("P1", "adalimumab", "biologic", 9, None)],
        definitions={"treg": {"unit": "% of parent", "parent": "CD4+ T"}},
    )


@pytest.mark.parametrize("scale", SCALES, ids=KEYS)
def test_missing_stays_missing_and_nothing_is_infinite(scale):
    value = np.array([NAN, 5.0, 0.0, 5.0])
    baseline = np.array([2.0, 0.0, 2.0, 2.0])
    scaled = scale.transform(value, baseline)
    assert np.isnan(scaled[0])
    assert not np.isinf(scaled).any()


@pytest.mark.parametrize("scale", [scale for scale in SCALES if scale.reference is not None], ids=lambda s: s.key)
def test_the_baseline_itself_lies_on_the_reference_line_and_needs_to_be_known(scale):
    assert scale.transform(np.array([4.0]), np.array([4.0])) == [scale.reference]
    assert np.isnan(scale.transform(np.array([4.0]), np.array([NAN])))
    assert "{baseline}" in scale.title


SHARES = ("grandparent", "root")


@pytest.mark.parametrize("scale", [scale for scale in IMMUNE_SCALES.values() if scale.key not in SHARES])
def test_every_title_names_the_denominator(study, scale):
    assert "% of CD4+ T (parent)" in axis_title(study, scale, "treg")
    assert "unit not stated" in axis_title(study, scale, "th17")


def test_a_title_names_the_baseline(study):
    assert axis_title(study, IMMUNE_SCALES["fold"], "treg") == (
        "fold change of % of CD4+ T (parent) from baseline (last at or before first MSC)"
    )
    assert axis_title(study, PASI_SCALES["absolute"]) == "PASI (0–72)"


@pytest.mark.parametrize(
    ("unit", "parent", "expected"),
    [
        ("% of parent", "CD4+ T", "% of CD4+ T (parent)"),
        ("% of parent", "", "% of parent (parent not named)"),
        ("%", "CD4+ T", "% (denominator not stated)"),
        ("% of total", "CD4+ T", "% of total"),
        ("cells/µL", "", "cells/µL"),
        (" ", "", "unit not stated"),
        (NAN, NAN, "unit not stated"),
    ],
)
def test_the_denominator_is_named_or_said_to_be_unknown(unit, parent, expected):
    study = make_study({}, {"x": {"P1": {0: 1}}}, definitions={"x": {"unit": unit, "parent": parent}})
    assert denominator(study, "x") == expected


def test_a_baseline_is_the_last_value_at_or_before_the_start(study):
    np.testing.assert_array_equal(baselines(study, study.pasi, "pasi"), [20, NAN, 0])
    np.testing.assert_array_equal(baselines(study, study.pasi, "pasi", "restart"), [2.6, NAN, NAN])


def test_a_missing_value_is_no_baseline(study):
    known = baselines(study, study.immune_subsets, "value")
    assert known["P1", "treg"] == 4
    assert known["P1", "th17"] == 3
    assert known["P2", "treg"] == 0
    assert np.isnan(known["P2", "th17"])


def test_pasi_as_percent_improvement(study):
    scaled = scaled_pasi(study, "percent_improvement")
    np.testing.assert_allclose(scaled["value"], [10, 0, 87, NAN, NAN, NAN, NAN, NAN])
    np.testing.assert_array_equal(scaled["raw"], study.pasi["pasi"])
    assert scaled.columns.tolist() == ["patient_id", "week", "value", "raw", "baseline", "provenance"]


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("raw", [4, NAN, 8, 0, 5]),
        ("change", [0, NAN, 4, 0, 5]),
        ("fold", [1, NAN, 2, NAN, NAN]),
        ("log2_fold", [0, NAN, 1, NAN, NAN]),
    ],
)
def test_a_subset_on_every_scale(study, scale, expected):
    scaled = scaled_immune(study, ["treg"], scale)
    np.testing.assert_allclose(scaled["value"], expected)
    assert set(scaled["subset"].astype(str)) == {"treg"}


def test_zero_has_no_log2_fold_but_a_fold(study):
    assert scaled_immune(study, ["th17"], "fold")["value"].tolist() == [1, 0]
    assert np.isnan(scaled_immune(study, ["th17"], "log2_fold")["value"].iloc[1])


def test_a_categorical_subset_column_in_another_order_gives_the_same(study):
    column = study.immune_subsets["subset"].astype("category").cat.reorder_categories(["treg", "th17"])
    other = replace(study, immune_subsets=study.immune_subsets.assign(subset=column))
    for scale in IMMUNE_SCALES:
        values = scaled_immune(study, ["th17", "treg"], scale)["value"]
        np.testing.assert_array_equal(values, scaled_immune(other, ["th17", "treg"], scale)["value"])
    known = baselines(study, study.immune_subsets, "value")
    assert known.equals(baselines(other, other.immune_subsets, "value"))


@pytest.mark.parametrize("seed", range(20))
def test_baselines_agree_with_a_walk_through_the_rows(seed):
    study = random_study(seed)
    known = baselines(study, study.pasi, "pasi", "restart")
    limits = dict(zip(study.patient_ids, anchors(study)["restart_week"], strict=True))
    for patient, limit in limits.items():
        rows = study.pasi[(study.pasi["patient_id"] == patient) & (study.pasi["week"] <= limit)]["pasi"].dropna()
        np.testing.assert_array_equal(known[patient], rows.iloc[-1] if len(rows) else NAN)
