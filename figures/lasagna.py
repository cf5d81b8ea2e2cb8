"""Lasagna: patients (rows) by visits (columns), coloured by the state of response; blank where nothing was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.outcomes import outcome_name
from analysis.phases import clock_labels, phase_labels
from analysis.response.nominal_visits import grid
from analysis.response.response import LANE_SORTS, lane_order
from analysis.response.states import states, states_of
from figures.treatments import tracks
from figures.visuals import curves, formatting, style
from figures.visuals.empty_state import requires
from figures.visuals.frame import once

if TYPE_CHECKING:
    from analysis.arrays import Floats
    from analysis.tracks import Track
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

STRIP = 0.045
"""Width of a track, as a share of the plot."""
NAMED = 30
"""Up to this many rows carry their patient's name."""
LOW, HIGH, ALL = 18, 44, 1200
"""Height of a row with a name at least and of one of a few at most, and of very many rows together, px."""
FEW = 12
"""Up to this many rows are no higher than that."""


@requires("pasi")
def lasagna(frame: Frame) -> Figure:
    """One row per patient in the order of the lanes, one column per nominal visit of the query's phase."""
    study, query = frame.study, frame.query
    table = state_table(frame)
    if table["pasi"].notna().sum() == 0:
        return style.empty(query, visitless(study))
    ids, weeks, found = table.attrs["ids"], table.attrs["weeks"], tracks.strips(frame)
    look, above = frame.theme, tracks.LINE * len(found)
    placed: curves.Part = {"anchor": "y", "range": [-0.5, len(found) - 0.5]}
    across = {"xaxis2": tracks.axis(found, (1 - STRIP * len(found), 1), **placed)} if found else {}
    beside = [tracks.key(found, look)] if found else []
    return style.figure(
        query, _heat(frame, table), *_strips(study, found, ids, look),
        xaxis={**_visits(frame, weeks), "domain": [0, 1 - STRIP * len(found) - 0.02 * bool(found)]},
        yaxis=patient_rows(frame, ids), **across,
        annotations=[_legend(frame) | {"yshift": above}, *beside], dragmode=False,
        margin={"l": 70 if len(ids) <= NAMED else 24, "r": 12, "t": 36 + above, "b": 34},
        meta=rows_of(len(ids), 70 + above) | {"rows": ids},
    )  # fmt: skip


def _strips(study: Study, found: list[Track], ids: list[str], look: style.Theme) -> list[Trace]:
    """The tracks beside the rows, in their order."""
    place, names = tracks.positions(study), [formatting.escaped(patient) for patient in ids]
    rows = [place[patient] for patient in ids]
    return [tracks.heat(one, rows, names, look, upright=True, at=at) for at, one in enumerate(found)]


@once
def state_table(frame: Frame) -> pd.DataFrame:
    """patient_id, week (nominal, on the query's clock), pasi (NaN: not observed), baseline, state (of
    `states_of` the outcome): every kept patient who is on the clock × every nominal week; `attrs` hold the `ids` of
    the rows and the `weeks` of the columns."""
    study, query = frame.study, frame.query
    visits = grid(study, query.phase, query.baseline, query.clock)
    low, high = query.window or (-np.inf, np.inf)
    inside = (visits.week >= low) & (visits.week <= high)
    ids = study.patient_ids
    place = {patient: position for position, patient in enumerate(ids)}
    kept = frame.kept & visits.planned.any(axis=1)
    rows = [place[patient] for patient in lane_order(study, query.lane_sort) if kept[place[patient]]]
    pasi, baseline = visits.pasi[rows][:, inside], visits.base[rows][:, inside]
    shown = ~np.isnan(pasi).all(axis=0)
    pasi, baseline, weeks = pasi[:, shown], baseline[:, shown], visits.week[inside][shown]
    table = pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array.take(np.repeat(rows, len(weeks))),
            "week": np.tile(weeks, len(rows)),
            "pasi": pasi.ravel(),
            "baseline": baseline.ravel(),
            "state": states(study, baseline.ravel(), pasi.ravel()),
        }
    )
    table.attrs = {"ids": [ids[row] for row in rows], "weeks": weeks.tolist()}
    return table


def headline(frame: Frame) -> formatting.Headline:
    """How many states are shown, and how many visits were not observed."""
    table = state_table(frame)
    seen = int(table["pasi"].notna().sum())
    if not seen:
        return formatting.unable(visitless(frame.study))
    patients, visits = len(table.attrs["ids"]), len(table.attrs["weeks"])
    size = f"{formatting.plural(patients, 'patient')}, {formatting.plural(visits, 'visit')}"
    return formatting.plural(seen, "state"), f"of {size}; {len(table) - seen:,} not observed"


