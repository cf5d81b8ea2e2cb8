"""What a reader meets first: few controls and words, nothing cut, four sizes of type, no page wider than its window, and
nothing that a screen reader or a keyboard cannot use."""

from pathlib import Path

import axe_playwright_python
import pytest

from browser.driver import settled
from browser.hand import on_a_phone, open_view, press, resize, until

PROJECTOR = {"width": 1280, "height": 720}
SIZES = [(320, 640), (390, 844), (640, 360), (820, 1180), (1280, 720), (1440, 900), (1920, 1080), (2560, 1440)]
"""640 × 360 is 1280 × 720 at a zoom of 200 %."""
SEEN = """const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && one.getBoundingClientRect().width > 0.5;
const within = (one) => { const box = one.getBoundingClientRect();
    return box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0; };"""
CONTROLS = f"""() => {{ {SEEN}
    return [...document.querySelectorAll("button, select, input, summary, a[href]")].filter((one) => seen(one) && within(one)
        && !one.closest(".ag-root, .modebar, details:not([open]) > :not(summary)")).map((one) => one.outerHTML.slice(0, 90)); }}"""
TEXTS = f"""() => {{ {SEEN}
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {{
        const {{ data, parentElement: one }} = walk.currentNode;
        if (data.trim() && !one.closest("script, style, option, .modebar") && seen(one) && within(one))
            found.push([data.trim(), parseFloat(getComputedStyle(one).fontSize)]);
    }}
    return found; }}"""
