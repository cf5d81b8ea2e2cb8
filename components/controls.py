"""The controls: one per field of the query, named after it, labelled, and explained by a tooltip."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING

import dash_bootstrap_components as dbc
from dash import html

from analysis.outcomes import outcome_of
from analysis.phases import clock_labels, phase_labels, study_clocks, study_phases
from analysis.query import MAX_GAP, MAX_SUBSETS, default
from analysis.response.response import LANE_SORTS
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import rules_of
from analysis.response.time_to_event import MEASURES, RESTARTS
from analysis.scales import IMMUNE_SCALES, PASI_SCALES, study_scores
from analysis.tracks import tracks
from components import ids
from components.comparison_controls import COMPARISON_CONTROLS
from components.control_kinds import (
    Control,
    fixed,
    has_pairs,
    has_pasi,
    has_subsets,
    labels,
    number,
    one_subset,
    select,
    several,
    some_subsets,
    switch,
)
from components.page.buttons import about
from components.pair_controls import PAIR_CONTROLS
from components.views import VIEWS, of_tab
from figures.treatments import lanes
from figures.visuals import style
from figures.visuals.empty_state import absence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.query import Query
    from data.study import Study


def _page(study: Study, query: Query) -> dbc.Input:
    last = lanes.pages(study, query)
    return dbc.Input(
        id=ids.control("lane_page"), type="number", value=query.lane_page, min=1, max=last, step=1, size="sm"
    )


def _groups(study: Study) -> dict[str, str]:
    return {group: group for group in study.patients["group"].astype(str).unique()}


def _clocks(study: Study) -> dict[str, str]:
    return {key: clock_labels(study)[key].removeprefix("weeks since ") for key in study_clocks(study)}


def _panels(study: Study) -> dict[str, str]:
    tab = next(view.tab for view in VIEWS.values() if view.key == default(study).panel)
    return {view.key: view.title for view in of_tab(tab)}


def _phases(study: Study) -> dict[str, str]:
    return {key: phase_labels(study)[key] for key in study_phases(study)}


def _has_many(study: Study) -> bool:
    return len(study.patients) > style.FEW


def _has_treatments(study: Study) -> bool:
    return not study.treatments.empty


_WINDOW = "numbers, n and fits change. To look closer without changing a number, drag on a chart."


def _responses(study: Study) -> dict[str, str]:
    known, relative = rules_of(study).responses, outcome_of(study).relative
    own = {"own_percent": "own % cut-off"} if relative else {}
    return {key: rule.label for key, rule in known.items()} | own | {"own_absolute": "own cut-off"}


def _relapses(study: Study) -> dict[str, str]:
    return {key: rule.label for key, rule in rules_of(study).relapses.items()} | {NO_RULE: "off"}


def _rebounds(study: Study) -> dict[str, str]:
    return {key: rule.label for key, rule in rules_of(study).rebounds.items()} | {NO_RULE: "off"}


MISSED = {"OC": "leave out", "NRI": "count as failure", "LOCF": "carry forward"}
RESTARTED = {"treatment_policy": "count what was seen", "composite": "count as failure"}
OF_OUTCOME: Mapping[str, Callable[[Study], dict[str, str]]] = MappingProxyType(
    {"response": _responses, "relapse": _relapses, "rebound": _rebounds}
)
"""Menus whose choices are another outcome's own: field -> value -> label."""


def choices(study: Study, field: str) -> list[dict[str, str]]:
    """What a menu of `OF_OUTCOME` offers for the study's outcome."""
    return [{"value": value, "label": label} for value, label in OF_OUTCOME[field](study).items()]


