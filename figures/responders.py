"""Responders against the others at baseline: one row per subset with the exact test, and the ROC curve of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.comparisons import rank_sums
from analysis.comparisons import responders as derived
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.phase_samples import baseline_words, startless
from analysis.query import only
from figures.visuals import formatting, pairs, style, subset_rows
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed
from figures.visuals.subset_rows import Row

if TYPE_CHECKING:
    import pandas as pd

    from analysis.comparisons.phase_samples import Compared
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

FIELDS = (
    "patients", "groups", "from_week", "to_week", "clock", "phase", "baseline", "response", "cutoff", "adjust",
)  # fmt: skip
MOST_ABOVE, LEAST_MARKS, MOST_MARKS = 1_000_000, 20, 300
"""Of a ROC curve: patients above its marks in all, and marks, at the most; and marks at the least."""
HOVER = (
    "at or above %{customdata[1]}<br>%{customdata[2]} of %{customdata[3]} responders, "
    "%{customdata[4]} of %{customdata[5]} others<extra></extra>"
)


@requires("pasi", "immune_subsets")
def responders(frame: Frame) -> Figure:
    """One row per chosen subset: others and responders, their medians, and what is computed of them."""
    rows = _rows(frame)
    if not rows:
        return style.empty(frame.query, rowless(frame))
    return subset_rows.drawn(frame, rows, ("others", "responders"), joined=False)


@framed
def responders_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every mark of every row, for the layer."""
    return subset_rows.columnar(frame.study, _rows(frame), joined=False)


@requires("pasi", "immune_subsets")
def roc(frame: Frame) -> Figure:
    """The ROC curve of the panel's subset, a mark per cut-off; refused below 5 a side."""
    if refused := curveless(frame):
        return style.empty(frame.query, refused)
    table, look = _drawn(frame), frame.theme
    percent = {"range": [-3, 103], "tickvals": [0, 50, 100], "fixedrange": True, "showgrid": False}
    chance = {"type": "line", "x0": 0, "x1": 100, "y0": 0, "y1": 100, "layer": "below"}
    return style.figure(
        frame.query,
        _steps(frame, table),
        dragmode=False,
        xaxis={**percent, "domain": [0, subset_rows.PLOT], "title": {"text": "others above (%)", "standoff": 2}},
        yaxis={**percent, "title": {"text": "responders above (%)", "standoff": 2}},
        shapes=[{**chance, "line": {"color": look.muted, "width": 0.8, "dash": "dot"}}],
        annotations=[subset_rows.beside(_roc_words(frame))],
        margin={"l": 46, "r": 4, "t": 8, "b": 34},
        meta={"min_height": 190, "ids": frame.study.patient_ids, "members": roc_members(frame)},
    )


@framed
def roc_members(frame: Frame) -> dict[str, list[int]]:
    """Of each cut-off that is drawn the patients whose baseline is at or above it."""
    if curveless(frame):
        return {}
    table = derived.groups(frame.study, how(frame), frame.query.subset)
    value, codes = table["value"].to_numpy(float), table["patient_id"].cat.codes.to_numpy()
    return {_key(cut): codes[value >= cut].astype(int).tolist() for cut in _drawn(frame)["cutoff"]}


@framed
def roc_table(frame: Frame) -> pd.DataFrame:
    """The columns of `analysis.comparisons.responders.curve` for the panel's subset."""
    return derived.curve(frame.study, how(frame), frame.query.subset)


