"""Correlation and its neighbours: a statistic, a lag, rows of the matrix, a heatmap's row, a permutation, and play."""

import pytest

from browser.driver import settled
from browser.hand import address, choose, click_at, drag, lit, note, open_view, opened, painted, reach, until

RESAMPLED = "#drawer-method .resampled"
LAST = '{"job": "one"}\n{"done": 10000, "total": 10000, "text": "It is done."}\n'
PLACE = """([name, x, y]) => {
    const { gd } = window.reprise.views[name], { xaxis, yaxis } = gd._fullLayout;
    return [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)];
}"""


def printed(page):
    """What stands on the card of the scatter."""
    return page.locator('[data-view="correlation"]').text_content()


def place(page, view, x, y):
    return page.evaluate(PLACE, [view, x, y])


def test_another_statistic_is_printed_and_stands_in_the_address(case):
    assert "repeated-measures correlation" in printed(case)
    choose(case, "statistic", "change_on_change")
    assert "change-on-change correlation" in printed(case)
    assert "statistic=change_on_change" in address(case)
    assert "neighbouring differences share a visit" in note(case, "correlation")


def test_a_click_on_a_lag_chooses_it(case):
    open_view(case, "lag_profile")
    click_at(case, "lag_profile", *place(case, "lag_profile", 4, -0.5))
    until(case, "() => window.reprise.query.lag === 4")
    settled(case)
    case.go_back()
    until(case, "() => window.reprise.query.lag === 0")
    settled(case)


def test_a_click_on_a_tolerance_chooses_it(case):
    open_view(case, "tolerance")
    click_at(case, "tolerance", *place(case, "tolerance", 2, 0.5))
    until(case, "() => window.reprise.query.tolerance === 2")
    settled(case)


def test_a_click_on_a_specification_sets_all_its_choices_and_it_is_marked(case):
    open_view(case, "specifications")
    wanted = case.evaluate("() => window.reprise.views.specifications.meta.choices[9].query")
    click_at(case, "specifications", *place(case, "specifications", 10, 0.5))
    until(
        case,
        "(wanted) => Object.entries(wanted).every(([name, value]) => window.reprise.query[name] === value)",
        wanted,
    )
    settled(case)
    same = "({ query }) => Object.entries(query).every(([name, value]) => window.reprise.query[name] === value)"
    assert case.evaluate(f"() => window.reprise.views.specifications.meta.choices.filter({same}).length") == 1
    assert case.evaluate("() => window.reprise.query.panel") == "specifications"


def test_a_drag_over_rows_of_the_matrix_opens_their_scatters(case):
    open_view(case, "matrix")
    low, high = (place(case, "matrix", 0, row) for row in (1, 3))
    wanted = case.evaluate("() => window.reprise.views.matrix.meta.cells.subsets.slice(1, 4)")
    drag(case, "matrix", low, high)
    until(case, "(wanted) => window.reprise.query.subsets.join() === wanted.join()", wanted)
    settled(case)
    assert case.evaluate("() => window.reprise.query.panel") == "multiples"


def test_a_click_on_a_row_of_the_heatmap_selects_its_patient(case):
    open_view(case, "heatmap")
    choose(case, "heat_by", "subset")
    click_at(case, "heatmap", *place(case, "heatmap", 1, 1))
    until(case, "() => window.reprise.highlighted().any")
    assert lit(case) == ["P2"]


def test_play_sweeps_pauses_and_asks_no_server(case):
    asked = []
    case.on("request", lambda request: asked.append(request.url))
    before = address(case)
    case.keyboard.press("p")
    until(case, "() => window.reprise.sweep && window.reprise.sweep.share > 0.02")
    case.keyboard.press("p")
    until(case, "() => !window.reprise.sweep.running")
    share = case.evaluate("() => window.reprise.sweep.share")
    assert painted(case, "pasi", "cursor") > 0
    assert painted(case, "correlation", "sweep") > 0
    case.locator("#play input").press("ArrowRight")
    until(case, "(share) => window.reprise.sweep.share !== share", share)
    case.keyboard.press("Escape")
    until(case, "() => window.reprise.sweep === null")
    assert painted(case, "pasi", "cursor") == painted(case, "correlation", "sweep") == 0
    assert (asked, address(case)) == ([], before)


