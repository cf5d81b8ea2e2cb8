"""How much each patient improved over the phase, per week followed: a row of dots per group, the median with its
interval, and the exact test between two groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import patient_codes
from analysis.comparisons import improvement_area as derived
from analysis.comparisons import rank_sums
from analysis.comparisons.averages import AVERAGES
from analysis.comparisons.group_course import AFTER_RESTART, COMPOSITE, refusal
from analysis.comparisons.phase_samples import baseline_words, startless
from analysis.outcomes import outcome_of
from analysis.phases import phase_labels
from analysis.query import only
from analysis.response.imputation import POLICIES
from figures.visuals import curves, formatting, marks, style, subset_rows
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed

if TYPE_CHECKING:
    import pandas as pd

    from analysis.comparisons.improvement_area import TwoGroups
    from analysis.comparisons.phase_samples import Compared
    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

FIELDS = ("patients", "groups", "from_week", "to_week", "clock", "phase", "baseline", "policy")
ROW = 58
"""Height of a group's row, px."""
LOWEST = -100.0
"""A dot below this % is drawn there and says so: one outlier would flatten all others."""


@requires("pasi")
def improvement_area(frame: Frame) -> Figure:
    """One row per group: a dot per patient, the median as a stroke with its interval, and n in words."""
    study, query = frame.study, frame.query
    rows = group_table(frame)
    if crowded := curves.too_many(len(rows), "groups", "Keep some of them."):
        return style.empty(query, crowded.replace("curves", "rows"))
    if not rows["n"].sum():
        return style.empty(query, arealess(frame))
    many, table = frame.crowd == "many", dot_table(frame)
    tested = _tested(frame)
    own = [] if many else marks.points(frame, table, subset_rows.HOVER, subset_rows.COLUMNS, 8)
    return style.figure(
        query, *own, *_medians(query, rows), dragmode=False,
        xaxis=_across(study, table, rows), yaxis=_down(len(rows)),
        annotations=[*_rows(query, rows), *([_below(tested)] if tested else [])],
        margin={"l": 14, "r": 14, "t": 8, "b": 40 + 15 * tested.count("<br>") + (18 if tested else 0)},
        meta={
            "min_height": 66 + ROW * len(rows) + 15 * tested.count("<br>"), "layer": many,
            "marks": area_marks(frame) if many else [],
        },
    )  # fmt: skip


@framed
def area_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every patient's dot, for the layer."""
    return [marks.columnar(frame.study, dot_table(frame), mode="markers", base=True)]


def how(frame: Frame) -> Compared:
    """What the areas stand on: what does not bear on them is left at its default."""
    return only(frame.query, FIELDS).compared(frame.study)


@framed
def group_table(frame: Frame) -> pd.DataFrame:
    """The columns of `analysis.comparisons.improvement_area.by_group`."""
    return derived.by_group(frame.study, how(frame))


@framed
def test_of(frame: Frame) -> TwoGroups | None:
    """The test between two groups; None where they are not two."""
    return derived.two_groups(frame.study, how(frame))


def dot_table(frame: Frame) -> pd.DataFrame:
    """patient_id, week (of the study: the last visit), x (the area, cut at `LOWEST` %), value (the group's row, moved
    aside), said, phase, provenance, who."""
    study = frame.study
    table = derived.areas(study, how(frame))
    rows = {name: at for at, name in enumerate(group_table(frame)["group"])}
    table = table[table["area"].notna()].reset_index(drop=True)
    place = table["group"].astype(str).map(rows).to_numpy(float)
    aside = (patient_codes(table) * 0.618034) % 1 - 0.5
    number, unit = subset_rows.figures_of, formatting.escaped(derived.unit(study))
    each = zip(table["area"], table["weeks"], strict=True)
    floor = LOWEST if outcome_of(study).relative else -np.inf
    said = [
        f"{number(area)}: {unit},<br>mean over {weeks:.3g} weeks followed"
        + ("<br>drawn at −100" if area < floor else "")
        for area, weeks in each
    ]
    cut = table["area"].clip(lower=floor)
    return subset_rows.with_provenance(study, table.assign(x=cut, value=place + 0.3 * aside + 0.12, said=said))


def headline(frame: Frame) -> formatting.Headline:
    """The median of each group, or from where to where they go."""
    rows = group_table(frame)
    known = rows[rows["n"] > 0]
    if known.empty:
        return formatting.unable(arealess(frame))
    low, high = (subset_rows.figures_of(float(end)) for end in (known["median"].min(), known["median"].max()))
    n = (
        " and ".join(f"{one:,}" for one in known["n"][:3])
        if len(known) <= 3
        else formatting.plural(len(known), "group")
    )
    one = test_of(frame)
    p = "" if one is None else "no p" if np.isnan(one.p) else formatting.p_value(one.p)
    unit = formatting.middle(derived.unit(frame.study), 50)
    return f"Median {low if low == high else f'{low} to {high}'}", formatting.fitted(f"{unit}; n = {n}", p)


