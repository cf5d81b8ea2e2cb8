"""Responder rates per group and nominal visit, each with its denominator, its interval and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtri

from analysis.arrays import Flags, Floats, Positions, categorical, constant
from analysis.cohort import patient_groups
from analysis.filters import Window, kept_patients
from analysis.outcomes import outcome_of
from analysis.phase_visits import chosen_phases
from analysis.phases import PHASES
from analysis.response.imputation import IMPUTATIONS, POLICIES, Imputation
from analysis.response.nominal_visits import COVERAGE, Grid, grid, no_schedule
from analysis.response.rule_kinds import Response
from analysis.response.rules import response_rule, rules_of
from data.study import Study

Interval = Callable[[Floats, Floats], tuple[Floats, Floats]]

CONFIDENCE = 0.95
ENOUGH_PATIENTS = 5
"""No rate, curve or average of fewer is drawn or told: each patient is."""
ENOUGH = 0.8
"""A rate of observed cases at a week at which fewer of the patients due were observed is marked."""


def wilson(hits: Floats, of: Floats) -> tuple[Floats, Floats]:
    """Wilson's score interval (95 %) for `hits` of `of`, in percent; NaN for 0 of 0. Wilson 1927,
    10.1080/01621459.1927.10502953."""
    z = ndtri((1 + CONFIDENCE) / 2)
    size = np.where(of > 0, of, np.nan)
    share, middle = hits / size, hits / size + z**2 / (2 * size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    scale = 100 / (1 + z**2 / size)
    low, high = (middle - half) * scale, (middle + half) * scale
    return np.where(hits == 0, size * 0, low), np.where(hits == of, size * 0 + 100, high)


def clopper_pearson(hits: Floats, of: Floats) -> tuple[Floats, Floats]:
    """The exact interval (95 %) for `hits` of `of`, in percent; NaN for 0 of 0. Clopper and Pearson 1934,
    10.1093/biomet/26.4.404."""
    tail, size = (1 - CONFIDENCE) / 2, np.where(of > 0, of, np.nan)
    low = np.where(hits == 0, size * 0, betaincinv(np.maximum(hits, 0.5), size - hits + 1, tail))
    high = np.where(hits == of, size * 0 + 1, betaincinv(hits + 1, np.maximum(size - hits, 0.5), 1 - tail))
    return 100 * low, 100 * high


def percent_texts(percent: float, low: float, high: float) -> tuple[str, str, str]:
    """A rate in percent and the ends of its interval, to the digits that the interval's width leaves a meaning: 0, 0
    and 0.44 for none of 875. Only what is exactly 0 or 100 is written so."""
    width = high - low
    digits = 0 if width >= 10 else 1 if width >= 1 else 2
    return _percent(percent, digits), _percent(low, digits), _percent(high, digits)


def _percent(value: float, digits: int) -> str:
    if value in {0, 100}:
        return f"{value:.0f}"
    while digits < 3 and float(f"{value:.{digits}f}") in {0, 100}:
        digits += 1
    return f"{value:.{digits}f}"


INTERVALS: Mapping[str, Interval] = MappingProxyType({"wilson": wilson, "clopper_pearson": clopper_pearson})


@dataclass(frozen=True)
class Choices:
    """What is chosen for a rate besides rule, imputation and phase; keys of `BASELINES`, `POLICIES`, `INTERVALS` and
    `CLOCKS`. `by` is a column of `study.patients`, None for one group "all"."""

    baseline: str = "phase"
    policy: str = "treatment_policy"
    interval: str = "wilson"
    clock: str = "index"
    by: str | None = "group"


def rates(
    study: Study,
    rules: Sequence[str] | None = None,
    imputations: Sequence[str] | None = None,
    phases: Sequence[str] | None = None,
    choices: Choices | None = None,
    window: Window | None = None,
    patients: Iterable[str] | None = None,
    groups: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Responder rates: one row per group × phase × nominal week × rule × imputation (None: all), in that order.

    group, phase, baseline (phase or original, which `all` always is), week (nominal, on the chosen clock), rule,
    imputation, responders, evaluable (the denominator), due (patients in the phase at that week of whom the rule can
    be told, observed or not), rate_percent, low_percent, high_percent (95 %), note (why a rate is refused, whom it
    leaves out or takes for non-responders, the handling of restarts and the window of the visit).

    Ties count as response. Only patients whom the rule can be told of are counted: a relative rule needs a baseline
    above 0. Where an imputation is refused, or nobody counts, the rate is missing, with the reason. `window` (weeks on
    the clock, closed) chooses nominal weeks; LOCF still carries values from before it. Visits in `phase` only: `after`
    ends with a restart, `all` does not. See `nominal.grid` for nominal weeks, `imputation` for what each choice means.
    """
    how = choices or Choices()
    names, group = patient_groups(study, how.by)
    keep = kept_patients(study, patients, groups)
    member = np.where(keep, group, len(names))
    outcome = outcome_of(study)
    chosen = [response_rule(key, outcome) for key in (rules_of(study).responses if rules is None else rules)]
    imputed = [IMPUTATIONS[key] for key in (IMPUTATIONS if imputations is None else imputations)]
    tables = [
        _phase_rates(_cells(study, phase, how, names, member, window), chosen, imputed)
        for phase in chosen_phases(study, phases)
    ]
    together = pd.concat(tables, ignore_index=True)
    return together.sort_values("group", kind="stable", ignore_index=True)


