"""The report's table of specification curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.correlation import specifications as curves
from analysis.correlation.specifications import Specification
from analysis.report.correlations import kept, stood_on, written_statistics

if TYPE_CHECKING:
    from analysis.report.options import ReportOptions
    from data.study import Study

USUAL = 2
"""Subsets that are written unless some are asked for: those that the page shows first."""
NAMES = {"tolerance": "tolerance_weeks", "lag": "lag_weeks", "pasi_scale": "outcome_scale"}
COLUMNS = [
    "score", "subset", "statistic", "tolerance_weeks", "lag_weeks", "immune_scale", "outcome_scale", "phase",
    "estimate", "low", "high", "p", "df", "patients", "pairs", "oriented", "oriented_low", "oriented_high", "chosen",
    "note",
]  # fmt: skip


def specifications(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """score, subset, statistic, tolerance_weeks, lag_weeks, immune_scale, outcome_scale, phase; estimate, low, high
    (95 %), p, df, patients, pairs; oriented, oriented_low, oriented_high (turned where the outcome's scale runs
    against the one asked for), chosen (is it what was asked for), note. One row per subset and specification."""
    subsets = asked.subsets or study.subset_definitions["subset"].astype("str").tolist()[:USUAL]
    how = (chosen(asked), asked.pair_phase, asked.p_by)
    tables = [
        curves.specifications(study, subset, *how, **kept(study, asked)).assign(subset=subset) for subset in subsets
    ]
    if not tables:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat(tables, ignore_index=True)
    note = [stood_on(row) for row in found.itertuples()]
    return found.rename(columns=NAMES).assign(score=study.focus, note=note, chosen=found["own"])[COLUMNS]


def chosen(asked: ReportOptions) -> Specification:
    """The specification around which the others lie: the first of what is asked for, over all visits."""
    statistic = written_statistics(asked)[0]
    return Specification(statistic, asked.tolerance, asked.lags[0], asked.immune_scale, asked.pasi_scale)
