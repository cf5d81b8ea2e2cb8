"""The address carries the query, the selection, the zoom and the study; Back undoes and Forward redoes."""

import pytest

from browser import arms
from browser.driver import settled
from browser.hand import (
    TIMES,
    address,
    alphas,
    assert_lit,
    assert_nobody_lit,
    captions,
    chips,
    choose,
    click_at,
    click_between,
    click_mark,
    click_row,
    drag,
    legend,
    lit,
    marks,
    open_view,
    press,
    rows,
    type_into,
    until,
    visits,
    x_range,
    zoom,
)


def test_back_undoes_and_forward_redoes_a_selection(case):
    click_between(case, "pasi", "P1", 2, 4)
    click_mark(case, "pasi", "P3", 4)
    case.go_back()
    until(case, "() => window.reprise.highlighted().ids.has('P1')")
    assert_lit(case, "P1")
    case.go_back()
    until(case, "() => !window.reprise.highlighted().any")
    assert_nobody_lit(case)
    case.go_forward()
    until(case, "() => window.reprise.highlighted().ids.has('P1')")
    assert_lit(case, "P1")


def test_back_undoes_and_forward_redoes_a_query_with_its_controls_and_numbers(case):
    before = captions(case)
    choose(case, "pasi_scale", "percent_improvement")
    type_into(case, "to_week", "26")
    after = captions(case)
    case.go_back()
    until(case, "() => window.reprise.query.to_week === null")
    settled(case)
    assert captions(case) == before
    assert case.locator('[data-control="to_week"] input').input_value() == ""
    assert case.locator('[data-control="pasi_scale"] select').input_value() == "percent_improvement"
    case.go_forward()
    until(case, "() => window.reprise.query.to_week === 26")
    settled(case)
    assert captions(case) == after


@pytest.mark.slow
def test_a_copied_link_opens_the_same_page_in_another_browser(visit, base_url):
    page = visit(base_url, permissions=["clipboard-read", "clipboard-write"])
    choose(page, "immune_scale", "log2_fold")
    choose(page, "phase", "after")
    type_into(page, "from_week", "-5")
    click_mark(page, "pasi", "P1", 4)
    click_mark(page, "pasi", "P3", 4, shift=True)
    press(page, "#theme")
    until(page, "() => window.reprise.query.theme === 'dark'")
    settled(page)
    zoom(page)
    press(page, "#copy")
    page.locator(".toast-line").wait_for()
    other = visit(page.evaluate("navigator.clipboard.readText()"))
    assert_lit(other, "P1", "P3")
    for view in TIMES:
        assert x_range(other, view) == pytest.approx(x_range(page, view), rel=1e-4)
    for see in (captions, chips, query):
        assert see(other) == see(page)
    assert other.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert other.evaluate("window.reprise.views.pasi.gd._fullLayout.paper_bgcolor") == "#1a2129"


def query(page):
    return page.evaluate("window.reprise.query")


@pytest.mark.slow
def test_a_link_restores_a_lasso_and_a_course(visit, case):
    some = sorted(marks(case, "correlation"), key=lambda mark: mark["x"])
    left, right = some[0]["x"] - 5, (some[6]["x"] + some[7]["x"]) / 2
    _, top, _, height = case.evaluate("window.reprise.placeOf(window.reprise.views.correlation).area")
    high, low = top + 2, top + height - 2
    drag(case, "correlation", (left, high), (right, high), (right, low), (left, low))
    until(case, "() => window.reprise.selection.visits.length")
    assert visits(visit(address(case))) == visits(case)
    bar = next(mark for mark in marks(case, "swimlanes") if mark["row"][2] == "etanercept")
    click_at(case, "swimlanes", bar["x"], bar["y"])
    other = visit(address(case))
    assert chips(other) == chips(case) == ["P3 etanercept from study week −18"]
    assert alphas(other, "pasi") == alphas(case, "pasi")


@pytest.mark.slow
def test_a_link_restores_a_patient_of_any_name(visit, shelf):
    page, other = visit(shelf), visit(shelf)
    for patient in arms.PATIENTS:
        legend(page, patient).click()
        assert_lit(page, patient)
        other.goto(address(page))
        until(other, "(id) => window.reprise.highlighted().ids.has(id)", patient)
        assert_lit(other, patient)
        assert chips(other) == [patient]


@pytest.mark.slow
def test_a_link_restores_the_course_of_a_patient_of_any_name(visit, shelf):
    page, other = visit(shelf), visit(shelf)
    for patient in arms.RESTARTED:
        course = next(mark for mark in marks(page, "swimlanes") if mark["patient"] == patient and mark["week"] > 1)
        click_at(page, "swimlanes", course["x"], course["y"])
        other.goto(address(page))
        until(other, "(id) => window.reprise.highlighted().ids.has(id)", patient)
        assert alphas(other, "pasi") == alphas(page, "pasi")


@pytest.mark.slow
def test_a_link_restores_the_visits_of_patients_of_any_name(visit, shelf):
    page = visit(shelf)
    chosen = [[patient, week, week] for patient in arms.PATIENTS for week in (2, 6)]
    page.evaluate("(visits) => window.reprise.selectVisits(visits, {}, false)", chosen)
    assert visits(visit(address(page))) == {tuple(one) for one in chosen}


