"""Dash sets itself up during its first request; with threads, the requests beside it used to get a page without
views. Every worker is therefore warmed before it accepts connections (gunicorn.conf.py)."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import URLError

import pytest

from browser.serving import DEADLINE, GUNICORN, direct, serving, started, status

pytestmark = [pytest.mark.process, pytest.mark.slow]

STARTS = 4
SETTINGS = {"WEB_CONCURRENCY": "2", "URL_PREFIX": "/reprise/"}


def test_every_request_of_a_cold_start_is_served():
    paths = paths_of_a_page(SETTINGS)
    assert any("react" in path for path in paths)
    for start in range(STARTS):
        answers = first_answers(SETTINGS, paths)
        assert {path: code for path, code in answers if code != 200} == {}, f"cold start {start}"


def paths_of_a_page(env):
    """What a browser asks for first, relative to the server's address."""
    with serving(env=env, command=GUNICORN) as served:
        with direct.open(served.url) as answer:
            page = answer.read().decode()
        prefix = env["URL_PREFIX"]
        scripts = re.findall(r'"(/[^"]*_dash-component-suites/[^"]+)"', page)
        assert all(script.startswith(prefix) for script in scripts)
        return ["", "_dash-layout", "_dash-dependencies", "health", *(s.removeprefix(prefix) for s in scripts)]


def first_answers(env, paths):
    """Status of each path, all asked at once, twice over, as early as the server can be reached."""
    with started(env=env, command=GUNICORN) as served, ThreadPoolExecutor(24) as readers:
        asked = [readers.submit(patiently, served, path) for path in paths * 2]
        return [(path, answer.result()) for path, answer in zip(paths * 2, asked, strict=True)]


def patiently(served, path):
    """Status of a path, asked again while nobody listens yet."""
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            return status(served.url + path)
        except URLError:
            if served.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(served.said()) from None
            time.sleep(0.005)
