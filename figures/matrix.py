"""The matrix: every subset (rows) by phase (columns), and what each coefficient stands on."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis import correlation
from analysis.phases import phase_labels, study_phases
from figures import style, words

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

CELL = 30
"""Height of a matrix row, px."""
BAR = {
    "thickness": 7, "lenmode": "pixels", "len": 150, "y": 1, "yanchor": "top", "x": 1.01, "xpad": 2, "outlinewidth": 0,
    "tickfont": {"size": 9}, "tickvals": [-1, 0, 1], "ticktext": ["−1", "r 0", "1"],
}  # fmt: skip
BARE = {"showgrid": False, "fixedrange": True, "ticks": "", "showline": False}


def matrix(study: Study, query: Query) -> go.Figure:
    """The coefficient of every subset and phase, with its patients and pairs; grey where it is not computed."""
    if study.immune_subsets.empty:
        return style.empty(
            query, "No immune subset to correlate with PASI.<br>Add <b>immune_subsets.csv</b> to this study."
        )
    subsets, phases = study.subset_definitions["subset"].astype(str).tolist(), study_phases(study)
    labels = [words.wrap(label, 26) for label in study.subset_definitions["label"].astype(str)]
    names = [words.short(phase_labels(study)[phase], 16) for phase in phases]
    rows = {"range": [len(subsets) - 0.5, -0.5], "tickfont": {"size": 10}}
    return style.figure(
        query, _heat(study, matrix_table(study, query), (len(subsets), len(phases)), style.theme(query)),
        plot_bgcolor=style.theme(query).empty, margin={"l": 158, "r": 40, "t": 24, "b": 6}, dragmode=False,
        xaxis={**BARE, "side": "top", "tickvals": list(range(len(phases))), "ticktext": names},
        yaxis={**BARE, **rows, "tickvals": list(range(len(subsets))), "ticktext": labels},
        meta={"min_height": 30 + CELL * len(subsets), "cells": {"subsets": subsets, "phases": phases}},
    )  # fmt: skip


@lru_cache(maxsize=4)
def matrix_table(study: Study, query: Query) -> pd.DataFrame:
    """The cells of the matrix, by subset, then phase, as `analysis.correlation.matrix` returns them."""
    kept: dict[str, Any] = {"phases": study_phases(study), **query.kept}
    return correlation.matrix(study, None, query.tolerance, query.pasi_scale, query.immune_scale, **kept)


def _heat(study: Study, table: pd.DataFrame, shape: tuple[int, int], look: style.Theme) -> style.Trace:
    cells = list(table.itertuples())
    return {
        "type": "heatmap", "z": table["estimate"].to_numpy().reshape(shape), "x": list(range(shape[1])),
        "y": list(range(shape[0])), "zmin": -1, "zmax": 1, "xgap": 2, "ygap": 2, "hoverongaps": True, "colorbar": BAR,
        "colorscale": list(zip((0, 0.5, 1), look.diverging, strict=True)), "hoverinfo": "text",
        "hovertext": np.array(_hovers(study, cells)).reshape(shape).tolist(),
        "text": np.array([words.cell(cell) for cell in cells]).reshape(shape).tolist(),
        # written by the layer: plotly takes longer for these words than for any other chart
        "textfont": {"size": 10, **look.cell},
    }  # fmt: skip


def _hovers(study: Study, cells: list[Any]) -> list[str]:
    labels = dict(
        zip(study.subset_definitions["subset"], study.subset_definitions["label"].map(words.escaped), strict=True)
    )
    names = {phase: words.escaped(name) for phase, name in phase_labels(study).items()}
    return [f"<b>{labels[cell.subset]}</b>, {names[cell.phase]}<br>{words.sentence(cell)}" for cell in cells]
