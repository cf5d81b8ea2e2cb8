"""Who asks in the request that is being answered, as `serving.who` found out; nobody outside of requests."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Reader:
    """Somebody who may come in: a `name`, "" where there is no login."""

    name: str = ""


ASKS: ContextVar[Reader | None] = ContextVar("asks", default=None)


def reader() -> str:
    """The name of who asks in this request; "" without a login."""
    found = ASKS.get()
    return found.name if found else ""
