"""A study told step by step: Present's keys, the story, and what leaves with it."""

import base64
import gzip
import re
import tomllib
from io import BytesIO

import pytest
from pptx import Presentation
from pypdf import PdfReader

from browser.driver import settled
from browser.hand import press, texts, until
from data.catalog import open_study

SENTENCE = "document.querySelector('.story-sentence').textContent"


def pressed(page, key, then):
    page.keyboard.press(key)
    until(page, f"() => {then}")
    settled(page)


def test_present_tells_the_story_with_the_arrows_and_leaves_the_page_as_it_was(case):
    pressed(case, ".", "document.body.dataset.mode === 'present'")
    assert case.evaluate(SENTENCE) == ""
    pressed(case, "ArrowRight", "document.body.hasAttribute('data-step')")
    first = case.evaluate(SENTENCE)
    pressed(case, "ArrowRight", "location.hash === '#lit=P1'")
    assert case.evaluate(SENTENCE) not in {"", first}
    assert case.locator(".story-place").inner_text() == "2 / 8"
    case.keyboard.press("n")
    assert "infusions stand at weeks 0 and 1" in case.locator(".story-notes").inner_text()
    for _ in range(3):
        case.keyboard.press("PageDown")
    until(case, "() => location.hash === '' && document.querySelector('.story-place').textContent === '5 / 8'")
    assert case.locator(".card-correlation").is_visible()
    assert not case.locator(".time").is_visible() or case.locator("body.panel-wide").count()
    pressed(case, "Escape", "document.body.dataset.mode === 'explore'")
    assert not case.locator("body.panel-wide, .story-sentence:visible").count()
    assert case.evaluate("document.activeElement.dataset.action") == "present"


def test_keys_of_present_light_patients_dim_and_blank(case):
    pressed(case, ".", "document.body.dataset.mode === 'present'")
    pressed(case, "2", "location.hash === '#lit=P2'")
    pressed(case, "ArrowDown", "location.hash === '#lit=P3'")
    pressed(case, "ArrowDown", "location.hash === '#lit=P1'")
    pressed(case, "0", "!window.reprise.anySelected()")
    pressed(case, "d", "document.documentElement.dataset.bsTheme === 'dark'")
    pressed(case, "b", "document.body.hasAttribute('data-blank')")
    pressed(case, "b", "!document.body.hasAttribute('data-blank')")
    before = case.evaluate("getComputedStyle(document.body).getPropertyValue('--scale')")
    case.keyboard.press("+")
    assert float(case.evaluate("getComputedStyle(document.body).getPropertyValue('--scale')")) > float(before)
    pressed(case, " ", "window.reprise.sweep && window.reprise.sweep.running")
    pressed(case, "Escape", "document.body.dataset.mode === 'explore'")


def test_on_a_phone_no_sentence_of_a_step_lies_on_what_stands_below(visit, base_url):
    page = visit(base_url, viewport={"width": 390, "height": 844})
    pressed(page, ".", "document.body.dataset.mode === 'present'")
    for _ in range(8):
        pressed(page, "ArrowRight", "window.reprise.complete()")
        sentence, below = page.locator(".story-sentence").bounding_box(), page.locator("main").bounding_box()
        assert sentence["y"] + sentence["height"] <= below["y"] + 4


def test_a_step_of_other_data_says_so(case):
    case.evaluate("document.getElementById('story').dataset.digest = 'other'")
    pressed(case, ".", "document.body.dataset.mode === 'present'")
    pressed(case, "ArrowRight", "document.body.hasAttribute('data-step')")
    assert "data have changed" in case.locator(".story-changed").inner_text()


def left(page, kind):
    with page.expect_download(timeout=60_000) as download:
        page.evaluate(f"document.querySelector('[data-action=story-{kind}]').click()")
    return download.value.path().read_bytes(), download.value.suggested_filename


def test_the_story_leaves_as_slides_and_the_page_is_as_it_was(visit, base_url):
    page = visit(f"{base_url}#panel=matrix&lit=P2")
    content, name = left(page, "pptx")
    slides = Presentation(BytesIO(content)).slides
    assert (name, len(slides)) == ("case-series-story.pptx", 8)
    pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == 6
    assert all(picture.image.size[0] / (picture.width / 914400) > 299 for picture in pictures)
    until(page, "() => window.reprise.ready() && !document.querySelector('dialog:modal')")
    assert page.evaluate("location.hash") == "#panel=matrix&lit=P2"
    assert not page.locator("[data-capture]").count()


