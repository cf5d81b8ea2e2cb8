"""What stands beside the p of the scatter: what it is about, what so few could have found, and where r comes from."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.correlation.correlation import points
from analysis.correlation.points import detectable
from analysis.correlation.serial import computed
from analysis.correlation.statistics import STATISTICS
from analysis.phases import phase_labels, study_phases
from figures import matrix
from figures.visuals import formatting, pairs
from figures.visuals.frame import framed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.correlation.correlation import Correlation
    from figures.visuals.frame import Frame

OVER_PATIENTS = "patient_spearman"
"""The statistic that judges over patients what others judge over visits."""


@framed
def beside(frame: Frame, table: pd.DataFrame, told: Correlation) -> list[str]:
    """The lines under the coefficient of a pair table; none where it is refused."""
    if told.reason:
        return []
    found = (about(table, told), " · ".join(filter(None, (power(told), family(frame)))), phases(frame))
    return [line for line in found if line]


def about(table: pd.DataFrame, told: Correlation) -> str:
    """Whom the inference is to; and for one to visits, what it is over patients."""
    if STATISTICS[told.statistic].judges == "patients":
        return f"p is about patients like these {told.patients:,}"
    who = f"these {told.patients:,} patients'" if told.patients > 1 else "this one patient's"
    return f"p is about {who} visits, not patients. Over {_brief(pairs.correlation(table, OVER_PATIENTS))}"


def power(told: Correlation) -> str:
    """The |r| that the df of p takes for p < 0.05, and for a power of 80 %; "" where p does not count visits, or is
    missing."""
    if STATISTICS[told.statistic].judges == "patients" or math.isnan(told.p):
        return ""
    needed, powered = detectable(told.p_df)
    return f"p < 0.05 from |r| {needed:.2f}, 80 % power at {powered:.2f}"


@framed
def family(frame: Frame) -> str:
    """q of the cell that the matrix has for the scatter; "" without one."""
    cell = matrix.cell_of(frame)
    return "" if cell is None or math.isnan(cell.q) else f"q = {cell.q:.2g} over {cell.family:,} cells of the matrix"


def phases(frame: Frame) -> str:
    """The coefficient within each phase, where all visits are told together."""
    study, query = frame.study, frame.query
    known = [phase for phase in study_phases(study) if phase != "all"]
    if query.phase != "all" or len(known) < 2:
        return ""
    labels = phase_labels(study)
    return "within phases: " + ", ".join(
        f"{formatting.short(labels[phase], 18)} {'n/c' if math.isnan(one) else formatting.number(one)}"
        for phase, one in zip(known, _estimates(frame, known), strict=True)
    )


def _estimates(frame: Frame, known: Sequence[str]) -> list[float]:
    """The coefficient of the pairs in each of these phases, as `pairs.subset_pairs` has them."""
    table = pairs.as_pairs(pairs.pair_table(frame)).sort_values(["patient_id", "immune_week"], kind="stable")
    inside = np.stack([(table["phase"] == phase).to_numpy(bool) for phase in known], axis=1)
    if frame.query.pair_phase == "both":
        inside &= np.stack([(table["pasi_phase"] == phase).to_numpy(bool) for phase in known], axis=1)
    every = points(table)
    split = replace(every, value=np.where(inside, every.value, np.nan), pasi=np.where(inside, every.pasi, np.nan))
    estimates: list[float] = computed(split, frame.query.statistic).estimate.tolist()
    return estimates


def _brief(over: Any) -> str:
    """A coefficient over patients, shortly."""
    if over.reason:
        return "patients: n/c"
    told = f"{formatting.symbol(over.statistic)} {formatting.number(over.estimate)}, {formatting.p_value(over.p)}"
    return f"{over.patients:,} patients: {told}"
