"""What the server answers to a reader's own files: limits, keys, privacy, and any worker the same."""

import io
import json
import resource
import shutil
import sys
import tempfile
import threading
import zipfile
from contextlib import contextmanager

import pytest

import callbacks.intake
from app import create_app
from data import uploads
from data.catalog import open_study
from data.uploading.sandbox import Sandbox
from data.uploading.upload_folder import kept_folders, prepared, work_folder
from data_layer.clinic_files import FLOWJO, REDCAP

pytestmark = pytest.mark.process

OWN = "patient_id,week,pasi,dlqi\nP1,0,20,10\nP1,4,5,2\n"
CLINIC = (("redcap.csv", REDCAP), ("flow.csv", FLOWJO))
NO_KEY = "A" * 43


@pytest.fixture
def client(tmp_path, monkeypatch):
    """A worker of a server whose uploads and temporary files are folders of the test."""
    monkeypatch.delenv("STUDY", raising=False)
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return create_app().server.test_client()


def sent(client, *files, edits=None, look=False, shown='{"counts": {}, "folds": {}}'):
    """The server's reply, whose JSON is the last line: the answer."""
    data = {"files": [(io.BytesIO(content.encode()), name) for name, content in files]}
    said = {"shown": shown} | ({"edits": json.dumps(edits)} if edits is not None else {})
    reply = client.post("/upload?look" if look else "/upload", data=data | said)
    reply.get_json = lambda: json.loads(reply.text.splitlines()[-1])
    return reply


def field(found, *about):
    """The properties of the field on the page that says this."""
    said = json.dumps(about, separators=(",", ":"))
    parts = [*components(found["page"]), *(one for part in found["folded"].values() for one in components(part))]
    label = next(one for one in parts if one["props"].get("data-edit") == said)
    return next(one["props"] for one in components(label) if "value" in one["props"])


def components(part):
    """Every component in a part of a page."""
    if isinstance(part, list):
        return [one for child in part for one in components(child)]
    return [part, *components(part["props"].get("children"))] if isinstance(part, dict) else []


def assert_nothing_stays(tmp_path):
    assert list((tmp_path / "temporary").iterdir()) == []
    assert [path.name for path in work_folder().iterdir()] == [".lock"]


def test_a_study_in_our_own_shape_is_kept_at_once_and_any_worker_serves_it(client, tmp_path):
    answer = sent(client, ("pasi.csv", OWN))
    found = answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert found["summary"].startswith("pasi: 1 patient, 2 PASI values")
    assert "pasi.csv → pasi: 2 of 2 rows kept." in found["report"]["txt"]
    other = create_app().server.test_client()
    drawn = other.post("/redraw", json={"study": found["study"], "query": {"score": "dlqi"}, "drawn": {}})
    assert drawn.headers["Cache-Control"] == "no-store"
    assert drawn.get_json()["captions"]["pasi"].startswith("1 patient, 2 values")
    assert drawn.get_json()["titles"] == {"pasi": "DLQI"}
    assert found["study"] not in other.get("/_dash-layout").get_data(as_text=True)
    assert_nothing_stays(tmp_path)


def test_what_is_unclear_is_shown_before_anything_is_kept(client):
    found = sent(client, *CLINIC).get_json()
    assert found["study"] is None
    assert found["summary"]
    assert kept_folders() == []
    assert "•••, •••" in json.dumps(found["folded"], ensure_ascii=False)
    assert "2021-03-01" not in json.dumps(found)
    assert field(found, "patterns", "flow.csv", "")["value"] == "*_{patient_id}_W{week}*"
    assert field(found, "references")["value"] in [one["value"] for one in field(found, "references")["options"]]
    assert found["toml"].count("[[sources]]") == 4
    assert sent(client, *CLINIC, edits={}, look=True).get_json()["study"] is None
    assert kept_folders() == []
    assert sent(client, *CLINIC, edits={}).get_json()["study"]


