"""What the counts behind frequencies say: crosses over low counts, binomial intervals; and what the checks found."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import as_rows, taken
from analysis.caution import concerns
from analysis.immune import event_counts
from analysis.immune.checks import CHECKS
from analysis.scales import IMMUNE_SCALES, scaled_immune
from figures.visuals import marks, style, time_axis
from figures.visuals.contract import Note
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.arrays import Rows
    from data.study import Study
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame

CROSS = "x-thin"


@once
def counted_table(frame: Frame) -> pd.DataFrame:
    """The samples of the query on its scale (`scales.scaled_immune`, timed, who) with low, high (95 %, in % of parent),
    low_count and events (in words); NaN, False and "" without a count."""
    query = frame.query
    return time_axis.timed(frame, _counted(frame.study, query.subsets, query.immune_scale, query.interval))


@once
def counted_rows(frame: Frame) -> Rows:
    """`counted_table` as arrays."""
    query = frame.query
    return time_axis.timed_rows(frame, _rows(frame.study, query.subsets, query.immune_scale, query.interval))


@lru_cache(maxsize=8)
def _rows(study: Study, subsets: tuple[str, ...], scale: str, interval: str) -> Rows:
    return as_rows(_counted(study, subsets, scale, interval))


@lru_cache(maxsize=8)
def _counted(study: Study, subsets: tuple[str, ...], scale: str, interval: str) -> pd.DataFrame:
    table = scaled_immune(study, subsets, scale)
    known = event_counts.counted(study, subsets, interval)
    cells = zip(*(known[name] for name in ("count", "parent_count", "low", "high")), strict=True)
    known = known[["patient_id", "week", "subset", "low", "high", "low_count"]].assign(
        events=[_events(*cell) for cell in cells]
    )
    joined = table.merge(known, on=["patient_id", "week", "subset"], how="left")
    return joined.assign(
        low_count=joined["low_count"].eq(True),  # noqa: FBT003 - missing is not low
        events=joined["events"].astype(object).where(joined["events"].notna(), ""),
        who=marks.who(joined),
    )


def intervals(frame: Frame, rows: Rows, yaxis: str) -> list[Trace]:
    """The binomial intervals of one subset's samples of `counted_rows`, for a few patients, where the scale is the
    frequency itself."""
    if frame.crowd != "few" or frame.query.immune_scale != "raw":
        return []
    known = taken(rows, ~np.isnan(rows["low"]))
    color = frame.colors_at(known["patient"])
    spans = marks.stretches(known)
    return [_interval(taken(known, slice(start, end)), color[start], yaxis) for start, end in spans]


def crosses(frame: Frame, rows: Rows, yaxis: str) -> list[Trace]:
    """A cross over each low count of one subset's samples of `counted_rows`."""
    low = taken(rows, rows["low_count"] & ~np.isnan(rows["value"]))
    return [_crosses(low, frame.colors_at(low["patient"]), yaxis)] if len(low["x"]) else []


def layer_crosses(frame: Frame, axes: Sequence[str]) -> list[dict[str, Any]]:
    """`crosses` for the layer, of every patient's samples of each subset; none in a study without counts."""
    if frame.study.immune_subsets["count"].isna().all():
        return []
    table = counted_table(frame)
    low = table[table["low_count"] & table["value"].notna()]
    fixed = {"mode": "markers", "symbol": CROSS, "count": True}
    found = zip((low[low["subset"] == subset] for subset in frame.query.subsets), axes, strict=True)
    return [marks.columnar(frame.study, table, yaxis=axis, **fixed) for table, axis in found if len(table)]


@framed
def wording(frame: Frame) -> Note:
    """What the checks found by kind, then the rule of the scale and of the counts."""
    study, query = frame.study, frame.query
    found = [one for one in concerns(study, query) if one.kind in CHECKS]
    scale = IMMUNE_SCALES[query.immune_scale]
    known = study.immune_subsets["count"].notna().any()
    return Note(
        computed=(f"{scale.label}: {scale.rule}", event_counts.LOW_COUNT_RULE if known else ""),
        judged=(event_counts.INTERVAL_RULE if known else "",),
        limits=tuple(f"⚠ {one.sentence}" for one in found),
    )


def _events(count: float, parent: float, low: float, high: float) -> str:
    within = "" if np.isnan(parent) else f" of {parent:,.0f}"
    interval = "" if np.isnan(low) else f", 95 % {low:.3g} to {high:.3g} %"
    return f"<br>{count:,.0f} events{within}{interval}"


def _interval(own: Rows, color: str, yaxis: str) -> Trace:
    """A stroke from low to high at each sample; an empty point parts two strokes."""
    at, low, high = (own[name] for name in ("x", "low", "high"))
    gap = np.full(len(at), np.nan)
    return {
        "type": "scatter", "mode": "lines", "x": np.stack([at, at, gap], axis=1).ravel(),
        "y": np.stack([low, high, gap], axis=1).ravel(),
        "line": {"color": style.fade(color, 0.55), "width": 3}, "hoverinfo": "skip", "yaxis": yaxis,
        "meta": {"band": True},
    }  # fmt: skip


def _crosses(low: Rows, color: list[str], yaxis: str) -> Trace:
    return {
        "type": "scatter", "mode": "markers", "x": low["x"], "y": low["value"], "yaxis": yaxis,
        "customdata": marks.custom(low, ()), "hoverinfo": "skip", "meta": {"count": True},
        "marker": {"symbol": CROSS, "size": 12, "color": color, "line": {"color": color, "width": 1.6}},
    }  # fmt: skip
