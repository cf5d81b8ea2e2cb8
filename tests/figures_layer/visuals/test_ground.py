"""What the page draws of a figure itself: plotly keeps every value, nothing of a look is lost, and what the pens do not
know is left to plotly."""

import numpy as np
import pytest

from analysis.query import default
from figures.visuals.ground import SYMBOLS, grounded
from figures_layer.cases import bundled, drawn, thirty

LINE = {
    "type": "scatter", "mode": "lines+markers", "x": np.array([0.0, 1.0]), "y": np.array([2.0, np.nan]),
    "line": {"color": "#123456", "width": 1}, "marker": {"size": 4, "symbol": ["star", "circle"]}, "name": "P1",
    "customdata": [["P1", 0.0], ["P1", 1.0]], "meta": {"crowd": True},
}  # fmt: skip
BAR = {"type": "bar", "x": [1], "y": [1]}


def looks(traces):
    """Each trace of the page as the figure had it."""
    whole = []
    for trace in traces:
        meta = dict(trace.get("meta", {}))
        look = meta.pop("look", {})
        whole.append({**trace, **look, "meta": meta})
    return whole


def modes(*traces):
    return [trace.get("mode") for trace in grounded({"data": [*traces], "layout": {}})["data"]]


@pytest.mark.parametrize("study", [bundled, thirty], ids=["bundled", "thirty"])
def test_every_trace_keeps_its_values_and_all_of_its_look(study):
    kept = study()
    figures = drawn(kept, default(kept), ["pasi", "immune", "correlation", "swimlanes", "group_course"])
    for name, figure in figures.items():
        given = [{**trace, "meta": dict(trace.get("meta", {}))} for trace in figure["data"]]
        found = grounded(figure)["data"]
        np.testing.assert_equal(looks(found), given)
        ours = [trace["mode"] == "none" for trace in found if trace["type"] == "scatter"]
        assert any(ours) == (name != "swimlanes"), name


def test_what_lies_on_an_axis_with_anything_that_plotly_draws_is_left_to_plotly():
    assert modes(LINE) == ["none"]
    assert modes(LINE, BAR) == ["lines+markers", None]
    assert modes(LINE, {**BAR, "yaxis": "y2"}) == ["none", None]
    assert modes(LINE, {**LINE, "xaxis": "x2"}) == ["lines+markers"] * 2


@pytest.mark.parametrize(
    "look",
    [
        {"mode": "lines+markers+text"}, {"line": {"shape": "hv"}}, {"marker": {"symbol": "star-open"}},
        {"marker": {"opacity": 0.5}}, {"fill": "tozeroy"}, {"cliponaxis": False}, {"opacity": 0.5}, {"x": ["a", "b"]},
    ],
    ids=str,
)  # fmt: skip
def test_what_the_pens_do_not_know_is_left_to_plotly(look):
    (trace,) = grounded({"data": [{**LINE, **look}], "layout": {}})["data"]
    assert trace["mode"] != "none"


def test_marks_for_tooltips_alone_stay_marks_of_plotly():
    unseen = {**LINE, "mode": "markers", "marker": {"opacity": 0, "size": 15}}
    assert modes(LINE, unseen) == ["none", "markers"]


def test_the_pens_have_every_mark(request):
    pens = (request.config.rootpath / "assets/browser/charts/renderers.mjs").read_text()
    table = pens[pens.index("const SYMBOLS = {") :].split("};")[0]
    assert all(f"{symbol}:" in table.replace('"', "") for symbol in SYMBOLS)
