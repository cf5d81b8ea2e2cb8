"""An estimate with its interval along one choice, such as the lag: what each stands on is printed under the axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import outcome_name
from analysis.phases import phase_labels
from figures import scatter
from figures.visuals import curves, formatting, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.arrays import Floats
    from analysis.query import Query
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame


@dataclass(frozen=True)
class Along:
    """The axis: its `title`, and of each row of the table its place `x`, its tick, its tooltip and what a click on it
    sets of the query; `pad` is the room at both ends."""

    title: str
    x: Floats
    ticks: Sequence[str]
    said: Sequence[str]
    choices: Sequence[dict[str, Any]]
    pad: float


def profile(frame: Frame, table: pd.DataFrame, along: Along) -> Figure:
    """Estimate and interval of each row (the fields of `Cells`), the one that is chosen filled; n/c where it is
    refused."""
    study, query = frame.study, frame.query
    printed = f"<b>{formatting.escaped(phase_labels(study)[query.phase])}</b>  {STATISTICS[query.statistic].label}"
    ends = [float(along.x[0] - along.pad), float(along.x[-1] + along.pad)]
    return style.figure(
        query, _zero(query, ends), _estimates(query, table, along), *_refused(query, table, along),
        xaxis={
            "title": {"text": along.title, "standoff": 46}, "range": ends, "fixedrange": True,
            "tickvals": along.x.tolist(), "ticktext": list(along.ticks),
        },
        yaxis={"title": {"text": _title(frame)}, "range": span(table[["low", "high"]]), "fixedrange": True},
        margin={"l": 58, "r": 14, "t": 24, "b": 88}, dragmode=False,
        annotations=[{**scatter.heading(printed), "yshift": 2}, *_counts(query, table, along)],
        meta={"choices": [{"x": x, "query": one} for x, one in zip(along.x.tolist(), along.choices, strict=True)]},
    )  # fmt: skip


def span(values: pd.DataFrame | pd.Series) -> list[float]:
    """−1 to 1, and further where a coefficient goes further."""
    ends = [-1.0, 1.0, *values.to_numpy(float).ravel()]
    return [float(np.nanmin(ends)) - 0.05, float(np.nanmax(ends)) + 0.05]


def _title(frame: Frame) -> str:
    study, query = frame.study, frame.query
    label = study.subset_definitions.set_index("subset")["label"][query.subset]
    return f"{formatting.symbol(query.statistic)}, {formatting.wrap(f'{outcome_name(study)} and {label}', 36)}"


def _zero(query: Query, ends: list[float]) -> Trace:
    line = {"color": style.theme(query).muted, "width": 0.8, "dash": "dot"}
    return {
        "type": "scatter", "mode": "lines", "x": ends, "y": [0, 0], "line": line, "hoverinfo": "skip",
        "meta": {"band": True},
    }  # fmt: skip


def _estimates(query: Query, table: pd.DataFrame, along: Along) -> Trace:
    """The coefficients with their intervals, in ink: they are nobody's own."""
    look, at = style.theme(query), np.flatnonzero(table["estimate"].notna()).tolist()
    known = table.iloc[at]
    estimate = known["estimate"].to_numpy(float)
    whiskers = {
        "type": "data", "symmetric": False, "array": known["high"].to_numpy(float) - estimate, "thickness": 1.2,
        "arrayminus": estimate - known["low"].to_numpy(float), "width": 3, "color": look.muted,
    }  # fmt: skip
    chosen = [all(getattr(query, field) == value for field, value in along.choices[i].items()) for i in at]
    return {
        "type": "scatter", "mode": "markers", "x": along.x[at], "y": estimate,
        "error_y": whiskers, "hovertext": [along.said[i] for i in at],
        "hovertemplate": f"%{{hovertext}}{formatting.detected_line(query.statistic)}<extra></extra>",
        "customdata": formatting.detected(known),
        "marker": {
            "size": [10 if one else 7 for one in chosen], "line": {"color": look.ink, "width": 1.5},
            "color": [look.ink if one else look.card for one in chosen],
        },
        "meta": {"band": True},
    }  # fmt: skip


def _refused(query: Query, table: pd.DataFrame, along: Along) -> list[Trace]:
    """n/c at 0 where the coefficient is refused, with its reason on hover."""
    at = np.flatnonzero(table["estimate"].isna()).tolist()
    if not at:
        return []
    return [
        {
            "type": "scatter", "mode": "text", "x": along.x[at].tolist(), "y": [0.06] * len(at),
            "text": ["n/c"] * len(at), "hoverinfo": "text", "hovertext": [along.said[i] for i in at],
            "textfont": {"size": 11, "color": style.theme(query).muted},
        }
    ]  # fmt: skip


def _counts(query: Query, table: pd.DataFrame, along: Along) -> list[dict[str, Any]]:
    """Under each tick: patients, pairs and df; what they are at the left."""
    place = {"yref": "paper", "y": 0, "yanchor": "top", "showarrow": False}
    font = {"size": 11, "color": style.theme(query).muted}
    place |= {"font": font, "yshift": -17}
    rows: list[Any] = list(zip(along.x.tolist(), table.itertuples(), strict=True))
    texts = [f"{row.patients:,}<br>{row.pairs:,}<br>{row.df:,}" for _, row in rows]
    longest = [max(text.split("<br>"), key=len) for text in texts]
    shown = curves.apart(along.x, longest, float(along.x[0] - along.pad), float(along.x[-1] + along.pad))
    under = [{**place, "x": rows[at][0], "text": texts[at]} for at in shown]
    names = {"xref": "paper", "x": 0, "xanchor": "right", "xshift": -4, "align": "right"}
    return [*under, {**place, **names, "text": "patients<br>pairs<br>df"}]
