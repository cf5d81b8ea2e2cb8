"""The rail under the outcome: each patient's milestones with their weeks, of many how many reached each in which week;
and how many were seen where medians are drawn. Lengths are px, downwards on an axis of the rail's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import patient_codes, taken
from analysis.cohort import nearest_slot, nominal_of
from analysis.finding import found
from analysis.outcomes import outcome_of
from analysis.phases import PHASES, zeros
from analysis.response.milestones import MILESTONES, Milestone
from analysis.response.rules import response_rule
from figures.visuals import formatting, marks, style, time_axis
from figures.visuals import milestones as signs
from figures.visuals.frame import once

if TYPE_CHECKING:
    import pandas as pd

    from analysis.arrays import Floats, Positions, Rows
    from analysis.query import Query
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame

ROW, BARS = 15, 26
"""Heights of a row of texts and of a row of counts, which has room for a line of text each phase."""
LINE = 13
"""Between the totals of two phases."""
HOVER = "<b>%{customdata[3]}</b>  %{customdata[2]}<extra></extra>"
COUNTED = "%{customdata[1]}: <b>%{customdata[2]:,}</b> of %{customdata[3]:,} patients at week %{customdata[4]:.4~g}"


def height(frame: Frame, seen: pd.DataFrame) -> int:
    """How high the rail is; `seen` as in `rail`."""
    told, groups = len(_shown_milestones(frame)), seen["group"].nunique() if len(seen) else 0
    if frame.crowd == "few":
        return ROW * max(len(frame.ids), told)
    return BARS * told + ROW * groups


def rail(frame: Frame, seen: pd.DataFrame, yaxis: str = "y2") -> tuple[list[Trace], list[Any]]:
    """The traces of the rail and its texts, as data for the layer of texts; `seen` (group, x, n) are the medians that
    are drawn, empty where there are none."""
    if frame.crowd == "few":
        tags = signs.tag_rows(frame)
        return [_reached(frame, tags, yaxis)], [
            _weeks(frame, tags, yaxis),
            _key(frame, yaxis, ROW),
        ]
    counted = count_rows(frame)
    rows = [_key(frame, yaxis, BARS), _totals(frame, yaxis), *_seen(frame, seen, yaxis)]
    return [_bars(frame.query, counted, yaxis), _points(frame, counted, yaxis)], rows


def axis(frame: Frame, seen: pd.DataFrame) -> dict[str, Any]:
    """The rail's own axis, px from its top."""
    return {"range": [height(frame, seen), 0], "visible": False, "fixedrange": True}


@once
def count_rows(frame: Frame) -> Rows:
    """event (of those told), week (nominal, on the clock), n (patients), key, x, y (middle of the bar) and high (its
    height), for the events that anybody reached."""
    told = list(_shown_milestones(frame))
    cells, patients = _in_weeks(frame)
    n, event = np.array([len(ids) for ids in patients], int), np.array([int(one) for one, _ in cells], np.intp)
    week = np.array([at for _, at in cells], float)
    most, names = np.zeros(len(MILESTONES)), [*MILESTONES]
    np.maximum.at(most, event, n)
    row, high = np.array([told.index(names[one]) for one in event.tolist()]), (BARS - 5) * n / most[event]
    key = [f"{names[one]}|{at:g}" for one, at in zip(event.tolist(), week.tolist(), strict=True)]
    place = {"x": frame.axis.forward(week), "high": high, "y": BARS * (row + 1) - 2 - high / 2}
    return {"event": np.array(names, object)[event], "week": week, "n": n, "key": np.array(key, object), **place}


def _by(first: Positions, second: Floats, patient: Positions) -> tuple[list[tuple[float, float]], list[Positions]]:
    """The pairs of `first` and `second` that occur, in order, and whose they are, each patient once; no row where the
    second is missing."""
    rows = np.flatnonzero(~np.isnan(second))
    rows = rows[np.lexsort([column[rows] for column in (patient, second, first)])]
    columns = np.stack([first[rows], second[rows], patient[rows]]) if len(rows) else np.zeros((3, 0))
    changes = np.diff(columns, axis=1, prepend=np.nan) != 0
    starts, new = np.flatnonzero(changes[:2].any(0)), changes.any(0)
    cells = [(float(columns[0, at]), float(columns[1, at])) for at in starts.tolist()]
    each = np.split(np.arange(len(rows)), starts[1:]) if len(rows) else []
    return cells, [patient[rows[part[new[part]]]] for part in each]