def responded(
    study: Study, rule: str, imputation: str, phase: str = "all", choices: Choices | None = None
) -> tuple[Floats, Flags]:
    """Nominal weeks, and patients (in display order) × weeks: True for each who counts as a responder in `rates`."""
    how = choices or Choices()
    visits = grid(study, phase, how.baseline, how.clock)
    return visits.week, _responders(
        visits, response_rule(rule, outcome_of(study)), IMPUTATIONS[imputation], how.policy
    )[0]


@dataclass(frozen=True, eq=False)
class _Cells:
    """Every group × week of a phase in which someone is due, in that order; `group` and `slot` are positions in `names`
    and in the weeks of `grid`; `unscheduled`: why the study has no nominal visits, or ""; `scheduled`: it states
    them."""

    phase: str
    choices: Choices
    grid: Grid
    names: list[str]
    member: Positions
    group: Positions
    slot: Positions
    unscheduled: str
    scheduled: bool

    def count(self, flags: Flags) -> Floats:
        """How many patients of each cell are flagged."""
        return _by_group(flags, self.member, len(self.names))[self.group, self.slot]


def _by_group(flags: Flags, member: Positions, groups: int) -> Floats:
    """How many patients are flagged, groups × weeks; `member` is the group of each, beyond the last of nobody kept."""
    (patient, slot), weeks = np.nonzero(flags), flags.shape[1]
    counts = np.bincount(member[patient] * weeks + slot, minlength=(groups + 1) * weeks)
    return counts.reshape(groups + 1, weeks)[:-1].astype(float)


def _cells(
    study: Study, phase: str, choices: Choices, names: list[str], member: Positions, window: Window | None
) -> _Cells:
    visits = grid(study, phase, choices.baseline, choices.clock)
    low, high = (-np.inf, np.inf) if window is None else window
    due = (_by_group(visits.due, member, len(names)) > 0) & (visits.week >= low) & (visits.week <= high)
    group, slot = np.nonzero(due)
    return _Cells(
        phase, choices, visits, names, member, group, slot, no_schedule(study, choices.clock), bool(study.schedule)
    )


def _phase_rates(cells: _Cells, rules: list[Response], imputations: list[Imputation]) -> pd.DataFrame:
    """The rows of one phase, by group, week, rule and imputation."""
    size, each = len(cells.slot), len(rules) * len(imputations)
    counts = np.array([_counts(cells, rule, imputation) for rule in rules for imputation in imputations])
    refused = np.array([_refusals(cells, imputation) for _ in rules for imputation in imputations], object)
    hits, of = np.where(refused[:, None] != "", np.nan, counts).transpose(1, 2, 0).reshape(2, -1)
    low, high = INTERVALS[cells.choices.interval](hits, of)
    due = np.array([cells.count(cells.grid.due & rule.evaluable(cells.grid.base)) for rule in rules])
    due = np.repeat(due, len(imputations), axis=0)
    notes = _notes(cells, [*imputations] * len(rules), refused, counts[:, 1], due)
    return pd.DataFrame(
        {
            "group": categorical(np.repeat(cells.group, each), cells.names),
            "phase": constant(cells.phase, PHASES, size * each),
            "baseline": "original" if cells.phase == "all" else cells.choices.baseline,
            "week": np.repeat(cells.grid.week[cells.slot], each),
            "rule": np.tile(np.repeat([rule.key for rule in rules], len(imputations)), size),
            "imputation": np.tile([imputation.key for imputation in imputations], size * len(rules)),
            "responders": pd.Series(hits).astype("Int64"),
            "evaluable": pd.Series(of).astype("Int64"),
            "due": due.T.ravel().astype(int),
            "rate_percent": 100 * hits / np.where(of > 0, of, np.nan),
            "low_percent": low,
            "high_percent": high,
            "note": notes.T.ravel(),
        }
    )


