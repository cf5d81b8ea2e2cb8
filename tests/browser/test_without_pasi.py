"""A file without any PASI, dropped on the page: what it has is drawn and linked, and the rest says what to add."""

import pytest

from browser.driver import settled
from browser.hand import (
    VEILED,
    alphas,
    at,
    caption,
    click_mark,
    legend,
    lit,
    marks,
    open_view,
    painted,
    rows,
    until,
    x_range,
    zoom,
)
from components.views import CHARTS

TIMES = ("immune", "swimlanes")
DROP = """async ([name, text]) => {
    const files = new DataTransfer();
    files.items.add(new File([text], name, { type: "text/csv" }));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def dropped(own, visit, shared):
    """The page of the public REDCap export, dropped on the case series."""
    page = visit(own)
    export = shared / "redcap" / "repeating_instruments_two_records.csv"
    page.evaluate(DROP, [export.name, export.read_text()])
    page.wait_for_selector("#intake-again")
    page.click("#intake-again")
    until(page, "() => window.reprise.isUpload(window.reprise.study) && !document.querySelector('#intake').open")
    settled(page)
    return page


def assert_linked(page, patient):
    """This patient alone is lit on the time views that have marks, and in the table."""
    assert lit(page) == [patient]
    for view in TIMES:  # of a course that is lit, the visits before and after it stand back
        assert {mark["patient"] for mark in alphas(page, view) if mark["alpha"] != VEILED} == {patient}, view
    open_view(page, "response")
    assert rows(page, "lit") == {patient}


# What is written in the place of a view's chart where it has no mark, "" where it has some.
SENTENCE = """(name) => {
    const { gd } = window.reprise.views[name], panel = (gd.layout.meta.panels || {})[name];
    if (gd._fullData.some((trace) => !panel || (panel.axes.includes(trace.yaxis || "y") && trace.x.some((x) => x !== null)))) return "";
    const place = document.querySelector(`[data-view="${name}"]`).getBoundingClientRect();
    const within = ({ top, bottom }) => top + bottom > 2 * place.top && top + bottom < 2 * place.bottom;
    const texts = [...gd.querySelectorAll(".annotation-text")].filter((text) => within(text.getBoundingClientRect()));
    return texts.map((text) => text.textContent).join(" ");
}"""


def sentence(page, view):
    return page.evaluate(SENTENCE, view)


def test_lanes_and_samples_are_drawn_and_light_each_other(dropped):
    assert caption(dropped, "pasi") == "no PASI"
    assert "Add pasi.csv" in sentence(dropped, "pasi")
    assert caption(dropped, "immune").startswith("2 patients, ")
    assert caption(dropped, "swimlanes").startswith("2 patients, ")
    legend(dropped, "1").click()
    assert_linked(dropped, "1")
    dropped.keyboard.press("Escape")
    other = next(mark for mark in marks(dropped, "swimlanes") if mark["patient"] == "2" and mark["inside"])
    click_mark(dropped, "swimlanes", "2", other["week"])
    assert_linked(dropped, "2")


@pytest.mark.slow
def test_every_view_opens_and_has_marks_or_says_what_to_add(dropped):
    for view in CHARTS.values():
        if view.tab:
            open_view(dropped, view.key)
        without = {"pasi", "score"} & set(view.needs) or view.key == "one_patient"
        assert ("Add pasi.csv" in sentence(dropped, view.key)) == bool(without), view.key


@pytest.mark.slow
def test_zoom_crosshair_and_play_go_over_the_views_that_there_are(dropped):
    low, high = zoom(dropped, view="swimlanes")
    assert x_range(dropped, "immune") == [low, high]
    dropped.mouse.move(*at(dropped, "immune", 300, 60))
    until(dropped, "() => window.reprise.charts.time.cursorAt !== undefined")
    assert painted(dropped, "swimlanes", "cursor") > 0
    dropped.keyboard.press("p")
    until(dropped, "() => window.reprise.sweep && window.reprise.sweep.share > 0.02")
    assert painted(dropped, "immune", "cursor") > 0
    dropped.keyboard.press("Escape")
    until(dropped, "() => window.reprise.sweep === null")
