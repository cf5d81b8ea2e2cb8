"""What all workers know of logins: attempts to log in, and sessions that were ended. Files beside the key that signs
sessions, of the server's user alone."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.uploading.secret import key_file

WINDOW = 900.0
"""Seconds for which an attempt counts."""
MOST, MOST_OF_ALL = 10, 200
"""Attempts within them, on one name and on all names together."""

Times = dict[str, list[float]]


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
