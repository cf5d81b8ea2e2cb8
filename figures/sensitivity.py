"""Sensitivity: one row per rule × imputation, as a forest plot, and what each rule says of each patient."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import sensitivity as told
from analysis.imputation import IMPUTATIONS
from analysis.phases import phase_labels
from analysis.rules import RELAPSES, RESPONSES, response_rule
from analysis.verdicts import verdicts
from figures import curves, marks, style, words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from analysis.query import Query
    from data.study import Study

ROW = 17
"""Height of a row, px."""
FOREST, PATIENTS, COLUMN = 100, 232, 46
"""The axis: percent up to 100, then text, then the patients' columns, in the same units."""
TEXTS = {"n": 118, "interval": 150, "median": 202}
ROOMY = 4
"""For up to this many patients a verdict is told with its PASI and line."""
SHORT = {"no_response": "no", "no_relapse": "no", "not_at_risk": "not at risk", "not_evaluable": "n.e."}
HOVER = "<b>%{customdata[2]}</b>, %{customdata[3]}<br>%{customdata[4]}<extra></extra>"


def sensitivity(study: Study, query: Query) -> go.Figure:
    """Percent with its interval per rule and imputation, n/N, median week, and up to eight patients' own verdicts."""
    table = row_table(study, query)
    if table["evaluable"].fillna(0).sum() == 0:
        return style.empty(query, rowless(study, query))
    table = table.assign(y=_rows(table))
    own = _verdicts(study, query, table)
    patients = list(dict.fromkeys(own["patient_id"].astype(str)))
    right = PATIENTS + COLUMN * max(len(patients), 0.3)
    count = int(table["y"].max()) + 1
    return style.figure(
        query, *_forest(query, table), *_texts(query, table), *_cells(study, query, own),
        xaxis={
            "range": [-3, right], "tickvals": [0, 25, 50, 75, 100], "side": "top", "fixedrange": True, "ticklen": 2,
            "showline": False,
        },
        yaxis=_labels(query, table, count), dragmode=False, margin={"l": 236, "r": 12, "t": 40, "b": 8},
        shapes=_active(query, table), annotations=[*_headings(study, query, table), *_names(study, query, patients)],
        meta={"min_height": 48 + ROW * count, "sets": _sets(query, table, count), "ids": study.patient_ids},
    )  # fmt: skip


@lru_cache(maxsize=4)
def row_table(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `analysis.sensitivity.sensitivity` for the kept patients, the query's own cut-off included."""
    rules = list(dict.fromkeys([*RESPONSES, query.response_key]))
    return told.sensitivity(study, _kept(study, query), query.phase, query.choices, query.window, rules)


@lru_cache(maxsize=4)
def verdict_table(study: Study, query: Query) -> pd.DataFrame:
    """What each rule says of each kept patient, as `analysis.verdicts.verdicts` tells it."""
    rules = list(dict.fromkeys([*RESPONSES, query.response_key]))
    return verdicts(study, _kept(study, query), query.phase, query.baseline, query.window, query.clock, rules)


def rowless(study: Study, query: Query) -> str:
    """Why there is no row, and what to do."""
    where = words.escaped(phase_labels(study)[query.phase])
    return f"No rule can be told of anybody in what is kept ({where}).<br>Choose another phase, or remove a chip."


def why(row: Any) -> str:
    """A verdict in words: week, PASI, the line, and what it is measured from; or why there is none."""
    if row.verdict == "not_evaluable":
        return f"not evaluable: {words.escaped(row.reason)}"
    if row.verdict in SHORT:
        line = "" if np.isnan(row.threshold) else f" (line at PASI {row.threshold:.4g})"
        return {"no_response": "no response", "no_relapse": "no relapse"}.get(row.verdict, "never responded") + line
    if row.cause == "restart":
        return f"relapse at study week {row.week:.4g}: treatment restarted; PASI does not count"
    if row.kind == "response":
        return f"first at study week {row.week:.4g}: PASI {row.pasi:.4g}, line at {row.threshold:.4g}"
    sign = RELAPSES[row.rule].comparator
    low = f"lowest before: {row.nadir:.4g} at week {row.nadir_week:.4g}"
    return f"relapse at study week {row.week:.4g}: PASI {row.pasi:.4g} {sign} {row.threshold:.4g}; {low}"


def _kept(study: Study, query: Query) -> list[str]:
    return [patient for patient, kept in zip(study.patient_ids, curves.kept_flags(study, query), strict=True) if kept]


def _rows(table: pd.DataFrame) -> np.ndarray:
    """The row of each entry: relapses below their heading, then responses below theirs."""
    relapse = (table["kind"] == "relapse").to_numpy(bool)
    return np.where(relapse, np.cumsum(relapse), relapse.sum() + 1 + np.cumsum(~relapse))


def _is_active(query: Query, table: pd.DataFrame) -> np.ndarray:
    response = (table["rule"] == query.response_key) & (table["imputation"] == query.imputation)
    return np.where(table["kind"] == "response", response, table["rule"] == query.relapse)


def _active(query: Query, table: pd.DataFrame) -> list[curves.Part]:
    """The rows of the rules that are chosen, and a line above each heading."""
    look = style.theme(query)
    place = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "line": {"width": 0}, "layer": "below"}
    rows = table["y"][_is_active(query, table)]
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


