"""The folder of uploads is private, ours and marked, or refused in a sentence; nothing of others is ever deleted."""

import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from data.uploading import upload_folder
from data.uploading.upload_folder import FolderError, empty_work_of_the_gone, folder, prepared, work_folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    return tmp_path / "uploads"


def a_folder(home, mode=0o700):
    home.mkdir(mode=mode)
    home.chmod(mode)
    return home


def linked(home):
    (home.parent / "real").mkdir(mode=0o700)
    home.symlink_to(home.parent / "real")


def another_users(home):
    os.chown(a_folder(home), 12345, 12345)


def in_a_folder_of_all(home):
    home.parent.chmod(0o777)


def whose_names_are_ours(home):
    for name in ("work/thesis", "study-2019"):
        (a_folder(home) if not home.exists() else home).joinpath(name).mkdir(parents=True)
        os.utime(home / name, (0, 0))


def marked_with_a_stranger(home):
    prepared()
    (home / "study-notes").mkdir()


REFUSED = {
    "a link": (linked, "is a link"),
    "a file": (lambda home: home.write_text(""), "File exists"),
    "open to a group": (lambda home: a_folder(home, 0o750), "open to other users"),
    "open to all": (lambda home: a_folder(home, 0o707), "open to other users"),
    "strangers": (lambda home: (a_folder(home) / "precious").mkdir(), "1 thing that Reprise did not put there"),
    "strangers like ours": (lambda home: (a_folder(home) / "study-x").write_text(""), "did not put there"),
    "strangers with our names": (whose_names_are_ours, "2 things that Reprise did not put there"),
    "a stranger among ours": (marked_with_a_stranger, "1 thing that Reprise did not put there"),
    "in a folder of all": (in_a_folder_of_all, "others can change"),
}


@pytest.mark.parametrize(("made", "words"), REFUSED.values(), ids=REFUSED)
def test_a_folder_that_is_not_ours_alone_is_refused_in_a_sentence(home, made, words):
    made(home)
    before = set(home.parent.rglob("*"))
    with pytest.raises(FolderError, match=words):
        prepared()
    assert set(home.parent.rglob("*")) - {home} == before - {home}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_that_another_user_has_prepared_is_refused(home):
    another_users(home)
    with pytest.raises(FolderError, match="belongs to another user"):
        prepared()


def inside_another_users(home):
    os.chown(home.parent, 12345, 12345)


def behind_a_link_of_another_user(home):
    (home.parent / "real").mkdir(mode=0o700)
    (home.parent / "theirs").symlink_to("real")
    os.chown(home.parent / "theirs", 12345, 12345, follow_symlinks=False)
    return home.parent / "theirs" / "uploads"


def behind_a_link_in_another_users(home):
    (home.parent / "foreign").mkdir(mode=0o755)
    (home.parent / "real").mkdir(mode=0o700)
    (home.parent / "foreign" / "on").symlink_to("../real")
    (home.parent / "mine").symlink_to("foreign/on")
    os.chown(home.parent / "foreign", 12345, 12345)
    return home.parent / "mine" / "uploads"


def inside_a_groups(home):
    os.chown(home.parent, 0, 12345)
    home.parent.chmod(0o770)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
@pytest.mark.parametrize(
    "made", [inside_another_users, behind_a_link_of_another_user, behind_a_link_in_another_users, inside_a_groups]
)
def test_a_folder_that_others_can_put_another_in_place_of_is_refused(home, made, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(made(home) or home))
    with pytest.raises(FolderError, match=r"lies in a folder(, or behind a link, of another user| that others can)"):
        prepared()


def test_a_folder_of_the_users_own_group_is_taken(home):
    home.parent.chmod(0o770)
    if os.geteuid() == 0:
        os.chown(home.parent, 0, 0)
    elif not upload_folder._is_own_group(home.parent.stat().st_gid):
        pytest.skip("this user shares its group with others")
    assert prepared() == home


def test_a_new_or_an_empty_folder_is_marked_and_found_again(home):
    a_folder(home)
    assert prepared() == home
    assert prepared() == home
    assert (home.stat().st_mode & 0o777) == 0o700
    assert "nothing else" in (home / ".reprise").read_text()


def test_by_default_it_lies_with_the_users_state_and_is_the_servers_own(tmp_path, monkeypatch):
    monkeypatch.delenv("UPLOADS", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    places = []
    for port in ("8050", "8051"):
        monkeypatch.setenv("PORT", port)
        places.append(prepared())
    assert places == [tmp_path / "reprise" / "uploads-8050", tmp_path / "reprise" / "uploads-8051"]
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder() == tmp_path / ".local" / "state" / "reprise" / "uploads-8051"


def left_behind(home, files):
    """Work of a process that has ended without a word."""
    place = work_folder()
    (place / files).write_text("Anna")
    os._exit(9)


def test_the_work_of_a_process_that_is_gone_is_deleted_and_that_of_others_stays(home):
    mine = work_folder()
    (mine / "upload").write_text("P1")
    gone = multiprocessing.get_context("fork").Process(target=left_behind, args=(home, "upload"))
    gone.start()
    gone.join(30)
    assert len(list((home / "work").iterdir())) == 2
    empty_work_of_the_gone()
    assert [place.name for place in (home / "work").iterdir()] == [mine.name]
    assert (mine / "upload").exists()


def test_two_uploads_that_are_the_first_share_a_work_folder_which_stays(home):
    prepared()
    for _ in range(20):
        upload_folder._own.cache_clear()
        together = Barrier(4)
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda _, gate=together: gate.wait() * 0 or work_folder(), range(4)))
        empty_work_of_the_gone()
        assert len(set(found)) == 1
        assert found[0].is_dir()


def test_a_work_folder_without_a_lock_is_deleted_after_a_minute(home):
    prepared()
    new, old = (home / "work" / name for name in ("new", "old"))
    for place in (new, old):
        place.mkdir()
    since = time.time() - 2 * upload_folder.UNLOCKED
    os.utime(old, (since, since))
    empty_work_of_the_gone()
    assert new.exists()
    assert not old.exists()


def test_a_work_folder_that_somebody_has_deleted_is_made_again(home):
    first = work_folder()
    (first / ".lock").unlink()
    first.rmdir()
    assert work_folder().is_dir()


def test_without_our_mark_nothing_is_deleted(home):
    prepared()
    (home / ".reprise").unlink()
    (home / "work" / "old").mkdir()
    os.utime(home / "work" / "old", (0, 0))
    empty_work_of_the_gone()
    assert (home / "work" / "old").exists()
    assert upload_folder.kept_folders() == []
