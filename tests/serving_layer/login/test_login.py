"""AUTH=users: the login page, what a session is worth, and what ends it."""

import io
import json
import re
import stat
import time
from threading import Thread

import pytest

from serving import users
from serving.login import accounts, page, shared
from serving_layer.test_who import refused

pytestmark = pytest.mark.process

PASSWORD, OTHER = "correct horse battery", "another password"


def told(monkeypatch, text, *arguments):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return users.main(list(arguments))


@pytest.fixture
def login(server, monkeypatch, tmp_path):
    """login(**env) -> a server with the users anna and bert, and files of its own."""

    def made(**env):
        monkeypatch.setenv("AUTH_USERS", str(tmp_path / "users"))
        for name in ("anna", "bert"):
            assert told(monkeypatch, f"{PASSWORD}\n", "add", name, "--role", "contributor") == 0
        return server(AUTH="users", AUTH_USERS=str(tmp_path / "users"), SECRET_FILE=str(tmp_path / "key"), **env)

    return made


def entered(client, name="anna", password=PASSWORD, prefix="/", **more):
    return client.post(f"{prefix}login", data={"name": name, "password": password}, **more)


def inside(client, prefix="/"):
    return client.get(f"{prefix}_dash-layout").status_code == 200


def test_a_stranger_gets_the_login_page_and_nothing_else(login):
    closed = login()
    refused(closed, {401, 303})
    assert closed.test_client().get("/").headers["Location"] == "/login"
    text = closed.test_client().get("/login").text
    assert "<form" in text
    assert "case series" not in text.lower()
    assert not re.search(r"<script|https?:", text)


def test_a_login_opens_the_page_by_a_cookie_that_only_this_server_reads(login):
    client = login(URL_PREFIX="/a/").test_client()
    answer = entered(client, prefix="/a/")
    cookie = answer.headers["Set-Cookie"]
    assert (answer.status_code, answer.headers["Location"]) == (303, "/a/")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/a/"))
    assert answer.headers["Cache-Control"] == "no-store"
    assert inside(client, "/a/")
    assert "anna" in client.get("/a/login").text


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "x"), ("eve", PASSWORD), ("", ""), ("anna", PASSWORD + "x" * 999)]
)
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(login, name, password):
    client = login().test_client()
    answer = entered(client, name, password)
    assert answer.status_code == 403
    assert page.WRONG in answer.text
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_name_takes_as_long_as_a_known_one(login, monkeypatch):
    verified = []
    client = login().test_client()
    monkeypatch.setattr(page, "_is_right", lambda account, _: verified.append(account.hashed[:30]))
    entered(client, "anna")
    entered(client, "eve")
    assert len(verified) == 2
    assert verified[0] == verified[1]  # the same work: algorithm, memory, rounds


def test_logout_ends_a_session_also_for_who_has_copied_its_cookie(login):
    closed = login()
    client, thief = closed.test_client(), closed.test_client()
    entered(client)
    stolen = client.get_cookie(page.COOKIE).value
    thief.set_cookie(page.COOKIE, stolen)
    assert inside(thief)
    assert client.post("/logout").headers["Location"] == "/login"
    assert not inside(client)
    assert not inside(thief)


def test_a_new_password_a_removal_and_time_end_sessions(login, monkeypatch):
    client = login().test_client()
    entered(client)
    told(monkeypatch, f"{OTHER}\n", "add", "anna")
    assert not inside(client)
    entered(client, password=OTHER)
    assert inside(client)
    monkeypatch.setattr(page.time, "time", lambda now=time.time: now() + 13 * 3600)
    assert not inside(client)
    monkeypatch.undo()


def test_who_is_removed_is_a_stranger_at_once(login, monkeypatch):
    client = login().test_client()
    entered(client, "bert")
    assert told(monkeypatch, "", "remove", "bert") == 0
    assert not inside(client)
    assert entered(client, "bert").status_code == 403


