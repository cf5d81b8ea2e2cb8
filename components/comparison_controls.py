"""The controls of the comparisons of few patients."""

from __future__ import annotations

from analysis.comparisons.averages import AVERAGES
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.phase_samples import VISITS
from analysis.query import MAX_WEEK
from components.control_kinds import Control, fixed, has_pasi, has_subsets, labels, number, select

COMPARISON_CONTROLS = (
    Control(
        "visit",
        "Visit",
        "What is compared with the baseline: a nominal week, or each patient's first or last sample of the phase.",
        select("visit", fixed(VISITS)),
        has_subsets,
    ),
    Control(
        "at_week",
        "Week",
        "The nominal week on the clock; the nearest with a sample is taken. Empty: the last at which at least 80 % of "
        "the patients were observed.",
        number("at_week", placeholder="auto", min=-MAX_WEEK, max=MAX_WEEK, step="any"),
        has_subsets,
    ),
    Control(
        "adjust",
        "Over subsets",
        "How p is adjusted for the number of subsets: Holm keeps the chance of any false one, Benjamini–Hochberg the "
        "share of false ones.",
        select("adjust", labels(ADJUSTMENTS)),
        has_subsets,
    ),
    Control(
        "average",
        "Average",
        "Of each group at each visit: the mean with its t interval, or the median with its exact interval.",
        select("average", labels(AVERAGES)),
        has_pasi,
    ),
)
