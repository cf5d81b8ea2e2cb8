"""Responder rates over nominal visits, with their intervals, their denominators, and the choices they stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import patient_codes
from analysis.outcomes import outcome_of
from analysis.phases import CLOCKS, anchors, clock_labels, phase_labels
from analysis.response import rates as derived
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.rules import response_rule
from analysis.response.sensitivity import last_rates
from analysis.response.states import states_of
from analysis.response.summary import summaries
from figures.visuals import curves, formatting, state_table, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import absence, requires
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from analysis.response.rule_kinds import Response
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

INTERVAL_NAMES = {"wilson": "Wilson", "clopper_pearson": "Clopper–Pearson"}
HOVER = (
    "<b>%{customdata[1]}</b>, week %{customdata[2]:.4~g}<br>%{customdata[3]} of %{customdata[4]} responders: "
    "%{customdata[5]}<br>%{customdata[6]}<extra></extra>"
)


@requires("pasi")
def rates(frame: Frame) -> Figure:
    """One line per group with whiskers, and responders/evaluable under the axis at each visit; where no visit has
    enough patients for a rate, a table of each one's state."""
    study, query = frame.study, frame.query
    if why := undrawn(frame):
        return style.empty(query, why)
    table = _drawable(rate_table(frame))
    if table["rate_percent"].isna().all():
        return _states(frame)
    names = table["group"].astype(str).unique().tolist()
    look = curves.looks(frame, names, "group")
    each = [(name, rows, _offset(i, len(names))) for i, (name, rows) in enumerate(_groups(table))]
    shown = _shown(table)
    margin, least = curves.room(len(names))
    return style.figure(
        query,
        *(_line(frame, name, rows, look[name], shift) for name, rows, shift in each),
        xaxis=curves.visit_axis(table["week"], shown, clock_labels(study)[query.clock]),
        yaxis=curves.percent_axis(f"{formatting.escaped(_rule(frame).label)} (%)"),
        margin=margin,
        dragmode=False,
        annotations=[curves.heading("responders/n"), *_rows(table, look, shown)],
        meta={"min_height": least, "ids": study.patient_ids, "members": members(frame)},
    )


@once
def rate_table(frame: Frame) -> pd.DataFrame:
    """The columns of `response.rates.rates` for the query, plus observed_responders, observed_evaluable (as observed
    cases), imputed (bool: the imputation changed either), sparse (bool: of observed cases, too few of those due) and x
    (the place of the visit: they are evenly spaced, so that every denominator finds room)."""
    study, query = frame.study, frame.query
    how = dict.fromkeys(("OC", query.imputation))
    kept: dict[str, Any] = {name: value for name, value in query.kept.items() if name != "clock"}
    table = derived.rates(study, [query.response_key(study)], list(how), [query.phase], query.choices, **kept)
    observed = table[table["imputation"] == "OC"].reset_index(drop=True)
    own = table[table["imputation"] == query.imputation].reset_index(drop=True)
    same = (own["responders"] == observed["responders"]) & (own["evaluable"] == observed["evaluable"])
    return own.assign(
        observed_responders=observed["responders"],
        observed_evaluable=observed["evaluable"],
        x=np.unique(own["week"], return_inverse=True)[1],
        imputed=own["evaluable"].notna() & ~same.fillna(value=True).astype(bool),
        sparse=(own["imputation"] == "OC") & (own["evaluable"] < derived.ENOUGH * own["due"]).fillna(value=False),
    )


@once
def members(frame: Frame) -> dict[str, list[int]]:
    """The key of each mark -> positions of the kept patients who count as responders there."""
    study, query = frame.study, frame.query
    weeks, flags = derived.responded(study, query.response_key(study), query.imputation, query.phase, query.choices)
    flags = flags & frame.kept[:, None]
    group = study.patients["group"].astype(str).to_numpy()
    table = _drawable(rate_table(frame))
    shown = table[table["rate_percent"].notna()]
    return {
        _key(name, week): np.flatnonzero(flags[:, weeks == week].any(axis=1) & (group == name)).tolist()
        for name, week in zip(shown["group"].astype(str), shown["week"].to_numpy(float), strict=True)
    }


def _drawable(table: pd.DataFrame) -> pd.DataFrame:
    """Without the rates, intervals and members of fewer than `ENOUGH_PATIENTS`; their counts stay."""
    few = ~(table["evaluable"] >= derived.ENOUGH_PATIENTS).fillna(value=False).to_numpy(bool)
    return table.assign(**{name: table[name].mask(few) for name in ("rate_percent", "low_percent", "high_percent")})


def _states(frame: Frame) -> Figure:
    """When each kept patient responded and when that was lost, and their state at the last visit."""
    table = state_rows(frame)
    heads = {"responded": _rule(frame).label, "lost": "lost again", "now": "at the last visit"}
    return state_table.state_table(frame, table, heads, "star")


