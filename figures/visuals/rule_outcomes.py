"""What each rule says of each patient: one column per patient on the rows of the sensitivity figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.outcomes import outcome_name, outcome_of
from analysis.response.rule_outcomes import verdicts
from analysis.response.rules import response_rule, rules_of
from figures.visuals import curves, formatting, marks, style
from figures.visuals.frame import once

if TYPE_CHECKING:
    from analysis.response.rule_kinds import Relapse, Response
    from data.study import Study
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame

SHORT = {"no_response": "no", "no_relapse": "no", "not_at_risk": "not at risk", "not_evaluable": "n.e."}
HOVER = "<b>%{customdata[2]}</b>, %{customdata[3]}<br>%{customdata[4]}<extra></extra>"


def kept_ids(frame: Frame) -> list[str]:
    """Ids of the kept patients, in display order."""
    return [patient for patient, kept in zip(frame.study.patient_ids, frame.kept, strict=True) if kept]


def rules(frame: Frame) -> list[str]:
    """Every response rule, the reader's own cut-off included."""
    return list(dict.fromkeys([*rules_of(frame.study).responses, frame.query.response_key(frame.study)]))


@once
def verdict_table(frame: Frame) -> pd.DataFrame:
    """What each rule says of each kept patient, as `analysis.response.rule_outcomes.verdicts` tells it."""
    study, query = frame.study, frame.query
    return verdicts(study, kept_ids(frame), query.phase, query.rules(study), rules(frame))


def rule_of(study: Study, row: Any) -> Response | Relapse:
    """The rule of a row of verdicts, or of the sensitivity table."""
    return response_rule(row.rule, outcome_of(study)) if row.kind == "response" else rules_of(study).relapses[row.rule]


def why(study: Study, row: Any) -> str:
    """A verdict in words: week, value, the line, and what it is measured from; or why there is none."""
    name = formatting.escaped(outcome_name(study))
    if row.verdict == "not_evaluable":
        return f"not evaluable: {formatting.escaped(row.reason)}"
    if row.verdict in SHORT:
        line = "" if np.isnan(row.threshold) else f" (line at {name} {row.threshold:.4g})"
        return {"no_response": "no response", "no_relapse": "no relapse"}.get(row.verdict, "never responded") + line
    if row.cause == "restart":
        return f"relapse at study week {row.week:.4g}: treatment restarted; {name} does not count"
    if row.kind == "response":
        return f"first at study week {row.week:.4g}: {name} {row.pasi:.4g}, line at {row.threshold:.4g}"
    sign = rules_of(study).relapses[row.rule].comparator
    low = f"best before: {row.nadir:.4g} at week {row.nadir_week:.4g}"
    return f"relapse at study week {row.week:.4g}: {name} {row.pasi:.4g} {sign} {row.threshold:.4g}; {low}"


def cells(frame: Frame, own: pd.DataFrame) -> list[Trace]:
    """Per patient a mark where a rule was fulfilled (shape is the phase it lies in), and a text on every row."""
    traces: list[Trace] = []
    for patient, rows in own.groupby("patient_id", observed=True, sort=False):
        color = frame.colors[str(patient)]
        happened = rows[rows["week"].notna()]
        traces += [_marks(frame, happened, color), _words(frame.study, rows, color)]
    return traces


def names(frame: Frame, patients: list[str]) -> list[curves.Part]:
    """Each patient's name above their column, in their colour."""
    palette = frame.inks
    place = {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 8, "showarrow": False, "font": {"size": 11}}
    return [
        {
            **place,
            "x": at,
            "text": f"<b><span style='color:{palette[patient]}'>{formatting.short(patient, 10)}</span></b>",
        }
        for at, patient in enumerate(patients)
    ]


def placed(frame: Frame, table: pd.DataFrame) -> pd.DataFrame:
    """The verdicts on the kept patients, with the row `y` and the column `x` of each."""
    found = verdict_table(frame)
    first = table[table["imputation"].isin(["OC", ""])].set_index(["kind", "rule"])["y"]
    names = {patient: at for at, patient in enumerate(kept_ids(frame))}
    return found.assign(
        y=first.loc[list(zip(found["kind"], found["rule"], strict=True))].to_numpy(),
        x=[float(names[patient]) for patient in found["patient_id"].astype(str)],
    )


def _marks(frame: Frame, rows: pd.DataFrame, color: str) -> Trace:
    made = (frame.study.pasi["provenance"] == "illustrative").any()
    return {
        "type": "scatter", "mode": "markers", "x": rows["x"].to_numpy() - 0.36, "y": rows["y"].to_numpy(),
        "customdata": _custom(frame.study, rows), "hovertemplate": HOVER,
        "marker": {
            "size": 8, "symbol": marks.shapes(rows), "line": {"color": color, "width": 1.4},
            "color": [frame.theme.card if made else color] * len(rows),
        },
    }  # fmt: skip


def _words(study: Study, rows: pd.DataFrame, color: str) -> Trace:
    told_rows: list[Any] = list(rows.itertuples())
    text = [_brief(row) for row in told_rows]
    return {
        "type": "scatter", "mode": "text", "x": rows["x"].to_numpy() + 0.04, "y": rows["y"].to_numpy(), "text": text,
        "textfont": {"size": 11, "color": style.inked(color)}, "customdata": _custom(study, rows),
        "hovertemplate": HOVER,
    }  # fmt: skip


def _brief(row: Any) -> str:
    """A verdict in a cell: the week since the phase's start."""
    return SHORT.get(row.verdict, f"wk {row.weeks:.3g}")


def _custom(study: Study, rows: pd.DataFrame) -> list[list[Any]]:
    """patient_id, week, who, rule, and why."""
    told_rows: list[Any] = list(rows.itertuples())
    labels = [formatting.escaped(rule_of(study, row).label) for row in told_rows]
    named = rows.assign(who=marks.who(rows), label=labels, why=[why(study, row) for row in told_rows])
    return marks.custom(named, ("who", "label", "why"))