def test_a_persons_word_goes_before_what_is_proposed(client):
    edits = {
        "roles": [["redcap.csv", "", "arm", ""], ["redcap.csv", "", "dlqi_score", "itch_nrs"]],
        "patterns": [["flow.csv", "", "Specimen_001_{patient_id}_W{week}_*"]],
        "references": [["first visit"]],
    }
    found = sent(client, *CLINIC, edits=edits).get_json()
    assert found["study"] is None
    assert {one["column"] for one in json.loads(found["report"]["json"])["errors"]} == {"dlqi_score"}
    edits["roles"][1][3] = "dlqi"
    found = sent(client, *CLINIC, edits=edits).get_json()
    study = uploads.load(found["study"])
    assert study.patients["group"].nunique() == 1
    assert study.week_zero == "each patient's first visit"
    assert 'pattern = "Specimen_001_{patient_id}_W{week}_*"' in uploads.mapping_text(found["study"])


@pytest.mark.parametrize(
    "edits",
    [
        {"roles": [["a.csv", "", "x", "moon"]]},
        {"roles": ["abc"]},
        {"roles": [[]]},
        {"roles": [{"a": 1}]},
        {"roles": [3]},
        {"patterns": [["a.csv", "", "no hole"]]},
        {"patterns": [["a.csv", "", "*" * 30 + "{patient_id}_{week}"]]},
        {"references": [["moon"]]},
        {"visits": [["a.csv", "", "Visit 3", "soon"]]},
        {"visits": [["a.csv", "", "Visit 3", "nan"]]},
        {"orders": [["a.csv", "", "moon first"]]},
        {"about": [["title", "x" * 201]]},
        {"moon": [["a.csv", "", ""]]},
        {"about": [["title", "\ud800"]]},
        {"roles": [["\udfff", "", "x", "pasi"]]},
        {"\ud800": []},
        {"about": [["title", ["nested"]]]},
        {"about": [["title", {"nested": 1}]]},
        ["a"],
    ],
)
def test_edits_that_cannot_be_done_are_a_sentence(client, edits):
    answer = sent(client, *CLINIC, edits=edits)
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    looked = sent(client, *CLINIC, edits=edits, look=True)
    assert (looked.status_code, looked.mimetype, looked.data) == (200, "text/plain", answer.data)


def test_edits_nested_beyond_what_can_be_followed_are_a_sentence(client):
    for depth in (900, 960, 976, 990):
        deep = '{"about":[["title",' + "[" * depth + "]" * depth + "]]}"
        answer = client.post("/upload", data={"edits": deep, "files": (io.BytesIO(OWN.encode()), "pasi.csv")})
        assert (answer.status_code, answer.text) == (400, callbacks.intake.NO_EDITS)


def test_a_refused_import_leaves_nothing_behind(client, tmp_path):
    found = sent(client, ("../../pasi.csv", OWN.replace("20", "200"))).get_json()
    assert found["study"] is None
    assert [one["file"] for one in json.loads(found["report"]["json"])["errors"]] == ["pasi.csv"]
    assert kept_folders() == []
    assert_nothing_stays(tmp_path)


def test_too_much_is_a_sentence_that_names_the_limit(client, monkeypatch):
    monkeypatch.setenv("MAX_UPLOAD_MB", "0.001")
    answer = sent(client, ("pasi.csv", OWN + "P1,5,1,1\n" * 500))
    assert answer.status_code == 413
    assert "MAX_UPLOAD_MB" in answer.get_data(as_text=True)
    assert sent(client).status_code == 400


@contextmanager
def files_of_at_most(size):
    """No file of this process, or of those that it starts, can be larger: as on a full disk. Bytecode has been written
    before: Python would leave what it could write of it, and fail to read that ever after."""
    create_app().server.test_client().post(
        "/upload", data={"files": [(io.BytesIO(OWN.encode()), "pasi.csv")]}, buffered=True
    )
    for kept in kept_folders():
        shutil.rmtree(kept)
    with limited(size):
        yield


