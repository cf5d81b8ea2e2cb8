"""Whatever goes wrong is a sentence: no HTML, no traceback, nothing of what was sent."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Response
from werkzeug.exceptions import HTTPException

from callbacks.failures import log_places

if TYPE_CHECKING:
    from flask import Flask

LONGEST = 200
"""Characters of a sentence."""
SENTENCES = MappingProxyType(
    {
        HTTPStatus.NOT_FOUND: "Nothing is at this address. Reprise is at {prefix} of this server.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This address does not answer requests of this kind.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This request has more than 1 MB, which only opened files may have.",
    }
)
LATE = "This request did not arrive in time. Please send it again."
FAILED = "Reprise could not answer this request. Please tell who runs this server."


def attach(server: Flask, prefix: str) -> None:
    """Answer every error of `server` with a sentence."""

    def known(error: HTTPException) -> HTTPException | Response:
        """A redirect, or the sentence of an error that says itself what was wrong."""
        if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return error
        own = error.description if error.description != type(error).description else None
        usual = SENTENCES.get(HTTPStatus(error.code), error.description or FAILED).format(prefix=prefix)
        return refused(error.code, own or usual)

    server.register_error_handler(HTTPException, known)
    server.register_error_handler(TimeoutError, lambda _: refused(HTTPStatus.REQUEST_TIMEOUT, LATE))
    server.register_error_handler(Exception, unforeseen)


def unforeseen(error: Exception) -> Response:
    """A mistake of ours, of which the log says where."""
    log_places(error)
    return refused(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED)


def refused(status: int, sentence: str) -> Response:
    """A sentence for the reader, of a length that fits on the page."""
    return Response(sentence[:LONGEST], status, mimetype="text/plain")
