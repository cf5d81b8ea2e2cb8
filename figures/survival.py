"""Kaplan–Meier curves of times to an event, with numbers at risk, and what they stand on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.outcomes import outcome_of
from analysis.phases import phase_labels
from analysis.response import survival as derived
from analysis.response.rates import ENOUGH_PATIENTS
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import response_rule, rules_of
from analysis.response.time_to_event import MEASURES, Followed, wordings
from figures.visuals import curves, formatting, state_table, style
from figures.visuals.contract import Note
from figures.visuals.empty_state import absence
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.arrays import Floats
    from analysis.query import Query
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame


@dataclass(frozen=True)
class Shown:
    """How a measure is drawn: the axis title and what its weeks are since, with places for the `best` usual response;
    the wording of its rule; `rising`: as 1 − Kaplan–Meier; `had`: what those have had whom an incidence counts; `sign`:
    the mark, and `event` and `none` the
    words, of a table of states."""

    title: str
    rule: Callable[[Frame], str]
    since: str
    rising: bool = False
    had: str = ""
    sign: str = "star"
    event: str = "after {weeks}"
    none: str = "none in {weeks}"


def _response(frame: Frame) -> str:
    rule = response_rule(frame.query.response_key(frame.study), outcome_of(frame.study))
    return f"{rule.label}: {rule.wording}"


def _relapse(frame: Frame) -> str:
    rule = rules_of(frame.study).relapses[frame.query.relapse]
    return f"{rule.label}: {rule.wording}"


def _loss(frame: Frame) -> str:
    rules = rules_of(frame.study)
    return rules.relapses[rules.lasting].wording


def _none(_: Frame) -> str:
    return ""


SHOWN = {
    "response": Shown("have responded (%), 1 − KM", _response, "the phase started", rising=True, had="have responded"),
    "relapse": Shown("without relapse (%)", _relapse, "first response", had="have relapsed", sign="x"),
    "durability": Shown("still at {best} (%)", _loss, "first {best}", had="have lost {best}", sign="x"),
    "drug_survival": Shown(
        "still on the drug (%)",
        _none,
        "the start of the course",
        had="have stopped",
        sign="square",
        event="stopped after {weeks}",
        none="still on it at {weeks}",
    ),
}


def shown_as(frame: Frame) -> Shown:
    """How the query's measure is drawn; where a restart competes, as a cumulative incidence."""
    rules, shown = rules_of(frame.study), SHOWN[frame.query.measure]
    best = rules.relapses[rules.lasting].after.label
    title, since, had = (formatting.escaped(text.format(best=best)) for text in (shown.title, shown.since, shown.had))
    shown = replace(shown, title=title, since=since, had=had)
    competes = replace(shown, title=f"{shown.had} (%), cumulative incidence", rising=True)
    return competes if frame.query.at_restart == "compete" else shown


BY = {"group": "group", "treatment": "treatment", "all": None}
HOVER = "<b>%{customdata[1]}</b>, week %{customdata[2]:.4~g}<br>%{customdata[3]}<extra></extra>"
WIDE = 62
"""Characters about a curve that find room on a line above the plot."""

KEY_ROW = 15
"""Height of a line of words above the plot, px."""


@framed
def survival(frame: Frame) -> Figure:
    """One curve per group (or treatment) with its 95 % band, ticks where follow-up ends, and numbers at risk; where no
    curve has enough times, a table of each one's event."""
    study, query = frame.study, frame.query
    if why := undrawn(frame):
        return style.empty(query, why)
    times = times_table(frame)
    large = _large(times, query)
    if not large.any():
        return state_table.state_table(frame, state_rows(frame), _heads(frame), SHOWN[query.measure].sign)
    steps = derived.curves(times[large], BY[query.curves_by])
    each = {str(name): rows for name, rows in steps.groupby("group", sort=False)}
    look, shown = curves.looks(frame, list(each), query.curves_by), shown_as(frame)
    last = max(float(steps["week"].max()), 1.0)
    margin, least = curves.room(len(each))
    named = _names(derived.bounded_medians(times[large], BY[query.curves_by]))
    traces = [trace for name, rows in each.items() for trace in _curve(name, rows, look[name], shown, named[name])]
    key = _key_lines(named, look)
    above = KEY_ROW * sum(1 + text.count("<br>") for text in named.values())
    return style.figure(
        query, *traces, yaxis=curves.percent_axis(shown.title),
        xaxis=curves.week_axis(0.0, last, f"weeks since {shown.since}"),
        margin=margin | {"t": margin["t"] + above}, dragmode=False,
        annotations=[*key, curves.heading("at risk"), *_at_risk(times[large], query, look, last)],
        meta={"min_height": least + above, "ids": study.patient_ids, "members": members(frame)},
    )  # fmt: skip