def visitless(study: Study) -> str:
    """Why nothing is drawn, and what to do."""
    name = formatting.escaped(outcome_name(study))
    return f"No {name} was observed in this phase in what is kept.<br>Choose another phase, or remove a chip."


def _heat(frame: Frame, table: pd.DataFrame) -> Trace:
    ids, weeks = table.attrs["ids"], table.attrs["weeks"]
    known = states_of(frame.study)
    shape, top = (len(ids), len(weeks)), len(known)
    code = np.where(table["pasi"].isna(), np.nan, table["state"].cat.codes.to_numpy(float))
    edges = np.repeat(np.arange(top + 1) / top, 2)[1:-1].tolist()
    shades = frame.theme.states
    colors = np.repeat(np.array([shades[state.shade] for state in known.values()]), 2).tolist()
    gaps = {"xgap": 1, "ygap": 2} if len(ids) <= NAMED else {}
    return {
        "type": "heatmap", "z": code.astype(np.float32).reshape(shape), "x": _columns(weeks),
        "y": [formatting.escaped(patient) for patient in ids], "zmin": -0.5, "zmax": top - 0.5,
        "showscale": False, **gaps,
        "colorscale": list(zip(edges, colors, strict=True)),
        "text": _texts(frame.study, table, code).reshape(shape).tolist(),
        "hovertemplate": "<b>%{y}</b>, week %{x}<br>%{text}<extra></extra>", "hoverongaps": True,
    }  # fmt: skip


def _columns(weeks: list[float]) -> list[str]:
    return [formatting.number(week, 0) if week == round(week) else formatting.number(week, 1) for week in weeks]


def _texts(study: Study, table: pd.DataFrame, code: Floats) -> np.ndarray:
    """Value and state of each cell in words; equal ones are written once."""
    name, labels = (
        formatting.escaped(outcome_name(study)),
        [formatting.escaped(one.label) for one in states_of(study).values()],
    )
    told = np.nan_to_num(table["pasi"].to_numpy(float) + 1000 * code, nan=-1.0)
    known, where = np.unique(told, return_inverse=True)
    said = [f"{name} {one % 1000:.3g}, {labels[int(one // 1000)]}" if one >= 0 else "not observed" for one in known]
    return np.array(said, object)[where]


def _legend(frame: Frame) -> curves.Part:
    """The states in their colours, from best to worst, above the plot: on two lines, for a narrow card."""
    shades, known = frame.theme.states, list(states_of(frame.study).values())
    each = [f"<span style='color:{shades[one.shade]}'>■</span> {formatting.escaped(one.label)}" for one in known]
    half = -(-len(each) // 2)
    text = "<br>".join("  ".join(part) for part in (each[:half], each[half:]))
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
    return {**place, "text": text, "align": "left", "showarrow": False, "font": {"size": 11}}


def _visits(frame: Frame, weeks: list[float]) -> curves.Part:
    """Columns are visits, evenly spaced; as many as find room carry their week."""
    study, query = frame.study, frame.query
    every = -(-len(weeks) * 30 // 440)
    shown = list(range(0, len(weeks), max(1, every)))
    title = f"{clock_labels(study)[query.clock]} (one column per visit), {phase_labels(study)[query.phase]}"
    return {
        "type": "category", "range": [-0.5, len(weeks) - 0.5], "tickvals": [_columns(weeks)[at] for at in shown],
        "fixedrange": True, "showgrid": False, "title": {"text": formatting.escaped(title), "standoff": 2},
    }  # fmt: skip


def rows_of(count: int, around: int) -> dict[str, Any]:
    """The `meta` of so many rows of patients with so many px above and below them: a few are no higher than `HIGH`
    each, from the top on, and more fill the card."""
    named = count <= NAMED
    least = LOW * count if named else min(count, ALL)
    if count <= FEW:
        return {"min_height": around + HIGH * count, "stack": [("y", HIGH * count)], "gap": 0, "least": 0}
    return {"min_height": around + least}


def patient_rows(frame: Frame, ids: list[str]) -> curves.Part:
    """An axis of patients, named in their colours where they are few."""
    palette = frame.inks
    rows = {"type": "category", "range": [len(ids) - 0.5, -0.5], "fixedrange": True, "showgrid": False, "ticks": ""}
    if len(ids) > NAMED:
        title = f"{len(ids):,} patients, by {LANE_SORTS[frame.query.lane_sort].label}"
        return {**rows, "tickvals": [], "title": {"text": title, "standoff": 2}}
    names = [f"<span style='color:{palette[patient]}'>{formatting.short(patient, 10)}</span>" for patient in ids]
    return {
        **rows,
        "tickvals": [formatting.escaped(patient) for patient in ids],
        "ticktext": names,
    }
