"""The tolerance sweep and the specification curve: every estimate is the scatter's, and the words are those of the rows."""

from dataclasses import fields, replace

import numpy as np
import pytest
from dash._utils import to_json

from analysis.correlation import specifications as analysis
from analysis.correlation.correlation import Correlation
from analysis.query import default, read
from components.views import VIEWS
from figures import tolerance_sweep
from figures.visuals import pairs, specification_table
from figures_layer.cases import bundled, drawn, one_patient, thirty
from studies import make_study, msc, random_study

TOLD = [field.name for field in fields(Correlation) if field.name != "statistic"]
CHANGES = {
    "usual": {},
    "other": {
        "statistic": "pooled_spearman", "tolerance": 3.0, "lag": 4.0, "immune_scale": "z", "phase": "after",
        "pasi_scale": "percent_improvement", "p_by": "effective_df", "pair_phase": "sample",
    },
    "narrowed": {"from_week": 0.0, "to_week": 60.0, "p_by": "own"},
}  # fmt: skip


def curve(study, query):
    return drawn(study, query, ["specifications"])["specifications"]


def estimates(figure):
    """Traces of estimates: shape -> (places, estimates)."""
    found = [trace for trace in figure["data"] if trace.get("hovertemplate")]
    return {trace["marker"]["symbol"]: (np.array(trace["x"]), np.array(trace["y"])) for trace in found}


@pytest.mark.whole
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("make", [bundled, lambda: random_study(8, patients=9)], ids=["bundled", "random"])
def test_every_specification_is_what_the_scatter_says_for_its_choices(make, change):
    study = make()
    query = replace(default(study), **CHANGES[change])
    table = specification_table.curve_table(study, query)
    assert len(table) == analysis.count(analysis.levels(study, specification_table.chosen(query)))
    for row in table.iloc[:: 3 if change == "usual" else 7].itertuples():
        there = replace(query, **{field: getattr(row, field) for field in specification_table.CHOICES})
        told = pairs.correlation(pairs.pair_table(study, there), there.statistic, there.p_by)
        for name in TOLD:
            wanted, found = getattr(told, name), getattr(row, name)
            assert found == wanted or found == pytest.approx(wanted, abs=1e-9, nan_ok=True), (name, row)


def test_estimates_rise_and_those_with_p_below_5_percent_are_told_by_colour_and_shape():
    study = thirty()
    query = replace(default(study), p_by="own")
    shown, found = specification_table.sorted_table(study, query), estimates(curve(study, query))
    assert (np.diff(shown["oriented"]) >= 0).all()
    sure = shown["p"] < 0.05
    wanted = {
        "circle": ~sure,
        "triangle-down": sure & (shown["oriented"] < 0),
        "triangle-up": sure & (shown["oriented"] > 0),
    }
    assert found.keys() == {shape for shape, rows in wanted.items() if rows.any()}
    assert len(found) > 1
    for shape, (at, estimate) in found.items():
        assert at.tolist() == (np.flatnonzero(wanted[shape]) + 1).tolist()
        np.testing.assert_allclose(estimate, shown["oriented"][wanted[shape]], rtol=1e-6)
    colors = [trace["marker"]["color"] for trace in curve(study, query)["data"] if trace.get("hovertemplate")]
    assert len(set(colors)) == len(colors)


def test_the_rows_below_tell_the_choices_of_each():
    study = bundled()
    query = default(study)
    figure, shown = curve(study, query), specification_table.sorted_table(study, query)
    (matrix,) = (trace for trace in figure["data"] if trace["type"] == "heatmap")
    names, made = figure["layout"]["yaxis2"]["ticktext"], np.array(matrix["z"]) > 0
    assert made.shape == (len(names), len(shown))
    assert made.sum(axis=0).tolist() == [5] * len(shown)
    assert made[names.index("within 2 wk")].tolist() == (shown["tolerance"] == 2).tolist()
    assert made[names.index("PASI % improvement")].tolist() == (shown["pasi_scale"] == "percent_improvement").tolist()
    assert made[names.index("after restart")].tolist() == (shown["phase"] == "restart").tolist()
    assert not any("lag" in name for name in names)


@pytest.mark.parametrize("change", CHANGES)
def test_a_click_on_a_specification_sets_its_choices(change):
    study = bundled()
    query = replace(default(study), **CHANGES[change])
    choices, shown = curve(study, query)["layout"]["meta"]["choices"], specification_table.sorted_table(study, query)
    assert [choice["x"] for choice in choices] == list(range(1, len(shown) + 1))
    assert [choice["p"] for choice in choices] == shown["p"].notna().tolist()  # the browser counts those looked at
    for choice, row in zip(choices, shown.itertuples(), strict=True):
        there = replace(query, **choice["query"])
        assert [getattr(there, name) for name in specification_table.CHOICES] == [
            getattr(row, name) for name in specification_table.CHOICES
        ]
        assert read(study, choice["query"])[1] == []
        assert (there == query) == row.own
        assert choice["query"]


