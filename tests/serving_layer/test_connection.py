"""Whoever is slow, silent or gone costs a connection and some room, never a thread; and each wait has its end."""

import json
import statistics
import time
from contextlib import ExitStack

import psutil
import pytest

from serving_layer.wire import answer, asked, closed, connected, head, trickled, until

pytestmark = pytest.mark.slow

QUICK = {"HEAD_SECONDS": "0.5", "BODY_SECONDS": "0.5"}
SCRIPT = "/_dash-component-suites/plotly/package_data/plotly.min.js"
UPLOAD = {"Content_Type": "multipart/form-data; boundary=x", "Content_Length": 1_000_000}
SLOW = {
    "half a head": b"GET /health HTTP/1.1\r\nHost: loc",
    "no body": head("POST", "/redraw", Content_Length=500),
    "half an upload": head("POST", "/upload", **UPLOAD) + b"--x\r\n" + b"x" * 300_000,
    "a script unread": head(path=SCRIPT),
}


def test_200_idle_and_40_slow_connections_leave_health_under_100_ms(reprise):
    with reprise() as served, ExitStack() as wires:
        for _ in range(200):
            wires.enter_context(connected(served))
        for request in [*SLOW.values()] * 10:
            wires.enter_context(connected(served, receive_buffer=4096)).sendall(request)
        seconds = [probed(served) for _ in range(21)]
        # The lower quartile: a busy machine delays some, a server without threads or connections left delays all.
        assert statistics.quantiles(seconds)[0] < 0.1
        assert asked(served, head(path="/_dash-layout", Connection="close"))[0] == 200


def probed(served):
    start = time.perf_counter()
    assert asked(served, head(path="/health"))[0] == 200
    return time.perf_counter() - start


@pytest.mark.parametrize(
    ("begun", "byte"),
    [
        (b"GET / HTTP/1.1\r\nX: ", b"x"),
        (head("POST", "/", Content_Length=1000), b"x"),
        (head("POST", "/", Transfer_Encoding="chunked"), b"1\r\nx\r\n"),
    ],
    ids=["head", "body", "chunks"],
)
def test_a_request_that_trickles_in_is_ended_in_a_sentence(echo, begun, byte):
    with echo(**QUICK) as served, connected(served) as wire:
        wire.sendall(begun)
        status, headers, text = trickled(wire, byte)
        assert (status, headers["Connection"]) == (408, "close")
        assert b"took too long to arrive" in text


def test_who_takes_no_answer_is_let_go_and_so_is_who_is_idle(echo):
    with echo("--keep-alive", "1", **QUICK) as served, ExitStack() as wires:
        (worker,) = psutil.Process(served.process.pid).children()
        reader = wires.enter_context(connected(served, receive_buffer=4096))
        idle = wires.enter_context(connected(served))
        blank = wires.enter_context(connected(served))
        port = reader.getsockname()[1]
        reader.sendall(head(path="/large/20"))
        blank.sendall(b"\r\n\r\n")
        until(lambda: port in peers(worker), "accepted")
        until(lambda: port not in peers(worker), "let go")
        assert closed(idle)
        assert closed(blank)


def peers(worker):
    """Ports of a worker's readers."""
    return {one.raddr.port for one in worker.net_connections() if one.raddr}


def test_who_asks_for_more_and_takes_none_keeps_no_thread(echo):
    with echo() as served, ExitStack() as wires:
        for _ in range(8):
            greedy = wires.enter_context(connected(served, receive_buffer=4096))
            greedy.sendall(head(path="/large/9") * 5)
        assert all(probed(served) < 5 for _ in range(3))
        greedy.settimeout(5)
        assert answer(greedy)[0] == 200
        assert closed(greedy)


def test_answers_that_nobody_takes_break_off_before_those_of_who_reads(echo):
    with echo(MAX_HELD_MB="20", MAX_UPLOAD_MB="1") as served, ExitStack() as wires:
        for _ in range(12):
            wires.enter_context(connected(served, receive_buffer=4096)).sendall(head(path="/large/9"))
        for _ in range(3):
            status, _, text = asked(served, head(path="/large/9", Connection="close"))
            assert (status, len(text)) == (200, 9_000_000)


def test_a_stream_arrives_line_by_line_and_ends_with_its_reader(echo, tmp_path):
    with echo() as served:
        with connected(served) as wire:
            wire.sendall(head(path="/told/more"))
            said = b""
            while b"first\n" not in said:
                said += wire.recv(4096)
            assert b"Transfer-Encoding: chunked" in said
            (tmp_path / "more").touch()
            while b"second\n" not in said:
                said += wire.recv(4096)
        with connected(served) as wire:
            wire.sendall(head(path="/told/never"))
            assert wire.recv(1)
        until((tmp_path / "never.closed").exists, "nobody told the work that its reader had left")


def test_when_there_are_too_many_the_one_who_has_waited_longest_goes(echo):
    with echo("--worker-connections", "20") as served, ExitStack() as wires:
        idle = [wires.enter_context(connected(served)) for _ in range(30)]
        assert asked(served, head())[0] == 200
        assert closed(idle[0])
        idle[-1].sendall(head())
        assert answer(idle[-1])[0] == 200


def test_no_worker_takes_all_connections(echo):
    with echo(WEB_CONCURRENCY="2") as served, ExitStack() as wires:
        answered = []
        for _ in range(60):
            wire = wires.enter_context(connected(served))
            wire.sendall(head())
            answered.append(json.loads(answer(wire)[2])["pid"])
        shares = [answered.count(pid) for pid in set(answered)]
        assert len(shares) == 2
        assert min(shares) >= 15