@contextmanager
def limited(size):
    before, sys.dont_write_bytecode = resource.getrlimit(resource.RLIMIT_FSIZE), True
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        sys.dont_write_bytecode = False


def test_no_room_for_the_body_is_a_507_and_nothing_stays(client, tmp_path):
    with files_of_at_most(100_000):
        answer = sent(client, ("pasi.csv", OWN + "P1,5,1,1\n" * 40_000))
    assert (answer.status_code, answer.text) == (507, callbacks.intake.NO_ROOM)
    assert_nothing_stays(tmp_path)


def test_no_room_for_a_study_that_is_taken_away_is_a_507(client, tmp_path):
    key = sent(client, ("pasi.csv", OWN)).get_json()["study"]
    for size in (0, 500):
        with limited(size):
            answer = client.post("/written", json={"study": key})
        assert (answer.status_code, answer.text) == (507, callbacks.intake.NO_ROOM)
    assert_nothing_stays(tmp_path)


def test_no_room_for_a_small_body_is_the_same(client, tmp_path):
    prepared()
    with files_of_at_most(0):
        answer = sent(client, ("pasi.csv", OWN))
    assert (answer.status_code, answer.text) == (507, callbacks.intake.NO_ROOM)
    assert_nothing_stays(tmp_path)


def test_no_room_for_the_study_is_the_same_sentence_and_a_small_one_is_kept_afterwards(client, tmp_path):
    with files_of_at_most(2_000):
        assert sent(client, ("pasi.csv", OWN)).get_json() == {"refused": callbacks.intake.NO_ROOM}
    assert_nothing_stays(tmp_path)
    assert kept_folders() == []
    assert sent(client, ("pasi.csv", OWN)).get_json()["study"]