def _drawn(frame: Frame) -> pd.DataFrame:
    """The rows of `roc_table` that have a mark: every one, or so many, evenly, that those above them can be sent."""
    table = roc_table(frame)
    most = min(max(MOST_ABOVE // len(frame.study.patients), LEAST_MARKS), MOST_MARKS)
    some = np.unique(np.linspace(0, len(table) - 1, min(most, len(table))).round().astype(int))
    return table.iloc[some].reset_index(drop=True)


def curveless(frame: Frame) -> str:
    """Why there is no ROC curve, and what to do, or ""."""
    study, query = frame.study, frame.query
    if not query.subset:
        return pairs.UNCHOSEN
    one = test_of(frame, query.subset)
    why = startless(study, query.phase) or derived.refused(one.responders, one.others)
    return f"ROC refused: {formatting.wrap(why, 44)}.<br>Choose another rule or phase, or remove a chip." if why else ""


@framed
def how(frame: Frame) -> Compared:
    """What the comparison stands on: what does not bear on it is left at its default."""
    return only(frame.query, FIELDS).compared(frame.study)


@framed
def shown_table(frame: Frame) -> pd.DataFrame:
    """The rows of `analysis.comparisons.responders.at_baseline` for the chosen subsets, in their order."""
    table = derived.at_baseline(frame.study, how(frame)).set_index("subset", drop=False)
    return table.loc[list(frame.query.subsets)].reset_index(drop=True)


@framed
def test_of(frame: Frame, subset: str) -> Any:
    """The row of one subset."""
    table = derived.at_baseline(frame.study, how(frame))
    return next(table[table["subset"] == subset].itertuples())


@framed
def left_out(frame: Frame) -> str:
    """Who is in neither group, and why; "" where nobody is."""
    each = [f"{count:,} {why}" for why, count in derived.sides(frame.study, how(frame)).left_out.items()]
    return f"in neither group: {'; '.join(each)}" if each else ""


def headline(frame: Frame) -> formatting.Headline:
    """How many of the chosen subsets have an adjusted p below 0.05."""
    if not _rows(frame):
        return formatting.unable(rowless(frame))
    table, sign = shown_table(frame), ADJUSTMENTS[frame.query.adjust].sign
    number = f"{int((table['adjusted'] < 0.05).sum())} of {formatting.plural(len(table), 'subset')}"
    responded, rest = (formatting.count_range(table[name], name[:-1]) for name in ("responders", "others"))
    return number, formatting.fitted(f"differ with {sign} < 0.05; n = {responded}, {rest}")


def roc_headline(frame: Frame) -> formatting.Headline:
    """The area under the curve."""
    if why := curveless(frame):
        return formatting.unable(why)
    one = test_of(frame, frame.query.subset)
    interval = "no 95 % CI" if np.isnan(one.low) else f"95 % CI {one.low:.2f} to {one.high:.2f}"
    return f"AUC {one.auc:.2f}", f"{interval}; n = {one.responders:,} responders, {one.others:,} others"


def rowless(frame: Frame) -> str:
    """Why nothing is drawn, and what to do."""
    if not frame.query.subsets:
        return "Choose up to six subsets in Filters."
    why = startless(frame.study, frame.query.phase) or left_out(frame) or "no patient of either group has a baseline"
    return f"Nobody to compare: {formatting.wrap(why, 40)}.<br>Choose another phase, or remove a chip."


@framed
def wording(frame: Frame) -> Note:
    """The rule that made the groups, the test and the family."""
    chosen, neither = ADJUSTMENTS[frame.query.adjust], left_out(frame)
    return Note(
        computed=(rank_sums.AREA,),
        whom=(
            derived.rule_words(frame.study, how(frame)),
            "Others: whom no visit shows to fulfil it.",
            f"{neither[0].upper()}{neither[1:]}." if neither else "",
            f"Subsets: {baseline_words(frame.study, how(frame))}.",
        ),
        judged=(rank_sums.RULE, f"{chosen.label}: over all subsets that have a p, shown or not."),
        limits=(derived.CHANCES,),
        sources=(f"{chosen.label}: {chosen.source}.",),
    )


def _rows(frame: Frame) -> list[Row]:
    table = shown_table(frame)
    if not len(table) or (table["responders"] + table["others"] == 0).all():
        return []
    tests: list[Any] = list(table.itertuples())
    return [Row(_with_tooltips(frame, one.subset), _words(frame, one)) for one in tests]


def _with_tooltips(frame: Frame, subset: str) -> pd.DataFrame:
    """The baselines of a subset with their tooltips, apart from each other."""
    table = derived.groups(frame.study, how(frame), subset)
    label = formatting.escaped(str(frame.study.subset_definitions.set_index("subset")["label"][subset]))
    names = np.where(table["x"] == 1, "responder", "other")
    said = [f"{name}, {label} {value:.4g} at baseline" for name, value in zip(names, table["value"], strict=True)]
    return subset_rows.jittered(frame.study, table.assign(said=said))


def _words(frame: Frame, one: Any) -> str:
    """What is computed of a row, line by line."""
    lines = subset_rows.heading(frame.study, one.subset)
    for name, count, median in (
        ("responders", one.responders, one.responders_median),
        ("others", one.others, one.others_median),
    ):
        lines.append(f"{count:,} {name}" + (f", median {subset_rows.figures_of(median)}" if count else ""))
    if one.reason:
        return "<br>".join([*lines, *formatting.wrap(f"no p: {one.reason}", subset_rows.LETTERS).split("<br>")])
    tested = (one.p, one.smallest, one.adjusted, ADJUSTMENTS[frame.query.adjust].sign, one.family)
    return "<br>".join([*lines, _area(one), f"r = {formatting.number(one.biserial)}", *subset_rows.tested(*tested)])


def _area(one: Any) -> str:
    return f"AUC {one.auc:.2f}" + (", no 95 % CI" if np.isnan(one.low) else f" ({one.low:.2f} to {one.high:.2f})")


def _roc_words(frame: Frame) -> str:
    """The area under the curve and whom it is of, line by line."""
    one = test_of(frame, frame.query.subset)
    side = "higher" if one.auc >= 0.5 else "lower"
    counted = f"{one.responders:,} responders, {one.others:,} others"
    made = ["A mark is a cut-off; a click", "lights up who lies above it."]
    every, drawn = len(roc_table(frame)), len(_drawn(frame))
    few = [f"{drawn:,} of {every:,} cut-offs are drawn."] if drawn < every else []
    lines = [
        *subset_rows.heading(frame.study, frame.query.subset),
        counted,
        _area(one),
        f"{side} in responders",
        "",
        *made,
        *few,
    ]
    return "<br>".join(lines)


def _steps(frame: Frame, table: pd.DataFrame) -> Trace:
    """The curve; a mark stands for everybody at or above its cut-off."""
    one, look = test_of(frame, frame.query.subset), frame.theme
    color = look.series[0]
    rows: list[Any] = list(table.itertuples())
    data = [
        [
            _key(row.cutoff), "the highest value" if np.isinf(row.cutoff) else f"{row.cutoff:.4g}",
            round(row.sensitivity * one.responders), one.responders, round(row.false_alarms * one.others), one.others,
        ]
        for row in rows
    ]  # fmt: skip
    return {
        "type": "scatter", "mode": "lines+markers", "x": 100 * table["false_alarms"].to_numpy(float),
        "y": 100 * table["sensitivity"].to_numpy(float), "line": {"color": color, "width": 1.6},
        "marker": {
            "size": 6, "color": look.card if frame.study.illustrative else color,
            "line": {"color": color, "width": 1.4},
        },
        "customdata": data, "hovertemplate": HOVER, "meta": {"members": True},
    }  # fmt: skip


def _key(cut: float) -> str:
    return f"{cut:.9g}"
