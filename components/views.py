"""The table of contents: what the app shows, in the order of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components import cohort_tables, pair_tables, tables
from components.resampling import resampling
from figures import (
    heatmap,
    influence,
    lag_profile,
    lanes,
    lasagna,
    matrix,
    milestones,
    one_patient,
    panels,
    phase_plane,
    precision,
    rates,
    scatter,
    sensitivity,
    survival,
    swimlanes,
    timelines,
    waterfall,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

RULES = frozenset({"response", "cutoff", "relapse", "rebound", "baseline", "phase"})
KEPT = frozenset({"patients", "groups", "from_week", "to_week", "clock"})
TIMED = KEPT | {"lens", "theme"}
ZOOM = ("zoom2d", "pan2d", "resetScale2d")
PAIRED = KEPT | {"pasi_scale", "immune_scale", "tolerance", "lag", "phase", "theme"}
TESTED = PAIRED | {"statistic"}
PHASED = KEPT | {"phase", "baseline", "theme"}
TOLD = PHASED | {"response", "cutoff"}
RATED = TOLD | {"imputation", "policy", "interval"}
FOLLOWED = TOLD | {"relapse", "measure", "curves_by", "at_restart"}


@dataclass(frozen=True)
class View:
    """A card. `draw` makes its chart (None: it is a table), `numbers` the table behind it, `caption` its n; `fields`
    are the query's fields it depends on; `marks` are the columnar
    arrays for the layer, where a cohort is too large to draw; `members` says whom a mark of several patients stands
    for, by its key, as positions in the study's patients; `controls` are the query's fields set on the card, `note`
    what is said under it, `extra` what stands beside the controls and under the note, `buttons` plotly's own that it
    keeps, `needs` the table without which it is empty.
    Views of one `deck` share a place: the query's field of that name says which one is open, and only that is drawn."""

    key: str
    title: str
    about: str
    column: str
    numbers: Callable[[Study, Query], pd.DataFrame]
    caption: Callable[[Study, Query], str]
    fields: frozenset[str]
    draw: Callable[[Study, Query], go.Figure] | None = None
    marks: Callable[[Study, Query], list[dict[str, Any]]] | None = None
    members: Callable[[Study, Query], dict[str, list[int]]] | None = None
    controls: tuple[str, ...] = ()
    note: Callable[[Study, Query], str] | None = None
    extra: Callable[[], tuple[Any, Any]] | None = None
    buttons: tuple[str, ...] = ()
    needs: str = "pasi"
    deck: str = ""

    def open(self, query: Query) -> bool:
        """Whether the query shows this view."""
        return not self.deck or getattr(query, self.deck) == self.key


