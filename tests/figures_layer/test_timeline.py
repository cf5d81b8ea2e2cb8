"""The one figure: what each view draws, on axes of its own, over one axis of weeks."""

import itertools
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from analysis.outcomes import focused
from analysis.query import default
from figures import timelines
from figures.timeline import GAP, PANELS, timeline
from figures_layer.cases import EVERY, STUDIES, bundled, drawn, gallery, only_treatments, two_hundred, unmeasured
from studies import make_study


def figure_of(study, query=None):
    query = query or default(study)
    return timeline(focused(study, query.score), query)


@EVERY
def test_every_trace_of_a_view_is_drawn_once_on_the_axis_of_its_own(name):
    study = STUDIES[name]()
    for query, figures in gallery(name)[:6]:
        figure = figure_of(study, query)
        panels = figure["layout"].get("meta", {}).get("panels", {})
        for view, panel in panels.items():
            alone = figures[view]["data"]
            own = [
                trace for trace in figure["data"] if trace["yaxis"] in panel["axes"] and (alone or trace["x"] != [None])
            ]
            assert len(own) == len(alone)
            for one, other in zip(own, alone, strict=True):
                place = int(other.get("yaxis", "y")[1:] or 1) - 1
                assert one["yaxis"] == panel["axes"][place]
                assert repr(one["x"]) == repr(other["x"])
        # a panel that is only a sentence has a trace for its axis
        assert len(figure["data"]) == sum(len(figures[view]["data"]) or 1 for view in panels)
        go.Figure(figure)


@EVERY
def test_panels_lie_under_each_other_with_gaps_and_one_axis_of_weeks(name):
    for query, _ in gallery(name)[:6]:
        layout = figure_of(STUDIES[name](), query)["layout"]
        if "panels" not in layout.get("meta", {}):
            continue
        domains = [layout[axis.replace("y", "yaxis")]["domain"] for axis, _ in layout["meta"]["stack"]]
        assert domains[0][1] == pytest.approx(1)
        assert domains[-1][0] > 0  # what breaks the axis lies on no lane
        assert all(above[0] - below[1] > 0 for above, below in itertools.pairwise(domains))
        assert [key for key in layout if key.startswith("xaxis")] == ["xaxis"]
        assert (layout["xaxis"]["anchor"], layout["xaxis"]["position"]) == ("free", 0)


def test_what_hangs_on_the_whole_chart_is_there_once_and_what_hangs_on_an_axis_on_its_own():
    study = bundled()
    layout = figure_of(study)["layout"]
    whole = [shape for shape in layout["shapes"] if shape["yref"] == "paper"]
    assert len(whole) == len({str(shape) for shape in whole})
    assert {(shape["y0"], shape["y1"]) for shape in whole} == {(0, 1)}
    names = [note["text"] for note in layout["annotations"]]
    assert names.count("//") == 2
    assert names.count("weeks since first MSC") == 1
    assert [text for text in names if text in ("<b>a</b>", "<b>b</b>", "<b>c</b>")] == [
        "<b>a</b>",
        "<b>b</b>",
        "<b>c</b>",
    ]
    lanes = layout["meta"]["panels"]["swimlanes"]["axes"]
    notches = [shape for shape in drawn(study, default(study))["swimlanes"]["layout"]["shapes"] if "yref" not in shape]
    assert sum(shape.get("yref") in lanes for shape in layout["shapes"]) == len(notches)


def test_texts_of_a_panel_are_placed_on_its_axes():
    panels = figure_of(bundled())["layout"]["meta"]["panels"]
    for panel in panels.values():
        assert {text["yaxis"] for text in panel.get("texts", ()) if "yaxis" in text} <= set(panel["axes"])
    assert panels["swimlanes"]["texts"][0]["yaxis"] == panels["swimlanes"]["axes"][0]


def test_only_the_heights_that_are_given_are_fixed():
    meta = figure_of(bundled())["layout"]["meta"]
    heights = dict(meta["stack"])
    assert heights["y"] is None
    assert set(list(heights.values())[1:4]) == {45, 68}
    assert meta["gap"] == GAP
    assert meta["scroll"]["count"] == len(meta["panels"]["swimlanes"]["lanes"])


def test_a_panel_without_data_is_not_drawn_and_one_without_values_is_a_sentence():
    assert list(figure_of(only_treatments())["layout"]["meta"]["panels"]) == ["pasi", "swimlanes"]
    scored = make_study({"P1": {0: 20, 4: 5}})
    assert list(figure_of(scored)["layout"]["meta"]["panels"]) == ["pasi"]
    layout = figure_of(only_treatments())["layout"]
    (said,) = [note for note in layout["annotations"] if "no PASI" in note["text"]]
    assert said["yref"] == "y domain"


def test_a_study_without_anything_to_draw_says_what_to_add():
    figure = figure_of(make_study({"P1": {0: float("nan")}}))
    assert figure["data"] == []
    assert len(figure["layout"]["annotations"]) == 1


def test_the_views_stand_in_the_order_of_the_page():
    assert list(PANELS) == ["pasi", "immune", "swimlanes"]
    assert list(figure_of(unmeasured())["layout"]["meta"]["panels"]) == list(PANELS)


@pytest.mark.parametrize("change", [{}, {"pasi_scale": "percent_improvement"}, {"lines": "all"}])
def test_an_axis_of_medians_reaches_what_is_drawn_and_says_what_lies_beyond(change):
    table = two_hundred().pasi
    study = replace(two_hundred(), pasi=table.assign(pasi=table["pasi"].where(table.index != 1, 60.0)))
    query = replace(default(study), **change)
    figure, value = drawn(study, query, ["pasi"])["pasi"], timelines.pasi_table(study, query)["value"].dropna()
    low, high = figure["layout"]["yaxis"]["range"]
    own = np.concatenate([[], *(trace["y"] for trace in figure["data"] if trace.get("yaxis", "y") == "y")])
    assert low < np.nanmin(own) < np.nanmax(own) < high
    assert ((value > low) & (value < high)).mean() >= (1 if change.get("lines") else 0.94)
    title = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert ("↑ up to" in title, "↓ down to" in title) == (value.max() > high, value.min() < low)
    assert change.get("lines") or value.max() > high or value.min() < low


def test_a_phone_has_titles_above_their_rows_and_margins_of_what_stands_in_them():
    layout = figure_of(bundled())["layout"]
    narrow, wide = layout["meta"]["narrow"], layout["margin"]
    assert narrow["margin"]["l"] < wide["l"] / 2
    assert narrow["margin"]["r"] < wide["r"]
    for note, own in zip(layout["annotations"], narrow["annotations"], strict=True):
        if "name" not in note:
            assert own == note
        elif note["y"]:
            assert (own["text"], own["yanchor"], "<br>" in own["text"]) == (note["name"], "bottom", False)
        else:
            assert own["yshift"] < -12
            assert -wide["l"] < own["xshift"]