def _labels(query: Query, table: pd.DataFrame, count: int) -> curves.Part:
    """A rule's label stands on its first row, its imputations on each."""
    first = ~table["rule"].where(table["kind"] == "response", "relapse " + table["rule"]).duplicated()
    rows = zip(table["label"], table["imputation"], first, _is_active(query, table), strict=True)
    text = [_label(label, imputation, named=named, active=active) for label, imputation, named, active in rows]
    return {
        "range": [count - 0.4, -0.6], "tickvals": table["y"].tolist(), "ticktext": text, "ticks": "", "showgrid": False,
        "showline": False, "fixedrange": True, "tickfont": {"size": 10},
    }  # fmt: skip


def _label(label: str, imputation: str, *, named: bool, active: bool) -> str:
    how = {"OC": "observed cases", "NRI": "non-responder imp.", "LOCF": "last obs. carried fwd"}.get(imputation, "")
    name = f"<b>{words.escaped(label)}</b>" if named else ""
    mark = "▸ " if active else ""
    return f"{mark}{name}  {how}".strip() if how else f"{mark}{name}"


def _sets(query: Query, table: pd.DataFrame, count: int) -> list[dict[str, str] | None]:
    """What a click on each row chooses; None on a heading."""
    found: list[dict[str, str] | None] = [None] * count
    told_rows: list[Any] = list(table.itertuples())
    for row in told_rows:
        own = query.response if row.rule == query.response_key else row.rule
        chosen = {"response": str(own), "imputation": str(row.imputation)}
        found[int(row.y)] = chosen if row.kind == "response" else {"relapse": str(row.rule)}
    return found


