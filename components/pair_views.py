"""The views of pairs of PASI and immune subsets, and of what is told beside them."""

from __future__ import annotations

from components import pair_tables
from components.resampling import resampling
from components.view import KEPT, PAIRED, TESTED, ZOOM, View
from figures import (
    heatmap,
    influence,
    lag_profile,
    matrix,
    one_patient,
    panels,
    phase_plane,
    scatter,
    specifications,
    tolerance_sweep,
)
from figures.visuals import specification_table

PAIRS = (
    View(
        key="correlation",
        deck="pair_view",
        needs=("pasi", "immune_subsets"),
        title="Correlation",
        about="Each mark is a blood sample paired with the nearest visit within the tolerance; each is used once. "
        "What found no partner stands in the strips along the axes. Lines are the common within-patient slope.",
        column="side",
        draw=scatter.scatter,
        marks=scatter.pair_marks,
        numbers=pair_tables.audit,
        caption=pair_tables.pairs_caption,
        fields=TESTED | {"subset", "matrix_by"},
        controls=("subset", "statistic", "p_by", "phase", "tolerance", "lag", "pair_phase"),
        note=scatter.wording,
        extra=resampling,
        buttons=("lasso2d", "select2d", *ZOOM),
    ),
    View(
        key="multiples",
        deck="pair_view",
        needs=("pasi", "immune_subsets"),
        title="Multiples",
        about="The scatters of the subsets chosen above, side by side on one scale. Drag over rows of the matrix "
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
        needs=("pasi", "immune_subsets"),
        title="Phase plane",
        about="The outcome against the subset as a path through time: the loop from infusion through relapse to "
        "restart. The number at a mark is its week.",
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
        needs=("pasi", "immune_subsets"),
        title="Lag",
        about="The subset at week t against the outcome at week t + lag, with 95 % intervals. A click on a lag chooses "
        "it for the scatter.",
        column="side",
        draw=lag_profile.lag_profile,
        numbers=pair_tables.lags,
        caption=pair_tables.lags_caption,
        fields=TESTED | {"subset"},
        note=lag_profile.wording,
    ),
    View(
        key="tolerance",
        deck="pair_view",
        needs=("pasi", "immune_subsets"),
        title="Tolerance",
        about="The coefficient under several tolerances, with 95 % intervals; everything else is as chosen. A click on "
        "a tolerance chooses it.",
        column="side",
        draw=tolerance_sweep.tolerance,
        numbers=pair_tables.tolerances,
        caption=pair_tables.tolerances_caption,
        fields=TESTED | {"subset"},
        note=tolerance_sweep.wording,
    ),
    View(
        key="specifications",
        deck="pair_view",
        needs=("pasi", "immune_subsets"),
        title="Specifications",
        about="The estimate under every defensible statistic, tolerance, scale and phase, without a lag and with the "
        "one chosen, from least to largest, with 95 % intervals, which may go beyond the plot; below, the choices of "
        "each. A click on one sets them.",
        column="side",
        draw=specifications.specifications,
        numbers=pair_tables.specifications,
        caption=pair_tables.specifications_caption,
        fields=TESTED | {"subset"},
        note=specification_table.wording,
    ),
    View(
        key="matrix",
        deck="cohort_view",
        needs=("pasi", "immune_subsets"),
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
)
HEATMAP = View(
    key="heatmap",
    deck="cohort_view",
    needs=("immune_subsets",),
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
)
ONE_PATIENT = View(
    key="one_patient",
    deck="table_view",
    title="One patient",
    about="How the visits of one phase compare with those of another, patient by patient, without a model: NAP, "
    "Tau and Tau-U. Refused below three visits in the first phase.",
    column="wide",
    draw=one_patient.one_patient,
    numbers=pair_tables.effects,
    caption=pair_tables.effects_caption,
    fields=frozenset({"patients", "groups", "lane_sort", "lane_page", "score", "outcome", "better", "theme"}),
    controls=("outcome", "better"),
    note=one_patient.wording,
)
INFLUENCE = View(
    key="influence",
    deck="table_view",
    needs=("pasi", "immune_subsets"),
    title="Influence",
    about="The coefficient of the scatter without each patient in turn. A diamond: the sign flips. Hollow: the "
    "study is illustrative.",
    column="wide",
    draw=influence.influence,
    numbers=pair_tables.left_out,
    caption=pair_tables.left_out_caption,
    fields=TESTED | {"subset"},
    note=influence.wording,
)
