"""Who is answered when: what computes never takes the last thread of a worker, and neither waits nor lasts for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from waitress.task import ThreadedTaskDispatcher

from data import uploads
from data.alone import one_request
from data.deadline import deadline, kept
from data.settings import setting
from serving.request import Refusal

if TYPE_CHECKING:
    from flask import Flask

PATIENCE = 10.0
"""Seconds that a request waits for a thread before it is refused."""
BUSY = "The server is drawing for others just now; please try again in a minute."
AHEAD = "X_AHEAD"
"""The header of a question that nobody has asked yet: the page expects it, and can do without an answer."""
QUICK = {"GET", "HEAD"}
"""Methods of requests that compute nothing: the page, its files, its health."""


class Turns:
    """The threads of a worker. All but one compute; that one answers what computes nothing, and refuses."""

    def __init__(self, threads: int) -> None:
        self.computing, self.quick = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        self.computing.set_thread_count(max(threads - 1, 1))
        self.quick.set_thread_count(1)

    @property
    def active_count(self) -> int:
        """How many threads are at work."""
        return int(self.computing.active_count + self.quick.active_count)

    @property
    def waiting(self) -> int:
        """How many requests wait for one."""
        return len(self.computing.queue) + len(self.quick.queue)

    def add_task(self, connection: Any) -> None:
        """Let the first request of a connection be answered: with nothing, if it came ahead while others compute."""
        request = connection.requests[0]
        if AHEAD in request.headers and (self.computing.active_count or self.computing.queue):
            request.error = Refusal(HTTPStatus.NO_CONTENT, request.path)  # no error: nobody waits for it
        is_quick = request.error or request.command in QUICK
        connection.queued = time.monotonic()
        (self.quick if is_quick else self.computing).add_task(connection)

    def look(self, now: float) -> None:
        """Refuse who has waited too long, and forget who has left."""
        for connection in self._given_up(now):
            request = connection.requests[0]
            request.error = Refusal(503, request.path, BUSY)
            self.quick.add_task(connection)

    def shutdown(self) -> None:
        """End the threads that have nothing to do."""
        self.computing.shutdown(timeout=0)
        self.quick.shutdown(timeout=0)

    def _given_up(self, now: float) -> list[Any]:
        """Connections that are taken out of the queue."""
        with self.computing.lock:
            queue = self.computing.queue
            given_up = [one for one in queue if not one.connected or now - one.queued > PATIENCE]
            for one in given_up:
                queue.remove(one)
        return given_up


def limit_time(server: Flask) -> None:
    """Let no request compute for longer than COMPUTE_SECONDS, nor for a reader who has left, nor beside another that
    computes a large study; and remember nothing more where a worker has become large by it."""
    answered, seconds, most = server.wsgi_app, setting("COMPUTE_SECONDS"), setting("FORGET_MB")

    def limited(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        left = environ.get("waitress.client_disconnected", lambda: False)
        with kept(deadline(seconds, left)), one_request():
            try:
                return answered(environ, start_response)
            finally:
                uploads.forget_beyond(most)

    server.wsgi_app = limited  # type: ignore[method-assign]
