"""A line of the log for each request, and its id, which the answer brings to whoever asked."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import Response, request

from data.access import reader
from data.uploading.audit import ABOUT, REQUEST_ID
from serving.who import proves_proxy

if TYPE_CHECKING:
    from flask import Flask

HEADER = "X-Request-Id"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""What an id of a proxy may be."""
TOLD = "reprise.told"
"""Where a request's own line stands in its environment."""
NOWHERE = "none"
"""The route of a request to an address that is none, or that is refused before its address counts."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"})
REGULAR = frozenset({"health", "ready", "metrics"})
"""Routes that monitors ask every few seconds: they are told where they fail."""


@dataclass
class Told:
    """What is told of one request; never its address, its query or what was sent."""

    id: str
    method: str
    begun: float = field(default_factory=time.monotonic)
    route: str = NOWHERE
    user: str = ""
    status: int = 0
    sent: int = 0

    @property
    def fields(self) -> dict[str, Any]:
        """As they stand in the line: `ms` until the answer was made and handed on, `bytes` of its body."""
        head = {"request": self.id, "method": self.known_method, "route": self.route, "status": self.status}
        return {**head, "ms": round(1000 * self.seconds, 1), "bytes": self.sent, "user": self.user}

    @property
    def known_method(self) -> str:
        """The method, as it is one."""
        return self.method if self.method in METHODS else "other"

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.begun


Listener = Callable[[Told], None]


def attach(server: Flask, prefix: str, *listeners: Listener) -> None:
    """Give every request of `server` an id and a line, and tell the `listeners` of each that has been answered."""
    answered = server.wsgi_app

    def told(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        one = environ[TOLD] = Told(_id_of(environ), environ.get("REQUEST_METHOD", ""))
        REQUEST_ID.set(one.id)
        ABOUT.set(MappingProxyType({}))

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            one.status = int(status[:3])
            return start_response(status, [*headers, (HEADER, one.id)], *more)

        return _Answer(answered(environ, start), one, listeners)

    server.wsgi_app = told  # type: ignore[method-assign]
    server.after_request_funcs.setdefault(None, []).append(lambda answer: _noted(answer, prefix))


def route_of(prefix: str) -> str:
    """The name of what is asked for in this request, without the values of place holders, and the prefix."""
    return (request.endpoint or NOWHERE).removeprefix(prefix).lstrip("/") or "page"


def tell_log(told: Told) -> None:
    """Its line."""
    level = logging.ERROR if told.status >= 500 and told.status != 503 else logging.INFO
    if level == logging.ERROR or told.route not in REGULAR or told.status >= 400:
        logging.getLogger("reprise.requests").log(level, "request", extra={"fields": told.fields})


def new_id() -> str:
    """An id of 64 random bits."""
    return secrets.token_hex(8)


def _id_of(environ: dict[str, Any]) -> str:
    """The proxy's, where there is one that proves itself, and its id is one."""
    brought = environ.get("HTTP_X_REQUEST_ID", "")
    return brought if WELL_FORMED.fullmatch(brought) and proves_proxy(environ) else new_id()


def _noted(answer: Response, prefix: str) -> Response:
    """Remember which route it was and who asked."""
    told = request.environ.get(TOLD)
    if told is not None:
        told.route = route_of(prefix)
        told.user = reader() or told.user
    return answer


class _Answer:
    """The body on its way out: counted, and told of when it is over, however it ended."""

    def __init__(self, body: Iterable[bytes], told: Told, listeners: tuple[Listener, ...]) -> None:
        self.body, self.told, self.listeners = body, told, listeners

    def __iter__(self) -> Iterator[bytes]:
        for part in self.body:
            self.told.sent += len(part)
            yield part

    def close(self) -> None:
        """The end of what was asked."""
        try:
            if hasattr(self.body, "close"):
                self.body.close()
        finally:
            for listener in self.listeners:
                listener(self.told)
            REQUEST_ID.set("")
