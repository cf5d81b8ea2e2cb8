"""Where in the handbook something is explained, and links to it from the page."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dash import html

from components import ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.query import Query
    from components.view import View

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


ENTRIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "statistic": ("statistic-", "the statistic"),
        "p_by": ("serial-", "what p stands on"),
        "adjust": ("adjustment-", "how p is adjusted"),
        "average": ("average-", "the average"),
        "response": ("response-{score}-", "the response"),
        "relapse": ("relapse-{score}-", "the relapse"),
        "rebound": ("rebound-{score}-", "the rebound"),
        "imputation": ("imputation-", "missed visits"),
        "policy": ("policy-", "after a restart"),
        "measure": ("measure-", "the time"),
        "at_restart": ("restart-", "a restart"),
        "pasi_scale": ("scale-outcome-", "the outcome's scale"),
        "immune_scale": ("scale-immune-", "the subsets' scale"),
    }
)
"""Field of the query whose choices are entries -> how their places begin, and what a link to the one in force says."""


def explained(text: str, page: str, place: str = "", *, look: str = "handbook", **data: str) -> html.A:
    """A link to a place of a page of the handbook, which opens beside the page."""
    target = f"{FOLDER}/{page}.html" + f"#{place}" * bool(place)
    return html.A(text, href=target, target="_blank", rel="noopener", className=look, **ids.data(**data))


def chosen(field: str, query: Query, text: str = "") -> html.A:
    """A link to the entry that a field has in force; the browser keeps it there (`assets/browser/page/panel.mjs`)."""
    stem, name = ENTRIES[field]
    place = anchor(stem.format(score=query.score), str(getattr(query, field)))
    return explained(text or name, PAGES[stem.split("-")[0]], place, entry=field, stem=stem)


def of_view(view: View) -> html.A:
    """A link to a view."""
    return explained("Handbook", PAGES["view"], anchor("view", view.key))


def in_force(views: Iterable[View], query: Query) -> html.P:
    """Links to the entries in force; one that no view in sight depends on is hidden."""
    known = tuple(views)
    parts = [_shown(field, [view for view in known if field in view.fields], query) for field in ENTRIES]
    return html.P(["In the handbook: ", *parts], className="about")


def _shown(field: str, users: Sequence[View], query: Query) -> html.Span:
    link: list[Any] = [chosen(field, query), " "]
    if not all(view.tab for view in users):
        return html.Span(link)
    look = "" if any(view.open(query) for view in users) else "hidden"
    return html.Span(link, className=look, **ids.data(views=" ".join(view.key for view in users)))
