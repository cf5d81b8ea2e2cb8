"""Which PASI visit goes with which immune sample.

A sample is paired with a visit of the same patient at most `tolerance` weeks away, or, with a lag, at most so far from
that many weeks later (earlier, if it is negative). Within a subset every sample and
every visit is used once: of all possible pairs the one with the smallest gap is taken first, and so on; at equal
gaps the earlier visit, then the earlier sample. Samples without a value in the subset and visits without a PASI are
left out beforehand, so that they take nobody's partner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import Flags, Floats, Positions, categorical, places
from analysis.correlation.matching import matched, reached
from analysis.phases import INDEX_PHASES, in_phase, phase_codes
from analysis.samples import samples, visits
from analysis.scales import IMMUNE_SCALES, baselines, outcome_on
from analysis.subsets import wide
from data.study import PROVENANCES, Study

TOLERANCE_WEEKS = 1.0

PAIR_PHASES: Mapping[str, str] = MappingProxyType(
    {"both": "both, the sample and its visit", "sample": "the sample, wherever its visit"}
)
"""What of a pair must lie in a phase for the pair to count there."""
EVERY = slice(None)
OTHER_PHASE = "visit in another phase"

PAIR_COLUMNS = (
    "patient_id", "subset", "immune_week", "pasi_week", "gap_weeks", "value", "pasi", "phase", "pasi_phase",
    "provenance",
)  # fmt: skip


AUDIT_COLUMNS = (
    "subset", "lag_weeks", "patient_id", "kind", "phase", "immune_week", "pasi_week", "gap_weeks", "value", "pasi",
    "reason",
)  # fmt: skip


def pairs(study: Study, subsets: Sequence[str], tolerance: float = TOLERANCE_WEEKS, lag: float = 0.0) -> pd.DataFrame:
    """One row per pair, by subset (in the order given), patient and sample week: patient_id, subset, immune_week,
    pasi_week, gap_weeks (visit − sample − lag), value (in the subset's unit), pasi, phase (that of the sample's week),
    pasi_phase (that of the visit's), provenance (illustrative if either half is, else observed if either is)."""
    taken, seen = samples(study), visits(study)
    columns = _columns(study, subsets)
    partner = matched(study, tolerance, lag)[:, columns]
    which, sample = np.nonzero(partner.T >= 0)
    visit, column = partner[sample, which], np.asarray(columns, np.intp)[which]
    provenance = np.maximum(taken.provenance[sample, column], seen.provenance[visit])
    table = _identified(study, taken.patient[sample], column, taken.week[sample])
    return table.assign(
        immune_week=taken.week[sample],
        pasi_week=seen.week[visit],
        gap_weeks=seen.week[visit] - taken.week[sample] - lag,
        value=taken.value[sample, column],
        pasi=seen.pasi[visit],
        pasi_phase=categorical(phase_codes(study, seen.patient[visit], seen.week[visit]), INDEX_PHASES),
        provenance=categorical(provenance, PROVENANCES),
    )[[*PAIR_COLUMNS]]


def scaled_pairs(
    study: Study,
    subsets: Sequence[str],
    tolerance: float = TOLERANCE_WEEKS,
    pasi_scale: str = "absolute",
    immune_scale: str = "raw",
    lag: float = 0.0,
) -> pd.DataFrame:
    """`pairs` with value and pasi on their scales (baseline: the last at or before the index week) and what was
    measured beside them as raw_value and raw_pasi. NaN where a scale is undefined, such as at baseline 0: such a
    pair is still listed here, and counts in no statistic."""
    table = pairs(study, subsets, tolerance, lag)
    columns = _columns(study, subsets)
    partner = matched(study, tolerance, lag)[:, columns].T
    which, sample = np.nonzero(partner >= 0)
    value = _scaled_values(study, immune_scale)[sample, np.asarray(columns, np.intp)[which]]
    pasi = _scaled_pasi(study, pasi_scale)[partner[which, sample]]
    return table.assign(value=value, pasi=pasi, raw_value=table["value"], raw_pasi=table["pasi"])


def unpaired(
    study: Study, subsets: Sequence[str], tolerance: float = TOLERANCE_WEEKS, lag: float = 0.0
) -> pd.DataFrame:
    """What was measured and found no partner: patient_id, subset, kind (sample or visit), week, value (samples),
    pasi (visits), phase (that of the week), reason. By subset, samples first, then patient and week."""
    tables = [
        table.assign(subset=categorical(np.full(len(table), _columns(study, [subset])[0]), samples(study).subsets))
        for subset in subsets
        for table in _unpaired(study, subset, tolerance, lag)
    ]
    columns = ["patient_id", "subset", "kind", "week", "value", "pasi", "phase", "reason"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def scaled_unpaired(
    study: Study, subset: str, tolerance: float, pasi_scale: str, immune_scale: str, lag: float
) -> pd.DataFrame:
    """`unpaired` of one subset with value and pasi on their scales, what was measured as raw_value and raw_pasi, and
    provenance."""
    taken, seen, column = samples(study), visits(study), _columns(study, [subset])[0]
    sample, visit = _alone(study, column, tolerance, lag)
    table, none = unpaired(study, [subset], tolerance, lag), np.full(len(visit), np.nan)
    scored = _scaled_pasi(study, pasi_scale)
    provenance = np.r_[taken.provenance[sample, column], seen.provenance[visit]]
    return table.assign(
        value=np.r_[_scaled_values(study, immune_scale)[sample, column], none],
        pasi=np.r_[np.full(len(sample), np.nan), scored[visit]],
        raw_value=table["value"],
        raw_pasi=table["pasi"],
        provenance=categorical(provenance, PROVENANCES),
    )


def audit(study: Study, subsets: Sequence[str], tolerance: float = TOLERANCE_WEEKS, lag: float = 0.0) -> pd.DataFrame:
    """What became of every sample and every visit: subset, lag_weeks, patient_id, kind (pair, sample or visit), phase,
    immune_week (NaN for a visit alone), pasi_week (NaN for a sample alone), gap_weeks (visit − sample − lag), value
    and pasi (as measured), reason (why it is alone; "" for a pair). By subset, patient, then week of the sample, or
    of the visit for one that stands alone."""
    together = pairs(study, subsets, tolerance, lag).assign(kind="pair", reason="")
    alone = unpaired(study, subsets, tolerance, lag)
    week = alone["week"].astype(float)
    alone = alone.assign(
        immune_week=week.where(alone["kind"] == "sample"),
        pasi_week=week.where(alone["kind"] == "visit"),
        gap_weeks=np.nan,
    )
    columns = [*AUDIT_COLUMNS]
    table = pd.concat([part.assign(lag_weeks=lag)[columns] for part in (together, alone)], ignore_index=True)
    order = table.assign(
        place=pd.Index(subsets).get_indexer(pd.Index(table["subset"].astype("str"))),
        at=table["immune_week"].fillna(table["pasi_week"]),
    ).sort_values(["place", "patient_id", "at"], kind="stable")
    return table.take(order.index.to_numpy()).reset_index(drop=True)


def scaled_arrays(
    study: Study,
    tolerance: float,
    pasi_scale: str,
    immune_scale: str,
    lag: float = 0.0,
    rows: Positions | slice = EVERY,
    columns: slice = EVERY,
) -> tuple[Floats, Floats]:
    """All pairs of a study at once, for statistics: (value, pasi), both samples × subsets on their scales, in the
    rows and columns (those asked for) of `samples(study)`; NaN where there is no pair."""
    partner = matched(study, tolerance, lag)[:, columns][rows]
    value = np.where(partner >= 0, _scaled_values(study, immune_scale)[:, columns][rows], np.nan)
    return value, np.append(_scaled_pasi(study, pasi_scale), np.nan)[partner]


def crossing(
    study: Study,
    tolerance: float,
    lag: float,
    phase: str,
    rows: Positions | slice = EVERY,
    columns: slice = EVERY,
) -> Flags:
    """True for each pair (samples × subsets, as `matched` has them, of the rows and columns asked for) whose visit lies
    outside of the phase."""
    seen, partner = visits(study), matched(study, tolerance, lag)[:, columns][rows]
    outside = ~in_phase(phase_codes(study, seen.patient, seen.week), phase)
    return np.append(outside, np.False_)[partner]


@lru_cache(maxsize=4)
def sample_phases(study: Study) -> NDArray[np.int8]:
    """`phase_codes` of all samples."""
    taken = samples(study)
    return phase_codes(study, taken.patient, taken.week)


@lru_cache(maxsize=4)
def _scaled_values(study: Study, immune_scale: str) -> Floats:
    """All samples × subsets on a scale."""
    taken, scale = samples(study), IMMUNE_SCALES[immune_scale]
    if scale.source is not None:
        return wide(study, scale.source(study))
    return scale.transform(taken.value, _immune_baselines(study)[taken.patient])


def _unpaired(study: Study, subset: str, tolerance: float, lag: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The samples and the visits that found no partner in one subset."""
    taken, seen = samples(study), visits(study)
    column = _columns(study, [subset])[0]
    value, (sample, visit) = taken.value[:, column], _alone(study, column, tolerance, lag)
    low, high = reached(study, tolerance, lag)
    return (
        _identified(study, taken.patient[sample], None, taken.week[sample]).assign(
            kind="sample",
            week=taken.week[sample],
            value=value[sample],
            pasi=np.nan,
            reason=_lonely((high > low)[sample], "visit", tolerance, lag),
        ),
        _identified(study, seen.patient[visit], None, seen.week[visit]).assign(
            kind="visit",
            week=seen.week[visit],
            value=np.nan,
            pasi=seen.pasi[visit],
            reason=_lonely(_within(low, high, ~np.isnan(value), len(seen.week))[visit], "sample", tolerance, -lag),
        ),
    )


def _alone(study: Study, column: int, tolerance: float, lag: float) -> tuple[Positions, Positions]:
    """Positions of the samples and of the visits that found no partner in one subset."""
    partner = matched(study, tolerance, lag)[:, column]
    free = np.ones(len(visits(study).week), bool)
    free[partner[partner >= 0]] = False
    return np.flatnonzero((partner < 0) & ~np.isnan(samples(study).value[:, column])), np.flatnonzero(free)


def _within(low: Positions, high: Positions, counts: Flags, size: int) -> Flags:
    """Which of `size` visits lie within `low` to `high` of any sample that counts."""
    steps = np.bincount(low[counts], minlength=size + 1) - np.bincount(high[counts], minlength=size + 1)
    return np.cumsum(steps)[:size] > 0


def _lonely(near: Flags, other: str, tolerance: float, lag: float) -> NDArray[np.str_]:
    """Why there is no partner: the only ones near are taken, or none is near."""
    weeks = "week" if tolerance == 1 else "weeks"
    later = f" of {abs(lag):g} weeks {'later' if lag > 0 else 'earlier'}" if lag else ""
    return np.where(near, f"the nearest {other} is paired already", f"no {other} within {tolerance:g} {weeks}{later}")


def _identified(study: Study, patient: Positions, column: Positions | None, week: Floats) -> pd.DataFrame:
    """patient_id, phase and, with a column of `samples`, subset, as categoricals."""
    columns = {
        "patient_id": study.patients["patient_id"].array.take(patient),
        "phase": categorical(phase_codes(study, patient, week), INDEX_PHASES),
    }
    if column is not None:
        columns["subset"] = categorical(column, samples(study).subsets)
    return pd.DataFrame(columns)


def _columns(study: Study, subsets: Sequence[str]) -> list[int]:
    return places(samples(study).subsets, subsets)


@lru_cache(maxsize=4)
def _immune_baselines(study: Study) -> Floats:
    """patients × subsets"""
    shape = len(study.patients), len(samples(study).subsets)
    return np.reshape(baselines(study, study.immune_subsets, "value"), shape)


@lru_cache(maxsize=4)
def _scaled_pasi(study: Study, pasi_scale: str) -> Floats:
    """The outcome of each of the `visits`, on its scale."""
    seen = visits(study)
    return outcome_on(study, pasi_scale, seen.pasi, np.asarray(baselines(study, study.pasi, "pasi"))[seen.patient])