def arealess(frame: Frame) -> str:
    """Why there is no area, and what to do."""
    study, query = frame.study, frame.query
    reasons = derived.areas(study, how(frame))["reason"]
    refused = refusal(study, how(frame))
    why = startless(study, query.phase) or (refused if refused == AFTER_RESTART else "")
    why = why or (str(reasons.mode().iloc[0]) if len(reasons) else "nobody is kept")
    instead = "Choose another phase or baseline, another restart on the Rates card, or remove a chip."
    return f"No improvement can be told: {formatting.wrap(why, 60)}.<br>{formatting.wrap(instead, 60)}"


@framed
def wording(frame: Frame) -> Note:
    """What the area is, what counts, and the test."""
    study, query = frame.study, frame.query
    based = baseline_words(study, how(frame))
    policy = POLICIES[query.policy]
    return Note(
        computed=(f"{derived.unit(study)}.", derived.RULE, AVERAGES["median"].wording),
        whom=(
            f"{phase_labels(study)[query.phase].capitalize()}, baseline: {based}.",
            COMPOSITE if policy.composite else policy.wording,
        ),
        judged=(f"Between exactly two groups: {rank_sums.RULE} None is given where so few can reach no p of 0.05.",),
    )


def _tested(frame: Frame) -> str:
    """The test in words, line by line; "" where the groups are not two."""
    one = test_of(frame)
    if one is None:
        return ""
    names = [formatting.ends(name, 20) for name in (one.first, one.second)]
    chance = f"chance that {names[0]} lies above {names[1]}: {one.auc:.2f}"
    interval = "no 95 % CI" if np.isnan(one.low) else f"95 % {one.low:.2f} to {one.high:.2f}"
    least = "" if np.isnan(one.smallest) else f", smallest possible p {subset_rows.share(one.smallest)}"
    p = formatting.wrap(one.note, 60) if np.isnan(one.p) else f"{formatting.p_value(one.p)}{least}"
    n = f"n = {one.n:,} and {one.other_n:,}"
    lines = [f"{p} ({n})" if not np.isnan(one.p) else f"{p}; {n}"]
    return "<br>".join(lines if np.isnan(one.auc) else [*lines, f"{chance} ({interval})"])


def _medians(query: Query, rows: pd.DataFrame) -> list[Trace]:
    """A stroke at the median of each row, and a line along its interval."""
    ink, at = style.theme(query).ink, np.arange(len(rows))
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "meta": {"band": True}}
    middle, gap = rows["median"].to_numpy(float), np.full(len(rows), np.nan)
    stroke = {"x": np.repeat(middle, 3), "y": np.column_stack([at - 0.1, at + 0.34, gap]).ravel()}
    ends = np.column_stack([rows["low"], rows["high"], gap]).ravel()
    return [
        {**line, "x": ends, "y": np.repeat(at + 0.12, 3), "line": {"color": ink, "width": 1.4}},
        {**line, **stroke, "line": {"color": ink, "width": 3}},
    ]


def _rows(query: Query, rows: pd.DataFrame) -> list[curves.Part]:
    """Each group's name, n and median above its dots."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "middle", "showarrow": False, "font": {"size": 11}}
    place |= {"bgcolor": style.theme(query).card, "borderpad": 1}
    each: list[Any] = list(rows.itertuples())
    return [{**place, "y": at - 0.32, "text": _words(one)} for at, one in enumerate(each)]


def _words(one: Any) -> str:
    """A row in words: "A: n = 12, median 62 (95 % 51 to 70), 3 left out"."""
    number, name = subset_rows.figures_of, f"<b>{formatting.ends(one.group, 22)}</b>"
    left = f", {one.left_out:,} left out" if one.left_out else ""
    if not one.n:
        return f"{name}: n = 0{left}"
    interval = "no 95 % CI" if np.isnan(one.low) else f"95 % {number(one.low)} to {number(one.high)}"
    return f"{name}: n = {one.n:,}, median {number(one.median)} ({interval}){left}"


def _below(text: str) -> curves.Part:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 0, "yanchor": "top", "yshift": -36}
    return {**place, "text": text, "align": "left", "showarrow": False, "font": {"size": 11}}


def _across(study: Study, table: pd.DataFrame, rows: pd.DataFrame) -> curves.Part:
    """The areas' axis, 0 included: no change."""
    every = np.r_[table["x"].to_numpy(float), rows["median"].dropna(), 0.0]
    pad = 0.05 * ((every.max() - every.min()) or 1.0)
    title = f"{formatting.ends(derived.unit(study), 44)}, mean over weeks followed"
    return {
        "range": [every.min() - pad, every.max() + pad],
        "fixedrange": True,
        "nticks": 8,
        "zeroline": True,
        "title": {"text": title, "standoff": 2},
    }


def _down(count: int) -> curves.Part:
    return {"range": [count - 0.5, -0.5], "visible": False, "fixedrange": True}
