"""The form of the log: a line is a line, whatever was said, in JSON and for a person."""

import json
import logging
import logging.config

import pytest

from data.uploading.audit import REQUEST_ID
from serving.monitoring.log_lines import FORMS, log_config
from serving_layer.wire import answer, asked, connected, head, until

HOSTILE = 'a\r\n{"level": "FORGED"}\x1b[2J\u2028\u202e\x00é'


def record(message="said", error=None, **more):
    made = logging.LogRecord(
        "reprise", logging.ERROR, "x.py", 1, "%s", (message,), error and (type(error), error, None)
    )
    vars(made).update(more)
    return made


@pytest.mark.parametrize("form", FORMS)
def test_a_line_is_one_line_whatever_was_said(form):
    line = FORMS[form]().format(record(HOSTILE, fields=None))
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_a_line_of_json_has_time_level_logger_process_and_the_request_that_is_answered():
    token = REQUEST_ID.set("0123456789abcdef")
    try:
        found = json.loads(FORMS["json"]().format(record(HOSTILE)))
    finally:
        REQUEST_ID.reset(token)
    assert found["message"] == HOSTILE
    assert (found["level"], found["logger"], found["request"]) == ("ERROR", "reprise", "0123456789abcdef")
    assert found["time"].endswith("+00:00")
    assert found["process"] > 0


@pytest.mark.parametrize("form", FORMS)
def test_an_error_has_its_place_and_not_its_words(form):
    with pytest.raises(ValueError, match="P1") as error:
        int("the cell of P1")
    line = FORMS[form]().format(record(exc_info=error._excinfo))
    assert "ValueError in test_an_error_has_its_place" in line
    assert "P1" not in line


def test_a_line_has_an_end():
    assert len(FORMS["json"]().format(record("x" * 1_000_000))) < 3_000


@pytest.mark.parametrize(
    ("stated", "usual", "form"), [("", "text", "text"), ("json", "text", "json"), ("text", "json", "text")]
)
def test_the_setting_says_which_form(monkeypatch, stated, usual, form):
    monkeypatch.setenv("LOG", stated)
    assert log_config(usual)["formatters"]["lines"]["()"] is FORMS[form]


@pytest.mark.process
def test_gunicorn_and_what_it_refuses_write_the_same_lines(echo):
    with echo() as served:
        status, headers, _ = asked(served, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 1_000_000)
        with connected(served) as wire:
            wire.sendall(b"get /P1 HTTP/1.1\r\nHost: a\r\n\r\n")
            assert answer(wire)[0] == 400
        assert asked(served, head("POST", "/broken"))[0] == 500
        until(lambda: served.said().count("reprise.requests") == 3, "three lines")
        found = [json.loads(line) for line in served.said().splitlines()]
    refused = [line for line in found if line["logger"] == "reprise.requests"]
    assert [line["status"] for line in refused] == [431, 400, 500]
    assert (status, headers["X-Request-Id"]) == (431, refused[0]["request"])
    assert any("Listening at" in line.get("message", "") for line in found)
    assert any("RuntimeError in" in line.get("message", "") and line["level"] == "ERROR" for line in found)
    assert "P1" not in str(found)
