"""What is said of a kept study beside it: read as it was written, whole at any moment, and a sentence where it is not."""

import errno
import json
import math
import os
import time
from dataclasses import replace

import pytest

from data.uploading import manifest
from data.uploading.manifest import (
    ALTERED,
    DAMAGED,
    LATER,
    MANIFEST,
    SOLID,
    STORE,
    Owner,
    UnreadableStudyError,
    digest,
    expiry,
    manifest_for,
    read_manifest,
    verify,
    write_manifest,
)

MADE = 1_790_000_000.25
SHA = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""Of abc, as FIPS 180-4 has it."""


@pytest.fixture
def place(tmp_path):
    for name in SOLID:
        (tmp_path / name).write_text("abc")
    write_manifest(tmp_path, manifest_for(tmp_path, Owner("anna", ("bert", "*")), MADE, MADE + 60))
    return tmp_path


def test_it_is_read_as_it_was_written(place):
    said = read_manifest(place)
    assert (said.made, said.expires, said.owner) == (MADE, MADE + 60, Owner("anna", ("bert", "*")))
    assert said.files == dict.fromkeys(SOLID, SHA)
    for one in (replace(said, owner=None), replace(said, expires=math.inf), replace(said, owner=Owner(""))):
        write_manifest(place, one)
        assert read_manifest(place) == one


def test_a_person_can_read_it_too(place):
    said = json.loads((place / MANIFEST).read_text())
    assert said["store"] == STORE
    assert (said["made"], said["expires"]) == ("2026-09-21T14:13:20.250Z", "2026-09-21T14:14:20.250Z")
    assert (said["owner"], said["shared"]) == ("anna", ["bert", "*"])
    assert (place / MANIFEST).stat().st_mode & 0o077 == 0


WRONG = {
    "nothing": None,
    "half": "{",
    "brackets": "[" * 100_000,
    "a number": "1",
    "no version": {"store": None},
    "no time": {"expires": None},
    "a time of no zone": {"expires": "2026-09-21T13:33:20"},
    "a time of no calendar": {"made": "2026-13-01T00:00:00Z"},
    "an owner that is no name": {"owner": 5},
    "an owner that is none": {"owner": False},
    "names that are none": {"shared": "anna"},
    "files that are none": {"files": []},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_a_sentence_that_names_no_folder(place, wrong):
    whole = json.loads((place / MANIFEST).read_text())
    if wrong is None:
        (place / MANIFEST).unlink()
    else:
        (place / MANIFEST).write_text(wrong if isinstance(wrong, str) else json.dumps(whole | wrong))
    with pytest.raises(UnreadableStudyError) as error:
        read_manifest(place)
    assert (str(error.value), error.value.__cause__) == (DAMAGED, None)
    assert expiry(place) == pytest.approx(time.time() + 24 * 3600, abs=600)


def test_what_a_later_version_says_is_left_to_it(place):
    (place / MANIFEST).write_text(json.dumps({"store": STORE + 1}))
    with pytest.raises(UnreadableStudyError, match=LATER):
        read_manifest(place)
    assert expiry(place) == math.inf


def test_a_time_is_the_studys_own_whatever_the_files_say(place):
    for file in (place, *place.iterdir()):
        os.utime(file, (0, 0))
    assert expiry(place) == MADE + 60


@pytest.mark.parametrize("name", SOLID)
def test_each_file_is_held_to_its_hash(place, name):
    verify(place)
    (place / name).write_text("abd")
    with pytest.raises(UnreadableStudyError, match=ALTERED):
        verify(place)
    (place / name).unlink()
    with pytest.raises(UnreadableStudyError, match=ALTERED):
        verify(place, (name,))


def test_a_file_of_which_nothing_is_said_is_not_trusted(place):
    write_manifest(place, replace(read_manifest(place), files={}))
    with pytest.raises(UnreadableStudyError, match=ALTERED):
        verify(place, SOLID[:1])


def test_where_there_is_no_room_what_was_said_stays(place, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, "no room")

    before = read_manifest(place)
    monkeypatch.setattr(manifest.os, "fsync", full)
    with pytest.raises(OSError, match="no room"):
        write_manifest(place, replace(before, owner=None))
    assert read_manifest(place) == before
    monkeypatch.undo()
    write_manifest(place, replace(before, owner=None))
    assert read_manifest(place).owner is None
    assert sorted(file.name for file in place.iterdir()) == sorted([MANIFEST, *SOLID])


def test_a_time_beyond_the_calendar_is_until_it_is_deleted(place):
    write_manifest(place, replace(read_manifest(place), expires=1e15))
    assert read_manifest(place).expires == math.inf


def test_a_hash_is_sha_256(tmp_path):
    (tmp_path / "abc").write_text("abc")
    assert digest(tmp_path / "abc") == SHA
