"""The matrix over phases, lags and groups, and its one family of tests."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.correlation.correlation import correlation
from analysis.correlation.lag import LEAD, lag_profile
from analysis.correlation.matrix import Column, Pairing, adjusted, by_group, by_lag, by_phase, grid
from analysis.correlation.pairing import audit, pairs, scaled_pairs, unpaired
from analysis.correlation.statistics import STATISTICS
from analysis.phases import anchors
from studies import make_study, msc, random_study

NAN = float("nan")
LAGS = (-4.0, 0.0, 2.5)


def together(study, columns, statistic="repeated_measures", how=Pairing(4.0), **options):  # noqa: B008 - frozen
    return grid(study, columns, how, statistic, **options)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_cell_at_a_lag_is_the_statistic_of_its_pairs(statistic):
    study = random_study(3, patients=14)
    cells = together(study, [*by_lag(LAGS), *by_phase()], statistic)
    for cell in cells.itertuples():
        found = scaled_pairs(study, [cell.subset], 4.0, lag=cell.lag_weeks)
        found = found if cell.phase == "all" else found[found[["phase", "pasi_phase"]].eq(cell.phase).all(axis=1)]
        alone = correlation(found, statistic)
        assert cell.estimate == pytest.approx(alone.estimate, abs=1e-9, nan_ok=True)
        assert (cell.df, cell.pairs, cell.terms, cell.reason) == (alone.df, alone.pairs, alone.terms, alone.reason)


def test_a_column_of_a_group_is_that_of_its_patients():
    study = make_study(
        {patient: {0: 9, 4: 7, 8: 3, 12: at} for at, patient in enumerate("PQRS")},
        {"x": {patient: {0: 1, 4: 3, 8: 5, 12: 6 - at} for at, patient in enumerate("PQRS")}},
        groups={"P": "low", "Q": "low", "R": "high", "S": "high"},
    )
    cells = together(study, by_group(study)).set_index("group")
    assert set(cells.index) == {"low", "high"}
    assert cells.loc["low", "patients"] == 2
    alone = together(study, [Column()], patients=["P", "Q"]).iloc[0]
    assert cells.loc["low", "estimate"] == alone["estimate"]


def test_q_is_benjamini_and_hochberg_over_every_computed_cell_whichever_are_shown():
    study = random_study(7, patients=20)
    cells = together(study, by_phase())
    computed = cells["p"].notna()
    assert (cells["family"] == computed.sum()).all()
    np.testing.assert_allclose(cells.loc[computed, "q"], stats.false_discovery_control(cells.loc[computed, "p"]))
    assert cells.loc[~computed, "q"].isna().all()
    some = together(study, by_phase(), subsets=["s2"])
    assert some.drop(columns="subset").equals(
        cells[cells["subset"] == "s2"].drop(columns="subset").reset_index(drop=True)
    )


def test_q_by_hand():
    np.testing.assert_allclose(adjusted(np.array([0.01, NAN, 0.04, 0.03])), [0.03, NAN, 0.04, 0.04])
    assert np.isnan(adjusted(np.array([NAN]))).all()


def test_a_missing_coefficient_is_missing_and_never_0():
    study = make_study({"P": {0: 9, 4: 7}}, {"x": {"P": {0: 1, 4: 3}}})
    for statistic in STATISTICS:
        cell = together(study, [Column()], statistic).iloc[0]
        assert cell[["estimate", "low", "high", "p", "q"]].isna().all()
        assert cell["reason"]


def test_at_a_lag_the_sample_meets_the_pasi_of_so_many_weeks_later():
    study = make_study({"P": {0: 20, 4: 5, 8: 9}}, {"x": {"P": {0: 1, 4.5: 2}}})
    found = pairs(study, ["x"], 1.0, lag=4)
    assert found[["immune_week", "pasi_week", "gap_weeks"]].to_numpy().tolist() == [[0, 4, 0], [4.5, 8, -0.5]]
    assert pairs(study, ["x"], 1.0, lag=-4)["pasi_week"].tolist() == [0]
    alone = unpaired(study, ["x"], 1.0, lag=-4)["reason"]
    assert alone[0].tolist() if hasattr(alone[0], "tolist") else alone[0]
    assert "no visit within 1 week of 4 weeks earlier" in alone.tolist()
    assert "no sample within 1 week of 4 weeks later" in alone.tolist()


@pytest.mark.parametrize("lag", LAGS)
def test_the_audit_has_every_sample_and_every_visit_once(lag):
    study = random_study(9, patients=10)
    table = audit(study, ["s2", "s1"], 2.0, lag)
    assert table["subset"].astype(str).drop_duplicates().tolist() == ["s2", "s1"]
    values = study.immune_subsets.query("subset == 's1'")["value"]
    mine = table[table["subset"] == "s1"]
    assert (mine["kind"] != "visit").sum() == values.notna().sum()
    assert (mine["kind"] != "sample").sum() == study.pasi["pasi"].notna().sum()
    paired = mine["kind"] == "pair"
    assert (mine.loc[paired, "gap_weeks"].abs() <= 2 + 1e-9).all()
    assert ((mine["reason"] == "") == paired).all()


def test_a_lag_profile_has_its_audit_beside_it():
    study = random_study(5, patients=12)
    profile = lag_profile(study, "s1", LAGS, Pairing(2.0), window=(0.0, 20.0), clock="study")
    assert profile["lag_weeks"].tolist() == list(LAGS)
    for row in profile.itertuples():
        table = audit(study, ["s1"], 2.0, row.lag_weeks)
        week = table["immune_week"].fillna(table["pasi_week"])
        inside = table[week.between(0, 20)]
        assert [row.paired, row.samples_alone, row.visits_alone] == [
            (inside["kind"] == kind).sum() for kind in ("pair", "sample", "visit")
        ]
        assert row.pairs + row.single == row.paired
        assert not row.largest_gap > 2 + 1e-9
    assert "not a cause" in LEAD


def before_and_after():
    """MSC at week 0, adalimumab from week 9; samples before, in and at the end of the phase after MSC."""
    visits = {"P": {-4: 22, 0: 20, 4: 15, 9: 14, 12: 1}}
    return make_study(visits, {"x": {"P": {-8: 1, 0: 2, 4: 3, 9: 4}}}, [*msc("P"), ("P", "ada", "biologic", 9, None)])


@pytest.mark.parametrize(
    ("phase", "both", "crossed", "sample"),
    [("before", 1, 1, 2), ("after", 0, 1, 1), ("restart", 0, 0, 0), ("all", 3, 0, 3)],
)
def test_a_lagged_pair_counts_in_a_phase_if_both_halves_lie_there(phase, both, crossed, sample):
    """At 8 weeks: −8 with the PASI of week 0, 0 with that of 9, and 4 with that of 12, three weeks after adalimumab."""
    study, column = before_and_after(), [Column(phase, 8.0)]
    strict = grid(study, column, Pairing(1.0)).iloc[0]
    loose = grid(study, column, Pairing(1.0, pair_phase="sample")).iloc[0]
    assert strict["pairs"] + strict["single"] == both
    assert strict["other_phase"] == crossed
    assert (loose["pairs"] + loose["single"], loose["other_phase"]) == (sample, 0)


@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("seed", range(6))
def test_what_counts_in_a_phase_is_told_from_the_weeks_of_both_halves(seed, lag):
    """Beside the phase of each half, told anew from the weeks at which the patients' treatments start."""
    study = random_study(seed, patients=12)
    starts = anchors(study).set_index(study.patients["patient_id"].astype(str))

    def phase(patient, week):
        index, restart = starts.loc[patient, ["index_week", "restart_week"]]
        if np.isnan(index):
            return ""
        return "restart" if week > restart + 1e-6 else "after" if week > index + 1e-6 else "before"

    cells = together(study, [Column(key, lag) for key in ("before", "after", "restart")])
    for cell in cells.itertuples():
        found = pairs(study, [cell.subset], 4.0, lag).dropna(subset=["value", "pasi"])
        own = [
            (phase(row.patient_id, row.immune_week), phase(row.patient_id, row.pasi_week)) for row in found.itertuples()
        ]
        assert cell.other_phase == sum(one == cell.phase != other for one, other in own)
        counts = pd.Series(
            [str(patient) for patient, both in zip(found["patient_id"], own, strict=True) if set(both) == {cell.phase}]
        )
        size = counts.value_counts()
        assert (cell.pairs, cell.single) == (size[size > 1].sum(), (size == 1).sum())
        profile = lag_profile(study, str(cell.subset), [lag], Pairing(4.0), phase=cell.phase).iloc[0]
        assert (profile["paired"], profile["other_phase"]) == (size.sum(), cell.other_phase)
