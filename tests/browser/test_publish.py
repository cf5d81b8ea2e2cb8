"""What leaves for a paper: texts are copied, or stand to be copied by hand."""

import pytest

from browser.hand import choose, legend, press, until

NO_CLIPBOARD = """() => {
  Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
  document.execCommand = () => false;
}"""
KEPT = """() => {
  window.kept = null;
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: {
    write: async ([item]) => { window.kept = Object.fromEntries(await Promise.all(
      item.types.map(async (type) => [type, await (await item.getType(type)).text()]))); } } });
}"""


def copied(page, selector):
    """What stands in the clipboard after a press."""
    page.evaluate(KEPT)
    press(page, selector)
    until(page, "() => window.kept !== null")
    return page.evaluate("window.kept")


def test_the_script_is_of_the_state_on_the_page_and_of_who_is_lit(case):
    choose(case, "response", "PASI90")
    legend(case, "P2").click()
    text = copied(case, '[data-action="copy-python"]')["text/plain"]
    assert "'response': 'PASI90'" in text
    assert "HIGHLIGHTED = ['P2']" in text


def test_legend_and_methods_are_read_and_copied(case):
    press(case, '[data-action="legend"]')
    until(case, "() => document.querySelector('#texts').open")
    assert "repeated-measures correlation" in case.locator("#texts-said").inner_text()
    case.evaluate(KEPT)
    case.get_by_role("button", name="Copy BibTeX").click()
    until(case, "() => window.kept !== null")
    assert "@article{bakdash2017," in case.evaluate("window.kept")["text/plain"]
    case.get_by_role("button", name="Copy text").click()
    until(case, "() => window.kept['text/plain'].includes('Methods')")


def test_numbers_are_copied_as_a_table(case):
    found = copied(case, '[data-action="copy-table"][data-of="pasi"]')
    rows = found["text/plain"].strip().split("\n")
    assert rows[0].split("\t")[:3] == ["patient_id", "week", "week_on_clock"]
    assert len(rows) == 53
    assert "<td>P1</td>" in found["text/html"]
    assert "NaN" not in found["text/html"]


def test_the_table_in_its_drawer_is_copied_as_it_is_sorted(case):
    press(case, """[data-action="numbers"][id*='"view":"pasi"']""")
    case.locator("#numbers-grid .ag-row").first.wait_for()
    case.evaluate("dash_ag_grid.getApi('numbers-grid').applyColumnState({ state: [{ colId: 'pasi', sort: 'desc' }] })")
    rows = copied(case, '[data-action="copy-grid"]')["text/plain"].strip().split("\n")
    scores = [float(row.split("\t")[4].strip('"')) for row in rows[1:4]]
    assert scores == sorted(scores, reverse=True)


def test_where_the_browser_refuses_the_text_stands_to_be_copied_by_hand(case):
    case.evaluate(NO_CLIPBOARD)
    press(case, '[data-action="copy-python"]')
    until(case, "() => document.querySelector('#texts').open")
    assert "import sys" in case.locator("#texts-said").inner_text()


def saved(page, act):
    """Names of the files that an entry saves, after as many as are expected."""
    with page.expect_download() as download:
        press(page, f'[data-action="{act}"]')
    return download.value.suggested_filename


def test_the_checklist_and_table_one_are_saved_as_they_were_last_wanted(case):
    assert saved(case, "checklist") == "reporting-checklist.docx"
    case.evaluate("document.querySelector('[data-action=share]').parentElement.open = true")
    case.locator("#checklist-as").select_option("csv")
    assert saved(case, "checklist") == "reporting-checklist.csv"
    assert saved(case, "table-one") == "table-1.docx"


def test_a_copy_is_two_files_and_what_remains_is_said(case):
    with (
        case.expect_download(lambda file: file.suggested_filename == "deidentified-study.zip"),
        case.expect_download(lambda file: file.suggested_filename == "PRIVATE-patients-of-the-copy.csv") as mapping,
    ):
        press(case, '[data-action="deidentified"]')
    assert "P1,S01" in mapping.value.path().read_text(encoding="utf-8-sig")
    until(case, "() => document.querySelector('#texts').open")
    assert "3 patients in all" in case.locator("#texts-said").inner_text()


def test_what_the_copy_keeps_stands_beside_it(case):
    case.evaluate("document.querySelector('[data-action=share]').parentElement.open = true")
    case.locator(".copy-keeps summary").click()
    case.get_by_label("weight kg").check()
    assert case.locator(".copy-keeps summary").inner_text() == "The copy keeps: group, weight kg"
    with case.expect_request("**/file") as asked:
        press(case, '[data-action="deidentified"]')
    assert asked.value.post_data_json["choices"] == {"step": "0", "covariates": ["group", "weight_kg"]}


ENTRIES = (
    "story-pptx", "story-html", "story-pdf", "figure", "copy-picture", "copy-python", "checklist", "deidentified",
)  # fmt: skip


@pytest.mark.parametrize("width", [1440, 390])
def test_every_entry_of_share_is_reached_by_keyboard_under_the_name_that_tools_know(visit, base_url, width):
    page = visit(base_url, viewport={"width": width, "height": 844})
    page.locator("[data-action=share]").focus()
    page.keyboard.press("Enter")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.dataset.action"))
    assert set(ENTRIES) <= set(reached)


def test_the_dialog_of_figures_and_present_are_found_by_the_names_that_tools_know(case):
    press(case, '[data-action="figure"]')
    for kind in ("svg", "pdf", "png", "tiff"):
        assert case.locator(f"#figure [data-action=figure-{kind}]").is_visible()
    press(case, '[data-action="figure-close"]')
    case.keyboard.press(".")
    case.wait_for_selector('body[data-mode="present"]')