def _crowded(times: pd.DataFrame, query: Query) -> str:
    """Why there are too many curves, "" if there are not."""
    by = BY[query.curves_by]
    count = 1 if by is None else times.loc[times["weeks"].notna(), by].nunique()
    return curves.too_many(count, f"{by}s", "Choose one curve of all, or keep some of them.")


def followed(frame: Frame) -> Followed:
    """What the query's time to an event is told under."""
    study, query = frame.study, frame.query
    return Followed(query.response_key(study), query.relapse, query.phase, query.baseline, query.at_restart, query.gap)


@once
def times_table(frame: Frame) -> pd.DataFrame:
    """The times of the query's measure for the kept patients, as `analysis.response.survival.times` gives them."""
    study, query = frame.study, frame.query
    told_under = None if query.relapse == NO_RULE else query.relapse
    chosen = replace(followed(frame), relapse=told_under)
    times = derived.times(study, query.measure, chosen)
    if query.measure == "relapse" and query.relapse == NO_RULE:
        return times.iloc[:0]
    return times[frame.kept[times["patient_id"].cat.codes]]


@once
def steps_table(frame: Frame) -> pd.DataFrame:
    """The steps of every curve, as `analysis.response.survival.curves` gives them."""
    return derived.curves(times_table(frame), BY[frame.query.curves_by])


def _large(times: pd.DataFrame, query: Query) -> pd.Series[bool]:
    """Which rows have a time, and are of a curve that has enough of them."""
    known, by = times["weeks"].notna(), BY[query.curves_by]
    count = known.sum() if by is None else known.groupby(times[by].astype(str)).transform("sum")
    return known & (count >= ENOUGH_PATIENTS)


def _heads(frame: Frame) -> dict[str, str]:
    by = "treatment" if frame.query.measure == "drug_survival" else "group"
    return {"event": MEASURES[frame.query.measure].label, by: by}


def state_rows(frame: Frame) -> pd.DataFrame:
    """patient_id, week (of the event, on the study's clock; NaN: none), event and said in words, group and treatment,
    of each row of `times_table`."""
    times = times_table(frame)
    competing = "restart" if MEASURES[frame.query.measure].of_outcome else "switch"
    rows: list[Any] = list(times.itertuples())
    event = [_ended(row, SHOWN[frame.query.measure], competing) for row in rows]
    said = [f"{one}: {row.reason}" if row.reason else one for one, row in zip(event, rows, strict=True)]
    return pd.DataFrame(
        {
            "patient_id": times["patient_id"].array,
            "week": (times["start_week"] + times["weeks"]).where(times["event"]).to_numpy(float),
            "event": event,
            "said": [formatting.escaped(one) for one in said],
            **{name: times[name].astype(str).to_numpy() for name in ("group", "treatment")},
        }
    )


def _ended(row: Any, shown: Shown, competing: str) -> str:
    """What ended a time."""
    if row.reason:
        return "never responded" if row.reason == "never responded" else "not evaluable"
    weeks = f"{row.weeks:.3g} week{'s' * (row.weeks != 1)}"
    words = shown.event if row.event else f"{competing} after {{weeks}}" if row.competing else shown.none
    return words.format(weeks=weeks)


@once
def members(frame: Frame) -> dict[str, list[int]]:
    """The key of each mark -> positions of the patients with the event, or whose follow-up ends there."""
    times = times_table(frame)
    times = times[_large(times, frame.query)]
    by = BY[frame.query.curves_by]
    names = ["all"] * len(times) if by is None else times[by].astype(str).tolist()
    found: dict[str, list[int]] = {}
    what = np.where(times["event"], "event", np.where(times["competing"], "competing", "end"))
    rows = zip(names, times["weeks"], what, times["patient_id"].cat.codes, strict=True)
    for name, week, sign, position in rows:
        found.setdefault(_key(name, week, str(sign)), []).append(int(position))
    return {key: sorted(set(positions)) for key, positions in found.items()}