_OF_PANEL = Control(
    "panel",
    "Show",
    "The view of this tab that is open.",
    select("panel", _panels),
)
_CONTROLS = (
    Control(
        "patients",
        "Patients",
        "Keep only these patients. Empty keeps all. To highlight without leaving others out, click them.",
        several("patients", lambda study: {patient: patient for patient in study.patient_ids}, "all patients"),
    ),
    Control(
        "groups",
        "Groups",
        "Keep only these groups. Empty keeps all.",
        several("groups", _groups, "all groups"),
        lambda study: len(_groups(study)) > 1,
    ),
    Control(
        "clock",
        "Week 0",
        "Where week 0 lies, in every time view at once. Patients without that event are listed as off the clock.",
        select("clock", _clocks),
        lambda study: len(_clocks(study)) > 1,
    ),
    Control(
        "from_week",
        "Use weeks from",
        f"Leave out everything before this week of the clock: {_WINDOW}",
        number("from_week", placeholder="first", step="any"),
    ),
    Control(
        "to_week",
        "to",
        f"Leave out everything after this week of the clock: {_WINDOW}",
        number("to_week", placeholder="last", step="any"),
    ),
    Control(
        "lens",
        "Stretch the weeks around week 0",
        "Give them most of the width and compress the rest (shaded, behind //).",
        switch("lens"),
    ),
    Control(
        "score",
        "Outcome",
        "The score that everything is about: rules, rates, curves, correlation and the report.",
        select("score", study_scores),
        lambda study: len(study_scores(study)) > 1,
    ),
    Control(
        "pasi_scale",
        "Outcome as",
        "The outcome as scored, or % improvement from the last value at or before week 0.",
        select("pasi_scale", labels(PASI_SCALES)),
        lambda study: not absence(study, ["pasi"]),
    ),
    Control(
        "immune_scale",
        "Subsets as",
        "Frequencies as measured, or against the patient's own last value at or before week 0.",
        select("immune_scale", labels(IMMUNE_SCALES)),
        has_subsets,
    ),
    Control(
        "subsets",
        "Subsets",
        f"Up to {MAX_SUBSETS} subsets, one row each. Search by a word of lineage, parent, label or phenotype.",
        some_subsets("subsets", "choose subsets"),
        has_subsets,
    ),
    Control(
        "lanes",
        "Treatments",
        "Lanes of each patient, or the share of the patients in follow-up who are on each drug, week by week.",
        select("lanes", lambda _: {"patients": "lanes of each patient", "share": "share on each drug"}),
        _has_treatments,
    ),
    Control(
        "lines",
        "Draw",
        "Every patient's line, or each group's median with its quartiles; by size: lines up to 150 patients, medians "
        "from 20.",
        select("lines", fixed({"": "by size", "all": "all lines", "median": "median and quartiles"})),
        _has_many,
    ),
    Control(
        "lane_sort",
        "Sort",
        "Order of patients: by id, by weeks to first response, by best improvement, or by length of follow-up.",
        select("lane_sort", labels(LANE_SORTS)),
    ),
    Control(
        "lane_colour",
        "Colour",
        "What the colour of a course says: the patient, as everywhere else, or the drug. In every other view patients "
        "keep their own colour.",
        select("lane_colour", fixed({"patient": "patient", "drug": "drug"})),
        _has_treatments,
    ),
    Control(
        "track",
        "Track",
        "What stands beside each patient's lanes, and along the bars of Best change and the rows of Response grid; "
        "there with the panel's subset at baseline and the number of drugs begun before week 0.",
        select("track", tracks),
    ),
    Control(
        "lane_page",
        "Lanes from",
        f"Where the list of lanes begins, in steps of {lanes.PAGE} patients. Scrolling over the lanes turns it too.",
        _page,
        lambda study: _has_treatments(study) and len(study.patients) > lanes.LISTED,
    ),
    Control(
        "subset",
        "Subset",
        "The subset on the horizontal axis.",
        one_subset("subset"),
        has_subsets,
    ),
    Control(
        "phase",
        "Phase",
        "Pairs, rates, curves, states and rules of this phase only. A visit on the day a phase starts is pre-dose: it "
        "belongs to the phase before.",
        select("phase", _phases),
        has_pasi,
    ),
    Control(
        "tolerance",
        "Pair blood and visits within, weeks",
        "Largest gap between a blood sample and the visit it is paired with.",
        number("tolerance", min=0, max=26, step="any"),
        has_pairs,
    ),
)
_RULES = (
    Control(
        "response",
        "Response",
        "What counts as a response. Its line is drawn for each patient, and the first visit that reached it is marked.",
        select("response", _responses),
        has_pasi,
    ),
    Control(
        "cutoff",
        "Cut-off",
        "The cut-off of an own response: % improvement from baseline (80 if empty), or a value to reach.",
        number("cutoff", placeholder="own", step="any"),
        has_pasi,
    ),
    Control(
        "relapse",
        "Relapse",
        "What counts as a relapse, judged within a phase after its own response, against its own nadir so far. NPF: "
        "half of the best improvement is lost. EMA: more than half, or treatment is restarted.",
        select("relapse", _relapses),
        has_pasi,
    ),
    Control(
        "rebound",
        "Rebound",
        "What counts as a rebound: a value worse than baseline soon after the last infusion or the end of the course.",
        select("rebound", _rebounds),
        has_pasi,
    ),
    Control(
        "baseline",
        "Baseline",
        "Each phase is judged from its own baseline (for the restart, the value of its day) or from the original one.",
        select("baseline", fixed({"phase": "each phase's own", "original": "original"})),
        has_pasi,
    ),
    Control(
        "sustained",
        "Sustained ≥ weeks",
        "For how many weeks, from the visit that first showed it to the last visit, a response must hold to be called "
        "sustained.",
        number("sustained", min=1, max=1040, step="any"),
        has_pasi,
    ),
    Control(
        "imputation",
        "Missed visits",
        "What a visit that was not observed counts as. It is printed beside every rate.",
        select("imputation", fixed(MISSED)),
        has_pasi,
    ),
    Control(
        "policy",
        "After a restart",
        "Count what was seen, whatever was restarted (treatment policy), or count as failure from then on (composite).",
        select("policy", fixed(RESTARTED)),
        has_pasi,
    ),
    Control(
        "interval",
        "95 % CI",
        "How the interval of a rate is computed: Wilson's score interval, or the exact one of Clopper and Pearson.",
        select("interval", fixed({"wilson": "Wilson", "clopper_pearson": "Clopper–Pearson"})),
    ),
    Control(
        "measure",
        "Time to",
        "The event of the Kaplan–Meier curves.",
        select("measure", labels(MEASURES)),
    ),
    Control(
        "curves_by",
        "Curves by",
        "One curve per group, per treatment, or one for all.",
        select("curves_by", fixed({"group": "group", "treatment": "treatment", "all": "all together"})),
    ),
    Control(
        "at_restart",
        "At restart",
        "Whether follow-up goes on after a restart, ends with it, or a restart is an event itself.",
        select("at_restart", labels(RESTARTS)),
        lambda study: "restart" in study_phases(study),
    ),
    Control(
        "gap",
        "Gap ≤ days",
        "In drug survival, courses of one drug with at most so many days between them are one: a change of dose or a "
        "late refill is no stop.",
        number("gap", min=0, max=MAX_GAP, step="any"),
        lambda study: not study.treatments.empty,
    ),
)
CONTROLS = {
    control.field: control for control in (_OF_PANEL, *_CONTROLS, *PAIR_CONTROLS, *COMPARISON_CONTROLS, *_RULES)
}


def labelled(field: str, study: Study, query: Query) -> html.Div | None:
    """A control with its label and tooltip, or None where the study has no use for it."""
    control = CONTROLS[field]
    if not control.needed(study):
        return None
    # the page writes a dictionary id as its JSON
    name = json.dumps(ids.control(field), sort_keys=True, separators=(",", ":"))
    label = html.Label(control.label, className="control-label", htmlFor=name)
    parts = [label, control.build(study, query)]
    words = ids.data(control=field, **({"only": control.only} if control.only else {}))
    return html.Div(parts, className=f"control control-{field}", **about(control.about), **words)
