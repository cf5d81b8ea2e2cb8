"""Which PASI visit goes with which immune sample.

A sample is paired with a visit of the same patient at most `tolerance` weeks away. Within a subset every sample and
every visit is used once: of all possible pairs the one with the smallest gap is taken first, and so on; at equal
gaps the earlier visit, then the earlier sample. Samples without a value in the subset and visits without a PASI are
left out beforehand, so that they take nobody's partner.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import Flags, Floats, Positions, categorical
from analysis.phases import INDEX_PHASES, phase_codes
from analysis.samples import samples, visits
from analysis.scales import IMMUNE_SCALES, PASI_SCALES, baselines
from data.study import PROVENANCES, Study

TOLERANCE_WEEKS = 1.0

PAIR_COLUMNS = (
    "patient_id", "subset", "immune_week", "pasi_week", "gap_weeks", "value", "pasi", "phase", "provenance",
)  # fmt: skip


def pairs(study: Study, subsets: Sequence[str], tolerance: float = TOLERANCE_WEEKS) -> pd.DataFrame:
    """One row per pair, by subset (in the order given), patient and sample week: patient_id, subset, immune_week,
    pasi_week, gap_weeks (visit − sample), value (in the subset's unit), pasi, phase (that of the sample's week),
    provenance (illustrative if either half is, else observed if either is)."""
    taken, seen = samples(study), visits(study)
    columns = _columns(study, subsets)
    partner = matched(study, tolerance)[:, columns]
    which, sample = np.nonzero(partner.T >= 0)
    visit, column = partner[sample, which], np.asarray(columns, np.intp)[which]
    provenance = np.maximum(taken.provenance[sample, column], seen.provenance[visit])
    table = _identified(study, taken.patient[sample], column, taken.week[sample])
    return table.assign(
        immune_week=taken.week[sample],
        pasi_week=seen.week[visit],
        gap_weeks=seen.week[visit] - taken.week[sample],
        value=taken.value[sample, column],
        pasi=seen.pasi[visit],
        provenance=categorical(provenance, PROVENANCES),
    )[[*PAIR_COLUMNS]]


def scaled_pairs(
    study: Study,
    subsets: Sequence[str],
    tolerance: float = TOLERANCE_WEEKS,
    pasi_scale: str = "absolute",
    immune_scale: str = "raw",
) -> pd.DataFrame:
    """`pairs` with value and pasi on their scales (baseline: the last at or before the index week) and what was
    measured beside them as raw_value and raw_pasi. NaN where a scale is undefined, such as at baseline 0: such a
    pair is still listed here, and counts in no statistic."""
    table = pairs(study, subsets, tolerance)
    patient = table["patient_id"].cat.codes.to_numpy()
    column = pd.Index(samples(study).subsets).get_indexer(pd.Index(table["subset"].astype("str")))
    value, pasi = table["value"].to_numpy(float), table["pasi"].to_numpy(float)
    return table.assign(
        value=IMMUNE_SCALES[immune_scale].transform(value, _immune_baselines(study)[patient, column]),
        pasi=PASI_SCALES[pasi_scale].transform(pasi, _pasi_baselines(study)[patient]),
        raw_value=value,
        raw_pasi=pasi,
    )


def unpaired(study: Study, subsets: Sequence[str], tolerance: float = TOLERANCE_WEEKS) -> pd.DataFrame:
    """What was measured and found no partner: patient_id, subset, kind (sample or visit), week, value (samples),
    pasi (visits), phase (that of the week), reason. By subset, samples first, then patient and week."""
    tables = [
        table.assign(subset=categorical(np.full(len(table), _columns(study, [subset])[0]), samples(study).subsets))
        for subset in subsets
        for table in _unpaired(study, subset, tolerance)
    ]
    columns = ["patient_id", "subset", "kind", "week", "value", "pasi", "phase", "reason"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def scaled_arrays(study: Study, tolerance: float, pasi_scale: str, immune_scale: str) -> tuple[Floats, Floats]:
    """All pairs of a study at once, for statistics: (value, pasi), both samples × subsets on their scales, in the
    rows and columns of `samples(study)`; NaN where there is no pair."""
    taken, seen, partner = samples(study), visits(study), matched(study, tolerance)
    value = np.where(partner >= 0, taken.value, np.nan)
    if immune_scale != "raw":
        value = IMMUNE_SCALES[immune_scale].transform(value, _immune_baselines(study)[taken.patient])
    scored = PASI_SCALES[pasi_scale].transform(seen.pasi, _pasi_baselines(study)[seen.patient])
    return value, np.append(scored, np.nan)[partner]


@lru_cache(maxsize=8)
def matched(study: Study, tolerance: float) -> NDArray[np.int32]:
    """Position in `visits(study)` of each sample's partner, samples × subsets in the order of `samples(study)`; −1
    without one.

    In rounds: a pair that is the best one left for both its sample and its visit is taken, which gives the same as
    taking all pairs one by one from the best to the worst, since the order of pairs is strict.
    """
    taken, seen = samples(study), visits(study)
    sample, visit = _candidates(taken.patient, taken.week, seen.patient, seen.week, tolerance)
    measured, pattern = _patterns(~np.isnan(taken.value))
    partner = np.full((len(taken.week), measured.shape[1]), -1, np.int32)
    left = measured[sample]
    while left.any():
        best = left & _is_first(left, sample) & _is_first(left, visit)
        pair, column = np.nonzero(best)
        partner[sample[pair], column] = visit[pair]
        used = np.zeros((len(seen.week), measured.shape[1]), bool)
        used[visit[pair], column] = True
        left &= (partner[sample] < 0) & ~used[visit]
    return partner[:, pattern]


def _candidates(
    sample_patient: Positions, sample_week: Floats, visit_patient: Positions, visit_week: Floats, tolerance: float
) -> tuple[Positions, Positions]:
    """All (sample, visit) of one patient within the tolerance, best first: smallest gap, earlier visit, earlier
    sample. A gap that differs from the tolerance only by rounding is within it."""
    reach = tolerance + 1e-9
    low = _positions(visit_patient, visit_week, sample_patient, sample_week - reach, "left")
    high = _positions(visit_patient, visit_week, sample_patient, sample_week + reach, "right")
    count = high - low
    sample = np.repeat(np.arange(len(sample_week)), count)
    visit = np.arange(len(sample)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    gap = np.abs(visit_week[visit] - sample_week[sample]).round(9)
    order = np.lexsort((sample, visit, gap))
    return sample[order], visit[order]


def _positions(patient: Positions, week: Floats, of: Positions, at: Floats, side: str) -> Positions:
    """Where (of, at) would stand in the rows sorted by (patient, week)."""
    kind = {"left": -1, "right": 1}[side]
    order = np.lexsort((np.r_[np.zeros(len(week)), np.full(len(at), kind)], np.r_[week, at], np.r_[patient, of]))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.cumsum(order < len(week))
    return rank[len(week) :]


def _patterns(measured: Flags) -> tuple[Flags, Positions]:
    """The distinct columns and, for each column, which of them it is: subsets measured in the same samples share
    their pairs."""
    distinct, pattern = np.unique(np.packbits(measured, axis=0), axis=1, return_inverse=True)
    unpacked = np.unpackbits(distinct, axis=0, count=len(measured)).astype(bool)
    return unpacked, pattern.reshape(-1)


def _is_first(left: Flags, owner: Positions) -> Flags:
    """True where a pair (row, best first) is the first one left of its owner, per column."""
    order = np.argsort(owner, kind="stable")
    group = np.flatnonzero(np.r_[True, np.diff(owner[order]) != 0])
    rank = np.where(left, np.arange(len(owner), dtype=np.int32)[:, None], np.int32(len(owner)))
    best = np.minimum.reduceat(rank[order], group, axis=0)
    position = np.empty(len(owner), np.intp)
    position[order] = np.repeat(np.arange(len(group)), np.diff(np.r_[group, len(owner)]))
    first: Flags = rank == best[position]
    return first


def _unpaired(study: Study, subset: str, tolerance: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The samples and the visits that found no partner in one subset."""
    taken, seen = samples(study), visits(study)
    column = _columns(study, [subset])[0]
    value, partner = taken.value[:, column], matched(study, tolerance)[:, column]
    near_sample, near_visit = _candidates(taken.patient, taken.week, seen.patient, seen.week, tolerance)
    met = ~np.isnan(value[near_sample])
    sample = np.flatnonzero((partner < 0) & ~np.isnan(value))
    visit = np.setdiff1d(np.arange(len(seen.week)), partner)
    return (
        _identified(study, taken.patient[sample], None, taken.week[sample]).assign(
            kind="sample",
            week=taken.week[sample],
            value=value[sample],
            pasi=np.nan,
            reason=_lonely(np.isin(sample, near_sample[met]), "PASI visit", tolerance),
        ),
        _identified(study, seen.patient[visit], None, seen.week[visit]).assign(
            kind="visit",
            week=seen.week[visit],
            value=np.nan,
            pasi=seen.pasi[visit],
            reason=_lonely(np.isin(visit, near_visit[met]), "sample", tolerance),
        ),
    )


def _lonely(near: Flags, other: str, tolerance: float) -> NDArray[np.str_]:
    """Why there is no partner: the only ones near are taken, or none is near."""
    weeks = "week" if tolerance == 1 else "weeks"
    return np.where(near, f"the nearest {other} is paired already", f"no {other} within {tolerance:g} {weeks}")


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
    names = samples(study).subsets
    return [names.index(subset) for subset in subsets]


@lru_cache(maxsize=4)
def _immune_baselines(study: Study) -> Floats:
    """patients × subsets"""
    shape = len(study.patients), len(samples(study).subsets)
    return np.reshape(baselines(study, study.immune_subsets, "value"), shape)


@lru_cache(maxsize=4)
def _pasi_baselines(study: Study) -> Floats:
    return np.asarray(baselines(study, study.pasi, "pasi"))
