"""Sensitivity: one row per rule × imputation, as a forest plot, and what each rule says of each patient."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.phases import phase_labels
from analysis.response import sensitivity as derived
from analysis.response.imputation import IMPUTATIONS
from figures.rates import INTERVAL_NAMES
from figures.visuals import curves, formatting, rule_outcomes, style
from figures.visuals.empty_state import needing

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

ROW = 17
"""Height of a row, px."""
FOREST = 100
"""The axis: percent up to 100, then text, then the columns of `verdict_columns`, in the same units."""
TEXTS = {"n": 118, "interval": 150, "median": 202}


@needing("pasi")
def sensitivity(study: Study, query: Query) -> go.Figure:
    """Percent with its interval per rule and imputation, n/N, median week, and up to eight patients' own verdicts."""
    table = row_table(study, query)
    if table["evaluable"].fillna(0).sum() == 0:
        return style.empty(query, rowless(study, query))
    table = table.assign(y=_rows(table))
    own = rule_outcomes.placed(study, query, table)
    patients = list(dict.fromkeys(own["patient_id"].astype(str)))
    right = rule_outcomes.LEFT + rule_outcomes.COLUMN * max(len(patients), 0.3)
    count = int(table["y"].max()) + 1
    headings = [*_headings(study, query, table), *rule_outcomes.names(study, query, patients)]
    return style.figure(
        query, *_forest(study, query, table), *_texts(study, query, table), *rule_outcomes.cells(study, query, own),
        xaxis={
            "range": [-3, right], "tickvals": [0, 25, 50, 75, 100], "side": "top", "fixedrange": True, "ticklen": 2,
            "showline": False,
        },
        yaxis=_labels(study, query, table, count), dragmode=False, margin={"l": 236, "r": 12, "t": 40, "b": 8},
        shapes=_active(study, query, table), annotations=headings,
        meta={"min_height": 48 + ROW * count, "sets": _sets(study, query, table, count), "ids": study.patient_ids},
    )  # fmt: skip


@lru_cache(maxsize=4)
def row_table(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `response.sensitivity.sensitivity` for the kept patients, the query's own cut-off included."""
    rules = rule_outcomes.rules(study, query)
    return derived.sensitivity(
        study, rule_outcomes.kept_ids(study, query), query.phase, query.choices, query.window, rules
    )


def rowless(study: Study, query: Query) -> str:
    """Why there is no row, and what to do."""
    where = formatting.escaped(phase_labels(study)[query.phase])
    return f"No rule can be told of anybody in what is kept ({where}).<br>Choose another phase, or remove a chip."


def _rows(table: pd.DataFrame) -> np.ndarray:
    """The row of each entry: relapses below their heading, then responses below theirs."""
    relapse = (table["kind"] == "relapse").to_numpy(bool)
    return np.where(relapse, np.cumsum(relapse), relapse.sum() + 1 + np.cumsum(~relapse))


def _is_active(study: Study, query: Query, table: pd.DataFrame) -> np.ndarray:
    response = (table["rule"] == query.response_key(study)) & (table["imputation"] == query.imputation)
    return np.where(table["kind"] == "response", response, table["rule"] == query.relapse)


def _active(study: Study, query: Query, table: pd.DataFrame) -> list[curves.Part]:
    """The rows of the rules that are chosen, and a line above each heading."""
    look = style.theme(query)
    place = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "line": {"width": 0}, "layer": "below"}
    rows = table["y"][_is_active(study, query, table)]
    bands = [{**place, "y0": y - 0.5, "y1": y + 0.5, "fillcolor": look.empty} for y in rows.tolist()]
    zero = {
        "type": "line",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": look.grid, "width": 1},
    }
    return [*bands, *({**zero, "x0": x, "x1": x} for x in (0, 50, FOREST))]


def _labels(study: Study, query: Query, table: pd.DataFrame, count: int) -> curves.Part:
    """A rule's label stands on its first row, its imputations on each."""
    first = ~table["rule"].where(table["kind"] == "response", "relapse " + table["rule"]).duplicated()
    rows = zip(table["label"], table["imputation"], first, _is_active(study, query, table), strict=True)
    text = [_label(label, imputation, named=named, active=active) for label, imputation, named, active in rows]
    return {
        "range": [count - 0.4, -0.6], "tickvals": table["y"].tolist(), "ticktext": text, "ticks": "", "showgrid": False,
        "showline": False, "fixedrange": True, "tickfont": {"size": 10},
    }  # fmt: skip


def _label(label: str, imputation: str, *, named: bool, active: bool) -> str:
    how = {"OC": "observed cases", "NRI": "non-responder imp.", "LOCF": "last obs. carried fwd"}.get(imputation, "")
    name = f"<b>{formatting.escaped(label)}</b>" if named else ""
    mark = "▸ " if active else ""
    return f"{mark}{name}  {how}".strip() if how else f"{mark}{name}"


