"""The matrix: every subset (rows) by phase, lag or group (columns), and what each coefficient stands on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import places
from analysis.correlation import matrix as analysis
from analysis.immune.gating import picker
from analysis.outcomes import outcome_name
from analysis.phases import phase_labels, study_phases
from figures.visuals import formatting, pairs, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

CELL = 32
"""Height of a matrix row, px."""
LAGS = (-8.0, -4.0, 0.0, 4.0, 8.0)
"""Columns of lags; the lag profile has more of them."""
COLUMNS: dict[str, Callable[[Study, Query], list[analysis.Column]]] = {
    "phase": lambda study, query: [replace(c, lag=query.lag) for c in analysis.by_phase(study_phases(study))],
    "lag": lambda _, query: analysis.by_lag(LAGS, query.phase),
    "group": lambda study, query: [replace(c, lag=query.lag) for c in analysis.by_group(study, query.phase)],
}
SORTS = {"tree": "gating tree", "estimate": "estimate"}
LEFT = 134
"""Width of the subsets' names, px."""
BARE = {"showgrid": False, "fixedrange": True, "ticks": "", "showline": False}


@requires("pasi", "immune_subsets")
def matrix(frame: Frame) -> Figure:
    """The coefficient of every subset and column, with its patients, pairs and df; grey where it is not computed."""
    study, query = frame.study, frame.query
    table = matrix_table(frame)
    subsets, columns = rows(table), COLUMNS[query.matrix_by](study, query)
    text = dict(zip(study.subset_definitions["subset"], study.subset_definitions["label"].astype(str), strict=True))
    names = [formatting.wrap(formatting.middle(_name(frame, column), 20), 8) for column in columns]
    axis = {"range": [len(subsets) - 0.5, -0.5], "tickvals": list(range(len(subsets)))}
    return style.figure(
        query,
        _heat(frame, table, (len(subsets), len(columns))),
        plot_bgcolor=frame.theme.empty,
        margin={"l": LEFT, "r": 8, "t": 36, "b": 6},
        dragmode=False,
        xaxis={**BARE, "side": "top", "tickvals": list(range(len(columns))), "ticktext": names},
        yaxis={**BARE, **axis, "ticktext": [_label(text[subset]) for subset in subsets]},
        meta={
            "min_height": 42 + CELL * len(subsets),
            "cells": {"subsets": subsets, "columns": [_choice(query, column) for column in columns]},
        },
    )


def _label(name: str) -> str:
    """A subset's name on at most two lines or so."""
    return formatting.wrap(formatting.middle(name, 40), 21)


@framed
def matrix_table(frame: Frame) -> pd.DataFrame:
    """The cells of the matrix by subset (in the order of its rows), then column, as `correlation.matrix.grid` returns
    them; no row without subsets."""
    return _matrix_table(frame.only((*pairs.FIELDS, "statistic", "p_by", "matrix_by", "matrix_sort")))


def headline(frame: Frame) -> formatting.Headline:
    """How many cells have a q below 0.05, and what the cells stand on."""
    table = matrix_table(frame)
    known = table[table["reason"] == ""] if len(table) else table
    if known.empty:
        return formatting.unable("No cell is computed: widen the tolerance, or remove a filter.")
    below, tested = int((known["q"] < 0.05).sum()), int(known["q"].notna().sum())
    stood = ", ".join(formatting.count_range(known[name], name[:-1]) for name in ("patients", "pairs"))
    number = f"{below:,} of {formatting.plural(tested, 'cell')}" if tested else formatting.plural(len(known), "cell")
    said = "have q < 0.05 (p adjusted over all of them)" if tested else "computed, none with a p"
    return number, formatting.fitted(said, stood)


@framed
def cell_of(frame: Frame) -> Any:
    """The cell of the pairs on the scatter, as `matrix_table` has it; None where no column is of their lag or group."""
    query = frame.query
    table = matrix_table(frame)
    if table.empty:
        return None
    group = (query.groups[0] if len(query.groups) == 1 else None) if query.matrix_by == "group" else ""
    here = (table["subset"] == query.subset) & (table["group"] == group)
    here &= (table["phase"] == query.phase) & (table["lag_weeks"] == query.lag)
    return next(table[here].itertuples(), None)


def rows(table: pd.DataFrame) -> list[str]:
    """The subsets of the rows, from the top."""
    return list(dict.fromkeys(table["subset"].astype(str)))


