"""The cohort views are opened from their deck, drawn under the chosen rules, and linked like every other view."""

import pytest

from benchmarks import cohort
from browser.driver import settled
from browser.hand import address, at, caption, chips, lit, note, open_view, painted, until


@pytest.fixture(scope="module")
def forty(serve, tmp_path_factory):
    """Address of a server with a cohort of 40 patients, whose groups are large enough for rates."""
    return serve(cohort.write(tmp_path_factory.mktemp("cohort") / "forty", 40, subsets=2))


PLACE = """([name, x, y]) => { const full = window.reprise.views[name].gd._fullLayout;
    return [full.xaxis._offset + full.xaxis.l2p(x), full.yaxis._offset + full.yaxis.l2p(y)]; }"""


def opened(page, view):
    open_view(page, view)
    until(page, "(view) => window.reprise.views[view]", view)
    return page


def click(page, view, x, y):
    page.mouse.click(*at(page, view, *page.evaluate(PLACE, [view, x, y])))


def test_every_patients_line_is_drawn_where_it_is_asked_for_after_the_page_has_come(visit, forty):
    page = visit(forty)
    page.evaluate("window.reprise.setQuery({ lines: 'all' })")
    until(page, "() => window.reprise.query.lines === 'all' && window.reprise.complete()")
    drawn = "(window.reprise.views.pasi.sets.flatMap((set) => [...set.of.keys()]))"
    assert page.evaluate(f"new Set({drawn}).size") == 40
    page.evaluate("window.reprise.setQuery({ lines: 'median' })")
    settled(page)


def in_sight(page):
    return page.locator(".panel [data-view]:not(.hidden)").evaluate_all("(all) => all.map((one) => one.dataset.view)")


@pytest.mark.parametrize("view", ["survival", "sensitivity", "goals"])
def test_a_view_opens_in_place_of_the_other_and_back_returns(case, view):
    opened(case, view)
    assert in_sight(case) == [view]
    assert case.evaluate("(view) => window.reprise.views[view].gd._fullData.length", view) > 0
    assert caption(case, view)
    assert f"panel={view}" in address(case)
    case.evaluate("history.length && history.go(-1)")
    until(case, "(view) => window.reprise.query.panel !== view", view)
    settled(case)
    assert in_sight(case) != [view]


def test_a_tab_opens_the_view_that_was_open_there_last(case):
    opened(case, "survival")
    opened(case, "correlation")
    case.locator('[data-tab="cohort"]').click()
    until(case, "() => window.reprise.query.panel === 'survival'")


def test_a_bar_of_the_waterfall_lights_its_patient_and_others_are_dimmed(case):
    opened(case, "waterfall")
    columns = case.evaluate("window.reprise.views.waterfall.meta.columns")
    click(case, "waterfall", 0, 10)
    assert lit(case) == [columns[0]]
    assert painted(case, "waterfall") > 0
    assert painted(case, "pasi") > 0


def test_a_row_of_the_lasagna_lights_its_patient(case):
    opened(case, "lasagna")
    rows = case.evaluate("window.reprise.views.lasagna.meta.rows")
    x = case.evaluate("window.reprise.views.lasagna.gd._fullLayout.xaxis.range.reduce((a, b) => a + b) / 2")
    click(case, "lasagna", x, 1)
    assert lit(case) == [rows[1]]
    assert painted(case, "lasagna") > 0


@pytest.mark.parametrize("view", ["rates", "group_course", "survival"])
def test_a_mark_that_stands_for_several_lights_them_and_is_ringed(visit, forty, view):
    case = opened(visit(forty), view)
    point = case.evaluate(
        """(name) => { const R = window.reprise, view = R.views[name];
        return view.points.find((point) => R.membersOf(view.meta, point.key).length); }""",
        view,
    )
    wanted = case.evaluate(
        "([name, key]) => window.reprise.membersOf(window.reprise.views[name].meta, key)", [view, point["key"]]
    )
    click(case, view, point["x"], point["y"])
    assert lit(case) == sorted(wanted)
    assert painted(case, view) > 0


@pytest.mark.parametrize("view", ["rates", "survival"])
def test_a_row_of_a_table_of_states_lights_its_patient(case, view):
    opened(case, view)
    click(case, view, 1.5, 2)
    assert lit(case) == ["P3"]
    assert painted(case, view) > 0


def test_a_patients_own_line_of_the_course_lights_that_patient_alone(case):
    opened(case, "group_course")
    patient, x, y = case.evaluate(
        """() => { const view = window.reprise.views.group_course, far = (set, i) => Math.min(...view.points.filter((p) => Number.isFinite(p.y)).map((p) =>
            Math.hypot(40 * (p.x - set.x[i]), 4 * (p.y - set.y[i]))));
        const all = view.sets.flatMap((set) => [...set.of].flatMap(([id, own]) => own.filter((i) => Number.isFinite(set.y[i])).map((i) => [far(set, i), id, set.x[i], set.y[i]])));
        return all.reduce((best, one) => (one[0] > best[0] ? one : best)).slice(1); }"""
    )
    click(case, "group_course", x, y)
    assert lit(case) == [patient]
    assert painted(case, "group_course") > 0


@pytest.mark.slow
def test_many_lit_by_one_mark_are_stored_as_the_mark_and_restored_from_the_link(visit, thousand):
    page = visit(f"{thousand}#cohort_view=rates")
    until(page, "() => window.reprise.views.rates && window.reprise.settled()")
    point = page.evaluate(
        """() => { const R = window.reprise, view = R.views.rates, size = ({ key }) => R.membersOf(view.meta, key).length;
        return view.points.reduce((best, point) => (size(point) > size(best) ? point : best)); }"""
    )
    page.evaluate(
        """(key) => { const R = window.reprise;
        R.selectPatients(R.membersOf(R.views.rates.meta, key).flatMap((id) => [id, id, id]).slice(0, 800), { view: "rates", key }, false); }""",
        point["key"],
    )
    assert len(address(page)) < 4096
    assert "patients of one mark" in chips(page)[-1]
    other = visit(address(page))
    until(other, "() => window.reprise.highlighted().any")
    assert lit(other) == lit(page)


def test_a_row_of_the_sensitivity_strip_makes_its_rule_the_active_one(case):
    opened(case, "sensitivity")
    row, change = case.evaluate(
        """() => { const sets = window.reprise.views.sensitivity.meta.sets;
        const row = sets.findIndex((set) => set && set.relapse === "loss_of_PASI50"); return [row, sets[row]]; }"""
    )
    x, y = case.evaluate(
        """(row) => { const { gd } = window.reprise.views.sensitivity, full = gd._fullLayout;
        return [20, full.yaxis._offset + full.yaxis.l2p(row)]; }""",
        row,
    )
    case.mouse.click(*at(case, "sensitivity", x, y))
    until(
        case,
        "(change) => Object.entries(change).every(([field, value]) => window.reprise.query[field] === value)",
        change,
    )
    settled(case)
    assert case.locator('[data-control="relapse"] select').input_value() == "loss_of_PASI50"
    assert "no longer held: PASI above 50 %" in note(case, "pasi")
