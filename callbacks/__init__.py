"""What happens when: gesture to state (in the browser), state to figures (here)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callbacks import (
    draw,
    exported,
    figure,
    highlight_data,
    intake,
    json_routes,
    numbers,
    opening,
    pinned,
    publish,
    resample,
    state,
    story,
)
from data.deadline import LateError
from data.shelf import UnknownStudyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash import Dash

    from data.shelf import Catalog


def register(app: Dash, catalog: Catalog, names: Sequence[str] = ()) -> None:
    """Attach every callback to an app over a catalog of studies; `names` as `components.layout.shell` takes them."""
    app.server.register_error_handler(UnknownStudyError, json_routes.gone)
    app.server.register_error_handler(LateError, json_routes.late)
    for part in (state, draw, numbers, highlight_data, resample, intake, publish, story, pinned, exported):
        part.register(app, catalog)
    figure.register(app, catalog)
    opening.register(app, catalog, names)
