"""What every answer tells the browser."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from serving.headers import HEADERS

BODY = {"study": "case-series", "query": {}, "views": []}
GETS = ("/", "/health", "/_dash-layout", "/_dash-dependencies", "/template.xlsx", "/assets/app.css", "/assets/v-0/app.css",
        "/nowhere", "/assets/nowhere", "/_reload-hash", "/_dash-component-suites/os/path")  # fmt: skip
FILES = ("/_dash-dependencies", "/template.xlsx")


def answers(client):
    found = {path: client.get(path) for path in GETS}
    found["evil"] = client.get("/", headers={"Host": "evil.example"})
    found["marks"] = client.post("/marks", json=BODY)
    found["wrong"] = client.post("/marks", json=[])
    found["gone"] = client.post("/marks", json={**BODY, "study": "no"})
    found["kind"] = client.put("/marks")
    return found


def test_every_answer_has_them_errors_too(client):
    for name, answer in answers(client).items():
        with answer:
            assert HEADERS.items() <= dict(answer.headers).items(), name
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, name
            assert "frame-ancestors 'none'" in policy, name


def test_nothing_that_holds_data_is_kept_and_files_are(client):
    for name, answer in answers(client).items():
        with answer:
            assert (answer.headers.get("Cache-Control") == "no-store") == (name not in FILES), name


def test_a_fingerprinted_script_stays_in_the_browser_for_a_year(client):
    page = client.get("/").get_data(as_text=True)
    path = re.search(r'src="(/_dash-component-suites/dash/dash-renderer/build/[^"]*)"', page).group(1)
    with client.get(path) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_script_runs_only_from_here_or_by_its_hash(client):
    answer = client.get("/")
    page = re.sub("<!--.*?-->", "", answer.get_data(as_text=True), flags=re.DOTALL)
    scripts = re.search(r"script-src ([^;]*)", answer.headers["Content-Security-Policy"]).group(1).split()
    assert "'self'" in scripts
    assert not [source for source in scripts if "unsafe" in source or ":" in source]
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>(.*?)</script>", page, re.DOTALL)
    assert inline
    for script in inline:
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in scripts


@pytest.mark.parametrize("path", ["/", "/_dash-layout"])
def test_the_page_has_no_handler_or_link_that_is_a_script(client, path):
    assert not re.search(r"\son\w+=[\"']|javascript:", client.get(path).get_data(as_text=True))
