"""A finger on a chart scrolls the page or looks closer along the weeks, and a tap highlights."""

import pytest

from browser.hand import at, lit, the_mark, until

TABLET = {"width": 820, "height": 700}


@pytest.fixture
def tablet(visit, base_url):
    return visit(base_url, viewport=TABLET, has_touch=True)


def swipe(page, places):
    """Put a finger down, move it over these places, and lift it."""
    finger = page.context.new_cdp_session(page)
    for kind, (x, y) in zip(["touchStart", *["touchMove"] * (len(places) - 1)], places, strict=True):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_that_moves_up_over_a_chart_scrolls_the_page(tablet):
    x, y = at(tablet, "pasi", 400, 200)
    swipe(tablet, [(x, y - 18 * step) for step in range(13)])
    until(tablet, "() => window.scrollY >= 150")
    assert tablet.evaluate("window.reprise.zoom.time") is None
    assert lit(tablet) == []


def test_a_tap_on_a_mark_highlights_its_patient(tablet):
    mark = the_mark(tablet, "pasi", "P2", 2)
    tablet.touchscreen.tap(*at(tablet, "pasi", mark["x"], mark["y"]))
    until(tablet, "() => window.reprise.highlighted().ids.has('P2')")
    assert lit(tablet) == ["P2"]


def test_a_finger_that_moves_along_the_weeks_looks_closer_and_two_taps_show_all(tablet):
    x, y = at(tablet, "pasi", 200, 100)
    swipe(tablet, [(x + 15 * step, y + step) for step in range(13)])
    until(tablet, "() => window.reprise.zoom.time !== null && window.reprise.settled()")
    low, high = tablet.evaluate("window.reprise.zoom.time")
    home = tablet.evaluate("window.reprise.views.pasi.meta.home")
    shown = tablet.evaluate("window.reprise.charts.time.gd._fullLayout.xaxis.range")
    assert low < high
    assert home[0] < shown[0] < shown[1] < home[1]
    assert tablet.evaluate("window.scrollY") == 0
    tablet.touchscreen.tap(x + 100, y)
    tablet.touchscreen.tap(x + 100, y)
    until(tablet, "() => window.reprise.zoom.time === null")
