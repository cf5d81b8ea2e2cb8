"""What leaves by the page alone, as the page tells it: pictures and files that the browser makes, copies, prints."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Response

from callbacks.bodies import text
from callbacks.json_routes import post
from data.access import reader
from data.shelf import UnknownStudyError
from data.uploading.audit import record

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
    _noted(reader(), key, what if what in LEAVES else "file", int(time.time() // MINUTE))


@lru_cache(maxsize=10_000)
def _noted(_name: str, study: str, what: str, _minute: int) -> None:
    record("exported", study, what, by="page")
