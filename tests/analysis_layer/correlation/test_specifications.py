"""The specification curve: which specifications there are, what each stands on, and what they say together."""

from dataclasses import asdict, replace
from itertools import product

import numpy as np
import pytest

from analysis.correlation import specifications as curves
from analysis.correlation.correlation import correlation
from analysis.correlation.pairing import scaled_pairs
from analysis.correlation.specifications import Specification, count, curve, direction, levels, possible
from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import focused
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from data.catalog import open_study
from data.study import Outcome
from studies import make_study, msc, random_study

FIELDS = list(asdict(Specification()))
OTHER = Specification("pooled_spearman", 3.0, 4.0, "z", "percent_improvement", "after")


def of(study, own=None, **options):
    return curves.specifications(study, study.subset_definitions["subset"].iloc[0], own or Specification(), **options)


def rising(better, *, relative=True):
    """Of a made score of any direction."""
    outcome = Outcome("made", "Made score", 0, 100, better=better, relative=relative)
    draw = np.random.default_rng(5)
    values = {who: {week: draw.uniform(5, 90) for week in range(0, 24, 4)} for who in "ABCD"}
    seen = {who: {week: draw.uniform(1, 9) for week in range(0, 24, 4)} for who in "ABCD"}
    study = make_study(
        scores={"made": values}, immune={"x": seen}, treatments=[course for who in "ABCD" for course in msc(who)]
    )
    return focused(replace(study, outcomes=(outcome,)), "made")


@pytest.mark.parametrize("own", [Specification(), OTHER], ids=["usual", "other"])
def test_every_specification_is_there_once_and_how_many_is_known_before(own):
    study = open_study()
    found, table = levels(study, own), of(study, own)
    rows = [tuple(row) for row in table[FIELDS].itertuples(index=False)]
    assert set(rows) == set(product(*found.values()))
    assert len(rows) == len(set(rows)) == count(found) <= curves.MOST
    assert [tuple(row) for row in table.loc[table["own"], FIELDS].itertuples(index=False)] == [
        tuple(asdict(own).values())
    ]


def test_the_usual_curve_has_the_registries_and_the_statistics_that_ignore_repeats_only_where_chosen():
    study = open_study()
    found = levels(study, Specification())
    assert found == possible(study, Specification())
    assert set(STATISTICS) - set(found["statistic"]) == {"pooled_pearson", "pooled_spearman"}
    assert set(found["pasi_scale"]) == set(PASI_SCALES)
    assert count(found) == 6 * 4 * 1 * 2 * 2 * 4
    assert [known[0] for known in levels(study, OTHER).values()] == list(asdict(OTHER).values())


@pytest.mark.parametrize("most", [1, 2, 7, 50, 300])
def test_a_curve_is_cut_to_its_limit_and_keeps_what_is_chosen(most, monkeypatch):
    study = open_study()
    monkeypatch.setattr(curves, "MOST", most)
    assert len(of(study, OTHER)) <= most
    assert of(study, OTHER)["own"].sum() == 1
    monkeypatch.undo()
    monkeypatch.setattr(curves, "MOST_WORK", most * len(study.immune_subsets.drop_duplicates(["patient_id", "week"])))
    assert count(levels(study, OTHER)) <= most


def test_long_series_count_for_more_than_many_patients():
    def cohort(patients, visits):
        ids = [f"P{at}" for at in range(patients)]
        sides = [{who: {week: float(week % 7) for week in range(visits)} for who in ids} for _ in "ab"]
        return make_study(sides[0], {"x": sides[1]})

    short, long = (count(levels(cohort(*size), Specification())) for size in ((500, 12), (2, 3000)))
    assert short == count(possible(cohort(1, 2), Specification()))
    assert long <= curves.MOST_WORK / (6000 * 125)


@pytest.mark.whole
@pytest.mark.parametrize("own", [Specification(), OTHER], ids=["usual", "other"])
@pytest.mark.parametrize("p_by", ["own", "shift", "effective_df"])
def test_each_is_the_statistic_of_its_own_pairs(own, p_by):
    study = random_study(3, patients=14)
    for row in of(study, own, p_by=p_by).iloc[::5].itertuples():
        found = scaled_pairs(study, ["s1"], row.tolerance, row.pasi_scale, row.immune_scale, row.lag)
        found = found if row.phase == "all" else found[found[["phase", "pasi_phase"]].eq(row.phase).all(axis=1)]
        alone = correlation(found, row.statistic, p_by)
        for name in ("estimate", "low", "high", "p", "p_df"):
            assert getattr(row, name) == pytest.approx(getattr(alone, name), abs=1e-9, nan_ok=True), (name, row)
        for name in ("df", "patients", "pairs", "terms", "single", "reason", "note"):
            assert getattr(row, name) == getattr(alone, name), (name, row)


def test_the_sweep_is_the_slice_in_which_only_the_tolerance_varies():
    study = random_study(3, patients=14)
    own = Specification("rank_repeated_measures", 2.0, immune_scale="log2_fold", phase="after")
    rest = [name for name in FIELDS if name != "tolerance"]
    every = of(study, own, p_by="shift")
    same = every[(every[rest] == every.loc[every["own"], rest].iloc[0]).all(axis=1)].sort_values("tolerance")
    sweep = curves.tolerance_sweep(study, "s1", own, p_by="shift")
    assert sweep["tolerance"].tolist() == [0, 1, 2, 4]
    assert sweep.equals(same.reset_index(drop=True))
    odd = curves.tolerance_sweep(study, "s1", replace(own, tolerance=2.5))
    assert odd["tolerance"].tolist() == [0, 1, 2, 2.5, 4]


