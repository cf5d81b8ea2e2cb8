"""Events on the swimlanes, adverse ones among them: a mark each, on lanes of their patient's own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import as_rows, taken
from analysis.doses import happened
from analysis.phases import on_clock
from analysis.severity import SCALE, grade
from figures.treatments import tracks
from figures.visuals import formatting, marks, style, time_axis
from figures.visuals.frame import framed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.arrays import Rows
    from data.study import Study
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame

HOVER = "<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>"
SYMBOL = "star-diamond"
"""Of no phase, no course and no milestone."""
SIZES = (7, 7, 8, 9, 10, 11)
"""Of a mark, px, by grade; the first where no grade is stated."""
MARK, BESIDE = 12 / 650, 9 / 650
"""Width of a mark and of the number beside it, as shares of a plot: what would overlap stands on different lanes."""
ROWS = 3
"""Most lanes of one patient's events; where all are taken, a mark stands for several."""
TOLD = 6
"""Most events of one mark that its tooltip lists."""
ABOUT = f"Stars are events; the number beside one is its grade ({SCALE}), larger if more severe."


@framed
def marked_events(frame: Frame, patients: Sequence[str]) -> Rows:
    """The events of these patients in the window (not their doses that were not given), one row per mark: patient_id,
    week, clock_week, x, row (0 for the uppermost of their lanes), grade (the highest; NaN: not stated), n (events),
    says (each one's week, severity and note, as text for a tooltip), who, made (all of them illustrative)."""
    events = _described(frame.study, frame.query.clock)
    table = time_axis.timed_rows(frame, taken(events, tracks.rows_of(frame, events["patient"], patients)))
    table = taken(table, np.lexsort([-np.nan_to_num(table["grade"], nan=-1), table["x"], table["patient"]]))
    units = frame.axis.units
    rows, mark = _stacked(table, units[-1] - units[0])
    table |= {"row": np.array(rows, int), "n": np.ones(len(rows), int), "made": table["provenance"] == "illustrative"}
    return table if len(set(mark)) == len(mark) else _joined(table, mark)


def _joined(table: Rows, mark: list[int]) -> Rows:
    """One row for each mark of several events."""
    marked: dict[int, list[int]] = {}
    for row, number in enumerate(mark):
        marked.setdefault(number, []).append(row)
    each = [taken(table, rows) for rows in marked.values()]
    found = {
        "grade": np.array([np.fmax.reduce(own["grade"]) for own in each]),
        "n": np.array([len(rows) for rows in marked.values()]),
        "made": np.array([own["made"].all() for own in each]),
        "says": np.array([_listed(own["says"].tolist()) for own in each], object),
    }
    return taken(table, [rows[0] for rows in marked.values()]) | found


@lru_cache(maxsize=8)
def _described(study: Study, clock: str) -> Rows:
    """The events with says, who and grade."""
    table = on_clock(study, happened(study), clock)
    grades = [grade(str(text)) for text in table["severity"]]
    return as_rows(table.assign(says=_said(table), who=marks.who(table), grade=np.array(grades, float)))


def trace(frame: Frame, table: Rows) -> Trace:
    """The marks of `marked_events` with the lane of each: hollow if illustrative, its grade beside it."""
    color = frame.colors_at(table["patient"])
    fill = [frame.theme.card if made else own for made, own in zip(table["made"].tolist(), color, strict=True)]
    size = [SIZES[int(known)] for known in np.nan_to_num(table["grade"]).tolist()]
    marker: dict[str, Any] = {"symbol": SYMBOL, "size": size, "color": fill, "line": {"color": color, "width": 1.2}}
    marker["opacity"] = 1  # plotly would fade marks of several sizes
    return {
        "type": "scatter", "x": table["x"], "y": table["lane"].astype(float), "mode": "markers+text",
        "marker": marker, "text": _beside(table), "textposition": "middle right",
        "textfont": {"size": 11, "color": frame.theme.ink}, "customdata": marks.custom(table, ("who", "says")),
        "hovertemplate": HOVER, "meta": {"event": True}, "cliponaxis": False,
    }  # fmt: skip


def _beside(table: Rows) -> list[str]:
    """The grade, and how many further events a mark stands for."""
    rows = zip(table["grade"].tolist(), table["n"].tolist(), strict=True)
    said = [("" if np.isnan(known) else f"{known:g}") + (f" +{n - 1}" if n > 1 else "") for known, n in rows]
    return [text or style.BLANK for text in said]


def _stacked(table: Rows, width: float) -> tuple[list[int], list[int]]:
    """The lane of each event among its patient's, and its mark: the first lane where the mark before leaves it room;
    where there is none, it joins the last lane's mark. `width` of the plot, in axis units."""
    rows: list[int] = []
    numbers: list[int] = []
    taken: dict[str, list[tuple[float, int]]] = {}
    for patient, x, known in zip(*(table[name].tolist() for name in ("patient_id", "x", "grade")), strict=True):
        lanes = taken.setdefault(patient, [])
        end = x + width * (MARK + (0 if np.isnan(known) else BESIDE))
        free = [row for row, (before, _) in enumerate(lanes) if x >= before]
        row = free[0] if free else min(len(lanes), ROWS - 1)
        joins = not free and len(lanes) == ROWS
        number = lanes[row][1] if joins else len(rows)
        lanes[row : row + 1] = [(lanes[row][0] + width * BESIDE if joins else end, number)]
        rows.append(row)
        numbers.append(number)
    return rows, numbers


def _said(table: pd.DataFrame) -> list[str]:
    rows = zip(table["clock_week"], table["event"], table["severity"], table["note"], strict=True)
    return [f"week {formatting.number(week, 1).removesuffix('.0')}: {_event_text(*parts)}" for week, *parts in rows]


def _event_text(event: str, severity: str, note: str) -> str:
    parts = (event, f"severity: {severity}" if severity else "", note)
    return "<br>".join(formatting.escaped(part) for part in parts if part)


def _listed(says: Sequence[str]) -> str:
    more = len(says) - TOLD
    return "<br>".join([*says[:TOLD], *([f"and {more:,} more"] if more > 0 else [])])
