"""The figure for a journal: the same bytes from every window and theme, checked, in millimetres and points."""

import hashlib
import json
from xml.etree import ElementTree as ET

import pytest

from browser.hand import until

SVG = "{http://www.w3.org/2000/svg}"
WIDE = {"profile": "elsevier", "width": 190, "type": 7, "dpi": 300}
NARROW = {**WIDE, "width": 90}


def dialog(page, choices):
    """Open the dialog with these choices, and wait for its figure."""
    page.evaluate("choices => localStorage.setItem('reprise-figure', choices)", json.dumps(choices))
    page.evaluate("() => document.querySelector('[data-action=\"figure\"]').click()")
    until(page, "() => window.reprise.figureDrawn()")


def saved(page, kind):
    with page.expect_download() as download:
        page.evaluate(f"() => document.querySelector('[data-action=\"figure-{kind}\"]').click()")
    assert download.value.suggested_filename == f"case-series-figure.{kind}"
    return download.value.path().read_bytes()


def lines(page):
    return dict(text.split(": ", 1) for text in page.locator(".figure-check li").all_inner_texts())


@pytest.fixture
def printed(visit, base_url):
    """printed(choices, theme, width, height) -> a page of that theme and size, its dialog drawn."""

    def opened(choices, theme="light", width=1440, height=900):
        page = visit(f"{base_url}#theme={theme}", viewport={"width": width, "height": height})
        dialog(page, choices)
        return page

    return opened


def test_the_same_state_gives_the_same_bytes_from_any_window_and_theme(printed):
    pages = [printed(WIDE), printed(WIDE, "dark", 820, 1180)]
    for kind in ("svg", "pdf", "png", "tiff"):
        one, other = (hashlib.sha256(saved(page, kind)).hexdigest() for page in pages)
        assert one == other, kind


def test_it_is_as_wide_as_asked_and_passes_its_check_at_one_and_two_columns(printed):
    for choices in (WIDE, NARROW):
        page = printed(choices)
        root = ET.fromstring(saved(page, "svg"))  # noqa: S314
        assert root.get("width") == f"{choices['width']}mm"
        found = {name: said for name, said in lines(page).items() if name.startswith("✕")}
        assert found.keys() <= {"✕ Resolution of PNG and TIFF", "✕ Font"}, found
        texts = {element.text for element in root.iter(f"{SVG}text")}
        assert {"P1", "P2", "P3", "a", "b", "c"} <= texts | {part.text for part in root.iter(f"{SVG}tspan")}
        assert any("Illustrative" in (text or "") for text in texts)


def test_the_check_is_written_beside_the_file_and_fails_what_does_not_hold(printed):
    page = printed({**WIDE, "type": 5, "width": 100, "key": False})
    assert {"✕ Type", "✕ Width", "✕ Every sign explained"} <= lines(page).keys()
    with page.expect_download(lambda download: download.suggested_filename.endswith("-check.txt")) as check:
        page.evaluate("() => document.querySelector('[data-action=\"figure-svg\"]').click()")
    text = check.value.path().read_text()
    assert "FAIL  Type: smallest 5 pt, at least 7 pt" in text
    assert "pass  Nothing cut" in text


def test_what_was_chosen_stands_beside_the_entry_and_is_kept(printed):
    page = printed(NARROW)
    assert page.locator(".figure-choices").text_content() == "90 mm, 7 pt, 3 panels"
    page.locator('[data-panel="swimlanes"] input').uncheck()
    until(page, "() => window.reprise.figureDrawn()")
    assert json.loads(page.evaluate("() => localStorage.getItem('reprise-figure')"))["panels"] == ["pasi", "immune"]
    texts = [element.text for element in ET.fromstring(saved(page, "svg")).iter(f"{SVG}text")]  # noqa: S314
    assert "secukinumab" not in texts
