"""Who asks in the request that is being answered, as `serving.who` found out; and who may see which study and is what:
`access.toml`, read anew whenever it changes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from data.settings import setting

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+\\-]{0,99}")
"""How somebody may be called; not two names, which a header that was sent twice would be."""
ROLES = ("reader", "contributor", "admin")
"""What somebody may do, each what the one before may, too."""


@dataclass(frozen=True)
class Reader:
    """Somebody who may come in: a `name`, "" where there is no login, and one of `ROLES`."""

    name: str = ""
    role: str = ROLES[-1]


ASKS: ContextVar[Reader | None] = ContextVar("asks", default=None)


def reader() -> str:
    """The name of who asks in this request; "" without a login."""
    found = ASKS.get()
    return found.name if found else ""


ANYONE = "*"
"""In the place of a name: whoever is logged in."""
WITHOUT = "contributor"
"""The role of whom a proxy names, where there is no such file."""


class AccessError(Exception):
    """The file cannot be used; the text is a sentence for who runs the server."""


@dataclass(frozen=True)
class Access:
    """`studies`: key -> names; `roles`: name -> role. A study that is not here is nobody's, a name a reader's."""

    studies: Mapping[str, frozenset[str]]
    roles: Mapping[str, str]


def may_see(key: str) -> bool:
    """Whether who asks may see a study of this server. Without ACCESS, whoever is logged in; without a login, and while
    the server itself starts, everybody."""
    asks = ASKS.get()
    if setting("AUTH") == "none" or asks == Reader():
        return True
    found = access()
    return asks is not None and (found is None or bool({asks.name, ANYONE} & found.studies.get(key, frozenset())))


def role_of(name: str) -> str:
    """What somebody is whom a proxy names."""
    found = access()
    return found.roles.get(name, ROLES[0]) if found else WITHOUT


def access() -> Access | None:
    """The file as it is now; None when ACCESS is not set. AccessError when it cannot be read or means nothing."""
    if not setting("ACCESS"):
        return None
    place = Path(setting("ACCESS")).absolute()
    try:
        about = place.stat()
        return _read(place, (about.st_ino, about.st_mtime_ns, about.st_size))
    except (OSError, ValueError, AttributeError, TypeError):
        raise AccessError(
            f"{place} (ACCESS) is not of the form that docs/serving.md shows: [studies] with a list of names for each "
            f"study, [roles] with {', '.join(ROLES)} for each name. Correct it."
        ) from None


@lru_cache(maxsize=2)
def _read(file: Path, _state: tuple[int, ...]) -> Access:
    stated = tomllib.loads(file.read_text(encoding="utf-8"))
    studies, roles = dict(stated.pop("studies", {})), dict(stated.pop("roles", {}))
    names = [*roles, *(name for listed in studies.values() for name in _list(listed) if name != ANYONE)]
    if stated or not set(roles.values()) <= set(ROLES) or not all(map(NAME.fullmatch, names)):
        raise ValueError
    return Access({key: frozenset(listed) for key, listed in studies.items()}, roles)


def _list(listed: object) -> list[str]:
    if not isinstance(listed, list):
        raise TypeError
    return listed
