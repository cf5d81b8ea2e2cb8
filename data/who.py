"""Who asks in the request that is being answered, as `serving.who` found out; nobody outside of requests."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass

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