def _headings(study: Study, query: Query, table: pd.DataFrame) -> list[curves.Part]:
    """What the rows and columns are."""
    where = words.escaped(phase_labels(study)[query.phase])
    week = table.loc[table["kind"] == "response", "week"].max()
    rows = {
        0: f"Relapse, of those at risk, {where}",
        int((table["kind"] == "relapse").sum()) + 1: f"Response at nominal week {week:g}, {where}",
    }
    columns = {
        0: "percent of evaluable (95 %)",
        TEXTS["n"]: "n/N",
        TEXTS["interval"]: "%",
        TEXTS["median"]: "median week",
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


def _names(study: Study, query: Query, patients: list[str]) -> list[curves.Part]:
    palette = style.colors(study, query.theme)
    place = {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 16, "showarrow": False, "font": {"size": 11}}
    return [
        {
            **place,
            "x": _column(at),
            "text": f"<b><span style='color:{palette[patient]}'>{words.short(patient, 10)}</span></b>",
        }
        for at, patient in enumerate(patients)
    ]


def _column(at: int) -> float:
    return PATIENTS + COLUMN * (at + 0.5)


def _forest(query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """The percentages with their intervals, in ink: they are nobody's own."""
    look, rows = style.theme(query), table[table["percent"].notna()]
    percent = rows["percent"].to_numpy(float)
    whiskers = {
        "type": "data", "symmetric": False, "array": rows["high_percent"].to_numpy(float) - percent, "thickness": 1.2,
        "arrayminus": percent - rows["low_percent"].to_numpy(float), "width": 0, "color": look.muted,
    }  # fmt: skip
    told_rows: list[Any] = list(rows.itertuples())
    hover = [f"<b>{words.escaped(row.label)}</b><br>{_said(row)}" for row in told_rows]
    return [
        {
            "type": "scatter", "mode": "markers", "x": percent, "y": rows["y"].to_numpy(), "error_x": whiskers,
            "marker": {"symbol": "square", "size": 6, "color": look.ink}, "hoverinfo": "text", "hovertext": hover,
            "meta": {"row": True},
        }
    ]  # fmt: skip


def _said(row: Any) -> str:
    """A row's numbers with the rule and how they were made, or the reason why there is none."""
    rule = response_rule(row.rule) if row.kind == "response" else RELAPSES[row.rule]
    how = IMPUTATIONS[row.imputation].label if row.imputation else "observed PASI; an imputed one is no relapse"
    text = "not computed" if pd.isna(row.percent) else f"{row.positive:,} of {row.evaluable:,}: {_interval(row)}"
    return f"{text}<br>{words.wrap(rule.wording, 70)}<br>{how}<br>{words.wrap(row.note, 70)}"


def _interval(row: Any) -> str:
    return f"{row.percent:.0f} % ({row.low_percent:.0f}–{row.high_percent:.0f})"


def _texts(query: Query, table: pd.DataFrame) -> list[style.Trace]:
    """n/N, percent with interval, and median week as text; n/c where a number is refused, with its reason."""
    told_rows: list[Any] = list(table.itertuples())
    known = [not pd.isna(row.percent) for row in told_rows]
    columns = {
        "n": [f"{row.positive:,}/{row.evaluable:,}" if ok else "n/c" for row, ok in zip(told_rows, known, strict=True)],
        "interval": [
            _interval(row) if ok else "refused" if pd.isna(row.evaluable) else "nobody evaluable"
            for row, ok in zip(told_rows, known, strict=True)
        ],
        "median": ["" if np.isnan(row.median_week) else f"{row.median_week:.3g}" for row in told_rows],
    }
    hover = [f"<b>{words.escaped(row.label)}</b><br>{_said(row)}" for row in told_rows]
    font = {"size": 10, "color": style.theme(query).ink}
    return [
        {
            "type": "scatter", "mode": "text", "x": [TEXTS[name]] * len(text), "y": table["y"].to_numpy(), "text": text,
            "textfont": font, "hoverinfo": "text", "hovertext": hover, "meta": {"row": True},
        }
        for name, text in columns.items()
    ]  # fmt: skip


def _verdicts(study: Study, query: Query, table: pd.DataFrame) -> pd.DataFrame:
    """The verdicts on the patients, where they are few, with the row `y` and the column `x` of each."""
    if marks.crowd(study, query) != "few":
        return pd.DataFrame({"patient_id": []})
    found = verdict_table(study, query)
    first = table[table["imputation"].isin(["OC", ""])].set_index(["kind", "rule"])["y"]
    names = {patient: at for at, patient in enumerate(_kept(study, query))}
    return found.assign(
        y=first.loc[list(zip(found["kind"], found["rule"], strict=True))].to_numpy(),
        x=[_column(names[patient]) for patient in found["patient_id"].astype(str)],
    )


def _cells(study: Study, query: Query, own: pd.DataFrame) -> list[style.Trace]:
    """Per patient a mark where a rule was fulfilled (shape is the phase it lies in), and a text on every row."""
    traces: list[style.Trace] = []
    long = own["patient_id"].nunique() <= ROOMY
    for patient, rows in own.groupby("patient_id", observed=True, sort=False):
        color = style.colors(study, query.theme)[str(patient)]
        happened = rows[rows["week"].notna()]
        traces += [_marks(study, query, happened, color), _words(rows, color, long=long)]
    return traces


def _marks(study: Study, query: Query, rows: pd.DataFrame, color: str) -> style.Trace:
    made = (study.pasi["provenance"] == "illustrative").any()
    return {
        "type": "scatter", "mode": "markers", "x": rows["x"].to_numpy() - 18, "y": rows["y"].to_numpy(),
        "customdata": _custom(rows), "hovertemplate": HOVER,
        "marker": {
            "size": 8, "symbol": marks.shapes(rows), "line": {"color": color, "width": 1.4},
            "color": [style.theme(query).card if made else color] * len(rows),
        },
    }  # fmt: skip


def _words(rows: pd.DataFrame, color: str, *, long: bool) -> style.Trace:
    told_rows: list[Any] = list(rows.itertuples())
    text = [_brief(row, long=long) for row in told_rows]
    return {
        "type": "scatter", "mode": "text", "x": rows["x"].to_numpy() + 4, "y": rows["y"].to_numpy(), "text": text,
        "textfont": {"size": 10, "color": color}, "customdata": _custom(rows), "hovertemplate": HOVER,
    }  # fmt: skip


def _brief(row: Any, *, long: bool) -> str:
    """A verdict in a cell: the week since the phase's start and, where there is room, PASI against its line."""
    if row.verdict in SHORT:
        return SHORT[row.verdict]
    if not long:
        return f"wk {row.weeks:.3g}"
    rule = response_rule(row.rule) if row.kind == "response" else RELAPSES[row.rule]
    reason = "restarted" if row.cause == "restart" else f"{row.pasi:.3g} {rule.comparator} {row.threshold:.4g}"
    return f"wk {row.weeks:.3g}: {reason}"


def _custom(rows: pd.DataFrame) -> list[list[Any]]:
    """patient_id, week, who, rule, and why."""
    told_rows: list[Any] = list(rows.itertuples())
    labels = [(response_rule if row.kind == "response" else RELAPSES.__getitem__)(row.rule).label for row in told_rows]
    named = rows.assign(who=marks.who(rows), label=labels, why=[why(row) for row in told_rows])
    return marks.custom(named, ("who", "label", "why"))
