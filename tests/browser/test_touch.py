"""A finger on a chart scrolls the page, and a tap highlights."""

import pytest

from browser.hand import at, lit, the_mark, until

TABLET = {"width": 820, "height": 700}


@pytest.fixture
def tablet(visit, base_url):
    return visit(base_url, viewport=TABLET, has_touch=True)


def test_a_finger_that_moves_up_over_a_chart_scrolls_the_page(tablet):
    x, y = at(tablet, "pasi", 400, 200)
    finger = tablet.context.new_cdp_session(tablet)
    places = [("touchStart", y), *(("touchMove", y - 18 * step) for step in range(1, 13))]
    for kind, height in places:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": height}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(tablet, "() => window.scrollY >= 150")
    assert tablet.evaluate("window.reprise.zoom.time") is None
    assert lit(tablet) == []


def test_a_tap_on_a_mark_highlights_its_patient(tablet):
    mark = the_mark(tablet, "pasi", "P2", 2)
    tablet.touchscreen.tap(*at(tablet, "pasi", mark["x"], mark["y"]))
    until(tablet, "() => window.reprise.highlighted().ids.has('P2')")
    assert lit(tablet) == ["P2"]
