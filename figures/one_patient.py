"""Patient by patient: who, what was given, what became of the outcome in each phase, and how its visits compare from
phase to phase: NAP, Tau and Tau-U."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis import patient_course
from analysis.comparisons import single_case
from analysis.outcomes import outcome_name, outcome_of
from analysis.phases import CLOCKS, anchors, phase_labels, study_phases
from analysis.query import UNCHOSEN
from figures.treatments import lanes
from figures.visuals import formatting, marks, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import absence
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

LINE, WIDTH = 16, 400
"""Height of a line of text, px; width of the chart in axis units, of which one is about a pixel beside the figure."""
FULL, BESIDE, BEFORE_DOTS = 66, 49, 31
"""Characters of a line of its own, of one beside a phase's name, and of one left of the dots."""
PHASE = 98
"""Where the text beside a phase's name starts."""
NAMES = {"nap": "NAP", "tau": "Tau", "tau_u": "Tau-U"}
NONE = {"nap": 0.5, "tau": 0.0, "tau_u": 0.0}
"""What no difference is."""
SPANS = {"nap": (0.0, 1.0), "tau": (-1.0, 1.0), "tau_u": (-1.5, 1.5)}
"""The ends of each coefficient's stretch; Tau-U may exceed ±1."""
STRETCHES = {"nap": (190.0, 240.0), "tau": (254.0, 310.0), "tau_u": (324.0, 396.0)}
"""Where the stretches lie, in axis units."""
OWN_WEEKS = "Weeks in this list are study weeks, not those of the figure."
RULED = (
    "Baselines, states and milestones are those of the response table, by the rules in force; weeks are the study's. "
    "NAP, Tau and Tau-U compare all visits of two phases, whichever weeks are used."
)
FIELDS = frozenset(
    {*patient_course.FIELDS, "patients", "groups", "lane_sort", "lane_page", "outcome", "better", "theme"}
)
HOVER = "<b>%{customdata[2]}</b>, %{customdata[3]}<br>%{customdata[4]}<extra></extra>"


@dataclass(frozen=True)
class Line:
    """A text of the chart, already escaped: its patient (None: everyone), row and place, and on which side of that."""

    patient: str | None
    row: int
    x: float
    text: str
    position: str = "middle right"


@framed
def one_patient(frame: Frame) -> Figure:
    """A block of lines per patient, and a dot for each coefficient, right of the dotted line is improvement."""
    study, query = frame.study, frame.query
    table, shown = effect_table(frame), lanes.page(frame)
    if not shown or (not chosen(query) and absence(study, ["pasi"])):
        return style.empty(query, effectless(frame, table))
    table = table.assign(who=marks.who(table), step=_steps(study, table), said=_said(table), y=np.nan)
    lines, rows = _blocks(frame, shown, table)
    table = table.assign(y=table.index.map(rows).astype(float))
    count = lines[-1].row + 2
    owners = dict.fromkeys(range(count)) | {line.row: line.patient for line in lines}
    return style.figure(
        query, *_dots(frame, table), _words(query, lines), dragmode=False,
        xaxis=_axis([0, WIDTH]), yaxis=_axis([count - 0.5, -0.5]), margin={"l": 4, "r": 4, "t": 4, "b": 4},
        shapes=_shapes(query, lines, table),
        meta={"min_height": 8 + LINE * count, "rows": list(owners.values())},
    )  # fmt: skip


def _blocks(frame: Frame, shown: Sequence[str], table: pd.DataFrame) -> tuple[list[Line], dict[Any, int]]:
    """The lines of every patient, and the row of each step that has coefficients, by its label in the table."""
    study, query = frame.study, frame.query
    courses = patient_course.patient_courses(study, query, shown)
    inks = style.inks(study, query.theme)
    steps: dict[Any, pd.DataFrame] = dict(iter(table.groupby(table["patient_id"].astype(str), sort=False)))
    lines = [Line(None, 0, 0, OWN_WEEKS)] if _other_weeks(study, query) else []
    rows: dict[Any, int] = {}
    for patient in shown:
        start = lines[-1].row + (2 if lines[-1].patient else 1) if lines else 0
        name = f"<b>{style.tinted(formatting.short(patient, 40), inks[patient])}</b>"
        lines += [Line(patient, start, 0, name), *_course(patient, start + 1, courses[patient])]
        if patient in steps:
            lines += _compared(frame, lines[-1].row + 1, steps[patient], rows)
    return lines, rows


