"""A figure that the page drew, as a file; a TIFF as a picture that browsers read. Nothing of either is kept."""

from __future__ import annotations

from http import HTTPStatus
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, ServiceUnavailable, UnsupportedMediaType

from callbacks.bodies import FLAG, MOST_DRAWN, QUERY, Field, body, nested, one_of, text
from callbacks.json_routes import post
from callbacks.publish import stamped
from data.formats.limits import MEGA
from publishing.figure_files.check import Asked, Measured, check, headed, written
from publishing.figure_files.files import KINDS, RESOLUTIONS
from publishing.figure_files.isolated import decoded, made
from publishing.figure_files.profiles import profile_of
from publishing.figure_files.safe_svg import DrawingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash import Dash

    from data.shelf import Catalog
    from data.study import Study

MOST_PICTURE_MB = 40
AT_ONCE = 1
"""Figures that a worker makes at once: one of 1,000 dpi needs a gigabyte."""
BUSY = "The server is making a figure for somebody else just now; please try again in a minute."
FIELDS = {
    "svg": text(MOST_DRAWN),
    "kind": one_of(KINDS),
    "dpi": Field(lambda value: value in RESOLUTIONS, f"one of {', '.join(map(str, RESOLUTIONS))}"),
    "grey": FLAG,
}


def register(app: Dash, catalog: Catalog) -> None:
    """Three routes: a drawing in, a file out; a TIFF in, a PNG out; what was measured in, its check out."""
    turns = BoundedSemaphore(AT_ONCE)

    def add(name: str, answer: Callable[[], Response]) -> None:
        path = f"{app.config.routes_pathname_prefix}{name}"
        app.server.add_url_rule(path, name, lambda: _in_turn(turns, answer), methods=["POST"])

    add("figure", drawn)
    add("picture", photograph)

    def checked(study: str, page: str, **asked: Any) -> dict[str, Any]:
        return checked_figure(catalog.load(study), page, **asked)

    known = {"query": QUERY, "date": text(10), "page": text(), "profile": text(20)}
    post(app, "check", checked, **known, measured=nested(dict, 3), asked=nested(dict, 1))


def _in_turn(turns: BoundedSemaphore, answer: Callable[[], Response]) -> Response:
    if not turns.acquire(timeout=10):
        raise ServiceUnavailable(BUSY)
    try:
        return answer()
    except DrawingError as error:
        return Response(str(error), HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    finally:
        turns.release()


def drawn() -> Response:
    """The file of a posted drawing, or a sentence on why there is none."""
    request.max_content_length = MOST_DRAWN
    found = body(FIELDS, MOST_DRAWN)
    kind = found["kind"]
    return Response(made(found["svg"], kind, found["dpi"], grey=found["grey"]), mimetype=KINDS[kind].mimetype)


def photograph() -> Response:
    """The PNG of a posted TIFF, or a sentence on why there is none."""
    if request.mimetype != "image/tiff":
        raise UnsupportedMediaType("This picture must be a TIFF, with Content-Type: image/tiff.")
    request.max_content_length = MOST_PICTURE_MB * MEGA
    return Response(decoded(request.get_data()), mimetype="image/png")


def checked_figure(
    study: Study,
    page: str,
    query: dict[str, Any],
    date: str,
    profile: str,
    measured: dict[str, Any],
    asked: dict[str, Any],
) -> dict[str, Any]:
    """The `lines` of the check of a figure as it was measured and chosen, and the `text` that is saved beside it, with
    the address of its `page` ("": not told). BadRequest where something is measured that is none."""
    of = profile_of(profile)
    try:
        found, chosen = Measured(**measured), Asked(**asked)
        lines, head = check(found, chosen, of), headed(study.title, found, chosen, of)
    except (TypeError, ValueError, AttributeError):
        raise BadRequest("In this request, measured and asked must be what a figure's check needs.") from None
    told = [head, *([f"The page: {page}"] if page else []), stamped(study, query, date)["text"]]
    return {"lines": lines, "text": written(lines, "\n".join(told))}