@framed
def wording(frame: Frame) -> Note:
    """The family of q, what the columns are, and what the statistic does not do."""
    study, query = frame.study, frame.query
    table = matrix_table(frame)
    if table.empty:
        return Note()
    size = analysis.FAMILY.format(size=int(table["family"].iloc[0]))
    late = query.lag and query.matrix_by != "lag"
    lagged = f"{outcome_name(study)} {formatting.number(query.lag, 0)} weeks after the sample." if late else ""
    one = query.matrix_by != "phase" and query.phase != "all"
    within = f"{phase_labels(study)[query.phase].capitalize()} only." if one else ""
    own = Note(whom=(within, lagged), judged=(size,))
    return own.beside(pairs.caveats(query.statistic, query.p_by))


def _tree(study: Study, *_: Any) -> Sequence[int]:
    return places(study.subset_definitions["subset"].astype(str).tolist(), picker(study)["subset"])


def _estimate(_: Study, table: pd.DataFrame, shape: tuple[int, int]) -> Sequence[int]:
    """Largest first, by the column with the most pairs; those without an estimate last."""
    estimate, count = (table[name].to_numpy(float).reshape(shape) for name in ("estimate", "pairs"))
    chosen = estimate[:, int(count.sum(axis=0).argmax())]
    order: list[int] = np.argsort(-np.nan_to_num(chosen, nan=-np.inf), kind="stable").tolist()
    return order


ORDERS: dict[str, Callable[[Study, pd.DataFrame, tuple[int, int]], Sequence[int]]] = {
    "tree": _tree,
    "estimate": _estimate,
}


def _name(frame: Frame, column: analysis.Column) -> str:
    if frame.query.matrix_by == "phase":
        return phase_labels(frame.study)[column.phase]
    return f"lag {formatting.number(column.lag, 0)} wk" if frame.query.matrix_by == "lag" else str(column.group)


def _choice(query: Query, column: analysis.Column) -> dict[str, Any]:
    """What a click on a cell of this column makes the scatter show."""
    if query.matrix_by == "phase":
        return {"phase": column.phase}
    return {"lag": column.lag} if query.matrix_by == "lag" else {"groups": [column.group]}


def _heat(frame: Frame, table: pd.DataFrame, shape: tuple[int, int]) -> Trace:
    cells, look = list(table.itertuples()), frame.theme
    return {
        "type": "heatmap", "z": table["estimate"].to_numpy().reshape(shape), "x": list(range(shape[1])),
        "y": list(range(shape[0])), "zmin": -1, "zmax": 1, "xgap": 2, "ygap": 2, "hoverongaps": True,
        "showscale": False, "colorscale": list(zip((0, 0.5, 1), look.diverging, strict=True)), "meta": {"band": True},
        "hovertext": np.array(_hovers(frame, cells)).reshape(shape).tolist(),
        "hovertemplate": f"%{{hovertext}}{formatting.detected_line(frame.query.statistic)}<extra></extra>",
        "customdata": np.array(formatting.detected(table), object).reshape((*shape, 3)).tolist(),
        "text": np.array([formatting.cell(cell) for cell in cells]).reshape(shape).tolist(),
        # written by the layer: plotly takes longer for these words than for any other chart
        "textfont": {"size": 11, **look.cell},
    }  # fmt: skip


def _hovers(frame: Frame, cells: list[Any]) -> list[str]:
    study, query = frame.study, frame.query
    labels = dict(
        zip(study.subset_definitions["subset"], study.subset_definitions["label"].map(formatting.escaped), strict=True)
    )
    names = [formatting.escaped(_name(frame, column)) for column in COLUMNS[query.matrix_by](study, query)]
    return [
        f"<b>{labels[cell.subset]}</b>, {names[i % len(names)]}<br>{formatting.sentence(cell)}"
        + formatting.q_value(cell)
        + formatting.line(pairs.elsewhere(cell.other_phase))
        for i, cell in enumerate(cells)
    ]


@once
def _matrix_table(frame: Frame) -> pd.DataFrame:
    study, query = frame.study, frame.query
    if study.subset_definitions.empty:
        return pd.DataFrame()
    how = analysis.Pairing(query.tolerance, query.pasi_scale, query.immune_scale, query.pair_phase)
    columns = COLUMNS[query.matrix_by](study, query)
    table = analysis.grid(study, columns, how, query.statistic, p_by=query.p_by, **query.kept)
    shape = len(study.subset_definitions), len(columns)
    order = ORDERS[query.matrix_sort](study, table, shape)
    return table.take(np.arange(len(table)).reshape(shape)[order].reshape(-1)).reset_index(drop=True)
