"""Sensitivity: one row per rule × imputation, as a forest plot, and what each rule says of each patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.phases import phase_labels
from analysis.response import sensitivity as derived
from analysis.response.imputation import IMPUTATIONS
from analysis.response.rates import ENOUGH_PATIENTS
from figures.rates import INTERVAL_NAMES
from figures.visuals import curves, formatting, rule_outcomes, state_table, style
from figures.visuals.contract import Trace
from figures.visuals.empty_state import requires
from figures.visuals.frame import once

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure
    from figures.visuals.frame import Frame

ROW, LEFT, TOP = 18, 150, 56
"""Height of a row, width of the labels, and height of what stands above, px."""
LETTERS = 20
"""Of a rule's label."""
FOREST, RIGHT = 100, 180
"""The axis: percent up to 100, then texts."""
TEXTS = {"n": 125, "median": 160}
HOW = {"OC": "left out", "NRI": "as failure", "LOCF": "carried"}
"""What an imputation makes of missed visits, in short."""


@requires("pasi")
def sensitivity(frame: Frame) -> Figure:
    """Percent with its interval per rule and imputation, n/N and median week; of too few patients for a rate, what each
    rule says of each."""
    study, query = frame.study, frame.query
    table = row_table(frame)
    if table["evaluable"].fillna(0).sum() == 0:
        return style.empty(query, rowless(frame))
    few = len(rule_outcomes.kept_ids(frame)) < ENOUGH_PATIENTS
    table = table[table["imputation"].isin(["OC", ""])] if few else table
    table = table.assign(y=_rows(table))
    drawn, axis, headings = (_states if few else _rates)(frame, table)
    count = int(table["y"].max()) + 1
    return style.figure(
        query, *drawn, xaxis={**axis, "side": "top", "fixedrange": True, "ticklen": 2, "showline": False},
        yaxis=_labels(frame, table, count, few=few), dragmode=False,
        margin={"l": LEFT, "r": 8, "t": TOP, "b": 8},
        shapes=_active(frame, table, few=few), annotations=[*headings, *_kinds(frame, table)],
        meta={
            "min_height": TOP + 8 + ROW * count, "sets": _sets(frame, table, count, few=few),
            "ids": study.patient_ids,
        },
    )  # fmt: skip


Parts = tuple[list[Trace], curves.Part, list[curves.Part]]
"""Traces, horizontal axis, and headings of columns."""


def _rates(frame: Frame, table: pd.DataFrame) -> Parts:
    """A forest with n/N and median."""
    axis = {"range": [-3, RIGHT], "tickvals": [0, 25, 50, 75, 100]}
    return [*_forest(frame, table), *_texts(frame, table)], axis, _headings(frame.query)


def _states(frame: Frame, table: pd.DataFrame) -> Parts:
    """A column per patient: when a rule was fulfilled, or that it was not."""
    own, patients = rule_outcomes.placed(frame, table), rule_outcomes.kept_ids(frame)
    axis = {"range": [-0.5, len(patients) - 0.5], "tickvals": [], "showgrid": False}
    above = state_table.above(state_table.reason(len(patients)), LEFT)
    return rule_outcomes.cells(frame, own), axis, [above, *rule_outcomes.names(frame, patients)]


@once
def row_table(frame: Frame) -> pd.DataFrame:
    """The columns of `response.sensitivity.sensitivity` for the kept patients, the query's own cut-off included."""
    study, query = frame.study, frame.query
    rules = rule_outcomes.rules(frame)
    return derived.sensitivity(study, rule_outcomes.kept_ids(frame), query.phase, query.choices, query.window, rules)


