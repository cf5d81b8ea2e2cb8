"""Visits on nominal weeks: one PASI per patient and planned visit, which rates and imputation need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions, patient_codes
from analysis.cohort import nearest_slot, nominal_weeks
from analysis.phase_visits import in_phase, phase_start, phase_visits
from analysis.phases import CLOCKS, anchors, index_event, on_clock, phase_codes
from data.deadline import LateError
from data.study import Study
from data.validation.schedule import MOST_VISITS

COVERAGE = 0.5
"""A nominal visit: at least this share of the patients in the phase have a row for it, with a value or without."""

SCHEDULED = 0.9
"""A study has nominal visits if at least this share of its visits after the index event are nominal."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The visits of one phase on nominal weeks; matrices are patients (in display order) × weeks.

    week            nominal weeks on the clock, ascending, those with a visit of the phase
    low, high       the window of each: visits from `low` to `high`, half-way to its neighbours, belong to it
    pasi            the PASI nearest to the week (of two equally near the earlier), NaN where none was observed
    at              the week on the clock of that visit; where none was observed, the nominal week
    latest          the last PASI observed in the window, NaN where none was
    planned         there is a row for this visit, with a value or without
    due             the patient is in the phase at that week, which is not after their data cut-off, or has a row there
    stated          of each patient: whether a data cut-off is stated (`patients.cutoff_week`)
    restarted       the visit (or, unobserved, its week) is after the patient's restart
    baseline        of each patient: PASI, NaN without one
    """

    week: Floats
    low: Floats
    high: Floats
    pasi: Floats
    at: Floats
    latest: Floats
    planned: Flags
    due: Flags
    stated: Flags
    restarted: Flags
    baseline: Floats

    @cached_property
    def base(self) -> Floats:
        """The baseline beside each of `pasi`."""
        return np.broadcast_to(self.baseline[:, None], self.pasi.shape)

    @cached_property
    def carried(self) -> Floats:
        """The PASI of each visit, else the last one observed in the phase before it, else the baseline."""
        known = np.concatenate([self.baseline[:, None], self.latest], axis=1)
        at = np.where(np.isnan(known), 0, np.arange(known.shape[1]))
        last = np.take_along_axis(known, np.maximum.accumulate(at, axis=1), axis=1)[:, 1:]
        return np.where(np.isnan(self.pasi), last, self.pasi)


@lru_cache(maxsize=4)
def grid(study: Study, phase: str, baseline: str = "phase", clock: str = "index") -> Grid:
    """The visits of `phase`, told from `baseline`, on the nominal weeks of `clock`.

    The nominal weeks are those of the study's schedule, else `cohort.nominal_weeks` of all its visits, planned ones
    without a value included: in a wide file those are its columns. A visit belongs to the nearest of them, at equal
    distance to the earlier. Visits of a patient off the clock belong to none.
    """
    weeks, at, slots, order, codes = _placed(study, clock)
    rows = order[in_phase(codes[order], phase)]
    shown = np.flatnonzero(np.bincount(slots[rows], minlength=len(weeks)))
    _fits(len(study.patients), len(shown))
    patient, values = patient_codes(study.pasi), study.pasi["pasi"].to_numpy(float)

    def laid(cells: Floats, some: Positions, empty: float = np.nan) -> Floats:
        """The cells of `some` rows as patients × weeks, of one visit the last."""
        laid_out = np.full((len(study.patients), len(shown)), empty)
        laid_out[patient[some], np.searchsorted(shown, slots[some])] = cells[some]
        return laid_out

    pasi, planned = laid(values, rows), laid(np.ones(len(values)), rows, 0.0) > 0
    seen_at = np.where(np.isnan(pasi), weeks[shown], laid(at, rows))
    observed = rows[~np.isnan(values[rows])]
    middle = (weeks[1:] + weeks[:-1]) / 2
    restart = _on_clock(study, anchors(study)["restart_week"].to_numpy(float), clock)[:, None]
    return Grid(
        weeks[shown],
        np.r_[-np.inf, middle][shown],
        np.r_[middle, np.inf][shown],
        pasi,
        seen_at,
        laid(values, observed[np.argsort(at[observed], kind="stable")]),
        planned,
        planned | _lasting(study, phase, clock, weeks[shown]),
        ~np.isnan(_cutoff(study)),
        seen_at > restart + SAME_WEEK,
        phase_visits(study, phase, baseline).baseline,
    )


def _fits(patients: int, weeks: int) -> None:
    """LateError with a sentence where there are more visits than can be laid out."""
    if patients * weeks > MOST_VISITS:
        raise LateError(
            f"{weeks:,} nominal weeks of {patients:,} patients are {patients * weeks:,} visits, and at most "
            f"{MOST_VISITS:,} can be laid out. State fewer weeks ([schedule] weeks), or open the patients in parts."
        )


def no_schedule(study: Study, clock: str = "index") -> str:
    """Why the study has no nominal visits on that clock, in words; "" where it has, or states its schedule."""
    if study.schedule:
        return ""
    visits = grid(study, "all", "phase", clock)
    nominal = visits.planned.sum(axis=0) >= COVERAGE * visits.due.sum(axis=0)
    shared, every = int(visits.planned[:, nominal].sum()), int(visits.planned.sum())
    if shared >= SCHEDULED * every:
        return ""
    return (
        f"the study has no nominal visits: {shared} of {every} visits after {index_event(study)} are in weeks that "
        f"{100 * COVERAGE:g} % of the patients share"
    )


@lru_cache(maxsize=4)
def _placed(study: Study, clock: str) -> tuple[Floats, Floats, Positions, Positions, NDArray[np.int8]]:
    """The nominal weeks; for each row of `study.pasi` its week on the clock and the position of its nominal week; the
    rows on the clock, of one visit the one that counts last; and, for each row again, its phase code. Where the study
    has no PASI at all, no row is a visit that PASI was missed at."""
    table = on_clock(study, study.pasi if study.has_pasi else study.pasi.iloc[:0], clock)
    at, pasi = table["clock_week"].to_numpy(float), table["pasi"].to_numpy(float)
    weeks = np.array(study.schedule, float) if study.schedule else nominal_weeks(table, "clock_week")
    known = np.flatnonzero(~np.isnan(at))
    slots = np.zeros(len(at), np.intp)
    slots[known] = nearest_slot(weeks, at[known])
    distance = np.abs(at[known] - weeks[slots[known]])
    order = known[np.lexsort((-at[known], -distance, ~np.isnan(pasi[known])))]
    return weeks, at, slots, order, phase_codes(study, patient_codes(table), table["week"].to_numpy(float))


def _lasting(study: Study, phase: str, clock: str, weeks: Floats) -> Flags:
    """True where a patient is in the phase at a nominal week: after its start and, in `after`, up to the restart."""
    start = _on_clock(study, phase_start(study, phase), clock)
    restart = _on_clock(study, anchors(study)["restart_week"].fillna(np.inf).to_numpy(float), clock)
    end = restart if phase == "after" else np.full(len(start), np.inf)
    end = np.fmin(end, _on_clock(study, _cutoff(study), clock))
    return (weeks > start[:, None] + SAME_WEEK) & (weeks <= end[:, None] + SAME_WEEK)


def _cutoff(study: Study) -> Floats:
    """Each patient's last week in which a visit could be seen; NaN where no data cut-off is stated."""
    known = study.patients.get("cutoff_week")
    return np.full(len(study.patients), np.nan) if known is None else known.to_numpy(float)


def _on_clock(study: Study, week: Floats, clock: str) -> Floats:
    """Each patient's `week` of the study on that clock."""
    return week - anchors(study)[CLOCKS[clock].anchor].to_numpy(float)
