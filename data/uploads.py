"""Studies that people uploaded: each in a folder of its own, under a key that cannot be guessed, for a limited time."""

from __future__ import annotations

import json
import logging
import math
import re
import secrets
import shutil
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace

from data.access import reader
from data.files import Intake
from data.formats.limits import MEGA
from data.intake.review.write_toml import toml_text
from data.row_report import FORMATS
from data.settings import SETTINGS, setting
from data.study import Study
from data.uploading.manifest import (
    NOTES,
    NUMBERS,
    REPORT,
    TEXTS,
    TOML,
    WRONG_TEXT,
    Owner,
    UnreadableStudyError,
    expiry,
    lifetime,
    manifest_for,
    verify,
    write_manifest,
)
from data.uploading.migration import migrate
from data.uploading.owner import NotYoursError, is_own, may_open, owner_of, write_owner
from data.uploading.remembered import forget_answers, megabytes
from data.uploading.study_files import read_study, write_study
from data.uploading.upload_folder import (
    KEPT,
    WORK,
    empty_work_of_the_gone,
    folder,
    kept_folder,
    kept_folders,
    kept_name,
    locked,
    prepared,
    settle,
)

KEY = re.compile(r"[A-Za-z0-9_-]{40,}")
SWEEP = 600.0
"""Seconds between two looks for what has expired, at most."""
REST = 0.1
"""And at least."""


class NoRoomError(Exception):
    """A study cannot be kept, since there are too many; the text is a sentence for the reader."""


def is_key(key: str) -> bool:
    """Whether a study's key has the form of an upload's, which nothing should name but its address."""
    return KEY.fullmatch(key) is not None


def write(taken: Intake, draft: Path) -> None:
    """Write what is kept of some files into a new folder `draft`: the study, its study.toml and report, and none of the
    files. ValueError when there is no study, OSError when there is no room."""
    if taken.study is None:
        raise ValueError("a refused import is not kept")
    draft.mkdir(mode=0o700)
    write_study(taken.study, draft)
    (draft / TOML).write_text(toml_text(taken.proposal.mapping if taken.proposal else {}), encoding="utf-8")
    (draft / REPORT).write_text(json.dumps({name: form(taken.report) for name, form in FORMATS.items()}), "utf-8")


def keep(draft: Path, owner: str = "") -> str:
    """The key under which a draft is kept from now on, for its `owner` alone, or without one for who knows the key; it
    appears whole or not at all, for any worker. NoRoomError when there are too many already."""
    home, key, now = prepared(), secrets.token_urlsafe(32), time.time()
    forget_old()
    write_manifest(draft, manifest_for(draft, Owner(owner) if owner else None, now, now + lifetime()))
    settle(draft)
    with locked(home):
        check_room(size(draft))
        draft.rename(home / kept_name(key))
    settle(home)
    return key


def check_room(added: int = 0) -> None:
    """NoRoomError when one more study, of `added` bytes, would be more than may be kept."""
    kept = kept_folders()
    found = {"MAX_KEPT": len(kept) + 1, "MAX_KEPT_MB": (sum(map(size, kept)) + added) / MEGA}
    for name in (name for name, size in found.items() if size > setting(name)):
        most = f"at most {setting(name):,.0f} {SETTINGS[name].what}, {name}"
        raise NoRoomError(f"This server keeps no more studies now ({most}). Delete one of yours, or try again later.")


def load(key: str) -> Study:
    """The study under a key; the last few are remembered. KeyError when there is none, or its time is over;
    UnreadableStudyError when it cannot be read."""
    place = _place(key)
    try:
        return _remembered(place, key)
    finally:
        if not place.exists():  # it was deleted meanwhile, and is remembered, or taken for a damaged one
            forget()
            raise KeyError


@lru_cache(maxsize=8)
def _remembered(place: Path, key: str) -> Study:
    verify(place, (TEXTS, NUMBERS))
    return read_study(place, key)


def expires(key: str) -> float | None:
    """When the upload's time is over, in seconds since 1970; None when it is kept until it is deleted. KeyError as
    `load`."""
    found = expiry(_place(key))
    return None if math.isinf(found) else found


