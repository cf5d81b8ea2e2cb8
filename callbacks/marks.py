"""The marks of patients who are not drawn one by one, as columnar arrays, once per study and query; and the lanes of
one who is highlighted but not on the page of lanes that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis import query as queries
from callbacks.bodies import QUERY, text, texts
from callbacks.posts import post
from components.views import CHARTS
from figures import style, swimlanes

if TYPE_CHECKING:
    from dash import Dash

    from data.shelf import Catalog
    from data.study import Study


def register(app: Dash, catalog: Catalog) -> None:
    """Asked for when the charts are drawn."""

    def answer(study: str, query: dict[str, Any], views: list[str]) -> dict[str, Any]:
        return marks(catalog.load(study), query, views)

    def pinned(study: str, query: dict[str, Any], patient: str) -> dict[str, Any]:
        return lanes(catalog.load(study), query, patient)

    post(app, "marks", answer, query=QUERY, views=texts())
    post(app, "lanes", pinned, query=QUERY, patient=text())


def marks(study: Study, wanted: dict[str, Any], views: list[str]) -> dict[str, Any]:
    """Patient ids, groups and colours in display order, and for each of `views` its traces of columnar arrays, whose
    `patient` is a position in the ids."""
    query, _ = queries.read(study, wanted)
    palette = style.colors(study, query.theme)
    return {
        "ids": study.patient_ids,
        "groups": study.patients["group"].astype(str).tolist(),
        "colors": [palette[patient] for patient in study.patient_ids],
        "views": {key: CHARTS[key].marks(study, query) for key in views if key in CHARTS and CHARTS[key].marks},
        "members": {key: CHARTS[key].members(study, query) for key in views if key in CHARTS and CHARTS[key].members},
    }


def lanes(study: Study, wanted: dict[str, Any], patient: str) -> dict[str, Any]:
    """The lanes of one patient, as the traces of `figures.swimlanes.pinned`; of a stranger to the study, none."""
    query, _ = queries.read(study, wanted)
    known = patient in study.patient_ids
    return swimlanes.pinned(study, query, patient) if known else {"patient": patient, "labels": [], "traces": []}