def headline(frame: Frame) -> formatting.Headline:
    """The median of all as one curve; of few, how many had the event."""
    if why := undrawn(frame):
        return formatting.unable(why)
    times = times_table(frame)
    known, label = times[times["weeks"].notna()], MEASURES[frame.query.measure].label
    events = f"{int(known['event'].sum()):,} of {len(known):,}"
    if len(known) < ENOUGH_PATIENTS:
        return f"{events} had the event", f"{label}; n = {len(known)}, too few for a curve"
    row: Any = next(derived.medians(known, None).itertuples())
    high = "open" if np.isnan(row.high_weeks) else f"{row.high_weeks:.3g}"
    interval = "no 95 % interval" if np.isnan(row.low_weeks) else f"95 % {row.low_weeks:.3g} to {high}"
    number = "Median not reached" if np.isnan(row.median_weeks) else f"Median {row.median_weeks:.3g} weeks"
    return number, formatting.fitted(f"{label}, all as one: {events} had the event", interval)


def timeless(frame: Frame, times: pd.DataFrame) -> str:
    """Why there is no curve, and what to do."""
    study, query = frame.study, frame.query
    said = absence(study, ["pasi"]) if MEASURES[query.measure].of_outcome else ""
    if said:
        return said if study.treatments.empty else f"{said}<br>Or choose {MEASURES['drug_survival'].label}."
    if query.measure == "relapse" and query.relapse == NO_RULE:
        return "No relapse rule is chosen.<br>Choose one on the first card."
    reasons = times["reason"].astype(str)
    why = formatting.escaped(reasons[reasons != ""].mode().iloc[0]) if (reasons != "").any() else "no course that lasts"
    return f"No time to this event in what is kept ({why}).<br>Choose another phase, rule or event, or remove a chip."


def undrawn(frame: Frame) -> str:
    """Why there are no curves, and what to do; "" where there are."""
    times = times_table(frame)
    return timeless(frame, times) if times["weeks"].notna().sum() == 0 else _crowded(times, frame.query)


@framed
def wording(frame: Frame) -> Note:
    """What the curves are of, the rule, and how a restart counts; "" where there are none."""
    study, query = frame.study, frame.query
    if undrawn(frame):
        return Note()
    measure, restart = wordings(study, query.measure, followed(frame))
    where = "" if query.measure == "drug_survival" else f"{phase_labels(study)[query.phase].capitalize()}."
    made = "Illustrative values." if study.illustrative else ""
    large = _large(times_table(frame), query)
    least = "" if large.all() or not large.any() else f"No curve is drawn of fewer than {ENOUGH_PATIENTS}."
    return Note(
        computed=(measure, SHOWN[query.measure].rule(frame)),
        whom=(where, restart, made),
        judged=(_signs(query),) if large.any() else (),
        limits=(least,),
    )


def _signs(query: Query) -> str:
    signs = f"95 % log-log band, none below {derived.EVENTS} events; ticks: follow-up ends"
    competing = "a restart" if MEASURES[query.measure].of_outcome else "a switch"
    return f"{signs}; crosses: {competing}." if query.at_restart == "compete" else f"Kaplan–Meier, {signs}."


def _key(name: str, week: float, what: str) -> str:
    return f"{name}|{week:g}|{what}"


def _names(medians: pd.DataFrame) -> dict[str, str]:
    """Each curve's name with its events, n and median: on two lines where one is too long."""
    rows: list[Any] = list(medians.itertuples())
    told = {
        str(row.group): (formatting.middle(str(row.group), 16), f"{row.events}/{row.n}, {_median(row)}") for row in rows
    }
    return {
        name: f"{formatting.escaped(short)}:{' ' if len(short) + len(said) < WIDE else '<br>'}{said}"
        for name, (short, said) in told.items()
    }


