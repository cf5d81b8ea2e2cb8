"""First response, nadir, relapse and rebound as the marks of their visits, and the lines of the reader's rules."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import Floats, Positions, Rows, patient_codes, taken
from analysis.outcomes import outcome_of
from analysis.phases import PHASES, phase_labels, zeros
from analysis.response.milestones import LINES, MILESTONES, event_rows, line_rows
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import RELAPSE_JUDGED, response_rule, rules_of
from analysis.scales import baselines, outcome_on
from figures.visuals import formatting, marks
from figures.visuals.contract import Note
from figures.visuals.empty_state import absence_told
from figures.visuals.frame import framed, once

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from figures.visuals.frame import Frame

MARKS = {"relapse": "x", "rebound": "star-triangle-up", "response": "star", "nadir": "triangle-down"}
"""The mark of a visit that is a milestone, instead of its phase's; of several at one visit the first of these."""
RINGED = "circle-x"
"""Instead of the cross where the visit is illustrative: a cross cannot be hollow."""


@once
def every_event(frame: Frame) -> Rows:
    """The milestones of all patients: `analysis.response.milestones.event_rows`."""
    return event_rows(frame.study, frame.query.phase, frame.query.rules(frame.study))


@once
def symbol_rows(frame: Frame) -> Rows:
    """The milestones of the kept patients, one row per patient, phase and week: patient, phase (positions), week,
    clock_week, x, bits (which of `MILESTONES` stand there) and symbol (of `MARKS`)."""
    events = _kept(frame, every_event(frame))
    keys = [events[name] for name in ("week", "phase", "patient")]
    order = np.lexsort(keys)
    new = np.any([np.diff(key[order], prepend=np.nan) != 0 for key in keys], axis=0)
    first = order[new]
    held = np.zeros(len(first), np.intp)
    np.bitwise_or.at(held, np.cumsum(new) - 1, 1 << events["event"][order])
    told = np.argsort(first)
    return taken(events, first[told]) | {"bits": held[told], "symbol": np.array(_symbols(), object)[held[told]]}


@once
def tag_rows(frame: Frame) -> Rows:
    """`symbol_rows` with patient_id, text (signs, then the week on the clock), says (in words) and who."""
    table = symbol_rows(frame)
    signs, titles = _joined(_signs_of(), ""), _joined(_titles(frame), ", ")
    labels = phase_labels(frame.study)
    names = [formatting.escaped(labels[phase]) for phase in PHASES]
    week = [formatting.number(value, 1).removesuffix(".0") for value in table["clock_week"].tolist()]
    rows = list(zip(table["bits"].tolist(), table["phase"].tolist(), week, strict=True))
    ids = [frame.study.patient_ids[one] for one in table["patient"].tolist()]
    told = {
        "patient_id": ids,
        "text": [f"{signs[bits]} {at}" for bits, _, at in rows],
        "says": [f"{titles[bits]}, {names[phase]}: week {at}" for bits, phase, at in rows],
        "who": [formatting.escaped(patient) for patient in ids],
    }
    return table | {name: np.array(texts, object) for name, texts in told.items()}


@once
def corner_rows(frame: Frame) -> Rows:
    """The corners of the kept patients' lines: patient (position), week, rule (in `LINES`), phase (in `PHASES`),
    clock_week, x, value (on the scale)."""
    study, query = frame.study, frame.query
    table = _kept(frame, line_rows(study, query.phase, query.rules(study)))
    baseline = np.asarray(baselines(study, study.pasi, "pasi"))[table["patient"]]
    return table | {"value": outcome_on(study, query.pasi_scale, table["threshold"], baseline)}


def rebound_levels(frame: Frame) -> Floats:
    """The values of the lines of a rebound."""
    lines = corner_rows(frame)
    levels: Floats = lines["value"][lines["rule"] == LINES.index("rebound")]
    return levels


