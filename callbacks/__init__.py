"""What happens when: gesture to state (in the browser), state to figures (here)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callbacks import draw, intake, marks, numbers, resample, state

if TYPE_CHECKING:
    from dash import Dash

    from data.shelf import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Attach every callback to an app over a catalog of studies."""
    for part in (state, draw, numbers, marks, resample, intake):
        part.register(app, catalog)
