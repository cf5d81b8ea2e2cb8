"""The file of users: a line for each, name, role and argon2 hash with colons between them. It is read anew whenever it
changes, so that whoever is removed or demoted is so at their next request."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from data.access import NAME, ROLES
from data.settings import setting


@dataclass(frozen=True)
class Account:
    """A user as the file has them."""

    name: str
    role: str
    hashed: str

    @property
    def line(self) -> str:
        """How it stands in the file."""
        return f"{self.name}:{self.role}:{self.hashed}\n"


class AccountsError(Exception):
    """The file of users cannot be used; the text is a sentence for who runs the server."""


def place() -> Path:
    """Where the file is: AUTH_USERS. AccountsError when that is not set."""
    if not setting("AUTH_USERS"):
        raise AccountsError("AUTH_USERS does not say which file the users stand in. Set it, as for the server.")
    return Path(setting("AUTH_USERS")).absolute()


def accounts() -> Mapping[str, Account]:
    """Name -> account, as the file is now. AccountsError when it is not there, not private or not of this form."""
    try:
        about = place().stat()
        if about.st_mode & 0o077:
            raise AccountsError(f"{place()} can be read by others than the server's user. Set its mode to 600.")
        return _read(place(), (about.st_ino, about.st_mtime_ns, about.st_size))
    except (OSError, ValueError):
        raise AccountsError(
            f"{place()} (AUTH_USERS) is no file of users that this server can read. "
            "Make one with `python -m serving.users add NAME --role reader`."
        ) from None


@lru_cache(maxsize=2)
def _read(file: Path, _state: tuple[int, ...]) -> Mapping[str, Account]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = [Account(*line.split(":")) if line.count(":") == 2 else None for line in lines]
    known = {one.name: one for one in found if one and NAME.fullmatch(one.name) and one.role in ROLES}
    if len(known) < len(lines):
        raise ValueError
    return MappingProxyType(known)


def write(known: Mapping[str, Account]) -> None:
    """Put these users into the file, which is whole at any moment, and private."""
    handle, draft = tempfile.mkstemp(dir=place().parent, prefix=".users-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(one.line for one in known.values())
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(place())