def test_slides_that_are_cancelled_leave_the_page_as_it_was(visit, base_url):
    page = visit(f"{base_url}#clock=restart&lit=P3")
    page.evaluate("document.querySelector('[data-action=story-pptx]').click()")
    until(page, "() => document.querySelector('#story-making progress').value > 0")
    page.locator("#story-making button").click()
    until(page, "() => window.reprise.ready() && !document.querySelector('dialog:modal')")
    assert page.evaluate("location.hash") == "#clock=restart&lit=P3"
    assert page.locator(".toast-line").inner_text() == "Cancelled: the page is as it was."


# What tooltips and highlights of the file say, which it holds compressed.
UNPACKED = """(async () => {
    const bytes = Uint8Array.from(atob(document.getElementById("data").textContent), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
})()"""
PLACE = """async ([step, person]) => {
    const svg = document.querySelectorAll("section")[step].querySelector("svg");
    const matrix = svg.getScreenCTM(), { hits } = await (UNPACKED);
    const [x0, y0, x1, y1, , words] = hits[step].find((hit) => hit[4] === person);
    const { x, y } = new DOMPoint((x0 + x1) / 2, (y0 + y1) / 2).matrixTransform(matrix);
    return [x, y, words];
}""".replace("UNPACKED", UNPACKED)
LIT = "[...document.querySelectorAll('section:not([hidden]) g.lit:not([hidden])')].map((one) => Number(one.dataset.p))"


@pytest.fixture
def from_disk(chromium, tmp_path):
    """from_disk(content) -> the page of that file, in a browser without a network, and what it asked for or said."""
    context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 800})

    def opened(content):
        (tmp_path / "story.html").write_bytes(content)
        page, seen = context.new_page(), []
        page.on("request", lambda request: seen.append(request.url))
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.goto((tmp_path / "story.html").as_uri())
        until(page, "() => document.getElementById('place').textContent")
        return page, seen

    yield opened
    context.close()


def test_one_html_file_highlights_and_tells_without_a_server(case, from_disk):
    content, name = left(case, "html")
    assert name == "case-series-story.html"
    assert len(content) < 3_000_000
    page, seen = from_disk(content)
    assert page.evaluate("performance.now()") < 2000
    assert page.evaluate(LIT) == []
    x, y, words = page.evaluate(PLACE, [0, 1])
    assert words.startswith("P2, week ")
    page.mouse.move(x, y)
    assert page.locator("#tip").inner_text() == words
    page.mouse.click(x, y)
    assert page.evaluate(LIT) == [1]
    for step in range(1, 6):
        page.keyboard.press("ArrowRight")
        assert page.locator("#place").inner_text() == f"{step + 1} / 8"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(LIT) == [1], "the scatter highlights who was clicked in the figure"
    assert page.locator("section:not([hidden]) p").first.inner_text().startswith("r(rm) = −0.74; 95 % CI")
    page.keyboard.press("Escape")
    assert page.evaluate(LIT) == []
    page.locator("nav button", has_text="P3").click()
    assert page.evaluate(LIT) == [2]
    assert [url for url in seen if not url.startswith("file:")] == []


BEYOND = """() => {
    const section = document.querySelector('section:not([hidden])'), edge = section.querySelector('svg').getBoundingClientRect();
    const texts = (part) => [...section.querySelectorAll(part + ' text[data-of]')];
    const box = (text) => Object.values(text.getBoundingClientRect().toJSON()).map(Math.round).join();
    const under = new Set(texts('g.base').map(box));
    const cut = (text) => text.getBoundingClientRect().right > edge.right;
    return [...texts('svg').filter(cut), ...texts('g.names').filter((text) => !under.has(box(text)))].map((text) => text.outerHTML);
}"""
"""Names that their drawing cuts, or that stand elsewhere or larger where they are highlighted."""


