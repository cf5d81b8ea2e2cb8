"""What of the Share menu leaves for a paper: words, a script, and what they were last asked for as."""

from __future__ import annotations

from typing import Any

from dash import html

from components import ids
from components.page.buttons import button


def publish_items() -> list[Any]:
    """Each acts at once, with the choices that stand beside it."""
    return [
        _item("Legend and methods", "In words for a journal, with references, to be copied", "legend"),
        _item("Copy as Python", "A script that gives the numbers and figures of this page", "copy-python"),
    ]


def texts_dialog() -> html.Dialog:
    """A text that leaves, to be read first and copied, by hand where the browser does not let the page."""
    close = html.Form(html.Button("Close", className="quiet"), method="dialog")
    acts = html.Div(id=ids.TEXTS_ACTS)
    parts = [html.H3(id=ids.TEXTS_TITLE), acts, html.Pre(id=ids.TEXTS_SAID, tabIndex=0), close]
    return html.Dialog(parts, id=ids.TEXTS, **ids.aria(labelledby=ids.TEXTS_TITLE))


def _item(text: str, explained: str, action: str) -> html.Button:
    return button(text, explained, look="menu-item", action=action)