@pytest.mark.slow
def test_a_table_row_of_any_name_lights_its_patient(visit, shelf):
    page = visit(shelf)
    open_view(page, "response")
    until(page, "() => document.querySelectorAll('#response-table .ag-row').length > 0")
    assert set(arms.RESTARTED) <= rows(page)
    for patient in arms.RESTARTED:
        click_row(page, patient)
        assert lit(page) == [patient]
        assert rows(page, "lit") == {patient}


@pytest.mark.parametrize("broken", ["#clock=%&patients=%E0%A4&lit=%ff&gesture=%7B&zoom=a,b", "#study=%"])
def test_a_broken_link_still_shows_the_study(visit, base_url, broken):
    page = visit(base_url + broken)
    assert captions(page)[0] == "3 patients, 51 values, 1 missing"
    assert_nobody_lit(page)
    click_mark(page, "pasi", "P1", 4)
    assert_lit(page, "P1")


@pytest.mark.slow
def test_a_link_with_unknown_values_says_so_and_shows_the_defaults(visit, base_url):
    page = visit(f"{base_url}#clock=moon&patients=P9&subset=none&lane_page=-3&tolerance=x&junk=1")
    assert captions(page)[0] == "3 patients, 51 values, 1 missing"
    assert "moon" in page.locator("#notice").inner_text()


def test_a_view_that_there_is_not_is_said_also_on_a_page_that_is_open(case):
    case.evaluate("location.hash = 'panel=nowhere&response=PASI90'")
    until(case, "() => window.reprise.query.response === 'PASI90' && window.reprise.complete()")
    assert case.evaluate("window.reprise.query.panel") == "correlation"
    assert "nowhere" in case.locator("#notice").inner_text()


WHOLE = """() => { const notice = document.querySelector("#notice"), box = notice.getBoundingClientRect();
    return notice.scrollWidth <= notice.clientWidth + 1 && notice.scrollHeight <= notice.clientHeight + 1
        && box.left >= 0 && box.right <= innerWidth && getComputedStyle(notice).whiteSpace === "pre-line"; }"""


@pytest.mark.slow
@pytest.mark.parametrize("reach", ["hover", "focus"])
def test_every_complaint_about_a_link_can_be_read(visit, base_url, reach):
    page = visit(f"{base_url}#clock=moon&subset=none&pasi_scale=feet", viewport={"width": 1280, "height": 720})
    notice = page.locator("#notice")
    assert page.evaluate("getComputedStyle(document.querySelector('#notice'), '::before').content") == '"3 notices: "'
    getattr(notice, reach)()
    until(page, WHOLE)
    said = notice.inner_text().splitlines()
    assert [word in line for word, line in zip(("clock", "pasi scale", "subset"), sorted(said), strict=True)] == [
        True
    ] * 3
    button = page.locator("[data-action=filters]").bounding_box()
    assert button["x"] + button["width"] <= 1280


@pytest.mark.slow
def test_a_link_to_a_study_that_is_not_here_says_so(page, base_url):
    page.goto(f"{base_url}#study=elsewhere", wait_until="commit")
    page.locator(".toast-line", has_text="elsewhere").wait_for()
    settled(page)
    assert captions(page)[0] == "3 patients, 51 values, 1 missing"


def test_a_link_opens_the_study_that_it_names_and_the_menu_switches_and_back_returns(visit, shelf):
    page = visit(f"{shelf}#study=series&lit=P2")
    until(page, "() => window.reprise.study === 'series'")
    settled(page)
    assert_lit(page, "P2")
    page.locator("[data-action=study]").click()
    page.locator("#study-menu").select_option("arms")
    until(page, "() => window.reprise.study === 'arms'")
    settled(page)
    assert_nobody_lit(page)
    assert captions(page)[0] == "4 patients, 31 values, 1 missing"
    page.go_back()
    until(page, "() => window.reprise.study === 'series'")
    settled(page)
    assert_lit(page, "P2")
    assert page.locator("#study-menu").input_value() == "series"


def test_an_address_is_drawn_once(serve, visit):
    page = visit(f"{serve()}#panel=rates&to_week=26&lit=P1&theme=dark", viewport={"width": 1280, "height": 720})
    asked = page.evaluate("() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)")
    assert [path for path in asked if path in {"/first", "/_dash-layout", "/redraw"}] == ["/first"]
    assert page.locator("[data-view] .js-plotly-plot, [data-chart] .js-plotly-plot").count() == 2
    assert address(page).endswith("#panel=rates&to_week=26&lit=P1&theme=dark")
    assert page.locator('[data-control="to_week"] input').input_value() == "26"
    assert lit(page) == ["P1"]


def test_what_the_server_cannot_use_of_an_address_is_said_and_the_rest_is_drawn(serve, visit):
    page = visit(f"{serve()}#panel=rates&to_week=26&phase=nowhere")
    assert "phase" in page.locator("#notice").inner_text()
    assert page.evaluate("() => [window.reprise.query.panel, window.reprise.query.to_week]") == ["rates", 26]
