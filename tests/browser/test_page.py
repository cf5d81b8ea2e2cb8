"""The page as it opens: clean, from this host alone, in sight, and saying once what is illustrative."""

import pytest

from browser import arms
from browser.driver import LAPTOP, settled
from browser.hand import DRAWN, HELP, LINKED, TIMES, click_mark, legend, note, on_a_phone, resize, until

PROJECTOR, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
ROW = 60
"""A row of a subset, px, in which a course can still be read."""
HEIGHTS = """() => {
    const { gd } = window.reprise.charts.time, high = (axis) => gd._fullLayout[axis.replace("y", "yaxis")]._length;
    return Object.fromEntries(Object.entries(gd.layout.meta.panels).map(([name, { axes }]) => [name, axes.map(high)]));
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_logs_no_error_asks_no_other_host_and_offers_no_cloud(visit, base_url, watch, theme):
    page = visit(f"{base_url}#theme={theme}")
    for view in LINKED:
        box = page.locator(f'[data-view="{view}"]').bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    legend(page, "P1").click()
    page.evaluate(HELP)
    page.keyboard.press("Escape")
    titles = page.locator(".modebar-btn").evaluate_all("(all) => all.map((one) => one.dataset.title || '')")
    assert "Box Select" in titles
    assert not [
        title for title in titles if any(word in title.lower() for word in ("share", "cloud", "edit", "plotly"))
    ]
    assert len(watch.urls) > 15
    assert watch.foreign == watch.errors == watch.failed == []
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme


@pytest.mark.parametrize("viewport", [LAPTOP, PROJECTOR], ids=["1440x900", "1280x720"])
def test_the_three_time_views_are_in_sight_without_scrolling(visit, base_url, viewport):
    page = visit(base_url, viewport=viewport)
    for view in TIMES:
        box = page.locator(f'[data-view="{view}"]').bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= viewport["height"], view
        assert 0 <= box["x"] < box["x"] + box["width"] <= viewport["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heights = page.evaluate(HEIGHTS)
    assert heights["pasi"][0] >= 220
    assert min(heights["immune"]) >= ROW
    assert page.evaluate("() => !window.reprise.canScrollLanes(1)")  # every lane is in sight


NAMED = """() => [...document.querySelectorAll(".time-figure .annotation-text tspan.line")].every(
    (line) => line.getBoundingClientRect().height > 5)"""


def test_present_keeps_every_lane_and_the_names_of_the_subsets(visit, base_url):
    page = visit(base_url, viewport=PROJECTOR)
    page.locator("[data-action=present]").click()
    until(page, "() => document.body.dataset.mode === 'present' && window.reprise.settled()")
    until(page, f"() => !window.reprise.canScrollLanes(1) && ({NAMED})()")
    bottom = page.locator(".time-figure").evaluate("(one) => one.getBoundingClientRect().bottom")
    assert bottom <= PROJECTOR["height"]
    until(
        page,
        "() => { const one = document.querySelector('.time-figure'); return one.scrollHeight <= one.clientHeight; }",
    )
    page.emulate_media(media="print")
    assert page.evaluate(NAMED)


def test_a_phone_shows_one_panel_of_the_figure_at_a_time_or_the_question(visit, base_url):
    page = visit(base_url, viewport=PHONE)
    question = page.locator('[data-view="correlation"] .card-body')
    assert page.locator(".in-sight label").all_inner_texts() == ["Outcome", "Subsets", "Treatments", "Question"]
    for view in ("immune", "swimlanes", "pasi"):
        on_a_phone(page, view)
        box = page.locator(f'[data-view="{view}"]').bounding_box()
        assert box["y"] + box["height"] < PHONE["height"]
        assert not question.is_visible()
    click_mark(page, "pasi", "P2", 2)
    page.evaluate("reprise.setQuery({ to_week: 40 })")
    until(page, DRAWN, ["pasi"])
    on_a_phone(page, "panel")
    assert question.is_visible()
    assert not page.locator(".time").is_visible()
    page.locator("[data-action=present]").click()
    until(page, DRAWN, list(TIMES))
    assert page.locator(".time").is_visible()


def test_visits_of_a_course_stand_out_on_a_phone_where_its_lane_is_out_of_sight(visit, base_url):
    page = visit(base_url, viewport=PHONE)
    page.evaluate("reprise.select({ courses: [{ patient: 'P1', treatment: 'secukinumab', start: 9 }] })")
    on_a_phone(page, "swimlanes")
    on_a_phone(page, "pasi")
    assert page.evaluate("reprise.highlighted().stands('pasi', 'P1', 53)")
    assert not page.evaluate("reprise.highlighted().stands('pasi', 'P1', 1)")


@pytest.mark.slow
def test_the_page_of_another_study_is_in_sight_too(visit, shelf):
    page = visit(shelf, viewport=PROJECTOR)
    boxes = [page.locator(f'[data-view="{view}"]').bounding_box() for view in TIMES]
    assert max(box["y"] + box["height"] for box in boxes) <= PROJECTOR["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_study_with_illustrative_values_says_so_once(case):
    assert case.locator("header .warm").count() == 1


@pytest.mark.slow
def test_a_study_without_illustrative_values_does_not_speak_of_them(visit, shelf):
    page = visit(shelf)
    assert page.locator("header .warm").count() == 0
    assert "llustrative" not in " ".join(page.locator("header, div.line, main").all_inner_texts())
    assert arms.TITLE in page.title()


def test_charts_follow_the_window_after_a_redraw(visit, base_url):
    page = visit(base_url)
    resize(page, (820, 1180))  # where a chart is a whole number of pixels wide
    page.evaluate("window.reprise.setQuery({to_week: 40})")
    settled(page)
    resize(page, (700, 900))


def test_on_a_phone_nothing_makes_the_page_wider_and_n_stands_in_sight(visit, base_url):
    page = visit(f"{base_url}#cohort_view=group_course")
    page.set_viewport_size({"width": 390, "height": 844})
    until(page, "() => window.reprise.views.group_course && window.reprise.settled()")
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    fits = """() => { const { scrollHeight, clientHeight } = document.querySelector('[data-view="group_course"] .card-body');
        return clientHeight > 100 && scrollHeight <= clientHeight; }"""
    until(page, fits)  # a chart follows the room that it has
    assert "Median follow-up" in note(page, "group_course")


SHARPNESS = """() => [...document.querySelectorAll(".time-figure canvas.layer")].filter((one) => one.checkVisibility())
    .map((one) => one.width / one.getBoundingClientRect().width)"""


def test_what_is_presented_has_as_many_pixels_as_the_screen(visit, base_url):
    page = visit(f"{base_url}#lit=P1", viewport=PROJECTOR)
    page.locator("[data-action=present]").click()
    until(page, "() => document.body.dataset.mode === 'present' && window.reprise.settled()")
    until(page, f"() => ({SHARPNESS})().every((share) => Math.abs(share - 1) < 0.01)")
    assert page.evaluate(SHARPNESS)


def test_no_name_that_modules_share_hides_one_of_the_browsers(case, page):
    """In `serving.joined` they stand around all modules: one that means the browser's would get ours."""
    asked = "performance.getEntriesByType('resource').find(({ name }) => name.includes('/reprise.mjs'))"
    first = case.evaluate(f"fetch({asked}.name).then((answer) => answer.text())")
    names = first.partition(";\n")[0].removeprefix("let ").split(", ")
    assert len(names) > 200
    assert page.evaluate("(names) => names.filter((name) => name in window)", names) == []


