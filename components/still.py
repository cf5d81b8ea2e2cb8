"""The page as JSON, in which what dash never changes is HTML: dash draws each component by itself in the browser, and
looks through all of them at every change, which was a third of a first load and a part of every gesture.

What no callback reads or writes becomes one component for each largest part of it, which
`assets/browser/page/still.mjs` draws: the same elements, with the same attributes."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from dash._utils import stringify_id
from dash.development.base_component import Component

from components import ids

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN_TO_DASH = frozenset({ids.PAGE, ids.REPORT_TEXT, ids.TABLE_PLACE, ids.NUMBERS_TITLE, ids.NUMBERS_PLACE})
"""Ids of elements that callbacks read or write; so is every id of a kind, but of these:"""
UNKNOWN_TO_DASH = frozenset({"caption", "fold"})
HELD = frozenset({"input", "option", "select", "textarea"})
"""Elements with a value, which HTML only begins with."""
VOID = frozenset({"br", "hr", "img", "wbr"})
DASHS_OWN = frozenset({"children", "disable_n_clicks", "key", "n_clicks", "n_clicks_timestamp"})
NAMES = {"className": "class", "htmlFor": "for"}
"""Attributes that HTML calls otherwise; it has the names of all else in lower case."""


def stilled(part: Any) -> Any:
    """A part of the page, as JSON: a component, a text, or a list of them."""
    if isinstance(part, list | tuple):
        return [stilled(one) for one in part]
    if not isinstance(part, Component):
        return part
    if is_still(part):
        own = {"tag": _tag(part), "own": _attributes(part), "html": "".join(map(markup, _children(part)))}
        return {"namespace": "reprise_page", "type": "Still", "props": own}
    found = part.to_plotly_json()  # type: ignore[no-untyped-call]
    if "children" in found["props"]:
        found["props"]["children"] = stilled(part.children)
    return found


def is_still(part: Any) -> bool:
    """Whether dash never changes anything of a part: it is an element of HTML, and so is all within it."""
    if not isinstance(part, Component):
        return isinstance(part, str | int | float | None)
    name = getattr(part, "id", None)
    known = name["type"] not in UNKNOWN_TO_DASH if isinstance(name, dict) else name in KNOWN_TO_DASH
    is_plain = part._namespace == "dash_html_components" and _tag(part) not in HELD  # noqa: SLF001 - dash's own name
    return is_plain and not known and all(map(is_still, _children(part)))


def markup(part: Any) -> str:
    """A part as HTML, in which whatever people wrote is text."""
    if not isinstance(part, Component):
        return "" if part is None or isinstance(part, bool) else _escaped(str(part))
    tag = _tag(part)
    said = "".join(_attribute(name, value) for name, value in _attributes(part).items())
    return f"<{tag}{said}>" if tag in VOID else f"<{tag}{said}>{''.join(map(markup, _children(part)))}</{tag}>"


def _tag(part: Component) -> str:
    return part._type.lower()  # noqa: SLF001 - dash's own name


def _children(part: Component) -> list[Any]:
    inside = getattr(part, "children", None)
    return list(inside) if isinstance(inside, list | tuple) else [inside]


def _attributes(part: Component) -> dict[str, Any]:
    """Name, as React has it -> value, of what is set."""
    props: Mapping[str, Any] = part.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    found = {name: value for name, value in props.items() if name not in DASHS_OWN and value is not None}
    if "id" in found:
        found["id"] = stringify_id(found["id"])  # type: ignore[no-untyped-call]
    return found


def _attribute(name: str, value: Any) -> str:
    """An attribute as HTML. One that is on or off is there or not; those whose names have a dash say which."""
    if value is False and "-" not in name:
        return ""
    if name == "style":
        value = ";".join(f"{_with_dashes(one)}:{said}" for one, said in value.items())
    known = name if "-" in name else NAMES.get(name, name.lower())
    text = "" if value is True and "-" not in name else str(value)
    return f' {known}="{_escaped(text)}"'


def _with_dashes(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name)


def _escaped(text: str) -> str:
    """A text within HTML; a carriage return would be read as a new line."""
    return escape(text).replace("\r", "&#13;")
