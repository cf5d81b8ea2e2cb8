"""Immune heatmap: subsets × weeks of one patient, or patients × weeks of one subset, around the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import scales
from analysis.cohort import nearest_slot, nominal_weeks
from analysis.immune.gating import picker
from analysis.phases import clock_labels
from analysis.query import UNCHOSEN
from analysis.response.response import lane_order
from figures.visuals import formatting, pairs, style, time_axis
from figures.visuals.contract import Note
from figures.visuals.empty_state import requires
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from analysis.query import Query
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

NAMED = 40
"""Up to this many rows are named."""
ROW = 22
"""Height of a named row, px."""
CENTRED = "log2_fold"
"""The scale of a query whose own has no place where nothing changed."""
KEPT = ("patients", "groups", "from_week", "to_week", "clock")
EXTREME = 98.0
"""Percentile of the distances from baseline at which the colours end, so that one outlier does not pale the rest."""
BAR = {
    "thickness": 7, "lenmode": "pixels", "len": 120, "y": 1, "yanchor": "top", "x": 1.01, "xpad": 2, "outlinewidth": 0,
    "tickfont": {"size": 11}, "nticks": 5,
}  # fmt: skip


@requires("immune_subsets")
def heatmap(frame: Frame) -> Figure:
    """Rows × visits in a diverging scale whose middle is the baseline; blank where nothing was measured."""
    query = frame.query
    table = heat_table(frame)
    if table["value"].notna().sum() == 0:
        return style.empty(query, heatless(frame))
    rows, weeks = _rows(frame, table), np.unique(table["column"])
    place = {key: at for at, key in enumerate(rows)}, {week: at for at, week in enumerate(weeks.tolist())}
    grid, told = _grids(table, place, query)
    return style.figure(
        query, _heat(query, grid, told), dragmode=False, plot_bgcolor=frame.theme.card,
        xaxis=_visits(frame, weeks), yaxis=_names(frame, rows),
        margin={"l": 158 if len(rows) <= NAMED else 30, "r": 44, "t": 6, "b": 34},
        meta={"min_height": 44 + (ROW * len(rows) if len(rows) <= NAMED else 140), **_meant(frame, rows)},
    )  # fmt: skip


@framed
def heat_table(frame: Frame) -> pd.DataFrame:
    """The samples shown: patient_id, week, subset, value (on the scale of `scale`), raw, baseline, clock_week, column
    (the week whose column it stands in: its own for one patient, the nearest nominal one for many)."""
    return _heat_table(frame.only((*KEPT, "immune_scale", "heat_by", "patient", "subset")))


def scale(query: Query) -> scales.Scale:
    """The query's immune scale where it says what no change is, else log2 fold change."""
    own = scales.IMMUNE_SCALES[query.immune_scale]
    return scales.IMMUNE_SCALES[CENTRED] if own.reference is None else own


@framed
def patient(frame: Frame) -> str:
    """Whose heatmap it is: the chosen patient, else the first that is kept."""
    keep = frame.kept
    kept = frame.study.patients["patient_id"][keep].astype(str).tolist()
    return frame.query.patient if frame.query.patient != UNCHOSEN else next(iter(kept), "no patient")


def headline(frame: Frame) -> formatting.Headline:
    """How many values are shown, and of whom or of what."""
    table = heat_table(frame)
    known = table[table["value"].notna()]
    if known.empty:
        return formatting.unable(heatless(frame))
    one = frame.query.heat_by == "patient"
    what = formatting.plural(known["subset" if one else "patient_id"].nunique(), "subset" if one else "patient")
    who = f" of {formatting.middle(patient(frame), 24)}" if one else ""
    return formatting.plural(len(known), "value"), formatting.fitted(f"{what}{who}", f"as {scale(frame.query).label}")


def heatless(frame: Frame) -> str:
    """Why nothing is drawn, and what to do."""
    if frame.query.heat_by == "subset" and not frame.query.subset:
        return pairs.UNCHOSEN
    who = f"of {formatting.escaped(patient(frame))} " if frame.query.heat_by == "patient" else ""
    return f"No value {who}with a baseline in what is kept.<br>Choose another patient or scale, or remove a chip."


@framed
def wording(frame: Frame) -> Note:
    """What the colours are, and what a column is."""
    rule = f"{scale(frame.query).label}: {scale(frame.query).rule}"
    columns = (
        "One column per sample." if frame.query.heat_by == "patient" else "Samples stand at the nearest nominal week."
    )
    return Note(
        computed=(f"Colour is the {rule}", "The middle colour is the baseline; blank is not measured."), whom=(columns,)
    )


