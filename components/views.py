"""The table of contents: what the app shows, in the order of the page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from analysis.outcomes import outcome_name
from analysis.query import default
from components import cohort_tables, tables
from components.comparison_views import COMPARISONS, GROUP_COURSE
from components.pair_views import HEATMAP, INFLUENCE, ONE_PATIENT, PAIRS
from components.view import FOLLOWED, KEPT, PHASED, RATED, RULES, TIMED, ZOOM, View
from figures import goals, lasagna, rates, sensitivity, survival, swimlanes, timelines, waterfall
from figures.headlines import TOLD, headline, short
from figures.treatments import events, lane_key, lanes
from figures.visuals import milestones, precision, rail

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

_VIEWS = (
    View(
        key="pasi",
        needs=("pasi",),
        title="Outcome",
        about="Each patient's score. A break in a line is a visit without a value; hollow marks are illustrative.",
        draw=timelines.pasi,
        marks=timelines.pasi_marks,
        table=tables.pasi,
        counted=tables.pasi_caption,
        members=rail.members,
        fields=TIMED | RULES | {"pasi_scale", "lines"},
        note=milestones.wording,
        buttons=ZOOM,
        named=outcome_name,
    ),
    View(
        key="immune",
        needs=("immune_subsets",),
        title="Immune subsets",
        about="Each subset on a row of its own. The title of a row names its denominator and its baseline.",
        draw=timelines.immune,
        marks=timelines.immune_marks,
        table=tables.immune,
        counted=tables.immune_caption,
        fields=TIMED | {"immune_scale", "subsets", "interval", "lines"},
        noted=frozenset({"tolerance"}),
        note=precision.wording,
        buttons=ZOOM,
    ),
    View(
        key="swimlanes",
        title="Treatments",
        about="The thin line is a patient's follow-up, first to last observation. Triangles are infusions with their "
        "dose; an arrow is an ongoing course; pale is prior therapy, hatched is background therapy over week 0, hollow "
        f"is illustrative. {events.ABOUT}",
        draw=swimlanes.swimlanes,
        marks=lanes.lane_marks,
        table=tables.treatments,
        counted=tables.treatments_caption,
        fields=TIMED | {"score", "lane_sort", "lane_page", "lanes", "lane_colour", "track"},
        note=lane_key.wording,
    ),
    *PAIRS,
    View(
        key="rates",
        needs=("pasi",),
        title="Rates",
        about="Responders among the evaluable patients of each group at each nominal visit, with 95 % intervals; the "
        "counts stand under the axis. A click on a mark lights up its responders.",
        tab="cohort",
        draw=rates.rates,
        members=rates.members,
        table=cohort_tables.rates,
        counted=cohort_tables.rates_caption,
        fields=RATED,
        controls=("phase",),
        note=rates.wording,
    ),
    GROUP_COURSE,
    View(
        key="survival",
        title="Time to",
        about="Kaplan–Meier curves of a time to an event, with 95 % bands and numbers at risk; response rises. A "
        "click on a step lights up who had the event there, one on a tick whose follow-up ends there.",
        tab="cohort",
        draw=survival.survival,
        members=survival.members,
        table=cohort_tables.steps,
        counted=cohort_tables.steps_caption,
        fields=FOLLOWED,
        controls=("measure", "curves_by", "phase"),
        method=("at_restart", "gap"),
        note=survival.wording,
    ),
    View(
        key="waterfall",
        needs=("pasi",),
        title="Best change",
        about="Each patient's best improvement in the phase, best first, with lines at 50, 75 and 90 %. Who is not "
        "evaluable has no bar and is listed beside the title. Hollow bars are illustrative.",
        tab="cohort",
        draw=waterfall.waterfall,
        table=cohort_tables.best,
        counted=cohort_tables.best_caption,
        fields=PHASED | {"track", "subset"},
        controls=("phase",),
    ),
    View(
        key="lasagna",
        needs=("pasi",),
        title="Response grid",
        about="Each patient's state of response at each nominal visit, in the lanes' order. Blank is not observed; "
        "nothing is imputed here.",
        tab="cohort",
        draw=lasagna.lasagna,
        table=cohort_tables.states,
        counted=cohort_tables.states_caption,
        fields=PHASED | {"lane_sort", "track", "subset"},
        controls=("phase",),
    ),
    HEATMAP,
    View(
        key="response",
        wide=True,
        title="Response",
        about="Per patient and phase. A baseline is the last value at or before the phase's start; weeks count from "
        "that start to the first visit that reached the threshold.",
        tab="table",
        table=tables.responses,
        counted=tables.responses_caption,
        fields=KEPT | RULES | {"sustained"},
        note=tables.responses_wording,
    ),
    View(
        key="sensitivity",
        wide=True,
        needs=("pasi",),
        title="Sensitivity",
        about="Which findings depend on the rule: one row per rule and imputation, over the kept patients as one "
        "group, and what each rule says of up to eight patients. A click on a row makes its rule the active one.",
        tab="cohort",
        draw=sensitivity.sensitivity,
        table=cohort_tables.rules,
        counted=cohort_tables.rules_caption,
        fields=RATED | {"relapse"},
        controls=("phase",),
    ),
    View(
        key="goals",
        wide=True,
        title="Goals",
        about="Goals of treatment that the field has set, of two scores at once or of how long one is kept: who met "
        "them in the phase, and when. n.e.: not evaluable.",
        tab="table",
        draw=goals.goals,
        table=cohort_tables.told_goals,
        counted=cohort_tables.goals_caption,
        fields=frozenset({"patients", "groups", "phase", "lane_sort", "score", "theme"}),
        controls=("phase",),
        note=goals.wording,
    ),
    ONE_PATIENT,
    INFLUENCE,
    *COMPARISONS,
)


def _telling(view: View) -> View:
    """A view of the panel with what `headlines.TOLD` says first of it."""
    key = view.key
    return replace(view, headline=partial(headline, key), short=partial(short, key)) if key in TOLD else view


VIEWS = {view.key: _telling(view) for view in _VIEWS}
CHARTS = {view.key: view for view in VIEWS.values() if view.draw}
TABS = {"relation": "Relation", "matrix": "Matrix", "cohort": "Cohort", "patient": "Patient", "table": "Table"}
"""Tabs of the panel, each with its views in the order of `VIEWS`."""


def known(study: Study, query: Query) -> tuple[Query, list[str]]:
    """A query with a view that there is, and a sentence where another was asked for."""
    if query.panel in VIEWS:
        return query, []
    usual = default(study).panel
    return replace(query, panel=usual), [f"There is no view “{query.panel}”; {VIEWS[usual].title} is shown."]


def of_tab(tab: str) -> list[View]:
    """The views of a tab."""
    return [view for view in VIEWS.values() if view.tab == tab]
