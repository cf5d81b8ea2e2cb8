"""The handbook is served below the page, behind the same gate, with no script but its own."""

import pytest

from app import create_app
from serving import handbook

PAGES = {"index.html": b"<p>hi</p><script>one()</script>", "_static/a.css": b"b{}"}
ONE = handbook.hashes(PAGES)


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("URL_PREFIX", "/reprise/")
    monkeypatch.setattr(handbook, "files", lambda: PAGES)
    return create_app().server.test_client()


def test_its_pages_are_below_the_prefix(client):
    assert client.get("/reprise/handbook/").get_data() == PAGES["index.html"]
    assert client.get("/reprise/handbook/_static/a.css").mimetype == "text/css"
    assert client.get("/reprise/handbook").location == "/reprise/handbook/"
    for path in ("nothing.html", "..%2fapp.py", "%2e%2e/app.py", "_static/", "_static"):
        assert client.get(f"/reprise/handbook/{path}").status_code == 404


def test_its_own_scripts_run_there_and_nowhere_else(client):
    (one,) = ONE
    policy = client.get("/reprise/handbook/").headers["Content-Security-Policy"]
    assert f"script-src 'self' {one};" in policy
    assert one not in client.get("/reprise/").headers["Content-Security-Policy"]
    assert client.get("/reprise/handbook/").headers["Cache-Control"] == "no-store"


def test_where_there_is_none_a_sentence_says_how_to_build_it(monkeypatch):
    monkeypatch.setattr(handbook, "files", dict)
    answer = create_app().server.test_client().get("/handbook/views.html")
    assert (answer.status_code, answer.get_data(as_text=True)) == (404, handbook.NOT_BUILT)


def test_who_is_not_logged_in_does_not_read_it(monkeypatch, tmp_path):
    (tmp_path / "users").write_text("")
    (tmp_path / "users").chmod(0o600)
    monkeypatch.setenv("AUTH", "users")
    monkeypatch.setenv("AUTH_USERS", str(tmp_path / "users"))
    monkeypatch.setenv("SECRET_FILE", str(tmp_path / "key"))
    monkeypatch.setattr(handbook, "files", lambda: PAGES)
    answer = create_app().server.test_client().get("/handbook/", headers={"Accept": "application/json"})
    assert answer.status_code in {302, 303, 401}
    assert b"hi" not in answer.get_data()


def test_a_folder_that_is_not_there_is_no_handbook(tmp_path):
    assert handbook.files(tmp_path / "none") == {}