def headline(frame: Frame) -> formatting.Headline:
    """From where to where the rates go from rule to rule; of few, how many rules relapsed whom."""
    table = row_table(frame)
    if table["evaluable"].fillna(0).sum() == 0:
        return formatting.unable(rowless(frame))
    n = len(rule_outcomes.kept_ids(frame))
    own = table[(table["imputation"] == frame.query.imputation) & (table["evaluable"] >= ENOUGH_PATIENTS)]
    if own.empty:
        rules = formatting.plural(
            table["rule"].where(table["kind"] == "response", "r " + table["rule"]).nunique(), "rule"
        )
        return rules, f"each patient's state by each rule; n = {formatting.plural(n, 'patient')}, too few for a rate"
    ends = " to ".join(formatting.number(float(one), 0) for one in (own["percent"].min(), own["percent"].max()))
    how = IMPUTATIONS[frame.query.imputation].label
    return f"{ends} %", formatting.fitted(f"responders by {formatting.plural(len(own), 'rule')}; n = {n:,}", how)


def rowless(frame: Frame) -> str:
    """Why there is no row, and what to do."""
    where = formatting.escaped(phase_labels(frame.study)[frame.query.phase])
    return f"No rule can be told of anybody in what is kept ({where}).<br>Choose another phase, or remove a chip."


def _rows(table: pd.DataFrame) -> np.ndarray:
    """The row of each entry: relapses below their heading, then responses below theirs."""
    relapse = (table["kind"] == "relapse").to_numpy(bool)
    return np.where(relapse, np.cumsum(relapse), relapse.sum() + 1 + np.cumsum(~relapse))


def _is_active(frame: Frame, table: pd.DataFrame, *, few: bool) -> np.ndarray:
    study, query = frame.study, frame.query
    response = (table["rule"] == query.response_key(study)) & (few | (table["imputation"] == query.imputation))
    return np.where(table["kind"] == "response", response, table["rule"] == query.relapse)


def _active(frame: Frame, table: pd.DataFrame, *, few: bool) -> list[curves.Part]:
    """The rows of the rules that are chosen, and a line above each heading."""
    look = frame.theme
    place = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "line": {"width": 0}, "layer": "below"}
    rows = table["y"][_is_active(frame, table, few=few)]
    bands = [{**place, "y0": y - 0.5, "y1": y + 0.5, "fillcolor": look.empty} for y in rows.tolist()]
    zero = {
        "type": "line",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": look.grid, "width": 1},
    }
    return [*bands, *({**zero, "x0": x, "x1": x} for x in (() if few else (0, 50, FOREST)))]


def _labels(frame: Frame, table: pd.DataFrame, count: int, *, few: bool) -> curves.Part:
    """A rule's label stands on its first row, its imputations on each."""
    first = ~table["rule"].where(table["kind"] == "response", "relapse " + table["rule"]).duplicated()
    how = [""] * len(table) if few else table["imputation"].map(HOW).fillna("")
    rows = zip(table["label"], how, first, _is_active(frame, table, few=few), strict=True)
    text = [_label(label, one, named=named, active=active) for label, one, named, active in rows]
    return {
        "range": [count - 0.4, -0.6], "tickvals": table["y"].tolist(), "ticktext": text, "ticks": "", "showgrid": False,
        "showline": False, "fixedrange": True,
    }  # fmt: skip


def _label(label: str, how: str, *, named: bool, active: bool) -> str:
    name = f"<b>{formatting.ends(label, LETTERS - len(how) // 2)}</b>" if named else ""
    return f"{'▸ ' if active else ''}{name}  {how}".rstrip()


def _sets(frame: Frame, table: pd.DataFrame, count: int, *, few: bool) -> list[dict[str, str] | None]:
    """What a click on each row chooses; None on a heading."""
    found: list[dict[str, str] | None] = [None] * count
    told_rows: list[Any] = list(table.itertuples())
    for row in told_rows:
        own = frame.query.response if row.rule == frame.query.response_key(frame.study) else row.rule
        chosen = {"response": str(own)} | ({} if few else {"imputation": str(row.imputation)})
        found[int(row.y)] = chosen if row.kind == "response" else {"relapse": str(row.rule)}
    return found


def _kinds(frame: Frame, table: pd.DataFrame) -> list[curves.Part]:
    """What the rows are, above each kind."""
    where = formatting.short(phase_labels(frame.study)[frame.query.phase], 24)
    week = table.loc[table["kind"] == "response", "week"].max()
    rows = {
        0: f"Relapse, of those at risk, {where}",
        int((table["kind"] == "relapse").sum()) + 1: f"Response, {where}"
        if len(rule_outcomes.kept_ids(frame)) < ENOUGH_PATIENTS
        else f"Response at week {week:g}, {where}",
    }
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": 6 - LEFT, "yanchor": "middle", "showarrow": False}
    return [{**place, "y": y, "text": f"<i>{text}</i>", "font": {"size": 11}} for y, text in rows.items()]