def marked(frame: Frame, table: pd.DataFrame) -> pd.DataFrame:
    """A timed table of visits (patient_id, week, phase, provenance) with the `symbol` of each visit, its phase's or its
    milestone's, and what it is in words as a line of its tooltip (`told`; "" of most)."""
    tags, table = tag_rows(frame), with_symbols(frame, table)
    found: dict[int, list[str]] = {}
    own = _visits(tags["patient"], tags["week"])
    for row in np.argsort(_ranks(tags["symbol"]), kind="stable").tolist():
        found.setdefault(int(own[row]), []).append(tags["says"][row])
    visits = _visits(patient_codes(table), table["week"].to_numpy(float)).tolist()
    return table.assign(told=[formatting.line("; ".join(found[one])) if one in found else "" for one in visits])


def with_symbols(frame: Frame, table: pd.DataFrame) -> pd.DataFrame:
    """The same table with `symbol` alone."""
    at = _marked(frame, table)
    symbols = np.array([*MARKS.values(), RINGED], object)
    return table.assign(symbol=np.where(at < 0, np.array(marks.shapes(table), object), symbols[at]))


def with_shapes(frame: Frame, table: pd.DataFrame) -> pd.DataFrame:
    """The same table with `shape`, the place of the symbol in `marks.SHAPES`, for the layer."""
    at = _marked(frame, table)
    shapes = np.array([marks.SHAPES[symbol] for symbol in (*MARKS.values(), RINGED)], np.uint8)
    return table.assign(shape=np.where(at < 0, marks.shape_places(table), shapes[at]))


def _marked(frame: Frame, table: pd.DataFrame) -> Positions:
    """The place of each visit's mark in `MARKS`, behind them `RINGED`; -1 of a visit that is no milestone."""
    tags, week = symbol_rows(frame), table["week"].to_numpy(float)
    own, visits = _visits(tags["patient"], tags["week"]), _visits(patient_codes(table), week)
    rank, at = _ranks(tags["symbol"]), np.full(len(table), -1)
    order = np.lexsort([rank, own])
    order = order[np.diff(own[order], prepend=-(2**62)) != 0]
    if len(order):
        place = np.minimum(np.searchsorted(own[order], visits), len(order) - 1)
        hit = (own[order][place] == visits) & table["value"].notna().to_numpy()
        at[hit] = rank[order][place[hit]]
    at[marks.illustrative(table) & (at == list(MARKS).index("relapse"))] = len(MARKS)
    return at


def _ranks(symbols: NDArray[np.object_]) -> Positions:
    """The place of each mark in `MARKS`: of several at one visit the first is drawn."""
    rank = {symbol: at for at, symbol in enumerate(MARKS.values())}
    return np.array([rank[symbol] for symbol in symbols.tolist()], np.intp)


def _visits(patient: Positions, week: Floats) -> Positions:
    """A number for each patient and week, to a thousandth."""
    found: Positions = patient.astype(np.int64) * 2**32 + np.round(week * 1000).astype(np.int64)
    return found


def rules(frame: Frame) -> dict[str, Any] | None:
    """The lines of a few patients for the layer, as the columns of `layer_marks` with their patients' ids and colours;
    None in a larger cohort, for which the layer asks."""
    if frame.crowd != "few":
        return None
    palette, lines = frame.colors, layer_marks(frame)[0]
    who, place = np.unique(lines["patient"], return_inverse=True)
    ids = [frame.study.patient_ids[one] for one in who]
    columns = {name: marks.plain(lines[name].astype(float)) for name in ("week", "x", "y")}
    rows = {**lines, **columns, "patient": place.tolist()}
    return {"ids": ids, "colors": [palette[patient] for patient in ids], "marks": [rows]}


@framed
def layer_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every patient's lines, for the layer, which draws those of whoever is highlighted."""
    return [marks.packed(_lifted(corner_rows(frame)), mode="lines", yaxis="y", rule=True)]