CUT = f"""() => {{ {SEEN}
    return [...document.querySelectorAll("body *")].filter((one) => one instanceof HTMLElement && seen(one) && !one.closest(".ag-root, textarea")
        && [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim())).filter((one) => {{
            const {{ overflowX, overflowY }} = getComputedStyle(one), hides = /hidden|clip|auto|scroll/;
            return (hides.test(overflowX) && one.scrollWidth > one.clientWidth + 1) || (/hidden|clip/.test(overflowY) && one.scrollHeight > one.clientHeight + 2);
        }}).map((one) => one.textContent.slice(0, 60)); }}"""
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 120))])"""


@pytest.fixture
def first(visit, base_url):
    return visit(base_url, viewport=PROJECTOR)


def test_there_are_few_controls_and_words_and_four_sizes_of_type(first):
    controls = first.evaluate(CONTROLS)
    assert len(controls) <= 24, controls
    texts = first.evaluate(TEXTS)
    words = [word for text, _ in texts for word in text.split()]
    assert len(words) <= 220  # the signs of keys among them
    sizes = {round(size, 1) for _, size in texts}
    assert min(sizes) >= 11, [text for text, size in texts if size < 11]
    assert len(sizes) <= 4, sizes


def test_the_figure_has_its_room(first):
    box = first.locator('[data-view="pasi"]').bounding_box()
    assert box["height"] >= 220
    lanes = first.locator('[data-view="swimlanes"]').bounding_box()
    assert lanes["y"] + lanes["height"] <= PROJECTOR["height"]


OFTEN = {(320, 640), (640, 360), (1280, 720), "as it opens", "dark", "filters", "matrix"}
"""What `make test` tries; the others are of `make test-slow`."""


def often(all_of_them):
    return [one if one in OFTEN else pytest.param(one, marks=pytest.mark.slow) for one in all_of_them]


@pytest.mark.parametrize("size", often(SIZES), ids=str)
def test_no_page_is_wider_than_its_window_and_no_text_is_cut(first, size):
    first.set_viewport_size({"width": size[0], "height": size[1]})
    settled(first)
    assert first.evaluate("document.documentElement.scrollWidth") == size[0]
    assert first.evaluate(CUT) == []


STATES = {
    "as it opens": lambda page: None,
    "dark": lambda page: press(page, "#theme"),
    "highlighted": lambda page: page.locator("[data-patient=P1]").click(),
    "filters": lambda page: page.locator("[data-action=filters]").click(),
    "rules": lambda page: page.locator("[data-action=rules]").click(),
    "method": lambda page: page.locator("[data-action=method]").click(),
    "signs": lambda page: press(page, "[data-action=signs]"),
    "share": lambda page: page.locator("[data-action=share]").click(),
    "intake": lambda page: press(page, "#intake-open"),
    "help": lambda page: press(page, "#help"),
    "matrix": lambda page: open_view(page, "matrix"),
    "rates": lambda page: open_view(page, "rates"),
    "table": lambda page: open_view(page, "response"),
    "present": lambda page: page.locator("[data-action=present]").click(),
    "story": lambda page: press(page, "[data-action=story]"),
    "figure": lambda page: press(page, "[data-action=figure]"),
}
TARGETS = f"""() => {{ {SEEN}
    const inner = "button, [role=button], [role=combobox], .ag-root, .modebar";
    return [...document.querySelectorAll("button, select, input, summary, a[href], textarea, [role=combobox]")].filter((one) => {{
        const {{ width, height }} = one.getBoundingClientRect();
        return seen(one) && !one.parentElement.closest(inner) && (width < 24 || height < 24);
    }}).map((one) => one.outerHTML.slice(0, 90)); }}"""
HIDDEN = """() => [...document.querySelectorAll("input[type=text], #story-list textarea")]
    .filter((one) => one.checkVisibility() && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2))
    .map(({ value }) => value)"""


@pytest.mark.parametrize("state", often(STATES))
def test_a_screen_reader_and_a_keyboard_can_use_it(first, state):
    STATES[state](first)
    settled(first)
    first.evaluate(AXE)
    assert first.evaluate(SERIOUS) == []


def test_all_that_is_pressed_is_24_px_to_hit_and_fields_show_all_that_they_hold(first):
    for state in ("filters", "method", "share", "figure", "story"):
        STATES[state](first)
        settled(first)
        assert first.evaluate(TARGETS) == []
        assert first.evaluate(HIDDEN) == []
        first.keyboard.press("Escape")


def test_a_drawer_takes_the_focus_and_gives_it_back(first):
    opener = first.locator("[data-action=filters]")
    opener.focus()
    opener.press("Enter")
    until(first, "() => document.getElementById('drawer-filters').contains(document.activeElement)")
    first.keyboard.press("Escape")
    until(first, "() => !document.querySelector('.drawer[open]')")
    assert first.evaluate("document.activeElement.dataset.action") == "filters"


def test_what_a_control_does_is_said_beside_it_by_keyboard_too(first):
    first.locator("[data-action=filters]").focus()
    first.keyboard.press("Tab")
    first.keyboard.press("Shift+Tab")
    until(first, "() => document.getElementById('bubble').checkVisibility()")
    assert "Who and which weeks" in first.locator("#bubble").inner_text()
    first.keyboard.press("Escape")
    assert first.locator("#bubble").is_hidden()


VIEWS = """() => [...document.querySelectorAll(".panel [data-view]")].map((one) => one.dataset.view)"""
OVERLAPS = """() => {
    const texts = [...document.querySelectorAll(".panel [data-view]:not(.hidden) .js-plotly-plot svg text")].filter(
        (one) => one.textContent.trim() && one.checkVisibility() && !one.closest(".hoverlayer"),
    ).map((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect(), high = (bottom - top) * 0.15;
        return { said: one.textContent.trim(), left: left + 1, right: right - 1, top: top + high, bottom: bottom - high };
    });
    const meet = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1.5
        && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1.5;
    return texts.flatMap((one, i) => texts.slice(i + 1).filter((other) => meet(one, other)).map(({ said }) => [one.said, said]));
}"""


@pytest.mark.wide
@pytest.mark.parametrize("size", [(390, 844), (1280, 720)], ids=str)
def test_in_every_view_no_text_lies_on_another_nothing_is_cut_and_whoever_has_only_keys_can_use_it(first, size):
    resize(first, size)
    if size[0] < 700:
        on_a_phone(first, "panel")
    first.evaluate(AXE)
    for view in first.evaluate(VIEWS):
        first.evaluate("(panel) => reprise.setQuery({ panel })", view)
        until(first, "(view) => reprise.query.panel === view && reprise.complete()", view)
        assert first.evaluate(OVERLAPS) == [], view
        assert first.evaluate(CUT) == [], view
        assert first.evaluate(SERIOUS) == [], view
        sizes = {round(height, 1) for _, height in first.evaluate(TEXTS)}
        assert min(sizes) >= 11, view
        assert len(sizes) <= 4, (view, sizes)
