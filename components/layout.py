"""The page: header, control bar, and the cards of the views."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from analysis.outcomes import focused
from analysis.query import Query, default
from components import ids, intake, tables
from components.controls import BAR, labelled
from components.play import play
from components.signs import signs
from components.view import View
from components.views import CHARTS, DECKS, VIEWS
from data import uploads
from data.deadline import check
from figures.visuals import style
from figures.visuals.empty_state import absence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

    from data.study import Study

CONFIG = {
    "displaylogo": False, "responsive": True, "showTips": False, "doubleClick": "reset", "scrollZoom": False,
    # plotly 7 offers to upload a chart to its maker's cloud unless told not to
    "showSendToCloud": False, "plotlyServerURL": "",
}  # fmt: skip
ILLUSTRATIVE = "Hollow marks are illustrative: made to satisfy every fact of the published abstract, not measured."
MOST_NAMES = 12
"""More groups than this are not named in the legend; the control of that name still lists them."""
ACTIONS = (
    ("numbers", "Show the numbers"),
    ("csv", "Numbers as CSV"),
    ("svg", "Figure as SVG"),
    ("png", "Figure as PNG, 2×"),
)


def shell(study: Study, studies: Mapping[str, str], asked: Sequence[str] = ()) -> html.Div:
    """The page around a study: what stays when the reader opens another one; `asked`: names of files that it asks about
    as it opens."""
    stores = [
        dcc.Store(id=ids.ADDRESS),
        dcc.Store(id=ids.STUDY, data=study.key),
        dcc.Download(id=ids.DOWNLOAD),
    ]
    return html.Div(
        [
            *stores,
            html.Div(id=ids.LIVE, className="visually-hidden", role="status", **ids.aria(live="polite")),
            html.Div(body(study, studies), id=ids.PAGE),
            numbers_dialog(),
            help_dialog(),
            report_dialog(),
            intake.dialog(asked),
        ],
        className="reprise",
    )


def body(study: Study, studies: Mapping[str, str]) -> list[Any]:
    """Everything that belongs to one study, drawn for its default query."""
    query = default(study)
    study = focused(study, query.score)
    fields = asdict(query)
    figures = {key: drawn(key, study, query) for key, view in CHARTS.items() if view.open(query)}
    return [
        header(study, studies),
        html.Div([labelled(field, study, query) for field in BAR], className="bar", role="toolbar"),
        strip(study, query),
        html.Main([column(name, study, query, figures) for name in ("time", "side", "wide")]),
        dcc.Store(id=ids.QUERY, data=fields),
        dcc.Store(id=ids.TABLE_DUE),
        dcc.Store(id=ids.DEFAULTS, data=fields | {"study": study.key, "studies": list(studies)}),
    ]


def drawn(key: str, study: Study, query: Query) -> go.Figure:
    """A view's chart with the meaning of its signs, while there is time."""
    check()
    figure = CHARTS[key].figure(study, query)
    layout = style.parts(figure)["layout"]
    layout["meta"] = {**(layout.get("meta") or {}), "signs": signs(key, study, query)}
    return figure


def header(study: Study, studies: Mapping[str, str]) -> html.Header:
    """Title, citation, provenance, the study menu, and what acts on the whole page."""
    own = uploads.is_key(study.key)
    known = dict(studies) | ({study.key: f"{study.title} (yours)"} if own else {})
    options = [{"value": key, "label": title} for key, title in known.items()]
    menu = dbc.Select(id=ids.STUDY_MENU, options=options, value=study.key, size="sm", className="study-menu")
    cite = html.Span(study.citation, className="citation", title=study.citation)
    badge = button("◌ illustrative values", ids.FIRST_USE, ILLUSTRATIVE, "badge-illustrative")
    return html.Header(
        [
            html.Span("Reprise", className="brand"),
            html.Div([html.H1(study.title, title=study.title), cite], className="titles"),
            badge if study.illustrative else None,
            html.Div(menu, className="" if len(known) > 1 else "hidden", title="Open another study"),
            button("Report", ids.INTAKE_REPORT, "What was read of your files; delete this study") if own else None,
            button("Open your data", ids.INTAKE_OPEN, "Open your own files, or drop them anywhere on the page"),
            button("Copy link", ids.COPY, "Copy the address of exactly this page"),
            html.Div(button("◐", ids.THEME, "Light or dark"), **ids.data(control="theme")),
            button("?", ids.HELP, "How to use this page"),
        ]
    )


