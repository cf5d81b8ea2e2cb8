"""What all workers know of logins: the key that signs sessions, attempts to log in, and sessions that were ended. Files
beside the uploads, of the server's user alone."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data.settings import setting
from data.uploading.upload_folder import FolderError, folder

WINDOW = 900.0
"""Seconds for which an attempt counts."""
MOST, MOST_OF_ALL = 10, 200
"""Attempts within them, on one name and on all names together."""
SHORTEST = 32
"""Bytes of a key."""

Times = dict[str, list[float]]


def key_file() -> Path:
    """SECRET_FILE, else a file beside the folder of uploads."""
    stated = setting("SECRET_FILE")
    return Path(stated).absolute() if stated else folder().with_name(f"{folder().name}.key")


def key() -> bytes:
    """The key that signs sessions, made when there is none. FolderError when it cannot be, or others can read it."""
    place = key_file()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not place.exists():
            _make(place)
        about, content = place.stat(), place.read_bytes()
    except OSError as error:
        raise FolderError(f"The key of logins cannot be kept in {place} ({error.strerror}). Set SECRET_FILE.") from None
    if about.st_mode & 0o077 or about.st_uid != os.geteuid() or len(content) < SHORTEST:
        raise FolderError(f"{place} (SECRET_FILE) is no key of this server's user alone (mode 600, {SHORTEST} bytes).")
    return content


def _make(place: Path) -> None:
    """A new key, whole or not at all: of two workers, the second finds the first one's."""
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".key-")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SHORTEST))
    with suppress(FileExistsError):
        os.link(draft, place)
    Path(draft).unlink()


def may_try(name: str) -> bool:
    """Whether this name may be tried once more now, which then counts."""
    with _changed("attempts") as times:
        since = time.time() - WINDOW
        _prune(times, since)
        mine, every = times.setdefault(_short(name), []), sum(map(len, times.values()))
        if len(mine) >= MOST or every >= MOST_OF_ALL:
            return False
        mine.append(time.time())
        return True


def forgive(name: str) -> None:
    """Forget the attempts of a name that came in."""
    with _changed("attempts") as times:
        times.pop(_short(name), None)


def end(session: str, until: float) -> None:
    """Let nobody come in by this session again, which would have lasted `until`."""
    with _changed("ended") as times:
        _prune(times, time.time())
        times[_short(session)] = [until]


def is_ended(session: str) -> bool:
    """Whether somebody has logged out of it."""
    try:
        return _short(session) in json.loads(_file("ended").read_text(encoding="ascii"))
    except FileNotFoundError:
        return False


def _prune(times: Times, since: float) -> None:
    for name in [name for name, found in times.items() if max(found, default=0.0) < since]:
        del times[name]
    for name, found in times.items():
        times[name] = [moment for moment in found if moment >= since]


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def _file(what: str) -> Path:
    return key_file().with_name(f"{key_file().name}-{what}")


@contextmanager
def _changed(what: str) -> Iterator[Times]:
    """What is known, to be changed while no other worker does."""
    place = _file(what)
    with os.fdopen(os.open(place.with_name(f"{place.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        times: Times = json.loads(place.read_text(encoding="ascii")) if place.exists() else {}
        yield times
        handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".logins-")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(times, file)
        Path(draft).replace(place)
