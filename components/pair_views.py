"""The views of pairs of PASI and immune subsets, and of what is told beside them."""

from __future__ import annotations

from components import pair_tables
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

PAIRING = ("statistic", "p_by", "tolerance", "lag", "pair_phase")
"""How pairs are made and judged, in the sheet of a view."""
PAIRS = (
    View(
        key="correlation",
        needs=("pasi", "immune_subsets"),
        title="Scatter",
        about="Each mark is a blood sample paired with the nearest visit within the tolerance; each is used once. "
        "What found no partner stands in the strips along the axes. Lines are the common within-patient slope.",
        tab="relation",
        draw=scatter.scatter,
        marks=scatter.pair_marks,
        table=pair_tables.audit,
        counted=pair_tables.pairs_caption,
        fields=TESTED | {"subset", "matrix_by"},
        controls=("subset", "phase"),
        method=PAIRING,
        note=scatter.wording,
        buttons=("lasso2d", "select2d", *ZOOM),
    ),
    View(
        key="multiples",
        needs=("pasi", "immune_subsets"),
        title="Side by side",
        about="The scatters of the subsets chosen in Filters, side by side on one scale. Drag over rows of the matrix "
        "to choose others.",
        tab="relation",
        draw=panels.multiples,
        marks=panels.panel_marks,
        table=pair_tables.panels,
        counted=pair_tables.panels_caption,
        fields=TESTED | {"subsets"},
        controls=("phase",),
        method=PAIRING,
        note=scatter.wording,
    ),
    View(
        key="phase_plane",
        needs=("pasi", "immune_subsets"),
        title="Path",
        about="The outcome against the subset as a path through time: the loop from infusion through relapse to "
        "restart. The number at a mark is its week.",
        tab="relation",
        draw=phase_plane.phase_plane,
        marks=phase_plane.plane_marks,
        table=pair_tables.audit,
        counted=pair_tables.plane_caption,
        fields=PAIRED | {"subset"},
        controls=("subset", "phase"),
        method=("tolerance", "lag", "pair_phase"),
        note=phase_plane.wording,
    ),
    View(
        key="lag_profile",
        needs=("pasi", "immune_subsets"),
        title="Time shift",
        about="The subset at a week against the outcome so many weeks later, with 95 % intervals. A click on a time "
        "shift chooses it for the scatter.",
        tab="relation",
        draw=lag_profile.lag_profile,
        table=pair_tables.lags,
        counted=pair_tables.lags_caption,
        fields=TESTED | {"subset"},
        controls=("subset", "phase"),
        method=("statistic", "p_by", "tolerance", "pair_phase"),
        note=lag_profile.wording,
    ),
    View(
        key="tolerance",
        needs=("pasi", "immune_subsets"),
        title="Tolerance",
        about="The coefficient under several tolerances, with 95 % intervals; everything else is as chosen. A click on "
        "a tolerance chooses it.",
        tab="relation",
        draw=tolerance_sweep.tolerance,
        table=pair_tables.tolerances,
        counted=pair_tables.tolerances_caption,
        fields=TESTED | {"subset"},
        controls=("subset", "phase"),
        method=("statistic", "p_by", "lag", "pair_phase"),
        note=tolerance_sweep.wording,
    ),
    View(
        key="specifications",
        needs=("pasi", "immune_subsets"),
        title="Specifications",
        about="The estimate under every defensible statistic, tolerance, scale and phase, without a time shift and "
        "with the one chosen, from least to largest, with 95 % intervals, which may go beyond the plot; below, the "
        "choices of each. A click on one sets them.",
        tab="relation",
        draw=specifications.specifications,
        table=pair_tables.specifications,
        counted=pair_tables.specifications_caption,
        fields=TESTED | {"subset"},
        controls=("subset", "phase"),
        method=("lag", "pair_phase"),
        note=specification_table.wording,
    ),
    View(
        key="matrix",
        needs=("pasi", "immune_subsets"),
        title="Matrix",
        about="The same statistic for every subset. A grey cell is not computed; its reason is in its tooltip. A click "
        "shows the pairs of a cell in the scatter; a drag over rows shows their scatters side by side.",
        tab="matrix",
        draw=matrix.matrix,
        table=pair_tables.cells,
        counted=pair_tables.cells_caption,
        fields=TESTED | {"matrix_by", "matrix_sort"},
        method=PAIRING,
        controls=("matrix_by", "matrix_sort"),
        note=matrix.wording,
    ),
)
HEATMAP = View(
    key="heatmap",
    needs=("immune_subsets",),
    title="Heatmap",
    about="Immune subsets of one patient, or patients of one subset, by week, around each patient's own baseline. "
    "Blank is not measured. A click selects the patient of the row.",
    tab="matrix",
    draw=heatmap.heatmap,
    table=pair_tables.heat,
    counted=pair_tables.heat_caption,
    fields=KEPT | {"immune_scale", "heat_by", "patient", "subset", "lane_sort", "theme"},
    controls=("heat_by", "patient", "subset"),
    note=heatmap.wording,
)
ONE_PATIENT = View(
    key="one_patient",
    title="Patient",
    about="Each patient: what was given, what became of the outcome in each phase, and how visits of one phase "
    "compare with those of another, without a model: NAP, Tau and Tau-U, refused below three visits in the first.",
    tab="patient",
    draw=one_patient.one_patient,
    table=pair_tables.effects,
    counted=pair_tables.effects_caption,
    fields=one_patient.FIELDS,
    controls=("outcome", "better"),
    note=one_patient.wording,
)
INFLUENCE = View(
    key="influence",
    wide=True,
    needs=("pasi", "immune_subsets"),
    title="Influence",
    about="The coefficient of the scatter without each patient in turn. A diamond: the sign flips. Hollow: the "
    "study is illustrative.",
    tab="relation",
    draw=influence.influence,
    table=pair_tables.left_out,
    counted=pair_tables.left_out_caption,
    fields=TESTED | {"subset"},
    controls=("subset", "phase"),
    method=PAIRING,
    note=influence.wording,
)
