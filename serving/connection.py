"""One reader's connection: what arrives is gathered before a thread is taken, what is sent is held for slow readers,
and each wait has its end."""

from __future__ import annotations

import logging
import socket
import time
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any

from waitress import wasyncore
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import ErrorTask, WSGITask

from serving.monitoring.metrics import count
from serving.monitoring.request_log import Told, new_id, tell_log
from serving.request import Refusal, Request
from serving.who import GATE

RATE = 32_000
"""Bytes a second, on average, with which a body arrives, and an answer is taken, once its first time is over."""
DRAIN_SECONDS = 30.0
"""How long the rest of a refused body is read and thrown away."""
YOUNG = 1.0
"""Seconds in which what a new connection has sent may not have been read yet."""

Wait = tuple[bool, bool, bool, float]


class _Closing:
    """Answers of a worker that stops say that the connection ends with them."""

    channel: Any
    request: Any

    def build_response_header(self) -> Any:
        if self.channel.server.worker.stopping:
            self.request.headers["CONNECTION"] = "close"
        return super().build_response_header()  # type: ignore[misc]


class Answer(_Closing, WSGITask):
    """The application's."""

    def write(self, data: bytes) -> None:
        """The application has read the body before it begins to answer: a reader who has the answer may send as much
        again at once, and finds the room."""
        if not self.wrote_header:
            self.request.close()
        super().write(data)

    def set_close_on_finish(self) -> None:
        """waitress would close after every answer without a length, those included that have no body at all (304)."""
        if self.has_body or self.version != "1.1" or self.request.headers.get("CONNECTION", "").lower() == "close":
            super().set_close_on_finish()


class RefusalAnswer(_Closing, ErrorTask):
    """The server's own, in a sentence."""

    def execute(self) -> None:
        error, method = self.request.error, getattr(self.request, "command", "")  # what is no HTTP has none
        told = Told(new_id(), method, self.request.begun)
        self.request.error = Refusal(error.code, self.request.path, getattr(error, "sentence", ""), told.id)
        self.channel.refused = True
        super().execute()
        told.status, told.sent = error.code, self.content_bytes_written
        tell_log(told)
        count(told)


