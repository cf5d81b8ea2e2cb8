"""How gunicorn's workers serve: waitress's loop on gunicorn's sockets (`worker_class` in gunicorn.conf.py).

A thread is taken when a request has arrived with its whole body, and is free again when its answer is made: waitress
reads and sends for any number of slow or idle connections in one loop. gunicorn's own threads wait for each of them."""

from __future__ import annotations

import logging
import os
import resource
import socket
import time
from dataclasses import dataclass
from typing import Any

from gunicorn.workers.base import Worker as GunicornWorker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import BaseWSGIServer

from data.formats.limits import MEGA, limit
from data.settings import setting
from data.uploading.sandbox_process import where
from serving.connection import Connection, log_failure
from serving.monitoring.metrics import measure
from serving.monitoring.routes import monitored
from serving.turns import Turns

LINGER = 2.0
"""Seconds that a stopping worker keeps idle connections open, for a request that is on its way."""
TURN = 0.25
"""Seconds after which times are looked at, whatever happens."""
BATCH = 4
"""Connections that are accepted at once."""
COURTESY = 0.02
"""The most seconds that a busy worker leaves a new connection to the others."""
IN_MEMORY = 1 << 16
"""Bytes of a body or of an answer beyond which it lies in a file without a name in the temporary folder."""
HEAD_BYTES = 1 << 15
MOST_FILES = 4096
FILES_OF_APP = 200
FILES_OF_CONNECTION = 3
"""Open files: asked for, left to the application, and at most for one connection (itself, a body, an answer)."""


@dataclass(frozen=True)
class Times:
    """Seconds: until a head has arrived, until a body has (longer only while it keeps up `RATE`), and of idleness."""

    head: float
    body: float
    idle: float


