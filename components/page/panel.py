"""The panel: one question beside the figure. Tabs, the view that is open, and its controls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import html

from analysis.outcomes import outcome_name
from components import ids
from components.controls import labelled
from components.page.buttons import button, menu
from components.page.chart import chart, config
from components.page.header import taken
from components.views import TABS, VIEWS, of_tab
from figures.visuals.empty_state import absence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.query import Query
    from components.view import View
    from data.study import Study
    from figures.visuals.contract import Figure

PANEL = tuple(view for view in VIEWS.values() if view.tab)


def panel(study: Study, query: Query, figures: Mapping[str, Figure]) -> html.Aside:
    """Tabs, the views, of which one is in sight, and the controls of that."""
    tabs = html.Div([_tab(tab, query) for tab in TABS], className="tabs", role="tablist", **ids.aria(label="Questions"))
    parts = [tabs, _head(study, query), *(card(view, study, query, figures) for view in PANEL), _foot(study, query)]
    return html.Aside(parts, className="panel", **ids.aria(label="Panel"))


def _tab(tab: str, query: Query) -> html.Button:
    views = [view.key for view in of_tab(tab)]
    here = query.panel in views
    words = ids.data(tab=tab, views=json.dumps({view.key: view.title for view in of_tab(tab)}))
    return html.Button(
        TABS[tab], role="tab", className="tab", type="button", **ids.aria(selected=str(here).lower()), **words
    )


def _head(study: Study, query: Query) -> html.Div:
    """Which view of the tab is open, and what can be done with it."""
    tools = [
        button("How this is computed", "What is computed, of whom, and how (M)", look="link", action="method"),
        *(_menu(view, study, query) for view in PANEL),
    ]
    return html.Div([labelled("panel", study, query), html.Div(tools, className="card-tools")], className="panel-head")


def _menu(view: View, study: Study, query: Query) -> html.Details:
    """What can be taken from a view."""
    pictures = [
        html.Button(text, className="menu-item", type="button", **ids.data(save=kind, of=view.key))
        for kind, text in (("svg", "Figure as SVG"), ("png", "Figure as PNG, 2×"))
        if view.draw
    ]
    full = html.Button("Full screen", className="menu-item", type="button", **ids.data(action="full", of=view.key))
    wide = html.Button("Wide (W)", className="menu-item", type="button", **ids.data(action="wide"))
    look = f"menu-of{'' if view.open(query) else ' hidden'}"
    return menu(
        "",
        [*taken(view.key), *pictures, full, wide, *_ranges(view, study)],
        look=look,
        spoken=f"Take from {view.title}",
        menu=view.key,
    )


def _ranges(view: View, study: Study) -> list[html.Div]:
    """Visits chosen by numbers, where a lasso chooses them by hand."""
    if "lasso2d" not in view.buttons:
        return []
    rows = [("x", "Subset"), ("y", outcome_name(study))]
    act = button("Select", "Select the visits between these numbers; Shift adds. Empty: no limit", action="ranges")
    return [html.Div([html.P("Select where"), *(_range(axis, name) for axis, name in rows), act], className="ranges")]


def _range(axis: str, name: str) -> html.Div:
    ends = [dbc.Input(type="number", step="any", size="sm", placeholder=end, debounce=True) for end in ("from", "to")]
    parts = [html.Label([html.Span(f"{name} {end.placeholder}", className="spoken"), end]) for end in ends]
    return html.Div([html.Span(name), *parts], **ids.data(range=axis))


def _foot(study: Study, query: Query) -> html.Div:
    """The controls of the panel's views, of which those of the open one are in sight."""
    fields = dict.fromkeys(field for view in PANEL for field in view.controls)
    return html.Div(placed(fields, study, query, "controls"), className="panel-controls")


def placed(fields: Mapping[str, Any], study: Study, query: Query, part: str) -> list[html.Div]:
    """Controls that stand once for several views, each hidden where the open view has no use for it."""
    found = []
    for field in fields:
        views = [view.key for view in PANEL if field in getattr(view, part)]
        look, control = "" if query.panel in views else "hidden", labelled(field, study, query)
        found += [html.Div(control, className=look, **ids.data(views=" ".join(views)))] if control else []
    return found


def card(view: View, study: Study, query: Query, figures: Mapping[str, Figure]) -> html.Section:
    """A view: its title, what it says, and its chart or table."""
    counted = view.caption(study, query) if view.open(query) else ""
    number, rest, careful = view.summary(study, query) if view.open(query) else ("", "", "")
    head = [
        html.H2(view.titled(study), className="spoken", **ids.data(about=view.about)),
        html.P([html.Span(number), html.Small(rest)], className="headline"),
        html.Span(counted, id=ids.caption(view.key), className="caption"),
    ]
    absent = " absent" if absence(study, view.needs) else ""
    hidden = "" if view.open(query) else " hidden"
    broad = {"wide": ""} if view.wide else {}
    words = ids.data(view=view.key, **broad) | ids.aria(label=f"{view.titled(study)}. {view.about}")
    parts = [html.Div(head, className="card-head"), card_body(view, figures), html.P(careful, className="short")]
    return html.Section(parts, className=f"card-view card-{view.key}{absent}{hidden}", tabIndex=0, **words)


def card_body(view: View, figures: Mapping[str, Figure]) -> html.Div:
    """The chart or table of a view; the browser puts a chart there when it is first opened, as `data-config` says, and
    asks for the table then. Dash would draw the page anew at every click within, and is told of none."""
    if view.draw is None:
        return html.Div(id=ids.TABLE_PLACE, className="card-body", disable_n_clicks=True, **ids.data(plot=""))
    if view.key not in figures:
        room = ids.data(plot="", config=json.dumps(config(view)))
        return html.Div(id=ids.plot(view.key), className="card-body", disable_n_clicks=True, **room)
    drawn, room = chart(view, figures[view.key]), ids.data(plot="")
    return html.Div(drawn, id=ids.plot(view.key), className="card-body", disable_n_clicks=True, **room)
