"""Workers come and go without a lost request: at a reload, at the end, when one is killed or hangs."""

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from threading import Event
from urllib.parse import urlsplit

import psutil
import pytest

from serving_layer.wire import answer, asked, connected, head, until

pytestmark = pytest.mark.slow

PASI = "patient_id,week,pasi\n" + "".join(f"P{patient},{week},20\n" for patient in range(20_000) for week in (0, 4, 8))
FORM = f'--x\r\nContent-Disposition: form-data; name="files"; filename="pasi.csv"\r\n\r\n{PASI}\r\n--x--\r\n'.encode()
UPLOAD = head("POST", "/upload", Content_Type="multipart/form-data; boundary=x", Content_Length=len(FORM)) + FORM


def workers(served):
    return psutil.Process(served.process.pid).children()


def served_by(wire):
    """The worker that answers on a connection."""
    wire.sendall(head())
    return json.loads(answer(wire)[2])["pid"]


def test_a_reload_under_constant_requests_loses_none(echo):
    with echo(WEB_CONCURRENCY="2") as served:
        assert reloaded(served, served) == {200}


def reloaded(served, asked):
    """Statuses of constant requests to `asked` from before a reload until only new workers are there and answer."""
    before, stop, seen = {worker.pid for worker in workers(served)}, Event(), []
    with ThreadPoolExecutor(6) as readers:
        asking = [readers.submit(constantly, asked, stop, seen) for _ in range(6)]
        try:
            until(lambda: seen, "asked before")
            served.process.send_signal(signal.SIGHUP)
            until(lambda: replaced(served, before) and seen[-1][1] not in before, "new workers answer")
        finally:
            stop.set()
    for reader in asking:
        reader.result()
    return {code for code, _ in seen}


def replaced(served, before):
    now = {worker.pid for worker in workers(served)}
    return len(now) == 2 and not now & before


def constantly(served, stop, seen):
    """Adds status and worker of each of many requests on one kept connection, opened anew when the server ends it."""
    wire = HTTPConnection(urlsplit(served.url).netloc, timeout=60)
    while not stop.is_set():
        wire.request("GET", "/")
        found = wire.getresponse()
        seen.append((found.status, json.loads(found.read())["pid"]))
    wire.close()


def test_a_kept_connection_is_told_that_it_ends(echo, tmp_path):
    with echo() as served, connected(served) as busy, connected(served) as idle:
        served_by(idle)
        busy.sendall(head("POST", "/patient/go", Content_Length=0))
        until((tmp_path / "go.begun").exists, "begun")
        served.process.terminate()
        until(lambda: "Handling signal: term" in served.said(), "told to stop")
        idle.sendall(head())
        assert answer(idle)[:2] == (200, AnyHeaders(Connection="close"))
        (tmp_path / "go").touch()
        assert answer(busy)[:2] == (200, AnyHeaders(Connection="close"))
        assert served.process.wait(20) == 0


class AnyHeaders(dict):
    """Equal to headers that hold these."""

    def __eq__(self, other):
        return self.items() <= other.items()

    __hash__ = None


def test_a_running_upload_ends_before_the_server_does(reprise):
    with reprise() as served, connected(served) as wire:
        wire.sendall(UPLOAD)
        assert wire.recv(1, 2) == b"H"  # peeked at: the answer has begun
        served.process.terminate()
        status, _, text = answer(wire)
        assert status == 200
        assert json.loads(text.splitlines()[-1])["study"]
        assert served.process.wait(60) == 0


def test_a_killed_worker_loses_its_own_requests_alone(echo, tmp_path):
    with echo(WEB_CONCURRENCY="2") as served, ExitStack() as wires:
        waiting = begun_in_both(served, wires, tmp_path)
        victim, *_ = waiting
        psutil.Process(victim).kill()
        for wire in waiting[victim]:
            with pytest.raises(OSError):  # noqa: PT011 - reset, or closed without an answer
                answer(wire)
        until(lambda: len(workers(served)) == 2, "replaced")
        (tmp_path / "go").touch()
        others = [wire for pid, kept in waiting.items() if pid != victim for wire in kept]
        assert others
        assert {answer(wire)[0] for wire in others} == {200}
        assert asked(served, head())[0] == 200


def begun_in_both(served, wires, signs):
    """Connections by worker, each with a request that waits, in both workers."""
    waiting = {}
    while len(waiting) < 2:
        wire = wires.enter_context(connected(served))
        waiting.setdefault(served_by(wire), []).append(wire)
    for wire in (wire for kept in waiting.values() for wire in kept[:1]):
        (signs / "go.begun").unlink(missing_ok=True)
        wire.sendall(head(path="/patient/go"))
        until((signs / "go.begun").exists, "begun")
    return {pid: kept[:1] for pid, kept in waiting.items()}


def test_a_worker_whose_loop_hangs_is_replaced(echo):
    with echo("--timeout", "2") as served:
        (hanging,) = workers(served)
        hanging.suspend()
        until(lambda: hanging.pid not in {worker.pid for worker in workers(served)}, "replaced")
        start = time.monotonic()
        assert asked(served, head())[0] == 200
        assert time.monotonic() - start < 10


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "pasi.csv").write_text("patient_id,week,pasi\nP1,0,20\nP1,4,5\n")
    (folder / "study.toml").write_text('title = "Before"\n')
    return folder


def test_a_reload_reads_the_study_anew(reprise, study):
    with reprise(STUDY=str(study)) as served:
        assert "Before" in page(served)
        (study / "study.toml").write_text('title = "After"\n')
        before = {worker.pid for worker in workers(served)}
        served.process.send_signal(signal.SIGHUP)
        until(lambda: replaced(served, before), "reloaded")
        assert "After" in page(served)


def test_a_reload_of_a_study_that_cannot_be_read_ends_with_the_report(reprise, study):
    with reprise(STUDY=str(study)) as served:
        (study / "pasi.csv").write_text("patient_id,week,pasi\nP1,0,2000\nP1,0,ten\n")
        served.process.send_signal(signal.SIGHUP)
        assert served.process.wait(60) == 3
        assert "ten" in served.said()
        assert "Traceback" not in served.said()


def page(served):
    return asked(served, head())[2].decode()


def test_workers_share_what_is_loaded(reprise):
    with reprise() as served:
        until(lambda: len(workers(served)) == 2, "both there")
        for worker in workers(served):
            memory = worker.memory_full_info()
            assert memory.pss < memory.rss / 2