def button(text: str, name: str, about: str, look: str = "quiet") -> html.Button:
    """A button of the page, explained by its tooltip."""
    return html.Button(text, id=name, className=look, type="button", title=about, **ids.aria(label=about))


def strip(study: Study, query: Query) -> html.Div:
    """One line of fixed height: who is who, what is active (written by the browser), who is off the clock."""
    parts = [
        html.Div(legend(study, query), id=ids.LEGEND, className="legend"),
        html.Div(id=ids.CHIPS, className="chips"),
        notice(study, query),
        play(),
    ]
    return html.Div(parts, className="strip")


def notice(study: Study, query: Query) -> html.Div:
    """What could not be used of the address, and who is off the clock; all of it on hover or focus."""
    text = tables.off_notice(study, query)
    return html.Div(text, id=ids.NOTICE, className="notice", role="status", tabIndex=0 if text else -1)


def legend(study: Study, query: Query) -> list[Any]:
    """One button per patient (or group, in a larger cohort): its colour, and a click highlights."""
    kind = "patient" if len(study.patients) <= style.FEW else "group"
    items = [_legend_item(name, color, kind) for name, color in legend_colors(study, query).items()]
    rest = len(items) - MOST_NAMES
    return items if rest <= 0 else [*items[:MOST_NAMES], html.Span(f"+ {rest} more", className="caption")]


def legend_colors(study: Study, query: Query) -> dict[str, str]:
    """The colour of every name in the legend."""
    few = len(study.patients) <= style.FEW
    return style.colors(study, query.theme) if few else style.group_colors(study, query.theme)


def _legend_item(name: str, color: str, kind: str) -> html.Button:
    parts: list[Any] = [html.Span("●", style={"color": color}), f" {name}"]
    about = f"Highlight {name} (shift adds)"
    return html.Button(parts, className="legend-item", type="button", title=about, **ids.data(**{kind: name}))


def column(name: str, study: Study, query: Query, figures: Mapping[str, go.Figure]) -> html.Div:
    """The cards of one column."""
    cards = [card(view, study, query, figures) for view in VIEWS.values() if view.column == name]
    return html.Div(cards, className=name)


def card(view: View, study: Study, query: Query, figures: Mapping[str, go.Figure]) -> html.Section:
    """A view's card: title, n, its own controls, its buttons, and its chart or table."""
    controls = [labelled(field, study, query) for field in view.controls]
    beside, beneath = view.extra() if view.extra else (None, None)
    tools = [part for part in (*controls, beside) if part]
    below = view.column == "side"
    parts = [
        card_head(view, study, query, [] if below else tools),
        html.Div(tools, className="card-controls") if below and tools else None,
        card_body(view, study, query, figures),
        html.P(view.note(study, query) if view.open(query) else "", className="card-note") if view.note else None,
        beneath,
    ]
    absent = " absent" if absence(study, view.needs) else ""
    hidden = "" if view.open(query) else " hidden"
    deck = {"deck": view.deck} if view.deck else {}
    words = ids.data(view=view.key, **deck) | ids.aria(label=f"{view.titled(study)}. {view.about}")
    look = f"card-view card-{view.key}{absent}{hidden}"
    return html.Section(parts, className=look, tabIndex=0, role="group", **words)


def card_body(view: View, study: Study, query: Query, figures: Mapping[str, go.Figure]) -> html.Div:
    """The chart or table of a card; the browser draws the chart of a deck when its card is opened, as `data-config`
    says, and asks for the table when the charts are drawn."""
    if view.draw is None:
        return html.Div(id=ids.TABLE_PLACE, className="card-body")
    if view.key not in figures:
        return html.Div(className="card-body", **ids.data(config=json.dumps(_config(view))))
    return html.Div(chart(view, figures[view.key]), className="card-body")


