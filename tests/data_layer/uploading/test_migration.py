"""Studies that the first version of the store kept are the same ones in this version, with their owners and times."""

import errno
import json
import math
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from data import uploads
from data.catalog import open_study
from data.uploading import migration, upload_folder
from data.uploading.manifest import (
    MANIFEST,
    NOTES,
    REPORT,
    TOML,
    Owner,
    UnreadableStudyError,
    expiry,
    read_manifest,
    verify,
)
from data.uploading.migration import EXPIRES, OWNER, migrate
from data.uploading.owner import owner_of
from data.uploading.study_files import write_study
from data.uploading.upload_folder import OLD, FolderError, kept_folders, prepared

KEY = "k" * 43
NAME = sha256(KEY.encode()).hexdigest()[:40]
UNTIL = time.time() + 5000


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    return prepared()


def old(store, *, expires=UNTIL, owner=None, name=NAME, damaged=False):
    """A study as the first version wrote it."""
    place = store / f"study-{name}"
    place.mkdir(mode=0o700)
    write_study(open_study(), place)
    (place / "study.toml").write_text("title = 'x'")
    (place / "report.json").write_text(json.dumps({"txt": "all rows"}))
    (place / "kept.json").write_text("{" if damaged else json.dumps({"expires": expires}))
    if owner:
        (place / "owner.json").write_text("{" if damaged else json.dumps(owner))
    return place


def the_one():
    (place,) = kept_folders()
    return place


def test_a_study_is_the_same_under_its_key_with_its_owner_its_time_and_its_notes(store):
    place = old(store, owner={"name": "anna", "shared": ["bert", "*"]})
    (place / NOTES).write_text('{"notes": []}')
    os.utime(place / "study.json", (1e9, 1e9))
    assert migrate() == (1, 0)
    assert sorted(file.name for file in the_one().iterdir()) == sorted(
        ["columns.npz", MANIFEST, NOTES, REPORT, "study.json", TOML]
    )
    said = read_manifest(the_one())
    assert (said.owner, said.made) == (Owner("anna", ("bert", "*")), 1e9)
    assert said.expires == pytest.approx(UNTIL, abs=0.01)
    verify(the_one())
    assert uploads.load(KEY).patient_ids == open_study().patient_ids
    assert uploads.report(KEY) == "all rows"
    assert migrate() == (0, 0)


def test_one_without_a_login_is_nobodys_still_and_a_damaged_owner_is_nobody(store):
    old(store)
    old(store, name="a" * 40, owner={"name": "anna", "shared": []}, damaged=True)
    assert migrate() == (2, 0)
    assert owner_of(store / f"kept-{NAME}") is None
    assert owner_of(store / f"kept-{'a' * 40}") == Owner("")


@pytest.mark.parametrize("said", ["{", '{"expires": "moon"}', '{"expires": NaN}', "{}"])
def test_a_time_that_cannot_be_read_is_counted_as_that_version_did(store, said):
    place = old(store)
    (place / EXPIRES).write_text(said)
    migrate()
    assert expiry(the_one()) == pytest.approx(time.time() + 24 * 3600, abs=600)


@pytest.mark.parametrize(("expires", "found"), [(math.inf, math.inf), (1e300, math.inf), (0, 0), (-1e300, 0)])
def test_a_time_that_no_calendar_has_is_the_nearest_one(store, expires, found):
    old(store, expires=expires)
    migrate()
    assert expiry(the_one()) == found


def test_what_had_expired_is_not_kept_again(store):
    old(store, expires=time.time() - 1)
    uploads.forget_old()
    assert list(store.glob("*-*")) == []


@pytest.mark.parametrize("at", ["write_manifest", "kept_folders"])
def test_where_it_ended_it_goes_on(store, monkeypatch, at):
    old(store, owner={"name": "anna", "shared": []})
    with monkeypatch.context() as dying:
        dying.setattr(migration, at, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            migrate()
    assert migrate() == (1, 0)
    assert (owner_of(the_one()), uploads.expires(KEY)) == (Owner("anna"), pytest.approx(UNTIL, abs=0.01))


def test_between_its_manifest_and_its_name_nothing_is_said_anew(store):
    place = old(store, owner={"name": "anna", "shared": []})
    migration._say(place)
    (place / EXPIRES).unlink()
    (place / OWNER).unlink()
    assert migrate() == (1, 0)
    assert (owner_of(the_one()), uploads.expires(KEY)) == (Owner("anna"), pytest.approx(UNTIL, abs=0.01))


def test_without_room_it_stays_as_it_is_and_the_others_are_brought(store, monkeypatch):
    old(store)
    old(store, name="a" * 40)
    write = migration.write_manifest

    def full(place, said):
        if NAME in place.name:
            raise OSError(errno.ENOSPC, "")
        write(place, said)

    with monkeypatch.context() as tight:
        tight.setattr(migration, "write_manifest", full)
        assert migrate() == (1, 1)
    assert len(kept_folders(OLD)) == 1
    assert migrate() == (1, 0)


def test_two_servers_bring_each_study_once(store):
    for at in range(8):
        old(store, name=f"{at:040x}")
    with ThreadPoolExecutor(4) as servers:
        done = list(servers.map(lambda _: migrate(), range(4)))
    assert sum(brought for brought, _ in done) == 8
    assert sum(failed for _, failed in done) == 0
    assert len(kept_folders()) == 8


def test_one_that_was_restored_meanwhile_counts(store):
    old(store)
    migrate()
    retold = read_manifest(the_one())
    old(store, expires=1)
    assert migrate() == (1, 0)
    assert read_manifest(the_one()) == retold
    assert kept_folders(OLD) == []


def test_a_damaged_study_comes_with_what_it_has_and_is_not_shown(store):
    place = old(store)
    (place / "columns.npz").unlink()
    assert migrate() == (1, 0)
    with pytest.raises(UnreadableStudyError):
        uploads.load(KEY)


def test_the_first_version_refuses_a_folder_of_this_one(store, monkeypatch):
    """It knew `study-…` alone: what is called otherwise was a stranger to it, so that it kept away."""
    old(store)
    migrate()
    monkeypatch.setattr(upload_folder, "NAME", re.compile(r"study-[0-9a-f]{40}"))
    with pytest.raises(FolderError, match="1 thing that Reprise did not put there"):
        prepared()
