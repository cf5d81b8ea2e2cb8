"""One row per subset: its values in two columns of marks, and beside them in words what is computed of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import patient_codes
from analysis.phases import with_phase
from analysis.scales import denominator
from figures.visuals import formatting, marks, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

PLOT, WORDS = 0.36, 0.4
"""Where the marks end and the words begin, as shares of the width: on a narrow page too the words find room."""
LETTERS = 32
"""In a line of words."""
LINE, GAP, LEAST = 15, 16, 96
"""Height of a line of words, of the gap between rows, and the least height of a row, px."""
COLUMNS = ("who", "said")
HOVER = "<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>"


@dataclass(frozen=True)
class Row:
    """A row: `table` has patient_id, x, week (of the study), value and said (the tooltip); `text` stands beside it."""

    table: pd.DataFrame
    text: str
    traces: tuple[Trace, ...] = ()


def drawn(frame: Frame, rows: Sequence[Row], ticks: Sequence[str], *, joined: bool) -> Figure:
    """The rows under each other on one pair of columns, whose names are `ticks`; `joined`: a patient's marks by a
    line."""
    study, query = frame.study, frame.query
    many = frame.crowd == "many"
    draw = marks.lines if joined else _points
    traces, axes, notes = [], {}, []
    heights = [max(LEAST, LINE * (row.text.count("<br>") + 1)) for row in rows]
    total = sum(heights) + GAP * (len(rows) - 1)
    top = total
    for at, (row, height) in enumerate(zip(rows, heights, strict=True)):
        table = with_provenance(study, row.table)
        own = [] if many else draw(frame, table, HOVER, COLUMNS)
        traces += [{**trace, "yaxis": axis(at)} for trace in (*own, *medians(query, row.table), *row.traces)]
        axes[axis(at).replace("y", "yaxis")] = _axis(row.table["value"], (top - height) / total, top / total)
        notes.append(beside(row.text, top / total))
        top -= height + GAP
    return style.figure(
        query, *traces, dragmode=False, annotations=notes, xaxis=_columns(ticks, axis(len(rows) - 1)),
        margin={"l": 46, "r": 4, "t": 8, "b": 26}, **axes,
        meta={
            "min_height": 34 + total, "layer": many,
            "marks": columnar(study, rows, joined=joined) if many else [],
        },
    )  # fmt: skip


def columnar(study: Study, rows: Sequence[Row], *, joined: bool) -> list[dict[str, Any]]:
    """Every mark of every row, for the layer."""
    mode = "lines+markers" if joined else "markers"
    return [
        marks.columnar(study, with_provenance(study, row.table), yaxis=axis(at), mode=mode, base=True)
        for at, row in enumerate(rows)
    ]


def axis(at: int) -> str:
    """The name of a row's vertical axis."""
    return "y" if at == 0 else f"y{at + 1}"


def with_provenance(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """A row's table with phase, provenance and who, as marks need them."""
    made = "illustrative" if study.illustrative else "observed"
    return with_phase(study, table).assign(provenance=made, who=marks.who(table))


def medians(query: Query, table: pd.DataFrame) -> list[Trace]:
    """A short stroke at the median of either column."""
    middle = table.groupby(table["x"].round())["value"].median()
    x = np.concatenate([[at - 0.2, at + 0.2, np.nan] for at in middle.index] or [[]])
    line = {"color": style.theme(query).ink, "width": 2.5}
    return [
        {
            "type": "scatter", "mode": "lines", "x": x, "y": np.repeat(middle.to_numpy(float), 3), "line": line,
            "hoverinfo": "skip", "meta": {"band": True},
        }
    ]  # fmt: skip


def heading(study: Study, subset: str) -> list[str]:
    """A subset's name and unit as lines."""
    label = str(study.subset_definitions.set_index("subset")["label"][subset])
    return [f"<b>{formatting.ends(label, LETTERS - 2)}</b>", formatting.ends(denominator(study, subset), LETTERS)]


def figures_of(value: float) -> str:
    """A number to three significant digits."""
    if 1e-3 <= abs(value) < 1e4 or value == 0:
        return formatting.significant(value, 3)
    return f"{value:.2e}".replace("-", formatting.MINUS)


def tested(p: float, smallest: float, adjusted: float, sign: str, family: int) -> list[str]:
    """p, the smallest that n can reach, and p over all subsets, as lines."""
    least = "" if np.isnan(smallest) else f"smallest possible p {share(smallest)}"
    over = f"{sign} {share(adjusted)} over {family:,} subset{'s' if family != 1 else ''}"
    return list(filter(None, [formatting.p_value(p), least, over]))


def jittered(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """x moved aside by a share that is each patient's own, so that equal values do not hide each other."""
    aside = (patient_codes(table) * 0.618034) % 1 - 0.5
    return table.assign(x=table["x"] + 0.36 * aside)


def share(p: float) -> str:
    """A p in so many words: two significant digits, never 0."""
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def _points(frame: Frame, table: pd.DataFrame, hover: str, columns: Sequence[str]) -> list[Trace]:
    return marks.points(frame, table, hover, columns, 8)


def _axis(values: pd.Series, low: float, high: float) -> dict[str, Any]:
    """A row's vertical axis, over its own values."""
    least, most = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    pad = 0.1 * ((most - least) or abs(most) or 1.0)
    return {
        "domain": [low, high],
        "range": [least - pad, most + pad],
        "fixedrange": True,
        "nticks": 4,
        "showgrid": False,
    }


def _columns(ticks: Sequence[str], last: str) -> dict[str, Any]:
    return {
        "domain": [0, PLOT], "range": [-0.45, 1.45], "tickvals": [0, 1],
        "ticktext": [formatting.escaped(t) for t in ticks],
        "fixedrange": True, "showgrid": False, "anchor": last,
    }  # fmt: skip


def beside(text: str, top: float = 1.0) -> dict[str, Any]:
    """Words at the right of the marks, from `top` of the plot downwards."""
    place = {"xref": "paper", "x": WORDS, "xanchor": "left", "yref": "paper", "y": top, "yanchor": "top"}
    return {**place, "text": text, "align": "left", "showarrow": False, "font": {"size": 11}, "borderpad": 0}
