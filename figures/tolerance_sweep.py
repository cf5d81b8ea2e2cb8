"""Tolerance sweep: the coefficient of one subset under several tolerances, everything else being as chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.correlation.specifications import tolerance_sweep
from figures.profile import Along, profile
from figures.visuals import formatting, pairs, specification_table, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from analysis.query import Query
    from figures.visuals.contract import Figure
    from figures.visuals.frame import Frame

RULE = (
    "Only the tolerance varies. A wider one has more pairs, further apart in time; an estimate that moves with it says "
    "that the pairing matters. Neighbours share most pairs: they are not independent evidence."
)


@requires("pasi", "immune_subsets")
def tolerance(frame: Frame) -> Figure:
    """Estimate and interval per tolerance, with what each stands on under the axis; the one that is chosen is
    filled."""
    table = sweep_table(frame)
    if table.empty or table["estimate"].isna().all():
        return style.empty(frame.query, sweepless(frame.query))
    weeks, rows = table["tolerance"].tolist(), table.itertuples()
    title, ticks = "tolerance: largest gap in a pair, weeks", [f"{one:.4g}" for one in weeks]
    choices, places = [{"tolerance": one} for one in weeks], np.arange(len(weeks), dtype=float)
    return profile(frame, table, Along(title, places, ticks, [_said(row) for row in rows], choices, 0.5))


@framed
def sweep_table(frame: Frame) -> pd.DataFrame:
    """The columns of `specifications.tolerance_sweep` for the query's subset; no row without one."""
    return _sweep_table(frame.only(specification_table.FIELDS))


def headline(frame: Frame) -> formatting.Headline:
    """From where to where the coefficient goes."""
    table = sweep_table(frame)
    if table.empty or table["estimate"].isna().all():
        return formatting.unable(sweepless(frame.query))
    known = table[table["estimate"].notna()]
    ends = f"{formatting.number(known['estimate'].min())} to {formatting.number(known['estimate'].max())}"
    stood = ", ".join(formatting.count_range(known[name], name[:-1]) for name in ("patients", "pairs"))
    over = f"over {formatting.plural(len(known), 'tolerance')}; {stood}"
    return f"{formatting.symbol(frame.query.statistic)} {ends}", formatting.fitted(over)


def sweepless(query: Query) -> str:
    """Why there is no sweep, and what to do."""
    if not query.subset:
        return specification_table.curveless(query)
    return "The coefficient is refused at every tolerance.<br>Choose another phase or statistic, or remove a chip."


@framed
def wording(frame: Frame) -> Note:
    """What a sweep shows, and what the statistic does not do."""
    return Note(limits=(RULE,)).beside(pairs.caveats(frame.query.statistic, frame.query.p_by))


def _said(row: Any) -> str:
    weeks = "week" if row.tolerance == 1 else "weeks"
    return f"<b>tolerance {row.tolerance:.4g} {weeks}</b><br>{formatting.sentence(row)}"


@once
def _sweep_table(frame: Frame) -> pd.DataFrame:
    study, query = frame.study, frame.query
    if not query.subset:
        return pd.DataFrame()
    own = specification_table.chosen(query)
    return tolerance_sweep(study, query.subset, own, query.pair_phase, query.p_by, **query.kept)
