"""1,000 patients: bands first, whoever is highlighted is drawn by the layer, and a gesture travels instead of a list."""

import pandas as pd
import pytest

from benchmarks import cohort
from browser.driver import settled
from browser.hand import (
    LINKED,
    ROW,
    TIMES,
    address,
    at,
    caption,
    chips,
    choose,
    click_row,
    drag,
    legend,
    lit,
    open_view,
    painted,
    rows,
    type_into,
    until,
    visits,
    x_range,
    zoom,
)


def test_it_opens_with_medians_and_a_row_lights_a_patient_in_every_view(back, thousand):
    page = back(thousand)
    assert caption(page, "pasi").startswith("1,000 patients")
    groups = page.evaluate("window.reprise.views.pasi.groups.map((trace) => trace.meta.group).sort()")
    assert groups == ["high dose", "low dose", "middle dose"]
    assert page.evaluate("window.reprise.views.pasi.sets.length") == 0
    open_view(page, "response")
    page.locator(ROW).first.wait_for()
    patient = sorted(rows(page))[3]
    click_row(page, patient)
    assert lit(page) == [patient]
    assert patient in rows(page, "lit")
    assert_line_is_drawn(page, patient)
    open_view(page, "correlation")
    for view in LINKED:
        assert painted(page, view) > 0, view
    page.keyboard.press("Escape")
    assert lit(page) == []
    assert painted(page, "pasi") == 0


OPAQUE_AT_VISITS = """(patient) => {
    const R = window.reprise, view = R.views.pasi, canvas = view.gd.querySelector("canvas.layer-light"), ratio = devicePixelRatio;
    const full = view.gd._fullLayout, found = [];
    for (const set of view.others.filter((one) => !one.rule)) for (const i of set.of.get(patient) || []) {
        if (!Number.isFinite(set.y[i])) continue;
        if (set.y[i] > full.yaxis.range[1]) continue; // cut, as the axis says
        const x = full.xaxis._offset + full.xaxis.l2p(set.x[i]), y = full.yaxis._offset + full.yaxis.l2p(set.y[i]);
        found.push(canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data[3]);
    }
    return found;
}"""


def assert_line_is_drawn(page, patient):
    """The layer has an opaque mark at each of the patient's visits."""
    found = page.evaluate(OPAQUE_AT_VISITS, patient)
    assert len(found) > 10
    assert set(found) == {255}


IN_PANEL_B = """(patient) => {
    const view = window.reprise.views.immune;
    return view.others.map((set) => (set.of.get(patient) || []).map((i) => set.y[i]).filter(Number.isFinite)).flat().sort((a, b) => a - b);
}"""


def test_panel_b_draws_whoever_is_lit_from_the_subset_that_is_chosen(back, thousand, tmp_path):
    page = back(thousand)
    table = pd.read_csv(cohort.write(tmp_path / "again", 1000, subsets=6) / "immune_subsets.csv")
    for subset in ("subset_03", "subset_02"):
        page.evaluate("(subset) => window.reprise.setQuery({subsets: [subset]})", subset)
        settled(page)
        for patient in ("S0004", "S0005"):
            values = table.loc[table["patient_id"] == patient, subset].dropna()
            assert len(values) > 1
            assert page.evaluate(IN_PANEL_B, patient) == pytest.approx(sorted(values), rel=1e-6)


@pytest.mark.slow
def test_a_lasso_of_many_visits_is_stored_as_its_gesture_and_restored_in_another_browser(back, visit, thousand):
    page = back(thousand)
    open_view(page, "correlation")
    left, top, width, height = page.evaluate("window.reprise.placeOf(window.reprise.views.correlation).area")
    corners = [(0.2, 0.2), (0.7, 0.2), (0.7, 0.7), (0.2, 0.7)]
    drag(page, "correlation", *[(left + x * width, top + y * height) for x, y in corners])
    until(page, "() => window.reprise.selection.gesture !== null")
    settled(page)
    assert len(address(page)) < 4096
    assert len(visits(page)) > 500
    assert "patient-visits" in chips(page)[-1]
    other = visit(address(page))
    assert visits(other) == visits(page)
    assert lit(other) == lit(page)
    assert chips(other) == chips(page)
    assert painted(other, "pasi") > 0
    assert page.evaluate("JSON.stringify(window.reprise.query).length") < 4096


def test_a_group_is_lit_from_its_legend_and_a_median_by_a_click(back, thousand):
    page = back(thousand)
    legend(page, "low dose").click()
    assert len(lit(page)) == 334
    assert painted(page, "pasi") > 0
    page.keyboard.press("Escape")
    spot = page.evaluate(
        """() => { const { gd, groups: [trace] } = window.reprise.views.pasi, { xaxis, yaxis } = gd._fullLayout;
        const i = trace.x.findIndex((x) => xaxis.l2p(x) > 200);
        return [xaxis._offset + xaxis.l2p(trace.x[i]), yaxis._offset + yaxis.l2p(trace.y[i]), trace.meta.group]; }"""
    )
    page.mouse.click(*at(page, "pasi", *spot[:2]))
    until(page, "() => window.reprise.highlighted().any")
    assert page.evaluate("window.reprise.selection.groups") == [spot[2]]


def test_zoom_is_kept_over_a_selection_and_lanes_page(back, thousand):
    page = back(thousand)
    shown = zoom(page)
    page.evaluate("window.reprise.select({ patients: ['S0500'] })")
    for view in TIMES:
        assert x_range(page, view) == pytest.approx(shown, rel=1e-4)
    choose(page, "lanes", "patients")
    first = page.evaluate("[...new Set(window.reprise.views.swimlanes.meta.lanes)]")
    type_into(page, "lane_page", "2")
    for view in TIMES:
        assert x_range(page, view) == pytest.approx(shown, rel=1e-4)
    second = page.evaluate("[...new Set(window.reprise.views.swimlanes.meta.lanes)]")
    assert "S0500" in first
    assert second[0] == "S0013"
    assert len(first) == len(second) == 36
    assert page.evaluate("window.reprise.selection.patients") == ["S0500"]
