"""One crosshair through all three time views, with measured values only."""

import re

import pytest

from browser.hand import TIMES, at, legend, painted, the_mark, until, zoom

LEFT = """() => ["pasi", "immune", "swimlanes"].map((name) => {
    const { gd } = window.reprise.views[name], canvas = gd.querySelector("canvas.layer-cursor"), ratio = window.devicePixelRatio;
    const { t, h } = gd._fullLayout._size, row = Math.round((t + h / 2) * ratio);
    const { data } = canvas.getContext("2d").getImageData(0, row, canvas.width, 1), plot = gd._fullLayout._size.l * ratio;
    for (let x = Math.ceil(plot); x < canvas.width; x += 1) if (data[x * 4 + 3] > 0) return x / ratio + gd.getBoundingClientRect().left;
    return null;
})"""


QUIET = (
    """() => performance.now() - Math.max(...Object.values(window.reprise.views).map((view) => view.plotted)) > 300"""
)


def point(page, view, patient, week):
    """Move over the week of a visit; the screen's x. A chart that plotly draws again loses the crosshair until the
    next move, so the pointer waits for the last of them."""
    until(page, QUIET)
    mark = the_mark(page, view, patient, week)
    x, y = at(page, view, mark["x"], mark["y"] + 30)
    page.mouse.move(x, y)
    until(page, "(view) => window.reprise.charts.time.cursorAt !== undefined")
    return x


def readout(page, view):
    return page.evaluate("(view) => window.reprise.readout[view]", view)


def test_it_is_drawn_on_all_three_at_one_column_of_pixels_and_leaves_with_the_pointer(case):
    for view in ("pasi", "swimlanes"):
        x = point(case, view, "P1", 9)
        assert all(painted(case, other, "cursor") > 50 for other in TIMES)
        assert all(abs(place - x) < 2 for place in case.evaluate(LEFT))
    case.mouse.move(5, 5)
    until(case, "() => window.reprise.charts.time.cursorAt === undefined")
    assert [painted(case, other, "cursor") for other in TIMES] == [0, 0, 0]


def test_it_reads_out_the_nearest_visits_of_who_is_highlighted_and_never_between_them(case):
    legend(case, "P1").click()
    point(case, "pasi", "P1", 4)
    assert readout(case, "pasi") == ["P1 2.9 (wk 4)"]
    assert readout(case, "immune") == ["P1 12.5 (wk 4)", "P1 3.12 (wk 4)"]
    legend(case, "P3").click(modifiers=["Shift"])
    point(case, "immune", "P3", 9)
    assert [line.split()[0] for line in readout(case, "pasi")] == ["P1", "P3"]
    assert "P3 8.6 (wk 9)" in readout(case, "pasi")


def test_with_nobody_highlighted_it_reads_out_everyone_of_a_small_study(case):
    point(case, "pasi", "P2", 4)
    assert {line.split()[0] for line in readout(case, "pasi")} == {"P1", "P2", "P3"}


@pytest.mark.slow
def test_on_another_clock_and_after_a_zoom_it_still_tells_the_week(visit, base_url):
    page = visit(f"{base_url}#clock=restart&lit=P1")
    zoom(page, 0.2, 0.8)
    point(page, "pasi", "P1", 9)  # restart, week 0 of this clock
    (line,) = readout(page, "pasi")
    assert re.fullmatch(r"P1 16\.8 \(wk 0\)", line)
