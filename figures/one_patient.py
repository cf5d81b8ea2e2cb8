"""One patient: NAP, Tau and Tau-U of each step from phase to phase, beside the visits they stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.comparisons import single_case
from analysis.outcomes import outcome_name, outcome_of
from analysis.phases import phase_labels, study_phases
from analysis.query import UNCHOSEN
from figures.treatments import lanes
from figures.visuals import formatting, marks, style
from figures.visuals.empty_state import absence
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    import pandas as pd

    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

ROW = 32
"""Height of a row, px."""
NAMES = {"nap": "NAP", "tau": "Tau", "tau_u": "Tau-U"}
NONE = {"nap": 0.5, "tau": 0.0, "tau_u": 0.0}
"""What no difference is."""
SPANS = {"nap": (0.0, 1.0), "tau": (-1.0, 1.0), "tau_u": (-1.5, 1.5)}
"""The ends of each coefficient's stretch; Tau-U may exceed ±1."""
WIDTH, GAP, TEXT = 1.0, 0.3, 3.4
"""Width of a stretch, of the gap behind it, and of the column of words, in axis units."""
HOVER = "<b>%{customdata[2]}</b>, %{customdata[3]}<br>%{customdata[4]}<extra></extra>"


@framed
def one_patient(frame: Frame) -> Figure:
    """A row per patient and step; a dot for each coefficient, right of the line is improvement; a refusal in words."""
    study, query = frame.study, frame.query
    table = effect_table(frame)
    if table.empty or (table["reason"] != "").all():
        return style.empty(query, effectless(frame, table))
    table = table.assign(y=np.arange(len(table)), who=marks.who(table), step=_steps(study, table), said=_said(table))
    return style.figure(
        query, *_dots(frame, table), _words(query, table), dragmode=False,
        xaxis=_axis(), margin={"l": 190, "r": 12, "t": 40, "b": 8}, shapes=_lines(query, table),
        yaxis={
            "range": [len(table) - 0.5, -0.5], "tickvals": table["y"].tolist(),
            "ticktext": _labels(frame, table),
            "ticks": "", "showgrid": False, "showline": False, "fixedrange": True,
        },
        annotations=_headings(),
        meta={"min_height": 52 + ROW * len(table), "rows": table["patient_id"].astype(str).tolist()},
    )  # fmt: skip


@framed
def effect_table(frame: Frame) -> pd.DataFrame:
    """The columns of `comparisons.single_case.phase_effects` for the patients on the query's page and the steps between
    the study's phases."""
    return _effect_table(frame.only(("patients", "groups", "lane_sort", "lane_page", "outcome", "better")))


@framed
def better(frame: Frame) -> str:
    """Which direction is improvement: the outcome's own, whatever was chosen for a subset."""
    return (
        frame.query.better if chosen(frame.query) else "rise" if outcome_of(frame.study).better == "higher" else "fall"
    )


def chosen(query: Query) -> bool:
    """Whether a subset is compared; else the outcome is."""
    return query.outcome != UNCHOSEN


def effectless(frame: Frame, table: pd.DataFrame) -> str:
    """Why there is no coefficient, and what to do."""
    said = "" if chosen(frame.query) else absence(frame.study, ["pasi"])
    if said:
        return said if frame.study.immune_subsets.empty else f"{said}<br>Or choose a subset as the outcome."
    reasons = "; ".join(dict.fromkeys(table["reason"])) or "no patient is kept"
    return f"Refused for everyone shown: {reasons}.<br>Choose another outcome, or remove a chip."


@framed
def outcome(frame: Frame) -> str:
    """What is compared, in words."""
    study, query = frame.study, frame.query
    labels = study.subset_definitions.set_index("subset")["label"]
    return str(labels[query.outcome]) if chosen(query) else outcome_name(study)


def headline(frame: Frame) -> formatting.Headline:
    """NAP of the first step that has one, whose and of how many visits."""
    table = effect_table(frame)
    known = table[table["reason"] == ""] if len(table) else table
    if known.empty:
        return formatting.unable(effectless(frame, table))
    row: Any = next(known.itertuples())
    names = phase_labels(frame.study)
    step = f"{formatting.middle(names[row.first], 24)} → {formatting.middle(names[row.second], 24)}"
    whose = f"{formatting.middle(str(row.patient_id), 16)}: n = {row.first_visits} and {row.second_visits} visits"
    return f"NAP {row.nap:.2f} ({row.nap_low:.2f}–{row.nap_high:.2f})", formatting.fitted(whose, step)


@framed
def wording(frame: Frame) -> str:
    """The direction, that Tau-U may exceed 1, that there is no p, and the rules."""
    direction = single_case.DIRECTIONS[better(frame)]
    said = [f"{direction[0].upper()}{direction[1:]}.", single_case.MAY_EXCEED, single_case.NO_P]
    return " ".join([*said, *single_case.RULES.values()])


def _steps(study: Study, table: pd.DataFrame) -> list[str]:
    names = {phase: formatting.escaped(label) for phase, label in phase_labels(study).items()}
    return [f"{names[one]} → {names[two]}" for one, two in zip(table["first"], table["second"], strict=True)]


