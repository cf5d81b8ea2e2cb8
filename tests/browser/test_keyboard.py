"""The page without a mouse."""

import pytest

from browser.hand import HELP, assert_lit, assert_nobody_lit, open_view, until

FOCUSED = "() => document.activeElement.textContent.trim()"


def tab_to(page, words):
    """Press Tab until something that says these words has the focus: once around the page, from its first stop."""
    page.locator("a, button, input, select, summary").first.focus()
    for _ in range(page.locator("a, button, input, select, summary, [tabindex]").count()):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED) and page.evaluate("document.activeElement.tagName") == "BUTTON":
            return
    raise AssertionError(f"{words} cannot be reached by Tab")


def test_a_legend_button_is_reached_by_tab_and_enter_selects(case):
    tab_to(case, "P2")
    outline = case.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
    )
    assert outline != "nonenone"
    case.keyboard.press("Enter")
    assert_lit(case, "P2")
    case.keyboard.press("Tab")
    case.keyboard.press("Shift+Enter")
    assert_lit(case, "P2", "P3")
    case.keyboard.press("Escape")
    until(case, "() => !window.reprise.highlighted().any")
    assert_nobody_lit(case)


def test_a_row_of_the_table_is_selected_by_enter(case):
    open_view(case, "response")
    cell = case.locator("#response-table .ag-cell[col-id=patient_id]").get_by_text("P1", exact=True).first
    cell.wait_for()
    cell.focus()
    for _ in range(2 * 4):  # two patients above, of four phases each
        case.keyboard.press("ArrowDown")
    case.keyboard.press("Enter")
    until(case, "() => window.reprise.highlighted().ids.has('P3')")
    assert_lit(case, "P3")


def test_escape_in_a_dialog_closes_it_and_keeps_the_highlight(case):
    tab_to(case, "P1")
    case.keyboard.press("Enter")
    case.evaluate(HELP)
    until(case, "() => Boolean(document.querySelector('dialog[open]'))")
    case.keyboard.press("Escape")
    until(case, "() => !document.querySelector('dialog[open]')")
    assert_lit(case, "P1")


def test_every_button_has_a_name(case):
    nameless = case.evaluate(
        """() => [...document.querySelectorAll("button, summary, select, input")].filter((one) => one.offsetParent
            && !(one.textContent.trim() || one.title || one.ariaLabel || one.closest("[title]")
            || [...(one.labels || [])].some((label) => label.textContent.trim()))).map((one) => one.outerHTML)"""
    )
    assert nameless == []


def choose_range(page, axis, low, high):
    for end, value in zip(page.locator(f'[data-range="{axis}"] input').all(), (low, high), strict=True):
        end.fill(value)


def test_visits_are_selected_by_numbers_as_a_lasso_selects_them(case):
    case.locator('[data-menu="correlation"]').locator("xpath=..").locator("summary").focus()
    case.keyboard.press("Enter")
    choose_range(case, "y", "5", "10")
    case.locator('[data-action="ranges"]').press("Enter")
    until(case, "() => window.reprise.selection.visits.length > 0")
    pairs = case.evaluate(
        """() => window.reprise.views.correlation.sets.filter((set) => set.markers && !set.alone).flatMap((set) =>
            [...set.of].flatMap(([id, all]) => all.map((i) => [id, set.y[i], set.data[i][2]])))"""
    )
    within = {(patient, week) for patient, value, week in pairs if 5 <= value <= 10}
    chosen = {(patient, week) for patient, week, _ in case.evaluate("window.reprise.selection.visits")}
    assert chosen == within
    assert len(chosen) > 2


def test_numbers_between_which_nothing_lies_leave_the_selection(case):
    case.locator('[data-menu="correlation"]').locator("xpath=..").locator("summary").press("Enter")
    choose_range(case, "y", "1000", "")
    case.locator('[data-action="ranges"]').press("Enter")
    until(case, "() => document.querySelector('#spoken').textContent.startsWith('No visit lies there')")
    assert_nobody_lit(case)


def test_single_keys_are_turned_off_and_on_in_the_help(case):
    case.evaluate(HELP)
    case.locator("#single-keys").uncheck()
    case.keyboard.press("Escape")
    case.locator('[data-view="pasi"]').focus()
    case.keyboard.press("f")
    case.keyboard.press("z")
    assert case.locator(".drawer[open]").count() == 0
    assert case.evaluate("window.reprise.zoom.time") is None
    case.keyboard.press("ArrowDown")  # keys that only move are no letters
    until(case, "() => document.querySelector('#spoken').textContent !== ''")
    case.evaluate(HELP)
    case.locator("#single-keys").check()
    case.keyboard.press("Escape")
    case.locator("body").evaluate("() => document.activeElement.blur()")
    case.keyboard.press("f")  # outside a chart a letter does nothing
    assert case.locator(".drawer[open]").count() == 0
    case.locator('[data-view="pasi"]').focus()
    case.keyboard.press("f")
    until(case, "() => Boolean(document.querySelector('#drawer-filters[open]'))")


def test_the_focus_follows_a_cell_of_the_matrix_into_the_scatter_which_keys_zoom(case):
    open_view(case, "matrix")
    case.locator('[data-view="matrix"]').focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        case.keyboard.press(key)
    until(case, "() => document.activeElement.dataset.view === 'correlation' && window.reprise.complete()")
    for key in ("ArrowDown", "z"):
        case.keyboard.press(key)
    until(case, "() => window.reprise.zoom.pairs")
    low, high, bottom, top = case.evaluate("window.reprise.zoom.pairs")
    left, right, down, up = case.evaluate("window.reprise.views.correlation.meta.home")
    assert [high - low, top - bottom] == pytest.approx([(right - left) / 2, (up - down) / 2], rel=1e-4)
    case.keyboard.press("x")
    until(case, "() => !window.reprise.zoom.pairs")


def test_a_dialog_that_a_menu_opened_gives_the_focus_back_to_the_menu(case):
    case.locator("[data-action=share]").focus()
    case.keyboard.press("Enter")
    case.locator("[data-action=figure]").focus()
    case.keyboard.press("Enter")
    until(case, "() => document.querySelector('#figure').open")
    case.keyboard.press("Escape")
    until(case, "() => document.activeElement.dataset.action === 'share'")
