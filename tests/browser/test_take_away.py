"""What a reader takes from a card: a figure as drawn, its numbers, the whole screen."""

import csv
import io
import struct
from xml.etree import ElementTree as ET

import pytest

from browser.hand import caption, choose, legend, opened, painted, type_into, until


def taken(page, view, action):
    """Bytes and name of what a card's menu downloads."""
    page.locator(f'[data-view="{view}"] summary').click()
    with page.expect_download() as download:
        page.locator(f'[data-view="{view}"] [data-action="{action}"]').click()
    return download.value.path().read_bytes(), download.value.suggested_filename


def test_the_svg_is_the_figure_with_its_highlight_and_a_stamp(case):
    type_into(case, "to_week", "26")
    plain = downloaded(case, "pasi")
    legend(case, "P1").click()
    drawn = downloaded(case, "pasi")
    texts = [text for element in ET.fromstring(drawn).iter() for text in [element.text or ""]]  # noqa: S314
    stamp = " ".join(texts)
    for words in ("UC-MSC rescue", caption(case, "pasi"), "weeks first to 26", "P1", "illustrative"):
        assert words in stamp, words
    assert b"fill-opacity" not in plain.split(b"</svg>")[1]
    assert b"fill-opacity" in drawn.split(b"</svg>")[1]
    assert drawn.count(b'stroke="#0d3b76" stroke-width="2.2"') >= 1
    assert drawn.count(b'stroke="#e06c00" stroke-width="2.2"') == 0
    for name in (b"P1", b"P2", b"P3", "★▾ 4".encode(), "✕ relapse".encode()):
        assert b">" + name + b"</text>" in plain, name
    assert b"http" not in drawn.replace(b"http://www.w3.org", b"")


def test_the_png_is_twice_the_size(case):
    legend(case, "P2").click()
    png, name = taken(case, "correlation", "png")
    assert name == "case-series-correlation.png"
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    size = case.evaluate(
        "(() => { const { width, height } = window.reprise.views.correlation.gd._fullLayout; return [width, height]; })()"
    )
    width, height = struct.unpack(">II", png[16:24])
    assert width == int(size[0] * 2)
    assert height > int((size[1] + 10) * 2)  # what it says stands under it, line by line
    assert (height - int((size[1] + 10) * 2)) % 30 == 0


def test_a_downloaded_figure_says_what_it_stands_on(case):
    case.locator('section[data-deck="cohort_view"]:not(.hidden) [data-open="group_course"]').click()
    until(case, "() => window.reprise.views.group_course && window.reprise.settled()")
    drawn, _ = taken(case, "group_course", "svg")
    said = " ".join(element.text or "" for element in ET.fromstring(drawn).iter())  # noqa: S314
    note = case.locator('[data-view="group_course"] .card-note').text_content()
    assert note.startswith("Median follow-up")
    assert note in said


def downloaded(page, view):
    """The SVG of a view, as the page saves it."""
    with page.expect_download() as download:
        page.evaluate(
            "(view) => { window.reprise.saveSvg(view, document.querySelector(`section[data-view=${view}]`)); }", view
        )
    return download.value.path().read_bytes()


# The texts of a downloaded figure that stand below its chart, with where they end, in px of the picture.
BELOW = """(drawn) => {
    const box = Object.assign(document.createElement("div"), { style: "position: absolute; visibility: hidden" });
    box.append(new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement);
    document.body.append(box);
    const picture = box.firstChild, width = Number(picture.getAttribute("width"));
    const found = [...picture.children].filter((part) => part.tagName === "text").map((part) => {
        const { x, width: wide } = part.getBBox();
        return { text: part.textContent, fill: part.getAttribute("fill"), size: Number(part.getAttribute("font-size")), over: x + wide - width };
    });
    box.remove();
    return found;
}"""


def test_a_download_names_its_patients_explains_its_signs_and_cuts_nothing(case):
    case.evaluate("document.querySelector('h1').textContent = 'A long title '.repeat(40) + 'm'.repeat(400)")
    drawn = downloaded(case, "pasi")
    below = case.evaluate(BELOW, drawn.decode())
    assert max(text["over"] for text in below) <= 0
    assert min(text["size"] for text in below) >= 11
    names = {text["text"]: text["fill"] for text in below if text["text"][2:] in {"P1", "P2", "P3"}}
    assert names.keys() == {"● P1", "● P2", "● P3"}
    assert len(set(names.values())) == 3
    assert b"<metadata>Patients drawn: P1, P2, P3</metadata>" in drawn
    key = " ".join(text["text"] for text in below)
    for sign in ("★ first response (PASI", "▾ nadir", "✕ relapse", "hollow: illustrative", "■ before"):
        assert sign in key, sign
    assert "dotted line" not in key  # of the rules, which nobody asked to see
    assert "pale: not highlighted" not in key
    case.evaluate("document.querySelector('h1').textContent = document.querySelector('h1').title")


