"""Work that is given to the queue is told as it is done, ended when nobody waits, and never waited for in vain; on a real
redis."""

import base64
import json
import logging
import re
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from data.access import ASKS, Reader, reader
from data.deadline import LateError
from data.queued import asking
from data.queued import board as boards
from data.queued.asking import DIED, LOST, NOBODY, QueueAwayError, given, heard, is_ones_own
from data.queued.board import board
from data.queued.working import work
from queueing import PASSWORD, redis_server, without_redis

pytestmark = [pytest.mark.process, without_redis]
ANNA = Reader("anna", "contributor")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with redis_server(tmp_path_factory.mktemp("redis")) as found:
        yield found


@pytest.fixture
def redis(running, tmp_path, monkeypatch):
    """A client of an empty redis, which is the queue of a store of the test's own."""
    url, _, client = running
    client.flushall()
    monkeypatch.setenv("REDIS_URL", url)
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    return client


@pytest.fixture(autouse=True)
def _asks():
    before = ASKS.set(ANNA)
    yield
    ASKS.reset(before)


@contextmanager
def working(job, kind):
    """Somebody who does this job, until the end of the block."""
    failed = []
    thread = Thread(target=work, args=(job, {"count": kind}, failed.append))
    thread.start()
    try:
        yield failed
    finally:
        thread.join(20)
        assert not thread.is_alive()


def counted(job):
    job.tell(who=reader())
    for at in range(job.about["to"]):
        job.tell(at=at)


def told(job):
    return [word for word in heard(job) if word]


def test_every_word_arrives_in_order_said_in_the_name_of_who_asked(redis):
    job = given("count", {"to": 3})
    with working(job, counted) as failed:
        assert told(job) == [{"who": "anna"}, {"at": 0}, {"at": 1}, {"at": 2}]
    assert failed == []


def test_another_server_hears_all_of_it_again_and_nobody_else_may(redis):
    job = given("count", {"to": 2})
    with working(job, counted):
        assert told(job) == told(job)
    assert is_ones_own(job)
    ASKS.set(Reader("bert", "admin"))
    assert not is_ones_own(job)
    assert not is_ones_own("guessed")


def test_redis_holds_nothing_that_can_be_read_and_all_of_it_ends(redis):
    job = given("count", {"to": 2, "file": "Anna Meier.csv"})
    kept = values(redis)
    with working(job, lambda found: [found.tell(what="reading Anna Meier.csv"), kept.extend(values(redis))]):
        assert told(job) == [{"what": "reading Anna Meier.csv"}]
    assert len(kept) >= 6
    assert [value for value in kept if b"Anna Meier" in value or b"count" in value] == []
    lasting = [key for key in redis.scan_iter() if redis.ttl(key) == -1 and b"_kombu" not in key]
    assert [key.rpartition(b":")[2] for key in lasting] == [b"jobs"]
    (message,) = redis.lrange(lasting[0], 0, -1)
    arguments, named, _ = json.loads(base64.b64decode(json.loads(message)["body"]))
    assert (arguments, named) == ([job], {}), "the message of Celery has the name of the job alone"
    ends = [redis.ttl(key) for key in redis.scan_iter() if key not in lasting and b"_kombu" not in key]
    assert max(ends) <= boards.PATIENCE + boards.KEPT


def values(redis):
    """Everything that redis holds, as bytes."""
    kinds = {b"string": redis.get, b"stream": lambda key: repr(redis.xrange(key)).encode(),
             b"list": lambda key: repr(redis.lrange(key, 0, -1)).encode()}  # fmt: skip
    return [kinds[redis.type(key)](key) for key in redis.scan_iter() if redis.type(key) in kinds]


def test_who_stops_reading_ends_the_work(redis):
    job, ended = given("count", {}), Event()

    def endless(found):
        found.stop = ended.set
        found.tell(at=0)
        assert ended.wait(20)
        assert found.left()

    with working(job, endless) as failed:
        words = heard(job)
        assert next(word for word in words if word) == {"at": 0}
        words.close()
        assert ended.wait(20)
    assert failed == []


def test_a_reader_who_has_left_ends_the_wait(redis):
    with pytest.raises(LateError):
        list(heard(given("count", {}), lambda: True))


def test_a_worker_that_dies_is_noticed(redis, monkeypatch):
    monkeypatch.setattr(boards, "ALIVE", 1)
    job = given("count", {"to": 1})
    assert board(job).take()["kind"] == "count"
    board(job).tell({"at": 0})
    with pytest.raises(LateError, match=re.escape(DIED)):
        list(heard(job))


def test_what_nobody_begins_is_withdrawn(redis, monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", 0)
    job = given("count", {"to": 1})
    with pytest.raises(LateError, match=re.escape(NOBODY)):
        list(heard(job))
    assert board(job).take() is None


def test_a_job_is_done_once(redis):
    job, done = given("count", {}), []
    for _ in range(2):
        work(job, {"count": done.append}, done.append)
    assert len(done) == 1


def test_what_fails_ends_and_is_told_to_the_log_alone(redis):
    job = given("count", {})

    def wrong(_found):
        raise KeyError("Anna Meier")

    with working(job, wrong) as failed:
        assert told(job) == []
    assert [type(error) for error in failed] == [KeyError]


def test_a_job_that_somebody_else_wrote_is_not_done(redis, caplog):
    job, done = given("count", {}), []
    (key,) = redis.keys("*:ticket")
    redis.set(key, b'{"kind": "count", "about": {}}')
    work(job, {"count": done.append}, done.append)
    assert done == []
    assert "not sealed with SECRET_FILE" in caplog.text


def test_a_queue_that_is_away_is_said_without_its_address(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    with redis_server(tmp_path) as (url, process, _):
        monkeypatch.setenv("REDIS_URL", url)
        job = given("count", {})
        words = heard(job)
        assert next(words) == {}
        process.kill()
        process.wait()
        with pytest.raises(LateError, match=re.escape(LOST)):
            list(words)
        with pytest.raises(QueueAwayError), caplog.at_level(logging.DEBUG):
            given("count", {})
    assert PASSWORD not in caplog.text
