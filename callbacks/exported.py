"""What leaves by the page alone, as the page tells it: pictures and files that the browser makes, copies, prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from callbacks.bodies import text
from callbacks.json_routes import post
from data.shelf import UnknownStudyError
from data.uploading.audit import record_once

if TYPE_CHECKING:
    from dash import Dash

    from data.shelf import Catalog

LEAVES = frozenset(
    {"copied", "csv", "html", "json", "pdf", "picture", "png", "printed", "svg", "table", "tiff", "toml", "txt", "zip"}
)
"""What the page may say that it was; anything else is a `file`."""
MINUTE = 60
"""Seconds for which the same is noted once."""


def register(app: Dash, catalog: Catalog) -> None:
    """One route, which answers nothing."""

    def exported(study: str, what: str) -> Response:
        note(catalog, study, what)
        return Response(status=204)

    post(app, "exported", exported, what=text(20))


def note(catalog: Catalog, study: str, what: str) -> None:
    """Note it, of a study that who asks may see."""
    try:
        key = catalog.load(study).key
    except UnknownStudyError:
        return
    record_once(MINUTE, "exported", key, what if what in LEAVES else "file", by="page")
