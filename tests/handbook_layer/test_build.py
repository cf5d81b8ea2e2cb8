"""The handbook is a site that needs no other host, is small, and in which no link leads nowhere."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("handbook")]
ROOT = Path(__file__).parents[2]
MOST = 2_000_000
"""Bytes of the site."""


class Page(HTMLParser):
    """The places of a page, where it leads, and what it loads."""

    def __init__(self, path):
        super().__init__()
        self.places, self.links, self.loads, self.levels = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.places.add(named.get("id"))
        if named.get("role") == "heading":
            self.levels.append(named.get("aria-level"))
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        self.loads += [value for key, value in attrs if key == "src" or (tag == "link" and key == "href")]


@pytest.fixture(scope="module")
def pages(site):
    return {path.name: Page(path) for path in site.glob("*.html")}


def test_every_page_of_docs_is_there(pages):
    assert {f"{path.stem}.html" for path in (ROOT / "docs").glob("*.md")} <= pages.keys()


def test_every_link_leads_to_a_page_and_a_place_of_it(pages, site):
    followed = 0
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme == "https", link
                continue
            followed += 1
            target = unquote(parts.path) or name
            assert (site / target).is_file(), (name, link)
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].places, (name, link)
    assert followed > 200


def test_every_heading_of_the_menu_says_its_level(pages):
    assert {level for page in pages.values() for level in page.levels} == {"2"}


def test_no_page_loads_anything_from_elsewhere(pages, site):
    assert all(
        not urlsplit(load).netloc for page in pages.values() for load in page.loads if not load.startswith("data:")
    )
    for path in [*site.rglob("*.css"), *site.rglob("*.js")]:
        assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import|importScripts", path.read_text(encoding="utf-8")), (
            path
        )


def test_it_is_small(site):
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < MOST


def test_a_rule_is_found_by_its_words(site):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert '"rebound"' in index
    assert "repeated-measures correlation" in index
