"""The folder of uploads: of this user alone, marked as ours, with the kept studies, and a work folder for each process.

Only what carries our mark is ever deleted: the marked folder's own `kept-…` and what lies in its `work`.
"""

from __future__ import annotations

import fcntl
import grp
import os
import pwd
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from weakref import finalize

from data.settings import setting

MARK, LOCK, WORK, KEPT, NOTES = ".reprise", ".lock", "work", "kept-", "notes"
"""In the folder: the file that says it is ours; the lock of who counts, renames or notes; how the rest is called; and
the notes of the server's own studies."""
OLD = "study-"
"""How a study of the first version of the store is called (`migration.py`). That version refuses a folder in which
anything is called as in this one, so that it neither shows nor deletes what it cannot know the owner or the time of."""
EXPLAINED = "Reprise keeps uploaded studies here. It deletes what it has put here, and nothing else.\n"
NAME = re.compile(rf"({KEPT}|{OLD})[0-9a-f]{{40}}")
"""How a kept study's folder is called; a reader's own `kept-…` is a stranger."""
UNLOCKED = 60.0
"""Seconds after which a work folder without a lock belongs to nobody: making both takes a moment."""


class FolderError(Exception):
    """The folder of uploads cannot be used; the text is a sentence for who runs the server."""


def folder() -> Path:
    """Where uploads are kept: `UPLOADS`, else a folder for this user and port below the user's folder for state."""
    if stated := setting("UPLOADS"):
        return Path(stated).absolute()
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "reprise" / f"uploads-{setting('PORT')}"


def prepared() -> Path:
    """The folder of uploads, there, private and marked. FolderError when it cannot be."""
    place = folder()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _private(place)
        _claimed(place)
    except (OSError, RuntimeError) as error:  # a user without a home is a RuntimeError
        reason = getattr(error, "strerror", None) or "there is no home folder"
        raise FolderError(f"Uploads cannot be kept in {place} ({reason}). {ADVICE}") from None
    return place


ADVICE = "Set UPLOADS to a folder that this server's user alone can write, or to one that does not exist yet."


def _private(place: Path) -> None:
    """FolderError when anybody else could read or change what lies in a folder, or put another one in its place."""
    about = place.lstat()
    wrong = (
        (stat.S_ISLNK(about.st_mode), "is a link"),
        (not stat.S_ISDIR(about.st_mode), "is no folder"),
        (about.st_uid != os.geteuid(), "belongs to another user"),
        (about.st_mode & 0o077, "is open to other users (its mode should be 700)"),
        (any(map(_open_to_others, _way(place))), "lies in a folder that others can change"),
        (any(map(_of_another, _way(place))), "lies in a folder, or behind a link, of another user"),
    )
    for reason in (words for found, words in wrong if found):
        raise FolderError(f"Uploads are not kept in {place}: it {reason}. {ADVICE}")


def _way(place: Path) -> list[Path]:
    """Every folder and every link that leads to a folder: whoever changes one of them puts another in its place."""
    found: list[Path] = []
    todo = [place.parent]
    while todo:
        for one in (start := todo.pop(), *start.parents):
            if one not in found:
                found.append(one)
                todo += [one.parent / one.readlink()] if one.is_symlink() else []
    return found


def _open_to_others(one: Path) -> bool:
    """Whether others may rename what lies in a folder; with the sticky bit, as in /tmp, only its owner may."""
    about = one.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_mode & stat.S_ISVTX:
        return False
    return bool(about.st_mode & stat.S_IWOTH or (about.st_mode & stat.S_IWGRP and not _is_own_group(about.st_gid)))


def _is_own_group(group: int) -> bool:
    """Whether a group is root's, or this user's own, with nobody else in it, as many systems give to each user."""
    try:
        user, found = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(group)
    except KeyError:
        return group == 0
    return group == 0 or (found.gr_name == user and set(found.gr_mem) <= {user})


