"""Who may ask what monitors and administrators ask."""

import json

import pytest

from data.uploading import audit
from serving.monitoring import readiness, routes
from serving_layer.test_who import ANNA, PROXY

pytestmark = pytest.mark.process


@pytest.fixture
def client(server, tmp_path):
    """client(role) -> the server, and anna in that role."""

    def made(role):
        audit.REQUEST_ID.set("")
        (tmp_path / "access.toml").write_text(f'[roles]\nanna = "{role}"\n')
        env = {"ACCESS": str(tmp_path / "access.toml"), "AUDIT_FILE": str(tmp_path / "audit.jsonl")}
        return server(**PROXY, **env).test_client()

    return made


def test_anybody_may_ask_whether_it_is_ready_and_hears_nothing_else(client):
    readiness._found.cache_clear()
    answer = client("reader").get("/ready", environ_overrides={"REMOTE_ADDR": "10.9.9.9"})
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


@pytest.mark.parametrize("path", ["/metrics", "/audit"])
@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("contributor", 403), ("admin", 200)])
def test_numbers_and_the_audit_log_are_an_administrators(client, role, status, path, tmp_path):
    (tmp_path / "audit.jsonl").touch(mode=0o600)
    answer = client(role).get(path, headers=ANNA)
    assert answer.status_code == status
    if status == 403:
        assert "administrator" in answer.text
    assert client(role).get(path).status_code == 403  # nobody


def test_reading_the_audit_log_is_noted_in_it(client, tmp_path):
    (tmp_path / "audit.jsonl").touch(mode=0o600)
    asked = client("admin")
    assert asked.get("/audit", headers=ANNA).text == ""
    (line,) = asked.get("/audit", headers=ANNA).text.splitlines()
    assert json.loads(line).items() >= {"user": "anna", "act": "read the audit log"}.items()


def test_of_a_long_log_the_end_is_given_from_the_beginning_of_a_line(client, tmp_path, monkeypatch):
    monkeypatch.setattr(routes, "MOST", 100)
    place = tmp_path / "audit.jsonl"
    place.touch(mode=0o600)
    place.write_text("".join(f'{{"n": {number}}}\n' for number in range(1000)))
    lines = client("admin").get("/audit", headers=ANNA).text.splitlines()
    assert json.loads(lines[-1]) == {"n": 999}
    assert 5 < len(lines) < 15


def test_where_none_is_kept_that_is_said(server):
    answer = server().test_client().get("/audit")
    assert (answer.status_code, answer.text) == (404, routes.NO_AUDIT)
