"""Dialogs over the page: the numbers behind a view, help, and why a study cannot be opened."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.page.buttons import button
from components.page.drawers import HELP
from components.page.handbook import explained


def numbers_dialog() -> dbc.Modal:
    """The table behind a chart."""
    copied = button("Copy table", "All rows as they are sorted, for a spreadsheet", action="copy-grid")
    head = dbc.ModalHeader([dbc.ModalTitle("", id=ids.NUMBERS_TITLE), copied])
    return dbc.Modal(
        [head, dbc.ModalBody(id=ids.NUMBERS_PLACE)],
        id=ids.NUMBERS,
        size="xl",
        is_open=False,
        labelledby=ids.NUMBERS_TITLE,
    )


def help_dialog() -> html.Dialog:
    """How to use the page, in the reader's words."""
    single = dbc.Checkbox(
        id=ids.SINGLE_KEYS,
        label="Single keys do something on the page",
        value=True,
        persistence=True,
    )
    steps = html.Ul([html.Li(step) for step in HELP])
    more = html.P(explained("All of it, in the handbook", "using"))
    return _dialog(ids.HELP_TEXT, "How to use this page", html.Div([steps, single, more]))


def report_dialog() -> html.Dialog:
    """Why a study of the menu could not be opened."""
    return _dialog(ids.REPORT, "This study cannot be opened", html.Pre(id=ids.REPORT_TEXT))


def _dialog(name: str, title: str, content: html.Div | html.Pre) -> html.Dialog:
    close = html.Form(html.Button("Close", className="quiet"), method="dialog")
    return html.Dialog([html.H3(title), content, close], id=name, **ids.aria(label=title))
