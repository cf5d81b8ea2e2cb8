"""Who comes in: nobody whom the way of AUTH does not know, at any address, by any method."""

import select
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from data.access import ASKS
from data.uploading.sandbox import Sandbox
from serving.who import GATE, NOT_THE_PROXY, OPEN
from serving_layer.wire import answer, closed, connected, head

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


HEAD = {"REQUEST_METHOD": "POST", "PATH_INFO": "/upload", "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1"}
KNOWN = {"HTTP_X_REMOTE_USER": "anna", "HTTP_X_PROXY_SECRET": WORD}


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (KNOWN, None),
        ({}, 403),
        (KNOWN | {"HTTP_X_REMOTE_USER": ""}, 401),
        (KNOWN | {"REMOTE_ADDR": "10.9.9.9"}, 403),
        (KNOWN | {"HTTP_HOST": "evil.example"}, 400),
        (KNOWN | {"HTTP_ORIGIN": "https://evil.example"}, 403),
        (KNOWN | {"HTTP_X_REMOTE_USER": "bert"}, 403),
        (KNOWN | {"HTTP_X_REMOTE_USER": "bert", "PATH_INFO": "/redraw"}, None),
        ({"PATH_INFO": "/nowhere"}, 403),
        ({"PATH_INFO": "/health"}, 403),
        ({"PATH_INFO": "/health", "REQUEST_METHOD": "GET"}, None),
    ],
)
def test_the_gate_says_by_the_head_alone_who_will_be_refused(server, tmp_path, head, status):
    (tmp_path / "access.toml").write_text('[roles]\nanna = "contributor"\n')
    gate = server(**PROXY, ACCESS=str(tmp_path / "access.toml")).extensions[GATE]
    found = gate({**HEAD, "wsgi.url_scheme": "http", "SERVER_NAME": "x", "SERVER_PORT": "80", **head})
    assert (found and found[0]) == status
    assert ASKS.get() is None
    assert not found or len(found[1]) > 10


LARGE = 40_000_000


@pytest.mark.slow
def test_of_a_stranger_no_large_body_is_read(reprise):
    with reprise(WEB_CONCURRENCY="1", **PROXY) as served:
        for fields in (
            {"Content_Length": LARGE},
            {"Transfer_Encoding": "chunked"},
            {"Content_Length": LARGE, "Expect": "100-continue"},
        ):
            with connected(served) as wire:
                wire.sendall(head("POST", "/upload", **fields))
                status, headers, text = answer(wire)
                assert (status, text.decode()) == (403, NOT_THE_PROXY)
                assert headers["Connection"] == "close"
                assert closed(wire)
        with connected(served) as wire:  # who is known is waited for
            wire.sendall(head("POST", "/upload", Content_Length=LARGE, **ANNA) + b"x" * 100_000)
            assert not select.select([wire], [], [], 0.5)[0]
