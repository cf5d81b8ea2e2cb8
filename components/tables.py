"""The numbers behind each card as a table, and the n printed beside its title."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import patient_codes
from analysis.doses import happened, not_given
from analysis.filters import kept_of, kept_patients
from analysis.outcomes import outcome_name, outcome_of
from analysis.phases import (
    course_kind,
    index_event,
    off_clock,
    on_clock,
    phase_labels,
    study_phases,
    with_phase,
    zeros,
)
from analysis.response import earlier, rebound, relapse, response
from analysis.response.rebound import rebounds
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import response_rule, sustained_rule
from analysis.response.states import states_of
from analysis.response.summary import SUSTAINED_STATES, summaries
from analysis.scales import IMMUNE_SCALES, PASI_SCALES, axis_title, denominator, scaled_immune, scaled_score
from figures import timelines
from figures.treatments import lanes
from figures.visuals.contract import Note
from figures.visuals.empty_state import absence, absence_told
from figures.visuals.marks import crowd, medians

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.arrays import Flags
    from analysis.query import Query
    from data.study import Study

NO_BASELINE = (
    "a baseline is the last value at or before a phase's start, which that phase has not; its last value is the "
    "baseline of the next."
)
CLOCK = {
    "clock_week": "week_on_clock",
    "clock_start_week": "start_week_on_clock",
    "clock_end_week": "end_week_on_clock",
}


def pasi(study: Study, query: Query) -> pd.DataFrame:
    """patient_id, week, week_on_clock, phase, the query's score by its name, baseline, then its scale under its title,
    provenance."""
    table = _on_clock(study, query, scaled_score(study, query.score, query.pasi_scale))
    names = {"raw": query.score, "value": axis_title(study, PASI_SCALES[query.pasi_scale], score=query.score)}
    columns = ["patient_id", "week", "week_on_clock", "phase", "raw", "baseline", "value", "provenance"]
    return table[columns].rename(columns=names).loc[:, lambda t: ~t.columns.duplicated()]


def pasi_caption(study: Study, query: Query) -> str:
    """Patients, values, missing visits, values that the scale leaves undefined, and what bands are; or no PASI."""
    if absence(study, ["pasi"]):
        return "no PASI"
    table = timelines.pasi_table(study, query)
    missing = int(table["raw"].isna().sum())
    text = f"{_n(table)}, {len(table) - missing:,} values, {missing:,} missing"
    return text + _undefined(table) + _banded(study, query, table)


def immune(study: Study, query: Query) -> pd.DataFrame:
    """patient_id, week, week_on_clock, phase, subset, frequency (as measured), unit, baseline, value on `scale`,
    provenance."""
    table = _on_clock(study, query, scaled_immune(study, query.subsets, query.immune_scale))
    units = {subset: denominator(study, subset) for subset in query.subsets}
    table = table.assign(unit=table["subset"].astype(str).map(units), scale=IMMUNE_SCALES[query.immune_scale].label)
    columns = [
        "patient_id",
        "week",
        "week_on_clock",
        "phase",
        "subset",
        "raw",
        "unit",
        "baseline",
        "scale",
        "value",
        "provenance",
    ]
    return table[columns].rename(columns={"raw": "frequency"})


def immune_caption(study: Study, query: Query) -> str:
    """Patients, values, and values that the scale leaves undefined."""
    if study.immune_subsets.empty:
        return "no immune data"
    table = timelines.immune_table(study, query)
    return f"{_n(table)}, {int(table['raw'].notna().sum()):,} values" + _undefined(table) + _banded(study, query, table)


def treatments(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `treatments`, their role, and start and end on the query's clock; then the events, whose kind and
    role is "event", with their severity."""
    courses = _on_clock(study, query, course_kind(study))
    return pd.concat([courses, _events(study, query)], ignore_index=True) if len(study.events) else courses


def _events(study: Study, query: Query) -> pd.DataFrame:
    """Events in the columns of courses: each starts and ends in its week."""
    table = _on_clock(study, query, study.events).drop(columns=["phase", "treatment", "dose"], errors="ignore")
    ends: dict[str, Any] = {
        "end_week": table["week"],
        "end_week_on_clock": table["week_on_clock"],
        "kind": "event",
        "role": "event",
    }
    names = {"event": "treatment", "week": "start_week", "week_on_clock": "start_week_on_clock"}
    return table.assign(**ends).rename(columns=names)


def treatments_caption(study: Study, query: Query) -> str:
    """Patients, courses, doses and events, and from which patient on lanes are drawn."""
    shown = _shown(study, query, study.treatments)
    start, end = (study.treatments[name].to_numpy(float)[shown] for name in ("start_week", "end_week"))
    doses, who = int((start == end).sum()), pd.unique(patient_codes(study.treatments)[shown])
    given = f"{patients(len(who))}, {len(start) - doses:,} courses, {doses:,} infusions or doses"
    text = "no treatments: add treatments.csv" if study.treatments.empty else given
    for name, rows in (("events", happened(study)), ("doses not given", not_given(study))):
        count = int(_shown(study, query, rows).sum())
        text += f" · {count:,} {name}" if count else ""
    count = lanes.pages(study, query)
    if count == 1 or query.lanes == "share":
        return text
    first = (min(query.lane_page, count) - 1) * lanes.PAGE + 1
    return f"{text} · lanes from patient {first:,} on"


