"""Lag profile: the coefficient of one subset against the outcome some weeks later or earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.correlation import lag as analysis
from analysis.correlation.matrix import LAGS, Pairing
from figures.profile import Along, profile
from figures.visuals import formatting, pairs, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from analysis.query import Query
    from figures.visuals.contract import Figure
    from figures.visuals.frame import Frame

FAMILY_RULE = "q is the Benjamini–Hochberg adjusted p over all {size} cells that have a p: all subsets at these lags."


@requires("pasi", "immune_subsets")
def lag_profile(frame: Frame) -> Figure:
    """Estimate and interval per lag, with what each stands on under the axis; the lag that is chosen is filled."""
    table = lag_table(frame)
    if table.empty or table["estimate"].isna().all():
        return style.empty(frame.query, lagless(frame.query))
    lags, rows = table["lag_weeks"].to_numpy(float), table.itertuples()
    ticks = [formatting.number(lag, 0) for lag in lags]
    choices = [{"lag": lag} for lag in lags.tolist()]
    along = Along("lag: weeks from sample to visit", lags, ticks, [_said(row) for row in rows], choices, 1.5)
    return profile(frame, table, along)


@framed
def lag_table(frame: Frame) -> pd.DataFrame:
    """The columns of `lag.lag_profile` for the query's subset; no row without one."""
    return _lag_table(frame.only((*pairs.FIELDS, "statistic", "p_by", "subset")))


def headline(frame: Frame) -> formatting.Headline:
    """The coefficient at the lag that is chosen."""
    table = lag_table(frame)
    if table.empty or table["estimate"].isna().all():
        return formatting.unable(lagless(frame.query))
    chosen = next(table[table["lag_weeks"] == frame.query.lag].itertuples())
    return formatting.coefficient(chosen, f"lag {formatting.number(frame.query.lag, 0)} weeks")


def lagless(query: Query) -> str:
    """Why there is no profile, and what to do."""
    if not query.subset:
        return pairs.UNCHOSEN
    return "The coefficient is refused at every lag.<br>Widen the tolerance, choose another phase, or remove a chip."


@framed
def wording(frame: Frame) -> Note:
    """What a lag is, what it does not show, and the family of q."""
    table = lag_table(frame)
    family = "" if table.empty else FAMILY_RULE.format(size=int(table["family"].iloc[0]))
    own = Note(computed=(analysis.RULE,), judged=(family,), limits=(analysis.LEAD,))
    return own.beside(pairs.caveats(frame.query.statistic, frame.query.p_by))


def _said(row: Any) -> str:
    known = not np.isnan(row.median_gap)
    sizes = f"<br>gap: median {row.median_gap:.2g}, largest {row.largest_gap:.2g} weeks" if known else ""
    alone = f"unpaired: {row.samples_alone:,} samples, {row.visits_alone:,} visits"
    told = f"{formatting.sentence(row)}{formatting.q_value(row)}{formatting.line(pairs.elsewhere(row.other_phase))}"
    return f"<b>lag {formatting.number(row.lag_weeks, 0)} weeks</b><br>{told}<br>{alone}{sizes}"


@once
def _lag_table(frame: Frame) -> pd.DataFrame:
    study, query = frame.study, frame.query
    if not query.subset:
        return pd.DataFrame()
    how = Pairing(query.tolerance, query.pasi_scale, query.immune_scale, query.pair_phase)
    lags = sorted({*LAGS, query.lag})
    return analysis.lag_profile(study, query.subset, lags, how, query.statistic, query.phase, query.p_by, **query.kept)
