"""The audit log: who opened, uploaded, shared, deleted or took away what, and when. A line of JSON for each, in a
file to which is only added; no patient is in it, and no key that opens an upload."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from data.access import ASKS
from data.settings import setting
from data.uploading.upload_folder import FolderError, folder, kept_name

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is answered now; "" while the server itself starts."""
ABOUT: ContextVar[MappingProxyType[str, str]] = ContextVar("about", default=MappingProxyType({}))
"""What the request that is answered now is about: its `study`, by the name it has here, and `what` is asked of it."""
LONGEST, PIECE = 200, 1_000
"""Characters of a text in a line, and of `what`, of which the rest stands in further lines: a line has less than the
4,096 bytes that a system writes at once, whoever else writes."""
HOUR = 3600
"""Seconds for which a study that somebody has open is not said to be opened again, in each worker."""
NOTING = Lock()
"""Held while it is looked up whether something was noted before, and noted: a page asks for several parts at once."""
MODE = 0o600
ADVICE = "Set AUDIT_FILE to a file that this server's user alone can write, or to one that does not exist yet."
CLOSED = "This server cannot note who does what just now, and gives nothing out until it can. Please tell who runs it."


class AuditError(Exception):
    """Nothing can be noted; the text is a sentence for who runs the server."""


def audit_file() -> Path | None:
    """Where it is written: AUDIT_FILE, else, where there is a login, beside the folder of uploads; None without one."""
    if stated := setting("AUDIT_FILE"):
        return Path(stated).absolute()
    return None if setting("AUTH") == "none" else folder().with_name(f"{folder().name}.audit.jsonl")


def prepare_audit() -> None:
    """Make the file, where there is to be one. AuditError when it cannot be, or is no file of this server's user alone;
    FolderError when it would lie among the uploads."""
    place = audit_file()
    if place is None:
        return
    if folder().resolve() in place.resolve().parents:
        raise FolderError(f"AUDIT_FILE lies in the folder of uploads ({folder()}), which holds nothing else. {ADVICE}")
    with _opened(place):
        pass


def record(act: str, study: str = "", what: str = "", **more: str) -> None:
    """Note what who asks does now: `study` by its key, of which an upload's is not written. AuditError when it cannot
    be."""
    place = audit_file()
    if place is not None:
        for at in range(0, max(len(what), 1), PIECE):
            _append(place, _line({"act": act, "study": named_here(study), **more}, what[at : at + PIECE]))


def opened(study: str) -> None:
    """Note that who asks has been given something of a study, at most once an hour; and what the request is about."""
    if REQUEST_ID.get():
        about(study=study)
        record_once(HOUR, "opened", study)


def about(**found: str) -> None:
    """Remember what this request is about."""
    ABOUT.set(MappingProxyType({**ABOUT.get(), **found}))


def named_here(study: str) -> str:
    """How a study is called in the log: one of the server by its key, an upload as its folder in UPLOADS is, which does
    not open it."""
    return kept_name(study) if len(study) >= 40 else study


def record_once(seconds: int, act: str, study: str, what: str = "", **more: str) -> None:
    """Note it, unless this worker noted the same of who asks in so many `seconds` before, however many ask at once."""
    asks = ASKS.get()
    with NOTING:
        before = _last_noted(asks.name if asks else "", act, study, what)
        now = time.monotonic()
        if not before or now - before[0] >= seconds:
            record(act, study, what, **more)
            before[:] = [now]


@lru_cache(maxsize=20_000)
def _last_noted(_name: str, _act: str, _study: str, _what: str) -> list[float]:
    """When it was noted last, by a clock that is never set back: one time, or none."""
    return []


def _line(found: dict[str, str], what: str) -> bytes:
    asks = ASKS.get()
    who = {"user": asks.name, "role": asks.role} if asks else {}
    head = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "machine": socket.gethostname()}
    told = {**head, "request": REQUEST_ID.get(), **who, **found}
    texts = {name: text[:LONGEST] for name, text in told.items()} | {"what": what}
    return f"{json.dumps({name: text for name, text in texts.items() if text})}\n".encode("ascii")


def _append(place: Path, line: bytes) -> None:
    """A whole line or nothing of it."""
    with _opened(place) as file:
        before = os.fstat(file).st_size
        try:
            whole = os.write(file, line) == len(line)
        except OSError:
            whole = False
        if not whole:
            os.ftruncate(file, before)
            raise AuditError(f"{place} (AUDIT_FILE) takes no more: is its disk full?")


@contextmanager
def _opened(place: Path) -> Iterator[int]:
    """The file, while no other process writes; it is opened anew each time, so that it may be moved away meanwhile."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        file = os.open(place, flags, MODE)
    except OSError as error:
        raise AuditError(f"{place} (AUDIT_FILE) cannot be written ({error.strerror}). {ADVICE}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise AuditError(f"{place} (AUDIT_FILE) is no file of this server's user alone (mode 600). {ADVICE}")
        yield file
    except OSError as error:
        raise AuditError(f"{place} (AUDIT_FILE) cannot be written ({error.strerror}). {ADVICE}") from None
    finally:
        os.close(file)
