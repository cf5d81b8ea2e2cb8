"""Texts of a chart's layer: kept apart in one dimension, over no mark and no other text, again after a zoom."""

import itertools

import numpy as np
import pytest

from browser.driver import LAPTOP
from browser.hand import click_at, legend, lit, marks, on_a_phone, painted, resize, texts, until, zoom

VIEWPORTS = ((390, 844), (820, 1180), (1280, 720), (1440, 900), (1920, 1080))
MARK = 5
"""Half a mark, px: what a text must leave free."""


def apart(page, wanted, sizes, low, high):
    return page.evaluate(
        "([wanted, sizes, low, high]) => window.reprise.spread(wanted, sizes, low, high)", [wanted, sizes, low, high]
    )


def best(wanted, sizes):
    """Least sum of squares over every way to let neighbours touch, by trying all."""
    order = np.argsort(wanted, kind="stable")
    goal, size = np.array(wanted)[order], np.array(sizes)[order]
    offset = np.r_[0, np.cumsum((size[1:] + size[:-1]) / 2)]
    found = []
    for cuts in itertools.product((0, 1), repeat=len(goal) - 1):
        block = np.r_[0, np.cumsum(cuts)].astype(int)
        means = np.array([(goal - offset)[block == one].mean() for one in range(block[-1] + 1)])
        if (np.diff(means) >= -1e-9).all():
            found.append(float((((means[block] + offset) - goal) ** 2).sum()))
    return min(found)


def test_the_solver_is_as_near_as_any_order_of_touching_neighbours_can_be(case):
    random = np.random.default_rng(7)
    for _ in range(60):
        count = int(random.integers(1, 7))
        wanted, sizes = random.uniform(0, 100, count).round(2).tolist(), random.uniform(5, 40, count).round(2).tolist()
        placed = np.array(apart(case, wanted, sizes, -1e6, 1e6))
        assert float(((placed - wanted) ** 2).sum()) == pytest.approx(best(wanted, sizes), abs=1e-6)


def test_the_solver_stays_within_its_ends_and_lets_nothing_overlap(case):
    random = np.random.default_rng(8)
    for _ in range(60):
        count = int(random.integers(1, 9))
        wanted, sizes = random.uniform(-50, 350, count).tolist(), random.uniform(5, 30, count).tolist()
        placed, size = np.array(apart(case, wanted, sizes, 0, 300)), np.array(sizes)
        order = np.argsort(placed)
        gaps = np.diff(placed[order]) - (size[order][1:] + size[order][:-1]) / 2
        assert (gaps >= -1e-6).all()
        assert (placed - size / 2).min() >= -1e-6
        assert (placed + size / 2).max() <= 300 + 1e-6


def meet(one, other, slack=0.0):
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def assert_free(page, view, *, crowd=False):
    """No text of the view over another, over a mark, or beyond the chart."""
    found, width = texts(page, view), page.evaluate("(name) => window.reprise.views[name].gd._fullLayout.width", view)
    for one, other in itertools.combinations(found, 2):
        assert not meet(one["box"], other["box"], 1.5), (one, other)
    for one in found:
        assert one["box"][0] >= -1, one
        assert one["box"][2] <= width + 1, one
    if crowd:
        return
    spots = [[m["x"] - MARK, m["y"] - MARK, m["x"] + MARK, m["y"] + MARK] for m in marks(page, view) if not m["bar"]]
    for one in (one for one in found if one["kind"] != "margin"):
        assert not any(meet(one["box"], spot, 1) for spot in spots), one


@pytest.mark.parametrize("size", VIEWPORTS, ids=str)
def test_no_text_lies_over_a_mark_or_a_text_at_any_size(case, size):
    resize(case, size)
    try:
        for view in ("swimlanes", "pasi"):
            if size[0] < 700:
                on_a_phone(case, view)
            assert_free(case, view)
    finally:
        resize(case, (LAPTOP["width"], LAPTOP["height"]))


def test_texts_are_placed_again_after_a_zoom_and_those_out_of_sight_leave(case):
    before = {(one["of"], one["text"]) for one in texts(case, "pasi", "rail")}
    zoom(case, 0.2, 0.5)
    after = texts(case, "pasi", "rail")
    assert {(one["of"], one["text"]) for one in after} < before
    assert_free(case, "pasi")
    assert {one["text"] for one in texts(case, "pasi", "name")} == {"P1", "P2", "P3"}