class Worker(GunicornWorker):
    """One process: its listeners, its threads, and all its connections."""

    stop_at: float | None = None
    look_at = 0.0
    for_monitors: socket.socket | None = None
    """The socket of METRICS_PORT, which all workers share."""

    def run(self) -> None:
        """Serve until told to stop; then let every request finish that has begun, within gunicorn's grace."""
        self._prepare()
        while self.alive and self.ppid == os.getppid():
            self._turn()
        self.stop_at = time.monotonic()
        for listener in self.listeners:
            listener.accepting = False
        while self.connections and time.monotonic() < self.stop_at + self.cfg.graceful_timeout:
            self._turn()

    @property
    def stopping(self) -> bool:
        """Whether no further request is to be sent here."""
        return self.stop_at is not None

    def idle_until(self, since: float) -> float:
        """When a connection is closed that has been idle since then."""
        return since + self.times.idle if self.stop_at is None else max(since, self.stop_at) + LINGER

    def full(self, added: int = 0) -> bool:
        """Whether bodies and answers together, with so many bytes more, take more than all the room that they may."""
        return sum(connection.held for connection in list(self.connections.values())) + added > self.room

    def make_room(self, added: int) -> bool:
        """Whether there is room for so many bytes more, after the answers that have taken most for longest were given
        up, if need be. The loop ends these at its next look."""
        until = time.monotonic() + 4 * TURN
        while self.full(added):
            now = time.monotonic()
            if now > until:
                return False
            kept = [one for one in list(self.connections.values()) if not one.given_up]
            heaviest = max(kept, key=lambda one: one.weight(now), default=None)
            if heaviest and heaviest.weight(now) and sum(one.held for one in kept) + added > self.room:
                heaviest.given_up = True
            time.sleep(TURN / 16)
        return True

    def crowded(self) -> bool:
        """Whether a connection must be closed before another is accepted."""
        return len(self.connections) >= self.most

    def longest_waiting(self) -> Any:
        """The connection whose end loses least; None while all are being answered."""
        now = time.monotonic()
        waits = {key: wait for key, one in self.connections.items() if (wait := one.waiting(now)) is not None}
        return self.connections[min(waits, key=waits.__getitem__)] if waits else None

    def courtesy(self) -> float:
        """Seconds to leave a new connection to other workers: the more, the busier this one is. Connections last, so
        that one worker would otherwise keep those that it was the first to see."""
        busy = len(self.connections) // 4 + 4 * self.threads.active_count
        return min(busy / 1000, COURTESY) if self.cfg.workers > 1 else 0.0

    def _prepare(self) -> None:
        _quiet()
        self.times = Times(setting("HEAD_SECONDS"), setting("BODY_SECONDS"), self.cfg.keepalive)
        self.room = max(limit("MAX_HELD_MB"), limit("MAX_UPLOAD_MB")) * MEGA
        self.most = min(self.cfg.worker_connections, _files() // FILES_OF_CONNECTION)
        self.connections: dict[int, Any] = {}
        self.threads = Turns(self.cfg.threads)
        self.map: dict[int, Any] = {}
        self.listeners = [Listener(self, one.sock, self.wsgi) for one in self.sockets]
        if self.for_monitors:
            self.listeners.append(Listener(self, self.for_monitors, monitored))
        Wakening(self.PIPE[0], self.map)

    def _turn(self) -> None:
        self.notify()
        now = time.monotonic()
        held = [listener for listener in self.listeners if listener.held_until]
        wasyncore.poll2(min([TURN, *(max(0.0, listener.held_until - now) for listener in held)]), self.map)
        for listener in held:  # either it has accepted now, or others had before
            if listener.held_until <= now:
                listener.held_until = 0.0
        if now > self.look_at:
            self.look_at = now + TURN
            self.threads.look(now)
            measure(len(self.connections), self.threads.waiting)
            for connection in list(self.connections.values()):
                connection.look(now)


class Listener(BaseWSGIServer):
    """One of gunicorn's sockets, or that of monitors, and the application that answers there."""

    channel_class = Connection
    held_until = 0.0

    def __init__(self, worker: Worker, sock: socket.socket, application: Any) -> None:
        self.worker = worker
        info = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(
            application, worker.map, _start=False, _sock=sock, dispatcher=worker.threads, adj=_adjustments(),
            sockinfo=info, bind_socket=False,
        )  # fmt: skip
        self.active_channels = worker.connections
        self.server_name = self.effective_host
        self.accepting = True

    def readable(self) -> bool:
        """Whether a new connection would be accepted just now."""
        return (
            self.accepting
            and self.held_until <= time.monotonic()
            and (not self.worker.crowded() or self.worker.longest_waiting() is not None)
        )

    def handle_accept(self) -> None:
        """Accept some, after a moment in which a worker with less to do may; one that waits makes room for another."""
        if not self.held_until and (wait := self.worker.courtesy()):
            self.held_until = time.monotonic() + wait
            return
        if self.worker.crowded():
            # Accepted at the next turn: what is left of this one may still name the socket that is closed by number.
            self.worker.longest_waiting().handle_close()
            return
        for _ in range(min(BATCH, self.worker.most - len(self.worker.connections))):
            super().handle_accept()

    def getsockname(self) -> tuple[str, int]:
        """The address; a socket in the file system is reached from this machine alone."""
        name = self.socket.getsockname()
        return name[:2] if isinstance(name, tuple) else ("localhost", 0)

    def fix_addr(self, addr: Any) -> Any:
        """The reader's address."""
        return addr or ("127.0.0.1", 0)

    def set_socket_options(self, conn: socket.socket) -> None:
        if self.family != socket.AF_UNIX:
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle_error(self) -> None:
        log_failure()


class Wakening(wasyncore.file_dispatcher):
    """gunicorn's pipe, into which every signal writes: it ends the wait for connections."""

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        self.recv(64)


def _adjustments() -> Adjustments:
    """What waitress is told. It would drop X-Forwarded-* of its own accord, and the gate (`serving.who`) must see them;
    nothing else reads them."""
    return Adjustments(
        ident="",
        clear_untrusted_proxy_headers=False,
        log_socket_errors=False,
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=IN_MEMORY,
        max_request_header_size=HEAD_BYTES,
        recv_bytes=1 << 15,
        # One more request is read while one is answered: that is how waitress sees that a reader has left.
        channel_request_lookahead=1,
    )


def _files() -> int:
    """How many files connections may open, after the limit was raised as far as it may be."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now != resource.RLIM_INFINITY and now < MOST_FILES:
        now = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))
    return MOST_FILES if now == resource.RLIM_INFINITY else now - FILES_OF_APP


def _quiet() -> None:
    """waitress logs a full queue, which is no news, and failures with their texts, which may quote a cell."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.getLogger("waitress").addFilter(_without_text)


def _without_text(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = "A request failed: %s", (where(error) if error else "unknown",)
    record.exc_info = record.exc_text = None
    return record.levelno >= logging.ERROR
