"""Influence: the coefficient of all patients, and what becomes of it without each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.correlation import influence as analysis
from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import outcome_name
from analysis.phases import phase_labels
from figures.visuals import formatting, marks, pairs, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from analysis.query import Query
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

ROW = 40
"""Height of a row, px."""
MOST = 24
"""So many patients are drawn, those who change the coefficient most; the table has all of them."""
HOVER = "<b>without %{customdata[2]}</b><br>%{customdata[3]}<extra></extra>"


@requires("pasi", "immune_subsets")
def influence(frame: Frame) -> Figure:
    """The estimate of all in the first row, then without each patient, who changes it most first."""
    query = frame.query
    table = left_out(frame)
    if table.empty or table["estimate"].isna().all():
        return style.empty(query, influenceless(frame))
    whole = pairs.correlation(pairs.pair_table(frame), query.statistic)
    shown = table.reindex(table["change"].abs().sort_values(ascending=False, kind="stable").index)[:MOST]
    shown = shown.assign(y=np.arange(1, len(shown) + 1), week=np.nan, who=marks.who(shown))
    rows: list[Any] = list(shown.assign(statistic=query.statistic).itertuples())
    shown = shown.assign(said=[formatting.sentence(row) for row in rows])
    return style.figure(
        query, *_forest(frame, shown), _all(query, whole), _words(query, rows, whole), dragmode=False,
        xaxis={**_axis(shown, whole), "side": "top", "fixedrange": True, "showline": False},
        yaxis={
            "range": [len(shown) + 0.5, -0.5], "tickvals": list(range(len(shown) + 1)), "ticks": "", "showgrid": False,
            "ticktext": ["<b>all patients</b>", *_labels(frame, shown)], "showline": False, "fixedrange": True,
        },
        margin={"l": 190, "r": 12, "t": 24, "b": 8}, shapes=_lines(query, whole),
        meta={"min_height": 40 + ROW * (len(shown) + 1), "rows": [None, *shown["patient_id"].astype(str)]},
    )  # fmt: skip


@framed
def left_out(frame: Frame) -> pd.DataFrame:
    """The columns of `influence.leave_one_out` for the pairs of the scatter; no row where there are no pairs
    or the statistic is too slow for so many patients."""
    return _left_out(frame.only((*pairs.FIELDS, "statistic", "subset")))


def headline(frame: Frame) -> formatting.Headline:
    """From where to where the coefficient goes without each patient."""
    table = left_out(frame)
    known = table[table["estimate"].notna()] if len(table) else table
    if known.empty:
        return formatting.unable(influenceless(frame))
    ends = f"{formatting.number(known['estimate'].min())} to {formatting.number(known['estimate'].max())}"
    flips = int(known["flips"].sum())
    said = f"without each of {formatting.plural(len(table), 'patient')}; the sign flips without {flips:,}"
    return f"{formatting.symbol(frame.query.statistic)} {ends}", said


def influenceless(frame: Frame) -> str:
    """Why there is nothing to leave out, and what to do."""
    table = pairs.pair_table(frame)
    if table.empty:
        return pairs.pairless(frame)
    if slow := analysis.too_many(table, frame.query.statistic):
        return f"{formatting.wrap(slow, 72)}<br>Choose another."
    return "The coefficient is refused without any of them.<br>Widen the tolerance, choose another phase or statistic."


@framed
def wording(frame: Frame) -> Note:
    """Who flips the sign, of what, and what the statistic does not do."""
    study, query = frame.study, frame.query
    table = left_out(frame)
    label = study.subset_definitions.set_index("subset")["label"].get(query.subset, "")
    where, how = phase_labels(study)[query.phase], STATISTICS[query.statistic].label
    flips = analysis.flipping(table) if len(table) else ""
    of = Note(computed=(flips,), whom=(f"{outcome_name(study)} and {label}, {where}, {how}.",))
    return of.beside(pairs.caveats(query.statistic))


def _forest(frame: Frame, shown: pd.DataFrame) -> list[Trace]:
    """Estimates with their intervals: in the patients' colours, a diamond where the sign flips."""
    known, palette = shown[shown["estimate"].notna()], frame.colors
    color = [palette[patient] for patient in known["patient_id"].astype(str)]
    estimate = known["estimate"].to_numpy(float)
    whiskers = {
        "type": "data", "symmetric": False, "array": known["high"].to_numpy(float) - estimate, "thickness": 1.2,
        "arrayminus": estimate - known["low"].to_numpy(float), "width": 0, "color": frame.theme.muted,
    }  # fmt: skip
    fill = frame.theme.card if frame.study.illustrative else None
    return [
        {
            "type": "scatter", "mode": "markers", "x": estimate, "y": known["y"].to_numpy(), "error_x": whiskers,
            "marker": {
                "size": 8, "color": [fill or own for own in color], "line": {"color": color, "width": 1.6},
                "symbol": ["diamond" if flips else "circle" for flips in known["flips"]],
            },
            "customdata": marks.custom(known, ("who", "said")), "hovertemplate": HOVER,
        }
    ]  # fmt: skip


