"""The samples of a phase: each subset's baseline, and its value at a nominal week, or at the phase's first or last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions
from analysis.cohort import nearest_slot, nominal_weeks
from analysis.filters import Window, in_window, kept_patients
from analysis.phase_visits import in_phase, phase_start
from analysis.phases import CLOCKS, PHASES, anchors, index_event, phase_codes, phase_labels
from analysis.response.rates import ENOUGH
from analysis.samples import Samples, samples
from data.study import Study

VISITS: Mapping[str, str] = MappingProxyType(
    {"week": "a nominal week", "first": "first of the phase", "last": "last of the phase"}
)
"""Which visit is compared with the baseline."""
EVERY = slice(None)
AT_ONCE = 1_000_000
"""Values that are looked at together."""


@dataclass(frozen=True)
class Compared:
    """What a comparison stands on: keys of the registries of phases, baselines, clocks, `VISITS`, response rules (None:
    the outcome's first) and `families.ADJUSTMENTS`; `at_week`: the nominal week (None: the last with enough patients);
    who is kept, and the week window on the clock, which limits samples and visits, never a baseline; of the outcome,
    keys of `POLICIES` and `PASI_SCALES`."""

    phase: str = "all"
    baseline: str = "phase"
    clock: str = "index"
    window: Window | None = None
    patients: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    visit: str = "week"
    at_week: float | None = None
    response: str | None = None
    adjust: str = "holm"
    policy: str = "treatment_policy"
    scale: str = "absolute"


@dataclass(frozen=True, eq=False)
class PhaseSamples:
    """The samples of a phase, of everybody who is kept and in it.

    patient, week, row     of each sample, by patient, then week: position in `study.patients`, week on the clock,
                           row of `every`
    every                  all samples of the study × subsets, NaN: not measured; not a copy
    study_week             of each sample: its week in the study
    slot                   of each sample: the position of the nearest of `weeks`, the nominal ones
    there                  of each patient: kept, on the clock, and the phase has begun
    baseline, base_week    patients × subsets: the last value at or before the start of what it is told from, and its
                           week in the study
    """

    patient: Positions
    week: Floats
    row: Positions
    every: Floats
    study_week: Floats
    slot: Positions
    weeks: Floats
    there: Flags
    baseline: Floats
    base_week: Floats

    def at(self, slot: int, subsets: slice = EVERY) -> tuple[Floats, Floats]:
        """Patients × subsets: the values nearest to a nominal week, of two equally near the earlier; and their weeks in
        the study."""
        rows = np.flatnonzero(self.slot == slot)
        far = np.abs(self.week[rows] - self.weeks[slot])
        return self._laid(rows[np.lexsort((-self.week[rows], -far))], subsets)

    def end(self, visit: str) -> tuple[Floats, Floats]:
        """The same of the first, or the last, value of the phase."""
        rows = np.arange(len(self.patient))
        return self._laid(rows[::-1] if visit == "first" else rows)

    def _laid(self, rows: Positions, subsets: slice = EVERY) -> tuple[Floats, Floats]:
        return laid(self.patient[rows], self.study_week[rows], self.every[:, subsets], self.row[rows], len(self.there))

    @cached_property
    def observed(self) -> Positions:
        """How many patients have a sample at each nominal week."""
        some = _with_a_value(self.every)[self.row]
        cells = np.unique(self.patient[some] * len(self.weeks) + self.slot[some])
        return np.bincount(cells % len(self.weeks), minlength=len(self.weeks))

    def enough(self) -> Flags:
        """True for the nominal weeks at which at least `ENOUGH` of those in the phase have a sample."""
        return (self.observed >= ENOUGH * self.there.sum()) & (self.observed > 0)

    def usual(self) -> int:
        """The position of the last nominal week with enough patients, else of the one with most, of equal ones the
        last; -1 where nobody has a sample."""
        seen = self.observed
        if not seen.any():
            return -1
        found = np.flatnonzero(self.enough() if self.enough().any() else seen == seen.max())
        return int(found[-1])


def phase_samples(study: Study, how: Compared) -> PhaseSamples:
    """The samples of `how.phase`, and the baseline it is told from."""
    return _phase_samples(study, Compared(how.phase, how.baseline, how.clock, how.window, how.patients, how.groups))


@lru_cache(maxsize=2)  # patients × subsets each
def _phase_samples(study: Study, how: Compared) -> PhaseSamples:
    taken = samples(study)
    zero = anchors(study)[CLOCKS[how.clock].anchor].to_numpy(float)
    clock_week = taken.week - zero[taken.patient]
    keep = kept_patients(study, how.patients, how.groups) & ~np.isnan(zero)
    own = phase_start(study, how.phase)
    there = keep & ~np.isnan(own)
    codes = phase_codes(study, taken.patient, taken.week)
    inside = in_phase(codes, how.phase) & in_window(study, taken.patient, taken.week, how.window, how.clock)
    rows = np.flatnonzero(inside & there[taken.patient])
    weeks = _nominal(study, taken, clock_week)
    start = phase_start(study, "all") if how.baseline == "original" and PHASES[how.phase].start else own
    before = np.flatnonzero((taken.week <= start[taken.patient] + SAME_WEEK) & keep[taken.patient])
    return PhaseSamples(
        taken.patient[rows],
        clock_week[rows],
        rows,
        taken.value,
        taken.week[rows],
        nearest_slot(weeks, clock_week[rows]),
        weeks,
        there,
        *laid(taken.patient[before], taken.week[before], taken.value, before, len(zero)),
    )


def startless(study: Study, phase: str) -> str:
    """Why nothing can be compared with a baseline in this phase, in words, or ""."""
    if PHASES[phase].start:
        return ""
    return f"no baseline: a phase's baseline is the last value at its start, and {phase_labels(study)[phase]} has none"


def baseline_words(study: Study, how: Compared) -> str:
    """The baseline in words: "last value at or before first MSC"."""
    restart = how.phase == "restart" and how.baseline == "phase"
    return f"last value at or before {'restart' if restart else index_event(study)}"


def laid(patient: Positions, week: Floats, every: Floats, rows: Positions, size: int) -> tuple[Floats, Floats]:
    """The known values of some `rows` of samples × subsets as patients × subsets, of several of one cell the last; and
    their weeks. `patient` and `week` are of those rows."""
    found, when = (np.full((size, every.shape[1]), np.nan) for _ in range(2))
    step = max(1, AT_ONCE // max(len(rows), 1))
    for first in range(0, every.shape[1], step):
        block = every[rows, first : first + step]
        row, column = np.nonzero(~np.isnan(block))
        cell = patient[row], first + column
        found[cell], when[cell] = block[row, column], week[row]
    return found, when


def _with_a_value(every: Floats) -> Flags:
    """Which samples have a value of any subset, a few at a time."""
    step = max(1, AT_ONCE // max(every.shape[1], 1))
    parts = [~np.isnan(every[first : first + step]).all(axis=1) for first in range(0, len(every), step)]
    return np.concatenate([np.zeros(0, bool), *parts])


def _nominal(study: Study, taken: Samples, clock_week: Floats) -> Floats:
    """The weeks that stand for the samples: the study's schedule, else those that most samples share."""
    if study.schedule:
        return np.array(study.schedule, float)
    known = ~np.isnan(clock_week)
    ids = study.patients["patient_id"].array.take(taken.patient[known])
    table = pd.DataFrame({"patient_id": ids, "week": clock_week[known]})
    return nominal_weeks(table) if len(table) else np.zeros(1)