def test_a_permutation_shows_progress_and_its_p_with_the_caveat(case):
    reach(case, "statistic")
    case.locator('[data-resample="permutation"]').click()
    until(case, "() => document.querySelector('#drawer-method .resampled').textContent !== ''")
    text = case.locator(RESAMPLED).text_content()
    assert "Permutation p = " in text
    assert "not exchangeable" in text
    choose(case, "statistic", "pooled_pearson")
    assert case.locator(RESAMPLED).text_content() == ""


def test_the_bootstrap_of_three_patients_is_refused_with_the_reason(case):
    reach(case, "statistic")
    case.locator('[data-resample="bootstrap"]').click()
    until(case, "() => document.querySelector('#drawer-method .resampled').textContent !== ''")
    assert "refused below 10 patients" in case.locator(RESAMPLED).text_content()


def test_a_resampling_can_be_cancelled(chromium, open_page, watch, thousand):
    page = open_page()
    watch.host = thousand.split("/")[2]
    opened(page, f"{thousand}#panel=correlation")
    reach(page, "statistic")
    page.locator('[data-resample="bootstrap"]').click()
    page.locator('[data-resample="cancel"]').click()
    until(page, "() => document.querySelector('#drawer-method .resampled').textContent.startsWith('Cancelled after')")
    assert page.locator("#drawer-method progress").is_hidden()


def test_a_resampling_that_breaks_off_is_asked_for_again_by_the_name_of_its_job(case):
    bodies, parts = [], ['{"job": "one"}\n{"done": 500, "total": 10000, "text": ""}\n\n', LAST]

    def answered(route):
        bodies.append(route.request.post_data_json)
        route.fulfill(body=parts[len(bodies) - 1], content_type="application/x-ndjson")

    case.route("**/resample", answered)
    reach(case, "statistic")
    case.locator('[data-resample="permutation"]').click()
    until(case, "() => document.querySelector('#drawer-method .resampled').textContent === 'It is done.'")
    assert [body.get("job") for body in bodies] == [None, "one"]
    assert bodies[0]["query"] == bodies[1]["query"]
    case.unroute("**/resample")


def looked(page):
    return page.locator("[data-looked]").text_content()


@pytest.mark.slow
def test_the_analyses_that_were_looked_at_are_counted_once_each_and_anew_on_demand(visit, base_url):
    page = visit(base_url)
    page.evaluate("sessionStorage.clear()")
    choose(page, "statistic", "rank_repeated_measures")
    assert looked(page) == "1 analysis looked at"
    choose(page, "p_by", "own")
    choose(page, "p_by", "shift")
    assert looked(page) == "2 analyses looked at"
    page.reload()
    settled(page)
    assert looked(page) == "2 analyses looked at"
    stored = page.evaluate("JSON.parse(sessionStorage.getItem('reprise-looked'))")
    assert all(isinstance(number, int) for row in stored for number in row)
    reach(page, "statistic")
    page.locator("[data-looked]").click()
    assert page.locator("[data-looked]").is_hidden()


def test_a_specification_curve_counts_with_every_analysis_it_tells(visit, base_url):
    page = visit(f"{base_url}#pair_view=specifications")
    until(page, "() => window.reprise.views.specifications && window.reprise.settled()")
    told = page.evaluate("window.reprise.views.specifications.gd.layout.meta.choices.filter(({ p }) => p).length")
    open_view(page, "correlation")
    assert told > 100
    assert looked(page) == f"{told} analyses looked at"  # the page's own is one of them
