"""State to pictures: one request gives what changes on the page, and `assets/browser/state/redraw.mjs` draws it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from analysis import query as queries
from analysis.caution import caution
from analysis.finding import FIELDS, finding
from callbacks.bodies import QUERY, texts
from callbacks.highlight_data import columns
from callbacks.json_routes import post
from components import layout, tables
from components.controls import OF_OUTCOME, choices
from components.grid import response_columns, response_rows
from components.page import line
from components.page.drawers import to_check
from components.time_figure import TIME, key_of
from components.views import CHARTS, VIEWS, known
from data.deadline import check
from figures.visuals.formatting import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dash import Dash

    from data.shelf import Catalog
    from data.study import Study


FOUND, CAREFUL = frozenset(FIELDS), frozenset({"tolerance"})
"""Fields of the query on which the finding and the cautions depend; both depend on who is kept."""


def register(app: Dash, catalog: Catalog) -> None:
    """Not a callback of dash: its way to the server, back and into a chart takes longer than the drawing."""

    def answer(study: str, query: dict[str, Any], drawn: dict[str, Any]) -> dict[str, Any]:
        return redraw(catalog.load(study), query, drawn)

    def note(study: str, query: dict[str, Any], views: list[str]) -> dict[str, Any]:
        return notes(catalog.load(study), query, views)

    post(app, "redraw", answer, query=QUERY, drawn=QUERY)
    post(app, "notes", note, query=QUERY, views=texts())


def redraw(study: Study, wanted: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """What changes on the page from the query `drawn` to the one `wanted`: `figures` by chart (all views on the weeks
    are one, `time`), `captions` and `headlines` by view, `rows` of the response table, `colors` of the
    legend; of a cohort that is not drawn one by one its `marks`; of another outcome the `titles` of views, the
    `choices` of menus and the `columns` of the table; where they may have changed the `finding`, the `caution` and the
    `checks`; and always the `notice` (a sentence a line) and the query `used`. What does not depend on the change, or
    is not open, is left out."""
    before = queries.read(study, drawn)[0]
    study, query, complaints = queries.asked(study, wanted)
    query, unknown = known(study, query)
    fields = queries.changed(before, query)
    due = [
        key
        for key, view in VIEWS.items()
        if view.open(query) and (view.fields | ({"panel"} if view.tab else set())) & fields
    ]
    charts = dict.fromkeys(key_of(CHARTS[key]) for key in due if key in CHARTS)
    found: dict[str, Any] = {
        "used": asdict(query),
        "notice": "\n".join(filter(None, [*complaints, *unknown, tables.off_notice(study, query)])),
        "figures": {key: layout.drawn(key, study, query) for key in in_time(charts)},
        "captions": {key: VIEWS[key].caption(study, VIEWS[key].asks(study, query)) for key in in_time(due)},
        "headlines": {key: VIEWS[key].summary(study, query) for key in in_time(due) if VIEWS[key].tab},
    }
    if awaited := [view for view in due if _in_layer(found["figures"], view)]:
        found["marks"] = columns(study, query, awaited)
    if fields & (FOUND | CAREFUL):
        found |= _said(study, query)
    if "response" in due:
        found["rows"] = response_rows(study, query)
    if "score" in fields:
        found |= _of_outcome(study)
    if "theme" in fields:
        found["colors"] = line.colors(study, query)
    return found


def _said(study: Study, query: queries.Query) -> dict[str, Any]:
    """What stands above the figure."""
    said = unbroken(finding(study, query))
    return {"finding": said, "caution": caution(study, query), "checks": to_check(study, query)}


def _of_outcome(study: Study) -> dict[str, Any]:
    """What is called after the outcome, of a study on its outcome."""
    titles = {key: view.titled(study) for key, view in VIEWS.items() if view.named}
    return {
        "titles": titles,
        "choices": {field: choices(study, field) for field in OF_OUTCOME},
        "columns": response_columns(study),
    }


def notes(study: Study, wanted: Mapping[str, Any], views: Iterable[str]) -> dict[str, Any]:
    """What the sheet says of how each of `views` is computed, of those that are open: headings and sentences."""
    study, query, _ = queries.asked(study, wanted)
    asked = (VIEWS[key] for key in in_time(views) if key in VIEWS)
    told = {view.key: view.words(study, query) for view in asked if view.open(query)}
    return {"notes": {key: note.parts() for key, note in told.items() if note}}


def _in_layer(figures: Mapping[str, Any], view: str) -> bool:
    """Whether the browser draws marks of the view that its chart does not hold."""
    key = key_of(VIEWS[view])
    meta = figures[key]["layout"]["meta"] if key in figures else {}
    own = meta.get("panels", {}).get(view, {}) if key == TIME else meta
    return bool(own.get("layer")) and not own.get("marks")


def in_time(views: Iterable[str]) -> Iterator[str]:
    """The same, while there is time for the next."""
    for key in views:
        check()
        yield key
