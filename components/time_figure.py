"""The figure of the page: one chart, and over the plot of each of its panels a region that says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import dcc, html

from components import ids
from components.page.chart import CONFIG, graph_style
from components.view import ZOOM
from components.views import VIEWS

if TYPE_CHECKING:
    from analysis.query import Query
    from components.view import View
    from data.study import Study
    from figures.visuals.contract import Figure

TIME = "time"
"""The key of the one chart of all views on the weeks."""
PANELS = tuple(view for view in VIEWS.values() if not view.tab)


def key_of(view: View) -> str:
    """The chart that a view is drawn in."""
    return view.key if view.tab else TIME


def time_figure(study: Study, query: Query, figure: Figure) -> html.Div:
    """The chart and the regions, which the browser places (`assets/browser/charts/panels.mjs`)."""
    config: Any = {**CONFIG, "displayModeBar": False, "modeBarButtons": [list(ZOOM)]}
    chart = dcc.Graph(
        id=ids.graph(TIME),
        figure=figure,
        config=config,
        responsive=True,
        style=graph_style(figure),
    )
    return html.Div(
        [chart, *(_region(view, study, query) for view in PANELS)], className="time-figure", **ids.data(chart=TIME)
    )


def _region(view: View, study: Study, query: Query) -> html.Div:
    words = ids.data(view=view.key, plot="") | ids.aria(label=f"{view.titled(study)}. {view.about}")
    parts = [
        html.H2(view.titled(study), className="spoken"),
        html.Span(view.caption(study, query), id=ids.caption(view.key), className="caption"),
    ]
    return html.Div(parts, className="region", role="group", tabIndex=0, **words)
