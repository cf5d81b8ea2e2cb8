"""The course of a group: at each nominal visit how many were observed of those due, and the outcome's mean and
median."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.arrays import Flags, Floats, Positions, categorical
from analysis.cohort import patient_groups
from analysis.comparisons.averages import AVERAGES, in_cells
from analysis.comparisons.phase_samples import Compared
from analysis.filters import kept_patients
from analysis.outcomes import outcome_name, outcome_of
from analysis.phase_visits import phase_start, phase_visits
from analysis.phases import CLOCKS, PHASES, anchors
from analysis.response.imputation import POLICIES
from analysis.response.nominal_visits import grid
from analysis.response.rates import ENOUGH, span
from analysis.scales import outcome_on
from data.study import Study

COLUMNS = (
    "group", "visit", "week", "place", "n", "planned", "due", "sparse", "mean", "mean_low", "mean_high", "mean_note",
    "median", "median_low", "median_high", "median_note", "note",
)  # fmt: skip
AFTER_RESTART = "composite refused: every visit of this phase is after the restart"
OBSERVED = "Observed values only: a visit that was missed counts for nobody, and nothing is imputed."
COMPOSITE = "From a restart on, each observed visit counts with the baseline, as no improvement (composite)."


@dataclass(frozen=True, eq=False)
class Course:
    """Patients (in display order) × visits, of which the first is the baseline where the scale has one.

    week     of each visit: nominal, on the clock; NaN: the baseline
    value    what counts, on the scale; NaN: nothing does
    own      the same as it was observed: NaN where a restart makes it count otherwise
    when     the week of the study at which it was observed; where it was not, of the nominal visit
    planned  there is a row for the visit, with a value or without
    due      the patient is kept and in the phase at that visit, and can be told on the scale
    table    one row per group and visit, as `group_course` says
    reason   why there is nothing, or ""
    """

    week: Floats
    value: Floats
    own: Floats
    when: Floats
    planned: Flags
    due: Flags
    table: pd.DataFrame
    reason: str = ""


@lru_cache(maxsize=8)
def group_course(study: Study, how: Compared) -> Course:
    """The course of each group of the kept patients over the nominal visits of `how.phase` in the window.

    `table`, by group and visit: group, visit (baseline, or visit), week (nominal, on the clock), place (of the visit
    among those shown), n (observed), planned
    (with a row for the visit), due, sparse (fewer than `ENOUGH` of those due were observed), mean and median of
    the outcome on `how.scale` with their 95 % intervals (`averages`) and why there is none, note (whom n leaves out,
    what a restart did, which visits belong to the week). Only observed values count, and on a relative scale only those
    of patients with a baseline above 0. The baseline, where the phase has one, stands before the visits on the scale
    of the outcome itself; the window never limits it.
    """
    week, observed, when, planned, due, restarted, base = _laid(study, how)
    reason = refusal(study, how)
    due = due if how.scale == "absolute" else due & (base > 0)
    counted = np.where(restarted & ~np.isnan(observed), base, observed)
    scaled = [outcome_on(study, how.scale, each, base) for each in (counted, np.where(restarted, np.nan, observed))]
    value, own = (np.where(due & (reason == ""), each, np.nan) for each in scaled)
    found = _table(study, how, week, value, planned, due, restarted & ~np.isnan(value))
    return Course(week, value, own, when, planned & due, due, found if not reason else found.iloc[:0], reason)


def refusal(study: Study, how: Compared) -> str:
    """Why no course of this phase can be told on this scale, in words, or ""."""
    if how.phase == "restart" and POLICIES[how.policy].composite:
        return AFTER_RESTART
    if how.scale == "absolute":
        return ""
    if not outcome_of(study).relative:
        return f"a percentage of the baseline means nothing for {outcome_name(study)}"
    return "" if PHASES[how.phase].start else "there is no baseline before the index event to improve from"


def restarts(study: Study, how: Compared) -> Floats:
    """The week of the study from which on each patient's visits count as no improvement; infinite: never."""
    weeks = anchors(study)["restart_week"].fillna(np.inf).to_numpy(float)
    return weeks if POLICIES[how.policy].composite else np.full(len(weeks), np.inf)