def test_everyone_has_a_name_at_the_end_of_their_line_and_a_click_on_it_lights_them(case):
    names = {one["text"]: one["box"] for one in texts(case, "pasi", "name")}
    assert names.keys() == {"P1", "P2", "P3"}
    left, top, right, bottom = names["P3"]
    click_at(case, "pasi", (left + right) / 2, (top + bottom) / 2)
    assert lit(case) == ["P3"]
    assert {one["of"] for one in texts(case, "pasi", "name") if one["faint"]} == {"P1", "P2"}
    assert {one["of"] for one in texts(case, "pasi", "rail") if not one["faint"]} == {"P3"}
    assert_free(case, "pasi")


def test_the_lines_of_rules_are_drawn_for_the_lit_and_for_all_only_while_the_rules_are_open(case):
    assert painted(case, "pasi") == 0
    assert texts(case, "pasi", "level") == []
    case.evaluate("document.body.dataset.rules = 'open'; window.reprise.drawLayer();")
    assert painted(case, "pasi") > 300
    assert {one["text"] for one in texts(case, "pasi", "level")} == {"≤ 2", "≤ 4"}
    assert_free(case, "pasi")
    case.evaluate("document.body.dataset.rules = ''; window.reprise.drawLayer();")
    assert painted(case, "pasi") == 0
    legend(case, "P2").click()
    assert {one["text"] for one in texts(case, "pasi", "level")} == {"≤ 2", "≤ 4"}


def test_others_are_dimmed_to_the_same_contrast_whatever_their_colour(case):
    opacity = case.evaluate(
        "['#0d3b76', '#007a5a', '#e06c00'].map((one) => window.reprise.dimmedOpacity(one, '#ffffff'))"
    )
    assert opacity == pytest.approx([0.37, 0.48, 0.6], abs=0.015)


def test_a_highlight_keeps_the_dash_of_its_line(case):
    assert case.evaluate(
        "['P1', 'P2'].map((id) => window.reprise.views.pasi.sets.find((set) => set.of.has(id)).dash(id))"
    ) == [[], [7, 4]]


def test_in_a_large_cohort_groups_are_named_and_a_bar_of_the_rail_lights_its_patients(back, thousand):
    page = back(thousand)
    assert_free(page, "pasi", crowd=True)
    assert {one["text"] for one in texts(page, "pasi", "name")} == {"high dose", "low dose", "middle dose"}
    assert [one["text"] for one in texts(page, "pasi", "count")] == ["1,000 patients"]
    total = next(one for one in texts(page, "pasi", "margin") if one["text"].endswith(" of 1,000"))
    left, top, right, bottom = total["box"]
    click_at(page, "pasi", (left + right) / 2, (top + bottom) / 2)
    until(page, "() => window.reprise.settled() && window.reprise.highlighted().any")
    assert len(lit(page)) == int(total["text"].split()[0].replace(",", ""))


TOUCHING = """() => [...document.querySelectorAll(".panel .js-plotly-plot")].filter((gd) => gd.checkVisibility()).flatMap((gd) => {
    const boxes = [...gd.querySelectorAll(".annotation-text, .legendtext, .xtitle, .ytitle")]
        .map((one) => [one.textContent, one.getBoundingClientRect()]), { left, right } = gd.getBoundingClientRect();
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
    return [
        ...boxes.filter(([, box]) => box.left < left - 1 || box.right > right + 1).map(([text]) => text),
        ...boxes.flatMap(([text, a], i) => boxes.slice(i + 1).filter(([, b]) => meet(a, b)).map(([other]) => [text, other])),
    ];
})"""


@pytest.mark.parametrize("view", ["correlation", "multiples", "phase_plane"])
def test_words_around_a_card_of_pairs_lie_on_no_others_and_are_not_cut_where_the_card_is_narrow(visit, base_url, view):
    page = visit(f"{base_url}#panel={view}", viewport={"width": 1100, "height": 800})
    assert page.evaluate(TOUCHING) == []
    resize(page, (320, 640))
    on_a_phone(page, "panel")
    assert page.locator(".panel .js-plotly-plot .annotation-text").count() > 0
    assert page.evaluate(TOUCHING) == []


