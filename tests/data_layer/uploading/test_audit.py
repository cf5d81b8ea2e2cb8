"""The file of the audit log: whole lines, added to by many at once, of this user alone, and no line for what is not written."""

import errno
import json
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from threading import Thread

import pytest

from data.access import ASKS, Reader
from data.uploading import audit
from data.uploading.upload_folder import FolderError


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    monkeypatch.setenv("AUDIT_FILE", str(tmp_path / "audit.jsonl"))
    return tmp_path / "audit.jsonl"


def lines(place):
    return [json.loads(line) for line in place.read_text().splitlines()]


def write_many(name):
    for at in range(200):
        audit.record("opened", "s", f"{name} {at} {'x' * 900}")


def test_lines_of_several_processes_are_whole(place):
    with ProcessPoolExecutor(3, mp_context=get_context("forkserver")) as processes:
        list(processes.map(write_many, ["a", "b", "c"]))
    found = [line["what"].split(" ")[:2] for line in lines(place)]
    assert len(found) == 600
    assert [number for name, number in found if name == "b"] == [str(at) for at in range(200)]


def test_nothing_that_is_said_ends_a_line_or_makes_one_longer_than_is_written_at_once(place):
    name = "\\" * 100
    token = ASKS.set(Reader(name, "contributor"))
    try:
        audit.record('x\r\n{"act": "forged"}\u2028', "é\n" * 500, ", ".join([name] * 100))
    finally:
        ASKS.reset(token)
    written = place.read_bytes().splitlines(keepends=True)
    assert len(written) > 5
    assert max(map(len, written)) <= 4096
    assert {line["user"] for line in lines(place)} == {name}
    assert "".join(line["what"] for line in lines(place)) == ", ".join([name] * 100)


def test_the_same_asked_by_two_threads_at_once_is_noted_once_and_again_after_its_time(place, monkeypatch):
    audit._last_noted.cache_clear()
    append, others = audit._append, []

    def while_another_asks(*line):
        if not others:
            others.append(Thread(target=audit.record_once, args=(60, "opened", "s")))
            others[0].start()
            others[0].join(0.2)  # it waits for this one
        append(*line)

    monkeypatch.setattr(audit, "_append", while_another_asks)
    audit.record_once(60, "opened", "s")
    others[0].join()
    assert len(lines(place)) == 1
    audit.record_once(60, "opened", "other")
    later = audit.time.monotonic() + 60
    monkeypatch.setattr(audit.time, "monotonic", lambda: later)
    audit.record_once(60, "opened", "s")
    assert [line["study"] for line in lines(place)] == ["s", "other", "s"]


def test_a_file_that_is_moved_away_is_made_anew(place):
    audit.record("opened")
    place.rename(place.with_name("old"))
    audit.record("deleted")
    assert [line["act"] for line in lines(place)] == ["deleted"]


def test_a_line_of_which_the_disk_takes_a_part_is_none(place, monkeypatch):
    audit.record("opened")
    before, write = place.read_bytes(), os.write
    monkeypatch.setattr(audit.os, "write", lambda file, line: write(file, line[:5]))
    with pytest.raises(audit.AuditError, match="disk full"):
        audit.record("deleted")
    assert place.read_bytes() == before


def test_a_full_disk_is_told(place, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(audit.os, "write", full)
    with pytest.raises(audit.AuditError, match="disk full"):
        audit.record("deleted")


def linked(place):
    place.symlink_to(place.with_name("elsewhere"))


def open_to_all(place):
    place.touch()
    place.chmod(0o640)


WRONG = {"a link": linked, "a folder": lambda place: place.mkdir(), "a pipe": os.mkfifo, "open to others": open_to_all}


@pytest.mark.parametrize("what", WRONG)
def test_a_place_that_is_no_file_of_this_user_alone_is_refused_at_start(place, what):
    WRONG[what](place)
    with pytest.raises(audit.AuditError, match="AUDIT_FILE"):
        audit.prepare_audit()


def test_it_does_not_lie_among_the_uploads_whichever_way_it_is_named(monkeypatch, tmp_path, place):
    monkeypatch.setenv("AUDIT_FILE", str(tmp_path / "x" / ".." / "uploads" / "audit"))
    with pytest.raises(FolderError, match="folder of uploads"):
        audit.prepare_audit()


def test_with_a_login_it_lies_beside_the_uploads(monkeypatch, tmp_path, place):
    monkeypatch.delenv("AUDIT_FILE")
    assert audit.audit_file() is None
    monkeypatch.setenv("AUTH", "users")
    assert audit.audit_file() == tmp_path / "uploads.audit.jsonl"


def test_a_key_that_opens_an_upload_is_not_what_it_is_called():
    assert audit.named_here("k" * 43).startswith("kept-")
    assert "kkk" not in audit.named_here("k" * 43)
    assert audit.named_here("uvb-trial") == "uvb-trial"
