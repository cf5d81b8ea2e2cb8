"""The cards of pairs: what found no partner is shown, every coefficient stands on its n, and a choice changes no other."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.comparisons.single_case import phase_effect
from analysis.correlation.correlation import correlation
from analysis.query import default, only
from components.views import CHARTS, VIEWS
from figures import influence, matrix, one_patient
from figures.visuals import pairs, unpaired
from figures_layer.cases import bundled, drawn, marks, no_immune, thirty, two_hundred
from studies import make_study, msc


def lonely():
    """A sample of week 20 without a visit, a visit of week 8 without a sample."""
    return make_study(
        {"P1": {0: 20.0, 4: 10, 8: 12, 12: 5}, "P2": {0: 18.0, 4: 9, 12: 4}},
        {"treg": {"P1": {0: 2.0, 4: 4, 12: 5, 20: 6}, "P2": {0: 1.0, 4: 3, 12: 4}}},
        [*msc("P1"), *msc("P2")],
    )


def test_unpaired_samples_and_visits_stand_in_the_gutters_with_their_reason():
    study = lonely()
    figure = drawn(study, default(study), ["correlation"])["correlation"]
    alone = {trace["meta"]["alone"]: trace for trace in figure["data"] if "alone" in (trace.get("meta") or {})}
    ((who, week, x, y, row, _),) = marks(alone["visit"])
    within = unpaired.extent(pairs.pair_table(study, default(study)), pairs.lone_table(study, default(study)))
    assert (who, week, y) == ("P1", 8, 12)
    assert within.x[0] < x < within.visits_until
    assert row[-1] == "no sample within 1 week"
    ((who, week, x, y, row, _),) = marks(alone["sample"])
    assert (who, week, x) == ("P1", 20, 6)
    assert within.y[0] < y < within.samples_until


def test_the_audit_has_every_sample_and_every_visit_once():
    study = lonely()
    table = VIEWS["correlation"].numbers(study, default(study))
    assert table["kind"].value_counts().to_dict() == {"pair": 6, "visit": 1, "sample": 1}
    assert table["immune_week"].notna().sum() == 7
    assert table["pasi_week"].notna().sum() == 7
    assert (table["reason"] != "").sum() == 2


@pytest.mark.parametrize("statistic", ["repeated_measures", "change_on_change", "pooled_spearman", "patient_spearman"])
def test_the_scatter_prints_the_statistic_that_is_chosen(statistic):
    study = bundled()
    query = replace(default(study), statistic=statistic)
    text = VIEWS["correlation"].note(study, query).text
    found = correlation(pairs.as_pairs(pairs.pair_table(study, query)), statistic)
    assert f"= {found.estimate:.2f}".replace("-", "−") in text
    assert f"df {found.df}" in text
    assert pairs.STATISTICS[statistic].caveat in text


def test_sorting_the_matrix_changes_no_q_and_no_family():
    study = thirty()
    plain = matrix.matrix_table(study, default(study)).set_index(["subset", "phase"])
    ordered = matrix.matrix_table(study, replace(default(study), matrix_sort="estimate"))
    every = ordered[ordered["phase"] == "all"]["estimate"].to_numpy()
    assert (np.diff(every) <= 0).all()
    same = ordered.set_index(["subset", "phase"]).loc[plain.index]
    np.testing.assert_array_equal(same["q"], plain["q"])
    assert (
        f"all {plain['family'].iloc[0]} cells of this matrix that have a p"
        in VIEWS["matrix"].note(study, default(study)).text
    )


@pytest.mark.parametrize(("by", "choices"), [("lag", {"lag": -8.0}), ("group", {"groups": ["A"]}), ("phase", {})])
def test_a_column_of_the_matrix_says_what_the_scatter_shall_show(by, choices):
    study = thirty()
    layout = drawn(study, replace(default(study), matrix_by=by), ["matrix"])["matrix"]["layout"]
    columns = layout["meta"]["cells"]["columns"]
    assert len(columns) == len(layout["xaxis"]["ticktext"])
    assert not choices or columns[0] == choices


def test_every_lag_says_what_it_stands_on_and_which_choice_it_is():
    study = bundled()
    query = default(study)
    figure = drawn(study, query, ["lag_profile"])["lag_profile"]
    table = VIEWS["lag_profile"].numbers(study, query)
    assert [choice["query"]["lag"] for choice in figure["layout"]["meta"]["choices"]] == table["lag_weeks"].tolist()
    texts = {note["text"] for note in figure["layout"]["annotations"]}
    assert {f"{row.patients}<br>{row.pairs}<br>{row.df}" for row in table.itertuples()} <= texts
    assert "A lead is not a cause" in VIEWS["lag_profile"].note(study, query).text


def test_a_panel_holds_the_pairs_of_its_subset_in_order():
    study = bundled()
    query = replace(default(study), subsets=("treg", "cd4_skin_homing", "cd8_skin_homing"))
    figure = drawn(study, query, ["multiples"])["multiples"]
    for at, subset in enumerate(query.subsets):
        left = (at % 2) * 1.14
        own = [
            mark
            for trace in figure["data"]
            if "customdata" in trace and trace.get("yaxis", "y") == ("y2" if at == 2 else "y")
            for mark in marks(trace)
            if left <= mark[2] <= left + 1
        ]
        table = pairs.subset_pairs(study, query, subset)
        assert {(who, week) for who, week, *_ in own} == set(zip(table["patient_id"], table["week"], strict=True))
        order = np.argsort([mark[2] for mark in own], kind="stable")
        assert (np.diff([own[i][4][5] for i in order]) >= 0).all()


def test_a_path_goes_from_visit_to_visit_with_the_weeks_of_the_clock():
    study = bundled()
    query = replace(default(study), clock="restart")
    figure = drawn(study, query, ["phase_plane"])["phase_plane"]
    for trace in figure["data"]:
        if "customdata" in trace:
            weeks = [row[9] for row in trace["customdata"]]
            assert weeks == sorted(weeks)
            told = [(text, f"{week:.3g}".replace("-", "−")) for text, week in zip(trace["text"], weeks, strict=True)]
            assert all(text == week for text, week in told if text != " ")
            assert sum(text != " " for text in trace["text"]) >= 2
            assert "lines" in trace["mode"]


@pytest.mark.parametrize("view", ["correlation", "phase_plane"])
def test_the_key_of_phases_says_whose_marks_have_shapes(view):
    few, many = bundled(), two_hundred()
    own = drawn(few, default(few), [view])[view]["layout"]["annotations"][0]["text"].replace("\u00a0", " ")
    assert own.endswith("■ before MSC   ● after MSC   ◆ after restart")
    dots = drawn(many, default(many), [view])[view]["layout"]["annotations"][0]["text"].replace("\u00a0", " ")
    assert any(line.startswith("highlighted:   ■ before") for line in dots.split("<br>"))


def test_a_week_stands_on_a_side_of_its_mark_where_nothing_is_drawn():
    scores, samples = {0: 20, 1: 10, 2: 15, 3: 5}, {0: 1, 1: 5, 2: 9, 3: 13}
    study = make_study({"P1": scores}, {"s": {"P1": samples}})
    (path,) = [
        trace
        for trace in drawn(study, replace(default(study), subset="s"), ["phase_plane"])["phase_plane"]["data"]
        if "customdata" in trace
    ]
    # below the lower turn of the line, and above the upper one; in a corner of the plot that the line fills, nowhere
    assert path["text"] == [" ", "1", "2", " "]
    assert path["textposition"][1:3] == ["bottom right", "top right"]


@pytest.mark.parametrize("by", ["patient", "subset"])
def test_the_heatmap_is_blank_where_nothing_was_measured_and_its_middle_is_the_baseline(by):
    study = lonely()
    query = replace(default(study), heat_by=by, immune_scale="fold")
    (heat,) = drawn(study, query, ["heatmap"])["heatmap"]["data"]
    grid = np.array(heat["z"], float)
    if by == "patient":
        np.testing.assert_allclose(grid, [[1.0, 2.0, 2.5, 3.0]])
    else:
        np.testing.assert_allclose(grid, [[1.0, 2.0, 2.5, 3.0], [1.0, 3.0, 4.0, np.nan]])
    assert (heat["zmin"] + heat["zmax"]) / 2 == pytest.approx(1.0)
    assert np.ravel(heat["hovertext"])[np.isnan(grid.ravel())].tolist() == ["not measured"] * int(np.isnan(grid).sum())


def test_one_patient_compares_phases_with_pasi_falling_and_says_so():
    study = bundled()
    query = default(study)
    table = VIEWS["one_patient"].numbers(study, query)
    row = table[(table["patient_id"] == "P1") & (table["first"] == "after")].iloc[0]
    assert row["better"] == "fall"
    own = study.pasi[study.pasi["patient_id"] == "P1"]
    after = own[(own["week"] > 0) & (own["week"] <= 9)]["pasi"].to_numpy(float)
    later = own[own["week"] > 9]["pasi"].to_numpy(float)
    assert row["tau_u"] == pytest.approx(phase_effect(after, later, "fall").tau_u)
    note = one_patient.wording(study, query).text
    assert all(words in note for words in ("is a fall", "may exceed ±1", "No p is given"))
    assert one_patient.better(study, replace(query, better="rise")) == "fall"
    assert one_patient.better(study, replace(query, outcome="treg", better="rise")) == "rise"


def test_influence_names_the_patient_whose_removal_flips_the_sign():
    rising = {week: float(week + 1) for week in (0, 4, 8, 12)}
    study = make_study(
        {"P1": {0: 40.0, 4: 30, 8: 20, 12: 10}, "P2": {0: 1.0, 4: 2, 8: 3, 12: 4.5}, "P3": {0: 2.0, 4: 3, 8: 4, 12: 5}},
        {"treg": dict.fromkeys(("P1", "P2", "P3"), rising)},
    )
    query = default(study)
    table = influence.left_out(study, query)
    assert table[table["flips"]]["patient_id"].tolist() == ["P1"]
    assert "The sign flips without P1." in VIEWS["influence"].caption(study, query)
    figure = drawn(study, query, ["influence"])["influence"]
    (own,) = [trace for trace in figure["data"] if "customdata" in trace]
    symbols = {row[0]: symbol for row, symbol in zip(own["customdata"], own["marker"]["symbol"], strict=True)}
    assert symbols == {"P1": "diamond", "P2": "circle", "P3": "circle"}


@pytest.mark.parametrize("name", ["matrix", "lag_profile", "influence"])
def test_the_mixed_model_is_drawn_wherever_the_others_are(name):
    study = two_hundred()
    query = replace(default(study), statistic="mixed_model")
    drawn_figure, other = (CHARTS[name].draw(study, one) for one in (query, default(study)))
    assert len(drawn_figure["data"]) == len(other["data"]) > 0


def test_influence_is_refused_in_words_where_it_would_take_too_long(monkeypatch):
    monkeypatch.setattr("analysis.correlation.influence.MOST_ROWS", 1)
    study = two_hundred()
    figure = CHARTS["influence"].draw(study, replace(default(study), statistic="pooled_spearman"))
    assert not figure["data"]
    assert "Choose another" in figure["layout"]["annotations"][0]["text"]


def test_a_low_count_is_crossed_in_the_colour_of_its_patient():
    study = bundled()
    query = replace(default(study), subsets=("cd8_skin_recirculating",))
    figure = drawn(study, query, ["immune"])["immune"]
    table = study.immune_subsets
    low = table[(table["subset"] == "cd8_skin_recirculating") & (table["count"] < 100)]
    crosses = [mark for trace in figure["data"] if "count" in (trace.get("meta") or {}) for mark in marks(trace)]
    assert {mark[:2] for mark in crosses} == set(zip(low["patient_id"], low["week"], strict=True))


def test_what_the_checks_find_is_said_under_the_immune_card():
    study = lonely()
    note = VIEWS["immune"].note(study, default(study)).text
    assert "⚠ 1 of 7 samples without a visit. Widen the weeks between blood and visit" in note
    assert "⚠" not in VIEWS["immune"].note(no_immune(), default(no_immune())).text


def test_a_key_of_some_fields_forgets_the_others():
    query = replace(default(bundled()), theme="dark", phase="after")
    assert only(query, ("phase",)) == only(replace(query, theme="light", subset="treg"), ("phase",))
    assert only(query, ("phase",)).phase == "after"


def test_what_leaves_the_phase_at_a_lag_is_left_out_counted_and_a_choice():
    visits = {"P": {-8: 25.0, -4: 22.0, 0: 20.0, 4: 15.0, 9: 14.0, 12: 1.0}}
    samples = {"treg": {"P": {-16: 0.0, -12: 2.0, -8: 1.0, 0: 2.0, 4: 3.0, 9: 4.0}}}
    study = make_study(visits, samples, [*msc("P"), ("P", "ada", "biologic", 9, None)])
    query = replace(default(study), lag=8.0, phase="before")
    loose = replace(query, pair_phase="sample")
    assert pairs.pair_table(study, query)["week"].tolist() == [-16, -12, -8]
    assert pairs.pair_table(study, loose)["week"].tolist() == [-16, -12, -8, 0]
    assert "1 pair left out: visit in another phase" in VIEWS["correlation"].caption(study, query)
    assert "left out" not in VIEWS["correlation"].caption(study, loose)
    hover = str(drawn(study, query, ["lag_profile", "matrix"]))
    assert hover.count("1 pair left out: visit in another phase") >= 2
    nothing = replace(query, phase="after")
    said = drawn(study, nothing, ["correlation"])["correlation"]["layout"]["annotations"][0]["text"]
    assert "left out: visit in another phase" in said


@pytest.mark.parametrize("view", ["lag_profile", "tolerance"])
def test_the_axis_of_a_profile_has_the_symbol_with_its_index_and_names_as_they_are_written(view):
    study = make_study({"P1": {0: 20, 4: 9, 8: 5, 12: 7}}, {"a<b>": {"P1": {0: 1, 4: 5, 8: 6, 12: 8}}}, msc("P1"))
    title = drawn(study, default(study), [view])[view]["layout"]["yaxis"]["title"]["text"]
    assert title == "r(rm), PASI and a&lt;b&gt;"
