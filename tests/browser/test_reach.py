"""What is said of a gesture, and what keys do in a chart."""

import pytest

from browser.hand import choose, drag, legend, lit, open_view, the_mark, until

SAID = "(words) => document.querySelector('#spoken').textContent.trim() === words"


def region(page, view):
    page.locator(f'[data-view="{view}"]').focus()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def said(page, words):
    until(page, SAID, words)


def tells(page, words):
    until(page, "(words) => document.querySelector('#spoken').textContent.includes(words)", words)


def test_what_a_gesture_did_is_said_once(case):
    legend(case, "P1").click()
    said(case, "P1 highlighted")
    legend(case, "P2").click(modifiers=["Shift"])
    said(case, "P1 and P2 highlighted")
    press(case, "Escape")
    said(case, "Highlight cleared")
    left, top, width, height = case.evaluate("window.reprise.placeOf(window.reprise.views.correlation).area")
    drag(
        case,
        "correlation",
        (left + 4, top + 4),
        (left + width - 4, top + 4),
        (left + width - 4, top + height - 4),
        (left + 4, top + height - 4),
    )
    until(case, "() => / visits of P1, P2 and P3 selected$/.test(document.querySelector('#spoken').textContent)")
    assert case.locator("[aria-live=polite]#spoken").count() == 1
    assert case.evaluate("document.documentElement.lang") == "en"


def test_a_filter_is_said_with_what_it_leaves(case):
    case.evaluate("window.reprise.setQuery({ patients: ['P1'] })")
    tells(case, "Filtered: 1 patient")


def test_arrows_go_over_patients_and_their_visits_and_enter_highlights(case):
    region(case, "pasi")
    press(case, "ArrowDown")
    tells(case, "P1, week -4")
    press(case, "ArrowRight", "ArrowRight")
    tells(case, "P1, week 1,")
    press(case, "Enter")
    assert lit(case) == ["P1"]
    press(case, "ArrowDown")
    tells(case, "P2, week 1,")
    press(case, "Shift+Enter")
    assert lit(case) == ["P1", "P2"]
    press(case, "ArrowUp", "End", *["ArrowRight"] * 9, "c")
    assert case.evaluate("window.reprise.selection.courses.map((one) => one.patient)") == ["P1"]


def test_the_time_axis_is_zoomed_around_the_visit_and_back(case):
    region(case, "pasi")
    press(case, "ArrowDown", "ArrowRight", "z")
    until(case, "() => window.reprise.zoom.time && window.reprise.settled()")
    mark = the_mark(case, "pasi", "P1", 0)
    assert mark["inside"]
    tells(case, "Zoom: weeks")
    press(case, "0")
    said(case, "Zoom: all weeks")
    assert case.evaluate("window.reprise.zoom.time") is None


def test_arrows_go_over_the_cells_of_the_matrix_and_enter_chooses(case):
    open_view(case, "matrix")
    region(case, "matrix")
    press(case, "ArrowDown", "ArrowDown", "ArrowRight", "Enter")
    until(
        case,
        "() => window.reprise.query.phase === window.reprise.views.matrix.meta.cells.columns[1].phase && window.reprise.settled()",
    )
    assert case.evaluate("window.reprise.query.subset === window.reprise.views.matrix.meta.cells.subsets[1]")


@pytest.mark.parametrize("view", ["survival", "waterfall", "lasagna"])
def test_arrows_go_over_the_marks_of_the_cohort(case, view):
    open_view(case, view)
    region(case, view)
    press(case, "ArrowDown")
    until(case, "() => document.querySelector('#spoken').textContent")
    for _ in range(40):
        press(case, "ArrowRight" if view != "lasagna" else "ArrowDown", "Enter")
        if lit(case):
            break
    assert lit(case)


def test_improvement_of_a_score_is_no_question(case):
    open_view(case, "one_patient")
    control = case.locator('[data-control="better"]')
    assert not control.is_visible()
    choose(case, "outcome", case.evaluate("window.reprise.query.subset"))
    assert control.is_visible()


def test_charts_are_named_and_what_is_for_the_eye_is_hidden(case):
    named = "(gd) => gd.getAttribute('role') === 'group' && Boolean(gd.getAttribute('aria-label'))"
    assert all(case.locator(".js-plotly-plot").evaluate_all(f"(all) => all.map({named})"))
    assert case.locator(".js-plotly-plot canvas:not([aria-hidden=true])").count() == 0


def test_without_motion_play_goes_in_steps(visit, base_url):
    page = visit(base_url, reduced_motion="reduce")
    page.evaluate("""() => {
        window.shares = new Set();
        window.watching = setInterval(() => window.reprise.sweep && window.shares.add(window.reprise.sweep.share), 16);
        window.start = performance.now();
    }""")
    press(page, "p")
    until(page, "() => window.shares.size >= 3")
    assert page.evaluate("performance.now() - window.start") >= 2000
