"""The controls: one per field of the query, named after it, labelled, and explained by a tooltip."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from analysis.phases import clock_labels, phase_labels, study_clocks, study_phases
from analysis.query import MAX_SUBSETS
from analysis.response import LANE_SORTS
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from components import ids
from figures import lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.query import Query
    from data.study import Study


@dataclass(frozen=True)
class Control:
    """`build` makes the component, whose `value` is the field; `needed` says whether this study has a use for it."""

    field: str
    label: str
    about: str
    build: Callable[[Study, Query], Any]
    needed: Callable[[Study], bool] = lambda study: True  # noqa: ARG005 - most controls always are


def _select(field: str, options: Callable[[Study], Mapping[str, str]]) -> Callable[[Study, Query], Any]:
    def build(study: Study, query: Query) -> dbc.Select:
        choices = [{"value": value, "label": label} for value, label in options(study).items()]
        return dbc.Select(id=ids.control(field), options=choices, value=getattr(query, field), size="sm")

    return build


def _several(field: str, options: Callable[[Study], Mapping[str, str]], empty: str) -> Callable[[Study, Query], Any]:
    def build(study: Study, query: Query) -> dcc.Dropdown:
        choices = [{"value": value, "label": label} for value, label in options(study).items()]
        value = list(getattr(query, field))
        return dcc.Dropdown(id=ids.control(field), options=choices, value=value, multi=True, placeholder=empty)

    return build


def _number(field: str, **limits: Any) -> Callable[[Study, Query], Any]:
    def build(_: Study, query: Query) -> dbc.Input:
        value = getattr(query, field)
        return dbc.Input(id=ids.control(field), type="number", value=value, size="sm", debounce=True, **limits)

    return build


def _page(study: Study, query: Query) -> dbc.Input:
    last = lanes.pages(study, query)
    return dbc.Input(
        id=ids.control("lane_page"), type="number", value=query.lane_page, min=1, max=last, step=1, size="sm"
    )


def _switch(field: str) -> Callable[[Study, Query], Any]:
    return lambda _, query: dbc.Switch(id=ids.control(field), value=getattr(query, field), label="")


def _subsets(study: Study) -> dict[str, str]:
    return dict(
        zip(study.subset_definitions["subset"].astype(str), study.subset_definitions["label"].astype(str), strict=True)
    )


def _groups(study: Study) -> dict[str, str]:
    return {group: group for group in study.patients["group"].astype(str).unique()}


def _clocks(study: Study) -> dict[str, str]:
    return {key: clock_labels(study)[key] for key in study_clocks(study)}


def _phases(study: Study) -> dict[str, str]:
    return {key: phase_labels(study)[key] for key in study_phases(study)}


def _has_treatments(study: Study) -> bool:
    return not study.treatments.empty


def _has_subsets(study: Study) -> bool:
    return not study.immune_subsets.empty


def _labels(registry: Mapping[str, Any]) -> Callable[[Study], dict[str, str]]:
    return lambda _: {key: entry.label for key, entry in registry.items()}


_WINDOW = "numbers, n and fits change. To look closer without changing a number, drag on a chart."
_CONTROLS = (
    Control(
        "patients",
        "Patients",
        "Keep only these patients. Empty keeps all. To highlight without leaving others out, click them.",
        _several("patients", lambda study: {patient: patient for patient in study.patient_ids}, "all patients"),
    ),
    Control(
        "groups",
        "Groups",
        "Keep only these groups. Empty keeps all.",
        _several("groups", _groups, "all groups"),
        lambda study: len(_groups(study)) > 1,
    ),
    Control(
        "clock",
        "Clock",
        "Where week 0 lies, in every time view at once. Patients without that event are listed as off the clock.",
        _select("clock", _clocks),
        lambda study: len(_clocks(study)) > 1,
    ),
    Control(
        "from_week",
        "From week",
        f"Leave out everything before this week of the clock: {_WINDOW}",
        _number("from_week", placeholder="first", step="any"),
    ),
    Control(
        "to_week",
        "To week",
        f"Leave out everything after this week of the clock: {_WINDOW}",
        _number("to_week", placeholder="last", step="any"),
    ),
    Control(
        "lens",
        "Time lens",
        "Give the weeks around week 0 most of the width and compress the rest (shaded, behind //).",
        _switch("lens"),
    ),
    Control(
        "pasi_scale",
        "PASI",
        "PASI as scored, or % improvement from the last value at or before week 0.",
        _select("pasi_scale", _labels(PASI_SCALES)),
    ),
    Control(
        "immune_scale",
        "Immune",
        "Frequencies as measured, or against the patient's own last value at or before week 0.",
        _select("immune_scale", _labels(IMMUNE_SCALES)),
        _has_subsets,
    ),
    Control(
        "subsets",
        "Subsets",
        f"Up to {MAX_SUBSETS} subsets, one row each.",
        _several("subsets", _subsets, "choose subsets"),
        _has_subsets,
    ),
    Control(
        "lane_sort",
        "Sort",
        "Order of patients: by id, by weeks to first PASI50, by best improvement, or by length of follow-up.",
        _select("lane_sort", _labels(LANE_SORTS)),
        _has_treatments,
    ),
    Control(
        "lane_page",
        "Page",
        "Page of patients. A highlighted patient of another page is drawn on top.",
        _page,
        lambda study: _has_treatments(study) and len(study.patients) > lanes.SCROLL,
    ),
    Control(
        "subset",
        "Subset",
        "The subset on the horizontal axis.",
        _select("subset", _subsets),
        _has_subsets,
    ),
    Control(
        "phase",
        "Phase",
        "Pairs of this phase only. A visit on the day a phase starts is pre-dose: it belongs to the phase before.",
        _select("phase", _phases),
        _has_subsets,
    ),
    Control(
        "tolerance",
        "± weeks",
        "Largest gap between a blood sample and the PASI visit it is paired with.",
        _number("tolerance", min=0, max=26, step="any"),
        _has_subsets,
    ),
)
CONTROLS = {control.field: control for control in _CONTROLS}
BAR = ("patients", "groups", "clock", "from_week", "to_week", "lens", "pasi_scale", "immune_scale", "subsets")


def labelled(field: str, study: Study, query: Query) -> html.Div | None:
    """A control with its label and tooltip, or None where the study has no use for it."""
    control = CONTROLS[field]
    if not control.needed(study):
        return None
    # the page writes a dictionary id as its JSON
    name = json.dumps(ids.control(field), sort_keys=True, separators=(",", ":"))
    label = html.Label(control.label, className="control-label", htmlFor=name)
    parts = [label, control.build(study, query)]
    return html.Div(parts, className=f"control control-{field}", title=control.about, **{"data-control": field})
