"""Lag profile: the coefficient of one subset against the outcome some weeks later or earlier."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.correlation import lag as analysis
from analysis.correlation.matrix import LAGS, Pairing
from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import outcome_name
from analysis.phases import phase_labels
from analysis.query import only
from figures import pairs, scatter, style, words
from figures.absence import needing

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.arrays import Floats
    from analysis.query import Query
    from data.study import Study

FAMILY_RULE = "q is the Benjamini–Hochberg adjusted p over all {size} cells that have a p: all subsets at these lags."


@needing("pasi", "immune_subsets")
def lag_profile(study: Study, query: Query) -> go.Figure:
    """Estimate and interval per lag, with what each stands on under the axis; the lag that is chosen is filled."""
    table = lag_table(study, query)
    if table.empty or table["estimate"].isna().all():
        return style.empty(query, lagless(query))
    lags = table["lag_weeks"].to_numpy(float)
    printed = f"<b>{words.escaped(phase_labels(study)[query.phase])}</b>  {STATISTICS[query.statistic].label}"
    return style.figure(
        query, _zero(query, lags), _profile(query, table), *_refused(query, table),
        xaxis={
            "title": {"text": "lag: weeks from sample to visit", "standoff": 34},
            "range": [lags[0] - 1.5, lags[-1] + 1.5], "fixedrange": True,
            "tickvals": lags.tolist(), "ticktext": [words.number(lag, 0) for lag in lags],
        },
        yaxis={"title": {"text": _title(study, query)}, "range": _range(table), "fixedrange": True},
        margin={"l": 58, "r": 14, "t": 24, "b": 72}, dragmode=False,
        annotations=[{**scatter.heading(printed), "yshift": 2}, *_counts(query, table)],
        meta={"choices": [{"x": lag, "query": {"lag": lag}} for lag in lags.tolist()]},
    )  # fmt: skip


def lag_table(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `lag.lag_profile` for the query's subset; no row without one."""
    return _lag_table(study, only(query, (*pairs.FIELDS, "statistic", "p_by", "subset")))


def lagless(query: Query) -> str:
    """Why there is no profile, and what to do."""
    if not query.subset:
        return "Choose a subset above, or a cell of the matrix."
    return "The coefficient is refused at every lag.<br>Widen the tolerance, choose another phase, or remove a chip."


def wording(study: Study, query: Query) -> str:
    """What a lag is, what it does not show, and the family of q."""
    table = lag_table(study, query)
    family = "" if table.empty else f"{FAMILY_RULE.format(size=int(table['family'].iloc[0]))} "
    return f"{analysis.LEAD} {analysis.RULE} {family}{pairs.caveats(query.statistic, query.p_by)}"


def _title(study: Study, query: Query) -> str:
    label = study.subset_definitions.set_index("subset")["label"][query.subset]
    return words.wrap(f"{STATISTICS[query.statistic].symbol}, {words.escaped(outcome_name(study))} and {label}", 40)


def _range(table: pd.DataFrame) -> list[float]:
    """−1 to 1, and further where a coefficient may exceed it."""
    ends = [-1.0, 1.0, *table[["low", "high"]].to_numpy(float).ravel()]
    return [float(np.nanmin(ends)) - 0.05, float(np.nanmax(ends)) + 0.05]


def _zero(query: Query, lags: Floats) -> style.Trace:
    line = {"color": style.theme(query).muted, "width": 0.8, "dash": "dot"}
    across = [lags[0] - 1.5, lags[-1] + 1.5]
    return {
        "type": "scatter", "mode": "lines", "x": across, "y": [0, 0], "line": line, "hoverinfo": "skip",
        "meta": {"band": True},
    }  # fmt: skip


def _profile(query: Query, table: pd.DataFrame) -> style.Trace:
    """The coefficients with their intervals, in ink: they are nobody's own."""
    look, known = style.theme(query), table[table["estimate"].notna()]
    estimate = known["estimate"].to_numpy(float)
    whiskers = {
        "type": "data", "symmetric": False, "array": known["high"].to_numpy(float) - estimate, "thickness": 1.2,
        "arrayminus": estimate - known["low"].to_numpy(float), "width": 3, "color": look.muted,
    }  # fmt: skip
    chosen = (known["lag_weeks"] == query.lag).tolist()
    return {
        "type": "scatter", "mode": "markers", "x": known["lag_weeks"].to_numpy(float), "y": estimate,
        "error_y": whiskers, "hovertext": [_said(row) for row in known.itertuples()],
        "hovertemplate": f"%{{hovertext}}{words.detected_line(query.statistic)}<extra></extra>",
        "customdata": words.detected(known),
        "marker": {
            "size": [10 if one else 7 for one in chosen], "line": {"color": look.ink, "width": 1.5},
            "color": [look.ink if one else look.card for one in chosen],
        },
        "meta": {"band": True},
    }  # fmt: skip


def _refused(query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """A cross at 0 where the coefficient is refused, with its reason on hover."""
    rows: list[Any] = list(table[table["estimate"].isna()].itertuples())
    if not rows:
        return []
    return [
        {
            "type": "scatter", "mode": "text", "x": [row.lag_weeks for row in rows], "y": [0.06] * len(rows),
            "text": ["n/c"] * len(rows), "hoverinfo": "text", "hovertext": [_said(row) for row in rows],
            "textfont": {"size": 10, "color": style.theme(query).muted},
        }
    ]  # fmt: skip


def _said(row: Any) -> str:
    known = not np.isnan(row.median_gap)
    sizes = f"<br>gap: median {row.median_gap:.2g}, largest {row.largest_gap:.2g} weeks" if known else ""
    alone = f"unpaired: {row.samples_alone:,} samples, {row.visits_alone:,} visits"
    told = f"{words.sentence(row)}{words.q_value(row)}{words.line(pairs.elsewhere(row.other_phase))}"
    return f"<b>lag {words.number(row.lag_weeks, 0)} weeks</b><br>{told}<br>{alone}{sizes}"


def _counts(query: Query, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Under each lag: patients, pairs and df; what they are at the left."""
    place = {"yref": "paper", "y": 0, "yanchor": "top", "showarrow": False}
    font = {"size": 9, "color": style.theme(query).muted}
    place |= {"font": font, "yshift": -17}
    rows: list[Any] = list(table.itertuples())
    under = [{**place, "x": row.lag_weeks, "text": f"{row.patients:,}<br>{row.pairs:,}<br>{row.df:,}"} for row in rows]
    names = {"xref": "paper", "x": 0, "xanchor": "right", "xshift": -4, "align": "right"}
    return [*under, {**place, **names, "text": "patients<br>pairs<br>df"}]


@lru_cache(maxsize=4)
def _lag_table(study: Study, query: Query) -> pd.DataFrame:
    if not query.subset:
        return pd.DataFrame()
    how = Pairing(query.tolerance, query.pasi_scale, query.immune_scale, query.pair_phase)
    lags = sorted({*LAGS, query.lag})
    return analysis.lag_profile(study, query.subset, lags, how, query.statistic, query.phase, query.p_by, **query.kept)
