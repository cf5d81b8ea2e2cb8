"""What is accepted as a request, and the sentence for what is not."""

import json
import re
import select
import socket

import pytest
from waitress.adjustments import Adjustments

from browser.serving import free_port
from serving.request import Refusal, Request
from serving_layer.conftest import ECHO, echoing
from serving_layer.wire import DEADLINE, answer, asked, connected, head

pytestmark = pytest.mark.process

LARGE = 5_000_000
SMALL_LIMIT = {"MAX_UPLOAD_MB": "2"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with echoing(tmp_path_factory.mktemp("signs"), **SMALL_LIMIT) as server:
        yield server


def chunked(size):
    return b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"


BODIES = {
    "length": lambda path: head("POST", path, Content_Length=LARGE) + b"x" * LARGE,
    "chunks": lambda path: head("POST", path, Transfer_Encoding="chunked") + chunked(LARGE),
    "asks first": lambda path: head("POST", path, Content_Length=LARGE, Expect="100-continue"),
}


@pytest.mark.parametrize("form", BODIES)
@pytest.mark.parametrize(
    ("path", "sentence"),
    [("/redraw", "This request is larger than 1 MB."), ("/a/upload", "larger than 2 MB (MAX_UPLOAD_MB) together.")],
)
def test_a_body_that_is_too_large_gets_a_sentence_rather_than_a_reset(served, path, sentence, form):
    status, headers, text = asked(served, BODIES[form](path))
    assert status == 413
    assert sentence in text.decode()
    assert headers["Content-Type"].startswith("text/plain")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Server" not in headers


@pytest.mark.parametrize(
    "fields", [{"Content_Length": 1_500_000}, {"Transfer_Encoding": "chunked"}], ids=["length", "chunks"]
)
def test_an_upload_within_the_limit_arrives_whole(served, fields):
    body = b"x" * 1_500_000
    framed = chunked(len(body)) if "Transfer_Encoding" in fields else body
    status, _, text = asked(served, head("POST", "/upload", **fields) + framed)
    assert status == 200
    assert json.loads(text)["read"] == len(body)


HOSTILE = {
    "two lengths": head("POST", "/", Content_Length=3, Transfer_Encoding="chunked") + b"0\r\n\r\n",
    "a list of lengths": head("POST", "/", Content_Length="3, 3") + b"abc",
    "a signed length": head("POST", "/", Content_Length="+3") + b"abc",
    "a length of 5,000 digits": head("POST", "/", Content_Length="9" * 5000),
    "chunks in HTTP/1.0": head("POST", "/", Transfer_Encoding="chunked").replace(b"1.1", b"1.0") + b"0\r\n\r\n",
    "a chunk of no number": head("POST", "/", Transfer_Encoding="chunked") + b"g\r\n",
    "an endless line between chunks": head("POST", "/", Transfer_Encoding="chunked") + b"1" * 10_000,
    "an endless trailer": head("POST", "/", Transfer_Encoding="chunked") + b"0\r\nx" + b"x" * 10_000,
    "a bare line feed": b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "a lower-case method": b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    "another coding": head("POST", "/", Transfer_Encoding="gzip, chunked"),
    "a long head": b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000,
}
CODES = {"another coding": 501, "a long head": 431}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_valid_request_is_refused_in_a_sentence_and_ends_the_connection(served, kind):
    with connected(served) as wire:
        wire.sendall(HOSTILE[kind] + head())
        status, headers, text = answer(wire)
        assert (status, headers["Connection"]) == (CODES.get(kind, 400), "close")
        assert re.fullmatch(r"[A-Z][^\n]+\.", text.decode())
        assert wire.recv(1) == b""


def test_headers_of_proxies_reach_the_gate_and_change_nothing_else_and_names_with_underscores_do_not(served):
    proxied = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "Forwarded")
    lines = "".join(f"{name}: evil.example\r\n" for name in (*proxied, "X_Remote_User")).encode()
    seen = json.loads(asked(served, head().replace(b"\r\n\r\n", b"\r\n" + lines + b"\r\n"))[2])
    named = {name for name, value in seen.items() if "evil.example" in str(value)}
    assert named == {f"HTTP_{name.upper().replace('-', '_')}" for name in proxied}
    assert seen["wsgi.url_scheme"] == "http"
    assert seen["REMOTE_ADDR"] == "127.0.0.1"


def test_a_connection_is_kept_after_an_answer_without_a_body(served):
    with connected(served) as wire:
        for path, status in (("/unchanged", 304), ("/", 200), ("/unchanged", 304), ("/", 200)):
            wire.sendall(head(path=path))
            assert answer(wire)[0] == status


def test_a_failure_is_a_sentence_to_the_reader_and_no_text_in_the_log(served):
    status, headers, text = asked(served, head(path="/broken"))
    assert (status, headers["X-Content-Type-Options"]) == (500, "nosniff")
    assert text.decode() == "The server could not answer this request. Please tell who runs it."
    said = served.said()
    assert "RuntimeError" in said
    assert [word for word in ("P1", "Traceback", "/broken") if word in said] == []


def test_what_is_held_is_bounded(echo):
    bounds = {"MAX_UPLOAD_MB": "3", "MAX_HELD_MB": "4"}
    begun = head("POST", "/upload", Content_Length=2_900_000) + b"x" * 2_800_000
    with echo(**bounds) as served, connected(served) as one, connected(served) as another:
        for wire in (one, another):
            wire.sendall(begun)
        (refused,), *_ = select.select([one, another], [], [], DEADLINE)
        status, _, text = answer(refused)
        assert (status, b"Please send yours again in a minute." in text) == (503, True)
        (other,) = {one, another} - {refused}
        other.sendall(b"x" * 100_000)
        assert answer(other)[0] == 200
        assert asked(served, head("POST", "/upload", Content_Length=2_900_000) + b"x" * 2_900_000)[0] == 200


def test_a_full_temporary_folder_is_a_sentence_and_the_worker_lives(echo):
    # Files of more than 512 kB cannot be written, as on a full disk.
    limited = ("/bin/sh", "-c", 'ulimit -f 1024; exec "$@"', "sh")
    with echo(command=(*limited, *ECHO)) as served:
        for body in (b"x" * 3_000_000,) * 2:
            status, _, text = asked(served, head("POST", "/upload", Content_Length=len(body)) + body)
            assert (status, text.decode()) == (507, "The server has no room for these files just now.")
        assert asked(served, head())[0] == 200


def test_a_socket_in_the_file_system_is_served_too(echo, tmp_path):
    path, port = str(tmp_path / "reprise.sock"), str(free_port())
    both = ("--bind", f"127.0.0.1:{port}", "--bind", f"unix:{path}")
    with echo(*both, PORT=port), socket.socket(socket.AF_UNIX) as wire:
        wire.connect(path)
        wire.sendall(head())
        assert json.loads(answer(wire)[2])["REMOTE_ADDR"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("fields", "is_looked_at"),
    [({"Content_Length": LARGE}, True), ({"Transfer_Encoding": "chunked"}, True), ({"Content_Length": 60_000}, False)],
    ids=["large", "chunks", "small"],
)
def test_a_large_body_is_looked_at_once_before_it_is_read(fields, is_looked_at):
    looked = []
    adjustments = Adjustments(inbuf_overflow=1 << 16)
    request = Request(adjustments, lambda one: looked.append(one.path) or Refusal(403, one.path, "Not you."))
    request.received(head("POST", "/upload", **fields))
    request.received(b"5\r\nabc")
    assert looked == ["/upload"] * is_looked_at
    assert request.completed == is_looked_at
    assert (request.error is not None) == is_looked_at
    request.close()
