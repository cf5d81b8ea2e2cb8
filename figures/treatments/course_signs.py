"""Signs on the lanes of drugs: doses that were not given, and why a course ended."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import as_rows, taken
from analysis.doses import not_given
from analysis.end_reasons import REASONS
from data.study import MISSED, PLANNED
from figures.treatments import tracks
from figures.visuals import formatting, marks, style, time_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.arrays import Rows
    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame
    from figures.visuals.time_scale import Lens

HOVER = "<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>"
COURSE = "%{customdata[6]}<br>%{customdata[7]}<br>%{customdata[8]}<extra></extra>"
"""Of a course, for its `customdata` in `lanes.described`."""
SYMBOLS = {MISSED: "x", PLANNED: "circle"}
"""Of no dose that was given: a cross, and a circle that is always hollow."""


def dose_rows(frame: Frame, patients: Sequence[str]) -> Rows:
    """The doses of these patients in the window that were missed or are planned: the columns of
    `analysis.doses.not_given`, clock_week, x, who and says (as text for a tooltip)."""
    doses = _named(frame.study)
    table = time_axis.timed_rows(frame, taken(doses, tracks.rows_of(frame, doses["patient"], patients)))
    rows = zip(*(table[name].tolist() for name in ("treatment", "status", "dose", "clock_week", "note")), strict=True)
    return table | {"says": np.array([_said(*row) for row in rows], object)}


@lru_cache(maxsize=8)
def _named(study: Study) -> Rows:
    """The doses of everyone, with who."""
    table = not_given(study)
    return as_rows(table.assign(treatment=table["treatment"].astype(str), who=marks.who(table)))


def doses(query: Query, table: Rows, color: Sequence[str]) -> list[Trace]:
    """The signs of `dose_rows` with the lane of each, a trace for each status that there is."""
    look = style.theme(query)
    traces = []
    for status, symbol in SYMBOLS.items():
        at = np.flatnonzero(table["status"] == status)
        if not len(at):
            continue
        rows, own, around = taken(table, at), [color[row] for row in at.tolist()], [look.card] * len(at)
        # a cross of its own colour would not be seen on its bar: it is in ink with an edge
        fill, edge = ([look.ink] * len(at), around) if status == MISSED else (around, own)
        marker = {"symbol": symbol, "size": 8, "color": fill, "line": {"color": edge, "width": 1.5}}
        traces.append({
            "type": "scatter", "x": rows["x"], "y": rows["lane"].astype(float), "mode": "markers",
            "marker": marker, "customdata": marks.custom(rows, ("who", "says")), "hovertemplate": HOVER,
            "meta": {"event": True, "dose": status}, "cliponaxis": False,
        })  # fmt: skip
    return traces


def ends(query: Query, table: Rows, axis: Lens) -> list[Trace]:
    """A letter after each bar whose end lies in the window and has a stated reason; nothing without one."""
    inside = (table["clock_end_week"] >= axis.weeks[0]) & (table["clock_end_week"] <= axis.weeks[-1])
    rows = taken(table, inside & (table["ended"] != ""))
    if not len(rows["x1"]):
        return []
    look = style.theme(query)
    halo = ", ".join(f"{x}px {y}px 1px {look.card}" for x in (-1, 1) for y in (-1, 1))
    return [{
        "type": "scatter", "x": rows["x1"], "y": rows["lane"].astype(float), "mode": "text",
        "text": [REASONS[kind].sign for kind in rows["ended"]], "textposition": "middle right",
        "textfont": {"size": 11, "weight": 700, "color": [look.ink] * len(rows["x1"]), "shadow": halo},
        "customdata": rows["custom"].tolist(), "hovertemplate": COURSE, "meta": {"event": True, "ended": True},
        "cliponaxis": False,
    }]  # fmt: skip


def _said(drug: str, status: str, dose: str, week: float, note: str) -> str:
    amount = formatting.escaped(dose) if dose else "dose not stated"
    at = formatting.number(week, 1).removesuffix(".0")
    said = "missed, not given" if status == MISSED else "planned, not given yet"
    return f"{formatting.escaped(drug)}: {said}<br>{amount}, week {at}{formatting.line(formatting.escaped(note))}"
