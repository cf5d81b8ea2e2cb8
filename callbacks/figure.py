"""A figure that the page drew, as a file. Nothing of it is kept or logged."""

from __future__ import annotations

from http import HTTPStatus
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import ServiceUnavailable

from callbacks.bodies import FLAG, MOST_DRAWN, Field, body, one_of, text
from publishing.figure_files.files import KINDS, RESOLUTIONS
from publishing.figure_files.isolated import made
from publishing.figure_files.safe_svg import DrawingError

if TYPE_CHECKING:
    from dash import Dash

AT_ONCE = 1
"""Figures that a worker makes at once: one of 1,000 dpi needs a gigabyte."""
BUSY = "The server is making a figure for somebody else just now; please try again in a minute."
FIELDS = {
    "svg": text(MOST_DRAWN),
    "kind": one_of(KINDS),
    "dpi": Field(lambda value: value in RESOLUTIONS, f"one of {', '.join(map(str, RESOLUTIONS))}"),
    "grey": FLAG,
}


def register(app: Dash) -> None:
    """One route: a drawing in, a file out."""
    turns = BoundedSemaphore(AT_ONCE)

    def answer() -> Response:
        request.max_content_length = MOST_DRAWN
        found = body(FIELDS, MOST_DRAWN)
        if not turns.acquire(timeout=10):
            raise ServiceUnavailable(BUSY)
        try:
            return file(**found)
        finally:
            turns.release()

    app.server.add_url_rule(f"{app.config.routes_pathname_prefix}figure", "figure", answer, methods=["POST"])


def file(svg: str, kind: str, dpi: int, *, grey: bool) -> Response:
    """The file of a drawing, or a sentence on why there is none."""
    try:
        content = made(svg, kind, dpi, grey=grey)
    except DrawingError as error:
        return Response(str(error), HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    return Response(content, mimetype=KINDS[kind].mimetype)
