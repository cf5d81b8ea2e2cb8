"""First response, nadir, relapse and rebound on the time views, with the lines that the reader's rules draw."""

from __future__ import annotations

import html
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import Floats, patient_codes
from analysis.filters import narrow
from analysis.outcomes import outcome_of
from analysis.phases import on_clock, phase_labels
from analysis.response.milestones import MILESTONES, lines, milestones
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import RELAPSE_JUDGED, response_rule, rules_of
from analysis.scales import baselines, outcome_on
from figures.visuals import formatting, label_placement, marks, style, time_axis
from figures.visuals.empty_state import absence_told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.query import Query
    from data.study import Study

HOVER = "<b>%{customdata[3]}</b>  %{customdata[2]}<extra></extra>"
FONT = {"size": 10, "weight": 700}
AREA = (650.0, 130.0)
"""About the size of the plot on a laptop, px: what lies near a sign is judged by it."""


@lru_cache(maxsize=4)
def tag_table(study: Study, query: Query) -> pd.DataFrame:
    """The milestones of the kept patients, one row per patient, phase and week: patient_id, week, clock_week, x, value
    (the outcome on the query's scale; NaN: no visit that day), text (signs, then the week on the clock), says (in
    words), who."""
    events = _kept(study, query, milestones(study, query.phase, query.rules(study)))
    bit = 1 << events["event"].cat.codes.to_numpy().astype(int)
    each = events.assign(bits=bit).groupby(["patient_id", "phase", "week"], observed=True, sort=False)
    table = events[~events.duplicated(["patient_id", "phase", "week"])].assign(bits=each["bits"].sum().to_numpy())
    week = [formatting.number(value, 1).removesuffix(".0") for value in table["clock_week"]]
    signs, titles = _joined(_signs_of(), ""), _joined(_titles(study, query), ", ")
    names = {key: formatting.escaped(name) for key, name in phase_labels(study).items()}
    rows = list(zip(table["bits"], table["phase"], week, strict=True))
    return table.assign(
        value=_scaled(study, query, table, table["pasi"].to_numpy(float)),
        text=[f"{signs[bits]}{at}" for bits, _, at in rows],
        says=[f"{titles[bits]}, {names[phase]}: week {at}" for bits, phase, at in rows],
        who=marks.who(table),
    )


@lru_cache(maxsize=4)
def line_table(study: Study, query: Query) -> pd.DataFrame:
    """The corners of the kept patients' lines: patient_id, week, rule, phase, clock_week, x, value (on the scale)."""
    table = _kept(study, query, lines(study, query.phase, query.rules(study)))
    return table.assign(value=_scaled(study, query, table, table["threshold"].to_numpy(float)))


def traces(study: Study, query: Query, visits: pd.DataFrame, heights: tuple[float, float]) -> list[style.Trace]:
    """For each of a few patients her lines and her signs on the timeline, the signs where they hide least of the
    `visits` (x, value) between the `heights` of the axis; none in a larger cohort, whose highlighted patients get
    theirs from the layer (`layer_marks`)."""
    if marks.crowd(study, query) != "few":
        return []
    palette = style.colors(study, query.theme)
    drawn = [_lines(rows, palette[str(who)]) for who, rows in _each(_gaps(line_table(study, query)))]
    signs = _apart(study, query, visits, heights)
    return drawn + [_signs(rows, palette[str(who)], style.theme(query).card) for who, rows in _each(signs)]


def layer_marks(study: Study, query: Query) -> list[dict[str, Any]]:
    """Every patient's lines and signs, for the layer, which draws those of whoever is highlighted."""
    drawn, signs = _gaps(line_table(study, query)), tag_table(study, query)
    rule = {"yaxis": "y", "rule": True}
    return [
        marks.columnar(study, drawn.drop(columns="phase"), mode="lines", **rule),
        marks.columnar(study, signs.drop(columns="phase"), mode="text", text=signs["text"].tolist(), **rule),
    ]


def lane_signs(study: Study, query: Query, lanes: Mapping[str, int]) -> style.Trace:
    """The signs on each patient's own lane (patient_id -> lane) of the swimlanes."""
    table = tag_table(study, query)
    table = table.assign(lane=table["patient_id"].astype(str).map(lanes)).dropna(subset="lane")
    color = table["patient_id"].astype(str).map(style.colors(study, query.theme)).tolist()
    return {
        **_text(table), "y": table["lane"].to_numpy(float), "textposition": "middle center",
        "textfont": {**FONT, "color": color},
    }  # fmt: skip


def wording(study: Study, query: Query) -> str:
    """What the signs and lines mean: each rule's wording, from the entry that computes it."""
    if absent := absence_told(study, ["pasi"]):
        return f"Response, relapse and rebound are rules on a score. {absent}"
    rules, response = rules_of(study), response_rule(query.response_key(study), outcome_of(study))
    said = [f"★ first response {response.label}: {response.wording} It came between that visit and the one before."]
    said.append("▾ nadir (the best value), each phase's own.")
    for sign, key, registry in (("✕", query.relapse, rules.relapses), ("⇈", query.rebound, rules.rebounds)):
        if key != NO_RULE:
            rule = registry[key]
            said.append(f"{sign} {rule.label}: {rule.wording} ({rule.source})")
    return " ".join([*said, RELAPSE_JUDGED if query.relapse != NO_RULE else ""]).strip()


