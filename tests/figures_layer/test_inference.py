"""What stands beside the p of the scatter: whom it is about, what so few could have found, its q, and r within phases."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analysis.correlation.correlation import correlation
from analysis.correlation.points import detectable
from analysis.query import default
from components.views import VIEWS
from figures import inference, matrix
from figures.visuals import formatting, pairs
from figures_layer.cases import bundled, drawn, thirty
from studies import make_study, msc


def lines(study, query):
    """What stands beside the p of the scatter, line by line: all of it in the note."""
    table = pairs.pair_table(study, query)
    told = inference.beside(study, query, table, pairs.correlation(table, query.statistic, query.p_by))
    assert all(formatting.plain(line) in VIEWS["correlation"].note(study, query).text for line in told)
    return told


@pytest.mark.parametrize(
    ("df", "needed", "powered"), [(6, 0.71, 0.85), (9, 0.60, 0.76), (24, 0.39, 0.53), (50, 0.27, 0.38)]
)
def test_what_so_few_could_have_found(df, needed, powered):
    assert tuple(r.round(2) for r in detectable(df)) == (needed, powered)


def test_the_least_r_for_p_below_5_percent_is_where_p_is_5_percent():
    rng = np.random.default_rng(1)
    for df in rng.integers(2, 200, 20).tolist():
        r = detectable(df)[0]
        t = r * np.sqrt(df / (1 - r**2))
        draws = rng.standard_t(df, 200_000)
        assert np.mean(np.abs(draws) >= t) == pytest.approx(0.05, abs=0.003)


def wandering():
    """Visits that resemble their neighbours on both sides."""
    steps = np.random.default_rng(2).normal(0, 1, (2, 5, 15)).cumsum(axis=2)
    score, subset = (
        {f"P{i}": dict(zip(range(0, 60, 4), row + 9, strict=True)) for i, row in enumerate(side)} for side in steps
    )
    return make_study(score, {"x": subset})


@pytest.mark.parametrize("view", ["matrix", "lag_profile"])
@pytest.mark.parametrize("p_by", ["own", "effective_df"])
def test_every_cell_says_what_its_n_could_have_found_at_the_df_of_its_p(view, p_by):
    study = wandering()
    query = replace(default(study), p_by=p_by)
    table = VIEWS[view].numbers(study, query)
    trace = next(one for one in drawn(study, query, [view])[view]["data"] if "customdata" in one)
    told = np.array(trace["customdata"]).reshape(-1, 3)[:, 1:]
    known, cells = table["p"].notna(), table[table["p"].notna()]
    told = told[known if len(told) == len(table) else known[table["estimate"].notna()]]
    t = cells["estimate"] * np.sqrt(cells["p_df"] / (1 - cells["estimate"] ** 2))
    np.testing.assert_allclose(2 * stats.t.sf(np.abs(t), cells["p_df"]), cells["p"])
    assert (cells["p_df"] <= cells["df"]).all()
    assert ((cells["p_df"] < cells["df"]).any()) == (p_by == "effective_df")
    for (needed, powered), df in zip(told, cells["p_df"], strict=True):
        critical = stats.t.ppf(0.975, df)
        assert needed == f"{critical / np.sqrt(df + critical**2):.2f}"
        half = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) / np.sqrt(max(df - 1, 1))
        assert powered == f"{np.tanh(half):.2f}"
    assert (
        "n of this size: |r| ≥ %{customdata[1]} for p < 0.05, %{customdata[2]} for 80 % power" in trace["hovertemplate"]
    )


def test_no_cell_says_it_where_p_is_missing_or_counts_patients():
    study = bundled()
    table = matrix.matrix_table(study, default(study))
    told = drawn(study, default(study), ["matrix"])["matrix"]["data"][0]["customdata"]
    alone = [cell[1] == "–" for row in told for cell in row]
    assert alone == table["p"].isna().tolist()
    assert True in alone
    shown = drawn(study, replace(default(study), statistic="mixed_model"), ["matrix"])["matrix"]["data"][0]
    assert shown["hovertemplate"] == "%{hovertext}<extra></extra>"


def test_visits_are_told_from_patients_and_both_are_judged():
    study = bundled()
    query = default(study)
    over = correlation(pairs.as_pairs(pairs.pair_table(study, query)), "patient_spearman")
    (line,) = (line for line in lines(study, query) if line.startswith("p is about"))
    assert line.startswith("p is about these 3 patients' visits, not patients. Over 3 patients: mean ρ ")
    assert line.endswith(f"p = {over.p:.2g}")
    (own,) = (line for line in lines(study, replace(query, statistic="patient_spearman")) if "is about" in line)
    assert own == "p is about patients like these 3"


def test_what_this_df_could_have_found_stands_beside_the_estimate():
    study = bundled()
    needed, powered = detectable(24)
    assert any(
        f"p < 0.05 from |r| {needed:.2f}, 80 % power at {powered:.2f}" in line for line in lines(study, default(study))
    )
    assert not any("power" in line for line in lines(study, replace(default(study), statistic="mixed_model")))


def test_all_visits_say_what_each_phase_alone_has():
    study, query = bundled(), default(bundled())
    (line,) = (line for line in lines(study, query) if line.startswith("within phases"))
    table = matrix.matrix_table(study, query)
    own = table[(table["subset"] == query.subset) & (table["phase"] != "all")]
    shown = ["n/c" if np.isnan(r) else f"{r:.2f}".replace("-", "−") for r in own["estimate"]]
    assert [part.split()[-1] for part in line.split(", ")] == shown
    assert not any("within phases" in line for line in lines(study, replace(query, phase="after")))


@pytest.mark.parametrize("change", [{}, {"phase": "after"}, {"lag": 4.0}, {"matrix_by": "lag"}, {"p_by": "own"}])
def test_q_on_the_scatter_is_that_of_its_cell_of_the_matrix(change):
    study = thirty()
    query = replace(default(study), **change)
    cell = matrix.cell_of(study, query)
    told = pairs.correlation(pairs.pair_table(study, query), query.statistic, query.p_by)
    np.testing.assert_allclose([cell.p, cell.estimate], [told.p, told.estimate])
    wanted = f"q = {cell.q:.2g} over {cell.family} cells of the matrix"
    assert any(wanted in line for line in lines(study, query)) is not np.isnan(cell.q)


def test_a_lag_that_the_matrix_has_no_column_for_has_no_q():
    study = thirty()
    query = replace(default(study), matrix_by="lag", lag=3.0)
    assert matrix.cell_of(study, query) is None
    assert inference.family(study, query) == ""


def test_two_patients_are_not_judged_as_patients():
    weeks = (0.0, 4.0, 8.0, 12.0, 16.0)
    rows = {
        "A": dict(zip(weeks, (20.0, 9, 7, 8, 3), strict=True)),
        "B": dict(zip(weeks, (15.0, 8, 9, 3, 2), strict=True)),
    }
    study = make_study(
        rows, {"x": {who: {w: 9 - v / 3 for w, v in own.items()} for who, own in rows.items()}}, [*msc("A"), *msc("B")]
    )
    assert any(line.endswith("Over patients: n/c") for line in lines(study, default(study)))


def test_the_note_says_what_p_stands_on():
    study = bundled()
    for by, wanted in (("shift", "circular shifts of the outcome"), ("effective_df", "10.1139/f98-104")):
        assert wanted in VIEWS["correlation"].note(study, replace(default(study), p_by=by)).text
    assert "shared fall after an infusion" in VIEWS["matrix"].note(study, default(study)).text
