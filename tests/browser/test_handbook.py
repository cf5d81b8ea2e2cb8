"""The handbook opens from the page, is searched, and needs nothing that its policy forbids; its links follow what is chosen."""

from browser.driver import settled
from browser.hand import choose, press, until
from browser.test_policy import WATCH
from handbook import SITE


def test_it_opens_from_the_menu_is_searched_and_breaks_no_policy(open_page, base_url):
    assert SITE.is_dir(), "The handbook was not built: make docs"
    page = open_page()
    page.goto(base_url)
    settled(page)
    press(page, '[data-action="more"]')
    with page.expect_popup() as opened:
        press(page, "a.menu-item[href='handbook/index.html']")
    handbook = opened.value
    handbook.context.add_init_script(WATCH)
    handbook.goto(f"{base_url}handbook/search.html?q=rebound")
    handbook.locator("#search-results li").first.wait_for()
    assert "Rebound" in handbook.inner_text("#search-results")
    handbook.locator(".theme-toggle:visible").first.click()
    handbook.goto(f"{base_url}handbook/rules.html")
    assert handbook.evaluate("document.body.dataset.theme") in {"light", "dark"}  # its inline script ran
    assert handbook.evaluate("window.violations") == []


def test_a_link_to_a_statistic_follows_the_menu(open_page, base_url):
    page = open_page()
    page.goto(base_url)
    settled(page)
    link = ".drawer-method [data-entry='statistic']"
    assert page.locator(link).evaluate("(a) => a.hash") == "#statistic-repeated-measures"
    choose(page, "statistic", "mixed_model")
    until(page, f"""() => document.querySelector("{link}").hash === "#statistic-mixed-model" """)
