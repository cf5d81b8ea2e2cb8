"""Gesture to state: all of it in the browser (`assets/browser/state/`), except opening another study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update, set_props

from analysis import query as queries
from components import ids, layout
from components.grid import response_grid
from components.still import stilled
from data.deadline import LateError
from data.problems import StudyError
from data.shelf import UnknownStudyError

if TYPE_CHECKING:
    from data.shelf import Catalog

CONTROLS = ids.control(ALL)  # type: ignore[arg-type]


def register(app: Dash, catalog: Catalog) -> None:
    """The address and the controls write the query; the menu opens a study; the table, which takes a
    third of a page's load, comes when the charts are drawn."""
    _in_the_browser(app)

    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.REPORT_TEXT, "children"),
        Input(ids.STUDY, "data"),
        State(ids.DEFAULTS, "data"),
        prevent_initial_call=True,
    )
    def open_study(key: str, shown: dict[str, Any]) -> Any:
        # after a refusal the browser names the study that is still on the page: neither it nor the reason goes
        return (no_update, no_update) if key == shown.get("study") else opened(catalog, key)

    @app.callback(
        Output(ids.TABLE_PLACE, "children"),
        Input(ids.TABLE_DUE, "data"),
        State(ids.QUERY, "data"),
        State(ids.STUDY, "data"),
        prevent_initial_call=True,
    )
    def mount_table(_: float, wanted: dict[str, Any], key: str) -> Any:
        study, query, _complaints = queries.asked(catalog.load(key), wanted)
        return response_grid(study, query)


def _in_the_browser(app: Dash) -> None:
    """What the browser does itself: writing the query, drawing it, asking for another study, saying a refusal."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("reprise", "navigate"),
        Output(ids.QUERY, "data"),
        Input(CONTROLS, "value"),
        Input(ids.ADDRESS, "data"),
        State(CONTROLS, "id"),
        State(ids.DEFAULTS, "data"),
        State(ids.QUERY, "data"),
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("reprise", "draw"), Input(ids.QUERY, "data"), prevent_initial_call=True
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("reprise", "openStudy"),
        Output(ids.STUDY, "data"),
        Input(ids.STUDY_MENU, "value"),
        State(ids.STUDY, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("reprise", "refused"), Input(ids.REPORT_TEXT, "children"), prevent_initial_call=True
    )


def unanswered(error: Exception) -> None:
    """What a callback says when its study is gone, or when it takes too long: the report, and the page stays. Other
    errors stay errors, which the server answers with a sentence."""
    if not isinstance(error, UnknownStudyError | LateError):
        raise error
    set_props(ids.REPORT_TEXT, {"children": str(error)})


def opened(catalog: Catalog, key: str) -> tuple[Any, Any]:
    """The page of a study and no report; or, when it cannot be opened, the page as it is and why."""
    try:
        return stilled(layout.body(catalog.load(key), catalog.titles)), ""
    except (StudyError, UnknownStudyError) as error:
        return no_update, str(error)
