"""The page needs nothing that the server's policy forbids, and no address makes it ask for what never ends."""

import pytest

from browser.driver import settled
from browser.hand import captions, choose, drag, legend, open_view, press, type_into, until
from browser.test_take_away import item, taken

pytestmark = pytest.mark.slow

WATCH = """window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push([event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber]));"""


def open_every_view(page):
    views = page.eval_on_selector_all(
        ".tab", "(tabs) => tabs.flatMap((tab) => Object.keys(JSON.parse(tab.dataset.views)))"
    )
    assert len(views) > 20
    for view in views:
        open_view(page, view)


def test_no_state_of_the_page_breaks_the_policy(open_page, base_url, tmp_path):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script(WATCH)
    answer = page.goto(base_url)
    assert "script-src 'self' 'sha256-" in answer.headers["content-security-policy"]
    settled(page)
    choose(page, "pasi_scale", "percent_improvement")
    type_into(page, "to_week", "26")
    page.keyboard.press("Escape")  # the drawer lies over the panel
    legend(page, "P1").click()
    press(page, "#theme")
    until(page, "() => window.reprise.query.theme === 'dark'")
    settled(page)
    drag(page, "pasi", (150, 60), (300, 60))
    open_every_view(page)
    for view in ("pasi", "correlation"):
        open_view(page, "correlation")
        for action in ("svg", "png", "csv"):
            taken(page, view, action)
    press(page, item("pasi", "numbers"))
    page.locator("#numbers-grid .ag-row").first.wait_for()
    page.keyboard.press("Escape")
    press(page, "#copy")
    press(page, "#intake-open")
    page.locator("#intake").wait_for()
    violations = page.evaluate("window.violations")
    assert violations == []


def test_an_own_study_is_read_shown_and_deleted_under_the_policy(open_page, base_url, tmp_path):
    page = open_page()
    page.add_init_script(WATCH)
    page.goto(base_url)
    settled(page)
    path = tmp_path / "clinic.csv"
    path.write_text(
        "Patient,Visit date,PASI,Score\nA,2021-01-04,20,1\nA,2021-02-01,9,2\nB,2021-01-05,14,3\nB,2021-02-02,4,4\n"
    )
    press(page, "#intake-open")
    with page.expect_file_chooser() as chooser:
        page.locator("#intake-choose").click()
    chooser.value.set_files(path)
    page.wait_for_function(
        "() => window.reprise.isUpload(window.reprise.study) || !document.querySelector('#intake-show').classList.contains('hidden')"
    )
    assert page.evaluate("window.violations") == []


@pytest.mark.parametrize(
    ("hash_", "said"),
    [
        ("#from_week=1e308", "from week"),
        ("#from_week=1e16&to_week=-1e308", "to week"),
        ("#lane_page=1e300", "lane page"),
        ("#lane_page=1000000", ""),
        ("#from_week=-5200&to_week=5200", ""),
        ("#cutoff=1e308&lag=1e308&tolerance=1e308&sustained=1e308", "sustained"),
    ],
)
def test_a_number_beyond_all_bounds_leaves_a_page_that_works_and_a_sentence(visit, base_url, hash_, said):
    page = visit(base_url + hash_)
    until(page, "() => window.reprise.complete()")
    assert said in page.locator("#notice").inner_text()
    assert captions(page)[0].startswith("3 patients")


@pytest.mark.parametrize(
    "hash_",
    [
        '#gesture="x"',
        "#gesture=3",
        "#gesture={}",
        '#gesture={"view":"x","key":"y"}',
        "#zoom=1e308,-1e308",
        "#zoompairs=1e308,0,1,2",
    ],
)
def test_a_highlight_or_zoom_that_cannot_be_is_said_and_left_out(case, hash_):
    page = case
    page.locator(".toast-line").evaluate_all("(lines) => lines.forEach((line) => line.remove())")
    page.evaluate("(hash) => { location.hash = hash; }", hash_)
    page.locator(".toast-line", has_text="address").first.wait_for()
    settled(page)
    until(page, "() => window.reprise.complete()")
    legend(page, "P1").click()
    until(page, "() => window.reprise.highlighted().ids.has('P1')")