def mapping_text(key: str) -> str:
    """The study.toml of an upload, "" when it was in our own shape. Errors as `load`."""
    return _text(_place(key), TOML).strip()


def report(key: str, form: str = "txt") -> str:
    """The report of an upload, in a form of `account.FORMATS`. KeyError as `load`."""
    place = _place(key)
    try:
        return str(json.loads(_text(place, REPORT))[form])
    except WRONG_TEXT:
        raise UnreadableStudyError from None


def notes_file(key: str) -> Path:
    """Where the notes of an upload are kept, as long as it is. KeyError as `load`."""
    return _place(key) / NOTES


def delete(key: str) -> None:
    """Forget an upload now. KeyError as `load`; NotYoursError where it is somebody else's."""
    remove(_own(key))


def discard(key: str) -> None:
    """Forget an upload that nobody was told of."""
    if place := kept_folder(kept_name(key)):
        remove(place)


def share(key: str, names: tuple[str, ...]) -> None:
    """Let these see an upload, and nobody else but its owner. Errors as `delete`."""
    place = _own(key)
    try:
        write_owner(place, Owner(reader(), names))
    except (UnreadableStudyError, FileNotFoundError):
        if place.exists():
            raise
        raise KeyError from None  # somebody deletes it just now


def owner(key: str) -> Owner | None:
    """Whose an upload is and who else may see it; None where it is nobody's. KeyError as `load`."""
    return owner_of(_place(key))


def _own(key: str) -> Path:
    place = _place(key)
    if not is_own(place):
        raise NotYoursError
    return place


def forget_old() -> None:
    """Delete the uploads whose time is over, and what processes that are gone have left; bring what an older version
    kept to this one."""
    migrate()
    for place in kept_folders():
        if time.time() > expiry(place):
            remove(place)
    empty_work_of_the_gone()


def keep_forgetting() -> None:
    """Delete, from now on and as long as this process lives, what has expired, whether or not anybody asks for it."""
    Thread(target=_forget_for_ever, args=(Event(),), daemon=True).start()


def _forget_for_ever(never: Event) -> None:
    while True:
        try:
            forget_old()
        except OSError as error:  # such as a folder that is away for a moment: the next look will find it again
            reason = error.errno  # and not its text, which names the folder
            logging.getLogger("reprise").error("What has expired could not be deleted: error %s", reason)  # noqa: TRY400
        forget()  # another worker may have deleted some of it
        if never.wait(max(REST, min(SWEEP, lifetime()))):
            return


def _place(key: str) -> Path:
    place = kept_folder(kept_name(key))
    if not is_key(key) or place is None:
        raise KeyError
    if time.time() > expiry(place):
        remove(place)
        raise KeyError
    if not may_open(place):
        raise KeyError
    return place


def remove(place: Path) -> None:
    """Delete a kept study, and what this process remembers of it."""
    gone = folder() / WORK / f"{KEPT}{secrets.token_hex(8)}"
    while place.exists():
        with suppress(FileNotFoundError):  # another worker was faster, or tidied up the empty folder meanwhile
            gone.parent.mkdir(mode=0o700, exist_ok=True)
            place.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
    forget()


LEFT = SimpleNamespace(megabytes=0.0)
"""What this process had after it forgot."""


def forget_beyond(most: float) -> None:
    """Where this process has more MB than that, forget what was computed, and then the studies too; not again before it
    has grown by a third of it, where that helps little."""
    if megabytes() > max(most, LEFT.megabytes + most / 3):
        forget_answers()
        if megabytes() > most:
            forget()
        LEFT.megabytes = megabytes()


def forget() -> None:
    """Forget everything that was computed, and all studies that were read."""
    forget_answers()
    _remembered.cache_clear()


def _text(place: Path, name: str) -> str:
    verify(place, (name,))
    try:
        return (place / name).read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise UnreadableStudyError from None  # the reason would name the folder


def size(place: Path) -> int:
    """Bytes of a study's files; none of one that another worker deletes meanwhile."""
    try:
        return sum(file.stat().st_size for file in place.iterdir())
    except FileNotFoundError:
        return 0
