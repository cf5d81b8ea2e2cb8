"""The course of each group over nominal visits: mean or median with intervals, n below, and patients' own thin
lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.cohort import patient_groups
from analysis.comparisons import group_course as derived
from analysis.comparisons import group_follow_up
from analysis.comparisons.averages import AVERAGES
from analysis.comparisons.phase_samples import baseline_words
from analysis.outcomes import outcome_name, outcome_of
from analysis.phases import clock_labels, phase_labels
from analysis.query import only
from analysis.response.imputation import POLICIES
from analysis.response.rates import ENOUGH, ENOUGH_PATIENTS
from analysis.scales import score_range, score_unit
from figures.visuals import curves, formatting, marks, style, subset_rows
from figures.visuals.contract import Note
from figures.visuals.empty_state import absence, requires
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    from analysis.comparisons.phase_samples import Compared
    from analysis.query import Query
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

FIELDS = (
    "patients", "groups", "from_week", "to_week", "clock", "phase", "baseline", "policy", "pasi_scale",
)  # fmt: skip
HOVER = (
    "<b>%{customdata[1]}</b>, %{customdata[2]}<br>%{customdata[3]}<br>n = %{customdata[4]} of %{customdata[5]} due"
    "<br>%{customdata[6]}<extra></extra>"
)
OUTLIERS = 1
"""Of many patients, the share (%) of values at either end that may lie beyond the axis."""
NARROW = 230
"""The width of a plot on a phone, px, for which tick labels and n are placed apart."""
NAMED = 4
"""Up to this many groups' follow-up is said in the note; the numbers have all."""
CUT = "An interval, or of many patients one's own line, that leaves the plot is cut there; tooltips have the ends."


@requires("pasi")
def group_course(frame: Frame) -> Figure:
    """One line per group with interval bars, n under the axis at each visit, and each patient's own thin line, which
    stand alone where there are too few for an average."""
    study, query = frame.study, frame.query
    if why := undrawn(frame):
        return style.empty(query, why)
    table = shown_table(frame)
    names, many = table["group"].astype(str).unique().tolist(), frame.crowd == "many"
    look, shown = curves.looks(frame, names, "group"), _shown(table)
    margin, least = curves.room(len(names))
    drawn = enumerate(_groups(_drawable(table, query)))
    lines = [_line(frame, *one, look, len(names)) for one in drawn if one[1][1][query.average].notna().any()]
    return style.figure(
        query, *([] if many else _own_lines(frame)), *lines,
        xaxis=_visits(frame, table, shown), yaxis=_axis(frame, table),
        margin=margin, dragmode=False,
        annotations=[curves.heading("n"), *_counts(table, look, shown)],
        meta={
            "min_height": least, "ids": study.patient_ids, "members": members(frame), "own": True,
            "layer": many, **({"marks": own_marks(frame)} if many else {}),
        },
    )  # fmt: skip


@framed
def own_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every patient's own line, for the layer."""
    return [marks.columnar(frame.study, own_table(frame), mode="lines+markers")]


@framed
def how(frame: Frame) -> Compared:
    """What the course stands on: what does not bear on it is left at its default."""
    return only(frame.query, FIELDS).compared(frame.study)


@framed
def shown_table(frame: Frame) -> pd.DataFrame:
    """The columns of `analysis.comparisons.group_course`."""
    return derived.group_course(frame.study, how(frame)).table


@framed
def follow_up_table(frame: Frame) -> pd.DataFrame:
    """The columns of `analysis.comparisons.group_follow_up.follow_up`."""
    return group_follow_up.follow_up(frame.study, how(frame))


