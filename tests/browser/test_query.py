"""What is drawn: a control changes the numbers of the views that depend on it, and says so in a removable chip."""

import pytest

from browser import arms
from browser.driver import settled
from browser.hand import (
    assert_lit,
    at,
    caption,
    captions,
    chips,
    choose,
    lit,
    marks,
    open_view,
    reach,
    type_into,
    until,
)


def test_the_week_window_changes_n_and_its_chip_restores_it(case):
    before = captions(case)
    type_into(case, "from_week", "0")
    type_into(case, "to_week", "26")
    assert chips(case) == ["weeks 0 to 26"]
    shown = [mark["week"] for mark in marks(case, "pasi")]
    assert (min(shown), max(shown)) == (0, 24)
    assert caption(case, "pasi") == f"3 patients, {len(shown)} values, 1 missing"
    assert captions(case)[3] != before[3]
    case.locator("#chips .chip-remove").click()
    until(case, "() => window.reprise.query.to_week === null")
    settled(case)
    assert captions(case) == before
    assert chips(case) == []


def test_what_a_menu_offers_next_is_asked_for_while_the_pointer_is_on_it(visit, base_url):
    page = visit(f"{base_url}#panel=correlation")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data) if request.url.endswith("/redraw") else None)
    menu = page.locator("[data-control=subset] select")
    with page.expect_response(lambda reply: "recirculating" in (reply.request.post_data or ""), timeout=10_000):
        menu.hover()
    assert page.evaluate("reprise.query.subset") == "cd4_skin_homing"
    ahead = len(asked)
    menu.select_option("cd4_skin_recirculating")
    settled(page)
    assert page.evaluate("[reprise.query.subset, reprise.shown.subset]") == ["cd4_skin_recirculating"] * 2
    assert "CD103+" in page.evaluate("reprise.views.correlation.gd.layout.xaxis.title.text")
    assert len(asked) == ahead


def test_a_link_that_is_pressed_before_the_pointer_rested_on_it_is_asked_for_at_once(visit, base_url):
    page = visit(f"{base_url}#panel=correlation")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data) if request.url.endswith("/redraw") else None)
    with page.expect_response(lambda reply: reply.url.endswith("/redraw"), timeout=10_000):
        page.evaluate("""() => {
            const link = Object.assign(document.createElement("a"), { id: "link", href: `${location.hash}&to_week=9` });
            document.body.append(link);
            link.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
        }""")
    assert page.evaluate("reprise.query.to_week") is None
    page.evaluate("document.getElementById('link').click()")
    until(page, "() => reprise.query.to_week === 9")
    settled(page)
    assert page.evaluate("reprise.shown.to_week") == 9
    assert len(asked) == 1


RATES = """.tab[data-views*='"rates"']"""
EXPECTED = {
    "a tab": (RATES, lambda page: page.evaluate("reprise.query.panel") == "rates"),
    "a link to the page as it opens": ("#link", lambda page: page.evaluate("reprise.query.to_week") is None),
}


@pytest.mark.parametrize("what", EXPECTED)
def test_what_the_pointer_rests_on_is_asked_for_before_it_is_chosen(visit, base_url, what):
    page, (target, done) = visit(f"{base_url}#panel=correlation&to_week=9"), EXPECTED[what]
    page.evaluate("""() => {
        const link = Object.assign(document.createElement("a"), { id: "link", href: "#", textContent: "all weeks" });
        link.style = "position: fixed; top: 0; left: 0; z-index: 9999";
        document.body.append(link);
    }""")
    asked = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/redraw") else None)
    with page.expect_response(lambda reply: reply.url.endswith("/redraw"), timeout=10_000):
        page.locator(target).hover()
    page.locator(target).click()
    settled(page)
    assert done(page)
    assert [request.headers.get("x-ahead") for request in asked] == ["1"]


def test_what_was_not_answered_ahead_is_asked_for_again_once_it_is_wanted_and_nothing_more_ahead(visit, base_url):
    page, asked = visit(f"{base_url}#panel=correlation"), []

    def answer(route):
        asked.append(route.request.headers.get("x-ahead"))
        route.fulfill(status=204) if asked[-1] else route.continue_()

    page.route("**/redraw", answer)
    with page.expect_response(lambda reply: reply.status == 204, timeout=10_000):
        page.locator('[data-control="subset"] select').hover()
    page.locator('[data-control="subset"] select').select_option("cd4_skin_recirculating")
    settled(page)
    assert page.evaluate("reprise.shown.subset") == "cd4_skin_recirculating"
    page.locator(RATES).hover()
    page.locator(RATES).click()
    settled(page)
    assert asked == ["1", None, None]


