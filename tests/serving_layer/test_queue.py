"""`python -m serving.queue` on a real redis: the same results as without a queue, and nothing runs but what was asked."""

import base64
import json
import os
import pickle
import subprocess
import sys
from contextlib import contextmanager
from urllib.request import Request

import psutil
import pytest

from benchmarks import cohort
from browser.serving import GUNICORN, OURS, ROOT, direct, serving
from data.queued.asking import DIED, LOST
from queueing import PASSWORD, queue_worker, redis_server, without_redis
from serving_layer.wire import until

pytestmark = [pytest.mark.process, pytest.mark.slow, without_redis]


@contextmanager
def queued(folder, *, tls=False, **more):
    """A server of 300 patients, the one worker of its queue and redis: what is asked and looked at by tests."""
    with redis_server(folder, tls=tls) as (url, _, client):
        study = cohort.write(folder / "cohort", 300, subsets=2)
        env = {"REDIS_URL": url, "UPLOADS": str(folder / "uploads"), "STUDY": str(study), "QUEUE_WORKERS": "1", **more}
        with queue_worker(folder, env, client) as (worker, log), serving(study, env, GUNICORN) as served:
            yield Queued(served, worker, log, client)


class Queued:
    def __init__(self, served, worker, log, client):
        self.served, self.worker, self.log, self.client = served, worker, log, client

    def child(self):
        """The process that does the jobs."""
        return psutil.Process(self.worker.pid).children()[0]

    def said(self):
        return self.log.read_text() + self.served.said()


def lines(served, **more):
    """What is told of a permutation."""
    body = json.dumps({"study": "cohort", "query": {}, "kind": "permutation", **more}).encode()
    request = Request(served.url + "resample", body, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with direct.open(request, timeout=60) as answer:
        for line in answer:
            if line.strip():
                yield json.loads(line)


def test_the_queue_finds_what_the_process_does_and_a_killed_worker_is_told(tmp_path):
    with queued(tmp_path) as all_of_it:
        first, *told = lines(all_of_it.served)
        assert first["job"]
        assert [line["done"] for line in told] == sorted(line["done"] for line in told)
        *_, last = lines(all_of_it.served, job=first["job"])
        assert last == told[-1]
        going, killed = lines(all_of_it.served), all_of_it.child()
        assert next(going)["job"]
        assert next(going)["done"]
        killed.kill()
        *_, last = going
        assert DIED in last["text"]
        until(lambda: all_of_it.child().pid != killed.pid, "another process takes its place")
        assert [*lines(all_of_it.served)][1:] == told
        assert PASSWORD not in all_of_it.said()
    with serving(tmp_path / "cohort", {"UPLOADS": str(tmp_path / "uploads")}, GUNICORN) as served:
        assert [*lines(served)] == told


def test_a_cancelled_job_ends_and_the_next_begins(tmp_path):
    with queued(tmp_path) as all_of_it:
        going = lines(all_of_it.served)
        assert next(going)["job"]
        assert next(going)["done"]
        all_of_it.child().suspend()
        going.close()
        until(lambda: not all_of_it.client.keys("*:listens"), "the server says that nobody listens")
        all_of_it.child().resume()
        until(lambda: not all_of_it.client.keys("*:works"), "the worker has ended")
        done = [json.loads(line)["done"] for line in opened_words(all_of_it) if line]
        assert max(done) < 10_000


def opened_words(all_of_it):
    """The lines of the one job, as redis still has them."""
    code = (
        "import sys; from data.queued.board import board\n"
        "print(''.join(word.get('line', '') for _, word in board(sys.argv[1]).words('0', 0)))"
    )
    (key,) = all_of_it.client.keys("*:said")
    job = key.decode().split(":")[2]
    env = {"REDIS_URL": url_of(all_of_it), "UPLOADS": str(all_of_it.log.parent / "uploads")}
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    said = subprocess.run(
        [sys.executable, "-c", code, job], cwd=ROOT, env={**inherited, **env}, capture_output=True, check=True
    )
    return said.stdout.decode().splitlines()


def url_of(all_of_it):
    port = all_of_it.client.connection_pool.connection_kwargs["port"]
    return f"redis://:{PASSWORD}@127.0.0.1:{port}/0"


class Hostile:
    """What runs when somebody unpickles it."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return open, (self.place, "w")


def test_who_can_write_to_redis_runs_nothing(tmp_path):
    with queued(tmp_path) as all_of_it:
        bait = tmp_path / "it-ran"
        (queue,) = {key for key in all_of_it.client.keys("*:jobs") if b"_kombu" not in key} or {queue_of(all_of_it)}
        pickled = base64.b64encode(pickle.dumps(Hostile(bait))).decode()
        plain = base64.b64encode(json.dumps([["a"], {}, {}]).encode()).decode()
        for task, kind, body in (
            ("reprise.work", "application/x-python-serialize", pickled),
            (
                "os.system",
                "application/json",
                base64.b64encode(json.dumps([[f"touch {bait}"], {}, {}]).encode()).decode(),
            ),
            ("reprise.work", "application/json", plain),
        ):
            all_of_it.client.lpush(queue, json.dumps(message(task, kind, body)))
        until(lambda: not all_of_it.client.llen(queue), "the messages are taken")
        assert [*lines(all_of_it.served)][-1]["text"].startswith("Permutation p")
        assert not bait.exists()


def queue_of(all_of_it):
    """The list that the worker waits at, as its bindings name it."""
    (binding,) = all_of_it.client.keys("*_kombu.binding.*")
    prefix, _, queue = binding.partition(b"_kombu.binding.")
    return prefix + queue


def message(task, kind, body):
    about = {"lang": "py", "task": task, "id": "x", "root_id": "x", "parent_id": None, "group": None}
    return {
        "body": body, "content-encoding": "utf-8", "content-type": kind, "headers": about,
        "properties": {"correlation_id": "x", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "x"},
                       "priority": 0, "body_encoding": "base64", "delivery_tag": "x"},
    }  # fmt: skip


def test_redis_is_reached_by_tls_and_only_if_its_certificate_is_trusted(tmp_path):
    with queued(tmp_path, tls=True, SSL_CERT_FILE=str(tmp_path / "certificate.pem")) as all_of_it:
        assert "job" in next(lines(all_of_it.served))
        assert [*lines(all_of_it.served)][-1]["text"].startswith("Permutation p")
        assert "celery@" not in all_of_it.log.read_text(), "Celery's banner is no line of the log"
        env = {
            "REDIS_URL": f"rediss://:{PASSWORD}@127.0.0.1:{all_of_it.client.connection_pool.connection_kwargs['port']}/0"
        }
        with serving(tmp_path / "cohort", env, GUNICORN) as without:
            told = [*lines(without)]
            assert "job" not in told[0], "the work is done here, since nobody trusts that redis"
            assert PASSWORD not in without.said()
            assert "The queue cannot be reached" in without.said()


def test_a_queue_without_an_address_or_with_a_wrong_one_does_not_begin_and_quotes_none():
    for url, said in (
        ("", "set REDIS_URL"),
        (f"http://:{PASSWORD}@localhost", "REDIS_URL (the redis of the queue) is '…'"),
    ):
        env = {name: value for name, value in os.environ.items() if name not in OURS} | {"REDIS_URL": url}
        ended = subprocess.run(
            [sys.executable, "-m", "serving.queue"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 2
        assert said in ended.stderr
        assert PASSWORD not in ended.stderr
        assert LOST not in ended.stderr