class Connection(HTTPChannel):
    """A connection of a listener; `worker` knows the times and the room it has."""

    task_class, error_task_class = Answer, RefusalAnswer
    requests: Any = ()
    request: Any = None
    refused = finishing = given_up = False
    sent = 0
    queued = 0.0
    taking: tuple[float, int] | None = None

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: object, map: Any = None) -> None:  # noqa: A002 - waitress
        self.idle, self.parser_class = time.monotonic(), partial(Request, look=self._look_at)
        super().__init__(server, sock, addr, adj, map)

    @property
    def held(self) -> int:
        """Bytes in memory or on disk for this reader."""
        bodies = [*self.requests, self.request]
        return self.total_outbufs_len + sum(body.held for body in bodies if body is not None)

    def received(self, data: bytes) -> bool:
        """Whether `data` was read; after a refusal nothing is."""
        if self.requests and self.requests[-1].error:
            return False
        read = super().received(data)
        if self.request is not None and self.request.held > self.adj.inbuf_overflow and self.server.worker.full():
            self._refuse(503)
        return read

    def service(self) -> None:
        """Answer one request, in a thread; none of a reader who asks for more and more, and takes little of it."""
        if self.total_outbufs_len > self.adj.outbuf_overflow:
            self._answer_no_more()
        else:
            super().service()
        self.idle = time.monotonic()

    def write_soon(self, data: Any) -> int:
        """Send what the reader takes at once, and hold the rest; the length of both."""
        if isinstance(data, ReadOnlyFileBasedBuffer):
            return super().write_soon(data)
        with self.outbuf_lock:
            if not self.connected:
                raise ClientDisconnected
            sent = 0 if self.total_outbufs_len else self._sent_at_once(data)
        if sent < len(data):
            self._hold(data[sent:])
        return len(data)

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 - waitress
        """How much of `data` the reader took."""
        sent = super().send(data, do_close)
        self.sent += sent
        return sent

    def look(self, now: float) -> None:
        """End what has lasted too long: a request that does not arrive, an answer that is not taken, idleness."""
        times, request = self.server.worker.times, self.request
        if self.given_up:
            self.handle_close()
        elif request is not None and now - request.begun > self._most(request):
            self._refuse(408)
        elif self.total_outbufs_len:
            start, before = self.taking = self.taking or (now, self.sent)
            if now - start > max(times.body, (self.sent - before) / RATE):
                self.handle_close()
        else:
            self.taking = None
            if not self.requests and request is None and now > self.server.worker.idle_until(self.idle):
                self.will_close = True

    def waiting(self, now: float) -> Wait | None:
        """Sorts by how little is lost when it is closed for another: idle ones, heads, bodies, the oldest first, and
        after them whoever has only just come; None while an answer is made or sent."""
        if self.requests or self.total_outbufs_len:
            return None
        since = self.request.begun if self.request else self.idle
        if now - since < YOUNG:
            return True, False, False, since
        return False, self.request is not None, bool(self.request and self.request.headers_finished), since

    def handle_write(self) -> None:
        self.finishing = True
        super().handle_write()
        self.finishing = False

    def handle_close(self) -> None:
        """A reader who was refused may still be sending: a plain close would reset the connection, sentence and all."""
        if self.refused and self.finishing and self.connected:
            with suppress(OSError):
                Drain(self.socket.dup(), self.server)
        super().handle_close()

    def handle_error(self) -> None:
        log_failure()
        self.handle_close()

    def _flush_outbufs_below_high_watermark(self) -> None:
        """waitress would wait here, in a thread, until the reader has taken more."""

    def _answer_no_more(self) -> None:
        with self.requests_lock:
            self.close_when_flushed = True
            for request in self.requests:
                request.close()
            self.requests = []
        self.server.pull_trigger()

    def _most(self, request: Request) -> float:
        """Seconds that a request may take to arrive."""
        times = self.server.worker.times
        return max(times.body, request.body_bytes_received / RATE) if request.headers_finished else times.head

    def _look_at(self, request: Request) -> Refusal | None:
        """The refusal by the application's gate, if it has one and that keeps this request out."""
        gate = getattr(self.server.application, "extensions", {}).get(GATE)
        found = gate(_environ(request, self.addr[0])) if gate else None
        return Refusal(found[0], request.path, found[1]) if found else None

    def _refuse(self, code: int) -> None:
        with self.requests_lock:
            request, self.request = self.request, None
            request.error = Refusal(code, request.path)
            request.close()
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)

    def _sent_at_once(self, data: bytes) -> int:
        try:
            return self.send(data, do_close=False)
        except OSError:
            return 0

    def weight(self, now: float) -> float:
        """How much room is taken by what this reader does not take, and for how long."""
        since, _ = self.taking or (now, 0)
        return self.total_outbufs_len * (now - since)

    def _hold(self, rest: bytes) -> None:
        """Where there is no room, those answers break off that have taken most of it for longest: their length says so
        to their readers. Where that does not help soon, this one does."""
        if not self.server.worker.make_room(len(rest)):
            raise ClientDisconnected
        try:
            super().write_soon(rest)
        except OSError:
            raise ClientDisconnected from None


class Drain(wasyncore.dispatcher):
    """What is still sent after a refusal: read and thrown away until the sender has seen the sentence."""

    held = 0
    given_up = False

    def __init__(self, sock: socket.socket, server: Any) -> None:
        self.worker, self.since = server.worker, time.monotonic()
        sock.shutdown(socket.SHUT_WR)
        super().__init__(sock, server._map)  # noqa: SLF001 - waitress
        self.connected = True
        self.key = self._fileno
        self.worker.connections[self.key] = self

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        with suppress(BlockingIOError):
            self.recv(1 << 16)

    def handle_close(self) -> None:
        self.worker.connections.pop(self.key, None)
        self.close()

    handle_error = handle_close

    def look(self, now: float) -> None:
        """Ended after its time, or when the worker stops."""
        if self.worker.stopping or now - self.since > DRAIN_SECONDS:
            self.handle_close()

    def weight(self, _now: float) -> float:
        """As for a connection: nothing is held."""
        return 0.0

    def waiting(self, _now: float) -> Wait:
        """As for a connection: nothing is lost."""
        return False, False, False, self.since


def _environ(request: Request, peer: str) -> dict[str, Any]:
    """What WSGI says of the head of a request."""
    headers = {f"HTTP_{name}": value for name, value in request.headers.items()}
    return {
        "REQUEST_METHOD": request.command,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/" + request.path.lstrip("/"),
        "QUERY_STRING": "",
        "REMOTE_ADDR": peer,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        **headers,
    }


def log_failure() -> None:
    """Nothing of what failed: a message may quote what was sent."""
    logging.getLogger("reprise").error("A connection was closed after a failure of the server.")
