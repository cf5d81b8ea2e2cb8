"""Choosing a rule: its lines, signs and wording change, the chosen one stays with the page, and nothing else moves."""

import pytest

from browser.hand import address, assert_lit, case_signs, choose, click_at, open_view, until, x_range, zoom


def note(page, view):
    return page.locator(f'[data-note="{view}"] .card-note').text_content()


def test_another_relapse_rule_moves_its_signs_and_says_what_it_is(case):
    before = case_signs(case)
    assert ("P1", "✕8") in before["pasi"]
    assert ("P1", "✕8") in before["swimlanes"]
    assert "At least half of the best improvement so far is lost" in note(case, "pasi")
    choose(case, "relapse", "absolute_3")
    after = case_signs(case)
    assert "PASI of 3 or more" in note(case, "pasi")
    assert ("P1", "✕6.1") in after["pasi"]
    assert ("P1", "✕6.1") in after["swimlanes"]
    case.go_back()
    case.wait_for_function("() => window.reprise.query.relapse === 'NPF' && window.reprise.settled()")
    assert case_signs(case) == before


@pytest.mark.slow
def test_a_rule_keeps_the_zoom_and_travels_in_the_link(case, visit):
    shown = zoom(case)
    choose(case, "response", "PASI90")
    assert x_range(case, "pasi") == shown
    other = visit(address(case))
    assert other.locator('[data-control="response"] select').input_value() == "PASI90"
    assert case_signs(other) == case_signs(case)


def test_an_own_cut_off_has_its_own_field(case):
    box = case.locator('[data-control="cutoff"]')
    assert not box.is_visible()
    choose(case, "response", "own_percent")
    assert box.is_visible()
    assert "PASI at least 80 % below baseline." in note(case, "pasi")
    box.locator("input").fill("60")
    box.locator("input").press("Enter")
    case.wait_for_function("() => window.reprise.query.cutoff === 60 && window.reprise.settled()")
    assert "PASI at least 60 % below baseline." in note(case, "pasi")


def test_a_sign_and_a_line_light_their_patient(case):
    sign = case.evaluate(
        """() => { const { gd } = window.reprise.views.swimlanes, full = gd._fullLayout;
        const trace = gd._fullData.find((one) => one.mode === "text"), i = trace.customdata.findIndex((row) => row[0] === "P2");
        return [full.xaxis._offset + full.xaxis.l2p(trace.x[i]), full.yaxis._offset + full.yaxis.l2p(trace.y[i])]; }"""
    )
    click_at(case, "swimlanes", *sign)
    assert_lit(case, "P2")


def test_the_table_says_when_she_relapsed_and_that_a_rule_is_not_told(case):
    open_view(case, "response")
    cell = "#response-table .ag-row[row-id='P1|after'] .ag-cell[col-id=relapse]"
    open_view(case, "response")
    first = f'() => document.querySelector("{cell}")?.textContent'
    until(case, f"(wanted) => ({first})() === wanted", "week 8")
    choose(case, "relapse", "none")
    until(case, f"(wanted) => ({first})() === wanted", "not told")