@pytest.mark.slow
def test_the_options_beside_a_change_are_asked_for_once_it_has_been_looked_at_for_a_while(visit, base_url):
    page = visit(f"{base_url}#panel=correlation")
    with page.expect_response(lambda reply: '"subset":"treg"' in (reply.request.post_data or ""), timeout=30_000):
        page.evaluate("reprise.setQuery({ subset: 'cd8_skin_recirculating' })")
        settled(page)
    assert page.evaluate("reprise.query.subset") == "cd8_skin_recirculating"


@pytest.mark.slow
def test_kept_patients_are_a_chip_that_restores_everyone(visit, base_url):
    page = visit(f"{base_url}#patients=P1,P3&lit=P1")
    assert "patients: P1, P3" in chips(page)
    assert caption(page, "pasi").startswith("2 patients")
    assert {
        mark["patient"] for view in ("pasi", "immune", "swimlanes", "correlation") for mark in marks(page, view)
    } == {
        "P1",
        "P3",
    }
    page.locator("#chips .chip", has_text="patients:").locator("button").click()
    until(page, "() => window.reprise.query.patients.length === 0")
    settled(page)
    assert caption(page, "pasi").startswith("3 patients")
    assert lit(page) == ["P1"]


def test_a_matrix_cell_shows_its_pair_in_the_scatter_and_back_returns(case):
    x, y = cell(case, 4, 1)
    case.mouse.click(x, y)
    until(case, "() => window.reprise.query.subset === 'treg' && window.reprise.query.phase === 'after'")
    settled(case)
    assert case.locator('[data-control="subset"] select').input_value() == "treg"
    assert case.locator('[data-control="phase"] select').input_value() == "after"
    assert "Treg" in case.evaluate("window.reprise.views.correlation.gd.layout.xaxis.title.text")
    assert caption(case, "correlation").startswith("3 patients, 13 pairs ")
    assert {mark["symbol"] for mark in marks(case, "correlation")} == {"circle"}
    assert chips(case) == ["phase: after MSC"]
    case.go_back()
    until(case, "() => window.reprise.query.phase === 'all'")
    settled(case)
    assert case.evaluate("window.reprise.query.panel") == "matrix"


def cell(page, row, column):
    """Middle of a cell of the matrix, px of the screen, its row scrolled into sight."""
    open_view(page, "matrix")
    place = """([row, column]) => {
        const { xaxis, yaxis } = window.reprise.views.matrix.gd._fullLayout;
        document.querySelector(".card-matrix .card-body").scrollTop = yaxis.l2p(row) - 30;
        return [xaxis._offset + xaxis.l2p(column), yaxis._offset + yaxis.l2p(row)];
    }"""
    return at(page, "matrix", *page.evaluate(place, [row, column]))


@pytest.mark.slow
def test_the_restart_clock_aligns_restarts_in_every_time_view_and_lists_who_has_none(visit, shelf):
    page = visit(shelf)
    assert page.locator('[data-control="clock"] select').input_value() == "study"
    assert caption(page, "pasi").startswith("4 patients")
    choose(page, "clock", "restart")
    notice = page.locator("#notice").inner_text()
    assert arms.NEVER_RESTARTED in notice
    assert arms.NEVER_TREATED in notice
    assert not any(name in notice for name in arms.RESTARTED)
    for view in ("pasi", "immune", "swimlanes"):
        assert {mark["patient"] for mark in marks(page, view)} == set(arms.RESTARTED), view
    starts = page.evaluate(
        """() => { const { base, customdata } = window.reprise.views.swimlanes.gd._fullData.find((trace) => trace.type === "bar" && trace.customdata);
        return { base, customdata }; }"""
    )
    restarts = [base for base, row in zip(starts["base"], starts["customdata"], strict=True) if row[4] == "restart"]
    assert restarts == [0, 0]
    choose(page, "clock", "index")
    assert arms.NEVER_TREATED in page.locator("#notice").inner_text()
    assert caption(page, "pasi").startswith("3 patients")


