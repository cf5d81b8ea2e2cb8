"""Studies that people uploaded: under their keys only, whole, for their time, within quotas, and forgotten when deleted."""

import gc
import io
import json
import os
import shutil
import tempfile
import time
import traceback
import weakref
import zipfile
from dataclasses import replace
from threading import Event
from types import SimpleNamespace
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from analysis import query as queries
from callbacks import draw
from data import uploads
from data.catalog import open_study
from data.files import take_in
from data.row_report import FORMATS
from data.shelf import Catalog, OldStudyError, UnknownStudyError
from data.uploading import owner, upload_folder
from data.uploading.manifest import MANIFEST, NUMBERS, STORE, TEXTS, expiry, read_manifest, write_manifest
from data.uploading.remembered import megabytes
from data.uploading.upload_folder import folder, kept_folders, work_folder
from data_layer.clinic_files import FLOWJO, REDCAP

pytestmark = pytest.mark.whole


@pytest.fixture
def taken(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    for name, content in (("redcap.csv", REDCAP), ("flow.csv", FLOWJO)):
        (tmp_path / name).write_text(content)
    return take_in([tmp_path / "redcap.csv", tmp_path / "flow.csv"])


@pytest.fixture
def save(taken, tmp_path):
    def saved(name="draft"):
        uploads.write(taken, tmp_path / name)
        return uploads.keep(tmp_path / name)

    return saved


@pytest.fixture
def kept(save):
    return save()


def place():
    (only,) = kept_folders()
    return only


def until(seconds):
    write_manifest(place(), replace(read_manifest(place()), expires=time.time() + seconds))


def test_an_upload_is_found_by_its_key_only(kept, taken):
    assert len(kept) >= 43
    assert uploads.load(kept).key == kept
    pd.testing.assert_frame_equal(uploads.load(kept).pasi, taken.study.pasi)
    assert "[[sources]]" in uploads.mapping_text(kept)
    assert all(uploads.report(kept, form) for form in FORMATS)
    for key in (kept[:-1] + ("A" if kept[-1] != "A" else "B"), "../" + kept, "", ".", kept + "/..", place().name):
        with pytest.raises(KeyError):
            uploads.load(key)


def test_no_uploaded_file_is_kept_nothing_identifies_and_no_name_tells_the_key(kept):
    names = sorted(file.name for file in place().iterdir())
    assert names == ["columns.npz", "manifest.json", "report.json", "study.json", "study.toml"]
    written = b"".join(file.read_bytes() for file in place().iterdir())
    assert b"Anna" not in written
    assert kept.encode() not in written
    assert not [path for path in folder().rglob("*") if kept in str(path)]


def test_a_study_takes_less_than_twice_its_files(tmp_path, monkeypatch):
    from benchmarks import cohort

    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    files = cohort.write(tmp_path / "cohort", 100)
    uploads.write(take_in([files]), tmp_path / "draft")
    uploads.keep(tmp_path / "draft")
    sizes = [sum(file.stat().st_size for file in path.iterdir()) for path in (place(), files)]
    assert sizes[0] < 2 * sizes[1]


def test_its_time_is_its_own_whatever_another_server_grants(kept, monkeypatch):
    assert uploads.expires(kept) == pytest.approx(time.time() + 24 * 3600, abs=600)
    monkeypatch.setenv("UPLOAD_HOURS", "0.0000001")
    uploads.forget_old()
    assert uploads.load(kept)


def test_an_upload_expires(kept):
    until(-1)
    with pytest.raises(KeyError):
        uploads.load(kept)
    assert kept_folders() == []


def test_what_has_expired_goes_although_nobody_asks(kept):
    until(-1)
    uploads.forget_old()
    assert kept_folders() == []
    assert list((folder() / "work").iterdir()) == []


def test_a_folder_of_others_is_never_deleted(save):
    save()
    until(-1)
    precious = folder() / "precious"
    precious.mkdir()
    uploads.forget_old()
    assert precious.exists()


def test_a_deleted_study_is_forgotten_by_everything_that_remembers_answers(kept):
    study = uploads.load(kept)
    draw.redraw(study, {"cohort_view": "rates"}, {"theme": "dark"})
    queries.default(study)
    alive = weakref.ref(study)
    del study
    uploads.delete(kept)
    gc.collect()
    assert alive() is None
    with pytest.raises(KeyError):
        uploads.load(kept)


def test_a_worker_that_is_too_large_forgets_what_it_computed_and_then_the_studies(kept, monkeypatch):
    study = uploads.load(kept)
    queries.default(study)
    found = [700.0, 100.0, 100.0, 700.0, 700.0, 700.0, 899.0, 901.0, 100.0, 100.0]
    monkeypatch.setattr(uploads, "megabytes", lambda: found.pop(0))
    monkeypatch.setattr(uploads, "LEFT", SimpleNamespace(megabytes=0.0))
    uploads.forget_beyond(600.0)
    assert uploads._remembered.cache_info().currsize == 1
    alive = weakref.ref(study)
    del study
    uploads.forget_beyond(600.0)
    gc.collect()
    assert (len(found), alive()) == (4, None)
    uploads.forget_beyond(600.0)
    assert len(found) == 3
    uploads.forget_beyond(600.0)
    assert not found


def test_a_process_knows_how_many_megabytes_it_has():
    before = megabytes()
    some = bytearray(b"1") * 200_000_000
    assert 50 < before < megabytes() - 150
    del some


def test_a_study_that_another_worker_deleted_is_forgotten_at_the_next_look(kept):
    alive = weakref.ref(uploads.load(kept))
    shutil.rmtree(kept_folders()[0])
    looked = Event()
    looked.set()
    uploads._forget_for_ever(looked)
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize("late", [True, False])
def test_a_study_that_is_deleted_while_it_is_read_is_gone_and_neither_damaged_nor_remembered(kept, monkeypatch, late):
    found = uploads.read_study

    def read(at, key):
        study = found(at, key) if late else None
        shutil.rmtree(at)
        return study or found(at, key)

    uploads._remembered.cache_clear()
    monkeypatch.setattr(uploads, "read_study", read)
    with pytest.raises(KeyError):
        uploads.load(kept)
    assert uploads._remembered.cache_info().currsize == 0


def test_a_study_that_another_worker_deletes_while_room_is_counted_takes_none(kept, save, monkeypatch):
    there = kept_folders()
    shutil.rmtree(there[0])
    monkeypatch.setattr(uploads, "kept_folders", lambda: there)
    assert save("second")
    assert expiry(there[0]) == 0


def test_a_folder_that_another_worker_deletes_while_all_are_looked_at_is_none(kept, monkeypatch):
    def gone(one):
        shutil.rmtree(one)
        return one.lstat()

    monkeypatch.setattr(upload_folder, "_of_another", gone)
    assert kept_folders() == []


def test_a_study_is_deleted_although_somebody_has_tidied_up(kept):
    (folder() / "work").rmdir()
    uploads.delete(kept)
    assert kept_folders() == []


@pytest.mark.parametrize(("name", "most"), [("MAX_KEPT", "2"), ("MAX_KEPT_MB", "0.05")])
def test_no_more_is_kept_than_may_be_and_the_sentence_says_so(save, tmp_path, monkeypatch, name, most):
    monkeypatch.setenv(name, most)
    with pytest.raises(uploads.NoRoomError, match=name):
        [save(str(number)) for number in range(9)]
    assert 1 <= len(kept_folders()) <= 2


def vast(file):
    """Every column of a stored study says that it has so many values."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    with zipfile.ZipFile(file) as parts:
        names = parts.namelist()
    with zipfile.ZipFile(file, "w") as parts:
        for name in names:
            parts.writestr(name, header.getvalue())


HARM = {
    "torn": lambda: (place() / TEXTS).write_text("{"),
    "of an older version": lambda: [(place() / TEXTS).unlink(), (place() / "study.pickle").write_bytes(b"x")],
    "without a report": lambda: [(place() / uploads.REPORT).unlink()],
    "with a report of brackets": lambda: [(place() / uploads.REPORT).write_text("[" * 200_000)],
    "of a column beyond all memory": lambda: vast(place() / NUMBERS),
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_a_study_that_cannot_be_read_has_its_own_sentence_without_its_key(kept, harm):
    harm()
    with pytest.raises(OldStudyError, match="open its files again") as error:
        ask_all(kept)
    assert isinstance(error.value, UnknownStudyError)
    assert kept not in "".join(traceback.format_exception(error.value))
    uploads.delete(kept)


def ask_all(key):
    from callbacks.intake import uploaded

    Catalog().load(key)
    uploaded(key)


def test_a_study_without_its_time_is_kept_for_the_usual_one_and_not_shown(kept):
    for said in ("moon", "[" * 100_000, "{}", '{"store": 2, "expires": 1}'):
        (place() / MANIFEST).write_text(said)
        uploads.forget_old()
        assert uploads.expires(kept) == pytest.approx(time.time() + 24 * 3600, abs=600)
        with pytest.raises(OldStudyError, match="damaged"):
            Catalog().load(kept)
    os.utime(place(), (0, 0))
    uploads.forget_old()
    assert kept_folders() == []


def test_a_study_is_kept_until_it_is_deleted_where_the_operator_says_so(save, monkeypatch):
    monkeypatch.setenv("UPLOAD_HOURS", "never")
    key = save()
    assert json.loads((place() / MANIFEST).read_text())["expires"] == "until deleted"
    monkeypatch.setenv("UPLOAD_HOURS", "0.0000001")
    os.utime(place(), (0, 0))
    uploads.forget_old()
    assert uploads.load(key)
    assert uploads.expires(key) is None
    uploads.delete(key)
    assert kept_folders() == []


def test_looking_at_a_study_and_sharing_it_prolongs_nothing(kept):
    until(60)
    before = uploads.expires(kept)
    uploads.load(kept)
    uploads.share(kept, ("bert",))
    assert uploads.expires(kept) == before


@pytest.mark.parametrize("at", ["read_manifest", "write_manifest"])
def test_a_study_that_is_deleted_while_it_is_shared_is_gone(kept, monkeypatch, at):
    act = getattr(owner, at)

    def deleted(there, *said):
        shutil.rmtree(there)
        return act(there, *said)

    monkeypatch.setattr(uploads, "_own", lambda _: place())
    monkeypatch.setattr(owner, at, deleted)
    with pytest.raises(KeyError):
        uploads.share(kept, ("bert",))


def test_a_file_that_was_altered_is_not_shown(kept):
    for name in (TEXTS, NUMBERS, uploads.TOML, uploads.REPORT):
        as_it_was = (place() / name).read_bytes()
        (place() / name).write_bytes(as_it_was + b" ")
        with pytest.raises(OldStudyError, match="not as it was kept"):
            ask_all(kept)
        (place() / name).write_bytes(as_it_was)
        uploads.forget()
    ask_all(kept)


def test_a_study_of_a_later_version_is_neither_shown_nor_deleted(kept, monkeypatch):
    as_kept = json.loads((place() / MANIFEST).read_text())
    for later in ({"store": STORE + 1}, {"store": STORE + 1, "expires": {"after": "7 looks"}}):
        (place() / MANIFEST).write_text(json.dumps({**as_kept, **later}))
        os.utime(place(), (0, 0))
        uploads.forget_old()
        with pytest.raises(OldStudyError, match="later version"):
            Catalog().load(kept)
    assert len(kept_folders()) == 1


def test_a_refused_import_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    (tmp_path / "flow.csv").write_text("")
    with pytest.raises(ValueError, match="refused"):
        uploads.write(take_in([tmp_path / "flow.csv"]), tmp_path / "draft")
    assert not (tmp_path / "draft").exists()


def test_an_operators_zip_is_unpacked_in_the_private_folder_only(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    with ZipFile(tmp_path / "ours.zip", "w") as packed:
        packed.writestr("pasi.csv", "patient_id,week,pasi\nP1,0,20\nP1,4,5\n")
    places = []
    made = tempfile.TemporaryDirectory
    monkeypatch.setattr(tempfile, "TemporaryDirectory", lambda **how: places.append(how["dir"]) or made(**how))
    assert Catalog(str(tmp_path / "ours.zip")).first.patient_ids == ["P1"]
    assert places == [work_folder()]
    assert [file.name for file in work_folder().iterdir()] == [".lock"]


def test_an_operators_study_is_not_taken_for_an_upload():
    assert Catalog().load("case-series").patient_ids == open_study().patient_ids
