"""A request as it arrives, and the sentence for one that is refused before the application sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError

from callbacks.bodies import MOST_DRAWN
from data.formats.limits import MEGA, limit

CONTROL_BYTES = 4096
"""The longest line between two chunks of a body, and the longest trailer."""
SENTENCES = {
    400: "This request is no valid HTTP, and was not read.",
    408: "This request took too long to arrive. Please send it again.",
    431: "The head of this request is too long: its address, or its headers.",
    500: "The server could not answer this request. Please tell who runs it.",
    501: "This transfer encoding is not known here: state a length, or send chunks.",
    503: "This server is receiving the files of others just now. Please send yours again in a minute.",
    507: "The server has no room for these files just now.",
}


def takes_files(path: str) -> bool:
    """Whether a request to `path` may carry files; any other is refused beyond `most_of`, before its body is stored."""
    return path.endswith(("/upload", "/story", "/picture"))


def most_of(path: str) -> int:
    """Bytes that a body sent to `path` may have."""
    if takes_files(path):
        return int(limit("MAX_UPLOAD_MB") * MEGA)
    return MOST_DRAWN if path.endswith("/figure") else int(MEGA)


@dataclass(frozen=True)
class Refusal:
    """An answer of the server itself, before or instead of the application's."""

    code: int
    path: str = "/"
    sentence: str = ""
    id: str = ""

    def to_response(self, _ident: str) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *([("X-Request-Id", self.id)] if self.id else []),
        ]
        return f"{self.code} {HTTPStatus(self.code).phrase}", headers, self._sentence().encode()

    def _sentence(self) -> str:
        if self.sentence or self.code == HTTPStatus.NO_CONTENT:
            return self.sentence
        if self.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and takes_files(self.path):
            return f"These files are larger than {limit('MAX_UPLOAD_MB'):,g} MB (MAX_UPLOAD_MB) together."
        if self.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return f"This request is larger than {most_of(self.path) / MEGA:,g} MB."
        return SENTENCES[self.code]


class Request(HTTPRequestParser):
    """A request from its first byte on; `error` when it is refused, which leaves the rest of it unread."""

    path = "/"
    adj: Any
    body_rcv: Any

    def __init__(self, adj: object, look: Callable[[Request], Refusal | None] = lambda _: None) -> None:
        super().__init__(adj)
        self.begun, self.look, self.is_looked_at = time.monotonic(), look, False

    @property
    def held(self) -> int:
        """Bytes of the body that are in memory or on disk."""
        body = self.body_rcv
        return len(body.getbuf()) if body else 0

    def received(self, data: bytes) -> int:
        """How many bytes of `data` belong to this request."""
        try:
            used = super().received(data)
        except OSError:
            used = self._refused(HTTPStatus.INSUFFICIENT_STORAGE, data)
        except ValueError:  # a length of thousands of digits
            used = self._refused(HTTPStatus.BAD_REQUEST, data)
        if self.chunked and max(len(self.body_rcv.control_line), len(self.body_rcv.trailer)) > CONTROL_BYTES:
            used = self._refused(HTTPStatus.BAD_REQUEST, data)
        if self.headers_finished and not self.completed and not self.is_looked_at:
            used = self._looked_at(used, data)
        if self.completed:  # waitress would wait for a body that is not wanted
            self.expect_continue = False
        return used

    def parse_header(self, header_plus: bytes) -> None:
        """Two ways to state a length are none: a proxy might have read the other one."""
        super().parse_header(header_plus)
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("two lengths")
        self.adj = copy(self.adj)
        self.adj.max_request_body_size = most_of(self.path) + 1  # waitress refuses what is as large as this

    def close(self) -> None:
        """The body is forgotten, and held no longer, also where a full disk lets nothing be closed in order."""
        with suppress(OSError):
            super().close()
        self.body_rcv = None

    def _looked_at(self, used: int, data: bytes) -> int:
        """A large body is read of nobody who would be refused once it is there."""
        self.is_looked_at = True
        is_large = self.chunked or self.content_length > self.adj.inbuf_overflow
        if not is_large or not (refusal := self.look(self)):
            return used
        self.error, self.completed = refusal, True
        return len(data)

    def _refused(self, code: int, data: bytes) -> int:
        self.error, self.completed = Refusal(code, self.path), True
        return len(data)
