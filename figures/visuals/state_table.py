"""A table of states: each patient's own state or event and its week, where they are too few for a rate or a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.response.rates import ENOUGH_PATIENTS
from figures.visuals import formatting, marks, style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.query import Query
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

ROW, TOP, LEFT = 22, 58, 84
"""Height of a row, of what stands above the rows, and width of the patients' names, px."""
LEAST = 8
"""Rows for which there is room in any case: fewer are not drawn apart."""
MOST = 60
"""Rows that are drawn; the numbers have all."""
MARK = 3
"""Room for the marks, left of the first column, in characters."""
LETTERS = 24
"""In a cell."""
HOVER = "<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>"
NONE = "line-ew"
"""The mark of who has not had the event."""


def state_table(frame: Frame, table: pd.DataFrame, columns: Mapping[str, str], sign: str) -> Figure:
    """One row per row of `table` (patient_id, week of the event or NaN, said: the tooltip, and the texts of `columns`,
    whose values are their headings), and a `sign` (plotly's symbol) where the event happened."""
    shown = table[:MOST].reset_index(drop=True)
    y, at = np.arange(len(shown), dtype=float), _places(shown, columns)
    texts = [_text(frame.query, y, x, shown[column].tolist()) for column, x in zip(columns, at, strict=False)]
    rows = {
        "range": [max(len(shown), LEAST) - 0.5, -0.5], "tickvals": y.tolist(), "ticktext": _names(frame, shown),
        "ticks": "", "ticklen": 0, "showgrid": False, "fixedrange": True, "showline": False,
    }  # fmt: skip
    said = above(reason(table["patient_id"].nunique(), len(table)), LEFT)
    return style.figure(
        frame.query, _signs(frame, shown, y, sign), *texts, yaxis=rows, dragmode=False,
        xaxis={"range": [0, at[-1]], "visible": False, "fixedrange": True},
        annotations=[said, *_headings(frame.query, columns, at)], margin={"l": LEFT, "r": 4, "t": TOP, "b": 8},
        meta={"min_height": TOP + 8 + ROW * len(shown), "rows": shown["patient_id"].astype(str).tolist()},
    )  # fmt: skip


def _places(shown: pd.DataFrame, columns: Mapping[str, str]) -> list[int]:
    """Where each column begins, and the last ends, in characters from the left."""
    wide = [min(LETTERS, max(map(len, [heading, *shown[column]]))) + 2 for column, heading in columns.items()]
    return np.cumsum([MARK, *wide]).tolist()


def reason(patients: int, rows: int = 0) -> str:
    """Why there is no rate of so many patients, and how many of the rows are drawn."""
    small = f", no group of {ENOUGH_PATIENTS}" if patients >= ENOUGH_PATIENTS else ""
    cut = f" ({MOST} of {rows:,} rows)" if rows > MOST else ""
    return f"{patients:,} patient{'s' * (patients != 1)}{small}: each one's state instead of a rate{cut}"


def _signs(frame: Frame, shown: pd.DataFrame, y: np.ndarray, sign: str) -> Trace:
    """One mark per row in the colour of its patient: the event, or that there is none."""
    palette, card = frame.colors, frame.theme.card
    color = [palette[patient] for patient in shown["patient_id"].astype(str)]
    fill = [card] * len(color) if frame.study.illustrative else color
    happened = shown["week"].notna()
    return {
        "type": "scatter", "mode": "markers", "x": np.full(len(shown), MARK / 2), "y": y, "hovertemplate": HOVER,
        "customdata": marks.custom(shown.assign(who=marks.who(shown)), ("who", "said")), "cliponaxis": False,
        "marker": {
            "size": 9, "symbol": [sign if one else NONE for one in happened], "color": fill,
            "line": {"color": color, "width": 1.4},
        },
    }  # fmt: skip


def _text(query: Query, y: np.ndarray, at: int, texts: list[str]) -> Trace:
    """A column of texts."""
    return {
        "type": "scatter", "mode": "text", "x": [at] * len(y), "y": y,
        "text": [formatting.ends(text, LETTERS) for text in texts], "textposition": "middle right",
        "textfont": {"size": 11, "color": style.theme(query).ink}, "hoverinfo": "skip", "cliponaxis": False,
    }  # fmt: skip


def _names(frame: Frame, shown: pd.DataFrame) -> list[str]:
    palette = frame.inks
    return [
        f"<b><span style='color:{palette[patient]}'>{formatting.ends(patient, 12)}</span></b>"
        for patient in shown["patient_id"].astype(str)
    ]


def above(text: str, left: int) -> dict[str, Any]:
    """A sentence above the headings, from the edge of the card on; `left` is the margin, px."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": 8 - left, "yref": "paper", "y": 1}
    return {**place, "yanchor": "bottom", "yshift": 32, "text": text, "showarrow": False, "font": {"size": 11}}


def _headings(query: Query, columns: Mapping[str, str], at: list[int]) -> list[dict[str, Any]]:
    place = {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 6, "xanchor": "left", "showarrow": False}
    font = {"size": 11, "color": style.theme(query).muted}
    each = zip(at, columns.values(), strict=False)
    return [{**place, "x": x, "text": formatting.ends(text, LETTERS), "font": font} for x, text in each]
