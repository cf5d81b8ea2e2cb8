import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from benchmarks import cohort
from browser import arms, screenshots
from browser.driver import LAPTOP, launched
from browser.hand import came_back, opened
from browser.serving import PERSON, serving
from data.catalog import BUNDLED


@dataclass
class Watch:
    """What pages did behind the reader's back. A test that provokes an error clears it from the list."""

    host: str
    urls: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def over(self, page):
        """Listen to `page` from its first request on."""
        for event, listener in self.listeners.items():
            page.on(event, listener)

    def leave(self, page):
        for event, listener in self.listeners.items():
            page.remove_listener(event, listener)

    @cached_property
    def listeners(self):
        return {
            "request": lambda request: self.urls.append(request.url),
            "websocket": lambda socket: self.urls.append(socket.url),
            "pageerror": lambda error: self.errors.append(f"page error: {error}"),
            "console": self.heard,
            "requestfailed": self.missed,
        }

    def heard(self, message):
        if message.type == "error" or "AG Grid" in message.text:
            self.errors.append(f"console: {message.text} ({message.location.get('url')})")

    def missed(self, request):
        # A request that a new page or a newer request made pointless is aborted by the browser itself.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.failed.append(f"{request.url}: {request.failure}")

    @property
    def foreign(self):
        """Requests that left the host."""
        spoken = [url for url in self.urls if urlsplit(url).scheme in {"http", "https", "ws", "wss"}]
        return [url for url in spoken if urlsplit(url).netloc != self.host]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Saves what the browser shows where a test fails, before its pages are closed."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("chromium")
    if report.failed and browser is not None:
        screenshots.save(browser, item.nodeid)
    return report


@pytest.fixture(scope="session")
def serve():
    """serve(study, env, command) -> address of the app; one process per combination, ended with the session."""
    running = {}
    with ExitStack() as ends:

        def address(study=None, env=None, command=PERSON):
            key = (str(study), tuple(sorted((env or {}).items())), command)
            if key not in running:
                running[key] = ends.enter_context(serving(study, env, command))
            return running[key].url

        yield address


@pytest.fixture(scope="session")
def base_url(serve):
    """Address of the app with the bundled study."""
    return serve()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def watch(base_url):
    """What the test's pages did; fails the test that logged an error (or whose table warned), missed a file or left the host. A test that
    serves another study sets `watch.host`."""
    seen = Watch(urlsplit(base_url).netloc)
    yield seen
    assert not seen.foreign, f"requests left the host: {seen.foreign}"
    assert not seen.errors, f"the console is not clean: {seen.errors}"
    assert not seen.failed, f"requests failed: {seen.failed}"


@pytest.fixture
def open_page(chromium, watch):
    """open_page(**options of a browser context) -> a watched, blank page in a browser of its own."""
    contexts = []

    def opened(**options):
        contexts.append(chromium.new_context(**{"viewport": LAPTOP, **options}))
        page = contexts[-1].new_page()
        watch.over(page)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def visit(open_page, tab, watch):
    """visit(url, **options of a browser context) -> a watched page, settled on that address; with options in a browser of its own."""

    def visited(url, **options):
        watch.host = urlsplit(url).netloc
        return opened(open_page(**options) if options else tab(), url)

    return visited


@pytest.fixture(scope="session")
def desk(chromium):
    """One browser whose cache stays warm from test to test: most of a page's load is compiling the same scripts."""
    context = chromium.new_context(viewport=LAPTOP)
    yield context
    context.close()


@pytest.fixture
def tab(desk, watch):
    """tab() -> a watched, blank page of the one browser; what it stored is forgotten."""
    pages = []

    def opened():
        pages.append(desk.new_page())
        watch.over(pages[-1])
        return pages[-1]

    yield opened
    for page in pages:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear()")
        page.close()


@pytest.fixture(scope="session")
def once():
    """What one test leaves to the next: its tab, by the bare address that it was opened at."""
    return {}


@pytest.fixture
def back(desk, watch, once):
    """back(url) -> a watched page settled on that bare address: the tab of the test before, which goes back there, if it is the same."""
    pages = []

    def again(url):
        watch.host = urlsplit(url).netloc
        known, page = once.popitem() if once else ("", None)
        if page and known != url:
            page.close()
        page = page if page and known == url else desk.new_page()
        pages.append((url, page))
        watch.over(page)
        return page if came_back(page, url) else opened(page, url)

    yield again
    for url, page in pages:
        watch.leave(page)
        once[url] = page


@pytest.fixture
def case(back, base_url):
    """The bundled case series as its bare address shows it."""
    return back(base_url)


@pytest.fixture(scope="session")
def own(serve, tmp_path_factory):
    """Address of a server with uploads of its own."""
    return serve(env={"UPLOADS": str(tmp_path_factory.mktemp("uploads"))})


@pytest.fixture(scope="session")
def shelf(serve, tmp_path_factory):
    """Address of a server of two studies: `arms`, shown first, and a copy of the bundled one called `series`."""
    root = tmp_path_factory.mktemp("shelf")
    shutil.copytree(BUNDLED, root / "series")
    arms.write(root / "arms")
    return serve(root)


@pytest.fixture(scope="session")
def thousand(serve, tmp_path_factory):
    """Address of a server with a cohort of 1,000 patients."""
    return serve(cohort.write(tmp_path_factory.mktemp("cohort") / "thousand", 1000, subsets=6))
