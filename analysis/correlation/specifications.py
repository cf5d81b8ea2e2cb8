"""The estimate of one subset under every defensible specification: statistic, tolerance, lag, scales and phase (the
specification curve of Simonsohn and colleagues 2020, the multiverse of Steegen and colleagues 2016)."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any, Unpack

import numpy as np
import pandas as pd

from analysis.arrays import Flags, Positions
from analysis.correlation.matrix import in_parts
from analysis.correlation.orders import LEVEL
from analysis.correlation.pairing import TOLERANCE_WEEKS, crossing, sample_phases, scaled_arrays
from analysis.correlation.points import Points
from analysis.correlation.statistics import STATISTICS
from analysis.filters import Kept, kept_rows
from analysis.outcomes import outcome_of
from analysis.phases import in_phase, study_phases
from analysis.samples import samples
from analysis.scales import PASI_SCALES, outcome_on
from data.study import Study

TOLERANCES = (0.0, 1.0, 2.0, 4.0)
"""Weeks that are looked at besides the tolerance chosen."""
IMMUNE_SCALES = ("raw", "log2_fold")
"""Scales of the subset that are looked at besides the one chosen: change and z within patient tell the same of most
statistics."""
MOST = 640
"""Specifications of one curve."""
MOST_WORK = 8_000_000
"""Samples × specifications of one curve."""
SERIES = 24
"""A patient with more samples than this makes ranks dearer: the work counts as so many times as much."""
RULE = (
    "The specifications share their patients and visits: they are not independent evidence, and no p is claimed for "
    "all of them together. Ranks within patients are the same on several scales, so some repeat each other. Statistics "
    "that ignore repeats are left out unless chosen, and so is any lag: it asks another question."
)
SOURCE = "Simonsohn, Simmons & Nelson 2020; Steegen, Tuerlinckx, Gelman & Vanpaemel 2016"

Levels = dict[str, tuple[Any, ...]]
"""Field of a `Specification` -> what it may be, the one chosen first."""


@dataclass(frozen=True)
class Specification:
    """One way to an estimate: keys of the registries, tolerance and lag in weeks."""

    statistic: str = "repeated_measures"
    tolerance: float = TOLERANCE_WEEKS
    lag: float = 0.0
    immune_scale: str = "raw"
    pasi_scale: str = "absolute"
    phase: str = "all"


@dataclass(frozen=True)
class Curve:
    """What a table of specifications says: how many there are, are computed, are positive and negative, have p < 0.05
    in either direction; the least, median and largest estimate (NaN without any), all oriented."""

    specifications: int
    computed: int
    positive: int
    negative: int
    rising: int
    falling: int
    least: float
    median: float
    largest: float


def specifications(
    study: Study,
    subset: str,
    own: Specification,
    pair_phase: str = "both",
    p_by: str = "own",
    **kept: Unpack[Kept],
) -> pd.DataFrame:
    """One row per specification of `levels`: its fields, those of `Cells` as the scatter has them for these choices,
    own (is it the one chosen), oriented, oriented_low and oriented_high: estimate and interval turned where the scale
    of the outcome runs against the one chosen, so that a sign means what it means there. `kept` is what `narrow` takes;
    p as `serial.SERIAL` has it. By tolerance, lag, statistic, scales, then phase."""
    return _table(study, subset, own, levels(study, own), (pair_phase, p_by), kept)


def tolerance_sweep(
    study: Study,
    subset: str,
    own: Specification,
    pair_phase: str = "both",
    p_by: str = "own",
    **kept: Unpack[Kept],
) -> pd.DataFrame:
    """`specifications` of which only the tolerance varies, in its order."""
    one: dict[str, tuple[Any, ...]] = {name: (value,) for name, value in asdict(own).items()}
    swept = one | {"tolerance": tuple(sorted({*TOLERANCES, own.tolerance}))}
    return _table(study, subset, own, swept, (pair_phase, p_by), kept)


def levels(study: Study, own: Specification) -> Levels:
    """What varies, the choice of `own` first: `possible`, less the last of the longest as long as the curve has more
    than `MOST` specifications or `MOST_WORK`."""
    most, found = min(MOST, int(MOST_WORK / _work(study))), possible(study, own)
    while count(found) > max(most, 1):
        longest = max(found, key=lambda name: len(found[name]))
        found[longest] = found[longest][:-1]
    return found


def possible(study: Study, own: Specification) -> Levels:
    """Everything that is defensible, the choice of `own` first: all of the registry of statistics but those that ignore
    repeats, all phases of the study, no lag, and the scales of the outcome that mean something."""
    among: dict[str, tuple[Any, ...]] = {
        "statistic": tuple(key for key, kind in STATISTICS.items() if not kind.ignores_repeats),
        "tolerance": TOLERANCES,
        "lag": (0.0,),
        "immune_scale": IMMUNE_SCALES,
        "pasi_scale": tuple(PASI_SCALES) if outcome_of(study).relative else ("absolute",),
        "phase": tuple(study_phases(study)),
    }
    return {name: tuple(dict.fromkeys((getattr(own, name), *known))) for name, known in among.items()}


def count(found: Levels) -> int:
    """How many specifications there are."""
    return math.prod(map(len, found.values()))


def curve(table: pd.DataFrame) -> Curve:
    """What the rows of `specifications` say together."""
    estimate = table["oriented"].to_numpy(float)
    known = estimate[~np.isnan(estimate)]
    sure = estimate[table["p"].to_numpy(float) < LEVEL]
    least, median, largest = (known.min(), np.median(known), known.max()) if len(known) else (math.nan,) * 3
    positive, negative, rising, falling = (int((side > 0).sum()) for side in (known, -known, sure, -sure))
    ends = float(least), float(median), float(largest)
    return Curve(len(table), len(known), positive, negative, rising, falling, *ends)


def direction(study: Study, pasi_scale: str, own: str) -> float:
    """1 where one scale of the outcome rises as the other, −1 where one falls as the other rises."""
    values, baselines = np.array([1.0, 2.0]), np.array([4.0, 4.0])
    steps = (np.diff(outcome_on(study, scale, values, baselines))[0] for scale in (pasi_scale, own))
    return -1.0 if math.prod(steps) < 0 else 1.0


def _work(study: Study) -> float:
    """Of one specification: its samples, times the longest series if that is long."""
    patient = samples(study).patient
    longest = np.bincount(patient).max(initial=0)
    return max(len(patient) * max(longest / SERIES, 1.0), 1.0)


def _table(
    study: Study, subset: str, own: Specification, found: Levels, test: tuple[str, str], kept: Kept
) -> pd.DataFrame:
    """The rows of these levels; `test` is what of a pair must lie in the phase, and what p stands on."""
    rows = _rows(study, subset, kept)
    blocks = [
        _block(study, subset, rows, found | {"tolerance": (tolerance,), "lag": (lag,)}, test)
        for tolerance, lag in product(found["tolerance"], found["lag"])
    ]
    table = pd.concat(blocks, ignore_index=True)
    sign = table["pasi_scale"].map({scale: direction(study, scale, own.pasi_scale) for scale in found["pasi_scale"]})
    turned, chosen = (sign < 0).to_numpy(), pd.Series(asdict(own))
    return table.assign(
        own=(table[list(chosen.index)] == chosen).all(axis=1),
        oriented=sign * table["estimate"],
        oriented_low=np.where(turned, -table["high"], table["low"]),
        oriented_high=np.where(turned, -table["low"], table["high"]),
    )


def _rows(study: Study, subset: str, kept: Kept) -> Positions:
    """The samples that are kept and have a value."""
    taken = samples(study)
    measured: Flags = ~np.isnan(taken.value[:, taken.subsets.index(subset)])
    return np.flatnonzero(measured & kept_rows(study, taken.patient, taken.week, **kept))


def _block(study: Study, subset: str, rows: Positions, found: Levels, test: tuple[str, str]) -> pd.DataFrame:
    """The specifications of one tolerance and lag, which share their pairs."""
    points = _points(study, subset, rows, found, test[0])
    names = pd.DataFrame(list(product(*found.values())), columns=list(found))
    cells = [pd.DataFrame(vars(in_parts(points, statistic, test[1]))) for statistic in found["statistic"]]
    return pd.concat([names, pd.concat(cells, ignore_index=True)], axis=1)


def _points(study: Study, subset: str, rows: Positions, found: Levels, pair_phase: str) -> Points:
    """The pairs of one tolerance and lag: a cell for each scale of the subset, of the outcome, and phase."""
    taken, (tolerance,), (lag,) = samples(study), found["tolerance"], found["lag"]
    at = taken.subsets.index(subset)
    phases, column = sample_phases(study)[rows], slice(at, at + 1)
    inside = [in_phase(phases, phase)[:, None] for phase in found["phase"]]
    if pair_phase == "both":
        crossed = (crossing(study, tolerance, lag, phase, rows, column) for phase in found["phase"])
        inside = [own & ~other for own, other in zip(inside, crossed, strict=True)]
    keep, scales = np.hstack(inside), list(product(found["pasi_scale"], found["immune_scale"]))
    sides = {both: scaled_arrays(study, tolerance, *both, lag, rows, column) for both in scales}
    ordered = [sides[pasi, immune] for immune, pasi in product(found["immune_scale"], found["pasi_scale"])]
    value, pasi = (np.hstack([np.where(keep, pair[side], np.nan) for pair in ordered]) for side in (0, 1))
    return Points(taken.patient[rows], taken.week[rows, None], phases[:, None], value, pasi)
