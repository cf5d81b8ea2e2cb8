"""The page: header, line of controls, the figure, and the panel beside it."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from analysis.outcomes import focused
from analysis.query import DECKS, Query, default
from components import ids, intake
from components.page.buttons import about
from components.page.dialogs import help_dialog, numbers_dialog, report_dialog
from components.page.drawers import drawers, signs
from components.page.figure_column import figure_column
from components.page.figure_dialog import figure_dialog
from components.page.header import header
from components.page.line import line
from components.page.panel import panel
from components.page.publish import texts_dialog
from components.page.story import making_dialog, story_line
from components.signs import meanings
from components.time_figure import PANELS, TIME, key_of
from components.views import CHARTS
from data.deadline import check
from figures.timeline import timeline
from figures.visuals.ground import grounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.study import Study
    from figures.visuals.contract import Figure


def shell(
    study: Study, studies: Mapping[str, str], asked: Sequence[str] = (), query: Query | None = None, home: str = ""
) -> html.Div:
    """The page around a study: what stays when the reader opens another one; `asked`: names of files that it asks about
    as it opens; `query` and `home` as `body` takes them."""
    stores = [
        dcc.Store(id=ids.ADDRESS),
        dcc.Store(id=ids.STUDY, data=study.key),
        dcc.Download(id=ids.DOWNLOAD),
    ]
    spoken = html.Div(id=ids.SPOKEN, className="spoken", role="status", **ids.aria(live="polite"))
    return html.Div(
        [
            *stores,
            html.Div(body(study, studies, query, home), id=ids.PAGE, disable_n_clicks=True),
            signs(),
            numbers_dialog(),
            help_dialog(),
            report_dialog(),
            texts_dialog(),
            making_dialog(),
            intake.dialog(asked),
            spoken,
        ],
        className="reprise",
    )


def body(study: Study, studies: Mapping[str, str], query: Query | None = None, home: str = "") -> list[Any]:
    """Everything that belongs to one study, drawn for a query (None: its default one): once, however many readers open
    it. `home`: the key of the study that a bare address shows, if it is another."""
    return [header(study, studies), *_body(study, tuple(studies.items()), query or default(study), home or study.key)]


@lru_cache(maxsize=4)
def _body(study: Study, menu: tuple[tuple[str, str], ...], query: Query, home: str) -> list[Any]:
    told = {"study": study.key, "studies": [key for key, _ in menu], "home": home}
    usual, study = asdict(default(study)), focused(study, query.score)
    charts = dict.fromkeys(key_of(view) for view in CHARTS.values() if view.open(query))
    figures = {key: drawn(key, study, query) for key in charts}
    decks = {view: deck for deck, views in DECKS.items() for view in views}
    divider = html.Div(
        className="divider",
        role="separator",
        tabIndex=0,
        **ids.aria(label="Width of the figure", orientation="vertical", valuenow="66", valuemin="40", valuemax="80"),
        **about("Drag, or use the arrow keys: more room for the figure or for the panel"),
    )
    return [
        line(study, query),
        shown_on_a_phone(figures[TIME]),
        story_line(study),
        html.Main([figure_column(study, query, figures), divider, panel(study, query, figures)]),
        *drawers(study, query),
        figure_dialog(study),
        dcc.Store(id=ids.QUERY, data=asdict(query)),
        dcc.Store(id=ids.TABLE_DUE),
        dcc.Store(id=ids.DEFAULTS, data=usual | told | {"decks": decks}),
    ]


ALONE = {"pasi": "Outcome", "immune": "Subsets", "swimlanes": "Treatments"}
"""What a phone calls the panels of the figure."""


def shown_on_a_phone(figure: Figure) -> html.Div:
    """Which panel of the figure, or the question, is in sight where only one has room."""
    there = (figure["layout"].get("meta") or {}).get("panels", {})
    options = {view: name for view, name in ALONE.items() if view in there} or {"figure": "Figure"}
    choice = dbc.RadioItems(id=ids.SHOWN, options=options | {"panel": "Question"}, value=next(iter(options)))
    return html.Div(choice, className="in-sight", role="radiogroup", **ids.aria(label="What is in sight"))


def drawn(key: str, study: Study, query: Query) -> Figure:
    """A chart with the meaning of its signs, that of a view or of all that stand on the weeks, while there is time."""
    check()
    fields = {view.key: view.fields for view in PANELS}
    figure = timeline(study, query, fields) if key == TIME else CHARTS[key].figure(study, query)
    found = grounded(figure)
    layout = found["layout"]
    return {**found, "layout": {**layout, "meta": signed(key, layout.get("meta") or {}, study, query)}}


def signed(key: str, meta: Mapping[str, Any], study: Study, query: Query) -> dict[str, Any]:
    """A chart's meta with what each sign means, in the figure of each panel."""
    if key != TIME:
        return {**meta, "signs": meanings(key, meta, study, query)}
    panels = {name: {**own, "signs": meanings(name, own, study, query)} for name, own in meta.get("panels", {}).items()}
    return {**meta, "panels": panels}
