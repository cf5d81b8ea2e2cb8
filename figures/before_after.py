"""Before and after: each patient's baseline and visit joined, one row per subset, and the exact test beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.comparisons import before_after as derived
from analysis.comparisons import friedman, signed_ranks
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.phase_samples import baseline_words, startless
from analysis.phases import clock_labels, phase_labels
from analysis.query import only
from figures.visuals import formatting, style, subset_rows
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed
from figures.visuals.subset_rows import Row

if TYPE_CHECKING:
    import pandas as pd

    from analysis.comparisons.phase_samples import Compared
    from figures.visuals.contract import Figure
    from figures.visuals.frame import Frame

FIELDS = ("patients", "groups", "from_week", "to_week", "clock", "phase", "baseline", "visit", "at_week", "adjust")


@requires("immune_subsets")
def before_after(frame: Frame) -> Figure:
    """One row per chosen subset: joined dots, their medians, and what is computed of them."""
    rows = _rows(frame)
    if not rows:
        return style.empty(frame.query, rowless(frame))
    return subset_rows.drawn(frame, rows, ("baseline", visit_words(frame)), joined=True)


@framed
def before_after_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every pair of every row, for the layer."""
    return subset_rows.columnar(frame.study, _rows(frame), joined=True)


@framed
def comparison(frame: Frame) -> derived.BeforeAfter:
    """The comparison that the query asks for."""
    return derived.before_after(frame.study, how(frame))


def how(frame: Frame) -> Compared:
    """What the comparison stands on: what does not bear on it is left at its default."""
    return only(frame.query, FIELDS).compared(frame.study)


@framed
def shown_table(frame: Frame) -> pd.DataFrame:
    """The rows of `analysis.comparisons.before_after` for the chosen subsets, in their order, and Friedman's test of
    each: visits, complete, left_out, statistic, kendall_w, friedman_p, friedman_smallest, friedman_note."""
    table = comparison(frame).table.set_index("subset", drop=False).loc[list(frame.query.subsets)]
    found = [derived.over_visits(frame.study, how(frame), subset)[0] for subset in frame.query.subsets]
    columns = {
        "visits": "visits", "complete": "n", "left_out": "left_out", "statistic": "statistic", "kendall_w": "w",
        "friedman_p": "p", "friedman_smallest": "smallest",
    }  # fmt: skip
    several: dict[str, Any] = {name: [getattr(one, own) for one in found] for name, own in columns.items()}
    return table.reset_index(drop=True).assign(**several, friedman_note=[one.reason or one.how for one in found])


def headline(frame: Frame) -> formatting.Headline:
    """How many of the chosen subsets have an adjusted p below 0.05."""
    if not _rows(frame):
        return formatting.unable(rowless(frame))
    table, sign = shown_table(frame), ADJUSTMENTS[frame.query.adjust].sign
    number = f"{int((table['adjusted'] < 0.05).sum())} of {formatting.plural(len(table), 'subset')}"
    n = formatting.count_range(table["n"], "patient")
    return number, formatting.fitted(f"with {sign} < 0.05; n = {n}", f"baseline to {visit_words(frame)}")


def rowless(frame: Frame) -> str:
    """Why nothing is drawn, and what to do."""
    if not frame.query.subsets:
        return "Choose up to six subsets in Filters."
    why = (
        startless(frame.study, frame.query.phase)
        or "no patient has both a baseline and a value at this visit in what is kept"
    )
    return f"Nothing to compare: {formatting.wrap(why, 40)}.<br>Choose another phase or visit, or remove a chip."


@framed
def visit_words(frame: Frame) -> str:
    """The visit in words: "week 9"."""
    week = comparison(frame).week
    if frame.query.visit != "week":
        return f"{frame.query.visit} visit"
    return "visit" if np.isnan(week) else f"week {formatting.number(week, 0 if week == round(week) else 1)}"


