"""Work told as it is done: line by line, never back, to its end or until nobody listens."""

import io
import json
import threading

import pytest

from app import create_app
from callbacks.intake import FAILED, refusal
from callbacks.progress_stream import streamed
from data.uploading.sandbox import SandboxError
from data_layer.clinic_files import workbook

pytestmark = pytest.mark.process


def nothing():
    pass


def told(work, stop=nothing, after=nothing):
    return streamed(work, lambda error: refusal(error)[1], stop=stop, after=after)


def lines(answer):
    return [json.loads(line) for line in answer.get_data(as_text=True).splitlines() if line]


def test_every_word_is_a_line_and_the_answer_is_the_last():
    def work(progress):
        progress(0.25, "reading visits.csv")
        progress(1.0, "opening")
        return {"study": float("nan")}

    answer = told(work)
    assert answer.mimetype == "application/x-ndjson"
    assert lines(answer) == [
        {"share": 0.25, "what": "reading visits.csv"},
        {"share": 0.99, "what": "opening"},
        {"study": None},
    ]


def test_who_leaves_stops_the_work_and_what_comes_after_is_done():
    stopped, done = threading.Event(), threading.Event()

    def work(progress):
        progress(0.1, "one")
        stopped.wait(10)
        raise SandboxError

    answer = told(work, stopped.set, done.set)
    assert b"one" in next(iter(answer.iter_encoded()))
    answer.close()
    assert stopped.is_set()
    assert done.wait(10)


@pytest.mark.parametrize("error", [KeyError("Anna"), SandboxError("KeyError in read (x.py:1)")])
def test_a_failure_is_a_sentence_and_the_log_quotes_no_cell(error, caplog, tmp_path):
    def work(progress):
        raise error

    with create_app().server.test_request_context():
        assert lines(told(work)) == [{"refused": FAILED}]
    assert "KeyError in" in caplog.text
    assert "Anna" not in caplog.text


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    return create_app().server.test_client()


def test_a_large_workbook_tells_of_its_sheets_and_its_share_never_falls(client):
    answer = client.post("/upload", data={"files": [(io.BytesIO(workbook(12_000)), "book.xlsx")]}, buffered=True)
    *said, found = lines(answer)
    shares, words = [one["share"] for one in said], [one["what"] for one in said]
    assert found["study"]
    assert shares == sorted(shares)
    assert len(set(shares)) >= 8
    assert shares[-1] < 1
    assert words[0] == "reading book.xlsx"
    assert words.count("book.xlsx: looking for formulas") > 3
    assert [word for word in words if "immune_subsets" in word] == ["book.xlsx: reading the sheet 'immune_subsets'"]


def test_a_cancelled_upload_is_not_kept_and_nothing_of_it_stays(client, tmp_path):
    answer = client.post("/upload", data={"files": [(io.BytesIO(workbook(2_000)), "book.xlsx")]}, buffered=False)
    next(iter(answer.iter_encoded()))
    answer.close()
    for thread in threading.enumerate():
        if thread.daemon and thread.name.endswith("(_done)"):
            thread.join(30)
    assert sorted(path.name for path in (tmp_path / "uploads").iterdir()) == [".lock", ".reprise", "work"]
    assert [path.name for path in (tmp_path / "uploads").rglob("work/*/*")] == [".lock"]
