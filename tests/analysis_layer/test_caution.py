"""What stands on the line of caution: counts by kind, never rows."""

from dataclasses import replace

import pytest

from analysis.caution import LONGEST, caution, concerns
from analysis.immune.checks import CHECKS, immune_warnings
from analysis.query import default
from data.catalog import open_study
from studies import make_study, msc, random_study

PARENTS = {"a": {"parent": "T", "unit": "% of parent"}, "b": {"parent": "T", "unit": "% of parent"}}


def wrong():
    """Of four samples two have siblings over their parent, one of these a child over it too, and one no visit."""
    immune = {
        "a": {"P1": {0: 120, 4: 60, 8: 10}, "P2": {0: 5, 30: 5}},
        "b": {"P1": {0: 10, 4: 60, 8: 10}, "P2": {0: 5}},
    }
    scores = {"P1": {0: 20, 4: 5, 8: 4}, "P2": {0: 10, 4: 4}}
    return make_study(scores, immune, [*msc("P1"), *msc("P2")], definitions=PARENTS)


def test_samples_are_counted_once_and_kinds_each():
    study = wrong()
    query = default(study)
    line = "3 of 5 samples to check: 1 above 100 % of the parent, 2 more than their parent in sum"
    assert caution(study, query) == [("3 of 5 samples to check", "checks")]
    assert len(f"{line}, 1 without a visit") > LONGEST
    assert [(one.kind, one.count, one.of) for one in concerns(study, query)] == [
        ("child_over_parent", 1, 5),
        ("siblings_over_parent", 2, 5),
        ("without_visit", 1, 5),
    ]
    second = replace(query, patients=("P2",))
    assert caution(study, second) == [("1 of 2 samples to check: 1 without a visit", "checks")]
    assert caution(study, replace(query, from_week=5.0, to_week=10.0)) == []


def test_illustrative_values_come_first_and_are_counted():
    text, action = caution(open_study(), default(open_study()))[0]
    assert action == "illustrative"
    assert text.startswith("Illustrative, hollow: ")
    assert "Do not quote" in text


def test_low_counts_and_notes_are_concerns():
    study = wrong()
    counted = study.immune_subsets.assign(count=[50.0, *[500.0] * (len(study.immune_subsets) - 1)])
    study = replace(study, immune_subsets=counted, notes=("one", "two"))
    found = {one.kind: one for one in concerns(study, default(study))}
    assert (found["low_count"].count, found["low_count"].of) == (1, len(counted))
    assert (found["notes"].count, found["notes"].of) == (2, 2)
    assert caution(study, default(study))[-1] == ("2 notes on how the files were read", "report")


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_those_of_the_rows(seed):
    study = random_study(seed, patients=12)
    query = default(study)
    rows = immune_warnings(study, query.tolerance)
    counts = {one.kind: one.count for one in concerns(study, query)}
    for key in CHECKS:
        samples = {(row.patient_id, row.week) for row in rows[rows["check"] == key].itertuples()}
        assert counts.get(key, 0) == len(samples)
    assert all(len(text) <= LONGEST for text, _ in caution(study, query))
    assert all(one.advice and one.sentence for one in concerns(study, query))