def test_a_file_without_patient_ids_holds_none(case, from_disk):
    case.evaluate("document.getElementById('story-masked').checked = true")
    content, _ = left(case, "html")
    case.evaluate("document.getElementById('story-masked').checked = false")
    packed = re.search(r'id="data">(.*?)</script>', content.decode(), re.DOTALL)[1]
    text = content.decode() + gzip.decompress(base64.b64decode(packed)).decode()
    assert not re.search(r"\bP[123]\b", text)
    assert "Pt 2" in text
    assert "patient ids replaced" in text
    assert "Privacy: de-identified" in text
    assert open_study().title not in text
    page, seen = from_disk(content)
    page.locator("nav button", has_text="Pt 1").click()
    assert page.evaluate(LIT) == [0]
    assert page.evaluate(BEYOND) == []
    assert [url for url in seen if not url.startswith("file:")] == []


def test_this_page_leaves_as_it_stands_where_no_story_is_asked_for(visit, base_url, from_disk):
    page = visit(f"{base_url}#panel=matrix&lit=P3")
    page.evaluate("document.querySelector('#story-what input[value=page]').click()")
    content, _ = left(page, "html")
    page.evaluate("document.querySelector('#story-what input[value=story]').click()")
    file, _ = from_disk(content)
    assert file.locator("#place").inner_text() == "1 / 2"
    assert file.evaluate(LIT) == [2]


IMG = "<img src=x onerror=window.hurt=1>"
EVIL = f"</script><script>window.hurt=1</script>{IMG}"


@pytest.fixture
def hostile(serve, visit, tmp_path):
    folder = tmp_path / "hostile"
    folder.mkdir()
    rows = "".join(f"{who},{week},{20 - week}\n" for who in (f"<b>eve</b>{IMG}", "P2") for week in (0, 4, 8))
    (folder / "pasi.csv").write_text(f"patient_id,week,pasi\n{rows}")
    steps = f"[[story]]\nsentence = '{EVIL}'\nnotes = '{EVIL}'\n[[story]]\nsentence = 'b'\naddress = 'panel=response'\nshown = 'panel'\n"
    (folder / "study.toml").write_text(f"title = '{EVIL}'\n{steps}")
    return visit(serve(folder))


def test_names_of_a_study_stay_text_in_the_file(hostile, from_disk):
    content, _ = left(hostile, "html")
    file, seen = from_disk(content)
    assert [url for url in seen if not url.startswith("file:")] == []
    assert file.locator("script").count() == 2
    assert file.locator("img").count() == 0
    assert file.evaluate("window.hurt") is None
    assert file.locator("h1").inner_text() == EVIL


@pytest.fixture
def unwritable(serve, visit, tmp_path):
    folder = tmp_path / "unwritable"
    folder.mkdir()
    ids = ("A\x07B\x1b", "\u202eevil", f"{'Long-name-of-Newcastle-' * 9}")
    rows = "".join(f"{who},{week},{20 - week}\n" for who in ids for week in (0, 4, 8))
    (folder / "pasi.csv").write_text(f"patient_id,week,pasi\n{rows}", encoding="utf-8")
    (folder / "study.toml").write_text(f"title = '{'A long title ' * 20}'\n", encoding="utf-8")
    return visit(serve(folder))


def test_ids_that_no_drawing_can_hold_and_long_titles_leave_all_the_same(unwritable):
    slides = Presentation(BytesIO(left(unwritable, "pptx")[0])).slides
    assert len(slides) == 2
    assert slides[0].shapes.title.text_frame.text.endswith("…")
    read = PdfReader(BytesIO(left(unwritable, "pdf")[0]))
    assert "AB" in read.pages[0].extract_text()
    content = left(unwritable, "html")[0].decode()
    assert re.findall("Long-[^ <]{0,30}…", content), sorted(set(re.findall("Long.{0,30}", content)))[:8]
    unwritable.evaluate("document.getElementById('story-masked').checked = true")
    masked = left(unwritable, "html")[0].decode()
    packed = re.search(r'id="data">(.*?)</script>', masked, re.DOTALL)[1]
    whole = masked.replace(packed, "") + gzip.decompress(base64.b64decode(packed)).decode()
    assert not re.search("Long-n|evil|A.?B\\b|A long title", whole)
    assert {"Pt 1", "Pt 2", "Pt 3"} <= set(re.findall(r"Pt \d", whole))


def steps_of(page):
    return page.locator("#story-list li").count()