def _sets(study: Study, query: Query, table: pd.DataFrame, count: int) -> list[dict[str, str] | None]:
    """What a click on each row chooses; None on a heading."""
    found: list[dict[str, str] | None] = [None] * count
    told_rows: list[Any] = list(table.itertuples())
    for row in told_rows:
        own = query.response if row.rule == query.response_key(study) else row.rule
        chosen = {"response": str(own), "imputation": str(row.imputation)}
        found[int(row.y)] = chosen if row.kind == "response" else {"relapse": str(row.rule)}
    return found


def _headings(study: Study, query: Query, table: pd.DataFrame) -> list[curves.Part]:
    """What the rows and columns are."""
    where = formatting.escaped(phase_labels(study)[query.phase])
    week = table.loc[table["kind"] == "response", "week"].max()
    rows = {
        0: f"Relapse, of those at risk, {where}",
        int((table["kind"] == "relapse").sum()) + 1: f"Response at nominal week {week:g}, {where}",
    }
    columns = {
        0: f"% of evaluable ({INTERVAL_NAMES[query.interval]} 95 %)",
        TEXTS["n"]: "n/N",
        TEXTS["interval"]: "%",
        TEXTS["median"]: "median weeks",
    }
    place = {"showarrow": False, "font": {"size": 10}}
    left = {"xref": "paper", "x": 0, "xanchor": "right", "xshift": -6, "yanchor": "middle"}
    top = {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 16}
    return [
        *({**place, **left, "y": y, "text": f"<i>{text}</i>"} for y, text in rows.items()),
        *(
            {**place, **top, "x": x, "xanchor": "left" if x == 0 else "center", "text": text}
            for x, text in columns.items()
        ),
    ]


def _forest(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """The percentages with their intervals, in ink: they are nobody's own."""
    look, rows = style.theme(query), table[table["percent"].notna()]
    percent = rows["percent"].to_numpy(float)
    whiskers = {
        "type": "data", "symmetric": False, "array": rows["high_percent"].to_numpy(float) - percent, "thickness": 1.2,
        "arrayminus": percent - rows["low_percent"].to_numpy(float), "width": 0, "color": look.muted,
    }  # fmt: skip
    told_rows: list[Any] = list(rows.itertuples())
    hover = [f"<b>{formatting.escaped(row.label)}</b><br>{_said(study, row)}" for row in told_rows]
    return [
        {
            "type": "scatter", "mode": "markers", "x": percent, "y": rows["y"].to_numpy(), "error_x": whiskers,
            "marker": {"symbol": "square", "size": 6, "color": look.ink}, "hoverinfo": "text", "hovertext": hover,
            "meta": {"row": True},
        }
    ]  # fmt: skip


def _said(study: Study, row: Any) -> str:
    """A row's numbers with the rule and how they were made, or the reason why there is none."""
    wording = rule_outcomes.rule_of(study, row).wording
    how = IMPUTATIONS[row.imputation].label if row.imputation else "observed values; an imputed one is no relapse"
    text = "not computed" if pd.isna(row.percent) else f"{row.positive:,} of {row.evaluable:,}: {_interval(row)}"
    since = "the phase's start to the first response" if row.kind == "response" else "the response to the relapse"
    median = f"Kaplan–Meier median of weeks from {since}: {_median(row).replace('n.r.', 'not reached') or 'none'}"
    return f"{text}<br>{formatting.wrap(wording, 70)}<br>{how}<br>{median}<br>{formatting.wrap(row.note, 70)}"


def _median(row: Any) -> str:
    """The Kaplan–Meier median, or that it was not reached by those who can be judged."""
    if not np.isnan(row.median_weeks):
        return f"{row.median_weeks:.3g}"
    return "" if pd.isna(row.evaluable) or row.evaluable == 0 else "n.r."


def _interval(row: Any) -> str:
    return formatting.rate(row.percent, row.low_percent, row.high_percent)


def _texts(study: Study, query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """n/N, percent with interval, and median week as text; n/c where a number is refused, with its reason."""
    told_rows: list[Any] = list(table.itertuples())
    known = [not pd.isna(row.percent) for row in told_rows]
    columns = {
        "n": [f"{row.positive:,}/{row.evaluable:,}" if ok else "n/c" for row, ok in zip(told_rows, known, strict=True)],
        "interval": [
            _interval(row) if ok else "refused" if pd.isna(row.evaluable) else "nobody evaluable"
            for row, ok in zip(told_rows, known, strict=True)
        ],
        "median": [_median(row) for row in told_rows],
    }
    hover = [f"<b>{formatting.escaped(row.label)}</b><br>{_said(study, row)}" for row in told_rows]
    font = {"size": 10, "color": style.theme(query).ink}
    return [
        {
            "type": "scatter", "mode": "text", "x": [TEXTS[name]] * len(text), "y": table["y"].to_numpy(), "text": text,
            "textfont": font, "hoverinfo": "text", "hovertext": hover, "meta": {"row": True},
        }
        for name, text in columns.items()
    ]  # fmt: skip