def test_a_session_that_others_made_up_or_signed_is_worth_nothing(login):
    closed = login()
    client = closed.test_client()
    entered(client)
    real = client.get_cookie(page.COOKIE).value
    for cookie in ("x", real[:-2] + "AA", real.replace(".", "", 1), ""):
        other = closed.test_client()
        other.set_cookie(page.COOKIE, cookie)
        assert not inside(other)
    with client.session_transaction() as planted:  # whoever plants a session before a login does not have it after
        before = planted["id"]
    entered(client)
    with client.session_transaction() as after:
        assert after["id"] != before


def test_another_web_site_can_neither_log_in_nor_out(login):
    client = login().test_client()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert entered(client, headers=headers).status_code == 403
        assert client.post("/logout", headers=headers).status_code == 403
    assert client.get("/logout").status_code == 401


def test_attempts_are_counted_across_workers(login, monkeypatch):
    monkeypatch.setattr(page, "_is_right", lambda *_: False)
    workers = [login().test_client(), login().test_client()]
    found = [entered(workers[at % 2]).status_code for at in range(shared.MOST + 2)]
    assert found == [403] * shared.MOST + [429, 429]
    assert entered(workers[0], "bert").status_code == 403
    later = time.time() + shared.WINDOW + 1
    monkeypatch.setattr(shared.time, "time", lambda: later)
    assert entered(workers[1]).status_code == 403


def test_attempts_at_once_are_not_more(login):
    login()
    allowed = []
    threads = [Thread(target=lambda: allowed.append(shared.may_try("anna"))) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == shared.MOST


def test_files_of_a_login_are_private_and_hold_no_password(login, tmp_path):
    entered(login().test_client())
    files = [file for file in tmp_path.iterdir() if file.is_file()]
    assert {"users", "key"} <= {file.name for file in files}
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert not any(PASSWORD.encode() in file.read_bytes() for file in files)
    assert json.loads((tmp_path / "key-attempts").read_text()) == {}


def test_a_file_that_others_can_read_is_refused(login, tmp_path):
    client = login().test_client()
    entered(client)
    (tmp_path / "users").chmod(0o644)
    assert client.get("/_dash-layout").status_code == 500
    with pytest.raises(accounts.AccountsError, match="600"):
        accounts.accounts()


@pytest.mark.parametrize("arguments", [("add", "a b"), ("remove", "eve"), ("add", "a:b")])
def test_what_cannot_be_done_is_a_sentence(login, monkeypatch, capsys, arguments):
    login()
    assert told(monkeypatch, f"{PASSWORD}\n", *arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_logins_and_logouts_are_noted_and_a_name_that_is_none_is_not_quoted(login, tmp_path):
    client = login(AUDIT_FILE=str(tmp_path / "audit")).test_client()
    entered(client, "anna", "wrong")
    entered(client, PASSWORD, "anna")  # typed into the wrong field
    entered(client)
    client.post("/logout")
    client.post("/logout")
    lines = [json.loads(line) for line in (tmp_path / "audit").read_text().splitlines()]
    assert [(line["act"], line.get("user")) for line in lines] == [
        ("login failed", "anna"),
        ("login failed", None),
        ("logged in", "anna"),
        ("logged out", "anna"),
    ]
    assert PASSWORD not in (tmp_path / "audit").read_text()


def test_nobody_logs_in_whose_login_cannot_be_noted(login, tmp_path):
    client = login(AUDIT_FILE=str(tmp_path / "audit")).test_client()
    (tmp_path / "audit").touch(mode=0o600)
    (tmp_path / "audit").chmod(0o644)
    assert entered(client).status_code == 503
    assert not inside(client)


def test_two_names_that_differ_in_capitals_alone_are_not_two_users(login, monkeypatch, capsys):
    login()
    assert told(monkeypatch, f"{PASSWORD}\n", "add", "Anna") == 2
    assert "There is a user anna" in capsys.readouterr().err
    assert told(monkeypatch, f"{OTHER}\n", "add", "anna") == 0
