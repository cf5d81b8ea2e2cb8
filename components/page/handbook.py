"""Where in the handbook something is explained, and links to it from the page."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dash import html

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "handbook"
"""The handbook's address, below the page's."""
PAGES: Mapping[str, str] = MappingProxyType(
    {
        "view": "views", "control": "views", "statistic": "statistics", "serial": "statistics", "scale": "statistics",
        "average": "statistics", "adjustment": "statistics", "check": "statistics", "response": "rules",
        "relapse": "rules", "rebound": "rules", "sustained": "rules", "milestone": "rules", "goal": "rules",
        "imputation": "rules", "policy": "rules", "restart": "rules", "measure": "rules",
    }
)  # fmt: skip
"""Kind of entry -> the page that has its entries."""


def anchor(kind: str, key: str) -> str:
    """The name of an entry's place on its page: letters, digits and hyphens, as HTML ids of the handbook are."""
    return re.sub(r"[^a-z0-9]+", "-", f"{kind}-{key}".lower()).strip("-")


def address(kind: str, key: str) -> str:
    """Where an entry of a registry is explained, below the page's address."""
    return f"{FOLDER}/{PAGES[kind]}.html#{anchor(kind, key)}"


def explained(text: str, page: str, place: str = "", *, look: str = "handbook", **data: str) -> html.A:
    """A link to a page of the handbook, beside the page that is open."""
    target = f"{FOLDER}/{page}.html" + f"#{place}" * bool(place)
    words: Any = {f"data-{name}": value for name, value in data.items()}
    return html.A(text, href=target, target="_blank", rel="noopener", className=look, **words)
