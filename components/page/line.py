"""The line of controls: who, week 0, response, relapse, what is left out, and what is not as usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import dcc, html

from components import ids, tables
from components.controls import labelled
from components.page.buttons import about, button
from figures.visuals import style

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

LINE = ("clock", "response", "cutoff", "relapse")
MOST_NAMED = 8
"""More patients are found by their id, and up to `MOST_GROUPS` groups are named beside."""
MOST_GROUPS = 12
HINT = "Click a line, mark or bar to highlight its patient."


def line(study: Study, query: Query) -> html.Div:
    """Who, the controls, and what is not as usual."""
    controls = [labelled(field, study, query) for field in LINE]
    hints = ids.data(hint=HINT, touch=HINT.replace("Click", "Tap"))
    parts: list[Any] = [
        html.Div(who(study, query), id=ids.LEGEND, className="legend", disable_n_clicks=True),
        *(control for control in controls if control),
        button("Rules", "How baseline, missed visits and a restart count (R)", action="rules"),
        button("Filters", "Who and which weeks are used, and how they are shown (F)", action="filters"),
        html.Div(id=ids.CHIPS, className="chips", disable_n_clicks=True, **hints),
        notice(study, query),
    ]
    return html.Div(parts, className="line", role="toolbar", **ids.aria(label="What is shown"))


def notice(study: Study, query: Query) -> html.Div:
    """What could not be used of the address, and who is off the clock."""
    text = tables.off_notice(study, query)
    return html.Div(text, id=ids.NOTICE, className="notice", role="status", tabIndex=0 if text else -1)


def who(study: Study, query: Query) -> list[Any]:
    """A button per patient; of many, a search by id, and in its menu a button per group."""
    few = len(study.patients) <= MOST_NAMED
    items = [_one(name, color, "patient" if few else "group") for name, color in colors(study, query).items()]
    return items if few else [_search(items[:MOST_GROUPS])]


def colors(study: Study, query: Query) -> dict[str, str]:
    """The colour of every name of the line."""
    few = len(study.patients) <= MOST_NAMED
    return style.colors(study, query.theme) if few else style.group_colors(study, query.theme)


def _one(name: str, color: str, kind: str) -> html.Button:
    parts: list[Any] = [html.Span(className="dot", style={"color": color}), name]
    words = about(f"Highlight {name} (shift adds)") | ids.data(**{kind: name})
    return html.Button(parts, className="legend-item", type="button", **words)


def _search(groups: list[Any]) -> html.Div:
    box = dcc.Input(id=ids.FIND, type="text", placeholder="Find a patient", autoComplete="off")
    named = html.Label([html.Span("Find a patient", className="spoken"), box])
    menu = html.Div([html.Div(id=ids.FOUND), html.Span("Groups"), *groups], className="menu")
    return html.Div([named, menu], className="find")
