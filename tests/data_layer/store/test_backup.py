"""A backup holds every study whole, as it was at one moment, for this user alone; what is damaged is said and left out."""

import errno
import json
import os
import shutil
import time
from hashlib import sha256
from zipfile import ZipFile

import pytest

from data import uploads
from data.store import backup as saving
from data.store.backup import INDEX, StoreError, backup
from data.store.restore import restore
from data.uploading import manifest
from data.uploading.manifest import MANIFEST, NUMBERS
from data.uploading.upload_folder import folder, kept_name, work_folder
from data_layer.store.stores import KEYS, contents, entries, keep


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    for key in KEYS:
        keep(key)
    own = folder() / "notes"
    own.mkdir(mode=0o700)
    (own / f"{'0' * 40}.json").write_text('{"notes": []}')
    return folder()


def test_it_holds_what_the_store_holds_with_hashes_and_no_key(store, tmp_path):
    assert backup(tmp_path / "b.zip") == saving.Saved(3, 1, [])
    found = entries(tmp_path / "b.zip")
    index = json.loads(found.pop(INDEX))
    assert found == contents(store)
    assert index["files"] == {name: sha256(content).hexdigest() for name, content in found.items()}
    assert not [key for key in KEYS if key.encode() in (tmp_path / "b.zip").read_bytes()]


def test_it_is_this_users_alone(store, tmp_path):
    before = os.umask(0)
    try:
        backup(tmp_path / "b.zip")
    finally:
        os.umask(before)
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["b.zip"]
    assert [file.name for file in work_folder().iterdir()] == [".lock"]


def test_it_is_of_one_moment_whatever_is_shared_noted_or_deleted_meanwhile(store, tmp_path, monkeypatch):
    before, write = contents(store), saving._write

    def meanwhile(file, found):
        uploads.share(KEYS[0], ("eve",))
        uploads.delete(KEYS[1])
        manifest.write_whole(uploads.notes_file(KEYS[2]), b"{}")
        write(file, found)

    monkeypatch.setattr(saving, "_write", meanwhile)
    backup(tmp_path / "b.zip")
    found = entries(tmp_path / "b.zip")
    del found[INDEX]
    assert found == before
    assert contents(store) != before


def test_a_study_that_is_deleted_just_now_is_not_in_it_and_nothing_is_said(store, tmp_path, monkeypatch):
    link = os.link

    def gone(source, to):
        if kept_name(KEYS[0]) in str(source) and source.name == NUMBERS:
            shutil.rmtree(store / kept_name(KEYS[0]), ignore_errors=True)
        link(source, to)

    monkeypatch.setattr(saving.os, "link", gone)
    assert backup(tmp_path / "b.zip") == saving.Saved(2, 1, [])
    assert not [name for name in entries(tmp_path / "b.zip") if kept_name(KEYS[0]) in name]


def test_on_a_disk_without_links_it_is_the_same(store, tmp_path, monkeypatch):
    def none(*_):
        raise OSError(errno.EPERM, "")

    monkeypatch.setattr(saving.os, "link", none)
    assert backup(tmp_path / "b.zip").studies == 3
    assert entries(tmp_path / "b.zip").keys() - {INDEX} == contents(store).keys()


def test_a_damaged_study_is_said_and_left_out(store, tmp_path):
    place = store / kept_name(KEYS[0])
    (place / NUMBERS).write_bytes(b"PK")
    saved = backup(tmp_path / "b.zip")
    assert saved.studies == 2
    assert [line.split(".")[0] for line in saved.left] == [f"{place.name[5:13]} is left out"]
    assert not [name for name in entries(tmp_path / "b.zip") if name.startswith(place.name)]
    monkey = tmp_path / "b.zip"
    shutil.rmtree(store / kept_name(KEYS[1]))
    assert restore(monkey).studies == 1


def test_what_has_expired_is_not_in_it(store, tmp_path):
    shutil.rmtree(store / kept_name(KEYS[0]))
    keep(KEYS[0], expires=time.time() - 1)
    assert backup(tmp_path / "b.zip").studies == 2


def test_no_file_is_overwritten_and_none_put_into_the_store(store, tmp_path):
    (tmp_path / "there").write_text("precious")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("there", "link"):
        with pytest.raises(StoreError, match="there already"):
            backup(tmp_path / name)
    with pytest.raises(StoreError, match="in the store itself"):
        backup(store / "b.zip")
    assert (tmp_path / "there").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_where_there_is_no_room_there_is_no_backup(store, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(saving.os, "fsync", full)
    with pytest.raises(OSError, match="no room"):
        backup(tmp_path / "b.zip")
    assert [file.name for file in tmp_path.iterdir()] == ["uploads"]


def test_numbers_are_packed_once(store, tmp_path):
    backup(tmp_path / "b.zip")
    with ZipFile(tmp_path / "b.zip") as archive:
        packed = {one.filename.split("/")[-1]: one.compress_type for one in archive.infolist()}
    assert (packed[NUMBERS], packed[MANIFEST]) == (0, 8)
