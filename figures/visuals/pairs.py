"""The pairs that the scatter and its neighbours draw, and the samples and visits that found no partner."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import scales
from analysis.arrays import patient_codes
from analysis.correlation import correlation as statistics
from analysis.correlation import pairing, serial
from analysis.correlation.points import Points
from analysis.correlation.statistics import STATISTICS
from analysis.filters import kept_of
from analysis.phases import phase_labels
from analysis.subsets import labels_of
from figures.visuals import formatting, marks
from figures.visuals.contract import Note
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from analysis.arrays import Flags
    from data.study import Study
    from figures.visuals.frame import Frame

UNCHOSEN = "Choose a subset, or a cell of the matrix."
"""What to do where no subset is chosen."""
HOVER = (
    "<b>%{customdata[8]}</b>  %{customdata[4]}<br>"
    "sample at study week %{customdata[1]:.4~g}, {outcome} at %{customdata[2]:.4~g} (gap %{customdata[3]:.2~g})<br>"
    "subset %{customdata[5]}, {outcome} %{customdata[6]} as measured<br>%{customdata[7]}<extra></extra>"
)
COLUMNS = ("pasi_week", "gap_weeks", "phase_label", "raw_value", "raw_pasi", "provenance", "who")
"""What a mark's `customdata` holds after patient_id and week (of the sample)."""
FIELDS = (
    "patients", "groups", "from_week", "to_week", "clock", "tolerance", "lag", "pair_phase", "pasi_scale",
    "immune_scale", "phase",
)  # fmt: skip
"""What the pairs of a subset depend on."""
AUDIT = {
    "patient_id": "patient_id", "kind": "kind", "immune_week": "immune_week", "pasi_week": "pasi_week",
    "gap_weeks": "gap_weeks", "x": "subset_on_scale", "value": "pasi_on_scale", "raw_value": "subset_as_measured",
    "raw_pasi": "pasi", "phase": "phase", "provenance": "provenance", "reason": "reason",
}  # fmt: skip


@framed
def pair_table(frame: Frame) -> pd.DataFrame:
    """The pairs of the query's subset, as `subset_pairs` has them; no row without a subset."""
    return subset_pairs(frame, frame.query.subset) if frame.query.subset else pd.DataFrame()


@framed
def subset_pairs(frame: Frame, subset: str) -> pd.DataFrame:
    """The pairs of a subset: patient_id, week (of the sample), pasi_week, gap_weeks (less the lag), x (subset on its
    scale), value (the outcome on its scale), raw_value, raw_pasi, phase, phase_label, pasi_phase, provenance, who."""
    return _subset_pairs(frame.only(FIELDS), subset)


@framed
def crossed(frame: Frame, subset: str) -> int:
    """How many pairs of a subset are left out, as their visit lies in another phase."""
    if frame.query.pair_phase == "sample" or frame.query.phase == "all":
        return 0
    every = subset_pairs(frame.study, replace(frame.query, pair_phase="sample"), subset)
    return len(every) - len(subset_pairs(frame, subset))


def elsewhere(count: int) -> str:
    """How many pairs are left out, as their visit lies in another phase; "" for none."""
    return f"{count:,} pair{'s' * (count != 1)} left out: {pairing.OTHER_PHASE}" if count else ""


@framed
def lone_table(frame: Frame) -> pd.DataFrame:
    """The samples and visits of the query's subset without a partner: the columns of `subset_pairs` (week and
    pasi_week are both their own; x is NaN for a visit, value for a sample), kind (sample or visit) and reason."""
    subset = frame.query.subset
    return _lone_table(frame.only(FIELDS), subset) if subset else pd.DataFrame()


@framed
def audit(frame: Frame) -> pd.DataFrame:
    """What became of every sample and visit: patient_id, kind (pair, sample, visit), immune_week, pasi_week, gap_weeks,
    subset_on_scale, pasi_on_scale, subset_as_measured, pasi, phase, provenance, reason (why it is alone)."""
    if not frame.query.subset:
        return pd.DataFrame(columns=list(AUDIT.values()))
    paired = pair_table(frame).assign(kind="pair", reason="", immune_week=lambda table: table["week"])
    alone = lone_table(frame)
    alone = alone.assign(
        immune_week=alone["week"].where(alone["kind"] == "sample"),
        pasi_week=alone["week"].where(alone["kind"] == "visit"),
    )
    table = pd.concat([part[[*AUDIT, "week"]] for part in (paired, alone)], ignore_index=True)
    return table.sort_values(["patient_id", "week"], kind="stable").rename(columns=AUDIT).drop(columns="week")


def correlation(table: pd.DataFrame, statistic: str, p_by: str = "own") -> statistics.Correlation:
    """The statistic of a pair table, with its p by one of `serial.SERIAL`."""
    return statistics.of_points(as_points(table), statistic, p_by)


def as_points(table: pd.DataFrame) -> Points:
    """A pair table as the arrays that `analysis` computes with: value is the subset, pasi is the outcome, both on their
    scales."""
    patient, week = patient_codes(table), table["week"].to_numpy(float)
    order = np.lexsort([week, patient])
    week, value, pasi = (table[name].to_numpy(float)[order, None] for name in ("week", "x", "value"))
    return Points(patient[order], week, table["phase"].array.codes.astype(np.int8)[order, None], value, pasi)


