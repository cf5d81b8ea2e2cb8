"""Goals of treatment: patients (rows) by goals (columns), each met, not met or not evaluable, with the week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.phases import PHASES, phase_labels
from analysis.response.goals import GOALS, STATES
from analysis.response.goals import goals as told_goals
from analysis.response.response import lane_order
from figures.lasagna import NAMED, patient_rows, rows_of
from figures.visuals import curves, formatting, style
from figures.visuals.contract import Note
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    import pandas as pd

    from analysis.query import Query
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

SHADES = {"met": 0, "not_met": 5, "not_evaluable": 6}
"""Of each state, its place among a theme's colours of states."""
TOP, BELOW = 24, 44
"""Height of the key above the rows, and of the goals' names below them, px."""
SIGNS = {"met": "✓", "not_met": "✕", "not_evaluable": "n.e."}


@framed
def goals(frame: Frame) -> Figure:
    """One row per kept patient in the order of the lanes, one column per goal that the study's scores can tell."""
    study, query = frame.study, frame.query
    table = goal_table(frame)
    if why := untold(table, frame):
        return style.empty(query, why)
    ids = list(dict.fromkeys(table["patient_id"].astype(str)))
    where = formatting.escaped(phase_labels(study)[query.phase])
    return style.figure(
        query, _heat(query, table, ids),
        xaxis={"type": "category", "fixedrange": True, "showgrid": False, "title": {"text": where, "standoff": 6}},
        yaxis=patient_rows(frame, ids), annotations=[_legend(query)], dragmode=False,
        margin={"l": 70 if len(ids) <= NAMED else 24, "r": 12, "t": TOP, "b": BELOW},
        meta=rows_of(len(ids), TOP + BELOW) | {"rows": ids},
    )  # fmt: skip


@once
def goal_table(frame: Frame) -> pd.DataFrame:
    """The columns of `response.goals.goals` for the kept patients in the query's phase, by patient (in the order of the
    lanes), then goal."""
    study, query = frame.study, frame.query
    table = told_goals(study, query.phase)
    if table.empty or not PHASES[query.phase].start:
        return table.iloc[:0]
    kept = table[frame.kept[table["patient_id"].cat.codes]]
    place = {patient: at for at, patient in enumerate(lane_order(study, query.lane_sort))}
    order = np.argsort(kept["patient_id"].astype(str).map(place).to_numpy(), kind="stable")
    return kept.iloc[order].reset_index(drop=True)


def headline(frame: Frame) -> formatting.Headline:
    """Of the first goal that can be judged, how many met it."""
    table = goal_table(frame)
    if why := untold(table, frame):
        return formatting.unable(why)
    judged = table[table["state"] != "not_evaluable"]
    first = judged[judged["goal"] == judged["goal"].iloc[0]]
    goals_told = formatting.plural(table["goal"].nunique(), "goal")
    number = f"{int((first['state'] == 'met').sum()):,} of {len(first):,}"
    label = formatting.middle(GOALS[str(first["goal"].iloc[0])].label, 50)
    return number, formatting.fitted(f"reached {label}; n = {table['patient_id'].nunique():,}", f"{goals_told} below")


def untold(table: pd.DataFrame, frame: Frame) -> str:
    """Why no goal is told of anybody, and what to do; "" where one is."""
    if table.empty:
        return goalless(frame)
    if (table["state"] != "not_evaluable").any():
        return ""
    why = formatting.wrap(str(table["reason"].mode().iloc[0]), 50)
    return f"No goal can be judged in anybody: {why}.<br>Choose another phase, or remove a chip."


def goalless(frame: Frame) -> str:
    """Why the study tells no goal in this phase, and what to do."""
    if not PHASES[frame.query.phase].start:
        return "A goal is judged from the start of a phase.<br>Choose another phase."
    return "No goal of the field is about the scores of this study.<br>Add BSA, IGA or DLQI, or remove a chip."


@framed
def wording(frame: Frame) -> Note:
    """What each goal shown is, with its source."""
    shown = [GOALS[key] for key in dict.fromkeys(goal_table(frame)["goal"])]
    return Note(
        computed=tuple(f"{goal.label}: {goal.wording}" for goal in shown),
        sources=tuple(f"{goal.label}: {goal.source}." for goal in shown),
    )


def _heat(query: Query, table: pd.DataFrame, ids: list[str]) -> Trace:
    names = [GOALS[key].label for key in dict.fromkeys(table["goal"])]
    shape, colors = (len(ids), len(names)), [style.theme(query).states[shade] for shade in SHADES.values()]
    code = table["state"].map({key: at for at, key in enumerate(SHADES)}).to_numpy(float)
    edges = np.repeat(np.arange(4) / 3, 2)[1:-1].tolist()
    rows: list[Any] = list(table.itertuples())
    scale = list(zip(edges, np.repeat(np.array(colors), 2).tolist(), strict=True))
    few = {"texttemplate": "%{text}", "textfont": {"size": 11}, "xgap": 2, "ygap": 2} if len(ids) <= NAMED else {}
    return {
        "type": "heatmap", "z": code.astype(np.float32).reshape(shape), "x": names, "zmin": -0.5, "zmax": 2.5,
        "y": [formatting.escaped(patient) for patient in ids], "showscale": False, "colorscale": scale, **few,
        "text": np.array([_brief(row) for row in rows], object).reshape(shape).tolist(),
        "hovertext": np.array([_said(row) for row in rows], object).reshape(shape).tolist(),
        "hovertemplate": "<b>%{y}</b>, %{x}<br>%{hovertext}<extra></extra>",
    }  # fmt: skip


def _brief(row: Any) -> str:
    week = "" if np.isnan(row.week) else f" wk {row.week:.3g}"
    return f"{SIGNS[row.state]}{week if row.state != 'not_evaluable' else ''}"


def _said(row: Any) -> str:
    week = "" if np.isnan(row.week) else f", told at study week {row.week:.4g}"
    return f"{STATES[row.state]}{week}{f': {row.reason}' if row.reason else ''}"


def _legend(query: Query) -> curves.Part:
    """The states in their colours, on one line above the plot."""
    shades = style.theme(query).states
    text = "  ".join(f"<span style='color:{shades[at]}'>■</span> {STATES[key]}" for key, at in SHADES.items())
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 11}}