def titles(study: Study, query: Query) -> dict[str, str]:
    """Sign -> what it is under the query's rules: "★ first response (PASI 75)", not escaped."""
    said = zip(MILESTONES.values(), _titles(study, query), strict=True)
    return {milestone.sign: f"{milestone.sign} {html.unescape(title)}" for milestone, title in said}


def target(study: Study, query: Query) -> float | None:
    """The value of an absolute response, which is one line for everybody; None for a relative one."""
    rule = response_rule(query.response_key(study), outcome_of(study))
    return None if rule.relative else float(rule.line(np.ones(1))[0])


def _signs_of() -> list[str]:
    return [milestone.sign for milestone in MILESTONES.values()]


def _titles(study: Study, query: Query) -> list[str]:
    """What each kind of milestone is called under the query's rules."""
    rules = {"response": formatting.escaped(response_rule(query.response_key(study), outcome_of(study)).label)}
    known = rules_of(study).relapses
    rules |= {"relapse": formatting.escaped(known[query.relapse].label)} if query.relapse != NO_RULE else {}
    labels = {key: milestone.label for key, milestone in MILESTONES.items()}
    return [f"{label} ({rules[key]})" if key in rules else label for key, label in labels.items()]


def _joined(names: list[str], between: str) -> list[str]:
    """For every set of milestones, as bits, their names together."""
    return [between.join(name for i, name in enumerate(names) if bits >> i & 1) for bits in range(1 << len(names))]


def _kept(study: Study, query: Query, table: pd.DataFrame) -> pd.DataFrame:
    kept = on_clock(study, narrow(study, table, query.patients or None, query.groups or None), query.clock)
    kept = kept[kept["clock_week"].notna()]
    return kept.assign(x=time_axis.time_axis(study, query).forward(kept["clock_week"]))


def _scaled(study: Study, query: Query, table: pd.DataFrame, pasi: Floats) -> Floats:
    baseline = np.asarray(baselines(study, study.pasi, "pasi"))[patient_codes(table)]
    return outcome_on(study, query.pasi_scale, pasi, baseline)


def _each(table: pd.DataFrame) -> Any:
    return table.groupby("patient_id", observed=True, sort=False)


def _gaps(table: pd.DataFrame) -> pd.DataFrame:
    """The corners by patient, a missing value after each line lifting the pen."""
    codes = [table[name].cat.codes.to_numpy() for name in ("rule", "phase", "patient_id")]
    order = np.lexsort(codes)
    line = np.stack(codes)[:, order]
    last = np.flatnonzero(np.r_[(line[:, 1:] != line[:, :-1]).any(axis=0), True][: len(order)])
    rows = np.insert(order, last + 1, order[last])
    value = np.insert(table["value"].to_numpy(float)[order], last + 1, np.nan)
    return table.take(rows).assign(value=value)


def _lines(table: pd.DataFrame, color: str) -> style.Trace:
    data = [[patient, week] for patient, week in zip(table["patient_id"], table["week"], strict=True)]
    return {
        "type": "scatter", "x": table["x"].to_numpy(), "y": table["value"].to_numpy(), "mode": "lines",
        "line": {"color": color, "width": 1, "dash": "dot"}, "opacity": 0.55, "customdata": data, "hoverinfo": "skip",
        "meta": {"rule": True},
    }  # fmt: skip


def _apart(study: Study, query: Query, visits: pd.DataFrame, heights: tuple[float, float]) -> pd.DataFrame:
    """The signs at visits, each with its `side` of the mark."""
    table, widths = tag_table(study, query), time_axis.time_axis(study, query).axis()["range"]
    known = table[table["value"].notna()]
    low, size = np.array([widths[0], heights[0]]), np.array([np.ptp(widths), np.ptp(heights)])
    places, others = ((rows[["x", "value"]].to_numpy(float) - low) / size for rows in (known, visits.dropna()))
    return known.assign(side=label_placement.sides(places, [len(text) for text in known["text"]], others, AREA))


def _signs(known: pd.DataFrame, color: str, card: str) -> style.Trace:
    halo = ", ".join(f"{x}px {y}px 1px {card}" for x in (-1, 1) for y in (-1, 1))
    return {
        **_text(known), "y": known["value"].to_numpy(), "textposition": known["side"].tolist(),
        "textfont": {**FONT, "color": color, "shadow": halo},
    }  # fmt: skip


def _text(table: pd.DataFrame) -> style.Trace:
    return {
        "type": "scatter", "x": table["x"].to_numpy(), "mode": "text", "text": table["text"].tolist(),
        "customdata": marks.custom(table, ("says", "who")), "hovertemplate": HOVER, "meta": {"rule": True},
        "cliponaxis": False,
    }  # fmt: skip