def _counts(cells: _Cells, rule: Response, imputation: Imputation) -> tuple[Floats, Floats]:
    """Responders and evaluable patients of each cell."""
    flags, counted = _responders(cells.grid, rule, imputation, cells.choices.policy)
    return cells.count(flags), cells.count(counted)


def _responders(visits: Grid, rule: Response, imputation: Imputation, policy: str) -> tuple[Flags, Flags]:
    """Who responded and who counts, per patient and nominal week."""
    flags, counted = imputation.flags(visits, rule)
    return (flags & ~visits.restarted if POLICIES[policy].composite else flags), counted


def _refusals(cells: _Cells, imputation: Imputation) -> list[str]:
    """For each cell why the imputation is refused, or ""."""
    size = len(cells.slot)
    if cells.phase == "restart" and POLICIES[cells.choices.policy].composite:
        return ["composite refused: every visit of this phase is after the restart"] * size
    if not imputation.planned_only or cells.scheduled:
        return [""] * size
    if cells.unscheduled:
        return [f"{imputation.key} refused: {cells.unscheduled}"] * size
    due, planned = cells.count(cells.grid.due), cells.count(cells.grid.planned)
    return [
        f"{imputation.key} refused: only {have:g} of {those:g} patients in the phase have a row for this visit, so it "
        "would invent non-responders"
        if have < COVERAGE * those
        else ""
        for have, those in zip(planned, due, strict=True)
    ]


def _notes(
    cells: _Cells, imputations: list[Imputation], refused: np.ndarray, counted: Floats, due: Floats
) -> np.ndarray:
    """Rule and imputation × cell: what could not be counted or was made up, the handling of restarts and the window of
    the visit."""
    visits, policy = cells.grid, POLICIES[cells.choices.policy].label
    spans = [span(visits.low[slot], visits.high[slot]) for slot in cells.slot]
    everyone, rowless = cells.count(visits.due), cells.count(visits.due & ~visits.planned & ~visits.stated[:, None])
    notes = []
    for how, reasons, counts, known in zip(imputations, refused, counted, due, strict=True):
        left_out = map(_left_out, everyone - known, counts)
        made_up = [_made_up(how, *cell) for cell in zip(counts, known, rowless, strict=True)]
        made_up = ["" if reason else made for reason, made in zip(reasons, made_up, strict=True)]
        parts = zip(reasons, left_out, made_up, [policy] * len(spans), spans, strict=True)
        notes.append(["; ".join(filter(None, part)) for part in parts])
    return np.array(notes, object)


def _left_out(unknown: float, counted: float) -> str:
    if unknown:
        return f"{unknown:g} not evaluable: no baseline above 0"
    return "nobody observed" if counted == 0 else ""


def _made_up(imputation: Imputation, counted: float, due: float, rowless: float) -> str:
    """What a rate takes for granted of patients who were not seen."""
    if imputation.planned_only and rowless:
        return f"{rowless:g} without a row count as no responders, since no data cut-off is stated"
    return f"only {counted:g} of {due:g} observed" if imputation.observed_only and counted < ENOUGH * due else ""


def span(low: float, high: float) -> str:
    """The window of a visit in words: "visits after week 2.5, up to 6"."""
    after = "" if np.isinf(low) else f" after week {low:g}"
    until = "" if np.isinf(high) else f" up to week {high:g}" if np.isinf(low) else f", up to {high:g}"
    return f"visits{after}{until}" if after or until else "visits of any week"
