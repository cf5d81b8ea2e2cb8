"""A backup is put back as it was, with owners, times and notes, or not at all; and nothing that is none comes out of it."""

import errno
import io
import json
import os
import shutil
import tarfile
import warnings
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import pytest

from data import uploads
from data.store import restore as restoring
from data.store.backup import INDEX, StoreError, backup
from data.store.restore import Restored, restore
from data.uploading.manifest import MANIFEST, NUMBERS, STORE, TEXTS, UNTIL_DELETED, Owner
from data.uploading.upload_folder import folder, kept_folders, kept_name, prepared, work_folder
from data_layer.store.stores import KEYS, contents, entries, keep, resaid, written

NAME = kept_name(KEYS[0])
OTHER = f"kept-{'e' * 40}"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    for key in KEYS:
        keep(key)
    (folder() / "notes").mkdir(mode=0o700)
    (folder() / "notes" / f"{'0' * 40}.json").write_text('{"notes": []}')
    return folder()


@pytest.fixture
def saved(store, tmp_path):
    backup(tmp_path / "b.zip")
    return tmp_path / "b.zip"


@pytest.fixture
def empty(saved, store):
    """The store is lost."""
    shutil.rmtree(store)
    prepared()
    return saved


def test_a_lost_store_comes_back_with_owners_times_and_notes(saved, store, monkeypatch):
    before = contents(store)
    expires = uploads.expires(KEYS[0])
    shutil.rmtree(store)
    monkeypatch.setenv("UPLOAD_HOURS", "1")
    assert restore(saved) == Restored(3, 1, 0, 0)
    assert contents(store) == before
    assert uploads.load(KEYS[0]).patient_ids
    assert (uploads.owner(KEYS[0]), uploads.expires(KEYS[0])) == (Owner("anna", ("bert",)), expires)
    assert all(file.stat().st_mode & 0o077 == 0 for file in (*store.glob("kept-*/*"), *store.glob("notes/*")))
    assert [file.name for file in work_folder().iterdir()] == [".lock"]


def test_it_may_be_done_again(saved, store):
    uploads.delete(KEYS[1])
    assert restore(saved) == Restored(1, 0, 3, 0)
    assert restore(saved) == Restored(0, 0, 4, 0)


def test_what_changed_since_is_overwritten_only_when_asked(saved, store):
    before = contents(store)
    uploads.share(KEYS[0], ("eve",))
    uploads.delete(KEYS[1])
    changed = contents(store)
    with pytest.raises(StoreError, match="--overwrite") as error:
        restore(saved)
    assert NAME[5:13] in str(error.value)
    assert contents(store) == changed
    assert restore(saved, overwrite=True) == Restored(2, 0, 2, 0)
    assert contents(store) == before


def test_notes_written_since_are_a_change_too(saved, store):
    for file in (uploads.notes_file(KEYS[0]), store / "notes" / f"{'0' * 40}.json"):
        as_it_was = file.read_bytes()
        file.write_text('{"notes": [1]}')
        with pytest.raises(StoreError, match="A study or a file of notes is in the store, and other"):
            restore(saved)
        file.write_bytes(as_it_was)
    assert restore(saved).there == 4


def test_a_study_that_was_damaged_since_is_mended(saved, store):
    before = contents(store)
    (store / NAME / NUMBERS).write_bytes(b"PK")
    (store / kept_name(KEYS[1]) / MANIFEST).write_text("{")
    with pytest.raises(StoreError, match="2 studies or files of notes are in the store, and other"):
        restore(saved)
    assert restore(saved, overwrite=True).studies == 2
    assert contents(store) == before


def test_what_has_expired_since_stays_away(empty, tmp_path):
    found = entries(empty)
    found[f"{NAME}/{MANIFEST}"] = resaid(found[f"{NAME}/{MANIFEST}"], expires="2026-01-01T00:00:00Z")
    assert restore(written(tmp_path / "c.zip", found)) == Restored(2, 1, 0, 1)
    assert NAME not in {one.name for one in kept_folders()}


def test_what_is_kept_until_it_is_deleted_still_is(store, tmp_path):
    shutil.rmtree(store / NAME)
    keep(KEYS[0], expires=float("inf"))
    backup(tmp_path / "b.zip")
    shutil.rmtree(store)
    restore(tmp_path / "b.zip")
    assert json.loads((store / NAME / MANIFEST).read_text())["expires"] == UNTIL_DELETED


HOSTILE = {
    "a path upwards": lambda found: found | {"../evil": b"x"},
    "an absolute path": lambda found: found | {"/tmp/evil": b"x"},  # noqa: S108
    "a path within": lambda found: found | {f"{NAME}/../../evil": b"x"},
    "a path of Windows": lambda found: found | {f"{NAME}\\..\\evil": b"x"},
    "a key of logins": lambda found: found | {"uploads.key": b"x"},
    "our mark": lambda found: found | {".reprise": b"x"},
    "a stranger among ours": lambda found: found | {f"{NAME}/evil.py": b"x"},
    "a folder": lambda found: found | {f"{OTHER}/": b""},
    "a name of another alphabet": lambda found: found | {f"kept-{'٣' * 40}/{MANIFEST}": b"{}"},
    "a name with a line": lambda found: found | {f"{NAME}/{MANIFEST}\n": b"{}"},
    "a study without a manifest": lambda found: found | {f"{OTHER}/{TEXTS}": b"{}"},
    "a manifest without a study": lambda found: found | {f"{OTHER}/{MANIFEST}": found[f"{NAME}/{MANIFEST}"]},
    "an altered file": lambda found: found | {f"{NAME}/{TEXTS}": found[f"{NAME}/{TEXTS}"] + b" "},
    "a pickle": lambda found: found | {f"{NAME}/{NUMBERS}": b"\x80\x04."},
    "a later store": lambda found: found | {f"{NAME}/{MANIFEST}": resaid(found[f"{NAME}/{MANIFEST}"], store=STORE + 1)},
    "an owner that is none": lambda found: found | {f"{NAME}/{MANIFEST}": resaid(found[f"{NAME}/{MANIFEST}"], owner=5)},
}


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_nothing_comes_out_of_a_hostile_backup(empty, store, tmp_path, made):
    file = written(tmp_path / "hostile.zip", made(entries(empty)))
    before = set(tmp_path.rglob("*"))
    with pytest.raises(StoreError, match="Nothing was restored"):
        restore(file)
    assert contents(store) == {}
    assert {path for path in set(tmp_path.rglob("*")) - before if "work" not in path.parts} == set()
    assert [one.name for one in work_folder().iterdir()] == [".lock"]


