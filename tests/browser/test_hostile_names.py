"""Text that looks like HTML, in every name a file can have, is shown as text everywhere on the page."""

import pytest

from browser.driver import settled
from browser.hand import at as place_of
from browser.hand import legend, marks, open_view, press, until
from data_layer.clinic_files import save_book

pytestmark = pytest.mark.slow

FIGURE = '[data-chart="time"]'
IMG = "<img src=x onerror=window.hurt=1>"


def bad(word):
    """A name in which a tag of plotly's own, and one of a script's, would be read."""
    return f"<b>{word}</b>{IMG}"


PATIENT, SUBSET, DRUG, NOTE, EVENT, GROUP = map(bad, ("eve", "treg", "drug", "note", "event", "arm"))
SHEETS = {
    "study": [("title", bad("title")), ("citation", bad("citation")), ("week_zero", bad("zero")), ("index.label", bad("index"))],
    "patients": [("patient_id", "group", "sex"), (PATIENT, GROUP, bad("sex")), ("P2", "B", "f")],
    "pasi": [("patient_id", "week", "pasi"), *((who, week, 20 - week) for who in (PATIENT, "P2") for week in (0, 4, 8, 12))],
    "immune_subsets": [("patient_id", "week", SUBSET, "nk"), *((who, week, 5 + week, 9) for who in (PATIENT, "P2") for week in (0, 4, 8, 12))],
    "subset_definitions": [("subset", "label", "unit"), (SUBSET, bad("label"), bad("unit")), ("nk", "NK", "% of parent")],
    "treatments": [("patient_id", "treatment", "kind", "start_week", "end_week", "dose", "dose_unit", "note"), (PATIENT, DRUG, "biologic", 1, 9, 3, bad("mg"), NOTE)],
    "events": [("patient_id", "week", "event", "severity", "note"), (PATIENT, 4, EVENT, bad("severe"), NOTE)],
    "notes <i>x<": [("a",), ("b",)],
}  # fmt: skip
TAGS = """() => ({
    made: document.querySelectorAll('img[src="x"], svg b, svg i').length,
    bold: [...document.querySelectorAll("tspan, b, text")].filter((one) => /^(eve|treg|drug|note|event|arm|label)$/.test(one.textContent) && (one.tagName === "B" || /bold/.test(one.getAttribute("style") || ""))).length,
    hurt: window.hurt,
})"""
CLEAN = {"made": 0, "bold": 0, "hurt": None}


@pytest.fixture
def page(own, visit, tmp_path):
    save_book(tmp_path / "<b>x<.xlsx", SHEETS)
    page = visit(own)
    choose(page, tmp_path / "<b>x<.xlsx")
    page.wait_for_selector("#intake-again")  # a sheet of notes gives nothing, which is asked
    assert page.evaluate(TAGS) == CLEAN
    page.click("#intake-again")
    until(page, "() => window.reprise.isUpload(window.reprise.study) && !document.querySelector('#intake').open")
    settled(page)
    return page


def choose(page, path):
    press(page, "#intake-open")
    with page.expect_file_chooser() as chooser:
        page.click("#intake-choose")
    chooser.value.set_files([str(path)])


def text_of(page, selector):
    return " ".join(page.locator(selector).all_text_contents())


def test_every_name_is_text_on_the_page_its_hover_its_tables_and_its_report(page):
    assert page.locator("h1").inner_text() == bad("title")
    legend(page, PATIENT).click()
    until(page, "() => window.reprise.highlighted().ids.size === 1")
    shown = text_of(page, f"{FIGURE} svg")
    assert [name for name in (PATIENT, DRUG, bad("label")) if name[:8] not in shown] == []
    for view in ("pasi", "immune", "correlation"):
        hovers = f"{'.card-correlation' if view == 'correlation' else FIGURE} .hoverlayer text"
        page.mouse.move(0, 0)
        page.wait_for_selector(hovers, state="detached")
        mark = next(mark for mark in marks(page, view) if mark["patient"] == PATIENT and mark["inside"])
        page.mouse.move(*place_of(page, view, mark["x"] - 3, mark["y"]))
        page.mouse.move(*place_of(page, view, mark["x"], mark["y"]))
        page.wait_for_selector(hovers, state="attached")
        assert page.evaluate(TAGS) == CLEAN, view
    open_view(page, "response")
    assert "<b>eve" in text_of(page, "#response-table")
    assert "<b>eve" in text_of(page, ".chip, .chips")
    press(page, "#intake-report")
    page.wait_for_selector(".intake-report")
    assert "notes <i>x<" in text_of(page, ".intake-report")
    assert page.evaluate(TAGS) == CLEAN


def test_every_view_of_the_panel_shows_them_as_text(page):
    names = page.locator(".panel [data-view]").evaluate_all("(all) => all.map((one) => one.dataset.view)")
    assert len(names) >= 20
    for name in names:
        page.evaluate("(panel) => window.reprise.setQuery({ panel })", name)
        settled(page)
        assert page.evaluate(TAGS) == CLEAN, name


def test_the_mapping_dialog_shows_them_as_text(page, tmp_path):
    path = tmp_path / "<i>clinic<.csv"
    path.write_text(
        f"Patient,Visit date,PASI,{SUBSET},{bad('odd')}\n{PATIENT},2021-01-01,20,5,{NOTE}\n{PATIENT},2021-02-01,9,6,{NOTE}\n"
    )
    choose(page, path)
    page.wait_for_selector("#intake-again")
    shown = text_of(page, "#intake-show")
    words = ("<i>clinic<.csv", SUBSET, "<b>eve</b><img", bad("odd"))
    assert [word for word in words if word not in shown] == []
    assert page.evaluate(TAGS) == CLEAN