@framed
def wording(frame: Frame) -> Note:
    """What the signs and lines mean: each rule's wording, from the entry that computes it."""
    study, query = frame.study, frame.query
    if absent := absence_told(study, ["pasi"]):
        return Note(limits=("Response, relapse and rebound are rules on a score.", absent))
    rules, response = rules_of(study), response_rule(query.response_key(study), outcome_of(study))
    pairs = (("✕", query.relapse, rules.relapses), ("⇈", query.rebound, rules.rebounds))
    chosen = [(sign, registry[key]) for sign, key, registry in pairs if key != NO_RULE]
    return Note(
        computed=(
            f"★ first response {response.label}: {response.wording} It came between that visit and the one before.",
            "▾ nadir (the best value), each phase's own. A cohort's totals: phase under phase, of those judged.",
            *(f"{sign} {rule.label}: {rule.wording}" for sign, rule in chosen),
        ),
        whom=(RELAPSE_JUDGED if query.relapse != NO_RULE else "",),
        sources=tuple(f"{sign} {rule.label}: {rule.source}." for sign, rule in chosen),
    )


@framed
def titles(frame: Frame) -> dict[str, str]:
    """Sign -> what it is under the query's rules: "★ first response (PASI 75)", not escaped."""
    said = zip(MILESTONES.values(), _titles(frame), strict=True)
    return {milestone.sign: f"{milestone.sign} {html.unescape(title)}" for milestone, title in said}


def target(frame: Frame) -> float | None:
    """The value of an absolute response, which is one line for everybody; None for a relative one."""
    rule = response_rule(frame.query.response_key(frame.study), outcome_of(frame.study))
    return None if rule.relative else float(rule.line(np.ones(1))[0])


def _signs_of() -> list[str]:
    return [milestone.sign for milestone in MILESTONES.values()]


def _titles(frame: Frame) -> list[str]:
    """What each kind of milestone is called under the query's rules."""
    study, query = frame.study, frame.query
    rules = {"response": formatting.escaped(response_rule(query.response_key(study), outcome_of(study)).label)}
    known = rules_of(study).relapses
    rules |= {"relapse": formatting.escaped(known[query.relapse].label)} if query.relapse != NO_RULE else {}
    labels = {key: milestone.label for key, milestone in MILESTONES.items()}
    return [f"{label} ({rules[key]})" if key in rules else label for key, label in labels.items()]


def _symbols() -> list[str]:
    """For every set of milestones, as bits, the mark of the visit; "" for none."""
    keys = list(MILESTONES)
    return [next((MARKS[key] for key in MARKS if bits >> keys.index(key) & 1), "") for bits in range(1 << len(keys))]


def _joined(names: list[str], between: str) -> list[str]:
    """For every set of milestones, as bits, their names together."""
    return [between.join(name for i, name in enumerate(names) if bits >> i & 1) for bits in range(1 << len(names))]


def _kept(frame: Frame, table: Rows) -> Rows:
    """The rows of the kept patients, with clock_week and x; none off the clock."""
    patient = table["patient"]
    week = table["week"] - zeros(frame.study, frame.query.clock)[patient]
    rows = np.flatnonzero(frame.kept[patient] & ~np.isnan(week))
    return taken(table, rows) | {"clock_week": week[rows], "x": frame.axis.forward(week[rows])}


def _lifted(table: Rows) -> Rows:
    """The corners by patient, a missing value after each line lifting the pen."""
    codes = [table[name] for name in ("rule", "phase", "patient")]
    order = np.lexsort(codes)
    line = np.stack(codes)[:, order]
    last = np.flatnonzero(np.r_[(line[:, 1:] != line[:, :-1]).any(axis=0), True][: len(order)])
    rows = np.insert(order, last + 1, order[last])
    return taken(table, rows) | {"value": np.insert(table["value"][order], last + 1, np.nan)}