@once
def _in_weeks(frame: Frame) -> tuple[list[tuple[float, float]], list[Positions]]:
    """Event and nominal week of each bar, and who reached it then."""
    found = _events(frame)
    return _by(found["event"], found["week"], found["patient"])


@once
def members(frame: Frame) -> dict[str, list[int]]:
    """The key of each bar, and event and phase of each total -> positions of the patients who reached it; {} where each
    has a row of their own."""
    if frame.crowd == "few":
        return {}
    found, names, phases = _events(frame), [*MILESTONES], [*PHASES]
    whole = zip(*_by(found["event"], found["phase"].astype(float), found["patient"]), strict=True)
    each = zip(*_in_weeks(frame), strict=True)
    totals = {f"{names[int(event)]} {phases[int(phase)]}": patients.tolist() for (event, phase), patients in whole}
    return totals | {f"{names[int(event)]}|{week:g}": patients.tolist() for (event, week), patients in each}


def _shown_milestones(frame: Frame) -> dict[str, Milestone]:
    """The milestones that the query's rules tell."""
    rules = frame.query.rules(frame.study)
    return {key: one for key, one in MILESTONES.items() if one.told(rules)}


@once
def _events(frame: Frame) -> Rows:
    """patient, event, phase (positions), week: every milestone of the kept patients, at the nearest nominal week (NaN:
    not on the clock, so that it has no bar)."""
    events = signs.every_event(frame)
    events = taken(events, frame.kept[events["patient"]])
    shown, zero = frame.axis.weeks, zeros(frame.study, frame.query.clock)
    week, weeks = events["week"] - zero[events["patient"]], _nominal(frame, zero)
    seen = (week >= shown[0]) & (week <= shown[-1])
    nearest = np.full(len(week), np.nan)
    nearest[seen] = weeks[nearest_slot(weeks, week[seen])] if seen.any() else np.nan
    return events | {"week": nearest}


def _nominal(frame: Frame, zero: Floats) -> Floats:
    """The weeks on the clock that stand for the visits in sight."""
    visits = frame.study.pasi
    patient = patient_codes(visits)
    week = visits["week"].to_numpy(float) - zero[patient]
    rows = frame.kept[patient] & time_axis.within(frame, week, week)
    return nominal_of(patient[rows], week[rows])


def _middles(frame: Frame, tags: Rows) -> Floats:
    """The middle of the row of each tag's patient."""
    rows: Floats = np.asarray(ROW * (np.cumsum(frame.kept)[tags["patient"]] - 0.5), float)
    return rows


def _reached(frame: Frame, tags: Rows, yaxis: str) -> Trace:
    """Unseen marks at the weeks of the signs, for their tooltips."""
    color = [frame.colors[patient] for patient in tags["patient_id"]]
    return {
        "type": "scatter", "mode": "markers", "x": tags["x"], "y": _middles(frame, tags),
        "marker": {"size": ROW, "opacity": 0, "color": color}, "customdata": marks.custom(tags, ("says", "who")),
        "hovertemplate": HOVER, "meta": {"rule": True, "told": True}, "yaxis": yaxis,
    }  # fmt: skip


def _weeks(frame: Frame, tags: Rows, yaxis: str) -> dict[str, Any]:
    """Each sign with its week, in the row of its patient."""
    ink, of = frame.inks, tags["patient_id"].tolist()
    return {
        "kind": "rail", "yaxis": yaxis, "x": tags["x"].round(4).tolist(), "y": _middles(frame, tags).tolist(),
        "text": tags["text"].tolist(), "of": of, "color": [ink[patient] for patient in of],
    }  # fmt: skip


