"""Zoom is shared by the three time views, is the reader's to keep, and changes no number."""

import itertools

import pytest

from browser.driver import settled
from browser.hand import (
    TIMES,
    at,
    captions,
    choose,
    click_mark,
    drag,
    legend,
    lit,
    marks,
    press,
    type_into,
    until,
    x_range,
    zoom,
)

PLOT = """(name) => {
    const { gd } = window.reprise.views[name], { xaxis } = gd._fullLayout, { left } = gd.getBoundingClientRect();
    return { left: left + xaxis._offset, right: left + xaxis._offset + xaxis._length };
}"""


def edges(page):
    """Left and right of the plot area of each time view, px of the screen."""
    return [page.evaluate(PLOT, view) for view in TIMES]


def weeks_on_screen(page):
    """Screen px of the week marks that all three views draw: the infusion at week 0 and the restart at week 9."""
    found = {}
    for view in TIMES:
        for mark in marks(page, view):
            if mark["week"] in {0, 9} and not mark["bar"] and mark["symbol"] != "triangle-right":
                found.setdefault(mark["week"], []).append(at(page, view, mark["x"], mark["y"])[0])
    return found


def assert_all_show(page, units):
    """The three time views show the same axis units."""
    for view in TIMES:
        assert x_range(page, view) == pytest.approx(units, rel=1e-4)  # the address keeps six digits


def test_one_week_is_one_column_of_pixels_before_and_after_a_zoom_that_all_three_share(case):
    for range_wanted in (None, zoom):
        shown = range_wanted(case) if range_wanted else x_range(case, "pasi")
        assert_all_show(case, shown)
        assert [edge["left"] for edge in edges(case)] == pytest.approx([edges(case)[0]["left"]] * 3, abs=0.01)
        assert [edge["right"] for edge in edges(case)] == pytest.approx([edges(case)[0]["right"]] * 3, abs=0.01)
        for places in weeks_on_screen(case).values():
            assert max(places) - min(places) < 0.5


def test_a_zoom_from_any_time_view_is_shared_and_a_double_click_ends_it(case):
    home = x_range(case, "pasi")
    for view in ("immune", "swimlanes"):
        shown = zoom(case, 0.2, 0.6, view)
        assert shown != pytest.approx(home)
        assert_all_show(case, shown)
        left, top, width, height = case.evaluate(
            "(name) => window.reprise.placeOf(window.reprise.views[name]).area", view
        )
        case.mouse.dblclick(*at(case, view, left + 0.6 * width, top + 0.2 * height))
        until(case, "() => window.reprise.zoom.time === null")
        settled(case)
        assert_all_show(case, home)


def test_zoom_changes_no_number_and_selects_nobody_but_the_window_control_changes_n(case):
    before = captions(case)
    zoom(case)
    assert captions(case) == before
    assert lit(case) == []
    type_into(case, "to_week", "26")
    assert captions(case)[0] != before[0]


def test_selection_subset_and_scale_changes_keep_my_zoom(case):
    shown = zoom(case)
    legend(case, "P1").click()
    legend(case, "P2").click(modifiers=["Shift"])
    choose(case, "subset", "treg")
    choose(case, "immune_scale", "fold")
    choose(case, "pasi_scale", "percent_improvement")
    press(case, "#theme")
    until(case, "() => window.reprise.query.theme === 'dark'")
    settled(case)
    assert_all_show(case, shown)
    assert lit(case) == ["P1", "P2"]
    case.keyboard.press("Escape")
    assert_all_show(case, shown)


def test_a_zoom_of_the_scatter_survives_a_selection(case):
    case.locator('[data-view="correlation"] .js-plotly-plot').hover()
    case.locator('[data-view="correlation"] .modebar-btn[data-title="Zoom"]').click()
    drag(case, "correlation", (150, 140), (350, 240))
    until(case, "() => window.reprise.zoom.pairs !== null")
    shown = x_range(case, "correlation")
    legend(case, "P1").click()
    click_mark(case, "pasi", "P2", 4)
    assert x_range(case, "correlation") == shown
    case.locator('[data-view="correlation"] .modebar-btn[data-title="Lasso Select"]').click()


def test_another_clock_or_window_shows_all_of_itself(case):
    for field, value in (("clock", "restart"), ("to_week", "26")):
        zoom(case)
        if field == "clock":
            choose(case, field, value)
        else:
            type_into(case, field, value)
        assert case.evaluate("window.reprise.zoom.time") is None
        home = case.evaluate("window.reprise.views.pasi.meta.home")
        assert_all_show(case, home)


def test_ticks_after_a_zoom_are_whole_labels_inside_the_plot(case):
    zoom(case, 0.4, 0.5)
    axis = case.evaluate(
        "(() => { const a = window.reprise.views.pasi.gd._fullLayout.xaxis; return [a.tickvals, a.range, a._length]; })()"
    )
    ticks, (low, high), width = axis
    places = sorted((tick - low) / (high - low) * width for tick in ticks)
    assert len(places) >= 2
    assert places[0] >= 0
    assert places[-1] <= width
    assert all(b - a >= 30 for a, b in itertools.pairwise(places))


def test_back_after_a_change_and_a_zoom_returns_to_the_page_before_the_change_with_the_zoom_of_then(case):
    first = zoom(case, 0.2, 0.8)
    choose(case, "pasi_scale", "percent_improvement")
    second = zoom(case, 0.3, 0.6)
    assert second != pytest.approx(first)
    case.go_back()
    until(case, "() => window.reprise.query.pasi_scale === 'absolute'")
    settled(case)
    assert_all_show(case, first)
    case.go_forward()
    until(case, "() => window.reprise.query.pasi_scale === 'percent_improvement'")
    settled(case)
    assert_all_show(case, second)