def _course(patient: str, row: int, course: patient_course.PatientCourse) -> list[Line]:
    """Who, what was given, the outcome, and each phase beside its name."""
    found: list[Line] = []
    texts = [" · ".join(course.who), " · ".join(course.given), course.outcome]
    for text in (line for whole in texts for line in textwrap.wrap(whole, FULL)):
        found.append(Line(patient, row + len(found), 0, formatting.escaped(text)))
    for name, said in course.phases:
        row_of = found[-1].row + 1
        beside = [line for text in said for line in textwrap.wrap(text, BESIDE)]
        found.append(Line(patient, row_of, 0, formatting.short(name, 16)))
        found += [Line(patient, row_of + at, PHASE, formatting.escaped(text)) for at, text in enumerate(beside)]
    return found


def _compared(frame: Frame, row: int, steps: pd.DataFrame, rows: dict[Any, int]) -> list[Line]:
    """How the visits of one phase compare with those of another: the heads, then each step, or why it is refused."""
    known = steps[steps["reason"] == ""]
    patient = str(steps["patient_id"].iloc[0])
    title = f"<b>{formatting.short(outcome(frame), BEFORE_DOTS - 10)}</b> compared"
    found = [Line(patient, row, 0, title), *(_heads(patient, row) if len(known) else ())]
    told: list[Any] = sorted(steps.itertuples(), key=lambda one: bool(one.reason))
    for one in told:
        row_of = found[-1].row + 1
        n = f"n = {one.first_visits} and {one.second_visits}"
        if one.reason:
            refused = textwrap.wrap(f"{formatting.plain(one.step)}: {one.reason} ({n})", FULL)
            found += [Line(patient, row_of + at, 0, formatting.escaped(text)) for at, text in enumerate(refused)]
            continue
        rows[one.Index] = row_of
        values = {"nap": f"{one.nap:.2f}", "tau": formatting.number(one.tau), "tau_u": formatting.number(one.tau_u)}
        below = [Line(patient, row_of + 1, _middle(key), text, "middle center") for key, text in values.items()]
        step = formatting.short(formatting.plain(one.step), BEFORE_DOTS + 2)
        ends = f"{n}; NAP {one.nap_low:.2f}–{one.nap_high:.2f}"
        found += [Line(patient, row_of, 0, step), Line(patient, row_of + 1, 0, ends), *below]
    return found


def _heads(patient: str, row: int) -> list[Line]:
    """The coefficients' names over the ends of their stretches."""
    names = [Line(patient, row, _middle(key), f"<b>{name}</b>", "middle center") for key, name in NAMES.items()]
    ends = [
        Line(patient, row + 1, x, formatting.significant(end), position)
        for key in NAMES
        for x, end, position in zip(STRETCHES[key], SPANS[key], ("middle right", "middle left"), strict=True)
    ]
    return [*names, *ends]


def _other_weeks(study: Study, query: Query) -> bool:
    """Whether the figure counts its weeks from elsewhere than the study."""
    zero = anchors(study)[CLOCKS[query.clock].anchor]
    return bool((zero.notna() & (zero != 0)).any())


def _middle(name: str) -> float:
    return sum(STRETCHES[name]) / 2


@framed
def effect_table(frame: Frame) -> pd.DataFrame:
    """The columns of `comparisons.single_case.phase_effects` for the patients on the query's page and the steps between
    the study's phases."""
    return _effect_table(frame.only(("patients", "groups", "lane_sort", "lane_page", "outcome", "better")))


