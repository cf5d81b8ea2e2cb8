"""Requests that the page makes itself, outside dash's callbacks."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from dash.development.base_component import Component
from flask import Response

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
    return Response(encoded(found), mimetype="application/json")


def encoded(found: Any) -> bytes:
    """What is sent as JSON; NaN becomes null. Not by plotly's own function: what is no page needs no `<` escaped, which
    takes it as long as the rest."""
    return orjson.dumps(found, _encodable, orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)


def _encodable(one: Any) -> Any:
    """Columns of pandas, arrays that orjson does not take (of objects, or not in one piece), and components: to numpy,
    these would be lists of the ids in them."""
    if isinstance(one, Component):
        return one.to_plotly_json()  # type: ignore[no-untyped-call]
    values = np.asarray(one)
    if not values.ndim:
        raise TypeError(f"a {type(one).__name__} cannot be sent as JSON")
    return np.ascontiguousarray(values) if values.dtype.kind in "fiub" else values.tolist()
