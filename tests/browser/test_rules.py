"""Choosing a rule: its lines, signs and wording change, the chosen one stays with the page, and nothing else moves."""

import pytest

from browser.hand import address, assert_lit, choose, click_at, note, open_view, signs, texts, until, x_range, zoom


def test_another_relapse_rule_moves_its_signs_and_says_what_it_is(case):
    before = signs(case)
    assert ("P1", "✕ 8") in before
    assert "At least half of the best improvement so far is lost" in note(case, "pasi")
    choose(case, "relapse", "absolute_3")
    after = signs(case)
    assert "PASI of 3 or more" in note(case, "pasi")
    assert ("P1", "✕ 6.1") in after
    case.go_back()
    case.wait_for_function("() => window.reprise.query.relapse === 'NPF' && window.reprise.settled()")
    assert signs(case) == before


@pytest.mark.slow
def test_a_rule_keeps_the_zoom_and_travels_in_the_link(case, visit):
    shown = zoom(case)
    choose(case, "response", "PASI90")
    assert x_range(case, "pasi") == shown
    other = visit(address(case))
    assert other.locator('[data-control="response"] select').input_value() == "PASI90"
    assert signs(other) == signs(case)


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


def test_a_sign_of_the_rail_lights_its_patient(case):
    left, top, right, bottom = next(one for one in texts(case, "pasi", "rail") if one["of"] == "P2")["box"]
    click_at(case, "pasi", (left + right) / 2, (top + bottom) / 2)
    assert_lit(case, "P2")


def test_the_table_says_when_they_relapsed_and_that_a_rule_is_not_told(case):
    open_view(case, "response")
    cell = "#response-table .ag-row[row-id='P1|after'] .ag-cell[col-id=relapse]"
    open_view(case, "response")
    first = f'() => document.querySelector("{cell}")?.textContent'
    until(case, f"(wanted) => ({first})() === wanted", "week 8")
    choose(case, "relapse", "none")
    until(case, f"(wanted) => ({first})() === wanted", "not told")
