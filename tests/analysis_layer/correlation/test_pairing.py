import tracemalloc

import numpy as np
import pytest

from analysis.correlation import matching
from analysis.correlation.pairing import PAIR_COLUMNS, matched, pairs, scaled_arrays, scaled_pairs, unpaired
from analysis.samples import samples, visits
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from data.deadline import LateError, deadline, kept
from studies import make_study, msc, random_study

NAN = float("nan")


def weeks(table):
    return list(zip(table["immune_week"], table["pasi_week"], strict=True))


def one(visit_weeks, sample_weeks, tolerance=1.0):
    study = make_study({"P1": dict.fromkeys(visit_weeks, 5.0)}, {"x": {"P1": dict.fromkeys(sample_weeks, 1.0)}})
    return weeks(pairs(study, ["x"], tolerance))


def test_the_nearest_visit_within_the_tolerance_is_taken():
    assert one([0, 3, 5], [4.2]) == [(4.2, 5)]
    assert one([0, 3], [4.2]) == []
    assert one([0, 3], [4.0]) == [(4, 3)]


def test_at_equal_gaps_the_earlier_visit_is_taken():
    assert one([3, 5], [4]) == [(4, 3)]


def test_at_equal_gaps_the_earlier_sample_is_taken():
    assert one([4], [3, 5]) == [(3, 4)]


def test_the_smallest_gap_goes_first_and_leaves_the_next_best_to_the_others():
    assert one([0, 1], [0.9, 1.0]) == [(0.9, 0), (1, 1)]
    assert one([1], [0.5, 1.0]) == [(1, 1)]


def test_a_gap_that_is_the_tolerance_but_for_rounding_is_within_it():
    assert one([0.3], [0.1 + 0.1 + 0.1 + 0.1], 0.1) == [(0.4, 0.3)]


def test_a_tolerance_of_0_pairs_the_same_day_only():
    assert one([0, 4], [0, 4.1], 0) == [(0, 0)]


def test_patients_are_never_mixed():
    study = make_study({"P1": {0: 5.0}, "P2": {4: 6.0}}, {"x": {"P1": {4: 1.0}, "P2": {0: 2.0}}})
    assert pairs(study, ["x"], 1.0).empty


def test_a_sample_that_is_missing_in_a_subset_takes_no_visit_there():
    study = make_study({"P1": {4: 5.0}}, {"x": {"P1": {4: NAN, 5: 2.0}}, "y": {"P1": {4: 1.0, 5: 2.0}}})
    found = pairs(study, ["x", "y"], 1.0)
    assert list(zip(found["subset"], found["immune_week"], strict=True)) == [("x", 5), ("y", 4)]


def test_a_visit_without_pasi_takes_no_sample():
    study = make_study({"P1": {4: NAN, 5: 8.0}}, {"x": {"P1": {4: 1.0}}})
    assert weeks(pairs(study, ["x"], 1.0)) == [(4, 5)]


def test_a_pair_says_what_it_is():
    study = make_study(
        {"P1": {0: 20, 10: 4}}, {"x": {"P1": {0: 5, 9: 7}}}, [*msc("P1"), ("P1", "y", "biologic", 9, None)]
    )
    found = pairs(study, ["x"], 1.0)
    assert found.columns.tolist() == list(PAIR_COLUMNS)
    assert found["gap_weeks"].tolist() == [0, 1]
    assert found["value"].tolist() == [5, 7]
    assert found["pasi"].tolist() == [20, 4]


def test_the_phase_of_a_pair_is_that_of_its_sample():
    study = make_study(
        {"P1": {0: 20, 10: 4}}, {"x": {"P1": {0: 5, 9: 7}}}, [*msc("P1"), ("P1", "y", "biologic", 9, None)]
    )
    assert pairs(study, ["x"], 1.0)["phase"].tolist() == ["before", "after"]


def test_a_pair_is_illustrative_if_either_half_is():
    study = make_study({"P1": {0: 20, 4: 4, 8: 3}}, {"x": {"P1": {0: 5, 4: 7, 8: 1}}})
    study.pasi["provenance"] = ["published", "illustrative", "published"]
    study.immune_subsets["provenance"] = ["published", "published", "observed"]
    assert pairs(study, ["x"])["provenance"].tolist() == ["published", "illustrative", "observed"]


def test_what_has_no_partner_is_listed_with_its_reason():
    study = make_study({"P1": {4: 5.0, 30: 6.0}}, {"x": {"P1": {4: 1.0, 4.5: 2.0, 20: 3.0, 21: NAN}}})
    alone = unpaired(study, ["x"], 1.0)
    assert alone[["kind", "week", "reason"]].to_numpy().tolist() == [
        ["sample", 4.5, "the nearest visit is paired already"],
        ["sample", 20, "no visit within 1 week"],
        ["visit", 30, "no sample within 1 week"],
    ]
    np.testing.assert_array_equal(alone["value"], [2, 3, NAN])
    np.testing.assert_array_equal(alone["pasi"], [NAN, NAN, 6])


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("tolerance", [0.0, 1.0, 6.0])
def test_pairs_are_those_of_the_greedy_walk(seed, tolerance):
    study = random_study(seed)
    for subset in samples(study).subsets:
        found = pairs(study, [subset], tolerance)
        assert list(zip(found["patient_id"], *zip(*weeks(found), strict=True), strict=True) if len(found) else []) == (
            greedy(study, subset, tolerance)
        )


