"""State to figures: one request redraws the views that depend on what changed, and only those."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, Patch, State, ctx, no_update

from analysis import query as queries
from components import ids, layout, tables
from components.grid import response_rows
from components.views import CHARTS, MOUNTED, VIEWS, View
from figures import style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

    from data.shelf import Catalog
    from data.study import Study

AXES = ("yaxis", *(f"yaxis{number}" for number in range(2, queries.MAX_SUBSETS + 1)))


def register(app: Dash, catalog: Catalog) -> None:
    """One writer for every chart, caption and row."""

    @app.callback(
        Output(ids.graph(ALL), "figure"),  # type: ignore[arg-type]
        Output(ids.graph(ALL), "style"),  # type: ignore[arg-type]
        Output(ids.body(ALL), "children"),  # type: ignore[arg-type]
        Output(ids.caption(ALL), "children"),  # type: ignore[arg-type]
        Output(ids.note(ALL), "children"),  # type: ignore[arg-type]
        Output(ids.TABLE, "rowData"),
        Output(ids.NOTICE, "children"),
        Output(ids.LEGEND, "children"),
        Output(ids.DRAWN, "data"),
        Input(ids.QUERY, "data"),
        State(ids.DRAWN, "data"),
        State(ids.STUDY, "data"),
        prevent_initial_call=True,
    )
    def draw(wanted: dict[str, Any], drawn: dict[str, Any], key: str) -> Any:
        return redraw(catalog.load(key), wanted, drawn, [graph["id"]["view"] for graph in ctx.outputs_list[0]])


def redraw(
    study: Study, wanted: Mapping[str, Any], drawn: Mapping[str, Any], present: Sequence[str]
) -> tuple[Any, ...]:
    """Every output of the callback: figures and styles of the charts `present` on the page; bodies of the decks'
    charts, captions and notes in the order of `VIEWS`; the rows of the response table, the notice, the legend, and what
    is drawn now: the query used, the one asked for, and which views changed. What does not depend on the change is left
    as it is."""
    query, complaints = queries.read(study, wanted)
    fields = queries.changed(queries.read(study, drawn)[0], query)
    due = {view.key for view in VIEWS.values() if view.open(query) and (view.fields | {view.deck}) & fields}
    figures = {key: view.draw(study, query) for key, view in CHARTS.items() if key in due and view.draw}
    empty = {key for key, figure in figures.items() if style.is_empty(figure)}
    was_empty = set(drawn.get("empty", ()))
    kept = [figures.get(key) for key in present]
    patches = [patch(CHARTS[key], figure, fields, key in was_empty) for key, figure in zip(present, kept, strict=True)]
    styles = [no_update if figure is None else layout.graph_style(figure) for figure in kept]
    bodies = [_body(view, query, figures.get(key), key in present) for key, view in MOUNTED.items()]
    captions = [view.caption(study, query) if view.key in due else no_update for view in VIEWS.values()]
    notes = [layout.said(view, study, query) if view.key in due else no_update for view in VIEWS.values() if view.note]
    rows = response_rows(study, query) if "response" in due else no_update
    notice = " ".join([*complaints, tables.off_notice(study, query)]).strip()
    legend = layout.legend(study, query) if "theme" in fields else no_update
    now = asdict(query) | {"asked": dict(wanted), "study": study.key}
    now |= {"views": sorted(figures), "empty": sorted(empty | (was_empty - figures.keys()))}
    return patches, styles, bodies, captions, notes, rows, notice, legend, now


def _body(view: View, query: queries.Query, figure: go.Figure | None, present: bool) -> Any:  # noqa: FBT001
    """What a deck's card holds: its chart as it is opened, nothing once it is closed."""
    if not view.open(query):
        return [] if present else no_update
    return no_update if present or figure is None else layout.chart(view, figure)


def patch(view: View, figure: go.Figure | None, fields: set[str], was_empty: bool) -> Any:  # noqa: FBT001
    """The parts of a figure that change. The range of an axis stays the reader's zoom unless a changed field gives it
    another meaning (dash 4.4.1 loses the zoom when a whole figure comes back), or there was nothing to zoom."""
    if figure is None:
        return no_update
    change, parts = Patch(), style.parts(figure)
    change["data"] = parts["data"]
    if was_empty or style.is_empty(figure):
        change["layout"] = parts["layout"]
        return change
    for name in AXES[1:]:
        if name not in parts["layout"]:
            del change["layout"][name]
    for name, value in parts["layout"].items():
        if name == "xaxis" and not view.rescaled & fields:
            _unzoomed(change, value)
        else:
            change["layout"][name] = value
    return change


def _unzoomed(change: Patch, axis: dict[str, Any]) -> None:
    for part, setting in axis.items():
        if part not in {"range", "tickvals", "ticktext"}:
            change["layout"]["xaxis"][part] = setting