def test_six_subsets_give_six_rows_of_at_least_60_px(case):
    reach(case, "subsets")
    dropdown = case.locator('[data-control="subsets"] button.dash-dropdown')
    dropdown.click()
    options = case.locator(".dash-dropdown-option").filter(has_not_text="—")
    for number in range(2, 6):
        options.nth(number).click()
    case.keyboard.press("Escape")
    until(case, "() => window.reprise.query.subsets.length === 6")
    settled(case)
    heights = case.evaluate(
        """() => { const { gd, meta } = window.reprise.views.immune;
        return Object.fromEntries(meta.axes.map((axis) => [axis, gd._fullLayout[axis.replace("y", "yaxis")]._length])); }"""
    )
    assert len(heights) == 6
    assert min(heights.values()) >= 60
    assert {mark["axis"] for mark in marks(case, "immune")} == set(heights)
    assert case.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_fewer_subsets_take_their_rows_with_them(visit, base_url):
    page = visit(f"{base_url}#subsets=cd4_skin_homing,treg,nonclassical_monocyte")
    page.evaluate("window.reprise.setQuery({ subsets: ['treg'] })")
    until(page, "() => window.reprise.settled()")
    axes = page.evaluate("window.reprise.views.immune.meta.axes")
    assert len(axes) == 1
    assert {mark["axis"] for mark in marks(page, "immune")} == set(axes)


def test_a_change_of_the_query_leaves_the_selection_lit(visit, base_url):
    page = visit(f"{base_url}#lit=P2")
    for change in ({"lens": False}, {"immune_scale": "change"}, {"lane_sort": "follow_up"}, {"theme": "dark"}):
        page.evaluate("(change) => window.reprise.setQuery(change)", change)
        settled(page)
        assert_lit(page, "P2")


@pytest.mark.parametrize("field", ["clock", "response", "subset"])
def test_a_menu_says_what_is_drawn_after_a_back_at_once(visit, base_url, field):
    page = visit(f"{base_url}#panel=correlation")
    menu = page.locator(f'[data-control="{field}"] select')
    before = menu.input_value()
    other = menu.evaluate("(menu) => [...menu.options].find((one) => !one.disabled && one.value !== menu.value).value")
    menu.select_option(other)
    page.evaluate("history.back()")
    until(page, "([field, value]) => String(reprise.query[field]) === value && reprise.settled()", [field, before])
    assert menu.input_value() == before


def test_whoever_is_left_out_is_not_lit_whatever_view_was_open_before(visit, base_url):
    page = visit(f"{base_url}#panel=multiples&lit=P1")
    for change in ({"panel": "correlation"}, {"patients": ["P2", "P3"]}):
        page.evaluate("(change) => reprise.setQuery(change)", change)
        settled(page)
    assert not page.evaluate("reprise.highlighted().any")
    assert "P1 (not shown)" in page.locator("#chips").inner_text()


def test_shares_on_drugs_of_a_few_show_who_is_lit_as_the_page_comes(visit, base_url):
    page = visit(f"{base_url}#lanes=share&lit=P2")
    until(page, "() => reprise.ready()")
    assert page.evaluate("reprise.views.swimlanes.others.filter((set) => set.bars && set.of.has('P2')).length") > 0


SMALL = {"width": 1280, "height": 720}
TICKS = "reprise.charts.time.gd.layout.xaxis.ticktext"


@pytest.mark.parametrize(("first", "then"), [("correlation", "response"), ("response", "correlation")])
def test_the_weeks_on_the_axis_are_those_of_its_width_whatever_was_open_before(visit, base_url, first, then):
    fresh = visit(f"{base_url}#panel={then}", viewport=SMALL).evaluate(TICKS)
    page = visit(f"{base_url}#panel={first}", viewport=SMALL)
    page.evaluate("(panel) => reprise.setQuery({ panel })", then)
    until(page, f"(fresh) => reprise.settled() && JSON.stringify({TICKS}) === JSON.stringify(fresh)", fresh)


BETWEEN = """() => { const { gd } = reprise.views.pasi, { xaxis, yaxis } = gd._fullLayout, { left, top } = gd.getBoundingClientRect();
    const set = reprise.views.pasi.sets.find(({ lines }) => lines), [[, [, first, second]]] = set.of;
    const middle = (axis, values) => axis._offset + (axis.l2p(values[first]) + axis.l2p(values[second])) / 2;
    return [left + middle(xaxis, set.x), top + middle(yaxis, set.y)]; }"""
LATER = "new Promise((done) => setTimeout(done, 150))"
"""Timers of the page that were due before are over then."""


def test_a_pointer_that_has_left_gets_no_tooltip(case):
    x, y = case.evaluate(BETWEEN)
    case.mouse.move(x, y)
    case.mouse.move(2, 2)
    case.evaluate(LATER)
    assert case.locator(".tip").count() == 0
    case.mouse.move(x, y)
    case.locator(".tip").first.wait_for()
    case.mouse.move(2, 2)
    assert case.locator(".tip").count() == 0