def _key_lines(named: dict[str, str], look: dict[str, curves.Look]) -> list[curves.Part]:
    """What there is to say of each curve, in its colour, above the plot from the top down."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": 8 - curves.LEFT, "yref": "paper", "y": 1}
    parts, up = [], 4
    for name, text in reversed(named.items()):
        said = f"{curves.DASH_SIGNS[look[name]['dash']]} {text}"
        font = {"size": 11, "color": style.inked(look[name]["color"])}
        parts.append(
            {
                **place,
                "yanchor": "bottom",
                "yshift": up,
                "align": "left",
                "text": said,
                "showarrow": False,
                "font": font,
            }
        )
        up += KEY_ROW * (1 + text.count("<br>"))
    return parts


def _median(row: Any) -> str:
    """The median with its interval, and what it may be as events are seen at visits."""
    if np.isnan(row.median_weeks):
        return "median not reached"
    high = " to open" if np.isnan(row.high_weeks) else f"–{row.high_weeks:.3g}"
    interval = "" if np.isnan(row.low_weeks) else f" (95 % {row.low_weeks:.3g}{high})"
    bounds = (row.shortest_weeks, row.longest_weeks)
    same = bounds[0] == bounds[1] or np.isnan(bounds).any()
    seen = "" if same else f", {bounds[0]:.3g}–{bounds[1]:.3g} between visits"
    return f"median {row.median_weeks:.3g} wk{interval}{seen}".replace("–nan", "–")


def _curve(name: str, rows: pd.DataFrame, look: curves.Look, shown: Shown, named: str) -> list[Trace]:
    """Band, steps, a mark at each event and a tick at each end of follow-up."""
    share, low, high = (_percent(rows[column].to_numpy(float), shown) for column in ("survival", "low", "high"))
    week = rows["week"].to_numpy(float)
    line = {
        "type": "scatter", "x": week, "y": share, "mode": "lines", "line": {**look, "width": 1.8, "shape": "hv"},
        "hoverinfo": "skip", "name": named, "meta": {"band": True},
    }  # fmt: skip
    texts = _texts(rows, share, low, high, shown)
    dot = {"symbol": "circle", "size": 4, "color": look["color"]}
    tick = {"symbol": "line-ns-open", "size": 7, "color": look["color"], "line": {"width": 1.2}}
    cross = {"symbol": "x-thin-open", "size": 6, "color": look["color"], "line": {"width": 1.2}}
    found = [("event", rows["events"], dot), ("end", rows["censored"], tick), ("competing", rows["competing"], cross)]
    points = [
        _points(name, week, share, texts, count.to_numpy() > 0, what, sign)
        for what, count, sign in found
        if count.any()
    ]
    return [_band(week, low, high, look["color"]), line, *points]


def _percent(share: Floats, shown: Shown) -> Floats:
    return 100 * (1 - share if shown.rising else share)


def _band(week: Floats, low: Floats, high: Floats, color: str) -> Trace:
    """The interval as steps, from the first step that has one to the last; one past the last belongs to its end."""
    known = np.flatnonzero(~np.isnan(low))
    until = np.minimum(known + 1, len(week) - 1)
    across = np.ravel([week[known], week[until]], "F")
    ribbon = {"x": np.r_[across, across[::-1]], "y": np.r_[np.repeat(high[known], 2), np.repeat(low[known], 2)[::-1]]}
    return {
        "type": "scatter", **ribbon, "mode": "lines", "fill": "toself", "fillcolor": style.fade(color, 0.13),
        "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False, "meta": {"band": True},
    }  # fmt: skip


def _points(
    name: str, x: Floats, y: Floats, texts: list[str], there: np.ndarray, what: str, marker: curves.Part
) -> Trace:
    """Marks `there`: key, name, week, and what happened in words."""
    rows = np.flatnonzero(there).tolist()
    data = [[_key(name, x[row], what), formatting.escaped(name), x[row], texts[row]] for row in rows]
    return {
        "type": "scatter", "x": x[rows], "y": y[rows], "mode": "markers", "marker": marker, "customdata": data,
        "hovertemplate": HOVER, "showlegend": False, "meta": {"members": True},
    }  # fmt: skip


def _texts(rows: pd.DataFrame, share: Floats, low: Floats, high: Floats, shown: Shown) -> list[str]:
    """What happened at each step, and where it leaves the curve."""
    texts = []
    told_rows: list[Any] = list(rows.itertuples())
    for row, at, one, other in zip(told_rows, share, low, high, strict=True):
        interval = "" if np.isnan(one) else f" ({min(one, other):.0f}–{max(one, other):.0f})"
        competing = f"{row.competing} competing, " if row.competing else ""
        counts = f"{row.events} events, {competing}{row.censored} ends of follow-up, {row.at_risk} at risk"
        texts.append(f"{counts}<br>{at:.1f} %{interval} {shown.title.split(' (')[0]}")
    return texts


def _at_risk(times: pd.DataFrame, query: Query, look: dict[str, curves.Look], last: float) -> list[curves.Part]:
    weeks = curves.ticks(0.0, last)
    table = derived.numbers_at_risk(times, weeks, BY[query.curves_by])
    parts: list[curves.Part] = []
    for line, (name, rows) in enumerate(table.groupby("group", sort=False)):
        texts = [f"{count:,}" for count in rows["at_risk"]]
        hovers = [f"{text} at risk just before week {week:g}" for text, week in zip(texts, weeks, strict=True)]
        parts += curves.row_name(line, str(name), look[str(name)])
        parts += curves.cells(line, weeks, texts, hovers, look[str(name)]["color"])
    return parts
