"""Requests that the page makes itself, outside dash's callbacks."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response
from plotly.io.json import to_json_plotly

from callbacks.bodies import STUDY, Field, body

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash import Dash

    from data.deadline import LateError
    from data.shelf import UnknownStudyError


def post(app: Dash, name: str, answer: Callable[..., dict[str, Any] | Response], **fields: Field) -> None:
    """Answer POST requests to `name` with what `answer` makes of the body: its `study` and these `fields`. What is no
    answer yet becomes JSON (NaN becomes null). POST, so that patient ids stay out of proxy logs."""

    def respond() -> Response:
        found = answer(**body({"study": STUDY} | fields))
        return found if isinstance(found, Response) else as_json(found)

    app.server.add_url_rule(app.config.routes_pathname_prefix + name, name, respond, methods=["POST"])


def gone(error: UnknownStudyError) -> Response:
    """The sentence of a study that is not there, or no longer."""
    return Response(str(error), HTTPStatus.NOT_FOUND, mimetype="text/plain")


def late(error: LateError) -> Response:
    """The sentence of work that was given up."""
    return Response(str(error), HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")


def as_json(found: dict[str, Any]) -> Response:
    """An answer as JSON."""
    return Response(to_json_plotly(found), mimetype="application/json")
