"""`python -m data.store`: what it does it says, with an exit status; what it cannot do is a sentence, and changes nothing."""

import errno
import json
import math
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.store import __main__ as command
from data.store.__main__ import DONE, PARTLY, REFUSED, main
from data.uploading.manifest import NUMBERS, read_manifest
from data.uploading.upload_folder import KEPT, OLD, folder, kept_folders, kept_name, prepared
from data_layer.store.stores import KEYS, contents, keep

ROOT = Path(__file__).parents[3]
BUSY = """
import shutil, sys
from pathlib import Path
home, name = Path(sys.argv[1]), sys.argv[2]
other = next(one for one in home.glob("kept-*") if one.name != name)
while True:
    shutil.copytree(other, home / "work" / "draft")
    (home / "work" / "draft").rename(home / name)
    (home / name).rename(home / "work" / "gone")
    shutil.rmtree(home / "work" / "gone")
"""
"""A server that keeps and deletes one study, again and again."""


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    keep(KEYS[0])
    keep(KEYS[1], owner=None, expires=math.inf)
    return folder()


@pytest.fixture
def said(capsys):
    """What was said, and where it went wrong."""

    def told():
        found = capsys.readouterr()
        return found.out + found.err

    return told


def test_a_store_goes_into_a_file_and_comes_back_elsewhere(store, tmp_path, said):
    assert main(["backup", str(tmp_path / "b.zip")]) == DONE
    assert "holds 2 studies of " in said()
    before, places = contents(store), {one.name: read_manifest(one) for one in kept_folders()}
    assert main(["restore", str(tmp_path / "b.zip"), "--into", str(tmp_path / "new")]) == DONE
    assert f"2 studies put back into {tmp_path / 'new'}." in said()
    assert contents(tmp_path / "new") == before
    assert {one.name: read_manifest(one) for one in kept_folders()} == places
    assert main(["list"]) == DONE
    assert "until deleted" in said()


@pytest.mark.process
def test_it_is_done_while_a_server_keeps_and_deletes(store, tmp_path):
    """Each backup is of whole studies, whatever comes and goes meanwhile."""
    name = kept_name(KEYS[2])
    with subprocess.Popen([sys.executable, "-c", BUSY, str(store), name]) as server:
        try:
            for at in range(6):
                assert main(["backup", str(tmp_path / f"{at}.zip")]) == DONE
                assert main(["restore", str(tmp_path / f"{at}.zip"), "--into", str(tmp_path / str(at))]) == DONE
                os.environ["UPLOADS"] = str(store)
        finally:
            server.kill()
    found = [sorted(one.name for one in (tmp_path / str(at)).glob("kept-*")) for at in range(6)]
    assert {len(one) for one in found} <= {2, 3}


@pytest.mark.parametrize("arguments", [["list"], ["backup", "b.zip"], ["migrate"], ["delete", "x"]])
def test_a_store_that_is_not_there_is_not_made_by_looking_for_it(tmp_path, monkeypatch, said, arguments):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "typo"))
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == REFUSED
    assert f"There is no store in {tmp_path / 'typo'}. Set UPLOADS" in said()
    assert list(tmp_path.iterdir()) == []


def test_what_was_left_out_is_an_exit_status_of_its_own(store, tmp_path, said):
    (store / kept_name(KEYS[0]) / NUMBERS).unlink()
    assert main(["backup", str(tmp_path / "b.zip")]) == PARTLY
    assert "holds 1 study of" in (lines := said())
    assert f"{kept_name(KEYS[0])[5:13]} is left out. A file of this study is missing" in lines


def test_an_older_store_is_brought_to_this_one_and_saved(store, tmp_path, said):
    place = store / kept_name(KEYS[0])
    (place / "manifest.json").unlink()
    (place / "kept.json").write_text(json.dumps({"expires": time.time() + 99}))
    place.rename(store / place.name.replace(KEPT, OLD))
    assert main(["list"]) == DONE
    assert "1 of the store's first version" in said()
    assert main(["migrate"]) == DONE
    assert "1 study brought to this version" in said()
    assert main(["migrate"]) == DONE
    assert "0 studies brought" in said()


def test_what_cannot_be_brought_is_said(store, tmp_path, monkeypatch, said):
    monkeypatch.setattr(command, "migrate", lambda: (1, 2))
    assert main(["migrate"]) == PARTLY
    assert "2 could not be, and stay as they are. Is there room in" in said()
    for arguments in (["backup", str(tmp_path / "b.zip")], ["restore", str(tmp_path / "b.zip")]):
        assert main(arguments) == PARTLY
        assert "2 could not be, and stay as they are" in said()


def test_one_study_is_deleted(store, said):
    assert main(["delete", kept_name(KEYS[1])[5:13]]) == DONE
    assert [one.name for one in kept_folders()] == [kept_name(KEYS[0])]
    assert main(["delete", "nothing"]) == REFUSED
    assert "No studies are called 'nothing'" in said()


REFUSALS = {
    "a backup that is there": (["backup", "there"], "there already"),
    "no backup": (["restore", "there"], "no backup of Reprise"),
    "nothing": (["restore", "none"], "There is no file"),
    "a folder of others": (["restore", "there", "--into", "others"], "did not put there"),
    "no command": ([], "usage"),
    "no such command": (["burn"], "usage"),
}


@pytest.mark.parametrize(("arguments", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_done_is_a_sentence(store, tmp_path, monkeypatch, said, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("")
    (tmp_path / "others").mkdir(mode=0o700)
    (tmp_path / "others" / "precious").write_text("")
    before = contents(store)
    assert main(arguments) == REFUSED
    assert words in said()
    monkeypatch.setenv("UPLOADS", str(store))
    assert contents(store) == before


def test_a_full_disk_is_a_sentence(store, tmp_path, monkeypatch, said):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("data.store.backup._add", full)
    assert main(["backup", str(tmp_path / "b.zip")]) == REFUSED
    assert "No space left on device" in said()
    assert not (tmp_path / "b.zip").exists()


def test_it_is_noted_before_it_is_done_and_not_done_where_that_cannot_be(store, tmp_path, monkeypatch, said):
    monkeypatch.setenv("AUDIT_FILE", str(tmp_path / "audit"))
    name = kept_name(KEYS[1])[5:13]
    main(["delete", name])
    (line,) = (tmp_path / "audit").read_text().splitlines()
    assert {"act": "delete", "what": name, "by": "data.store"}.items() <= json.loads(line).items()
    (tmp_path / "audit").chmod(0o644)
    assert main(["backup", str(tmp_path / "b.zip")]) == REFUSED
    assert "AUDIT_FILE" in said()
    assert not (tmp_path / "b.zip").exists()


def test_a_setting_that_cannot_be_is_a_sentence(store, monkeypatch, said):
    monkeypatch.setenv("UPLOAD_HOURS", "soon")
    assert main(["list"]) == REFUSED
    assert "UPLOAD_HOURS" in said()


@pytest.mark.process
def test_it_runs_as_it_is_documented(store, tmp_path):
    run = [sys.executable, "-m", "data.store"]
    done = subprocess.run([*run, "list"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("id ")
    shutil.rmtree(store)
    prepared()
    empty = subprocess.run(
        [*run, "backup", str(tmp_path / "b.zip")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "holds 0 studies" in empty.stdout