def linked(file, found):
    """An entry that says it is a link."""
    entry = ZipInfo(f"{OTHER}/{MANIFEST}")
    entry.external_attr = 0o120777 << 16
    with ZipFile(file, "a") as made:
        made.writestr(entry, "/etc/passwd")


def twice(file, found):
    with warnings.catch_warnings(), ZipFile(file, "a") as made:
        warnings.simplefilter("ignore")
        made.writestr(f"{NAME}/{MANIFEST}", found[f"{NAME}/{MANIFEST}"])


def packed_otherwise(file, found):
    with ZipFile(file, "w", ZIP_LZMA) as made:
        for name, content in found.items():
            made.writestr(name, content)


def byte_at(share):
    def broken(file, found):
        content = bytearray(file.read_bytes())
        content[int(share * (len(content) - 1))] ^= 1
        file.write_bytes(bytes(content))

    return broken


def cut(file, found):
    file.write_bytes(file.read_bytes()[:-300])


def a_tar(file, found):
    with tarfile.open(file, "w:gz") as made:
        made.addfile(tarfile.TarInfo("x"), io.BytesIO())


BROKEN = {
    "a link": linked,
    "a name twice": twice,
    "packed otherwise": packed_otherwise,
    "a byte near the start": byte_at(0.02),
    "a byte in the middle": byte_at(0.4),
    "cut": cut,
    "a tar": a_tar,
    "empty": lambda file, found: file.write_bytes(b""),
    "notes that somebody changed": lambda file, found: written(
        file, found | {f"{NAME}/notes.json": b"{}"}, files=json.loads(found[INDEX])["files"]
    ),
    "without hashes": lambda file, found: written(file, found, hashes=False),
    "of another index": lambda file, found: written(file, found, files=[]),
    "of hashes that are none": lambda file, found: written(file, found, files=dict.fromkeys(found, 5)),
    "of a deep index": lambda file, found: written(file, found, backup="[" * 9),
    "of a later version": lambda file, found: written(file, found, backup=2),
}


@pytest.mark.parametrize("harm", BROKEN.values(), ids=BROKEN)
def test_a_broken_backup_is_a_sentence_and_changes_nothing(empty, store, harm):
    harm(empty, entries(empty))
    with pytest.raises(StoreError, match="Nothing was restored"):
        restore(empty)
    assert contents(store) == {}


def test_a_bomb_is_refused_before_it_is_unpacked(empty, store, tmp_path, monkeypatch):
    found = entries(empty) | {f"{NAME}/report.json": b" " * 5_000_000}
    file = written(tmp_path / "bomb.zip", found)
    assert file.stat().st_size < 1_000_000
    monkeypatch.setenv("MAX_KEPT_MB", "4")
    monkeypatch.setattr(restoring, "_taken", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(StoreError, match="MAX_KEPT_MB"):
        restore(file)
    with pytest.raises(StoreError, match="no backup"):
        restore(written(tmp_path / "index.zip", {}, more=" " * 11_000_000))


def test_an_entry_that_lies_about_its_size_stops_at_what_it_says(empty, store, tmp_path):
    content = bytearray(empty.read_bytes())
    with ZipFile(empty) as archive:
        entry = archive.getinfo(f"{NAME}/{TEXTS}")
        said, start = entry.file_size.to_bytes(4, "little"), archive.start_dir
    at = content.index(said, start)
    content[at : at + 4] = (10).to_bytes(4, "little")
    empty.write_bytes(bytes(content))
    with pytest.raises(StoreError, match="Nothing was restored"):
        restore(empty)


def test_no_file_and_no_device_is_a_sentence(store, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for name in ("none", "fifo", "uploads"):
        with pytest.raises(StoreError, match="There is no file"):
            restore(tmp_path / name)


def test_where_there_is_no_room_nothing_is_put_back(empty, store, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(restoring, "settle", full)
    with pytest.raises(OSError, match="no room"):
        restore(empty)
    assert contents(store) == {}


def test_where_it_ended_half_way_it_may_be_done_again(empty, store, monkeypatch):
    rename, left = type(store).rename, [2]

    def dying(one, to):
        if "staged" in one.parts and not left[0]:
            raise KeyboardInterrupt
        left[0] -= "staged" in one.parts
        return rename(one, to)

    with monkeypatch.context() as ended:
        ended.setattr(type(store), "rename", dying)
        with pytest.raises(KeyboardInterrupt):
            restore(empty)
    assert len(contents(store)) in {7, 12}
    found = restore(empty)
    assert (found.studies + found.notes, found.there) == (2, 2)
    assert INDEX not in contents(store)