def test_a_story_is_made_ordered_told_and_kept_in_the_link(case, visit):
    press(case, "[data-action=story]")
    assert steps_of(case) == 8
    for _ in range(8):
        case.locator("#story-list li").first.get_by_label("Delete step 1").click()
    case.evaluate("window.reprise.select({ patients: ['P2'] })")
    case.locator("[data-action=story-add]").click()
    case.keyboard.type("P2 <b>first</b>")
    case.evaluate("window.reprise.select({ patients: ['P3'] })")
    case.locator("[data-action=story-add]").click()
    case.keyboard.type("P3 second")
    case.locator("#story-list textarea[name=notes]").nth(1).fill("Say this")
    case.get_by_label("Step 2 earlier").click()
    assert case.locator("#story-list textarea").first.input_value() == "P3 second"
    link = case.evaluate("location.href")
    assert "story=" in link
    other = visit(link, viewport={"width": 1280, "height": 720})
    pressed(other, ".", "document.body.hasAttribute('data-step')")
    assert other.evaluate(SENTENCE) == "P3 second", "the page stands where the first step does"
    other.keyboard.press("n")
    assert other.locator(".story-notes").inner_text() == "Say this"
    assert other.evaluate("[...window.reprise.highlighted().ids]") == ["P3"]
    pressed(other, "ArrowRight", "window.reprise.highlighted().ids.has('P2')")
    assert other.evaluate(SENTENCE) == "P2 <b>first</b>"
    assert "story=" in other.evaluate("location.hash")


def chosen(page, path):
    with page.expect_file_chooser() as chooser:
        page.locator("[data-action=story-open]").click()
    chooser.value.set_files([str(path)])


def test_a_story_is_saved_as_a_file_and_opened_again(case, tmp_path):
    press(case, "[data-action=story]")
    with case.expect_download() as download:
        case.locator("[data-action=story-save]").click()
    saved = tmp_path / "story.json"
    saved.write_bytes(download.value.path().read_bytes())
    case.get_by_label("Delete step 1").first.click()
    assert steps_of(case) == 7
    chosen(case, saved)
    until(case, "() => document.querySelectorAll('#story-list li').length === 8")
    (tmp_path / "other.json").write_text('{"a": 1}')
    chosen(case, tmp_path / "other.json")
    until(case, "() => document.querySelector('.toast-line')?.textContent.includes('no story')")
    assert steps_of(case) == 8
    with case.expect_download() as download:
        case.locator("[data-action=story-toml]").click()
    stated = tomllib.loads(download.value.path().read_text(encoding="utf-8"))
    assert [step["sentence"] for step in stated["story"]] == [step.sentence for step in open_study().story]


HINT = "document.getElementById('chips').dataset.hint"


def test_the_first_visit_is_offered_a_tour_once(visit, base_url):
    page = visit(base_url, viewport={"width": 1280, "height": 720})
    assert page.evaluate(HINT) == "New? ⋯, Tour."
    press(page, "[data-action=story-tour]")
    until(page, "() => document.querySelector('.story-place').textContent === '1 / 8'")
    pressed(page, "Escape", "document.body.dataset.mode === 'explore'")
    assert page.evaluate(HINT).startswith("Click a line")
    page.reload()
    settled(page)
    assert page.evaluate(HINT).startswith("Click a line")


def test_the_story_leaves_as_a_pdf_with_a_page_a_step(case):
    content, name = left(case, "pdf")
    read = PdfReader(BytesIO(content))
    assert (name, len(read.pages)) == ("case-series-story.pdf", 8)
    assert "Three women on one clock" in read.pages[0].extract_text()
    assert "bimekizumab" in read.pages[3].extract_text()  # of the last lane: nobody scrolls a slide
    assert {tuple(map(float, page.mediabox[2:])) for page in read.pages} == {(960, 540)}


def test_on_a_projector_type_is_larger_by_a_third_and_nothing_is_cut(visit, base_url):
    page = visit(base_url, viewport={"width": 1280, "height": 720})
    pressed(page, ".", "document.body.dataset.mode === 'present'")
    assert float(page.evaluate("getComputedStyle(document.body).getPropertyValue('--scale')")) >= 1.35
    until(
        page,
        "() => { const one = document.querySelector('.time-figure'); return one.scrollHeight <= one.clientHeight + 1; }",
    )
    lanes = page.locator('[data-view="swimlanes"]').bounding_box()
    assert lanes["y"] + lanes["height"] < 720
    drugs = {text["text"] for text in texts(page, "swimlanes", "drug")}
    assert drugs == {"secukinumab", "ixekizumab", "bimekizumab"}
