"""The page without a mouse."""

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
            && !(one.textContent.trim() || one.title || one.ariaLabel || one.closest("[title]"))).map((one) => one.outerHTML)"""
    )
    assert nameless == []