def greedy(study, subset, tolerance):
    table = study.immune_subsets
    taken = table[(table["subset"] == subset) & table["value"].notna()]
    seen = study.pasi.dropna(subset="pasi")
    found = []
    for patient in study.patient_ids:
        at = taken.loc[taken["patient_id"] == patient, "week"]
        on = seen.loc[seen["patient_id"] == patient, "week"]
        options = sorted((abs(visit - sample), visit, sample) for sample in at for visit in on)
        used = set()
        for gap, visit, sample in options:
            if gap <= tolerance and not {("v", visit), ("s", sample)} & used:
                used |= {("v", visit), ("s", sample)}
                found.append((patient, sample, visit))
    return sorted(found)


@pytest.mark.parametrize("seed", range(10))
def test_every_measured_sample_and_visit_is_paired_once_or_listed_as_unpaired(seed):
    study = random_study(seed)
    for number, subset in enumerate(samples(study).subsets):
        found, alone = pairs(study, [subset], 2.0), unpaired(study, [subset], 2.0)
        measured = int((~np.isnan(samples(study).value[:, number])).sum())
        assert not found.duplicated(["patient_id", "immune_week"]).any()
        assert not found.duplicated(["patient_id", "pasi_week"]).any()
        assert len(found) + (alone["kind"] == "sample").sum() == measured
        assert len(found) + (alone["kind"] == "visit").sum() == len(visits(study).week)


@pytest.mark.parametrize("pasi_scale", PASI_SCALES)
@pytest.mark.parametrize("immune_scale", IMMUNE_SCALES)
def test_scaled_pairs_are_the_cells_of_the_matrix(pasi_scale, immune_scale):
    study = random_study(3, patients=8)
    value, pasi = scaled_arrays(study, 2.0, pasi_scale, immune_scale)
    paired = matched(study, 2.0) >= 0
    for number, subset in enumerate(samples(study).subsets):
        table = scaled_pairs(study, [subset], 2.0, pasi_scale, immune_scale)
        np.testing.assert_array_equal(table["value"], value[paired[:, number], number])
        np.testing.assert_array_equal(table["pasi"], pasi[paired[:, number], number])


def test_scaled_pairs_keep_what_was_measured():
    study = make_study({"P1": {0: 20, 4: 5}}, {"x": {"P1": {0: 2, 4: 8}}})
    table = scaled_pairs(study, ["x"], 1.0, "percent_improvement", "fold")
    assert table["value"].tolist() == [1, 4]
    assert table["pasi"].tolist() == [0, 75]
    assert table["raw_value"].tolist() == [2, 8]
    assert table["raw_pasi"].tolist() == [20, 5]


@pytest.mark.parametrize("study", [make_study({"P1": {0: 1}}), make_study({}, {"x": {"P1": {0: 1}}})])
def test_a_study_without_samples_or_visits_has_no_pairs(study):
    names = list(samples(study).subsets)
    assert pairs(study, names).empty
    assert len(unpaired(study, names)) == len(samples(study).week)


def one_patient(size):
    weeks = [week / 10 for week in range(size)]
    return make_study({"P1": dict.fromkeys(weeks, 5.0)}, {"x": {"P1": dict.fromkeys(weeks, 1.0)}})


def test_more_pairs_than_can_be_looked_at_are_a_sentence(monkeypatch):
    monkeypatch.setattr(matching, "MOST", 399)
    with pytest.raises(
        LateError, match=r"400 pairs of a sample and a visit .* at most 399\. Choose a smaller tolerance"
    ):
        matching.candidates(one_patient(20), 26.0)
    assert len(matching.candidates(one_patient(19), 26.0)[0]) == 361


def test_matching_looks_at_the_clock():
    with (
        kept(deadline(1.0, clock=iter((0.0, 2.0)).__next__)),
        pytest.raises(LateError, match="given up after 1 second"),
    ):
        matched(one_patient(21), 26.0)


def test_pairs_of_many_subsets_are_unpacked_a_part_at_a_time():
    """Each subset is measured in one sample less than the one before, and all visits come before: hardly a pair is that
    of two subsets."""
    when = [round(at * 1e-3, 3) for at in range(280)]
    subsets = {f"s{first}": {"P1": dict.fromkeys(when[first:], 1.0)} for first in range(len(when))}
    single = {f"t{at}": {"P2": {at: 1.0}} for at in range(700)}
    study = make_study({"P1": {-1 - week: 5.0 for week in when}}, subsets | single)
    found, pattern = samples(study), visits(study)
    tracemalloc.start()
    partner = matched(study, 4.0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 28e6
    assert [(partner[:, at] >= 0).sum() for at in range(len(when))] == list(range(len(when), 0, -1))
    assert (len(found.week), len(pattern.week)) == (280 + 700, 280)