def test_the_page_own_choice_is_marked_with_its_estimate():
    study = bundled()
    query = replace(default(study), pasi_scale="percent_improvement")
    (own,) = (trace for trace in curve(study, query)["data"] if "diamond" in str(trace.get("marker", {}).get("symbol")))
    told = pairs.correlation(pairs.pair_table(study, query), query.statistic)
    assert own["y"].tolist() == [pytest.approx(told.estimate)]
    refused = replace(query, phase="before")
    assert (
        "The one chosen on this page is not computed: too few pairs"
        in VIEWS["specifications"].note(study, refused).text
    )
    assert not any("diamond" in str(trace.get("marker", {}).get("symbol")) for trace in curve(study, refused)["data"])


def test_the_card_says_the_curve_in_words_and_claims_no_joint_p():
    study = bundled()
    shown = specification_table.sorted_table(study, default(study))
    sure = shown[shown["p"] < 0.05]["oriented"]
    ends = [f"{value:.2f}".replace("-", "−") for value in shown["oriented"].quantile([0, 1, 0.5])]
    wanted = (
        f"Of {len(shown)} computable specifications, {(shown['oriented'] > 0).sum()} are positive and {len(sure)} have "
        f"p < 0.05 ({(sure > 0).sum()} positive, {(sure < 0).sum()} negative); estimates {ends[0]} to {ends[1]}, median {ends[2]}; "
        f"each on {shown['patients'].min()}–{shown['patients'].max()} patients and {shown['pairs'].min()}–{shown['pairs'].max()} pairs."
    )
    note = VIEWS["specifications"].note(study, default(study)).text
    assert note.startswith(wanted)
    for words in (
        "not independent evidence",
        "no p is claimed",
        "PASI (% improvement) are turned",
        "p by circular shift",
        "β_w is a slope",
        "cut there",
        "so is any lag",
    ):
        assert words in note
    assert "Left out, to keep" not in note
    assert (
        "Left out, to keep the work small: linear mixed model."
        in VIEWS["specifications"].note(study, replace(default(study), lag=4.0)).text
    )


def test_a_tooltip_tells_the_scatters_own_coefficient_and_where_it_is_drawn():
    study = bundled()
    figure, shown = curve(study, default(study)), specification_table.sorted_table(study, default(study))
    rows = {
        at: row
        for trace in figure["data"]
        if trace.get("hovertemplate")
        for at, row in zip(trace["x"], trace["customdata"], strict=True)
    }
    for at, row in enumerate(shown.itertuples(), 1):
        estimate, drawn_at = (f"{value:.2f}".replace("-", "−") for value in (row.estimate, row.oriented))
        assert rows[at][4].startswith(f"{estimate}, ")
        assert rows[at][4].endswith(f"; drawn at {drawn_at}") == (row.pasi_scale == "percent_improvement")
        assert f"{row.patients} patient" in rows[at][5]


def test_the_sweep_fills_the_tolerance_chosen_and_prints_what_each_stands_on():
    study = bundled()
    query = replace(default(study), tolerance=2.5)
    figure, table = drawn(study, query, ["tolerance"])["tolerance"], tolerance_sweep.sweep_table(study, query)
    layout = figure["layout"]
    assert layout["xaxis"]["ticktext"] == ["0", "1", "2", "2.5", "4"]
    assert [one["query"]["tolerance"] for one in layout["meta"]["choices"]] == table["tolerance"].tolist()
    texts = {note["text"] for note in layout["annotations"]}
    assert {f"{row.patients}<br>{row.pairs}<br>{row.df}" for row in table.itertuples()} <= texts
    (trace,) = (trace for trace in figure["data"] if "error_y" in trace)
    assert [size == 10 for size in trace["marker"]["size"]] == (table["tolerance"] == 2.5).tolist()
    np.testing.assert_allclose(trace["y"], table["estimate"])
    np.testing.assert_allclose(np.array(trace["y"]) + trace["error_y"]["array"], table["high"])
    for row in table.itertuples():
        there = replace(query, tolerance=row.tolerance)
        told = pairs.correlation(pairs.pair_table(study, there), query.statistic, query.p_by)
        assert (row.estimate, row.p, row.pairs) == pytest.approx((told.estimate, told.p, told.pairs))


@pytest.mark.parametrize("view", ["tolerance", "specifications"])
def test_what_cannot_be_computed_is_a_sentence(view):
    study = one_patient()
    figure = drawn(study, default(study), [view])[view]
    assert figure["data"] == []
    assert "remove a chip" in figure["layout"]["annotations"][0]["text"]
    without = replace(default(study), subset="")
    assert VIEWS[view].caption(study, without) == "no pairs"
    assert "Choose a subset" in drawn(study, without, [view])[view]["layout"]["annotations"][0]["text"]


def test_a_single_specification_is_drawn_with_all_its_choices(monkeypatch):
    monkeypatch.setattr(analysis, "MOST", 1)
    study = make_study(
        {"P": {0: 20, 4: 11, 8: 9, 12: 12, 16: 5}}, {"x": {"P": {0: 1, 4: 4, 8: 3, 12: 2, 16: 6}}}, msc("P")
    )
    figure = curve(study, default(study))
    assert len(figure["layout"]["yaxis2"]["ticktext"]) == len(specification_table.CHOICES)
    assert len(figure["layout"]["meta"]["choices"]) == 1


def test_the_longest_curve_is_small():
    study = thirty()
    query = replace(default(study), lag=4.0, p_by="own")
    assert len(specification_table.curve_table(study, query)) > 500
    assert len(to_json(VIEWS["specifications"].draw(study, query))) < 250_000