def card_head(view: View, study: Study, query: Query, tools: list[Any]) -> html.Div:
    """Title, n, and what can be done with the card."""
    counted = view.caption(study, query) if view.open(query) else ""
    caption = html.Span(counted, id=ids.caption(view.key), className="caption")
    buttons = html.Div([*tools, menu(view), full_screen(view)], className="card-tools")
    return html.Div([*titles(view, study), caption, buttons], className="card-head")


def titles(view: View, study: Study) -> list[Any]:
    """The title of a card, among the other cards of its deck, which a click opens in its place."""
    return [
        html.H2(view.titled(study), title=view.about) if other is view else _tab(other)
        for other in DECKS.get(view.deck, [view])
    ]


def _tab(view: View) -> html.Button:
    opens = ids.data(deck=view.deck, open=view.key)
    return html.Button(view.title, className="tab", type="button", title=view.about, **opens)


def menu(view: View) -> html.Details:
    """What can be taken from a card."""
    items = [
        html.Button(text, id=ids.action(name, view.key), className="menu-item", type="button", **ids.data(action=name))
        for name, text in ACTIONS
        if view.draw or name not in {"svg", "png"}
    ]
    sign = html.Summary(
        "⬇", title="Numbers and downloads", className="action", **ids.aria(label="Numbers and downloads")
    )
    return html.Details([sign, html.Div(items, className="menu")], className="card-menu")


def full_screen(view: View) -> html.Button:
    """The button that gives a card the whole screen, for the projector."""
    words = ids.aria(label="Full screen") | ids.data(action="full")
    return html.Button(
        "⤢",
        id=ids.action("full", view.key),
        className="action",
        type="button",
        title="Full screen (Esc leaves)",
        **words,
    )


def chart(view: View, figure: go.Figure) -> dcc.Graph:
    """The chart of a view."""
    return dcc.Graph(
        id=ids.graph(view.key), figure=figure, config=_config(view), responsive=True, style=graph_style(figure)
    )


def _config(view: View) -> Any:
    return {**CONFIG, "displayModeBar": "hover" if view.buttons else False, "modeBarButtons": [list(view.buttons)]}


def graph_style(figure: Any) -> dict[str, str]:
    """The chart fills its card; one that needs more height makes the card scroll."""
    return {"height": "100%", "minHeight": f"{int((figure.layout.meta or {}).get('min_height', 0))}px"}


def numbers_dialog() -> dbc.Modal:
    """The table behind a chart."""
    head = dbc.ModalHeader(dbc.ModalTitle("", id=ids.NUMBERS_TITLE))
    return dbc.Modal([head, dbc.ModalBody(id=ids.NUMBERS_PLACE)], id=ids.NUMBERS, size="xl", is_open=False)


def help_dialog() -> html.Dialog:
    """How to use the page, in the reader's words."""
    steps = (
        "Click a line, a mark, a lane or a table row: that patient lights up everywhere. Shift adds. Esc clears.",
        "Click a bar or an infusion: its patient lights up, and the visits within that course stand out.",
        "Draw a lasso or box on the scatter: the same patient-visits light up in the other charts.",
        "Drag on a time view to zoom all three; double-click to see everything. Zoom changes no number.",
        "Click a cell of the matrix to see its pairs in the scatter; drag over its rows to see several scatters.",
        "Press p (or ▶) to play the weeks through every view; drag the slider or use its arrow keys; Esc stops.",
        "Weeks from and to, patients and groups leave data out: n, fits and rates change, and a chip says so.",
        "Back and forward undo and redo. Copy link shares exactly this page.",
    )
    close = html.Form(html.Button("Close", className="quiet"), method="dialog")
    return html.Dialog(
        [html.H3("How to use this page"), html.Ul([html.Li(step) for step in steps]), close], id=ids.HELP_TEXT
    )


def report_dialog() -> html.Dialog:
    """Why a study of the menu could not be opened."""
    close = html.Form(html.Button("Close", className="quiet"), method="dialog")
    return html.Dialog([html.H3("This study cannot be opened"), html.Pre(id=ids.REPORT_TEXT), close], id=ids.REPORT)
