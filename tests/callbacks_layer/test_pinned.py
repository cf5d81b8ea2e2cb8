"""Notes pinned to a visit, a course or a step: kept for who may see the study, and never overwritten unseen."""

import io
import json
from threading import Thread
from zipfile import ZipFile

import pytest

from app import create_app
from data import uploads
from data.catalog import open_study
from data.shelf import Catalog
from data.uploading import manifest, pinned_notes
from data.uploading.pinned_notes import DAMAGED, ChangedError, Note, notes, save

STUDY = open_study()
WEEK = float(STUDY.pasi["week"].iloc[0])
COURSE = STUDY.treatments.iloc[0]
VISIT = {"kind": "visit", "patient": str(STUDY.pasi["patient_id"].iloc[0]), "week": WEEK, "of": ""}
HOSTILE = "<img src=x onerror=alert(1)>\x00 =1+1 %{y} \u202e"


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    return create_app().server.test_client()


def pin(client, **said):
    body = {"study": "case-series", "id": "", "version": 0, "text": "itching", **VISIT, **said}
    return client.post("/pin", json=body)


def listed(client, study="case-series"):
    return client.post("/pinned", json={"study": study}).get_json()


def test_a_note_is_kept_with_its_visit_course_or_step_and_comes_back_as_it_was_written(client):
    start = float(COURSE["start_week"])
    course = {"kind": "course", "patient": str(COURSE["patient_id"]), "week": start, "of": str(COURSE["treatment"])}
    step = {"kind": "step", "patient": "", "week": None, "of": "panel=matrix"}
    for one in ({}, course, step):
        assert pin(client, **one, text=HOSTILE).status_code == 200
    found = listed(client)["notes"]
    assert [(one["kind"], one["week"]) for one in found] == [("visit", WEEK), ("course", start), ("step", None)]
    assert {one["text"] for one in found} == {HOSTILE.replace("\x00", "")}
    assert {one["by"] for one in found} == {""}
    assert all(one["at"].endswith("Z") for one in found)


def test_a_second_editor_is_told_what_the_first_saved_and_nothing_is_lost(client):
    [note] = pin(client).get_json()["notes"]
    assert pin(client, id=note["id"], version=1, text="first").status_code == 200
    late = pin(client, id=note["id"], version=1, text="second")
    assert (late.status_code, late.get_json()["current"]["text"]) == (409, "first")
    assert [one["text"] for one in listed(client)["notes"]] == ["first"]
    assert pin(client, id=note["id"], version=2, text="").get_json()["notes"] == []
    gone = pin(client, id=note["id"], version=2, text="second")
    assert (gone.status_code, gone.get_json()) == (409, {"current": None})


def test_an_edit_changes_the_text_alone(client):
    [note] = pin(client).get_json()["notes"]
    [changed] = pin(client, id=note["id"], version=1, text="worse", kind="step", patient="", of="x").get_json()["notes"]
    assert (changed["kind"], changed["patient"], changed["week"]) == ("visit", VISIT["patient"], WEEK)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"patient": "nobody"}, 409), ({"week": 3.21}, 409), ({"week": None}, 409), ({"kind": "course", "of": "x"}, 409),
        ({"week": 10**400}, 400), ({"kind": "patient"}, 400), ({"text": "x" * 2001}, 400), ({"id": "../../x" * 9}, 400),
        ({"study": "nobody"}, 404), ({"study": "x" * 43}, 404), ({"version": "1"}, 400), ({"id": "abc"}, 409),
    ],
)  # fmt: skip
def test_what_no_note_can_be_is_refused(client, said, status):
    assert pin(client, **said).status_code == status
    assert listed(client)["notes"] == []


def test_another_web_site_writes_no_note(client):
    body = {"study": "case-series", "id": "", "version": 0, "text": "x", **VISIT}
    assert client.post("/pin", json=body, headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_notes_are_counted_and_can_be_deleted_when_full(client, monkeypatch):
    [note] = pin(client).get_json()["notes"]
    monkeypatch.setattr(pinned_notes, "MOST", 1)
    full = pin(client)
    assert (full.status_code, "Delete some first" in full.get_data(as_text=True)) == (409, True)
    assert pin(client, id=note["id"], version=1, text="").status_code == 200


def test_notes_that_cannot_be_read_are_left_as_they_are(client):
    pin(client)
    [file] = uploads.folder().glob("notes/*.json")
    file.write_text('{"notes": [')
    for answer in (pin(client), client.post("/pinned", json={"study": "case-series"})):
        assert (answer.status_code >= 400, answer.get_data(as_text=True)) == (True, DAMAGED)
    assert file.read_text() == '{"notes": ['


def test_many_who_write_at_once_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    file = Catalog().notes_file("case-series")
    work = [Thread(target=save, args=(file, Note(text=str(at), **VISIT))) for at in range(12)]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert {one.text for one in notes(file)} == {str(at) for at in range(12)}


def test_a_process_that_dies_while_it_writes_leaves_the_notes_before(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    file = Catalog().notes_file("case-series")
    save(file, Note(text="before", **VISIT))
    with monkeypatch.context() as dying:
        dying.setattr(manifest.os, "fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            save(file, Note(text="after", **VISIT))
    assert [one.text for one in notes(file)] == ["before"]
    save(file, Note(text="later", **VISIT))
    assert [one.text for one in notes(file)] == ["before", "later"]


def test_a_study_of_the_same_name_elsewhere_has_notes_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    files = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.csv").write_text("patient_id,week,pasi\nP1,0,10\n")
        files.add(Catalog(str(tmp_path / name / "study.csv")).notes_file("study"))
    assert len(files) == 2


def test_an_upload_takes_its_notes_with_it(client, tmp_path):
    from data.files import take_in

    table = tmp_path / "pasi.csv"
    table.write_text("patient_id,week,pasi\nP1,0,10\nP1,4,5\n")
    uploads.write(take_in([table]), tmp_path / "draft")
    key = uploads.keep(tmp_path / "draft")
    assert pin(client, study=key, patient="P1", week=4).status_code == 200
    assert [one["week"] for one in listed(client, key)["notes"]] == [4]
    file = uploads.notes_file(key)
    client.post("/forget", json={"study": key})
    assert not file.exists()
    assert pin(client, study=key, patient="P1", week=4).status_code == 404
    with pytest.raises((ChangedError, FileNotFoundError)):
        save(file, Note("visit", "P1", 4.0, "", "late"))


def test_notes_leave_as_csv_by_choice_and_never_with_a_deidentified_copy(client):
    pin(client, text="=HYPERLINK(secret of the patient)")
    asked = {"study": "case-series", "query": {}, "date": "2026-11-29", "choices": {}}
    csv = client.post("/file", json={**asked, "what": "pinned"}).get_data(as_text=True)
    assert "'=HYPERLINK(secret" in csv
    copy = client.post("/file", json={**asked, "what": "deidentified"}).data
    with ZipFile(io.BytesIO(copy)) as found:
        assert not any(b"secret" in found.read(name) for name in found.namelist())
    assert "secret" not in json.dumps(
        client.post("/remains", json={"study": "case-series", "query": {}, "choices": {}}).get_json()
    )
