"""A lasso or box on the scatter marks exactly those patient-visits in every other chart."""

import itertools
import math

import pytest

from browser.hand import (
    OPAQUE,
    VEILED,
    alphas,
    assert_nobody_lit,
    at,
    chips,
    choose,
    click_mark,
    drag,
    lit,
    marks,
    painted,
    rows,
    until,
    visits,
)
from browser.test_take_away import taken


def test_a_lasso_marks_those_visits_on_every_timeline_and_their_lanes(case):
    lasso(case, *around(case))
    assert_marked(case)


def test_a_box_marks_those_visits_and_clear_brings_the_tool_back(case):
    tool(case, "Box Select", "select")
    for _ in range(2):
        corners = around(case)
        lasso(case, corners[0], corners[2])
        assert_marked(case)
        case.keyboard.press("Escape")
        assert_nobody_lit(case)
        assert visits(case) == set()


def test_shift_adds_a_lasso_to_a_patient_and_a_click_on_the_scatter_still_selects(case):
    click_mark(case, "pasi", "P1", 4)
    case.keyboard.down("Shift")
    lasso(case, *around(case))
    case.keyboard.up("Shift")
    assert lit(case) == sorted({"P1"} | {m["patient"] for m in inside(case)})
    far = max((m for m in marks(case, "correlation") if m["patient"] == "P2"), key=lambda m: m["x"])
    click_mark(case, "correlation", "P2", far["week"])
    assert lit(case) == ["P2"]
    assert visits(case) == set()


DIMMED = """() => {
    const { gd } = window.reprise.views.correlation, faint = (mark) => ["0.2", 0.2].includes(getComputedStyle(mark).opacity);
    return gd.data.filter((trace) => trace.selectedpoints).length + [...gd.querySelectorAll(".points path")].filter(faint).length;
}"""


@pytest.mark.parametrize("way", ["Escape", "button", "back", "double click"])
def test_a_lasso_that_is_cleared_leaves_nothing_dimmed(case, way):
    tool(case, "Lasso Select", "lasso")
    lasso(case, *around(case))
    assert_marked(case)
    cleared(case, way)
    until(case, "() => !window.reprise.anySelected() && window.reprise.settled()")
    assert_nobody_lit(case)
    until(case, f"() => ({DIMMED})() === 0")
    choose(case, "phase", "after")
    choose(case, "phase", "all")
    assert case.evaluate(DIMMED) == 0
    assert b"opacity: 0.2" not in taken(case, "correlation", "svg")[0]


def cleared(page, way):
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "button":
        page.locator("#chips .clear").click()
    elif way == "back":
        page.go_back()
    else:
        left, top, width, _ = page.evaluate("window.reprise.placeOf(window.reprise.views.correlation).area")
        page.mouse.dblclick(*at(page, "correlation", left + width - 8, top + 8))


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["pasi_scale=percent_improvement&immune_scale=log2_fold", "clock=restart"])
def test_a_lasso_is_right_on_every_scale_and_clock(visit, base_url, scale):
    page = visit(f"{base_url}#{scale}")
    lasso(page, *around(page))
    assert_marked(page)


def lasso(page, *points):
    """Draw through these points; plotly tells what was caught in its own time."""
    drag(page, "correlation", *points)
    until(page, "() => window.reprise.selection.visits.length || window.reprise.selection.gesture")


def tool(page, title, mode):
    page.locator('[data-view="correlation"] .js-plotly-plot').hover()
    page.locator(f'[data-view="correlation"] .modebar-btn[data-title="{title}"]').click()
    until(page, "(mode) => window.reprise.views.correlation.gd._fullLayout.dragmode === mode", mode)


def around(page):
    """Corners around as many of the upper left marks of the scatter as leave a patient out, in px, no mark on an edge."""
    every = marks(page, "correlation")
    xs, ys = (sorted({round(mark[axis], 3) for mark in every}) for axis in "xy")
    left, top = xs[0] - 6, ys[0] - 6  # still within the plot, whose padding is a 20th of it
    found = {
        (right, bottom): within(every, left, top, right, bottom)
        for right, bottom in itertools.product(gaps(xs), gaps(ys))
    }
    patients = {mark["patient"] for mark in every}
    partial = {ends: caught for ends, caught in found.items() if {mark["patient"] for mark in caught} < patients}
    right, bottom = max(partial, key=lambda ends: len(partial[ends]))
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def gaps(values):
    """Between neighbours that are far enough apart for nothing to lie on either side by accident."""
    return [(one + other) / 2 for one, other in itertools.pairwise(values) if other - one > 6]


def within(every, left, top, right, bottom):
    return [mark for mark in every if left < mark["x"] < right and top < mark["y"] < bottom]


def inside(page):
    (left, top), _, (right, bottom), _ = around(page)
    return within(marks(page, "correlation"), left, top, right, bottom)


def assert_marked(page):
    """Those of the lasso and no other visit: PASI by the PASI week, subsets by the sample week, lanes by the patient."""
    wanted = inside(page)
    assert 3 <= len(wanted) < len(marks(page, "correlation"))
    assert visits(page) == {(m["patient"], m["row"][2], m["week"]) for m in wanted}
    patients = {m["patient"] for m in wanted}
    assert set(lit(page)) == patients
    assert rows(page, "lit") == patients & rows(page)
    assert chips(page)[-1] == f"{len(wanted)} patient-visits of {len(patients)} patients"
    pasi, samples = {(m["patient"], m["row"][2]) for m in wanted}, {(m["patient"], m["week"]) for m in wanted}
    for view, those in {"pasi": pasi, "immune": samples, "correlation": samples}.items():
        own = [m for m in ringed(page, view) if (m["patient"], m["week"]) in those]
        assert {(m["patient"], m["week"]) for m in own} == those, view
        assert [m for m in ringed(page, view) if m not in own and not covered(m, own)] == [], view
    assert painted(page, "swimlanes") > 0
    dim = {m["patient"] for m in alphas(page, "swimlanes") if m["alpha"] == VEILED}
    assert dim == {m["patient"] for m in marks(page, "swimlanes")} - patients


def covered(mark, others):
    """Whether a mark lies so close to some of the others that their rings and marks hide what is drawn of it."""
    return any(math.hypot(mark["x"] - other["x"], mark["y"] - other["y"]) < 18 for other in others)


# A ring may be cut by the edge of the plot. Its line of 1.2 px covers 0.6 of a pixel at the least: 217 over the dimming's 160.
RING = """([name, marks]) => {
    const { gd } = window.reprise.views[name], canvas = gd.querySelector("canvas.layer-light"), ratio = window.devicePixelRatio;
    const { l, t, w, h } = gd._fullLayout._size, turn = [...Array(16).keys()].map((i) => (i * Math.PI) / 8);
    const near = ([x, y]) => canvas.getContext("2d").getImageData((x - 1) * ratio, (y - 1) * ratio, 3, 3).data;
    const opaque = (place) => near(place).some((value, i) => i % 4 === 3 && value > 210);
    const within = ([x, y]) => x > l + 1 && x < l + w - 1 && y > t + 1 && y < t + h - 1;
    return marks.filter((mark) => turn.map((a) => [mark.x + 9 * Math.cos(a), mark.y + 9 * Math.sin(a)]).filter(within).every(opaque));
}"""


def ringed(page, view):
    """The marks that the layer draws anew and rings: one that it leaves pale may lie within the rings of others."""
    return [mark for mark in page.evaluate(RING, [view, alphas(page, view)]) if mark["alpha"] == OPAQUE]
