"""What the queue reads of files is what a sandbox here reads, and it stays in the folder of uploads."""

import json
from threading import Thread
from types import SimpleNamespace

import pytest

from data.queued.asking import QueueAwayError, given
from data.queued.working import work
from data.uploading.queued_sandbox import READ, QueuedSandbox, read_for_queue
from data.uploading.sandbox import Sandbox, Sandboxes
from data.uploading.upload_folder import work_folder
from queueing import redis_server, without_redis

pytestmark = pytest.mark.process
OWN = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"


@pytest.fixture
def sent(tmp_path, monkeypatch):
    """A file as it was sent, in a work folder."""
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    folder = work_folder() / "sent"
    (folder / "unpacked").mkdir(parents=True)
    (folder / "pasi.csv").write_text(OWN)
    return folder / "pasi.csv"


def read(sandbox, file, told):
    return sandbox.read(
        [file], None, file.parent / "unpacked", file.parent / "study", lambda share, what: told.append(what)
    )


@without_redis
def test_the_queue_reads_as_a_sandbox_here(sent, tmp_path, monkeypatch):
    with redis_server(tmp_path) as (url, _, _client):
        monkeypatch.setenv("REDIS_URL", url)
        jobs, told = [], []

        def give(kind, about):
            jobs.append(given(kind, about))
            does = {READ: lambda job: read_for_queue(Sandboxes(), job)}
            workers.append(Thread(target=work, args=(jobs[-1], does, pytest.fail)))
            workers[-1].start()
            return jobs[-1]

        workers = []
        found = read(QueuedSandbox(give), sent, told)
        for worker in workers:
            worker.join(20)
    assert found["kept"]
    assert (sent.parent / "study" / "study.json").is_file()
    assert told[0] == "reading pasi.csv"
    (sent.parent / "study").rename(sent.parent / "first")
    assert json.dumps(found) == json.dumps(read(Sandbox(), sent, []))


def test_where_the_queue_is_away_the_files_are_read_here(sent):
    def away(_kind, _about):
        raise QueueAwayError

    told = []
    assert read(QueuedSandbox(away), sent, told)["kept"]
    assert told[-1] == "opening"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "study-0", "work/../.lock"])
def test_a_job_about_a_place_outside_the_work_folders_is_refused(sent, name):
    said, about = [], {"paths": [name], "edits": None, "folder": "work/x/unpacked", "draft": ""}
    read_for_queue(Sandboxes(), SimpleNamespace(about=about, tell=lambda **word: said.append(word)))
    assert said == [{"os_error": 0}]


def test_a_reader_who_leaves_ends_the_reading_here_too(sent):
    def away(_kind, _about):
        queued.kill()
        raise QueueAwayError

    queued = QueuedSandbox(away)
    assert not read(queued, sent, [])["kept"]
    assert not (sent.parent / "study").exists()