def _rows(frame: Frame, table: pd.DataFrame) -> list[str]:
    """Keys of the rows, from the top: subsets in the order of the tree, or patients in the order of the lanes."""
    study, query = frame.study, frame.query
    if query.heat_by == "patient":
        return picker(study)["subset"].tolist()
    seen = set(table["patient_id"].astype(str))
    return [one for one in lane_order(study, query.lane_sort) if one in seen]


def _grids(
    table: pd.DataFrame, place: tuple[dict[str, int], dict[float, int]], query: Query
) -> tuple[np.ndarray, np.ndarray]:
    """Values and what is told of them, rows × columns; NaN and "not measured" where there is no sample."""
    rows, columns = place
    key = "subset" if query.heat_by == "patient" else "patient_id"
    at = table[key].astype(str).map(rows).to_numpy(int), table["column"].map(columns).to_numpy(int)
    shape = len(rows), len(columns)
    grid, told = np.full(shape, np.nan), np.full(shape, "not measured", object)
    grid[at], told[at] = table["value"].to_numpy(float), _cell_texts(table, query)
    return grid, told


def _cell_texts(table: pd.DataFrame, query: Query) -> list[str]:
    label = scale(query).label
    cells = zip(table["clock_week"], table["raw"], table["baseline"], table["value"], strict=True)
    return [
        f"week {week:.4g}: {raw:.4g} as measured, baseline {base:.4g}<br>"
        + (f"{label} undefined" if np.isnan(value) else f"{label} {formatting.number(value)}")
        for week, raw, base, value in cells
    ]


def _heat(query: Query, grid: np.ndarray, told: np.ndarray) -> Trace:
    middle, look = scale(query).reference or 0.0, style.theme(query)
    far = float(np.nanpercentile(np.abs(grid - middle), EXTREME)) or 1.0
    return {
        "type": "heatmap", "z": grid.astype(np.float32), "x": list(range(grid.shape[1])),
        "y": list(range(grid.shape[0])), "zmin": middle - far, "zmax": middle + far, "hoverongaps": True,
        "colorscale": [[0, look.diverging[0]], [0.5, look.grid], [1, look.diverging[2]]], "colorbar": BAR,
        "hoverinfo": "text", "hovertext": told.tolist(), **({"xgap": 1, "ygap": 1} if len(grid) <= NAMED else {}),
    }  # fmt: skip


def _visits(frame: Frame, weeks: np.ndarray) -> dict[str, Any]:
    """Columns are visits, evenly spaced; as many as find room carry their week."""
    shown = range(0, len(weeks), max(1, -(-len(weeks) * 30 // 340)))
    title = f"{clock_labels(frame.study)[frame.query.clock]} (one column per visit)"
    return {
        "range": [-0.5, len(weeks) - 0.5], "tickvals": list(shown), "fixedrange": True, "showgrid": False,
        "ticktext": [formatting.significant(weeks[at], 3) for at in shown],
        "title": {"text": formatting.escaped(title), "standoff": 2},
    }  # fmt: skip


def _names(frame: Frame, rows: list[str]) -> dict[str, Any]:
    axis = {
        "range": [len(rows) - 0.5, -0.5],
        "fixedrange": True,
        "showgrid": False,
        "ticks": "",
    }
    if frame.query.heat_by == "patient":
        labels = dict(
            zip(
                frame.study.subset_definitions["subset"],
                frame.study.subset_definitions["label"].astype(str),
                strict=True,
            )
        )
        return {
            **axis,
            "tickvals": list(range(len(rows))),
            "ticktext": [formatting.ends(labels[key], 24) for key in rows],
        }
    if len(rows) > NAMED:
        return {**axis, "tickvals": [], "title": {"text": f"{len(rows):,} patients", "standoff": 2}}
    palette = frame.inks
    names = [f"<span style='color:{palette[one]}'>{formatting.short(one, 20)}</span>" for one in rows]
    return {**axis, "tickvals": list(range(len(rows))), "ticktext": names}


def _meant(frame: Frame, rows: list[str]) -> dict[str, Any]:
    """Every row is a patient's: a click on it selects that patient."""
    return {"rows": [patient(frame)] * len(rows) if frame.query.heat_by == "patient" else rows}


@once
def _heat_table(frame: Frame) -> pd.DataFrame:
    study, query = frame.study, frame.query
    chosen = scale(query).key
    if query.heat_by == "patient":
        subsets = study.subset_definitions["subset"].astype(str).tolist()
        own = time_axis.timed(frame, scales.scaled_immune(study, subsets, chosen, patients=[patient(frame)]))
        return own.assign(column=own["clock_week"].round(1))
    subsets = [query.subset] if query.subset else []
    table = time_axis.timed(frame, scales.scaled_immune(study, subsets, chosen))
    weeks = nominal_weeks(table, "clock_week") if len(table) else np.zeros(1)
    return table.assign(column=weeks[nearest_slot(weeks, table["clock_week"].to_numpy(float))])
