"""AUTH=users as a person meets it: in by keys alone, out again, an end of the session, what a reader may, and what one shares."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from browser.driver import settled
from browser.hand import lit, press, until
from browser.serving import ROOT
from browser.test_intake import opens, send

PASSWORD, OTHER = "correct horse battery", "a wrong password"
ROLES = {"anna": "contributor", "bert": "reader", "carl": "reader"}
PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\nP2,0,12\nP2,4,9\n"


@pytest.fixture(scope="module")
def clinic(serve, tmp_path_factory):
    """A server with a login for anna, bert and carl: its `url`, and the lines of its audit log as they are `noted`."""
    place = tmp_path_factory.mktemp("clinic")
    env = {
        "AUTH": "users",
        "AUTH_USERS": str(place / "users"),
        "AUDIT_FILE": str(place / "audit"),
        "UPLOADS": str(place / "uploads"),
    }
    for name, role in ROLES.items():
        command = [sys.executable, "-m", "serving.users", "add", name, "--role", role]
        subprocess.run(command, cwd=ROOT, env={"AUTH_USERS": env["AUTH_USERS"]}, input=PASSWORD, text=True, check=True)
    return SimpleNamespace(
        url=serve(env=env), noted=lambda: list(map(json.loads, (place / "audit").read_text().splitlines()))
    )


@pytest.fixture
def person(clinic, open_page, watch):
    """person(name) -> a page of that user's own browser, logged in."""
    watch.host = clinic.url.split("/")[2]

    def logged_in(name):
        page = open_page()
        page.goto(clinic.url)
        enter(page, name)
        settled(page)
        return page

    return logged_in


def enter(page, name, password=PASSWORD):
    """With the keys alone: the name has the focus."""
    page.wait_for_selector("#name:focus")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_in_and_out_by_keys_alone(clinic, open_page, watch):
    watch.host = clinic.url.split("/")[2]
    page = open_page()
    page.goto(f"{clinic.url}#lit=P1")
    assert page.url.startswith(f"{clinic.url}login")
    assert page.title() == "Reprise"
    enter(page, "anna", OTHER)
    assert page.locator("[role=alert]").text_content() == "Name or password is wrong."
    watch.errors.clear()  # the browser's own line on the 403
    enter(page, "anna")
    settled(page)
    assert lit(page) == ["P1"]  # what the address said before the login
    page.keyboard.press("Escape")
    press(page, "a[href=login]")
    page.wait_for_selector("button:focus")
    assert "logged in as anna" in page.locator("main").text_content()
    page.keyboard.press("Enter")
    page.wait_for_selector("#name")
    page.goto(clinic.url)
    assert page.url.startswith(f"{clinic.url}login")
    acts = [line["act"] for line in clinic.noted() if line.get("user") == "anna"]
    assert acts == ["login failed", "logged in", "opened", "logged out"]


def test_the_end_of_a_session_is_said_and_the_page_stays(person, watch):
    page = person("anna")
    page.context.clear_cookies()
    page.evaluate("window.reprise.setQuery({ ...window.reprise.query, scale: 'percent' })")
    until(page, "() => document.body.textContent.includes('Please log in')")
    assert page.locator(".js-plotly-plot").count()
    watch.errors.clear()  # the browser's own line on the 401


def test_a_reader_is_told_that_files_are_not_opened_for_them(person, tmp_path, watch):
    page = person("bert")
    send(page, tmp_path, pasi=PASI)
    page.wait_for_selector("#intake-said:has-text('You may look at studies here, but not open or delete files')")
    assert not page.evaluate("window.reprise.isUpload(window.reprise.study)")
    watch.errors.clear()  # the browser's own line on the 403


@pytest.mark.slow
def test_an_upload_is_seen_by_whom_its_owner_names_and_then_by_whoever_has_its_address(clinic, person, tmp_path, watch):
    anna, bert, carl = map(person, ("anna", "bert", "carl"))
    send(anna, tmp_path, pasi=PASI)
    opens(anna)
    shared(anna, "bert")
    address = anna.url
    assert sees(bert, address)
    assert not sees(carl, address)
    press(bert, "#intake-report")
    bert.wait_for_selector("#intake-until")
    assert bert.locator("#intake-share, #intake-delete").count() == 0
    shared(anna, "*")
    assert sees(carl, address)
    watch.errors.clear()  # the browser's own line on the 404
    lines = [
        (line["user"], line["act"], line.get("what"))
        for line in clinic.noted()
        if line.get("study", "").startswith("kept-")
    ]
    assert lines == [
        ("anna", "uploaded", None),
        ("anna", "opened", None),
        ("anna", "shared", "with bert"),
        ("bert", "opened", None),
        ("anna", "shared", "with *"),
        ("carl", "opened", None),
    ]


def shared(page, names):
    if not page.locator("#intake[open]").count():
        press(page, "#intake-report")
    page.fill("#intake-shared", names)
    page.click("#intake-share")
    page.wait_for_selector("text=Saved. Copy link (Share) has the address to send.")


def sees(page, address):
    """Whether the page shows the study of an address."""
    page.goto("about:blank")
    page.goto(address)
    settled(page)
    return page.evaluate("window.reprise.isUpload(window.reprise.study)")


def test_what_leaves_by_the_page_is_noted(clinic, person):
    page = person("anna")
    with page.expect_download(), page.expect_response("**/exported"):
        press(page, '[data-save="svg"]')
    with page.expect_response("**/exported"):
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    told = [(line["user"], line["what"]) for line in clinic.noted() if line.get("by") == "page"]
    assert told == [("anna", "svg"), ("anna", "printed")]
