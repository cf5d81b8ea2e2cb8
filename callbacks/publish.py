"""What leaves the page: words, scripts and files of the state that it shows."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import Response

from analysis import query as queries
from callbacks.bodies import QUERY, one_of, text, texts
from callbacks.json_routes import post
from callbacks.numbers import numbers_of
from callbacks.pinned import kept_notes
from components.views import VIEWS
from data.catalog import BUNDLED, studies
from data.csv_export import escaped
from data.deadline import LateError, check
from figures.headlines import TOLD
from figures.visuals.empty_state import absence
from publishing import remaining
from publishing.deidentify import STEPS, Choices, covariates
from publishing.exports import FILES, NOTED, Wanted, made
from publishing.python_script import Part, script
from publishing.stamp import stamp
from publishing.words import Panel, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dash import Dash

    from analysis.query import Query
    from components.view import View
    from data.shelf import Catalog
    from data.study import Study


DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOST_CELLS, MOST_MARKED = 200_000, 20_000
"""Of a table that is copied, and of one that is so for a text too: more takes longer than a browser waits for."""


def register(app: Dash, catalog: Catalog) -> None:
    """The texts of a page, asked for when somebody copies them."""

    def answer(study: str, query: dict[str, Any], lit: list[str], view: str, what: str) -> dict[str, Any]:
        return table(catalog.load(study), query, view) if view else TEXTS[what](catalog.load(study), query, lit)

    def file(study: str, query: dict[str, Any], what: str, date: str, choices: dict[str, Any]) -> Response:
        wanted = wanted_of(catalog.load(study), query, choices, date)
        pinned = tuple(kept_notes(catalog, study)) if what in NOTED else ()
        found = made(what, replace(wanted, pinned=pinned))
        answer = Response(found.content, mimetype=found.mimetype)
        answer.headers["Content-Disposition"] = f"attachment; filename={found.name}"
        return answer

    def remains(study: str, query: dict[str, Any], choices: dict[str, Any]) -> dict[str, Any]:
        wanted = wanted_of(catalog.load(study), query, choices)
        return {"text": remaining.text(wanted.copy.study, wanted.copy.merged, wanted.choices.step)}

    post(app, "file", file, query=QUERY, what=one_of(FILES), date=text(10), choices=QUERY)

    def told(study: str, query: dict[str, Any], date: str) -> dict[str, str]:
        return stamped(catalog.load(study), query, date)

    post(app, "remains", remains, query=QUERY, choices=QUERY)
    post(app, "stamp", told, query=QUERY, date=text(10))
    kinds = {"what": one_of({*TEXTS, "table"}), "view": one_of(("", *VIEWS))}
    post(app, "texts", answer, query=QUERY, lit=texts(), **kinds)


def wanted_of(study: Study, wanted: Mapping[str, Any], choices: Mapping[str, Any], date: str = "") -> Wanted:
    """What is asked of a study, from untrusted values: covariates it has not are none, a step that is not offered is
    none, and so is a date that is no day."""
    query = queries.read(study, wanted)[0]
    chosen, known = choices.get("covariates", []), covariates(study)
    step = next((step for step in STEPS if str(choices.get("step")) == f"{step:g}"), 0.0)
    kept = tuple(name for name in known if name in chosen) if isinstance(chosen, list) else ()
    return Wanted(study, query, date if DAY.fullmatch(date) else "", Choices(step, kept))


def stamped(study: Study, wanted: Mapping[str, Any], date: str) -> dict[str, str]:
    """What an export of the page says of itself: the whole `text`, and a `short` line."""
    day = date if DAY.fullmatch(date) else ""
    told = stamp(study, queries.read(study, wanted)[0], date=day)
    return {"text": told.text, "short": told.short}


def legend(study: Study, wanted: Mapping[str, Any], lit: list[str]) -> dict[str, str]:
    """The `text` of legend, methods and references of the figure and the open view, and its works as `bibtex`."""
    told, query, _ = queries.asked(study, wanted)
    found = words(told, query, [_panel(view, told, query) for view in shown(told, query)])
    return {"text": found.text, "bibtex": found.bibtex}


def python(study: Study, wanted: Mapping[str, Any], lit: list[str]) -> dict[str, str]:
    """The `text` of a script that gives the numbers and figures of the page."""
    told, query, _ = queries.asked(study, wanted)
    parts = [Part(view.key, view.table, view.draw, view.key in TOLD) for view in shown(told, query)]
    known = [patient for patient in lit if patient in set(study.patient_ids)]
    return {"text": script(study, query, parts, known, bundled=study.key in studies(BUNDLED))}


def table(study: Study, wanted: Mapping[str, Any], view: str) -> dict[str, Any]:
    """The numbers behind a view as `text` between tabs and as a table in `html`, and how many `rows`; a text that a
    spreadsheet would take for a formula begins with '."""
    found = numbers_of(study, wanted, view)[1]
    size = len(found) * max(found.shape[1], 1)
    if size > MOST_CELLS:
        raise LateError(f"This table has {len(found):,} rows, too many to copy. Take it as CSV instead.")
    cells = escaped(found)
    tabbed = cells.to_csv(sep="\t", index=False, float_format="%.8g", lineterminator="\n")
    marked = cells.to_html(index=False, na_rep="", border=0) if size <= MOST_MARKED else ""
    return {"text": tabbed, "html": marked, "rows": len(found)}


def shown(study: Study, query: Query) -> list[View]:
    """The panels of the figure that have something to draw, then the open view."""
    return [view for view in VIEWS.values() if view.open(query) and (view.tab or not absence(study, view.needs))]


def _panel(view: View, study: Study, query: Query) -> Panel:
    check()
    asked, told = view.asks(study, query), view.summary(study, query)
    note, headline = view.words(study, query), ", ".join(filter(None, told[:2]))
    words = note.text if note else ""
    return Panel(view.key, view.titled(study), view.about, view.caption(study, asked), headline, words)


TEXTS: Mapping[str, Callable[[Study, Mapping[str, Any], list[str]], dict[str, str]]] = MappingProxyType(
    {"legend": legend, "python": python}
)
"""What is copied: its name -> what makes it of a study, the query and who is highlighted."""