def _key(frame: Frame, yaxis: str, row: int) -> dict[str, Any]:
    """In the left margin what each sign means; of a few patients the names of their rows too."""
    look, told = frame.theme, _shown_milestones(frame)
    named = {key: one.label for key, one in told.items()}
    named["response"] = response_rule(frame.query.response_key(frame.study), outcome_of(frame.study)).label
    items = [
        _item(row * (at + 0.5), f"{_drawn(frame, key, one.sign)} {named[key]}", look.muted)
        for at, (key, one) in enumerate(told.items())
    ]
    if row == ROW:
        ink, whose = frame.inks, enumerate(frame.ids)
        items += [{**_item(ROW * (at + 0.5), one, ink[one]), "side": "row", "of": one} for at, one in whose]
    return {"kind": "margin", "yaxis": yaxis, "items": items}


def _totals(frame: Frame, yaxis: str) -> dict[str, Any]:
    """How many reached each in each phase, among those whom the finding counts: responses of the evaluable, relapses of
    those at risk, others of all who are in the phase; a line a phase, in the order of the finding's sentences."""
    color, items = frame.theme.muted, []
    reached = members(frame)
    parts = found(frame.study, frame.query)
    for at, event in enumerate(_shown_milestones(frame)):
        for line, part in enumerate(parts):
            of = {"response": part.response.of, "relapse": part.relapse.of if part.relapse else 0}
            key = f"{event} {part.phase}"
            text = f"{len(reached.get(key, ())):,} of {of.get(event, part.patients):,}"
            y = BARS * (at + 0.5) + LINE * (line - (len(parts) - 1) / 2)
            items.append({**_item(y, text, color), "side": "right", "key": key})
    return {"kind": "margin", "yaxis": yaxis, "items": items}


def _drawn(frame: Frame, key: str, sign: str) -> str:
    """The sign, and how its mark is drawn where the visit is illustrative and marks are drawn one by one."""
    return f"{sign}⊗" if key == "relapse" and frame.study.illustrative and frame.crowd == "few" else sign


def _item(y: float, text: str, color: str) -> dict[str, Any]:
    return {"y": y, "text": text, "color": color, "side": "left"}


def _bars(query: Query, table: Rows, yaxis: str) -> Trace:
    middle, half = table["y"], table["high"] / 2
    ends = np.stack([middle - half, middle + half, np.full(len(middle), np.nan)], axis=1)
    return {
        "type": "scatter", "mode": "lines", "x": np.repeat(table["x"], 3), "hoverinfo": "skip",
        "y": ends.ravel(),
        "line": {"color": style.theme(query).muted, "width": 6}, "meta": {"band": True}, "yaxis": yaxis,
    }  # fmt: skip


def _points(frame: Frame, table: Rows, yaxis: str) -> Trace:
    """Unseen marks in the middle of the bars, for tooltips and clicks: a bar's patients."""
    everyone = len(frame.ids)
    told = {key: f"{one.sign} {one.label}" for key, one in MILESTONES.items()}
    rows = zip(*(table[name].tolist() for name in ("key", "event", "n", "week")), strict=True)
    data = [[key, told[event], n, everyone, week] for key, event, n, week in rows]
    return {
        "type": "scatter", "mode": "markers", "x": table["x"], "y": table["y"],
        "marker": {"size": 16, "opacity": 0}, "hovertemplate": f"{COUNTED}<extra></extra>", "yaxis": yaxis,
        "customdata": data, "meta": {"members": True},
    }  # fmt: skip


def _seen(frame: Frame, seen: pd.DataFrame, yaxis: str) -> list[dict[str, Any]]:
    """How many each median stands on, in a row a group; the browser leaves out what has no room."""
    if seen.empty:
        return []
    look, groups = frame.theme, seen["group"].astype(str).unique().tolist()
    ink, top = style.group_inks(frame.study, frame.query.theme), BARS * len(_shown_milestones(frame))
    y = {group: top + ROW * (at + 0.5) for at, group in enumerate(groups)}
    group = seen["group"].astype(str)
    numbers = {
        "kind": "counts", "yaxis": yaxis, "x": seen["x"].round(4).tolist(), "y": group.map(y).tolist(),
        "text": [f"{n:,}" for n in seen["n"]], "color": [ink.get(name, look.ink) for name in group],
    }  # fmt: skip
    items = [{**_item(y[one], formatting.middle(one, 14), ink.get(one, look.ink)), "side": "row"} for one in groups]
    return [numbers, {"kind": "margin", "yaxis": yaxis, "items": [_item(y[groups[0]], "n", look.muted), *items]}]
