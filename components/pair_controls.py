"""The controls of the views of pairs."""

from __future__ import annotations

from analysis.correlation.pairing import PAIR_PHASES
from analysis.correlation.serial import SERIAL
from analysis.correlation.statistics import STATISTICS
from analysis.query import MAX_LAG, UNCHOSEN
from components.control_kinds import Control, fixed, has_pairs, has_subsets, labels, number, select, subset_labels
from figures import matrix

PAIR_CONTROLS = (
    Control(
        "statistic",
        "Statistic",
        "What is computed of the pairs. What it is, needs and does not do is said below.",
        select("statistic", labels(STATISTICS)),
        has_pairs,
    ),
    Control(
        "p_by",
        "p from",
        "What p stands on where visits follow each other: shifts of the outcome along each patient's visits, fewer df, "
        "or the statistic as if visits were independent.",
        select("p_by", labels(SERIAL)),
        has_pairs,
    ),
    Control(
        "lag",
        "Outcome … weeks later",
        "Weeks from the sample to the visit it is paired with: positive asks whether the subset moves first.",
        number("lag", min=-MAX_LAG, max=MAX_LAG, step="any"),
        has_pairs,
    ),
    Control(
        "pair_phase",
        "In the phase must lie",
        "What of a pair must lie in the phase: both halves, or the sample alone, with a visit of another phase.",
        select("pair_phase", fixed(PAIR_PHASES)),
        has_pairs,
    ),
    Control(
        "matrix_by",
        "Columns",
        "The columns of the matrix: phases, time shifts in weeks, or groups of patients.",
        select("matrix_by", fixed({"phase": "phase", "lag": "lag", "group": "group"})),
        has_pairs,
    ),
    Control(
        "matrix_sort",
        "Rows",
        "Order of rows: that of the gating tree, or by the estimate of the column with the most pairs. No q changes.",
        select("matrix_sort", fixed(matrix.SORTS)),
        has_pairs,
    ),
    Control(
        "heat_by",
        "Heatmap of",
        "All subsets of one patient, or all patients for the panel's subset.",
        select("heat_by", fixed({"patient": "one patient", "subset": "one subset"})),
        has_subsets,
    ),
    Control(
        "patient",
        "Patient",
        "Whose subsets the heatmap shows: the first who is kept, or one by name.",
        select("patient", lambda study: {UNCHOSEN: "first kept", **{one: one for one in study.patient_ids}}),
        has_subsets,
    ),
    Control(
        "outcome",
        "Outcome",
        "What is compared between phases.",
        select("outcome", lambda study: {UNCHOSEN: "the outcome", **subset_labels(study)}),
    ),
    Control(
        "better",
        "Improvement is",
        "Which direction of a subset is improvement; that of the outcome is known.",
        select("better", fixed({"rise": "a rise", "fall": "a fall"})),
        has_subsets,
        only="outcome",
    ),
)