@lru_cache(maxsize=4)
def responses(study: Study, query: Query) -> pd.DataFrame:
    """The response table of the kept patients under the query's rules; in a large cohort, of the query's phase alone:
    the columns of `response.responses` and of `summary.summaries`, earlier_mean, rebound_state and rebound_week, and
    in words phase_label, state_label, response_between, relapse, rebound and sustained_label."""
    phases = [query.phase] if crowd(study, query) == "many" else study_phases(study)
    how = query.rules(study)
    table, told = response.responses(study, phases, how), summaries(study, phases, how)
    table = table.join(told[told.columns.difference(table.columns, sort=False)])
    if query.rebound != NO_RULE:
        back = rebounds(study, [query.rebound], phases, how)
        table = table.assign(rebound_week=back["week"], rebound_state=back["state"])
    table = earlier.with_earlier_mean(study, table, query.baseline)
    keep = kept_patients(study, query.patients or None, query.groups or None)[table["patient_id"].cat.codes]
    return _worded(study, query, table[keep] if not keep.all() else table)


def _worded(study: Study, query: Query, table: pd.DataFrame) -> pd.DataFrame:
    names = phase_labels(study) | {"all": f"all after {index_event(study)}"}
    states = {key: state.label for key, state in states_of(study).items()}
    low, high = (table[f"weeks_to_response_{side}"] for side in ("low", "high"))
    return table.assign(
        phase_label=table["phase"].astype(object).map(names),
        state_label=table["state_now"].astype(object).map(states),
        response_between=[
            "–" if np.isnan(last) else f"{first:.4g} to {last:.4g}" for first, last in zip(low, high, strict=True)
        ],
        relapse=_rule_outcomes(query.relapse, table, "relapse", relapse.STATES),
        rebound=_rule_outcomes(query.rebound, table, "rebound", rebound.STATES),
        sustained_label=table["sustained"].astype(object).map(SUSTAINED_STATES),
    )


def _rule_outcomes(rule: str, table: pd.DataFrame, kind: str, labels: Mapping[str, str]) -> list[str]:
    """What a rule says of each row, with the week of the study."""
    if rule == NO_RULE:
        return ["not told"] * len(table)
    rows = zip(table[f"{kind}_state"].astype(object), table[f"{kind}_week"], strict=True)
    return [labels[key] if np.isnan(at) else f"week {at:.4g}" for key, at in rows]


def responses_caption(study: Study, query: Query) -> str:
    """Rows and what they are about."""
    table = responses(study, query)
    named = _phase_shown(study, query) if crowd(study, query) == "many" else ""
    absent = "" if study.has_pasi else f" · no {outcome_name(study)}"
    return f"{patients(table['patient_id'].nunique())}, {len(table):,} rows{named}{absent}"


def responses_wording(study: Study, query: Query) -> Note:
    """The rules behind the columns; or that there is nothing to tell them of."""
    if absent := absence_told(study, ["pasi"]):
        return Note(limits=(absent,))
    chosen = response_rule(query.response_key(study), outcome_of(study))
    lasting = sustained_rule(f"sustained_{query.sustained:g}")
    return Note(
        computed=(
            f"Response {chosen.label}: {chosen.wording} It is seen at visits: it came between the two weeks.",
            "Time in response counts whole between two visits that show it, and half where one of them does.",
            f"Sustained: {lasting.wording}",
        ),
        whom=(
            f"Baseline: {response.BASELINES[query.baseline]}.",
            f"Before {index_event(study)} no response is judged: {NO_BASELINE}",
        ),
        limits=(earlier.sentence_of_earlier(study, responses(study, query)),),
    )


def _phase_shown(study: Study, query: Query) -> str:
    choose = "" if absence(study, ["pasi", "immune_subsets"]) else " (change it in Relation)"
    return f" · {phase_labels(study)[query.phase]}{choose}"


def off_notice(study: Study, query: Query) -> str:
    """Who is off the query's clock, as a sentence; "" when nobody is."""
    keep = kept_patients(study, query.patients or None, query.groups or None)
    kept = set(study.patients["patient_id"][keep].astype(str))
    off = [patient for patient in off_clock(study, query.clock) if patient in kept]
    if not off:
        return ""
    who = ", ".join(off[:8]) + (f" and {len(off) - 8:,} more" if len(off) > 8 else "")
    return (
        f"Off this clock (no restart): {who}"
        if query.clock == "restart"
        else f"Off this clock (no {study.index.label}): {who}"
    )


def _on_clock(study: Study, query: Query, table: pd.DataFrame) -> pd.DataFrame:
    kept = on_clock(study, table[_shown(study, query, table)], query.clock)
    kept = with_phase(study, kept) if "week" in kept else kept
    return kept.rename(columns=CLOCK)


def _shown(study: Study, query: Query, table: pd.DataFrame) -> Flags:
    """Which rows of visits or courses are kept, and on the query's clock."""
    return kept_of(study, table, **query.kept) & ~np.isnan(zeros(study, query.clock))[patient_codes(table)]


def _undefined(table: pd.DataFrame) -> str:
    raw, value = (table[name].to_numpy(float) for name in ("raw", "value"))
    count = int((~np.isnan(raw) & np.isnan(value)).sum())
    return f", {count:,} undefined on this scale (no baseline, or 0)" if count else ""


def _banded(study: Study, query: Query, table: pd.DataFrame) -> str:
    banded = medians(study, query, len(pd.unique(patient_codes(table))))
    return " · median and IQR per group, n on hover" if banded else ""


def _n(table: pd.DataFrame) -> str:
    return patients(len(pd.unique(patient_codes(table))))


def patients(count: int) -> str:
    """A number of patients in words."""
    return f"{count:,} patient" if count == 1 else f"{count:,} patients"
