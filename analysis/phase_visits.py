"""The visits that lie in a phase, and the baseline they are told from: what every derivation starts with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import SAME_WEEK, Flags, Floats, Positions, categorical, first_rows, last_rows, pick
from analysis.filters import Window, in_window
from analysis.outcomes import outcome_name, outcome_of, sign_of
from analysis.phases import INDEX_PHASES, PHASES, anchor_weeks, index_event, phase_codes, study_phases
from analysis.samples import visits
from data.study import Study

BASELINES = MappingProxyType(
    {
        "phase": "each phase's own baseline: the last value at or before its start",
        "original": "the original baseline: the last value at or before the index event",
    }
)

OF_ANY_RULE = (0, 2, 5)
"""Positions of the reasons of `_reasons` that hold for rules without a baseline too."""
OPEN = -np.inf, np.inf
"""The window that holds every week."""


@dataclass(frozen=True, eq=False)
class PhaseVisits:
    """The visits with a value of the outcome in one phase, by patient, then week; of all patients, in display order.

    patient, week, pasi  of each visit: position in `study.patients`, week of the study, value of the outcome
    start                of each patient: the week at which the phase starts; NaN: never, or it has no start
    baseline(_week)      of each patient: the outcome and its week; NaN: none
    sign                 1 where the outcome improves by falling, else -1
    missing              of each patient: why nothing can be told of this phase at all, or ""
    no_baseline          of each patient: why nothing can be told against a baseline, or ""; it includes `missing`
    """

    phase: str
    patient: Positions
    week: Floats
    pasi: Floats
    start: Floats
    baseline: Floats
    baseline_week: Floats
    missing: pd.Categorical
    no_baseline: pd.Categorical
    sign: float = 1.0

    @property
    def size(self) -> int:
        """How many patients the study has."""
        return len(self.start)

    @cached_property
    def count(self) -> Positions:
        """How many visits each patient has in the phase."""
        return np.bincount(self.patient, minlength=self.size)

    @cached_property
    def last(self) -> Positions:
        """Each patient's last visit, -1 without one."""
        return last_rows(self.patient, np.arange(len(self.patient)), self.size)

    @cached_property
    def nadir_row(self) -> Positions:
        """For each visit the patient's visit with the best outcome so far in the phase, of equal ones the earliest."""
        lowest = pd.Series(self.sign * self.pasi).groupby(self.patient).cummin().to_numpy(float)
        new = np.ones(len(lowest), bool)
        new[1:] = (self.patient[1:] != self.patient[:-1]) | (lowest[1:] < lowest[:-1])
        return np.maximum.accumulate(np.where(new, np.arange(len(new)), 0)) if len(new) else np.zeros(0, np.intp)

    @cached_property
    def base(self) -> Floats:
        """The baseline of each visit's patient."""
        return self.baseline[self.patient]

    def first(self, hits: Flags) -> Positions:
        """Each patient's first visit among those flagged, -1 without one."""
        return first_rows(self.patient, np.flatnonzero(hits), self.size)

    def last_at(self, limit: Floats) -> Positions:
        """Each patient's last visit at or before that patient's `limit` (week), -1 without one."""
        return last_rows(self.patient, np.flatnonzero(self.week <= limit[self.patient] + SAME_WEEK), self.size)


@lru_cache(maxsize=8)
def phase_visits(
    study: Study, phase: str, baseline: str = "phase", window: Window | None = None, clock: str = "index"
) -> PhaseVisits:
    """The visits in `phase` and, as `BASELINES` says, their baseline.

    `window` (weeks on `clock`, closed) limits the visits, never the baseline. `all` means every visit after the index
    week, on the original baseline; `before` has no start, so no baseline of either kind.
    """
    seen = visits(study)
    own = phase_start(study, phase)
    told_from = phase_start(study, "all") if baseline == "original" and PHASES[phase].start else own
    base_row = last_rows(seen.patient, np.flatnonzero(seen.week <= told_from[seen.patient] + SAME_WEEK), len(own))
    codes = phase_codes(study, seen.patient, seen.week)
    rows = np.flatnonzero(in_phase(codes, phase) & in_window(study, seen.patient, seen.week, window, clock))
    base, count = pick(seen.pasi, base_row), np.bincount(seen.patient[rows], minlength=len(own))
    windowed = window is not None and window != OPEN
    reasons = _reasons(study, phase, own, base, count, windowed=windowed)
    missing = [reason for at, reason in enumerate(reasons) if at in OF_ANY_RULE]
    return PhaseVisits(
        phase,
        seen.patient[rows],
        seen.week[rows],
        seen.pasi[rows],
        own,
        base,
        pick(seen.week, base_row),
        first_reason({reason: reasons[reason] for reason in missing}),
        first_reason(reasons),
        sign_of(study),
    )


def chosen_phases(study: Study, phases: Sequence[str] | None) -> list[str]:
    """`phases`, or for None those that the study has."""
    return study_phases(study) if phases is None else list(phases)


def in_phase(codes: NDArray[np.integer], phase: str) -> Flags:
    """True for each of `phases.phase_codes` that lies in `phase`; `all` holds whatever follows the index week."""
    return codes >= 1 if phase == "all" else codes == INDEX_PHASES.index(phase)


def phase_start(study: Study, phase: str) -> Floats:
    """The week at which each patient's `phase` starts; NaN where it never does, or has no start."""
    anchor = PHASES[phase].start
    return anchor_weeks(study, anchor) if anchor else np.full(len(study.patients), np.nan)


def _reasons(
    study: Study, phase: str, start: Floats, base: Floats, count: Positions, *, windowed: bool
) -> dict[str, Flags]:
    """Why a patient's phase is not evaluable -> for whom, in the order in which the reasons are tried."""
    event, name = "restart" if phase == "restart" else index_event(study), outcome_name(study)
    never = "no restart" if phase == "restart" else f"never got {study.index.label}"
    starts = bool(PHASES[phase].start)
    return {
        f"no {name} in this study": np.full(len(base), not study.has_pasi),
        f"no baseline: nothing precedes the visits before {event}": np.full(len(base), not starts),
        never: np.isnan(start) & starts,
        f"no baseline: no {name} at or before {event}": np.isnan(base),
        f"baseline {name} is 0": (base <= 0) & outcome_of(study).relative,
        f"no {name} in this phase" + (" within the week window" if windowed else ""): count == 0,
    }


def first_reason(reasons: Mapping[str, Flags], known: pd.Categorical | None = None) -> pd.Categorical:
    """For each patient what is `known` already or, where that is "", the first of `reasons` that holds, or ""."""
    before = [] if known is None else [name for name in known.categories if name]
    held = [*((known == name) for name in before), *reasons.values()]
    names = [*before, *reasons, ""]
    return categorical(np.select(held, range(len(held)), len(held)), names)
