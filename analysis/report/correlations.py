"""The report's tables of correlation: every coefficient, and every pair behind them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.correlation.matrix import Column, Pairing, grid
from analysis.correlation.pairing import AUDIT_COLUMNS, OTHER_PHASE, audit
from analysis.correlation.statistics import STATISTICS
from analysis.filters import Kept, narrow
from analysis.phase_visits import chosen_phases
from analysis.phases import off_clock

if TYPE_CHECKING:
    from analysis.report.options import ReportOptions
    from data.study import Study

COLUMNS = [
    "score", "subset", "phase", "lag_weeks", "statistic", "estimate", "low", "high", "p", "q", "df", "patients",
    "pairs", "note",
]  # fmt: skip


def correlations(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """score, subset, phase (`all` always), lag_weeks, statistic, estimate, low, high (95 %), p, q (Benjamini–Hochberg
    over all cells of the statistic), df, patients, pairs, note (why there is no estimate or no p, the family of q, and
    what else the numbers stand on). One row per statistic, subset, phase and lag, in that order."""
    columns = [Column(phase, lag) for phase in written_phases(study, asked) for lag in asked.lags]
    how = Pairing(asked.tolerance, asked.pasi_scale, asked.immune_scale, asked.pair_phase)
    tables = [
        grid(study, columns, how, statistic, asked.subsets, asked.p_by, **kept(study, asked))
        for statistic in written_statistics(asked)
    ]
    found = pd.concat(tables, ignore_index=True)
    return found.assign(score=study.focus, note=[_note(cell) for cell in found.itertuples()])[COLUMNS]


def pairs(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """`pairing.audit` of every subset at every lag: each pair with its gap, and each sample and visit that stands
    alone, with the reason, whatever the phase, since `all` is always written; values as measured, weeks of the
    study."""
    subsets = asked.subsets or study.subset_definitions["subset"].astype("str").tolist()
    tables = [audit(study, [subset], asked.tolerance, lag) for subset in subsets for lag in asked.lags]
    if not tables:
        return pd.DataFrame(columns=[*AUDIT_COLUMNS])
    found = pd.concat(tables, ignore_index=True)
    week = found["immune_week"].fillna(found["pasi_week"])
    return narrow(study, found.assign(week=week), **kept(study, asked))[[*AUDIT_COLUMNS]]


def written_phases(study: Study, asked: ReportOptions) -> list[str]:
    """The phases asked for, and all visits."""
    return list(dict.fromkeys([*chosen_phases(study, asked.phases), "all"]))


def written_statistics(asked: ReportOptions) -> list[str]:
    """The statistics asked for; else all."""
    return list(asked.statistics or STATISTICS)


def kept(study: Study, asked: ReportOptions) -> Kept:
    """Patients on the clock, in the window."""
    off = off_clock(study, asked.clock)
    patients = [patient for patient in study.patient_ids if patient not in off]
    return {"patients": patients if off else None, "window": asked.window, "clock": asked.clock}


def _note(cell: Any) -> str:
    """What stands behind a cell, with its family of q, and how many pairs are left out."""
    crossed = f"pairs left out, with their {OTHER_PHASE}: {cell.other_phase}" if cell.other_phase else ""
    family = "" if math.isnan(cell.p) else f"q over {cell.family} cells"
    return "; ".join(filter(None, (family, stood_on(cell), crossed)))


def stood_on(cell: Any) -> str:
    """Why a cell is not computed; else what its p and df stand on."""
    if cell.reason:
        return f"not computed: {cell.reason}"
    kind = STATISTICS[cell.statistic]
    counted = f"df counts {cell.terms} {kind.terms}" if kind.terms != "pairs" else ""
    told = f"no p: {cell.note}" if math.isnan(cell.p) else f"p {cell.note}" if cell.note else ""
    left_out = f"patients left out, with too few pairs: {cell.single}" if cell.single else ""
    return "; ".join(filter(None, (told, counted, left_out)))