def _headings(query: Query) -> list[curves.Part]:
    """What the columns are."""
    columns = {0: f"% ({INTERVAL_NAMES[query.interval]} 95 %)", TEXTS["n"]: "n/N", TEXTS["median"]: "median wk"}
    top = {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 16, "showarrow": False, "font": {"size": 11}}
    return [{**top, "x": x, "xanchor": "left" if x == 0 else "center", "text": text} for x, text in columns.items()]


def _forest(frame: Frame, table: pd.DataFrame) -> list[Trace]:
    """The percentages with their intervals, in ink: they are nobody's own."""
    look, rows = frame.theme, table[table["percent"].notna()]
    percent = rows["percent"].to_numpy(float)
    whiskers = {
        "type": "data", "symmetric": False, "array": rows["high_percent"].to_numpy(float) - percent, "thickness": 1.2,
        "arrayminus": percent - rows["low_percent"].to_numpy(float), "width": 0, "color": look.muted,
    }  # fmt: skip
    told_rows: list[Any] = list(rows.itertuples())
    hover = [f"<b>{formatting.escaped(row.label)}</b><br>{_said(frame.study, row)}" for row in told_rows]
    return [
        {
            "type": "scatter", "mode": "markers", "x": percent, "y": rows["y"].to_numpy(), "error_x": whiskers,
            "marker": {"symbol": "square", "size": 6, "color": look.ink}, "hoverinfo": "text", "hovertext": hover,
            "meta": {"row": True},
        }
    ]  # fmt: skip


def _said(study: Study, row: Any) -> str:
    """A row's numbers with the rule and how they were made, or the reason why there is none."""
    wording = rule_outcomes.rule_of(study, row).wording
    how = IMPUTATIONS[row.imputation].label if row.imputation else "observed values; an imputed one is no relapse"
    text = "not computed" if pd.isna(row.percent) else f"{row.positive:,} of {row.evaluable:,}: {_interval(row)}"
    since = "the phase's start to the first response" if row.kind == "response" else "the response to the relapse"
    median = f"Kaplan–Meier median of weeks from {since}: {_median(row).replace('n.r.', 'not reached') or 'none'}"
    return f"{text}<br>{formatting.wrap(wording, 70)}<br>{how}<br>{median}<br>{formatting.wrap(row.note, 70)}"


def _median(row: Any) -> str:
    """The Kaplan–Meier median, or that it was not reached by those who can be judged."""
    if not np.isnan(row.median_weeks):
        return f"{row.median_weeks:.3g}"
    return "" if pd.isna(row.evaluable) or row.evaluable == 0 else "n.r."


def _interval(row: Any) -> str:
    return formatting.rate(row.percent, row.low_percent, row.high_percent)


def _texts(frame: Frame, table: pd.DataFrame) -> list[Trace]:
    """n/N and median week as text; n/c where a number is refused, with its reason on hover."""
    told_rows: list[Any] = list(table.itertuples())
    known = [not pd.isna(row.percent) for row in told_rows]
    columns = {
        "n": [f"{row.positive:,}/{row.evaluable:,}" if ok else "n/c" for row, ok in zip(told_rows, known, strict=True)],
        "median": [_median(row) for row in told_rows],
    }
    hover = [f"<b>{formatting.escaped(row.label)}</b><br>{_said(frame.study, row)}" for row in told_rows]
    font = {"size": 11, "color": frame.theme.ink}
    return [
        {
            "type": "scatter", "mode": "text", "x": [TEXTS[name]] * len(text), "y": table["y"].to_numpy(), "text": text,
            "textfont": font, "hoverinfo": "text", "hovertext": hover, "meta": {"row": True},
        }
        for name, text in columns.items()
    ]  # fmt: skip
