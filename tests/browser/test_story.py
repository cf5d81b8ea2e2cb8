"""A study told step by step: Present's keys, the story, and what leaves with it."""

from io import BytesIO

from pptx import Presentation

from browser.driver import settled
from browser.hand import until

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