@once
def members(frame: Frame) -> dict[str, list[int]]:
    """The key of each mark -> positions of the patients observed there."""
    found = derived.group_course(frame.study, how(frame))
    if found.reason:
        return {}
    names, group = patient_groups(frame.study, "group")
    row, slot = np.nonzero(~np.isnan(found.value) & (group >= 0)[:, None])
    cell = group[row] * len(found.week) + slot
    enough = (np.bincount(cell) >= ENOUGH_PATIENTS)[cell]
    row, cell = row[enough], cell[enough]
    order = np.argsort(cell, kind="stable")
    cells, first = np.unique(cell[order], return_index=True)
    each = np.split(row[order], first[1:])
    keys = [_key(names[at // len(found.week)], found.week[at % len(found.week)]) for at in cells.tolist()]
    return {key: positions.tolist() for key, positions in zip(keys, each, strict=False)}


def _drawable(table: pd.DataFrame, query: Query) -> pd.DataFrame:
    """Without the averages and intervals of fewer than `ENOUGH_PATIENTS`; their n stays."""
    names = [query.average, f"{query.average}_low", f"{query.average}_high"]
    return table.assign(**{name: table[name].where(table["n"] >= ENOUGH_PATIENTS) for name in names})


@once
def own_table(frame: Frame) -> pd.DataFrame:
    """Each kept patient's own visits as observed: patient_id, week (of the study), x, value (NaN: missed), nominal
    (week on the clock; NaN: baseline), phase, provenance, who; by patient, then visit."""
    found = derived.group_course(frame.study, how(frame))
    columns = np.flatnonzero(found.due.any(axis=0))
    row, x = np.nonzero(found.planned[:, columns])
    slot = columns[x]
    value, week = found.own[row, slot], found.when[row, slot]
    table = pd.DataFrame(
        {
            "patient_id": frame.study.patients["patient_id"].array.take(row),
            "week": week,
            "x": x.astype(float),
            "value": value,
            "nominal": found.week[slot],
        }
    )
    return subset_rows.with_provenance(frame.study, table[~np.isnan(week)].reset_index(drop=True))


def courseless(frame: Frame) -> str:
    """Why there is no course, and what to do."""
    reason = derived.group_course(frame.study, how(frame)).reason
    instead = "Choose another outcome scale, phase or baseline, another restart on the Rates card, or remove a chip."
    if reason:
        return f"No course can be told: {formatting.wrap(reason, 60)}.<br>{formatting.wrap(instead, 60)}"
    return f"Nobody was observed in this phase in what is kept.<br>{formatting.wrap(instead, 60)}"


def undrawn(frame: Frame) -> str:
    """Why there is no course, and what to do; "" where there is one."""
    groups = frame.study.patients["group"][frame.kept].nunique()
    if crowded := curves.too_many(groups, "groups", "Keep some of them."):
        return crowded
    return "" if shown_table(frame)[frame.query.average].notna().any() else courseless(frame)


def headline(frame: Frame) -> formatting.Headline:
    """The averages of the groups at the last visit at which any has enough patients."""
    study, query = frame.study, frame.query
    if why := undrawn(frame):
        return formatting.unable(why)
    table = _drawable(shown_table(frame), query)
    known = table[table[query.average].notna()]
    if known.empty:
        patients = formatting.plural(own_table(frame)["patient_id"].nunique(), "patient")
        return patients, f"each one's own line; fewer than {ENOUGH_PATIENTS} a group have no {query.average}"
    last = known[known["place"] == known["place"].max()]
    low, high = (subset_rows.figures_of(float(end)) for end in (last[query.average].min(), last[query.average].max()))
    name = formatting.middle(outcome_name(study), 20)
    at = f"{name} at {_visit(last['week'].iloc[0])}; {formatting.plural(len(last), 'group')}"
    ends = low if low == high else f"{low} to {high}"
    improved = "" if query.pasi_scale == "absolute" else " %"
    return f"{query.average} {ends}{improved}", formatting.fitted(f"{at} of n = {_range(last['n'])}")


def _range(counts: pd.Series[int]) -> str:
    return f"{counts.min():,}" if counts.min() == counts.max() else f"{counts.min():,} to {counts.max():,}"


def _brief(frame: Frame) -> list[str]:
    """How long the groups were followed, and what the marks are."""
    study, query = frame.study, frame.query
    sparse = shown_table(frame)["sparse"].any()
    few = f" Crossed, †: fewer than {100 * ENOUGH:g} % of those due were observed." if sparse else ""
    made = " Illustrative values." if study.illustrative else ""
    least = f" No average is drawn of fewer than {ENOUGH_PATIENTS} patients." if _some_small(frame) else ""
    how_many = f"{query.average.capitalize()} with 95 % interval, observed values only, {POLICIES[query.policy].label};"
    return [_followed(frame), f"{how_many} {phase_labels(study)[query.phase]}.{few}{least}{made}"]


def _some_small(frame: Frame) -> bool:
    table = shown_table(frame)
    return bool((table[frame.query.average].notna() & (table["n"] < ENOUGH_PATIENTS)).any())


@framed
def wording(frame: Frame) -> Note:
    """How long the groups were followed, what the marks are, what is averaged and how, and what counts; "" where there
    is no course."""
    study, query = frame.study, frame.query
    if absence(study, ("pasi",)) or undrawn(frame):
        return Note()
    name, based = outcome_name(study), baseline_words(study, how(frame))
    of = name if query.pasi_scale == "absolute" else f"% improvement of {name}, of patients with a baseline above 0"
    policy = POLICIES[query.policy]
    followed, brief = _brief(frame)
    return Note(
        computed=(brief, f"{of}; baseline: {based}.", AVERAGES[query.average].wording),
        whom=(followed, group_follow_up.RULE, derived.COMPOSITE if policy.composite else policy.wording),
        judged=(CUT,),
        limits=(derived.OBSERVED,),
    )


def _followed(frame: Frame) -> str:
    """The median follow-up of each group in words, where they are few."""
    table = follow_up_table(frame)
    if len(table) > NAMED:
        return "Median follow-up of each group: see the numbers."
    rows: list[Any] = list(table.itertuples())
    each = [f"{formatting.middle(row.group, 24)} {follow_up_words(row)}" for row in rows]
    said = f"Median follow-up (reverse Kaplan–Meier): {'; '.join(each)}."
    return said if each else "No follow-up: this phase has no start."


def follow_up_words(row: Any) -> str:
    """A median follow-up with its interval and n: "24 weeks (95 % 20 to 30), n = 12"."""
    ends = [f"{end:.3g}" if not np.isnan(end) else "open" for end in (row.low, row.high)]
    interval = "no 95 % interval" if np.isnan(row.low) else f"95 % {ends[0]} to {ends[1]}"
    median = "not reached" if np.isnan(row.median) else f"{row.median:.3g} weeks"
    return f"{median} ({interval}), n = {row.n:,}"


def _groups(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(name), rows) for name, rows in table.groupby("group", observed=True, sort=False)]


def _key(group: str, week: float) -> str:
    return f"{group}|{_visit(week)}"


def _visit(week: float) -> str:
    return "baseline" if np.isnan(week) else f"week {formatting.significant(week)}"


def _own_lines(frame: Frame) -> list[Trace]:
    """The patients' own lines, thinner than those of the groups."""
    hover = "<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>"
    name = formatting.escaped(outcome_name(frame.study)) + (
        "" if frame.query.pasi_scale == "absolute" else " improvement (%)"
    )
    table = own_table(frame)
    told = zip(table["value"], table["nominal"], strict=True)
    said = [f"{name} {subset_rows.figures_of(value)}, {_visit(nominal)}" for value, nominal in told]
    traces = marks.lines(frame, table.assign(said=said), hover, ("who", "said"))
    for trace in traces:
        trace.pop("meta", None)
        trace["line"]["width"] = min(trace["line"]["width"], 1)
        trace["marker"]["size"] = 3 if frame.crowd == "few" else 2
    return traces


def _line(frame: Frame, at: int, one: tuple[str, pd.DataFrame], looks: dict[str, curves.Look], count: int) -> Trace:
    """A group's course: rings where the study is illustrative, crossed where too few of those due were observed."""
    name, rows = one[0], one[1][one[1]["planned"] > 0]
    look, card, key = looks[name], frame.theme.card, frame.query.average
    middle, sparse = rows[key].to_numpy(float), rows["sparse"].to_numpy(bool)
    bars = {
        "type": "data", "symmetric": False, "array": rows[f"{key}_high"].to_numpy(float) - middle, "thickness": 1.2,
        "arrayminus": middle - rows[f"{key}_low"].to_numpy(float), "width": 2, "color": style.fade(look["color"], 0.7),
    }  # fmt: skip
    return {
        "type": "scatter", "mode": "lines+markers", "y": middle, "line": {**look, "width": 2}, "error_y": bars,
        "x": rows["place"].to_numpy(float) + min(0.16, 0.7 / count) * (at - (count - 1) / 2),
        "customdata": _custom(name, rows, key), "hovertemplate": HOVER, "name": name, "meta": {"members": True},
        "marker": {
            "size": 6, "symbol": np.where(sparse, "circle-x", "circle").tolist(),
            "color": np.where(sparse | frame.study.illustrative, card, look["color"]).tolist(),
            "line": {"color": look["color"], "width": 1.4},
        },
    }  # fmt: skip


def _custom(name: str, rows: pd.DataFrame, key: str) -> list[list[Any]]:
    """key, group, visit, the average with its interval, n, due, and what there is to say."""
    cells = rows[["week", key, f"{key}_low", f"{key}_high", f"{key}_note", "n", "due", "note"]]
    number = subset_rows.figures_of
    return [
        [
            _key(name, week), formatting.escaped(name), _visit(week),
            f"{key} {number(middle)}" + (f" (95 % {number(low)} to {number(high)})" if not why else f", {why}"),
            f"{n:,}", f"{due:,}", note,
        ]
        for week, middle, low, high, why, n, due, note in cells.itertuples(index=False)
    ]  # fmt: skip


def _visits(frame: Frame, table: pd.DataFrame, shown: list[int]) -> curves.Part:
    """The visits, evenly spaced, the baseline first."""
    week = table.drop_duplicates("place").set_index("place")["week"]
    named = ["base" if np.isnan(week[at]) else formatting.significant(week[at]) for at in shown]
    axis = curves.visit_axis(table["week"].dropna(), shown[:0], clock_labels(frame.study)[frame.query.clock])
    return {**axis, "range": [-0.6, len(week) - 0.4], "tickvals": shown, "ticktext": named}


def _axis(frame: Frame, table: pd.DataFrame) -> curves.Part:
    """The range of the averages and of patients' own values, and of intervals that are no wider than that again, as far
    as the scale goes: a t interval may pass its ends."""
    study, query = frame.study, frame.query
    value, many = own_table(frame)["value"].dropna().to_numpy(float), frame.crowd == "many"
    table = _drawable(table, query)
    middle = table[query.average].dropna().to_numpy(float)
    middle = middle if len(middle) else value
    own = np.percentile(value, [OUTLIERS, 100 - OUTLIERS] if many else [0, 100]) if len(value) else middle
    low, high = float(min(own.min(), middle.min())), float(max(own.max(), middle.max()))
    room = 0.25 * ((high - low) or 1.0)
    ends = table[[f"{query.average}_low", f"{query.average}_high"]].to_numpy(float)
    bounds = score_range(study, outcome_of(study).name) if query.pasi_scale == "absolute" else (-np.inf, 100.0)
    least = max(np.nanmin(ends, initial=low), low - room, min(bounds[0], low))
    most = min(np.nanmax(ends, initial=high), high + room, max(bounds[1], high))
    pad = 0.04 * ((most - least) or 1.0)
    unit = score_unit(study, outcome_of(study).name) if query.pasi_scale == "absolute" else "% improvement"
    averaged = f"{query.average} " if table[query.average].notna().any() else ""
    title = formatting.wrap(f"{averaged}{unit}", 24)
    return {
        "range": [least - pad, most + pad],
        "fixedrange": True,
        "nticks": 6,
        "title": {"text": title, "standoff": 2},
    }


def _shown(table: pd.DataFrame) -> list[int]:
    """The places whose n finds room under the axis: all of them, unless there are many visits."""
    places = np.unique(table.loc[table["n"] > 0, "place"].to_numpy(float))
    first = ["base"] if table["week"].isna().any() else []
    texts, wide = [*_texts(table), *(f"{week:g}" for week in table["week"].dropna()), *first], table["place"].max()
    kept = places[curves.apart(places, texts, 0.0, float(wide) * curves.WIDTH / NARROW)].astype(int).tolist()
    return [0, *kept[1:]] if first and 0 < kept[0] < kept[-1] else kept


def _texts(table: pd.DataFrame) -> list[str]:
    return [f"{n:,}{'†' if few else ''}" for n, few in zip(table["n"], table["sparse"], strict=True)]


def _counts(table: pd.DataFrame, looks: dict[str, curves.Look], shown: list[int]) -> list[curves.Part]:
    """n of each group under the axis at the visits shown."""
    parts: list[curves.Part] = []
    for line, (name, rows) in enumerate(_groups(table)):
        printed = rows[rows["place"].isin(shown)]
        hovers = [f"{n:,} observed of {due:,} due" for n, due in zip(printed["n"], printed["due"], strict=True)]
        parts += curves.row_name(line, name, looks[name])
        parts += curves.cells(line, printed["place"].tolist(), _texts(printed), hovers, looks[name]["color"])
    return parts