def as_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """A pair table as `analysis` takes it: value is the subset, pasi is the outcome, both on their scales."""
    return table.assign(pasi=table["value"], value=table["x"], immune_week=table["week"])


def pairless(frame: Frame) -> str:
    """Why there is no pair, and what to do."""
    study, query = frame.study, frame.query
    if not query.subset:
        return UNCHOSEN
    if told := elsewhere(crossed(frame, query.subset)):
        return f"{told}.<br>Choose another lag, or let the sample alone lie in the phase."
    if len(pairing.pairs(study, [query.subset], query.tolerance, query.lag)):
        return "No pair in what is kept has both values on these scales.<br>Choose other scales, or remove a chip."
    at = f"{query.tolerance:g} weeks of a visit" + (f" {query.lag:g} weeks from it" if query.lag else "")
    return f"No sample lies within {at}<br>in what is kept. Widen the tolerance, or remove a chip."


def caveats(statistic: str, p_by: str = "own") -> Note:
    """What a statistic is, what its p stands on, what it was found to do in a simulation, what it does not do, and
    what it needs."""
    kind = STATISTICS[statistic]
    return Note(
        computed=(kind.wording,),
        judged=(serial.wording_of_p(statistic, p_by), kind.coverage),
        limits=(kind.caveat, kind.assumption),
        sources=(f"{kind.source}.",),
    )


def pasi_title(frame: Frame, width: int = 34) -> str:
    """The title of the outcome's axis, which says how much later a lagged value is."""
    study, query = frame.study, frame.query
    title = scales.axis_title(study, scales.PASI_SCALES[query.pasi_scale])
    late = f", {formatting.number(query.lag, 0 if query.lag == round(query.lag) else 1)} weeks after the sample"
    return formatting.wrap(title + (late if query.lag else ""), width)


def subset_title(frame: Frame, subset: str, width: int = 42) -> str:
    """The title of a subset's axis: its label, unit and denominator."""
    label = labels_of(frame.study)[subset]
    title = scales.axis_title(frame.study, scales.IMMUNE_SCALES[frame.query.immune_scale], subset)
    return formatting.wrap(f"{label}, {title}", width)


def span(*values: pd.Series) -> list[float]:
    """The range of an axis that holds all of these values."""
    known = np.concatenate([column.dropna().to_numpy(float) for column in values])
    low, high = float(known.min()), float(known.max())
    pad = 0.06 * ((high - low) or 1.0)
    return [low - pad, high + pad]


@once
def _subset_pairs(frame: Frame, subset: str) -> pd.DataFrame:
    study, query = frame.study, frame.query
    found = _all_pairs(study, subset, query.tolerance, query.pasi_scale, query.immune_scale, query.lag)
    keep = _kept(frame, found) & ~np.isnan(found["x"].to_numpy(float)) & ~np.isnan(found["value"].to_numpy(float))
    if query.pair_phase == "both" and query.phase != "all":
        keep &= (found["pasi_phase"] == query.phase).to_numpy(bool)
    return found.take(np.flatnonzero(keep))


@once
def _lone_table(frame: Frame, subset: str) -> pd.DataFrame:
    study, query = frame.study, frame.query
    found = _all_lone(study, subset, query.tolerance, query.pasi_scale, query.immune_scale, query.lag)
    known = ~(np.isnan(found["x"].to_numpy(float)) & np.isnan(found["value"].to_numpy(float)))
    return found.take(np.flatnonzero(_kept(frame, found) & known))


def _kept(frame: Frame, table: pd.DataFrame) -> Flags:
    """Which rows are of the kept patients, within the window and in the phase."""
    study, query = frame.study, frame.query
    kept = kept_of(study, table, **query.kept)
    return kept if query.phase == "all" else kept & (table["phase"] == query.phase).to_numpy(bool)


@lru_cache(maxsize=16)
def _all_pairs(
    study: Study, subset: str, tolerance: float, pasi_scale: str, immune_scale: str, lag: float
) -> pd.DataFrame:
    pairs = pairing.scaled_pairs(study, [subset], tolerance, pasi_scale, immune_scale, lag)
    return _named(study, pairs.rename(columns={"immune_week": "week", "value": "x", "pasi": "value"}))


@lru_cache(maxsize=4)
def _all_lone(
    study: Study, subset: str, tolerance: float, pasi_scale: str, immune_scale: str, lag: float
) -> pd.DataFrame:
    alone = pairing.scaled_unpaired(study, subset, tolerance, pasi_scale, immune_scale, lag)
    alone = alone.rename(columns={"value": "x", "pasi": "value"})
    return _named(study, alone.assign(pasi_week=alone["week"], gap_weeks=np.nan))


def _named(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    labels = phase_labels(study)
    names = [*(formatting.escaped(labels[phase]) for phase in table["phase"].cat.categories), np.nan]
    said = np.array(names, object)[table["phase"].cat.codes]
    return table.assign(phase_label=said, who=marks.who(table))


def columnar(study: Study, table: pd.DataFrame, **look: Any) -> dict[str, Any]:
    """Pairs for the layer, with the week of the visit beside that of the sample."""
    own = marks.columnar(study, table, **look)
    return {**own, "pasi_week": table["pasi_week"].to_numpy(np.float32)}
