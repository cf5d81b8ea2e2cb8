"""Whether this server could serve a reader now: what it needs is there, and takes what it must write."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from data.access import AccessError, access
from data.catalog import BUNDLED, studies
from data.formats.limits import MEGA, limit
from data.problems import StudyError
from data.settings import setting
from data.uploading.audit import AuditError, prepare_audit
from data.uploading.upload_folder import WORK, FolderError, folder, prepared
from serving.login.accounts import AccountsError, accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from data.catalog import Root

KEPT = 2.0
"""Seconds for which an answer holds: who asks often costs nothing."""


def reasons() -> list[str]:
    """A sentence for each thing that is missing, in which no name, path or study is; the log says more."""
    return list(_found(int(time.monotonic() // KEPT)))


@lru_cache(maxsize=1)
def _found(_moment: int) -> tuple[str, ...]:
    return tuple(sentence for sentence, check in CHECKS.items() if not _holds(check))


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (StudyError, AccessError, AccountsError, FolderError, AuditError, OSError) as error:
        logging.getLogger("reprise").error("Not ready: %s", error)  # noqa: TRY400 - the sentence, not where it arose
        return False


def _has_studies() -> bool:
    root: Root = setting("STUDY") or BUNDLED
    places = [one for place in studies(root).values() for one in (place if isinstance(place, tuple) else (place,))]
    return all(os.access(place, os.R_OK | (os.X_OK if Path(place).is_dir() else 0)) for place in places)


def _knows_who_may_see() -> bool:
    access()
    return setting("AUTH") != "users" or bool(accounts())


def _keeps_uploads() -> bool:
    with tempfile.TemporaryFile(dir=prepared() / WORK) as file:
        return file.write(b"x") == 1


def _has_room() -> bool:
    free = min(shutil.disk_usage(place).free for place in (folder(), tempfile.gettempdir()))
    return free > limit("MAX_UPLOAD_MB") * MEGA


def _notes_acts() -> bool:
    prepare_audit()
    return True


CHECKS: Mapping[str, Callable[[], bool]] = MappingProxyType(
    {
        "A study cannot be read.": _has_studies,
        "Who may log in, or see what, cannot be read.": _knows_who_may_see,
        "Uploads cannot be written.": _keeps_uploads,
        "The disk has no room for an upload.": _has_room,
        "The audit log cannot be written.": _notes_acts,
    }
)