def test_the_whole_screen_names_its_patients_and_explains_its_signs(case):
    case.locator('summary[data-menu="correlation"]').click()
    case.locator('[data-action="full"][data-of="correlation"]').click()
    until(case, "() => document.fullscreenElement && document.querySelector(':fullscreen .figure-key')")
    key = case.locator(".figure-key").inner_text()
    for words in ("P1", "P2", "P3", "■ before", "hollow: illustrative"):
        assert words in key, words
    case.evaluate("() => document.exitFullscreen()")
    until(case, "() => !document.fullscreenElement && !document.querySelector('.figure-key')")


def test_the_csv_is_what_is_drawn_and_the_dialog_shows_the_same(case):
    choose(case, "pasi_scale", "percent_improvement")
    text, name = taken(case, "pasi", "csv")
    assert text.startswith(b"\xef\xbb\xbf")  # Excel's mark of UTF-8 comes through the browser
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert name == "case-series-pasi.csv"
    assert len(rows) == 52
    assert sum(row["pasi"] == "" for row in rows) == 1
    case.locator('[data-view="pasi"] summary').click()
    case.locator('[data-view="pasi"] [data-action="numbers"]').click()
    case.locator("#numbers-grid .ag-row").first.wait_for()
    assert case.locator("#numbers-title").inner_text() == "PASI: 52 rows"
    assert case.locator("#numbers-grid .ag-row").first.inner_text().startswith("P1")


COPIED = (
    """() => window.addEventListener("copy", (event) => (window.copied = event.clipboardData.getData("text/plain")))"""
)


@pytest.mark.parametrize("grid", ["numbers-grid", "response-table"])
def test_a_table_is_copied_for_a_spreadsheet(case, grid):
    if grid == "numbers-grid":
        case.locator('[data-view="pasi"] summary').click()
        case.locator('[data-view="pasi"] [data-action="numbers"]').click()
    case.evaluate(COPIED)
    case.locator(f"#{grid}").scroll_into_view_if_needed()
    case.locator(f"#{grid} .ag-cell[col-id=patient_id]").get_by_text("P1", exact=True).first.click()
    case.keyboard.press("Control+C")
    until(case, "() => window.copied")
    rows = list(csv.reader(io.StringIO(case.evaluate("window.copied")), delimiter="\t"))
    shown = int(case.locator(f"#{grid} .ag-root").get_attribute("aria-rowcount")) - 1
    assert len(rows) == 1 + shown
    assert rows[1][0] == "P1"
    assert rows[0][0].lower().startswith("patient")
    assert "null" not in {cell for row in rows for cell in row}


@pytest.mark.slow
def test_numbers_asked_for_before_the_table_library_come_with_it(page, base_url):
    held = []

    def hold(route):
        held.append(route)

    page.route("**/dash_ag_grid.min.js", hold)
    page.goto(base_url)
    until(page, "() => window.reprise && window.reprise.ready()")
    page.locator('[data-view="pasi"] summary').click()
    page.locator('[data-view="pasi"] [data-action="numbers"]').click()
    until(page, "() => !window.dash_ag_grid && !document.querySelector('#numbers')")
    held[0].continue_()
    page.locator("#numbers-grid .ag-row").first.wait_for()
    assert page.locator("#numbers-title").inner_text() == "PASI: 52 rows"


def test_a_card_takes_the_whole_screen_and_gives_it_back(case):
    card = case.locator('[data-view="pasi"]')
    before = case.evaluate("window.reprise.views.pasi.gd._fullLayout.height")
    legend(case, "P1").click()
    card.locator('[data-action="full"]').click()
    until(case, "() => document.fullscreenElement && document.fullscreenElement.dataset.view === 'pasi'")
    until(case, "(before) => window.reprise.views.pasi.gd._fullLayout.height > before * 2", before)
    assert case.evaluate("[...window.reprise.lit().ids]") == ["P1"]
    card.locator('[data-action="full"]').click()
    until(case, "() => !document.fullscreenElement")
    until(case, "(before) => window.reprise.views.pasi.gd._fullLayout.height < before * 1.5", before)


def test_the_words_of_the_matrix_are_drawn_by_the_layer_on_the_page_and_in_the_download(case):
    drawn, _ = taken(case, "matrix", "svg")
    texts = [text for element in ET.fromstring(drawn).iter() for text in [element.text or ""]]  # noqa: S314
    words = case.evaluate(
        "() => window.reprise.views.matrix.gd.data[0].text.flat().map((text) => text.split('<br>')[0])"
    )
    assert len(words) == 24
    assert not set(words) - set(texts)
    assert painted(case, "matrix", "light") > 1000


@pytest.mark.slow
def test_a_download_that_the_server_refuses_for_now_is_said(page, base_url, watch):
    opened(page, base_url)
    refused = "The server is drawing for others just now; please try again in a minute."
    page.route(
        "**/_dash-update-component*", lambda route: route.fulfill(status=503, content_type="text/plain", body=refused)
    )
    page.locator('[data-view="pasi"] summary').click()
    page.locator('[data-view="pasi"] [data-action="csv"]').click()
    until(page, "(said) => document.body.innerText.includes(said)", refused)
    watch.errors.clear()
