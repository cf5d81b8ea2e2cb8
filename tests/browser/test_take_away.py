"""What a reader takes from the page: a figure as drawn, its numbers, the whole screen."""

import csv
import io
import re
import struct
from xml.etree import ElementTree as ET

import pytest

from browser.hand import TIMES, caption, choose, legend, note, open_view, opened, painted, press, type_into, until


def item(view, action):
    """What takes so much of a view: an item of Share for the figure and the numbers of its panels, else of the menu of the view."""
    if action in {"csv", "numbers"}:
        return f"""[data-action="{action}"][id*='"view":"{view}"']"""
    held = f'[data-save="{action}"]' if action in {"svg", "png"} else f'[data-action="{action}"]'
    return f"{held}:not([data-of])" if view in TIMES else f'{held}[data-of="{view}"]'


def taken(page, view, action):
    """Bytes and name of what a menu downloads; the figure is of all its panels."""
    with page.expect_download() as download:
        press(page, item(view, action))
    return download.value.path().read_bytes(), download.value.suggested_filename


def test_the_svg_is_the_figure_with_its_highlight_and_a_stamp(case):
    type_into(case, "to_week", "26")
    plain, name = taken(case, "pasi", "svg")
    assert name == "case-series-time.svg"
    legend(case, "P1").click()
    drawn, _ = taken(case, "pasi", "svg")
    texts = [text for element in ET.fromstring(drawn).iter() for text in [element.text or ""]]  # noqa: S314
    stamp = " ".join(texts)
    for words in ("UC-MSC rescue", caption(case, "pasi"), "weeks first to 26", "P1", "illustrative"):
        assert words in stamp, words
    assert b"fill-opacity" not in plain.split(b"</svg>")[1]
    assert b"fill-opacity" in drawn.split(b"</svg>")[1]
    assert drawn.count(b'stroke="#0d3b76" stroke-width="2.2"') >= 1
    assert drawn.count(b'stroke="#e06c00" stroke-width="2.2"') == 0
    for name in (b"P1", b"P2", b"P3", "★▾ 4".encode(), "✕⊗ relapse".encode()):
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
    open_view(case, "group_course")
    drawn, _ = taken(case, "group_course", "svg")
    said = " ".join(element.text or "" for element in ET.fromstring(drawn).iter())  # noqa: S314
    assert "Median follow-up" in note(case, "group_course")
    assert note(case, "group_course") in said


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
    drawn, _ = taken(case, "pasi", "svg")
    below = case.evaluate(BELOW, drawn.decode())
    assert max(text["over"] for text in below) <= 0
    assert min(text["size"] for text in below) >= 11
    names = {text["text"]: text["fill"] for text in below if text["text"][2:] in {"P1", "P2", "P3"}}
    assert names.keys() == {"● P1", "● P2", "● P3"}
    assert len(set(names.values())) == 3
    about = re.search(r"<metadata>(.*?)</metadata>", drawn.decode(), re.DOTALL)[1].splitlines()
    assert about[0] == "Patients drawn: P1, P2, P3"
    assert {line.split(": ")[0] for line in about} >= {"Study", "Made with", "Filters", "Rules", "Privacy"}
    assert any("not de-identified" in text["text"] for text in below), "what the picture shows says so too"
    key = " ".join(text["text"] for text in below)
    for sign in ("★ first response (PASI", "▾ nadir", "✕ relapse", "hollow: illustrative", "■ before"):
        assert sign in key, sign
    assert "dotted line" not in key  # of the rules, which nobody asked to see
    assert "pale: not highlighted" not in key
    case.evaluate("document.querySelector('h1').textContent = document.querySelector('h1').title")


def test_the_whole_screen_names_its_patients_and_explains_its_signs(case):
    press(case, item("correlation", "full"))
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
    press(case, item("pasi", "numbers"))
    case.locator("#numbers-grid .ag-row").first.wait_for()
    assert case.locator("#numbers-title").inner_text() == "PASI: 52 rows"
    assert case.locator("#numbers-grid .ag-row").first.inner_text().startswith("P1")


COPIED = (
    """() => window.addEventListener("copy", (event) => (window.copied = event.clipboardData.getData("text/plain")))"""
)


@pytest.mark.parametrize("grid", ["numbers-grid", "response-table"])
def test_a_table_is_copied_for_a_spreadsheet(case, grid):
    if grid == "numbers-grid":
        press(case, item("pasi", "numbers"))
    else:
        open_view(case, "response")
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
    with page.expect_request("**/dash_ag_grid.min.js"):
        page.goto(base_url)
        until(page, "() => window.reprise && window.reprise.ready()")
        press(page, item("pasi", "numbers"))
    until(page, "() => !window.dash_ag_grid && !document.querySelector('#numbers')")
    held[0].continue_()
    page.locator("#numbers-grid .ag-row").first.wait_for()
    assert page.locator("#numbers-title").inner_text() == "PASI: 52 rows"


def test_a_view_takes_the_whole_screen_and_gives_it_back(case):
    before = case.evaluate("window.reprise.views.correlation.gd._fullLayout.height")
    legend(case, "P1").click()
    press(case, item("correlation", "full"))
    until(case, "() => document.fullscreenElement && document.fullscreenElement.dataset.view === 'correlation'")
    until(case, "(before) => window.reprise.views.correlation.gd._fullLayout.height > before * 1.1", before)
    assert case.evaluate("[...window.reprise.highlighted().ids]") == ["P1"]
    case.evaluate("() => document.exitFullscreen()")  # a headless browser has no Escape of its own for it
    until(case, "() => !document.fullscreenElement")
    until(case, "(before) => window.reprise.views.correlation.gd._fullLayout.height === before", before)


def test_the_figure_takes_the_whole_screen_and_gives_it_back(case):
    size = "(() => { const { width, height } = window.reprise.charts.time.gd.getBoundingClientRect(); return [width, height]; })()"
    before = case.evaluate(size)
    legend(case, "P1").click()
    press(case, "[data-action=present]")
    until(case, "() => document.fullscreenElement && document.querySelector('.panel').checkVisibility() === false")
    until(
        case, f"([width, height]) => {{ const now = {size}; return now[0] > width * 1.4 && now[1] > height; }}", before
    )
    assert case.evaluate("[...window.reprise.highlighted().ids]") == ["P1"]
    case.keyboard.press("Escape")
    until(case, "() => !document.fullscreenElement && document.querySelector('.panel').checkVisibility()")
    until(case, f"(before) => String({size}) === String(before)", before)
    assert case.evaluate("[...window.reprise.highlighted().ids]") == ["P1"]


def test_the_words_of_the_matrix_are_drawn_by_the_layer_on_the_page_and_in_the_download(case):
    open_view(case, "matrix")
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
    press(page, item("pasi", "csv"))
    until(page, "(said) => document.body.innerText.includes(said)", refused)
    watch.errors.clear()
