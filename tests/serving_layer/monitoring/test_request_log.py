"""A line for each request: what was asked and how it ended, never the address, a key, a patient or a sign that ends a line."""

import logging

import pytest

from serving.monitoring import request_log
from serving_layer.test_who import ANNA, PROXY

pytestmark = pytest.mark.process

KEY = "k" * 43
FIELDS = {"request", "method", "route", "status", "ms", "bytes", "user"}


def lines(caplog):
    return [record.fields for record in caplog.records if record.name == "reprise.requests"]


@pytest.fixture
def asked(server, caplog):
    """asked(path, env, **how) -> the answer, and the one line of it."""

    def made(path, env=PROXY, **how):
        client = server(**env).test_client()
        caplog.clear()
        with caplog.at_level(logging.INFO, "reprise.requests"):
            answer = client.open(path, **{"headers": ANNA, **how}, buffered=True)
            answer.close()
        (line,) = lines(caplog)
        return answer, line

    return made


def test_a_line_says_who_asked_what_and_how_it_ended(asked):
    answer, line = asked("/a/_dash-layout", PROXY | {"URL_PREFIX": "/a/"})
    assert line.keys() == FIELDS
    assert (line["method"], line["route"], line["status"], line["user"]) == ("GET", "_dash-layout", 200, "anna")
    assert line["bytes"] == len(answer.data) > 100_000
    assert line["ms"] > 0
    assert answer.headers["X-Request-Id"] == line["request"]


@pytest.mark.parametrize("path", [f"/{KEY}", f"/marks/{KEY}?patient=P1", "/P1%0d%0a{}", "/assets/v-1/P1.csv"])
def test_no_address_and_nothing_of_a_body_is_in_it(asked, path):
    _, line = asked(path, method="POST", json={"study": KEY, "patient": "P1"})
    assert line["route"] in {"none", "asset"}
    assert not any(word in str(line) for word in (KEY, "P1", "\n"))


def test_an_unknown_method_is_not_quoted(asked):
    assert asked("/", method="X" * 90)[1]["method"] == "other"


@pytest.mark.parametrize(
    ("env", "headers", "is_taken"),
    [
        (PROXY, ANNA, True),
        (PROXY, {"X-Remote-User": "anna"}, False),
        (PROXY, ANNA | {"X-Proxy-Secret": "wrong"}, False),
        ({}, {}, False),
    ],
)
def test_an_id_is_taken_from_a_proxy_that_proves_itself_and_from_nobody_else(asked, env, headers, is_taken):
    answer, line = asked("/health", env, method="PUT", headers=headers | {"X-Request-Id": "0123-abcd-of-proxy"})
    assert (line["request"] == "0123-abcd-of-proxy") == is_taken
    assert answer.headers["X-Request-Id"] == line["request"]


@pytest.mark.parametrize("brought", ["", "short", "x" * 65, "a b c d e f", "../../etc/x", 'a"b"c"d"e"', "ü" * 9])
def test_an_id_that_is_none_is_replaced(asked, brought):
    _, line = asked("/", headers=ANNA | {"X-Request-Id": brought})
    assert request_log.WELL_FORMED.fullmatch(line["request"])
    assert line["request"] != brought


def test_what_monitors_ask_is_told_where_it_fails_alone(server, caplog):
    client = server().test_client()
    with caplog.at_level(logging.INFO, "reprise.requests"):
        client.get("/health").close()
        client.post("/health").close()
    assert [line["status"] for line in lines(caplog)] == [405]


def failing():
    raise RuntimeError("the cell of P1")


def test_a_failure_is_an_error_with_its_place_and_without_its_words(server, caplog):
    broken = server()
    broken.view_functions["health"] = failing
    answer = broken.test_client().get("/health", buffered=True)
    answer.close()
    (line,) = lines(caplog)
    assert (answer.status_code, line["status"], line["route"]) == (500, 500, "health")
    assert "RuntimeError in" in caplog.text
    assert "failing (test_request_log.py" in caplog.text
    assert "P1" not in caplog.text + answer.text
