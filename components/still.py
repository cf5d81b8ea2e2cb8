"""The page as JSON, in which what dash never changes is plain elements: dash draws each component by itself in the
browser, and looks through all of them at every change, which was a third of a first load and a part of every gesture.

What no callback reads or writes becomes one component for each largest part of it, which
`assets/browser/page/still.mjs` draws: the same elements, with the same attributes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from dash._utils import stringify_id
from dash.development.base_component import Component

from components import ids

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN_TO_DASH = frozenset(
    {
        ids.PAGE, ids.REPORT_TEXT, ids.TABLE_PLACE, ids.NUMBERS_TITLE, ids.NUMBERS_PLACE, ids.INTAKE_SAID,
        ids.INTAKE_SHOW,
    }
)  # fmt: skip
"""Ids of elements that callbacks, or scripts by way of dash, read or write; so is every id of a kind, but of this:"""
UNKNOWN_TO_DASH = frozenset({"caption"})
HELD = frozenset({"input", "option", "select", "textarea"})
"""Elements with a value, of which an attribute is only the first."""
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
        inside = json.dumps([plain(one) for one in _children(part)], ensure_ascii=False, separators=(",", ":"))
        own = {"tag": _tag(part), "own": _attributes(part), "inside": inside}
        return {"namespace": "reprise", "type": "Still", "props": own}
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


def plain(part: Any) -> Any:
    """A part as lists: its element, attributes by their names in HTML, and what is within; a text is itself."""
    if not isinstance(part, Component):
        return str(part)
    attributes = dict(_attribute(name, value) for name, value in _attributes(part).items())
    return [_tag(part), attributes, *map(plain, _children(part))]


def _tag(part: Component) -> str:
    return part._type.lower()  # noqa: SLF001 - dash's own name


def _children(part: Component) -> list[Any]:
    """What is drawn within a part."""
    inside = getattr(part, "children", None)
    return [one for one in (inside if isinstance(inside, list | tuple) else [inside]) if one is not None and one != ""]


def _attributes(part: Component) -> dict[str, Any]:
    """Name, as React has it -> value, of what is set, and not off."""
    props: Mapping[str, Any] = part.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    found = {
        name: value for name, value in props.items() if name not in DASHS_OWN and not (value is None or value is False)
    }
    if "id" in found:
        found["id"] = stringify_id(found["id"])
    return found


def _attribute(name: str, value: Any) -> tuple[str, str]:
    """An attribute as HTML has it; one that is on is there."""
    if name == "style":
        value = ";".join(f"{_with_dashes(one)}:{said}" for one, said in value.items())
    return NAMES.get(name, name if "-" in name else name.lower()), "" if value is True else str(value)


def _with_dashes(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name)
