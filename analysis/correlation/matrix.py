"""A statistic for every subset by phase, lag or group, with one family of tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
import pandas as pd

from analysis.arrays import Floats, Positions, interleaved, places
from analysis.correlation.pairing import TOLERANCE_WEEKS, crossing, sample_phases, scaled_arrays
from analysis.correlation.points import Cells, Points, joined
from analysis.correlation.serial import computed
from analysis.filters import Kept, kept_patients, kept_rows
from analysis.phases import PHASES, in_phase
from analysis.samples import samples
from data.deadline import check
from data.study import Study

LAGS = (-12.0, -8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0, 12.0)
"""Weeks from sample to PASI that are looked at unless told."""

AT_ONCE = 1_000_000
"""Rows × cells that are computed together."""

Test = tuple[str, str]
"""Keys of the statistic, and of what its p stands on."""

FAMILY = "q is the Benjamini–Hochberg adjusted p over all {size} cells of this matrix that have a p, shown or not."
FAMILY_SOURCE = "Benjamini & Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x"


@dataclass(frozen=True)
class Pairing:
    """How samples and visits become pairs: `tolerance` in weeks, keys of the scales, and of `PAIR_PHASES`."""

    tolerance: float = TOLERANCE_WEEKS
    pasi_scale: str = "absolute"
    immune_scale: str = "raw"
    pair_phase: str = "both"


@dataclass(frozen=True)
class Column:
    """One column of a matrix: pairs of one phase and group (None: everyone), the subset at week t against PASI
    at week t + `lag`."""

    phase: str = "all"
    lag: float = 0.0
    group: str | None = None


def by_phase(phases: Iterable[str] = tuple(PHASES)) -> list[Column]:
    """A column for each phase."""
    return [Column(phase) for phase in phases]


def by_lag(lags: Iterable[float] = LAGS, phase: str = "all") -> list[Column]:
    """A column for each lag."""
    return [Column(phase, lag) for lag in lags]


def by_group(study: Study, phase: str = "all") -> list[Column]:
    """A column for each group of patients."""
    return [Column(phase, group=str(group)) for group in study.patients["group"].cat.categories]


def matrix(
    study: Study,
    subsets: Sequence[str] | None = None,
    tolerance: float = TOLERANCE_WEEKS,
    pasi_scale: str = "absolute",
    immune_scale: str = "raw",
    phases: Sequence[str] = tuple(PHASES),
    statistic: str = "repeated_measures",
    **kept: Unpack[Kept],
) -> pd.DataFrame:
    """`grid` of subsets × phases."""
    how = Pairing(tolerance, pasi_scale, immune_scale)
    return grid(study, by_phase(phases), how, statistic, subsets, **kept)


def grid(
    study: Study,
    columns: Sequence[Column],
    how: Pairing | None = None,
    statistic: str = "repeated_measures",
    subsets: Sequence[str] | None = None,
    p_by: str = "own",
    **kept: Unpack[Kept],
) -> pd.DataFrame:
    """The statistic for every subset × column: subset, phase, lag_weeks, group ("" for everyone), the fields of
    `Cells`, other_phase (pairs left out, as their PASI lies in another phase), q, family, statistic; by subset in the
    order given (None: all of the study), then column. p as `serial.SERIAL` has it.

    q is p adjusted by Benjamini–Hochberg over the `family` of cells that are computed, which is that of all subsets of
    the study in these columns, whichever are asked for. `kept` is what `narrow` takes: patients, groups, window (weeks
    on `clock`, closed). Both halves of a pair lie in the phase, unless `how` asks for the sample alone; in the window
    lies the sample. A cell that is not computed has NaN and its reason.
    """
    names = samples(study).subsets
    blocks, others = zip(
        *(_block(study, column, how or Pairing(), (statistic, p_by), kept) for column in columns), strict=True
    )
    cells = vars(joined(blocks))
    told = cells | {"other_phase": np.concatenate(others), "q": adjusted(cells["p"])}
    asked = places(names, names if subsets is None else subsets)
    order = interleaved(len(columns), len(names)).reshape(len(names), len(columns))[asked].reshape(-1)
    identity = {
        "subset": np.repeat([names[place] for place in asked], len(columns)),
        "phase": np.tile([column.phase for column in columns], len(asked)),
        "lag_weeks": np.tile([column.lag for column in columns], len(asked)),
        "group": np.tile([column.group or "" for column in columns], len(asked)),
    }
    computed = {name: values[order] for name, values in told.items()}
    return pd.DataFrame(identity | computed | {"family": int((~np.isnan(cells["p"])).sum()), "statistic": statistic})


def study_points(study: Study, how: Pairing, column: Column | None = None, **kept: Unpack[Kept]) -> Points:
    """The pairs of all subsets as points, one cell per subset in the order of `samples(study)`: those of one column
    (None: all visits) that are kept."""
    return _paired(study, how, column or Column(), kept)[0]


def adjusted(p: Floats) -> Floats:
    """Benjamini–Hochberg adjusted p over those that are not NaN: of the k-th smallest of m, m/k × p, but not above that
    of a larger p (1995, doi 10.1111/j.2517-6161.1995.tb02031.x)."""
    order = np.argsort(p)[: int((~np.isnan(p)).sum())]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    q = np.full(len(p), np.nan)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def in_parts(points: Points, statistic: str, p_by: str) -> Cells:
    """All cells, some at a time, which fit into memory; at least one part, if empty."""
    step, parts = max(1, AT_ONCE // max(len(points.patient), 1)), []
    for first in range(0, max(points.value.shape[1], 1), step):
        check()
        some = slice(first, first + step)
        some_points = replace(points, value=points.value[:, some], pasi=points.pasi[:, some])
        parts.append(computed(some_points, statistic, p_by))
    return joined(parts)


def _block(study: Study, column: Column, how: Pairing, test: Test, kept: Kept) -> tuple[Cells, Positions]:
    """The cells of one column, and of each how many pairs are left out: none of these is kept."""
    points, crossed = _paired(study, how, column, kept)
    return in_parts(points, *test), crossed


def _paired(study: Study, how: Pairing, column: Column, kept: Kept) -> tuple[Points, Positions]:
    """The pairs of one column as points, and how many of each subset are left out, as their PASI lies in another
    phase."""
    taken, phases = samples(study), sample_phases(study)
    keep = kept_rows(study, taken.patient, taken.week, **kept) & in_phase(phases, column.phase)
    if column.group is not None:
        keep = keep & kept_patients(study, groups=[column.group])[taken.patient]
    rows: Positions = np.flatnonzero(keep)
    value, pasi = scaled_arrays(study, how.tolerance, how.pasi_scale, how.immune_scale, column.lag, rows)
    points = Points(taken.patient[rows], taken.week[rows, None], phases[rows, None], value, pasi)
    if how.pair_phase == "sample" or column.phase == "all":
        return points, np.zeros(value.shape[1], np.intp)
    crossed = crossing(study, how.tolerance, column.lag, column.phase, rows)
    left = replace(points, pasi=np.where(crossed, np.nan, points.pasi))
    return left, (crossed & points.known).sum(axis=0)