@framed
def wording(frame: Frame) -> Note:
    """What is compared, by which test, and over which family."""
    study, query = frame.study, frame.query
    found, chosen = comparison(frame), ADJUSTMENTS[query.adjust]
    _, weeks = derived.over_visits(study, how(frame), query.subsets[0]) if query.subsets else (None, ())
    named = ", ".join(formatting.number(week, 0) for week in weeks) or "none"
    based = f"Baseline: {baseline_words(study, how(frame))}; {phase_labels(study)[query.phase]}."
    return Note(
        computed=(signed_ranks.SHIFT, signed_ranks.BISERIAL),
        whom=(based, _which(frame, found), f"Several visits: baseline and weeks {named} (at least 80 % observed)."),
        judged=(
            signed_ranks.RULE,
            friedman.RULE,
            f"{chosen.label}: over all subsets that have a p, shown or not.",
        ),
        sources=(f"{chosen.label}: {chosen.source}.",),
    )


def _which(frame: Frame, found: derived.BeforeAfter) -> str:
    """Which visit it is, and whether enough were seen there."""
    study, query = frame.study, frame.query
    if query.visit != "week":
        return f"Visit: each patient's {query.visit} sample of the phase."
    few = "" if found.enough or not found.observed else " Fewer than 80 % were observed there."
    usual = "the last at which at least 80 % were observed, else the best observed"
    chosen = usual if query.at_week is None else "as chosen"
    return f"Visit: {visit_words(frame)} of {clock_labels(study)[query.clock]}, {chosen}.{few}"


def _rows(frame: Frame) -> list[Row]:
    table = shown_table(frame)
    if not len(table) or (table["n"] == 0).all():
        return []
    tests: list[Any] = list(table.itertuples())
    return [Row(_with_tooltips(frame, one.subset), _words(frame, one)) for one in tests]


def _with_tooltips(frame: Frame, subset: str) -> pd.DataFrame:
    """The pairs of a subset with their tooltips."""
    table = derived.pairs(frame.study, how(frame), subset)
    label = formatting.escaped(str(frame.study.subset_definitions.set_index("subset")["label"][subset]))
    first = table["x"] == 0
    both = zip(table["value"].where(first, table["other"]), table["other"].where(first, table["value"]), strict=True)
    at = visit_words(frame)
    value = formatting.significant
    return table.assign(
        said=[f"{label}: {value(one, 4)} at baseline, {value(other, 4)} at {at}" for one, other in both]
    )


def _words(frame: Frame, one: Any) -> str:
    """What is computed of a row, line by line."""
    number = subset_rows.figures_of
    lines = subset_rows.heading(frame.study, one.subset)
    if one.n:
        lines.append(f"n = {one.n:,}, medians {number(one.baseline)} → {number(one.value)}")
        shift = f"{'+' if one.estimate > 0 else ''}{number(one.estimate)}"
        told = ", no 95 % CI" if np.isnan(one.low) else f" ({number(one.low)} to {number(one.high)})"
        lines.append("no shift computed" if np.isnan(one.estimate) else f"shift {shift}{told}")
    if one.reason:
        return "<br>".join([*lines, *formatting.wrap(f"no p: {one.reason}", subset_rows.LETTERS).split("<br>")])
    zeros = f", {one.zeros} unchanged" if one.zeros else ""
    lines.append(f"r = {formatting.number(one.biserial)}{zeros}")
    tested = (one.p, one.smallest, one.adjusted, ADJUSTMENTS[frame.query.adjust].sign, one.family)
    return "<br>".join([*lines, *subset_rows.tested(*tested), *_several(one)])


def _several(one: Any) -> list[str]:
    """Friedman's test as lines; none where it is refused, which the numbers say."""
    if np.isnan(one.friedman_p):
        return []
    return [
        f"{one.visits} visits, n = {one.complete:,} ({one.left_out:,} left out):",
        f"Friedman {formatting.p_value(one.friedman_p)}, W = {one.kendall_w:.2f}",
    ]
