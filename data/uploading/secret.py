"""The key that all servers on one store share: it signs sessions, and seals what goes through the queue."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from data.settings import setting
from data.uploading.upload_folder import FolderError, folder

SHORTEST = 32
"""Bytes of a key."""


def key_file() -> Path:
    """SECRET_FILE, else a file beside the folder of uploads."""
    stated = setting("SECRET_FILE")
    return Path(stated).absolute() if stated else folder().with_name(f"{folder().name}.key")


def key() -> bytes:
    """The key, made when there is none. FolderError when it cannot be, or others can read it."""
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