def _of_another(one: Path) -> bool:
    """Whether a user other than this one and root may change a folder or a link."""
    return one.lstat().st_uid not in {0, os.geteuid()}


def _claimed(place: Path) -> None:
    """Mark a folder as ours. FolderError when there is anything in it that is not; before it is marked, nothing is."""
    found = list(place.iterdir())  # before the mark is looked for, which another worker may just have set
    marked = (place / MARK).exists()
    strangers = [one for one in found if not marked or not (one.name in {MARK, LOCK, WORK, NOTES} or _is_kept(one))]
    if strangers:
        count = f"{len(strangers):,} thing{'s' if len(strangers) > 1 else ''}"
        raise FolderError(f"Uploads are not kept in {place}: it holds {count} that Reprise did not put there. {ADVICE}")
    if not marked:
        (place / MARK).write_text(EXPLAINED, encoding="utf-8")
    (place / WORK).mkdir(mode=0o700, exist_ok=True)
    (place / LOCK).touch(mode=0o600)


def _is_kept(one: Path) -> bool:
    try:
        return NAME.fullmatch(one.name) is not None and one.is_dir() and not one.is_symlink() and not _of_another(one)
    except FileNotFoundError:  # another worker deletes it just now
        return False


def kept_name(key: str) -> str:
    """How the folder of a study is called: no listing, log or error that names the folder tells the key."""
    return KEPT + sha256(key.encode()).hexdigest()[:40]


def kept_folders(called: str = KEPT) -> list[Path]:
    """The folders of kept studies; none where the folder of uploads does not carry our mark."""
    return [one for one in folder().glob(f"{called}*") if _is_kept(one)] if is_marked() else []


def kept_folder(name: str) -> Path | None:
    """The folder of one kept study, None if there is none of this name."""
    place = folder() / name
    return place if is_marked() and _is_kept(place) else None


def is_marked() -> bool:
    """Whether there is a folder of uploads that carries our mark."""
    return (folder() / MARK).is_file()


@contextmanager
def locked(place: Path) -> Iterator[None]:
    """No other process counts or renames the kept studies of a prepared folder meanwhile."""
    with (place / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def settle(place: Path) -> None:
    """Have a folder, and the files in it, on the disk whatever becomes of the machine from now on."""
    for one in (*(file for file in place.iterdir() if file.is_file()), place):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@dataclass(frozen=True, eq=False)
class _Own:
    """The work folder of one process; it is held as long as the lock is open, which the system closes at its end."""

    place: Path


def work_folder() -> Path:
    """The folder of this process for what is being received and read; it is emptied when the process is gone, however
    it ended. FolderError as `prepared`, OSError when there is no room."""
    with MAKING:
        own = _own(prepared(), os.getpid())
        if not own.place.is_dir():  # somebody has tidied up
            _own.cache_clear()
            own = _own(prepared(), os.getpid())
        return own.place


MAKING = Lock()
"""Two first uploads at once would make a folder each, of which only one stays locked."""


@lru_cache(maxsize=1)
def _own(place: Path, process: int) -> _Own:
    mine = Path(tempfile.mkdtemp(prefix=f"{process}-", dir=place / WORK))
    lock = os.open(mine / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    own = _Own(mine)
    finalize(own, os.close, lock)
    return own


def empty_work_of_the_gone() -> None:
    """Delete the work folders whose processes are gone."""
    for one in (folder() / WORK).glob("*") if is_marked() else ():
        if _is_left(one):
            shutil.rmtree(one, ignore_errors=True)


def _is_left(one: Path) -> bool:
    try:
        with (one / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        return False
    except OSError:
        return _age(one) > UNLOCKED


def _age(one: Path) -> float:
    """Seconds since a folder was changed; of what is none, or is deleted just now, 0."""
    try:
        return time.time() - one.stat().st_mtime if one.is_dir() else 0.0
    except FileNotFoundError:
        return 0.0
