"""The numbers behind a card: as a table on the page, and as a CSV file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from werkzeug.exceptions import BadRequest

from analysis import query as queries
from analysis.outcomes import named
from components import ids
from components.grid import numbers_grid
from components.views import VIEWS
from data import uploads
from data.csv_export import csv_text
from data.uploading.audit import record
from publishing.stamp import stamp, with_about

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from data.shelf import Catalog
    from data.study import Study

MOST_CHARACTERS = 30_000_000
"""Of a CSV file that is given at once: on its way, each takes some twenty bytes here."""
MOST_ROWS = 50_000
"""Rows of a table on the page: each takes some hundred bytes here, on the way and in the browser."""


def register(app: Dash, catalog: Catalog) -> None:
    """The two buttons of every card."""

    @app.callback(
        Output(ids.DOWNLOAD, "data"),
        Input(ids.action("csv", ALL), "n_clicks"),  # type: ignore[arg-type]
        State(ids.QUERY, "data"),
        State(ids.STUDY, "data"),
        prevent_initial_call=True,
    )
    def download(clicks: list[int | None], wanted: dict[str, Any], key: str) -> Any:
        view = pressed(clicks, ctx.triggered_id)
        return csv(catalog.load(key), view, wanted) if view else no_update

    @app.callback(
        Output(ids.NUMBERS, "is_open"),
        Output(ids.NUMBERS_TITLE, "children"),
        Output(ids.NUMBERS_PLACE, "children"),
        Input(ids.action("numbers", ALL), "n_clicks"),  # type: ignore[arg-type]
        State(ids.QUERY, "data"),
        State(ids.STUDY, "data"),
        prevent_initial_call=True,
    )
    def show(clicks: list[int | None], wanted: dict[str, Any], key: str) -> Any:
        view = pressed(clicks, ctx.triggered_id)
        return shown(catalog.load(key), view, wanted) if view else (no_update,) * 3


def pressed(clicks: Any, triggered: Any) -> str:
    """The view whose button was pressed; "" when a card has just come."""
    if isinstance(clicks, list) and not any(clicks):
        return ""
    view = triggered.get("view") if isinstance(triggered, dict) else None
    if not isinstance(view, str) or view not in VIEWS:
        raise BadRequest("This request is of no button of the page. Load the page again.")
    return view


def csv(study: Study, view: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """The table behind a view as a CSV download; a missing value is an empty cell. What it is of stands in its last
    column."""
    about = stamp(study, queries.read(study, wanted)[0], date=f"{datetime.now(UTC):%Y-%m-%d}").text
    record("exported", study.key, f"csv of {view}")
    study, table = numbers_of(study, wanted, view)
    name, of = "study" if uploads.is_key(study.key) else study.key, study.focus if view == "pasi" else view
    return {
        "content": csv_text(with_about(table, about), MOST_CHARACTERS),
        "filename": f"{name}-{of}.csv",
        "type": "text/csv",
        "base64": False,
    }


def shown(study: Study, view: str, wanted: dict[str, Any]) -> tuple[bool, str, Any]:
    """The table behind a view as a dialog: open, its title, and the grid, of as many rows as a browser takes."""
    study, table = numbers_of(study, wanted, view)
    more = f", the first {MOST_ROWS:,} of them here and all in the CSV file" if len(table) > MOST_ROWS else ""
    return True, f"{VIEWS[view].titled(study)}: {len(table):,} rows{more}", numbers_grid(table.head(MOST_ROWS))


def numbers_of(study: Study, wanted: Mapping[str, Any], view: str) -> tuple[Study, pd.DataFrame]:
    """The study on the outcome that is asked for, and the table behind a view, its columns called by that."""
    study, query, _ = queries.asked(study, wanted)
    return study, named(study, VIEWS[view].numbers(study, query))