def _said(table: pd.DataFrame) -> list[str]:
    rows: list[Any] = list(table.itertuples())
    return [
        row.reason
        or f"NAP {row.nap:.2f} ({row.nap_low:.2f}–{row.nap_high:.2f}), Tau {formatting.number(row.tau)}, "
        f"Tau-U {formatting.number(row.tau_u)}, of all pairs {formatting.number(row.tau_u_all)}"
        for row in rows
    ]


def _place(name: str, value: pd.Series | float) -> Any:
    """Where a value of a coefficient stands on the axis."""
    low, high = SPANS[name]
    return list(SPANS).index(name) * (WIDTH + GAP) + (value - low) / (high - low) * WIDTH


def _dots(frame: Frame, table: pd.DataFrame) -> list[Trace]:
    """One trace per coefficient, in the patients' colours."""
    known = table[table["reason"] == ""].assign(week=np.nan)
    palette = frame.colors
    color = [palette[patient] for patient in known["patient_id"].astype(str)]
    fill = frame.theme.card if frame.study.illustrative else None
    data = marks.custom(known, ("who", "step", "said"))
    return [
        {
            "type": "scatter", "mode": "markers", "x": _place(name, known[name]).to_numpy(float),
            "y": known["y"].to_numpy(), "customdata": data, "hovertemplate": HOVER,
            "marker": {"size": 8, "color": [fill or own for own in color], "line": {"color": color, "width": 1.6}},
            **({"error_x": _whiskers(frame.query, known)} if name == "nap" else {}),
        }
        for name in NAMES
    ]  # fmt: skip


def _whiskers(query: Query, known: pd.DataFrame) -> dict[str, Any]:
    """The interval of NAP around its dot, in axis units."""
    ends = {name: _place("nap", known[name]).to_numpy(float) for name in ("nap_low", "nap", "nap_high")}
    return {
        "type": "data", "symmetric": False, "array": ends["nap_high"] - ends["nap"], "thickness": 1.2, "width": 0,
        "arrayminus": ends["nap"] - ends["nap_low"], "color": style.theme(query).muted,
    }  # fmt: skip


def _words(query: Query, table: pd.DataFrame) -> Trace:
    """n of both phases and the coefficients, or why they are refused."""
    rows: list[Any] = list(table.itertuples())
    text = [f"{row.first_visits} | {row.second_visits}   {formatting.wrap(row.said, 34)}" for row in rows]
    return {
        "type": "scatter", "mode": "text", "x": [3 * (WIDTH + GAP)] * len(rows), "y": table["y"].to_numpy(),
        "text": text,
        "textposition": "middle right", "hoverinfo": "skip", "textfont": {"size": 11, "color": style.theme(query).ink},
    }  # fmt: skip


def _axis() -> dict[str, Any]:
    ticks = {name: (SPANS[name][0], NONE[name], SPANS[name][1]) for name in NAMES}
    places = [float(_place(name, value)) for name, values in ticks.items() for value in values]
    text = [formatting.significant(value) for values in ticks.values() for value in values]
    return {
        "range": [-0.05, 3 * (WIDTH + GAP) + TEXT], "tickvals": places, "ticktext": text, "side": "top",
        "fixedrange": True, "showgrid": False, "showline": False,
    }  # fmt: skip


def _lines(query: Query, table: pd.DataFrame) -> list[dict[str, Any]]:
    """The line of no difference of each coefficient, and one between patients."""
    look = style.theme(query)
    line, dots = {"type": "line", "layer": "below"}, {"color": look.muted, "width": 0.8, "dash": "dot"}
    down = {**line, "yref": "paper", "y0": 0, "y1": 1, "line": dots}
    across = {**line, "xref": "paper", "x0": 0, "x1": 1, "line": {"color": look.grid, "width": 1}}
    first = table.loc[~table["patient_id"].duplicated(), "y"].tolist()[1:]
    none = [float(_place(name, value)) for name, value in NONE.items()]
    return [*({**down, "x0": x, "x1": x} for x in none), *({**across, "y0": y - 0.5, "y1": y - 0.5} for y in first)]


def _labels(frame: Frame, table: pd.DataFrame) -> list[str]:
    """A patient's name stands on her first row, the step on each."""
    palette, first = frame.colors, ~table["patient_id"].duplicated()
    rows = zip(table["patient_id"].astype(str), table["step"], first, strict=True)
    return [
        (f"<b><span style='color:{palette[patient]}'>{formatting.short(patient, 12)}</span></b>  " if named else "")
        + step
        for patient, step, named in rows
    ]


def _headings() -> list[dict[str, Any]]:
    place = {"yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 18, "showarrow": False, "font": {"size": 11}}
    middles = {label: float(_place(name, sum(SPANS[name]) / 2)) for name, label in NAMES.items()}
    heads = [{**place, "x": x, "text": f"<b>{label}</b>"} for label, x in middles.items()]
    note = {
        "x": 3 * (WIDTH + GAP),
        "xanchor": "left",
        "text": "visits first | second; right is improvement",
    }
    return [*heads, {**place, **note}]


@once
def _effect_table(frame: Frame) -> pd.DataFrame:
    study, query = frame.study, frame.query
    known = study_phases(study)
    steps = [step for step in single_case.STEPS if set(step) <= set(known)]
    return single_case.phase_effects(
        study, lanes.page(frame), query.outcome if chosen(query) else None, better(frame), steps
    )