def state_rows(frame: Frame) -> pd.DataFrame:
    """patient_id, week (of the first response on the study's clock; NaN: none), responded, lost, now and said in
    words, of each kept patient, in display order."""
    study, query = frame.study, frame.query
    found = summaries(study, [query.phase], query.rules(study))[frame.kept]
    names, labels = clock_weeks(frame, found), {key: one.label for key, one in states_of(study).items()}
    told: list[Any] = list(
        zip(
            found.itertuples(),
            names["first_response_week"],
            names["response_lost_week"],
            names["last_week"],
            strict=True,
        )
    )
    cells = [_state(row, labels, *weeks) for row, *weeks in told]
    columns = pd.DataFrame(cells, columns=["responded", "lost", "now", "said"], index=found.index)
    return found[["patient_id"]].assign(week=found["first_response_week"], **columns).reset_index(drop=True)


def clock_weeks(frame: Frame, table: pd.DataFrame) -> pd.DataFrame:
    """The weeks of a table of `summaries` on the query's clock."""
    zero = anchors(frame.study)[CLOCKS[frame.query.clock].anchor].to_numpy(float)[patient_codes(table)]
    return table[["first_response_week", "response_lost_week", "last_week"]].sub(zero, axis=0)


def _state(row: Any, labels: dict[str, str], first: float, lost: float, last: float) -> tuple[str, str, str, str]:
    """The three cells of a patient, and all of it in words."""
    week = formatting.week
    if row.reason:
        return "not evaluable", "–", "–", formatting.escaped(row.reason)
    now = f"{labels[str(row.state_now)]} ({week(last)})" if not np.isnan(last) else "–"
    if np.isnan(first):
        return "no", "–", now, f"no response in {row.visits:,} visits, last {week(last)}"
    gone = "no" if np.isnan(lost) else week(lost)
    return week(first), gone, now, f"first response {week(first)}, lost again: {gone}"


def headline(frame: Frame) -> formatting.Headline:
    """Responders of all as one group at the last visit with enough of them; of few, whoever responded at any visit."""
    study, query = frame.study, frame.query
    if why := undrawn(frame):
        return formatting.unable(why)
    rule, patients = formatting.middle(_rule(frame).label, 30), int(frame.kept.sum())
    table = last_rates(study, _kept(frame), query.phase, query.choices, query.window, query.response_key(study))
    row: Any = next(table[table["imputation"] == query.imputation].itertuples())
    if not pd.isna(row.evaluable) and row.evaluable >= derived.ENOUGH_PATIENTS:
        percent, low, high = derived.percent_texts(row.rate_percent, row.low_percent, row.high_percent)
        told = f"95 % CI {low}–{high}; {row.responders:,} of {row.evaluable:,} at week {row.week:.4g}"
        return f"{percent} % reached {rule}", formatting.fitted(
            told, "all groups together", IMPUTATIONS[query.imputation].label
        )
    states = state_rows(frame)
    known = states["responded"] != "not evaluable"
    number = f"{int(states['week'].notna().sum()):,} of {int(known.sum()):,} {rule}"
    return number, formatting.fitted(
        f"at any visit{_from(frame)}; n = {formatting.plural(patients, 'patient')}",
        formatting.middle(phase_labels(study)[query.phase], 24),
        "too few at one visit for a rate",
    )


def _from(frame: Frame) -> str:
    """The baseline of a response that has one."""
    own = frame.query.phase != "all" and frame.query.baseline == "phase"
    said = "the phase's own baseline" if own else "the first baseline"
    return f", from {said}" if _rule(frame).relative else ""


def _kept(frame: Frame) -> list[str]:
    return frame.study.patients["patient_id"].astype(str)[frame.kept].tolist()


def _rule(frame: Frame) -> Response:
    return response_rule(frame.query.response_key(frame.study), outcome_of(frame.study))


def rateless(table: pd.DataFrame) -> str:
    """Why there is no rate, and what to do."""
    if table.empty:
        return "No visit of this phase in what is kept.<br>Remove a chip above, or choose another phase."
    reason = formatting.wrap(str(table["note"].iloc[0].split(";")[0]), 60)
    return f"No rate can be told: {reason}.<br>Choose another imputation, rule or phase, or remove a chip."


@once
def undrawn(frame: Frame) -> str:
    """Why there are no rates, and what to do; "" where there are."""
    groups = frame.study.patients["group"][frame.kept].nunique()
    if crowded := curves.too_many(groups, "groups", "Keep some of them."):
        return crowded
    table = rate_table(frame)
    return rateless(table) if table["rate_percent"].notna().sum() == 0 else ""


@framed
def wording(frame: Frame) -> Note:
    """The rule, the imputation and the handling of restarts that the rates stand on; "" where there are none."""
    study, query = frame.study, frame.query
    if absence(study, ("pasi",)) or undrawn(frame):
        return Note()
    table = rate_table(frame)
    imputation = IMPUTATIONS[query.imputation]
    how = f"{imputation.label}, {POLICIES[query.policy].label}, {INTERVAL_NAMES[query.interval]} 95 %"
    ring = "A ring with a dot: imputation changed the count." if table["imputed"].any() else ""
    refused = table["note"][table["evaluable"].isna()]
    why = f"n/c: {refused.iloc[0].split(';')[0]}." if len(refused) else ""
    return Note(
        computed=(_ruled(frame),),
        whom=(f"Missing visits: {how}.", ring, why, "Illustrative values." if study.illustrative else ""),
        limits=_thin(table),
    )