_VIEWS = (
    View(
        key="pasi",
        title="PASI",
        about="Each patient's PASI. A break in a line is a visit without a value; hollow marks are illustrative.",
        column="time",
        draw=timelines.pasi,
        marks=timelines.pasi_marks,
        numbers=tables.pasi,
        caption=tables.pasi_caption,
        fields=TIMED | RULES | {"pasi_scale"},
        controls=("response", "cutoff", "relapse", "rebound"),
        note=milestones.wording,
        buttons=ZOOM,
    ),
    View(
        key="immune",
        needs="immune_subsets",
        title="Immune subsets",
        about="Each subset on a row of its own. The title of a row names its denominator and its baseline.",
        column="time",
        draw=timelines.immune,
        marks=timelines.immune_marks,
        numbers=tables.immune,
        caption=tables.immune_caption,
        fields=TIMED | {"immune_scale", "subsets", "tolerance", "interval"},
        note=precision.wording,
        buttons=ZOOM,
    ),
    View(
        key="swimlanes",
        needs="treatments",
        title="Treatments",
        about="Triangles are infusions with their dose; an arrow is an ongoing course; pale is prior therapy, hatched "
        "is background therapy over week 0, hollow is illustrative.",
        column="time",
        draw=swimlanes.swimlanes,
        marks=lanes.lane_marks,
        numbers=tables.treatments,
        caption=tables.treatments_caption,
        fields=TIMED | RULES | {"lane_sort", "lane_page"},
        controls=("lane_sort", "lane_page"),
    ),
    View(
        key="correlation",
        deck="pair_view",
        needs="immune_subsets",
        title="Correlation",
        about="Each mark is a blood sample paired with the nearest PASI visit within the tolerance; each is used once. "
        "What found no partner stands in the strips along the axes. Lines are the common within-patient slope.",
        column="side",
        draw=scatter.scatter,
        marks=scatter.pair_marks,
        numbers=pair_tables.audit,
        caption=pair_tables.pairs_caption,
        fields=TESTED | {"subset"},
        controls=("subset", "statistic", "phase", "tolerance", "lag"),
        note=scatter.wording,
        extra=resampling,
        buttons=("lasso2d", "select2d", *ZOOM),
    ),
    View(
        key="multiples",
        deck="pair_view",
        needs="immune_subsets",
        title="Multiples",
        about="The scatters of the subsets chosen above, side by side on one PASI scale. Drag over rows of the matrix "
        "to choose others.",
        column="side",
        draw=panels.multiples,
        marks=panels.panel_marks,
        numbers=pair_tables.panels,
        caption=pair_tables.panels_caption,
        fields=TESTED | {"subsets"},
        note=scatter.wording,
    ),
    View(
        key="phase_plane",
        deck="pair_view",
        needs="immune_subsets",
        title="Phase plane",
        about="PASI against the subset as a path through time: the loop from infusion through relapse to restart. The "
        "number at a mark is its week.",
        column="side",
        draw=phase_plane.phase_plane,
        marks=phase_plane.plane_marks,
        numbers=pair_tables.audit,
        caption=pair_tables.plane_caption,
        fields=PAIRED | {"subset"},
        note=phase_plane.wording,
    ),
    View(
        key="lag_profile",
        deck="pair_view",
        needs="immune_subsets",
        title="Lag",
        about="The subset at week t against PASI at week t + lag, with 95 % intervals. A click on a lag chooses it for "
        "the scatter.",
        column="side",
        draw=lag_profile.lag_profile,
        numbers=pair_tables.lags,
        caption=pair_tables.lags_caption,
        fields=TESTED | {"subset"},
        note=lag_profile.wording,
    ),
    View(
        key="matrix",
        deck="cohort_view",
        needs="immune_subsets",
        title="Matrix",
        about="The same statistic for every subset. A grey cell is not computed; its reason is in its tooltip. A click "
        "shows the pairs of a cell in the scatter; a drag over rows shows their scatters side by side.",
        column="side",
        draw=matrix.matrix,
        numbers=pair_tables.cells,
        caption=pair_tables.cells_caption,
        fields=TESTED | {"matrix_by", "matrix_sort"},
        controls=("matrix_by", "matrix_sort"),
        note=matrix.wording,
    ),
    View(
        key="rates",
        deck="cohort_view",
        title="Rates",
        about="Responders among the evaluable patients of each group at each nominal visit, with 95 % intervals; the "
        "counts stand under the axis. A click on a mark lights up its responders.",
        column="side",
        draw=rates.rates,
        members=rates.members,
        numbers=cohort_tables.rates,
        caption=cohort_tables.rates_caption,
        fields=RATED,
        controls=("imputation", "policy", "interval"),
    ),
    View(
        key="survival",
        deck="cohort_view",
        title="Survival",
        about="Kaplan–Meier curves of a time to an event, with 95 % bands and numbers at risk; response rises. A "
        "click on a step lights up who had the event there, one on a tick whose follow-up ends there.",
        column="side",
        draw=survival.survival,
        members=survival.members,
        numbers=cohort_tables.steps,
        caption=cohort_tables.steps_caption,
        fields=FOLLOWED,
        controls=("measure", "curves_by", "at_restart"),
    ),
    View(
        key="waterfall",
        deck="cohort_view",
        title="Waterfall",
        about="Each patient's best improvement in the phase, best first, with lines at 50, 75 and 90 %. Who is not "
        "evaluable has no bar and is listed beside the title. Hollow bars are illustrative.",
        column="side",
        draw=waterfall.waterfall,
        numbers=cohort_tables.best,
        caption=cohort_tables.best_caption,
        fields=PHASED,
    ),
    View(
        key="lasagna",
        deck="cohort_view",
        title="Lasagna",
        about="Each patient's state of response at each nominal visit, in the lanes' order. Blank is not observed; "
        "nothing is imputed here.",
        column="side",
        draw=lasagna.lasagna,
        numbers=cohort_tables.states,
        caption=cohort_tables.states_caption,
        fields=PHASED | {"lane_sort"},
    ),
    View(
        key="heatmap",
        deck="cohort_view",
        needs="immune_subsets",
        title="Heatmap",
        about="Immune subsets of one patient, or patients of one subset, by week, around each patient's own baseline. "
        "Blank is not measured. A click selects the patient of the row.",
        column="side",
        draw=heatmap.heatmap,
        numbers=pair_tables.heat,
        caption=pair_tables.heat_caption,
        fields=KEPT | {"immune_scale", "heat_by", "patient", "subset", "lane_sort", "theme"},
        controls=("heat_by", "patient"),
        note=heatmap.wording,
    ),
    View(
        key="response",
        deck="table_view",
        title="Response",
        about="Per patient and phase. A baseline is the last PASI at or before the phase's start; weeks count from "
        "that start to the first visit that reached the threshold.",
        column="wide",
        numbers=tables.responses,
        caption=tables.responses_caption,
        fields=KEPT | RULES | {"sustained"},
        controls=("baseline", "sustained"),
        note=tables.responses_wording,
    ),
    View(
        key="sensitivity",
        deck="table_view",
        title="Sensitivity",
        about="Which findings depend on the rule: one row per rule and imputation, over the kept patients as one "
        "group, and what each rule says of up to eight patients. A click on a row makes its rule the active one.",
        column="wide",
        draw=sensitivity.sensitivity,
        numbers=cohort_tables.rules,
        caption=cohort_tables.rules_caption,
        fields=RATED | {"relapse"},
    ),
    View(
        key="one_patient",
        deck="table_view",
        title="One patient",
        about="How the visits of one phase compare with those of another, patient by patient, without a model: NAP, "
        "Tau and Tau-U. Refused below three visits in the first phase.",
        column="wide",
        draw=one_patient.one_patient,
        numbers=pair_tables.effects,
        caption=pair_tables.effects_caption,
        fields=frozenset({"patients", "groups", "lane_sort", "lane_page", "outcome", "better", "theme"}),
        controls=("outcome", "better"),
        note=one_patient.wording,
    ),
    View(
        key="influence",
        deck="table_view",
        needs="immune_subsets",
        title="Influence",
        about="The coefficient of the scatter without each patient in turn. A diamond: the sign flips. Hollow: the "
        "study is illustrative.",
        column="wide",
        draw=influence.influence,
        numbers=pair_tables.left_out,
        caption=pair_tables.left_out_caption,
        fields=TESTED | {"subset"},
        note=influence.wording,
    ),
)
VIEWS = {view.key: view for view in _VIEWS}
DECKS = {
    deck: [view for view in _VIEWS if view.deck == deck] for deck in dict.fromkeys(view.deck for view in _VIEWS) if deck
}
CHARTS = {view.key: view for view in _VIEWS if view.draw}