@framed
def better(frame: Frame) -> str:
    """Which direction is improvement: the outcome's own, whatever was chosen for a subset."""
    if chosen(frame.query):
        return frame.query.better
    return "rise" if outcome_of(frame.study).better == "higher" else "fall"


def chosen(query: Query) -> bool:
    """Whether a subset is compared; else the outcome is."""
    return query.outcome != UNCHOSEN


def effectless(frame: Frame, table: pd.DataFrame) -> str:
    """Why there is no coefficient, and what to do."""
    study = frame.study
    said = "" if chosen(frame.query) else absence(study, ["pasi"])
    if said:
        return said if study.immune_subsets.empty else f"{said}<br>Or choose a subset as the outcome."
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
        return _without(frame, table)
    row: Any = next(known.itertuples())
    names = phase_labels(frame.study)
    step = f"{formatting.middle(names[row.first], 24)} → {formatting.middle(names[row.second], 24)}"
    whose = f"{formatting.middle(str(row.patient_id), 16)}: n = {row.first_visits} and {row.second_visits} visits"
    return f"NAP {row.nap:.2f} ({row.nap_low:.2f}–{row.nap_high:.2f})", formatting.fitted(whose, step)


def _without(frame: Frame, table: pd.DataFrame) -> formatting.Headline:
    """How many patients are shown and why none has a coefficient; or why nothing is shown."""
    shown = lanes.page(frame)
    if not shown or (not chosen(frame.query) and absence(frame.study, ["pasi"])):
        return formatting.unable(effectless(frame, table))
    reasons = dict.fromkeys(table["reason"]) if len(table) else ["there is one phase"]
    return formatting.plural(len(shown), "patient"), formatting.fitted(f"no NAP or Tau: {'; '.join(reasons)}")


@framed
def wording(frame: Frame) -> Note:
    """The direction, that Tau-U may exceed 1, that there is no p, and the rules."""
    direction = single_case.DIRECTIONS[better(frame)]
    return Note(
        computed=(RULED, f"{direction[0].upper()}{direction[1:]}.", *single_case.RULES.values()),
        judged=(single_case.NO_P,),
        limits=(single_case.MAY_EXCEED,),
    )


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
    left, right = STRETCHES[name]
    return left + (value - low) / (high - low) * (right - left)


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


def _words(query: Query, lines: Sequence[Line]) -> Trace:
    """All texts of the chart."""
    return {
        "type": "scatter", "mode": "text", "x": [line.x for line in lines], "y": [line.row for line in lines],
        "text": [line.text for line in lines], "textposition": [line.position for line in lines],
        "hoverinfo": "skip", "textfont": {"size": 11, "color": style.theme(query).ink}, "cliponaxis": False,
    }  # fmt: skip


def _axis(ends: list[float]) -> dict[str, Any]:
    return {"range": ends, "visible": False, "fixedrange": True}


def _shapes(query: Query, lines: Sequence[Line], table: pd.DataFrame) -> list[dict[str, Any]]:
    """The line of no difference of each coefficient, and one between patients."""
    look = style.theme(query)
    dots, grid = {"color": look.muted, "width": 0.8, "dash": "dot"}, {"color": look.grid, "width": 1}
    none = [float(_place(name, value)) for name, value in NONE.items()]
    down = [{"x0": x, "x1": x, "y0": y - 0.5, "y1": y + 0.4, "line": dots} for y in table["y"].dropna() for x in none]
    firsts = [two.row for one, two in pairwise(lines) if one.patient and one.patient != two.patient]
    across = [{"xref": "paper", "x0": 0, "x1": 1, "y0": y - 1, "y1": y - 1, "line": grid} for y in firsts]
    return [{"type": "line", "layer": "below", **shape} for shape in (*down, *across)]


@once
def _effect_table(frame: Frame) -> pd.DataFrame:
    study, query = frame.study, frame.query
    known = study_phases(study)
    steps = [step for step in single_case.STEPS if set(step) <= set(known)]
    return single_case.phase_effects(
        study, lanes.page(frame), query.outcome if chosen(query) else None, better(frame), steps
    )