def test_a_wider_tolerance_never_has_fewer_pairs():
    study = random_study(4, patients=20)
    pairs = curves.tolerance_sweep(study, "s2", Specification())["pairs"].to_numpy()
    assert (np.diff(pairs) >= 0).all()


@pytest.mark.parametrize(("better", "sign"), [("lower", -1.0), ("higher", 1.0)])
def test_one_sign_means_one_thing_whichever_scale_the_outcome_has(better, sign):
    study = rising(better)
    assert direction(study, "absolute", "absolute") == direction(study, *["percent_improvement"] * 2) == 1.0
    assert direction(study, "percent_improvement", "absolute") == sign
    table = of(study).query("estimate.notna() and statistic == 'rank_repeated_measures' and phase == 'all'")
    wide = table.pivot(index=["tolerance", "immune_scale"], columns="pasi_scale")
    for name, of_improvement in (("estimate", sign), ("oriented", 1.0)):
        np.testing.assert_allclose(wide[name]["percent_improvement"], of_improvement * wide[name]["absolute"])
    turned = table[table["oriented"] != table["estimate"]]
    assert (sign < 0) == bool(len(turned))
    np.testing.assert_allclose(turned["oriented_low"], -turned["high"])
    improved = of(study, Specification(pasi_scale="percent_improvement"))
    same = improved.merge(of(study), on=FIELDS, suffixes=("", "_scored"))
    np.testing.assert_allclose(same["oriented"], sign * same["oriented_scored"])
    own = improved[improved["own"]].iloc[0]
    assert (own["oriented"], own["oriented_low"]) == (own["estimate"], own["low"])
    known = table[table["low"].notna()]
    assert (known["oriented_low"] <= known["oriented"]).all()
    assert (known["oriented"] <= known["oriented_high"]).all()


def test_an_outcome_of_which_a_percentage_means_nothing_has_its_own_scale_only():
    study = rising("lower", relative=False)
    assert levels(study, Specification())["pasi_scale"] == ("absolute",)
    assert set(of(study)["pasi_scale"]) == {"absolute"}


def test_one_patient_is_told_by_what_can_be_told_of_them():
    study = make_study(
        {"P": {0: 20, 4: 11, 8: 9, 12: 12, 16: 5}}, {"x": {"P": {0: 1, 4: 4, 8: 3, 12: 2, 16: 6}}}, msc("P")
    )
    table = of(study)
    assert set(table.loc[table["reason"] == "", "statistic"]) <= {
        "repeated_measures",
        "rank_repeated_measures",
        "change_on_change",
        "week_detrended",
    }
    assert curve(table).computed == int((table["reason"] == "").sum()) > 0
    assert (table.loc[table["reason"] != "", ["estimate", "low", "high", "p"]].isna()).all(axis=None)
    assert table["patients"].max() == 1


def test_without_a_pair_every_specification_says_why_and_nothing_is_summed_up():
    study = make_study({"P": {0: 20, 4: 5}}, {"x": {"P": {30: 2, 34: 3}}}, msc("P"))
    table = of(study)
    assert (table["reason"] != "").all()
    told = curve(table)
    assert (told.computed, told.positive, told.negative, told.rising, told.falling) == (0, 0, 0, 0, 0)
    assert np.isnan([told.least, told.median, told.largest]).all()


@pytest.mark.parametrize(
    "kept", [{}, {"patients": ["P1", "P3"]}, {"window": (0.0, 16.0), "clock": "index"}, {"patients": []}]
)
def test_what_is_left_out_is_in_no_specification(kept):
    study = random_study(6, patients=8)
    table = of(study, pair_phase="sample", **kept)
    if "patients" in kept:
        assert table["patients"].max() <= len(kept["patients"])
    for row in table.query(
        "statistic == 'repeated_measures' and pasi_scale == 'absolute' and immune_scale == 'raw'"
    ).itertuples():
        found = scaled_pairs(study, ["s1"], row.tolerance)
        found = found if row.phase == "all" else found[found["phase"] == row.phase]
        found = found[found["patient_id"].isin(kept.get("patients", study.patient_ids))]
        if "window" in kept:
            found = found[found["immune_week"].between(*kept["window"])]
        assert row.pairs == correlation(found).pairs


def test_the_curve_counts_what_the_rows_say():
    table = of(open_study(), p_by="shift")
    told, known = curve(table), [row for row in table.itertuples() if not row.reason]
    ordered = sorted(row.oriented for row in known)
    middle = len(ordered) // 2
    assert told.specifications == len(table)
    assert told.computed == len(known)
    assert (told.positive, told.negative) == (sum(r > 0 for r in ordered), sum(r < 0 for r in ordered))
    sure = [row.oriented for row in known if row.p < 0.05]
    assert (told.rising, told.falling) == (sum(r > 0 for r in sure), sum(r < 0 for r in sure))
    assert (told.least, told.largest) == (ordered[0], ordered[-1])
    assert told.median == pytest.approx((ordered[middle] + ordered[~middle]) / 2)


def test_the_scales_looked_at_are_those_of_the_registry():
    assert set(curves.IMMUNE_SCALES) < set(IMMUNE_SCALES)
