"""A statistic for every subset by phase, lag or group, with one family of tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
import pandas as pd

from analysis.arrays import Floats, Positions, interleaved, places
from analysis.correlation.pairing import TOLERANCE_WEEKS, crossing, scaled_arrays
from analysis.correlation.points import Cells, Points, joined
from analysis.correlation.serial import computed
from analysis.filters import Kept, kept_patients, kept_rows
from analysis.phases import PHASES, in_phase, phase_codes
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
    blocks = [_block(study, column, how or Pairing(), (statistic, p_by), kept) for column in columns]
    every = pd.concat(blocks, ignore_index=True).take(interleaved(len(blocks), len(names)))
    every = every.assign(q=adjusted(every["p"].to_numpy()), family=int(every["p"].notna().sum()), statistic=statistic)
    asked = places(names, names if subsets is None else subsets)
    rows = np.arange(len(every)).reshape(len(names), len(blocks))[asked]
    return every.take(rows.reshape(-1)).reset_index(drop=True)


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


def _block(study: Study, column: Column, how: Pairing, test: Test, kept: Kept) -> pd.DataFrame:
    """The cells of one column."""
    points, crossed = _paired(study, how, column, kept)
    names = {"subset": list(samples(study).subsets), "phase": column.phase, "lag_weeks": column.lag}
    cells = vars(in_parts(points, *test))
    return pd.DataFrame(names | {"group": column.group or ""} | cells | {"other_phase": crossed})


def _paired(study: Study, how: Pairing, column: Column, kept: Kept) -> tuple[Points, Positions]:
    """The pairs of one column as points, and how many of each subset are left out, as their PASI lies in another
    phase."""
    taken = samples(study)
    where = (study, taken.patient, taken.week)
    keep = kept_rows(*where, **kept) & in_phase(*where, column.phase)
    if column.group is not None:
        keep = keep & kept_patients(study, groups=[column.group])[taken.patient]
    rows: Positions = np.flatnonzero(keep)
    value, pasi = scaled_arrays(study, how.tolerance, how.pasi_scale, how.immune_scale, column.lag, rows)
    phase = phase_codes(*where)[rows, None]
    points = Points(taken.patient[rows], taken.week[rows, None], phase, value, pasi)
    if how.pair_phase == "sample" or column.phase == "all":
        return points, np.zeros(value.shape[1], np.intp)
    crossed = crossing(study, how.tolerance, column.lag, column.phase, rows)
    left = replace(points, pasi=np.where(crossed, np.nan, points.pasi))
    return left, (crossed & points.known).sum(axis=0)
