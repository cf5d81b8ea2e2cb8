"""Buttons and menus of the page."""

from __future__ import annotations

from typing import Any

from dash import html

from components import ids


def about(text: str) -> dict[str, Any]:
    """What a control does: shown beside it on hover, focus or tap, and read with its name."""
    return ids.data(about=text) | ids.aria(description=text)


def button(text: str, explained: str, *, name: str = "", look: str = "quiet", **data: str) -> html.Button:
    """A button by its visible name, explained beside it; `data` become its data- attributes."""
    named: dict[str, Any] = {"id": name} if name else {}
    return html.Button(text, className=look, type="button", **named, **about(explained), **ids.data(**data))


def icon(sign: str, name: str, explained: str, **data: str) -> html.Button:
    """A button whose visible text is a sign, with a spoken name."""
    words = ids.aria(label=name, description=explained) | ids.data(about=explained, **data)
    return html.Button(sign, className="quiet icon", type="button", **words)


def menu(label: str, items: list[Any], *, look: str = "", spoken: str = "", **data: str) -> html.Details:
    """A menu that opens below its name."""
    named = ids.aria(label=spoken) if spoken else {}
    summary = html.Summary(label, className="quiet", **named, **ids.data(**data))
    return html.Details([summary, html.Div(items, className="menu")], className=f"card-menu {look}".strip())