def _all(query: Query, whole: Any) -> Trace:
    """The estimate of everyone, in ink: it is nobody's own."""
    look = style.theme(query)
    whiskers = {
        "type": "data", "symmetric": False, "array": [whole.high - whole.estimate], "thickness": 1.6, "width": 0,
        "arrayminus": [whole.estimate - whole.low], "color": look.ink,
    }  # fmt: skip
    return {
        "type": "scatter", "mode": "markers", "x": [whole.estimate], "y": [0], "error_x": whiskers, "hoverinfo": "text",
        "hovertext": [formatting.sentence(whole)], "marker": {"symbol": "square", "size": 8, "color": look.ink},
        "meta": {"band": True},
    }  # fmt: skip


def _words(query: Query, rows: list[Any], whole: Any) -> Trace:
    """Each row's numbers in words, at the right."""
    told = [formatting.sentence(row) for row in (whole, *rows)]
    flips = ["", *("<br><b>the sign flips</b>" if row.flips else "" for row in rows)]
    return {
        "type": "scatter", "mode": "text", "x": [1.12] * len(told), "y": list(range(len(told))), "hoverinfo": "skip",
        "text": [text + flip for text, flip in zip(told, flips, strict=True)], "textposition": "middle right",
        "textfont": {"size": 11, "color": style.theme(query).ink},
    }  # fmt: skip


def _axis(shown: pd.DataFrame, whole: Any) -> dict[str, Any]:
    """−1 to 1, further where a coefficient goes further, and room for the words."""
    low = float(np.nanmin([-1.0, *shown["low"], whole.low]))
    return {"range": [low - 0.05, 3.4], "tickvals": [-1, 0, 1], "showgrid": True}


def _lines(query: Query, whole: Any) -> list[dict[str, Any]]:
    """No correlation, and the estimate of all."""
    look = style.theme(query)
    place = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    dots = {"color": look.muted, "width": 0.8, "dash": "dot"}
    return [{**place, "x0": x, "x1": x, "line": dots} for x in (0.0, whole.estimate) if not np.isnan(x)]


def _labels(frame: Frame, shown: pd.DataFrame) -> list[str]:
    palette = frame.inks
    return [
        f"without <b><span style='color:{palette[patient]}'>{formatting.short(patient, 16)}</span></b>"
        for patient in shown["patient_id"].astype(str)
    ]


@once
def _left_out(frame: Frame) -> pd.DataFrame:
    table = pairs.pair_table(frame)
    if table.empty or analysis.too_many(table, frame.query.statistic):
        return pd.DataFrame()
    return analysis.leave_one_out(pairs.as_pairs(table), frame.query.statistic)
