"""The share of the patients not yet lost to follow-up who are on each drug, week by week: a row a drug, on one
common scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import patient_codes, taken
from analysis.follow_up import follow_up
from data.deadline import check
from figures.treatments.lanes import courses_of
from figures.visuals import formatting, line_names, marks, narrow, style, time_axis
from figures.visuals.frame import framed
from figures.visuals.reference_lines import bottom, reference_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.arrays import Floats, Positions, Rows
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

ROW = 17
"""Height of a row, px."""
HIGH, GROUND = 0.68, 0.3
"""Of a row: what the largest share of all takes, and the room below its ground, where the axis has its breaks."""
MOST = 12
"""Drugs with a row; the others are counted below."""
WEEKS = 1000
"""At most so many weeks are looked at, at equal distances."""
HOVER = "<b>{drug}</b><br>%{{customdata[2]}} of %{{customdata[3]}} patients"
HOVER += " (%{{customdata[4]:.0f}} %)<br>week %{{customdata[1]:.4~g}}<extra></extra>"
GIVEN = "<b>{drug}</b><br>%{{customdata[2]}} patients, week %{{customdata[1]:.4~g}}<extra></extra>"
ABSENT = "No treatment of the kept patients here.<br>Remove a chip above, or widen the week window."


def shares(frame: Frame) -> Figure:
    """A row a drug, the index treatment first, then those of the largest share; `layout.meta.drugs` names the drug of
    each row. What lasts no time (infusions) is marked in the weeks it was given, its number of patients in the
    tooltip."""
    table = share_table(frame)
    if table.empty:
        return style.empty(frame.query, ABSENT)
    columns: Rows = {str(name): np.asarray(table[name]) for name in table}
    every = list(dict.fromkeys(columns["drug"].tolist()))
    drugs, look = every[:MOST], frame.theme
    rows = [taken(columns, found) for found in _each(columns["drug"], drugs)]
    top = float(columns["share"][columns["lasts"]].max()) if columns["lasts"].any() else 1.0
    traces = [_row(own, at, top, look) for at, own in enumerate(rows)]
    high = ROW * len(rows)
    marked = reference_lines(frame)
    marked["annotations"].append(narrow.title(" ", "<b>Treatments</b>  share of patients on each", "y domain"))
    return style.figure(
        frame.query, *traces, xaxis=time_axis.x_axis(frame), yaxis=_axis(drugs, len(every)), **marked,
        margin={"l": style.LEFT, "r": line_names.margin(frame), "t": 4, "b": bottom(frame)},
        meta=time_axis.meta(frame)
        | {
            "drugs": drugs, "layer": True, "heights": {"y": high}, "min_height": 24 + high,
            "scroll": {"row": ROW, "count": len(rows), "page": 1, "pages": 1},
            "texts": [_largest(rows, len(frame.ids), look)],
        },
    )  # fmt: skip


def _each(column: NDArray[np.object_], names: list[str]) -> list[Positions]:
    """The rows of each of these names, which stand together."""
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    return np.split(np.arange(len(column)), starts[1:])[: len(names)]


@framed
def share_table(frame: Frame) -> pd.DataFrame:
    """drug, week (on the clock, where the number changes), x, on (patients), of (whose follow-up has not ended; those
    with a dose where it lasts no time), share (percent), lasts; the index treatment first, then drugs with the
    largest share, then what lasts no time."""
    courses = time_axis.timed(frame, courses_of(frame.study))
    seen = time_axis.timed(frame, follow_up(frame.study))
    axis, end, patient = frame.axis, courses["clock_end_week"].to_numpy(float), patient_codes(courses)
    weeks = np.linspace(axis.weeks[0], axis.weeks[-1], _count(axis.weeks))
    last, lost = np.full(len(frame.kept), np.nan), seen["clock_end_week"].to_numpy(float)
    last[patient_codes(seen)] = lost
    start, exposure = courses["clock_start_week"].to_numpy(float), courses["exposure"].to_numpy(float)
    end = np.where(np.isnan(end), np.where(np.isnan(last[patient]), start, last[patient]), end)
    of, found = _going(np.full(len(seen), -np.inf), lost, weeks), []
    name, drugs = pd.factorize(courses["treatment"], sort=True)
    for at, drug in enumerate(drugs):
        check()
        own = np.flatnonzero(name == at)
        long = own[~np.isnan(exposure[own])]
        one = (
            _lasting(exposure[long], start[long], end[long], of, weeks)
            if len(long)
            else _given(patient[own], start[own])
        )
        found.append({"drug": np.full(len(one["week"]), str(drug), object), **one})
    if not found:
        return pd.DataFrame(columns=["drug", "share", "week", "lasts"])
    index = frame.study.index.treatment
    order = sorted(
        found, key=lambda one: (one["drug"][0] != index, not one["lasts"][0], -one["share"].max(), one["drug"][0])
    )
    table = pd.DataFrame({column: np.concatenate([one[column] for one in order]) for column in found[0]})
    return table.assign(x=axis.forward(table["week"].to_numpy(float)))


def _count(weeks: tuple[float, ...]) -> int:
    return int(min(WEEKS, np.ceil(weeks[-1] - weeks[0]) + 1))


def _lasting(exposure: Floats, start: Floats, end: Floats, of: Floats, weeks: Floats) -> dict[str, np.ndarray]:
    """The rows of one drug's courses: exposures of a patient count once, `of` those followed in each week."""
    begins = np.flatnonzero(np.diff(exposure[order := np.argsort(exposure, kind="stable")], prepend=np.nan) != 0)
    on = _going(np.minimum.reduceat(start[order], begins), np.maximum.reduceat(end[order], begins), weeks)
    changes = np.flatnonzero(np.r_[True, (np.diff(on) != 0) | (np.diff(of) != 0), True][: len(weeks)])
    kept = np.unique(np.r_[changes, len(weeks) - 1])
    share = np.minimum(100 * on / np.maximum(of, 1), 100)
    lasts = np.ones(len(kept), bool)
    return {"week": weeks[kept], "on": on[kept], "of": of[kept], "share": share[kept], "lasts": lasts}