def _ruled(frame: Frame) -> str:
    query, rule = frame.query, _rule(frame)
    baseline = "original" if query.phase == "all" else {"phase": "the phase's own"}.get(query.baseline, query.baseline)
    return f"{rule.label}: {rule.wording} Baseline: {baseline}; {phase_labels(frame.study)[query.phase]}."


def _thin(table: pd.DataFrame) -> tuple[str, str]:
    """That too few were observed, or are too few for a rate."""
    small = _drawable(table)["rate_percent"].notna().sum() < table["rate_percent"].notna().sum()
    least = f"No rate is drawn of fewer than {derived.ENOUGH_PATIENTS} patients." if small else ""
    few = f"†: fewer than {100 * derived.ENOUGH:g} % of those due were observed." if table["sparse"].any() else ""
    return few, least


def _groups(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(name), rows) for name, rows in table.groupby("group", observed=True, sort=False)]


def _offset(position: int, count: int) -> float:
    """How far a group's marks stand beside their visit, so that whiskers do not cover each other."""
    return 0.16 * (position - (count - 1) / 2)


def _key(group: str, week: float) -> str:
    return f"{group}|{week:g}"


def _line(frame: Frame, name: str, rows: pd.DataFrame, look: curves.Look, shift: float) -> Trace:
    """A group's rates: a ring where the study is illustrative, a ring with a dot where imputation changed the count."""
    rate, imputed = rows["rate_percent"].to_numpy(float), rows["imputed"].to_numpy(bool)
    card = frame.theme.card
    whiskers = {
        "type": "data", "symmetric": False, "array": rows["high_percent"].to_numpy(float) - rate, "thickness": 1,
        "arrayminus": rate - rows["low_percent"].to_numpy(float), "width": 0, "color": style.fade(look["color"], 0.5),
    }  # fmt: skip
    return {
        "type": "scatter", "mode": "lines+markers", "x": rows["x"].to_numpy(float) + shift, "y": rate,
        "line": {**look, "width": 1.6}, "error_y": whiskers, "customdata": _custom(name, rows), "hovertemplate": HOVER,
        "marker": {
            "size": 7, "symbol": np.where(imputed, "circle-dot", "circle").tolist(),
            "color": np.where(imputed | frame.study.illustrative, card, look["color"]).tolist(),
            "line": {"color": look["color"], "width": 1.4},
        },
        "name": name, "meta": {"members": True},
    }  # fmt: skip


def _custom(name: str, rows: pd.DataFrame) -> list[list[Any]]:
    """key, group, week, responders, evaluable, rate with its interval, and how it was made."""
    told_rows: list[Any] = list(rows.itertuples())
    return [
        [
            _key(name, row.week), formatting.escaped(name), row.week, _count(row.responders), _count(row.evaluable),
            _rate(row), formatting.escaped(row.note),
        ]
        for row in told_rows
    ]  # fmt: skip


def _count(value: Any) -> str:
    return "n/c" if pd.isna(value) else f"{int(value):,}"


def _rate(row: Any) -> str:
    if np.isnan(row.rate_percent):
        return "not computed"
    text = formatting.rate(row.rate_percent, row.low_percent, row.high_percent)
    return f"{text}; observed cases {row.observed_responders}/{row.observed_evaluable}" if row.imputed else text


def _shown(table: pd.DataFrame) -> list[int]:
    """The places whose numbers find room under the axis: all of them, unless there are many visits."""
    seen = table[table["evaluable"].isna() | (table["evaluable"] > 0)]
    places = np.unique(seen["x"].to_numpy(float))
    kept = curves.apart(places, _fractions(seen), 0.0, float(table["x"].max()))
    return places[kept].astype(int).tolist()


def _rows(table: pd.DataFrame, looks: dict[str, curves.Look], shown: list[int]) -> list[curves.Part]:
    """responders/evaluable under the axis at the visits shown; n/c with its reason where it is refused."""
    table = table.assign(text=_fractions(table))
    parts: list[curves.Part] = []
    for line, (name, rows) in enumerate(_groups(table)):
        printed = rows[rows["x"].isin(shown)]
        notes = [formatting.escaped(note) for note in printed["note"]]
        parts += curves.row_name(line, name, looks[name])
        parts += curves.cells(line, printed["x"].tolist(), printed["text"].tolist(), notes, looks[name]["color"])
    return parts


def _fractions(table: pd.DataFrame) -> list[str]:
    cells = zip(table["responders"], table["evaluable"], table["sparse"], strict=True)
    return [_count(of) if _count(of) == "n/c" else f"{hits}/{of}{'†' if few else ''}" for hits, of, few in cells]
