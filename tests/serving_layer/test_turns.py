"""What computes leaves a thread to the others, waits for a while only, and ends in time."""

import time
from contextlib import closing
from threading import Event
from types import SimpleNamespace

import pytest

from data.deadline import IN_FORCE, LateError, carried, check, deadline, kept
from serving.turns import AHEAD, BUSY, PATIENCE, Turns

LONG = 30.0
"""Seconds after which a test gives up: an answer that comes takes none."""


class Asked:
    """A connection with one request, which is answered once it may be."""

    def __init__(self, command, may=None, headers=()):
        self.requests = [SimpleNamespace(command=command, path="/", error=None, headers=dict(headers))]
        self.connected, self.may = True, may
        self.begun, self.done = Event(), Event()

    def service(self):
        self.begun.set()
        assert self.may is None or self.may.wait(LONG)
        self.done.set()


@pytest.fixture
def turns():
    """turns(threads) -> the threads of a worker, which end with the test."""
    made = []

    def start(threads):
        made.append(Turns(threads))
        return made[-1]

    yield start
    for one in made:
        one.shutdown()


def test_while_two_compute_and_a_third_waits_health_is_answered(turns):
    pool, may = turns(3), Event()
    two, third, health = [Asked("POST", may), Asked("POST", may)], Asked("POST"), Asked("GET")
    for one in (*two, third):
        pool.add_task(one)
    assert all(one.begun.wait(LONG) for one in two)
    pool.add_task(health)
    assert health.done.wait(LONG)
    assert not third.begun.is_set()
    may.set()
    assert all(one.done.wait(LONG) for one in (*two, third))


def test_who_waits_too_long_is_refused_with_a_sentence_and_who_has_left_is_forgotten(turns):
    pool, may = turns(2), Event()
    first, second, gone = Asked("POST", may), Asked("POST"), Asked("POST")
    for one in (first, second, gone):
        pool.add_task(one)
    assert first.begun.wait(LONG)
    pool.look(time.monotonic())
    assert not second.begun.is_set()
    gone.connected = False
    pool.look(time.monotonic())
    assert gone.done.wait(LONG)
    pool.look(time.monotonic() + PATIENCE + 1)
    assert second.done.wait(LONG)
    status, headers, text = second.requests[0].error.to_response("")
    assert (status, text.decode()) == ("503 Service Unavailable", BUSY)
    assert ("Content-Type", "text/plain; charset=utf-8") in headers
    assert first.requests[0].error is None
    may.set()
    assert first.done.wait(LONG)


def test_what_is_asked_ahead_is_refused_where_another_computes_and_answered_where_none_does(turns):
    pool, may = turns(3), Event()
    alone = Asked("POST", headers={AHEAD: "1"})
    while pool.computing.active_count:
        time.sleep(0)
    pool.add_task(alone)
    assert alone.done.wait(LONG)
    assert alone.requests[0].error is None
    first, ahead = Asked("POST", may), Asked("POST", headers={AHEAD: "1"})
    pool.add_task(first)
    assert first.begun.wait(LONG)
    pool.add_task(ahead)
    assert ahead.done.wait(LONG)
    status, _, text = ahead.requests[0].error.to_response("")
    assert (status, text) == ("204 No Content", b"")
    assert not first.done.is_set()
    may.set()
    assert first.done.wait(LONG)


def test_work_ends_with_its_time_or_its_reader():
    now, left = [100.0], []
    with kept(deadline(20, lambda: bool(left), lambda: now[0])):
        check()
        now[0] = 120.0
        check()
        now[0] = 120.1
        with pytest.raises(LateError, match=r"given up after 20 seconds \(COMPUTE_SECONDS\), and the page stays"):
            check()
        now[0] = 100.0
        left.append("the reader")
        with pytest.raises(LateError, match="Nobody waits"):
            check()
    check()


def test_lines_that_are_made_later_have_the_deadline_of_their_request():
    now = [0.0]

    def lines():
        for number in range(3):
            check()
            yield number

    with kept(deadline(20, clock=lambda: now[0])):
        found = carried(lines())
    assert IN_FORCE.get() is None
    with closing(found):
        assert next(found) == 0
        assert IN_FORCE.get() is None
        now[0] = 21.0
        with pytest.raises(LateError):
            next(found)
    assert IN_FORCE.get() is None


def test_what_shows_its_progress_has_longer():
    now = [0.0]
    with kept(deadline(20, clock=lambda: now[0])):
        found = carried((check() or 1 for _ in range(3)), 3)
    now[0] = 60.0
    assert next(found) == 1
    now[0] = 60.1
    with pytest.raises(LateError, match="after 60 seconds"):
        next(found)


def test_a_request_that_takes_too_long_is_answered_with_a_sentence_by_every_route(server):
    server()  # waits for what may still be computed of this study, for which there would be no time
    client = server(COMPUTE_SECONDS="0.000000001").test_client()
    asked = {"study": "case-series", "query": {}}
    bodies = {"redraw": {"drawn": {"theme": "dark"}}, "marks": {"views": ["pasi"]}}
    for name, more in bodies.items():
        answer = client.post(f"/{name}", json={**asked, **more})
        assert answer.status_code == 503
        assert answer.mimetype == "text/plain"
        assert answer.get_data(as_text=True).startswith("This was given up after 1e-09 seconds (COMPUTE_SECONDS)")
    answer = client.post("/resample", json={**asked, "query": {"subset": "th17"}, "kind": "permutation"})
    assert "Not computed. This was given up" in answer.get_data(as_text=True)
    assert client.get("/health").status_code == 200
    assert IN_FORCE.get() is None


def test_nobody_computes_for_a_reader_who_has_left(server):
    client = server().test_client()
    body = {"study": "case-series", "query": {}, "drawn": {"theme": "dark"}}
    left = {"waitress.client_disconnected": lambda: True}
    answer = client.post("/redraw", json=body, environ_overrides=left)
    assert (answer.status_code, answer.get_data(as_text=True)) == (503, "Nobody waits for this any more.")