APART = """() => { const { gd } = window.reprise.views[window.reprise.query.panel];
    const texts = [...gd.querySelectorAll("text")].filter((one) => one.textContent && one.closest(".xtick, .textpoint, .annotation"));
    const boxes = [...texts, ...gd.querySelectorAll("path.point")].map((one) => [one.textContent, one.getBoundingClientRect()]);
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
    const found = boxes.flatMap(([text, a], i) => boxes.slice(i + 1).filter(([, b]) => meet(a, b)).map(([other]) => [text, other]));
    return { count: boxes.length, found, wide: document.documentElement.scrollWidth - innerWidth }; }"""


@pytest.mark.parametrize("view", ["heatmap", "sensitivity"])
def test_words_of_many_columns_lie_on_no_others_on_a_narrow_phone_where_they_scroll(visit, base_url, view):
    page = visit(f"{base_url}#panel={view}", viewport={"width": 320, "height": 640})
    on_a_phone(page, "panel")
    told = page.evaluate(APART)
    assert told["count"] > 8
    assert told["found"] == []
    assert told["wide"] == 0


BREAKS = """() => { const { gd } = window.reprise.views.pasi, { top } = gd.getBoundingClientRect();
    const axes = Object.entries(gd._fullLayout).filter(([key]) => /^yaxis/.test(key)).map(([, axis]) => axis);
    const bottom = top + Math.max(...axes.map((axis) => axis._offset + axis._length));
    return [...gd.querySelectorAll(".annotation-text")].filter((one) => one.textContent === "//")
        .map((one) => one.getBoundingClientRect()).map((box) => (box.top + box.bottom) / 2 - bottom); }"""


def test_what_breaks_the_axis_lies_on_no_lane(case):
    found = case.evaluate(BREAKS)
    assert len(found) == 2
    assert min(found) >= 5  # half of it, px


def test_beside_a_wide_panel_all_lanes_of_three_patients_are_in_sight(visit, base_url):
    page = visit(f"{base_url}#panel=influence", viewport={"width": 1280, "height": 720})
    low, high = page.evaluate(
        "(({ gd, meta }) => gd._fullLayout[meta.axes[0].replace('y', 'yaxis')].range)(reprise.views.swimlanes)"
    )
    assert low - high == page.evaluate("reprise.views.swimlanes.meta.scroll.count") == 7
    assert texts(page, "swimlanes", "sight") == []


DRAWN = """() => { const { gd } = window.reprise.views[window.reprise.query.panel], { width, height } = gd._fullLayout;
    const { left, top } = gd.getBoundingClientRect();
    const boxes = [...gd.querySelectorAll(".annotation-text")].map((one) => [one, one.getBoundingClientRect()]);
    const said = (one) => [...one.childNodes].filter(({ nodeName }) => nodeName !== "title").map((part) => part.textContent).join("");
    const script = [...document.scripts].map(({ src }) => src).find((src) => src.includes("plotly"));
    return fetch(script).then((answer) => answer.text()).then((plotly) => ({
        plotly, data: gd.data, layout: { ...gd.layout, width, height },
        words: boxes.map(([one, box]) => [said(one), box.left - left, box.top - top, box.width, box.height]) })); }"""
BY_PLOTLY = """async ({ data, layout }) => { const gd = document.body.appendChild(document.createElement("div"));
    await window.Plotly.newPlot(gd, data, layout);
    const { left, top } = gd.getBoundingClientRect();
    const boxes = [...gd.querySelectorAll(".annotation-text")].map((one) => [one, one.getBoundingClientRect()]);
    return boxes.map(([one, box]) => [one.textContent, box.left - left, box.top - top, box.width, box.height]); }"""


@pytest.mark.parametrize("view", ["correlation", "tolerance", "rates", "roc", "specifications"])
def test_words_around_a_chart_stand_where_plotly_would_put_them(visit, open_page, thousand, view):
    found = visit(f"{thousand}#panel={view}").evaluate(DRAWN)
    blank = open_page()
    blank.add_script_tag(content=found["plotly"])
    by_plotly = blank.evaluate(BY_PLOTLY, {"data": found["data"], "layout": found["layout"]})
    assert [text for text, *_ in found["words"]] == [text for text, *_ in by_plotly]
    assert found["words"]
    for (_, *ours), (_, *theirs) in zip(found["words"], by_plotly, strict=True):
        assert ours == pytest.approx(theirs, abs=1.1)