def _going(start: Floats, end: Floats, weeks: Floats) -> Floats:
    """How many spans hold each week."""
    begun = np.searchsorted(np.sort(start), weeks, side="right")
    return (begun - np.searchsorted(np.sort(end), weeks, side="left")).astype(float)


def _given(patient: Positions, start: Floats) -> dict[str, np.ndarray]:
    """Patients who got a dose in each week, of what lasts no time."""
    whole = np.round(start)
    order = np.lexsort([whole, patient])
    new = (np.diff(patient[order], prepend=-1) != 0) | (np.diff(whole[order], prepend=np.nan) != 0)
    week, count = np.unique(whole[order[new]], return_counts=True)
    on, total = count.astype(float), float(len(np.unique(patient)))
    of = np.full(len(week), total)
    return {"week": week, "on": on, "of": of, "share": 100 * on / total, "lasts": np.zeros(len(week), bool)}


def _row(own: Rows, at: int, top: float, look: style.Theme) -> Trace:
    """Steps on the row's ground, or marks of what lasts no time."""
    drug = str(own["drug"][0])
    data = marks.custom_of(own, ("drug", "week", "on", "of", "share"))
    meta, shown = {"band": True}, formatting.in_template(drug)
    ground = at + 0.5 - GROUND
    if not own["lasts"][0]:
        marker = {"symbol": "triangle-down", "size": 9, "color": look.ink}
        return {
            "type": "scatter", "mode": "markers", "x": own["x"], "y": np.full(len(own["x"]), float(at)),
            "marker": marker, "customdata": data, "hovertemplate": GIVEN.format(drug=shown), "meta": meta,
        }  # fmt: skip
    x, high = own["x"], ground - HIGH * own["share"] / top
    # a step lasts until the next, then the line returns along the ground
    steps = np.repeat(x, 2)[1:], np.repeat(high, 2)[:-1]
    return {
        "type": "scatter", "mode": "lines", "x": np.r_[steps[0], x[-1], x[0]], "y": np.r_[steps[1], ground, ground],
        "fill": "toself", "fillcolor": style.fade(look.muted, 0.45), "line": {"width": 0.8, "color": look.muted},
        "customdata": [*[row for row in data for _ in (0, 1)][1:], data[-1], data[0]], "hoveron": "points",
        "hovertemplate": HOVER.format(drug=shown), "meta": meta,
    }  # fmt: skip


def _axis(drugs: list[str], every: int) -> dict[str, Any]:
    named = [f"{formatting.ends(drug, 16)}\u00a0" for drug in drugs]
    return {
        "range": [len(drugs) - 0.5, -0.5], "tickvals": [*range(len(drugs))], "ticktext": named, "ticks": "",
        "fixedrange": True, "showgrid": False, "showline": False, "tickfont": {"size": 11},
    }  # fmt: skip


def _largest(rows: list[Rows], kept: int, look: style.Theme) -> dict[str, Any]:
    """The largest share of each drug, at the right of its row; of what lasts no time how many of the patients."""
    said = [f"{own['share'].max():.0f} %" if own["lasts"][0] else f"{own['of'][0]:,.0f} of {kept:,}" for own in rows]
    items = [{"side": "right", "y": at, "text": text, "color": look.muted} for at, text in enumerate(said)]
    return {"kind": "margin", "yaxis": "y", "items": items}
