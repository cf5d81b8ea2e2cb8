"""The specifications of the page's subset as a table, and what the card says of them in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.correlation import specifications as analysis
from analysis.correlation.orders import LEVEL
from analysis.correlation.serial import SERIAL
from analysis.correlation.specifications import Specification
from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import outcome_name
from analysis.phases import phase_labels
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from figures.visuals import formatting, pairs
from figures.visuals.contract import Note
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.query import Query
    from data.study import Study
    from figures.visuals.frame import Frame

FIELDS = (*pairs.FIELDS, "statistic", "p_by", "subset")
"""What a curve depends on."""
CHOICES = tuple(Specification.__dataclass_fields__)
CUT = "An interval that leaves the plot is cut there; tooltips have the ends."
LABELS: Mapping[str, Callable[[Study, Any], str]] = {
    "statistic": lambda _, key: STATISTICS[key].label,
    "tolerance": lambda _, weeks: f"within {weeks:.4g} wk",
    "lag": lambda _, weeks: f"lag {formatting.number(weeks, 0 if weeks == round(weeks) else 1)} wk",
    "immune_scale": lambda _, key: f"subset {IMMUNE_SCALES[key].label}",
    "pasi_scale": lambda study, key: f"{outcome_name(study)} {PASI_SCALES[key].label}",
    "phase": lambda study, key: phase_labels(study)[key],
}
"""What a choice is called."""


@framed
def curve_table(frame: Frame) -> pd.DataFrame:
    """The columns of `analysis.specifications` for the query's subset; no row without one."""
    return _curve_table(frame.only(FIELDS))


@framed
def sorted_table(frame: Frame) -> pd.DataFrame:
    """Those that are computed, by the oriented estimate."""
    table = curve_table(frame)
    if table.empty:
        return table
    known = table[table["oriented"].notna()]
    return known.sort_values("oriented", kind="stable").reset_index(drop=True)


def chosen(query: Query) -> Specification:
    """The specification of the page."""
    return Specification(**{field: getattr(query, field) for field in CHOICES})


def curveless(query: Query) -> str:
    """Why there is no curve, and what to do."""
    if not query.subset:
        return pairs.UNCHOSEN
    return "No specification can be computed.<br>Choose another subset, or remove a chip."


@framed
def wording(frame: Frame) -> Note:
    """What the curve says in words, what it must not be taken for, and what is left out of it."""
    table = curve_table(frame)
    if table.empty:
        return Note()
    by = f"p by {SERIAL[frame.query.p_by].label} where the statistic has it, else its own."
    return Note(
        computed=(summed(table), _refusals(table), _turned(frame, table), _slopes(table)),
        judged=(by, CUT),
        limits=(analysis.RULE, _left_out(frame)),
        sources=(f"{analysis.SOURCE}.",),
    )


def summed(table: pd.DataFrame) -> str:
    """Of the computable specifications how many are positive and have p < 0.05, where the estimates lie, and what they
    stand on."""
    told = analysis.curve(table)
    if not told.computed:
        return f"None of {told.specifications:,} specifications can be computed."
    ends = (
        f"{formatting.number(told.least)} to {formatting.number(told.largest)}, median {formatting.number(told.median)}"
    )
    computed = table[table["reason"] == ""]
    stood = " and ".join(f"{_range(computed[name])} {name}" for name in ("patients", "pairs"))
    return (
        f"Of {told.computed:,} computable specifications, {told.positive:,} are positive and "
        f"{told.rising + told.falling:,} have p < {LEVEL} ({told.rising:,} positive, {told.falling:,} negative); "
        f"estimates {ends}; each on {stood}."
    )


def _range(counts: pd.Series[int]) -> str:
    low, high = counts.min(), counts.max()
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _slopes(table: pd.DataFrame) -> str:
    """What the mixed model's estimate is, where one is computed among correlations."""
    one = STATISTICS["mixed_model"]
    there = ((table["statistic"] == one.key) & (table["reason"] == "")).any()
    return f"{one.symbol} is a slope in SD within patients, no correlation: it may pass ±1." if there else ""


def _refusals(table: pd.DataFrame) -> str:
    """How many are not computed, and why: the usual reason, and that of the page's own."""
    refused = table[table["reason"] != ""]
    reasons, own = refused["reason"].value_counts(), refused.loc[refused["own"], "reason"]
    usual = f"{len(refused):,} more are not computed, most often as: {reasons.index[0]}." if len(refused) else ""
    return " ".join([usual, *(f"The one chosen on this page is not computed: {one}." for one in own)]).strip()


def _turned(frame: Frame, table: pd.DataFrame) -> str:
    study, query = frame.study, frame.query
    scales = [key for key in table["pasi_scale"].unique() if analysis.direction(study, key, query.pasi_scale) < 0]
    if not scales:
        return ""
    names, own = (" and ".join(PASI_SCALES[key].label for key in some) for some in (scales, [query.pasi_scale]))
    name = outcome_name(study)
    return (
        f"Those of {name} ({names}) are turned, so that positive means what it means on the scatter: {name} ({own}) "
        "rises with the subset."
    )


def _left_out(frame: Frame) -> str:
    """What is possible but not looked at, to stay within the limits."""
    study, query = frame.study, frame.query
    own = chosen(query)
    found, every = analysis.levels(study, own), analysis.possible(study, own)
    cut = [LABELS[field](study, value) for field in every for value in every[field] if value not in found[field]]
    return f"Left out, to keep the work small: {', '.join(cut)}." if cut else ""


@once
def _curve_table(frame: Frame) -> pd.DataFrame:
    study, query = frame.study, frame.query
    if not query.subset:
        return pd.DataFrame()
    return analysis.specifications(study, query.subset, chosen(query), query.pair_phase, query.p_by, **query.kept)