def test_no_room_to_unpack_a_zip_is_not_called_damage(client, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("pasi.csv", OWN + "P1,5,1,1\n" * 2_000)
    with files_of_at_most(4_000):
        answer = client.post("/upload", data={"files": [(io.BytesIO(packed.getvalue()), "x.zip")]})
    assert "there is no room to unpack it" in json.loads(answer.text.splitlines()[-1])["report"]["txt"]
    assert_nothing_stays(tmp_path)


def test_more_files_than_may_be_are_not_called_too_large(client, monkeypatch):
    monkeypatch.setenv("MAX_FILES", "3")
    answer = sent(client, *((f"{number}.csv", OWN) for number in range(9)))
    assert answer.status_code == 413
    assert "more than 3 files (MAX_FILES)" in answer.text
    three = [(f"{name}.csv", OWN) for name in ("pasi", "a", "b")]
    assert sent(client, *three, edits={}).status_code == 200


@pytest.mark.parametrize(
    "shown",
    ["", "[", "[]", "null", '{"counts": 3}', '{"counts": {"visits": NaN}, "folds": {}}', '{"counts": {"a": 1e999}}',
     '{"counts": {"visits": "' + "9" * 5000 + '"}, "folds": {}}', "[" * 100_000, '{"counts": {"\\ud800": 1}, "folds": []}'],
    ids=str,
)  # fmt: skip
def test_what_a_page_says_that_it_shows_is_believed_or_passed_over(client, shown):
    found = sent(client, *CLINIC, shown=shown).get_json()
    assert found["study"] is None
    assert "(was" not in json.dumps(found["page"])
    known = sent(client, *CLINIC, shown='{"counts": {"visits": 1}, "folds": {"read": true}}').get_json()
    assert "(was 1)" in json.dumps(known["page"])
    assert "read" not in known["folded"]


def test_a_full_shelf_is_a_507_before_anything_is_read(client, monkeypatch):
    monkeypatch.setenv("MAX_KEPT", "1")
    assert sent(client, ("pasi.csv", OWN)).get_json()["study"]
    answer = sent(client, ("pasi.csv", OWN))
    assert answer.status_code == 507
    assert "MAX_KEPT" in answer.text
    assert sent(client, ("pasi.csv", OWN), look=True).status_code == 200


@pytest.mark.parametrize("name", ["😀" * 100 + ".csv", "a" * 4_000 + ".csv", "..", ".csv", "a/../b.csv", "\0.csv"])
def test_a_files_name_never_leads_to_another_sentence(client, name):
    answer = sent(client, ("pasi.csv", OWN), (name, "a;b\n1;2\n"))
    assert answer.status_code == 200
    assert "refused" not in answer.get_json()


def test_one_worker_reads_a_few_uploads_at_once_and_asks_the_next_to_wait(client, monkeypatch, tmp_path):
    go, read = threading.Event(), Sandbox.read
    monkeypatch.setattr(Sandbox, "read", lambda *a, **k: go.wait(20) and read(*a, **k))
    waiting = [client.post("/upload", data={"files": (io.BytesIO(OWN.encode()), "pasi.csv")}) for _ in range(2)]
    assert sent(client, ("pasi.csv", OWN)).status_code == 503
    go.set()
    assert all('"study"' in answer.text for answer in waiting)
    assert sent(client, ("pasi.csv", OWN)).get_json()["study"]
    assert_nothing_stays(tmp_path)


def test_a_worker_writes_two_studies_at_once_and_asks_the_next_to_wait(client, tmp_path):
    key = sent(client, ("pasi.csv", OWN)).get_json()["study"]
    first, second, third = (client.post("/written", json={"study": key}, buffered=False) for _ in range(3))
    assert [answer.status_code for answer in (first, second, third)] == [200, 200, 503]
    assert "writing the studies of others" in third.text
    assert len(first.data) == first.content_length
    for answer in (first, second):
        answer.close()
    last = client.post("/written", json={"study": key})
    assert last.status_code == 200
    last.close()
    assert_nothing_stays(tmp_path)


@pytest.mark.parametrize("key", [NO_KEY, "../uploads", "", "case-series/.."])
def test_a_guessed_key_finds_nothing(client, key):
    sent(client, ("pasi.csv", OWN))
    bodies = {"redraw": {"query": {}, "drawn": {}}, "marks": {"query": {}, "views": []}, "uploaded": {}}
    bodies |= {"written": {}, "forget": {}}
    for path, body in bodies.items():
        answer = client.post(f"/{path}", json={"study": key, **body})
        assert answer.status_code == 404
        assert "no such study" in answer.get_data(as_text=True)


def test_the_report_stays_until_the_study_is_deleted(client):
    key = sent(client, ("pasi.csv", OWN)).get_json()["study"]
    found = client.post("/uploaded", json={"study": key}).get_json()
    assert set(found["report"]) == {"txt", "csv", "json"}
    assert found["expires"] == pytest.approx(uploads.expires(key))
    with client.post("/written", json={"study": key}) as answer:
        content = answer.data
    with zipfile.ZipFile(io.BytesIO(content)) as study:
        assert {"pasi.csv", "study.toml"} <= set(study.namelist())
    assert client.post("/forget", json={"study": key}).get_json() == {}
    assert client.post("/uploaded", json={"study": key}).status_code == 404
    assert client.post("/redraw", json={"study": key, "query": {}, "drawn": {}}).status_code == 404


def test_nothing_of_an_upload_is_logged(client, caplog, capfd):
    key = sent(client, ("anna.csv", OWN.replace("P1", "Anna"))).get_json()["study"]
    client.post("/uploaded", json={"study": key})
    written = caplog.text + "".join(capfd.readouterr())
    assert not [word for word in ("anna", "Anna", key) if word in written]


def test_the_template_comes_as_a_workbook_that_opens(client, tmp_path):
    answer = client.get("/template.xlsx")
    (tmp_path / "template.xlsx").write_bytes(answer.data)
    assert len(open_study(tmp_path / "template.xlsx").pasi) == len(open_study().pasi)
