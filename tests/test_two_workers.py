"""A study that one worker has read is served by any, after a restart too; deleted or expired, by none."""

import json
from urllib.error import HTTPError
from urllib.request import Request

import psutil
import pytest

from browser.serving import GUNICORN, direct, serving
from kept import expire, kept_in

pytestmark = [pytest.mark.process, pytest.mark.slow]

PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
REDRAWN = {"query": {"pasi_scale": "percent_improvement"}, "drawn": {}}


class Server:
    def __init__(self, served):
        self.served = served

    def post(self, path, body, kind="application/json"):
        """Status and text of the answer."""
        try:
            request = Request(self.served.url + path, body, {"Content-Type": kind})  # noqa: S310 - loopback
            with direct.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def ask(self, path, study, **fields):
        return self.post(path, json.dumps({"study": study, **fields}).encode())

    def ask_each(self, path, study, **fields):
        """The different answers of the two workers, each asked while the other is halted."""
        workers, answers = psutil.Process(self.served.process.pid).children(), set()
        assert len(workers) == 2
        for other in workers:
            other.suspend()
            try:
                answers.add(self.ask(path, study, **fields))
            finally:
                other.resume()
        return answers

    def upload(self, name, content):
        form = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n{content}\r\n--x--\r\n'
        status, text = self.post("upload", form.encode(), "multipart/form-data; boundary=x")
        assert status == 200, text
        return json.loads(text.splitlines()[-1])["study"]


@pytest.fixture
def start(tmp_path):
    """start() -> a context of a server with two workers, whose uploads outlive it."""
    env = {"WEB_CONCURRENCY": "2", "UPLOADS": str(tmp_path / "uploads"), "UPLOAD_HOURS": "2"}
    return lambda: serving(env=env, command=GUNICORN)


def test_any_worker_serves_an_upload_until_it_is_deleted_and_a_restart_keeps_it(start):
    with start() as served:
        server = Server(served)
        kept, other = server.upload("pasi.csv", PASI), server.upload("pasi.csv", PASI.replace("P1", "P2"))
        for study, patient in ((kept, "P1"), (other, "P2")):
            ((status, drawn),) = server.ask_each("redraw", study, **REDRAWN)
            assert status == 200
            assert f'"{patient}"' in drawn
        ((status, told),) = server.ask_each("uploaded", kept)
        assert status == 200
        assert "2 of 2 rows kept" in told
        guessed = kept[:-1] + ("A" if kept[-1] != "A" else "B")
        for path, fields in (
            ("redraw", REDRAWN),
            ("uploaded", {}),
            ("forget", {}),
            ("marks", {"query": {}, "views": []}),
        ):
            status, text = server.ask(path, guessed, **fields)
            assert (status, "no such study" in text) == (404, True)
    with start() as served:
        server = Server(served)
        assert {status for status, _ in server.ask_each("redraw", kept, **REDRAWN)} == {200}
        assert server.ask("forget", kept)[0] == 200
        assert {status for status, _ in server.ask_each("redraw", kept, **REDRAWN)} == {404}
        assert server.ask("redraw", other, **REDRAWN)[0] == 200
        assert [word for word in (kept, other, "P1") if word in served.said()] == []


def test_no_worker_serves_what_has_expired_and_its_files_are_gone(start, tmp_path):
    with start() as served:
        server = Server(served)
        key = server.upload("pasi.csv", PASI)
        assert {status for status, _ in server.ask_each("redraw", key, **REDRAWN)} == {200}
        expire(tmp_path / "uploads")
        ((status, text),) = server.ask_each("redraw", key, **REDRAWN)
        assert (status, "deleted after 2 hours" in text) == (404, True)
        assert kept_in(tmp_path / "uploads") == []
        assert server.ask("redraw", "case-series", **REDRAWN)[0] == 200