def _laid(study: Study, how: Compared) -> tuple[Floats, Floats, Floats, Flags, Flags, Flags, Floats]:
    """Weeks of the visits; patients × visits of the outcome, week of the study, planned, due, and whether a restart
    decides; and the baseline beside each."""
    visits = grid(study, how.phase, how.baseline, how.clock)
    zero = anchors(study)[CLOCKS[how.clock].anchor].to_numpy(float)[:, None]
    low, high = how.window or (-np.inf, np.inf)
    shown = (visits.week >= low) & (visits.week <= high)
    keep = kept_patients(study, how.patients, how.groups)[:, None]
    composite = POLICIES[how.policy].composite
    parts = [visits.pasi, visits.at + zero, visits.planned, visits.due & keep, visits.restarted & composite]
    parts, week = [part[:, shown] for part in parts], visits.week[shown]
    if how.scale == "absolute" and PHASES[how.phase].start:
        there = keep & ~np.isnan(phase_start(study, how.phase)[:, None]) & ~np.isnan(zero)
        at = phase_visits(study, how.phase, how.baseline).baseline_week[:, None]
        first = [visits.baseline[:, None], at, there, there, np.zeros_like(there)]
        parts = [np.concatenate(pair, axis=1) for pair in zip(first, parts, strict=True)]
        week = np.r_[np.nan, week]
    return (week, *parts, np.broadcast_to(visits.baseline[:, None], parts[0].shape))


def _table(
    study: Study, how: Compared, week: Floats, value: Floats, planned: Flags, due: Flags, replaced: Flags
) -> pd.DataFrame:
    """The rows of every group and visit at which somebody is due."""
    names, member = patient_groups(study, "group")
    row, column = np.nonzero(due & (member >= 0)[:, None])
    found, cell = np.unique(member[row] * max(len(week), 1) + column, return_inverse=True)
    group, slot = np.divmod(found, max(len(week), 1))
    known = ~np.isnan(value[row, column])
    cells = in_cells(cell[known], value[row, column][known], len(found))
    of = np.bincount(cell, minlength=len(found))
    table = pd.DataFrame(
        {
            "group": categorical(group, names),
            "visit": np.where(np.isnan(week[slot]), "baseline", "visit"),
            "week": week[slot],
            "place": np.unique(slot, return_inverse=True)[1],
            "n": cells.n,
            "planned": np.bincount(cell, planned[row, column], len(found)).astype(int),
            "due": of,
            "sparse": cells.n < ENOUGH * of,
        }
    )
    for key, average in AVERAGES.items():
        table[key], table[f"{key}_low"], table[f"{key}_high"] = average.of(cells)
        table[f"{key}_note"] = average.refusals(cells)
    moved = np.bincount(cell, replaced[row, column], len(found)).astype(int)
    return table.assign(note=_notes(study, how, table, moved))[list(COLUMNS)]


def _notes(study: Study, how: Compared, table: pd.DataFrame, moved: Positions) -> list[str]:
    """Whom each row leaves out, how many of it were `moved` to the baseline by a restart, and the visit's window."""
    visits = grid(study, how.phase, how.baseline, how.clock)
    ends = {week: span(low, high) for week, low, high in zip(visits.week, visits.low, visits.high, strict=True)}
    rows = zip(table["week"], table["n"], table["due"], table["sparse"], moved, strict=True)
    parts = [
        [
            f"only {n} of {due} observed" if sparse else "",
            f"{after} after a restart count with the baseline" if after else "",
            ends.get(week, "last value at or before the start"),
        ]
        for week, n, due, sparse, after in rows
    ]
    return ["; ".join(filter(None, part)) for part in parts]