DRAWINGS = """window.drawings = new Map();
window.requestIdleCallback = () => 0; // what warms the browser up is no drawing that somebody waits for
new MutationObserver(() => {
    for (const gd of document.querySelectorAll(".js-plotly-plot")) {
        if (!gd.on || window.drawings.has(gd)) continue;
        window.drawings.set(gd, 0);
        gd.on("plotly_afterplot", () => window.drawings.set(gd, window.drawings.get(gd) + 1));
    }
}).observe(document, { subtree: true, childList: true, attributeFilter: ["class"] });"""


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_chart_that_comes_is_drawn_once(open_page, base_url, size):
    """Dash would draw each again for its size, and the heights of panels once more."""
    page = open_page(viewport=size)
    page.add_init_script(DRAWINGS)
    page.goto(base_url)
    settled(page)
    assert page.evaluate("[...window.drawings.values()]") == [1, 1]


LOOKS = """() => [...document.querySelectorAll(".js-plotly-plot")].map((gd) =>
    [gd.innerHTML.replace(/rc\\d+/g, ""), ...[...gd.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL())])"""
WAITING = """window.idle = [];
window.requestIdleCallback = (act) => window.idle.push(act);
window.turns = async () => {
    let count = 0;
    for (; window.idle.length; count += 1) await window.idle.shift()();
    return count;
};"""


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_page_at_rest_is_drawn_again_as_it_is_until_somebody_does_something(open_page, base_url, size):
    page = open_page(viewport=size)
    page.add_init_script(WAITING)
    page.goto(base_url)
    until(page, "() => window.reprise?.complete?.() && window.idle.length")
    before = page.evaluate(LOOKS)
    assert page.evaluate("window.turns()") == 9  # four of each chart, and one that finds none left
    assert page.evaluate(LOOKS) == before
    page.set_viewport_size({**size, "width": size["width"] + 40})
    until(
        page,
        "() => Object.values(window.reprise.charts).every(({ gd }) => "
        "Math.abs(gd._fullLayout.width - gd.clientWidth) < 1)",
    )
    page.reload()
    until(page, "() => window.reprise?.complete?.() && window.idle.length")
    page.keyboard.press("Shift")
    assert page.evaluate("window.turns()") == 1
