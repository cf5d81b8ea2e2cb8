"""The tree of subsets, shares up the tree, counts, and what looks wrong in the samples."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.correlation.pairing import scaled_pairs
from analysis.immune import gating
from analysis.immune.checks import CHECKS, immune_warnings
from analysis.immune.event_counts import LOW_COUNT, counted
from analysis.immune.gating import PAPER, gating_tree, hipc, picker, searched
from analysis.response.rates import INTERVALS
from analysis.scales import IMMUNE_SCALES, axis_title, scaled_immune
from analysis.subsets import ancestors, percent_of_ancestor
from studies import make_study

NAN = float("nan")
PARENT = "% of parent"
CHAIN = {
    "cd3": {"label": "T cells", "lineage": "T", "parent": "CD45+", "unit": PARENT, "phenotype": "CD3+"},
    "cd4": {"label": "CD4+ T", "lineage": "T", "parent": "cd3", "unit": PARENT, "phenotype": "CD3+CD4+"},
    "treg": {"lineage": "T", "parent": "CD4+ T", "unit": PARENT, "phenotype": "FoxP3+ CD25hi CD127lo CD4+"},
    "b": {"lineage": "B", "unit": "cells/µL"},
}


@pytest.fixture
def study():
    weeks = (0, 4, 8)
    rows = {"cd3": (50, 60, 50), "cd4": (40, NAN, 20), "treg": (5, 8, 10), "b": (1, 2, 3)}
    immune = {name: {"P1": dict(zip(weeks, values, strict=True))} for name, values in rows.items()}
    return make_study({"P1": {0: 20, 4: 9, 8: 5}}, immune, definitions=CHAIN)


def test_the_tree_nests_a_subset_under_the_subset_that_is_its_parent(study):
    lineage, other = gating_tree(study)
    (parent,) = lineage.children
    (cd3,) = parent.children
    assert (lineage.label, parent.label, parent.kind, cd3.key) == ("T", "CD45+", "parent", "cd3")
    assert cd3.children[0].children[0].hipc == "FoxP3+, CD25hi, CD127lo, CD4+"
    assert [node.key for node in other.children] == ["b"]


def test_the_picker_offers_the_papers_subsets_first_and_finds_words_anywhere(study, case_series):
    table = picker(study)
    assert table["subset"].tolist() == ["treg", "cd3", "cd4", "b"]
    assert table["depth"].tolist() == [2, 0, 1, 0]
    assert searched(table, "foxp3 CD4")["subset"].tolist() == ["treg"]
    assert searched(table, "  ")["subset"].tolist() == table["subset"].tolist()
    assert searched(table, "CD4+ T (b")["subset"].tolist() == []
    mine = picker(case_series)
    assert mine["hipc"].tolist() == list(PAPER)
    assert mine["paper"].all()


def test_a_study_without_subsets_has_an_empty_tree():
    study = make_study({"P1": {0: 20}})
    assert gating_tree(study) == ()
    assert picker(study).empty
    assert {"subset", "denominator", "depth", "paper", "search"} <= set(picker(study).columns)
    assert searched(picker(study), "treg").empty


def test_subsets_that_are_each_others_parent_are_still_offered():
    circle = {"a": {"parent": "b", "unit": PARENT}, "b": {"parent": "a", "unit": PARENT}}
    study = make_study({}, {name: {"P1": {0: 1}} for name in "ab"}, definitions=circle)
    assert picker(study)["subset"].tolist() == ["a", "b"]
    assert ancestors(study, "a") == ["b"]


@pytest.mark.parametrize(
    ("phenotype", "expected"),
    [
        ("CD4+ CLA+CD103−", "CD4+, CLA+, CD103-"),
        ("CD4+, CLA+, CD103-", "CD4+, CLA+, CD103-"),
        ("CD25hiCD127loFoxP3+", "CD25hi, CD127lo, FoxP3+"),
        ("CD14dimCD16bright", "CD14lo, CD16hi"),
        ("HLA-DR+CD38neg", "HLA-DR+, CD38-"),
        ("naive", "naive"),
        ("", ""),
    ],
)
def test_a_phenotype_in_the_form_of_hipc(phenotype, expected):
    assert hipc(phenotype) == expected


def test_a_share_of_an_ancestor_is_the_product_up_the_tree(study):
    assert ancestors(study, "treg") == ["CD4+ T", "cd3", "CD45+"]
    shares = {key: scaled_immune(study, ["treg"], key)["value"].tolist() for key in ("grandparent", "root")}
    np.testing.assert_allclose(shares["grandparent"], [2, NAN, 2])
    np.testing.assert_allclose(shares["root"], [1, NAN, 1])
    named = percent_of_ancestor(study, "cd3")[(study.immune_subsets["subset"] == "treg").to_numpy()]
    np.testing.assert_allclose(named, [2, NAN, 2])
    assert np.isnan(scaled_immune(study, ["cd3", "b"], "root")["value"]).all()
    titles = [axis_title(study, IMMUNE_SCALES[key], "treg") for key in ("grandparent", "root")]
    assert titles == ["% of cd3 (grandparent)", "% of CD45+ (ancestor)"]
    assert axis_title(study, IMMUNE_SCALES["root"], "b") == "% of ancestor (cannot be computed)"


def test_z_is_within_a_patient_over_all_their_samples_and_needs_three():
    study = make_study(
        {"P1": {0: 9, 4: 8, 8: 7}},
        {"x": {"P1": {0: 1, 4: 2, 8: 3, 12: NAN}, "P2": {0: 1, 4: 3}, "P3": {0: 0.3, 4: 0.3, 8: 0.3}}},
    )
    expected = [-1, 0, 1, NAN, NAN, NAN, NAN, NAN, NAN]
    np.testing.assert_allclose(scaled_immune(study, ["x"], "z")["value"], expected)
    np.testing.assert_allclose(scaled_pairs(study, ["x"], immune_scale="z")["value"], [-1, 0, 1])


def test_counts_give_an_interval_and_a_mark_below_100_events(study):
    table = study.immune_subsets
    events = table["subset"].map({"cd3": 5000, "cd4": 99, "treg": 100, "b": 50}).astype(float)
    known = replace(study, immune_subsets=table.assign(count=events, parent_count=10_000.0))
    found = counted(known, ["cd4", "treg", "b"]).drop_duplicates("subset").set_index("subset")
    low, high = INTERVALS["wilson"](np.array([99.0]), np.array([10_000.0]))
    assert (found.loc["cd4", "low"], found.loc["cd4", "high"]) == (low[0], high[0])
    assert found["low_count"].to_dict() == {"cd4": True, "treg": False, "b": True}
    assert np.isnan(found.loc["b", "low"])
    assert found.loc["treg", "cv_percent"] == pytest.approx(10)
    assert LOW_COUNT == 100
    assert counted(study, ["cd4"]).empty


def test_what_looks_wrong_is_a_sentence():
    definitions = {name: {"label": name.upper(), "parent": "CD4+ T", "unit": PARENT} for name in "abc"}
    study = make_study(
        {"P1": {0: 20, 4: 10}},
        {"a": {"P1": {0: 60, 4: 101, 9: 1}}, "b": {"P1": {0: 41.5, 4: NAN, 9: NAN}}, "c": {"P1": {4.5: 3}}},
        definitions=definitions,
    )
    found = immune_warnings(study).set_index("check")["sentence"]
    assert found["child_over_parent"] == "P1, week 4: A is 101 % of its parent."
    assert found["siblings_over_parent"].startswith("P1, week 0: A, B, C sum to 101.5 % of CD4+ T; they overlap")
    assert found["without_visit"] == "P1, week 9: a sample without its visit (no visit within 1 week)."
    assert len(found) == 3


def test_the_checks_find_nothing_in_the_case_series_and_survive_no_samples(case_series, vissig):
    assert immune_warnings(case_series).empty
    assert immune_warnings(vissig).empty
    assert all(check.rule for check in CHECKS.values())
    assert isinstance(immune_warnings(vissig), pd.DataFrame)


def test_the_tree_of_many_subsets_is_made_in_one_pass_however_deep(monkeypatch):
    names = [f"s{at}" for at in range(3000)]
    above = {name: {"parent": parent, "unit": PARENT} for name, parent in zip(names[1:], names, strict=False)}
    study = make_study({"P1": {0: 20}}, {name: {"P1": {0: 1.0}} for name in names}, definitions=above)
    looked = []
    monkeypatch.setattr(gating, "check", lambda: looked.append(1))
    table = picker(study).set_index("subset")
    assert len(looked) == len(names)
    assert table.loc[names, "depth"].tolist() == list(range(3000))
    assert table.loc["s2999", "denominator"] == "% of s2998 (parent)"
