"""The marks of patients who are not drawn one by one, as columnar arrays, once per study and query; and where a
patient stands in the list of lanes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis import query as queries
from callbacks.bodies import QUERY, text, texts
from callbacks.json_routes import post
from components.views import CHARTS
from data.deadline import check
from figures.treatments.lanes import page_of
from figures.visuals import style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dash import Dash

    from data.shelf import Catalog
    from data.study import Study


def register(app: Dash, catalog: Catalog) -> None:
    """Asked for when the charts are drawn."""

    def answer(study: str, query: dict[str, Any], views: list[str]) -> dict[str, Any]:
        return marks(catalog.load(study), query, views)

    def placed(study: str, query: dict[str, Any], patient: str) -> dict[str, Any]:
        return place(catalog.load(study), query, patient)

    post(app, "marks", answer, query=QUERY, views=texts())
    post(app, "lanes", placed, query=QUERY, patient=text())
    _remember(catalog.first)


def marks(study: Study, wanted: dict[str, Any], views: list[str]) -> dict[str, Any]:
    """`columns` of the study and query that are asked for."""
    study, query, _ = queries.asked(study, wanted)
    return columns(study, query, views)


def _remember(study: Study) -> None:
    """Find the marks that the page of a larger cohort asks for as it opens, before its readers do: once for all."""
    query = queries.default(study)
    if len(study.patients) > style.FEW:
        marks(study, {}, [key for key, view in CHARTS.items() if view.open(query)])


def columns(study: Study, query: queries.Query, views: Iterable[str]) -> dict[str, Any]:
    """Patient ids, groups, colours and dashes in display order, and for each of `views` its traces of columnar arrays,
    whose `patient` is a position in the ids."""
    palette, dashes = style.colors(study, query.theme), style.dashes(study)
    return {
        "ids": study.patient_ids,
        "groups": study.patients["group"].astype(str).tolist(),
        "colors": [palette[patient] for patient in study.patient_ids],
        "dashes": [dashes[patient] for patient in study.patient_ids],
        "views": {key: draw(study, query) for key, draw in _asked(views, "marks")},
        "members": {key: find(study, query) for key, find in _asked(views, "members")},
    }


def _asked(views: Iterable[str], what: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Of each view that has them, the function that makes its `what`, while there is time."""
    for key in dict.fromkeys(views):
        if key in CHARTS and (found := getattr(CHARTS[key], what)):
            check()
            yield key, found


def place(study: Study, wanted: dict[str, Any], patient: str) -> dict[str, Any]:
    """`lane_page`: where the list of lanes has to begin to show a patient; 0 where it cannot."""
    study, query, _ = queries.asked(study, wanted)
    return {"lane_page": page_of(study, query, patient)}
