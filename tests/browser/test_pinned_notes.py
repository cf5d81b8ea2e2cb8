"""A note pinned to a visit: written by keys alone, marked, told by the tooltip, kept when two write at once, taken away."""

import base64
import gzip
import html
import re
from urllib.parse import urlsplit

import pytest

from browser.driver import settled
from browser.hand import until

HOSTILE = "<img src=x onerror=alert(1)> %{y} itching"
NOTES = "document.querySelector('header [data-action=notes]').click()"
LISTED = "[...document.querySelectorAll('#note-list .note-text')].map((one) => one.textContent)"
SIGNS = """() => {
    const { gd } = window.reprise.views.pasi, [line] = gd.querySelectorAll(".hoverlayer .hovertext text");
    return line ? line.textContent : "";
}"""


def save(page, label, text):
    page.get_by_role("button", name=label).first.click()
    page.fill("#note-list textarea", text)
    page.locator("#note-list").get_by_role("button", name="Save", exact=True).click()


@pytest.fixture
def written(back, own, watch):
    """The page with one note on the first visit that the keys reach, in the drawer of notes."""
    watch.host = urlsplit(own).netloc
    case = back(own)
    case.locator('[data-view="pasi"]').focus()
    case.keyboard.press("ArrowRight")
    case.keyboard.press("n")
    until(case, "() => document.querySelector('#note-what').value")
    assert case.evaluate("JSON.parse(document.querySelector('#note-what').value).patient") == "P1"
    case.fill("#note-text", HOSTILE)
    case.keyboard.press("Tab")
    case.keyboard.press("Enter")
    until(case, f"() => {LISTED}.length")
    yield case
    case.evaluate("document.querySelectorAll('.drawer[open]').forEach((one) => one.close())")
    case.evaluate(NOTES)
    while case.evaluate(f"{LISTED}.length"):
        count = case.evaluate(f"{LISTED}.length")
        case.locator("#note-list").get_by_role("button", name="Delete").first.click()
        until(case, f"() => {LISTED}.length < {count}")


def test_a_note_by_keys_stands_in_the_list_and_in_the_tooltip_as_it_was_written(written):
    assert written.evaluate(LISTED) == [HOSTILE]
    assert written.locator("#note-list img").count() == 0
    written.keyboard.press("Escape")
    written.locator('[data-view="pasi"]').focus()
    written.keyboard.press("ArrowRight")
    until(written, f"() => ({SIGNS})().includes('✎ <img src=x onerror=alert(1)> %{{y}}')")
    settled(written)


PENS = """() => {
    const { fillText } = CanvasRenderingContext2D.prototype, found = [];
    CanvasRenderingContext2D.prototype.fillText = function (words, x, ...rest) {
        if (words === "✎") found.push([x, this.canvas.clientWidth]);
        return fillText.call(this, words, x, ...rest);
    };
    reprise.drawLayer();
    CanvasRenderingContext2D.prototype.fillText = fillText;
    return found;
}"""
ONGOING = """() => {
    const list = document.querySelector("#note-what");
    const isOngoing = ({ kind, of, week }) => kind === "course" && of === "secukinumab" && week > 0;
    list.value = [...list.options].find(({ value }) => value && isOngoing(JSON.parse(value))).value;
    list.dispatchEvent(new Event("change", { bubbles: true }));
}"""


def test_a_course_that_goes_on_has_one_mark_of_its_note_and_that_is_whole(written):
    before = len(written.evaluate(PENS))
    written.evaluate(ONGOING)
    written.fill("#note-text", "goes on")
    written.keyboard.press("Tab")
    written.keyboard.press("Enter")
    until(written, f"() => {LISTED}.length === 2")
    settled(written)
    pens = written.evaluate(PENS)
    assert len(pens) == before + 1
    assert all(0 <= x <= width - 14 for x, width in pens)


def html_of(page, **ticked):
    """The text of the one HTML file, what it holds compressed included, with these choices ticked."""
    boxes = {name: ticked.get(name, False) for name in ("pinned", "masked")}
    page.evaluate("(boxes) => { for (const name in boxes) $(name).checked = boxes[name]; }".replace(
        "$(name)", "document.getElementById(`story-${name}`)"), boxes)  # fmt: skip
    with page.expect_download(timeout=60_000) as download:
        page.evaluate("document.querySelector('[data-action=story-html]').click()")
    content = download.value.path().read_text(encoding="utf-8")
    packed = re.search(r'id="data">(.*?)</script>', content, re.DOTALL)[1]
    until(page, "() => window.reprise.complete() && !document.querySelector('dialog:modal')")
    return html.unescape(content) + gzip.decompress(base64.b64decode(packed)).decode()


@pytest.mark.slow
def test_a_note_leaves_in_the_html_file_by_choice_and_never_without_ids(written):
    written.keyboard.press("Escape")
    assert HOSTILE in html_of(written, pinned=True)
    assert "itching" not in html_of(written)
    assert "itching" not in html_of(written, pinned=True, masked=True)
    html_of(written)


def test_a_second_editor_sees_both_texts_and_may_keep_both(written, watch):
    other = written.context.new_page()
    other.goto(written.url)
    until(other, "() => window.reprise && window.reprise.complete()")
    other.evaluate(NOTES)
    until(other, f"() => {LISTED}.length")
    save(other, "Edit the note", "theirs")
    until(other, f"() => {LISTED}[0] === 'theirs'")
    other.close()
    save(written, "Edit the note", "mine")
    until(written, "() => document.querySelector('#note-list .warm')")
    watch.errors.clear()  # a browser logs every 409
    assert written.evaluate(LISTED) == ["theirs"]
    assert written.locator("#note-list textarea").input_value() == "mine"
    written.get_by_role("button", name="Keep both").click()
    until(written, f"() => {LISTED}.length === 2")
    assert written.evaluate(LISTED) == ["theirs", "mine"]
