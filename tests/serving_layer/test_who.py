"""Who comes in: nobody whom the way of AUTH does not know, at any address, by any method."""

from pathlib import Path

import pytest
from werkzeug.routing import Rule

from data.uploading.sandbox import Sandbox
from serving.who import OPEN

pytestmark = pytest.mark.process

WORD = "0123456789abcdef0123"
PROXY = {"AUTH": "proxy", "AUTH_PROXY_ADDRESSES": "127.0.0.1,10.0.0.0/24", "AUTH_PROXY_SECRET": WORD}
ANNA = {"X-Remote-User": "anna", "X-Proxy-Secret": WORD}
TRICKS = (
    "/%2f",
    "/%2e%2e/",
    "/;",
    "/health/",
    "//marks",
    "/health;/x",
    "/HEALTH",
    "/./health/../",
    "/nowhere",
    "/metrics",
)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "PATCH")


def addresses(server):
    """An address for each rule of the server, whatever stands in its place holders, that is not open to all."""
    return [address_of(rule) for rule in server.url_map.iter_rules() if rule.endpoint not in OPEN]


def address_of(rule: Rule):
    values = {
        name: 1 if type(converter).__name__ == "IntegerConverter" else "x"
        for name, converter in rule._converters.items()
    }
    return rule.build(values, append_unknown=False)[1]


def refused(server, status, **asked):
    """Walks every address with every method; nothing but one of these, and never what a reader would get."""
    client = server.test_client()
    found = [*addresses(server), *TRICKS]
    assert len(found) > 20
    for address in found:
        for method in METHODS:
            answer = client.open("/", method=method, environ_overrides={"PATH_INFO": address}, **asked)
            assert answer.status_code in status, (method, address, answer.status)
            assert len(answer.data) < 2_000


def test_a_stranger_gets_nothing_at_any_address(server):
    closed = server(**PROXY)
    refused(closed, {403})
    refused(closed, {403}, headers={"X-Remote-User": "anna"})
    refused(closed, {401}, headers={"X-Proxy-Secret": WORD})


def test_health_is_open_and_says_nothing(server):
    answer = server(**PROXY).test_client().get("/health", environ_overrides={"REMOTE_ADDR": "10.9.9.9"})
    assert answer.json == {"status": "ok"}


@pytest.mark.parametrize(
    ("headers", "peer", "status"),
    [
        (ANNA, "127.0.0.1", 200),
        (ANNA, "::ffff:10.0.0.7", 200),
        (ANNA, "10.0.1.7", 403),
        (ANNA, "", 403),
        (ANNA, "unknown", 403),
        (ANNA | {"X-Forwarded-For": "127.0.0.1"}, "10.0.1.7", 403),
        (ANNA | {"X-Proxy-Secret": WORD + "x"}, "127.0.0.1", 403),
        (ANNA | {"X-Proxy-Secret": "ü"}, "127.0.0.1", 403),
        (ANNA | {"X-Remote-User": "anna,eve"}, "127.0.0.1", 403),
        (ANNA | {"X-Remote-User": "../x y"}, "127.0.0.1", 403),
        (ANNA | {"X-Remote-User": ""}, "127.0.0.1", 401),
        ({"X-Proxy-Secret": WORD, "Remote-User": "anna"}, "127.0.0.1", 401),
    ],
)
def test_a_proxy_names_who_asks_from_its_addresses_with_its_secret(server, headers, peer, status):
    client = server(**PROXY).test_client()
    assert client.get("/", headers=headers, environ_overrides={"REMOTE_ADDR": peer}).status_code == status


@pytest.mark.parametrize("missing", ["AUTH_PROXY_ADDRESSES", "AUTH_PROXY_SECRET"])
def test_a_proxy_of_which_anything_is_missing_lets_nobody_in(server, missing):
    headers = {"X-Remote-User": "anna"} | ({"X-Proxy-Secret": WORD} if missing != "AUTH_PROXY_SECRET" else {})
    closed = server(**{name: value for name, value in PROXY.items() if name != missing})
    assert closed.test_client().get("/", headers=headers).status_code == 403


def test_a_peer_without_an_address_is_no_proxy(server):
    asked = {"headers": ANNA, "environ_overrides": {"REMOTE_ADDR": ""}}
    assert server(**PROXY).test_client().get("/", **asked).status_code == 403


def test_a_process_that_reads_what_was_sent_does_not_know_the_secret(monkeypatch):
    monkeypatch.setenv("AUTH_PROXY_SECRET", WORD)
    sandbox = Sandbox()
    try:
        assert sandbox.waits
        assert WORD.encode() not in Path(f"/proc/{sandbox._process.pid}/environ").read_bytes()
    finally:
        sandbox.kill()


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP", "X-Remote-User", "Remote-User"]
)
def test_without_a_login_nothing_is_answered_that_a_proxy_passes_on(usual, header):
    answer = usual.test_client().get("/", headers={header: "10.0.0.1"})
    assert answer.status_code == 403
    assert "AUTH=proxy" in answer.text
