"""Times to an event, patient by patient: to response, to relapse, how long PASI90 lasts, how long a drug is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import SAME_WEEK, Floats, Positions, patient_codes, pick
from analysis.outcomes import outcome_name
from analysis.phase_visits import PhaseVisits, phase_start, phase_visits
from analysis.phases import anchors
from analysis.response.relapse import relapses
from analysis.response.rule_options import RuleOptions
from analysis.response.rules import rules_of
from analysis.response.summary import summaries
from analysis.samples import samples, visits
from data.study import Study

GAP = 30
"""Days between two courses of one drug that are one exposure all the same, unless told: a change of dose is no stop."""
DECIMALS = 9
"""Of a time in weeks: times that only rounding tells apart are tied, as by aeqSurv of R's package survival (vignette
"Roundoff error and tied times")."""
NOT_FOLLOWED = "not seen after the start"


@dataclass(frozen=True)
class Followed:
    """What a time to an event is told under: keys of the rules (None: the outcome's first), of `PHASES`, `BASELINES`,
    `RESTARTS`; `gap`: days between two courses of one drug that are one exposure all the same."""

    response: str | None = None
    relapse: str | None = None
    phase: str = "all"
    baseline: str = "phase"
    restart: str = "policy"
    gap: float = GAP

    @property
    def rules(self) -> RuleOptions:
        """The rules that tell the event, over every visit of the phase."""
        return RuleOptions(self.response, self.relapse, baseline=self.baseline)


@dataclass(frozen=True)
class Restart:
    """How a restart counts in a time to an event, and a `switch` of drug in drug survival."""

    key: str
    label: str
    wording: str
    switch: str = "A switch ends a course whose end is open."


@dataclass(frozen=True)
class Measure:
    """A time to an event; `times` gives one row per patient (or course), as `_times` says; `wording` holds places for
    the `gap` of `Followed` and the `best` usual response; `of_outcome` says whether the outcome tells it."""

    key: str
    label: str
    wording: str
    times: Callable[[Study, Followed], pd.DataFrame]
    of_outcome: bool = True


RESTARTS: Mapping[str, Restart] = MappingProxyType(
    {
        restart.key: restart
        for restart in (
            Restart("policy", "treatment policy", "Follow-up goes on after a restart, whatever was given."),
            Restart(
                "censor",
                "restart censors",
                "Follow-up ends with a restart, without the event. That is informative, since who gets worse is "
                "restarted: the curve may look too good.",
                "A switch ends follow-up, without the event.",
            ),
            Restart(
                "event",
                "restart is an event",
                "A restart is an event like a relapse; where the event is a response, who had none before the restart "
                "counts as never responding.",
            ),
            Restart(
                "compete",
                "restart competes",
                "A restart is a competing event: shown is the share that has had the event before any (cumulative "
                "incidence by Aalen and Johansen; Austin, Lee & Fine 2016, doi 10.1161/CIRCULATIONAHA.115.017719).",
                "A switch is a competing event: shown is the share that has stopped before any (cumulative incidence).",
            ),
        )
    }
)

ENDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("after", "policy"): "This phase ends with a restart, and follow-up with it, without the event.",
        **dict.fromkeys([("restart", key) for key in RESTARTS], "The phase starts with the restart."),
        **dict.fromkeys([("before", key) for key in RESTARTS], "No restart lies in this phase."),
    }
)
"""(phase, restart) -> how a restart counts where the phase says more than the choice."""
ENDING = ("censor", "compete")
"""Choices under which a restart, or a switch, ends follow-up."""


def wordings(study: Study, measure: str, chosen: Followed) -> tuple[str, str]:
    """What the time of a `MEASURES` entry is, and how a restart, or a switch of drug, counts in it."""
    rules = rules_of(study)
    best = rules.relapses[rules.lasting].after.label
    restart, wording = RESTARTS[chosen.restart], MEASURES[measure].wording.format(gap=chosen.gap, best=best)
    if not MEASURES[measure].of_outcome:
        return wording, restart.switch
    return wording, ENDS.get((chosen.phase, chosen.restart), restart.wording)


def time_to_response(study: Study, chosen: Followed) -> pd.DataFrame:
    """Weeks from the phase's start to the first visit that showed `chosen.response`, else to the last visit."""
    found = summaries(study, [chosen.phase], chosen.rules)
    event, restart = found["first_response_week"].to_numpy(float), _restart(study, chosen.phase)
    if chosen.restart == "event":
        event = np.where(event <= restart, event, np.nan)
    start = phase_start(study, chosen.phase)
    return _times(study, chosen, (start, start), event, restart, found["reason"])


def time_to_relapse(study: Study, chosen: Followed) -> pd.DataFrame:
    """Weeks from the first response that puts at risk to the relapse by `chosen.relapse`, else to the last visit, of
    those who responded. A relapse rule that counts a restart keeps doing so unless a restart censors or competes."""
    rule = chosen.relapse or rules_of(study).first_relapse
    found = relapses(study, [rule], [chosen.phase], chosen.rules)
    start, event = found["first_response_week"].to_numpy(float), found["week"].to_numpy(float)
    restart = _restart(study, chosen.phase)
    if chosen.restart == "event":
        first = np.fmin(event, restart)
        event = np.where(np.isinf(first), np.nan, first)
    if chosen.restart in ENDING:
        event = np.where(found["cause"] == "restart", np.nan, event)
    reason = found["reason"].astype("str").where(found["reason"] != "", "never responded")
    late = (start > restart) & (chosen.restart != "policy")
    reason = reason.where(np.isnan(start), "").mask(late, "responded only after the restart")
    seen = phase_visits(study, chosen.phase, chosen.baseline)
    return _times(study, chosen, (_visit_before(seen, start), start), event, restart, reason)


def durability(study: Study, chosen: Followed) -> pd.DataFrame:
    """Weeks from the first best usual response (PASI90) to its loss, else to the last visit, of those who had it."""
    return time_to_relapse(study, replace(chosen, relapse=rules_of(study).lasting))


def drug_survival(study: Study, chosen: Followed) -> pd.DataFrame:
    """Weeks from the start of an exposure to its stated end, or, where it is open, to a switch (the start of another
    treatment of its kind), else until the patient was last seen; one row per exposure, as `exposures` joins them, that
    starts at or after the index week (week 0 for who never got the index treatment) and lasts. With `chosen.restart`
    "censor" or "compete" a switch ends follow-up instead."""
    found = exposures(study, chosen.gap)
    start, end = found["start_week"].to_numpy(float), found["end_week"].fillna(np.inf).to_numpy(float)
    index = anchors(study)["index_week"].fillna(0.0).to_numpy(float)
    rows = np.flatnonzero((start != end) & (start >= index[patient_codes(found)] - SAME_WEEK))
    patient, start, end = patient_codes(found)[rows], start[rows], end[rows]
    switch = _switches(found)[rows]
    switched = np.isinf(end) | ((end >= switch - SAME_WEEK) & (end <= switch + SAME_WEEK))
    ends = chosen.restart in ENDING
    event = np.where(switched, np.inf if ends else switch, end)
    limit = np.where(switched & ends, switch, np.inf)
    seen = _last_seen(study)[patient]
    event = np.where(np.isinf(event), np.nan, event)
    reason = np.where(np.isnan(event) & np.isinf(limit) & ~(seen >= start), NOT_FOLLOWED, "")
    names = found["treatment"].astype("str").to_numpy()[rows]
    table = _rows(study, patient, names, start, event, seen, limit, reason)
    return table.assign(competing=table["competing"] & (chosen.restart == "compete"))


def exposures(study: Study, gap: float = GAP) -> pd.DataFrame:
    """patient_id, treatment, kind, start_week, end_week (NaN: open), in the order of their starts: rows of one
    drug that overlap, or have at most `gap` days between them, are one, whatever the dose. Infusions of a cell therapy
    are none."""
    table = joined(study.treatments, gap)
    table = table.assign(end_week=table["end_week"].fillna(np.inf))
    ways = {"patient_id": "first", "treatment": "first", "kind": "first", "start_week": "first", "end_week": "max"}
    found = table.groupby("exposure").agg(ways).replace({"end_week": {np.inf: np.nan}})
    return found.sort_values(["patient_id", "start_week"], kind="stable").reset_index(drop=True)


def joined(courses: pd.DataFrame, gap: float = GAP) -> pd.DataFrame:
    """`courses` by patient, drug and start, without infusions of a cell therapy, plus exposure: the number of the
    exposure that each is part of, as `exposures` says."""
    infused = (courses["kind"] == "cell_therapy") & (courses["start_week"] == courses["end_week"])
    table = courses[~infused].sort_values(["patient_id", "treatment", "start_week"], kind="stable")
    names = [table["patient_id"].cat.codes, table["treatment"].astype("str")]
    latest = table["end_week"].fillna(np.inf).groupby(names).cummax().groupby(names).shift()
    return table.assign(exposure=(~(table["start_week"] <= latest + gap / 7 + SAME_WEEK)).cumsum())


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.key: measure
        for measure in (
            Measure(
                "response",
                "time to response",
                "Weeks from the phase's start to the first visit that showed the response.",
                time_to_response,
            ),
            Measure(
                "relapse",
                "time to relapse",
                "Weeks from the first response to relapse, of those who responded.",
                time_to_relapse,
            ),
            Measure("durability", "durability", "Weeks from the first {best} to its loss.", durability),
            Measure(
                "drug_survival",
                "drug survival",
                "Weeks from the start of a course to its stated end, or to a switch where it is open. Courses of one "
                "drug at most {gap:g} days apart are one; those of one patient are not independent.",
                drug_survival,
                of_outcome=False,
            ),
        )
    }
)


def _times(
    study: Study, chosen: Followed, start: tuple[Floats, Floats], event: Floats, restart: Floats, reason: pd.Series
) -> pd.DataFrame:
    """`_rows` of every patient in a phase, whose follow-up ends at the last visit or at a restart that ends it; `start`
    lies between its two weeks, of which the later counts."""
    seen = phase_visits(study, chosen.phase, chosen.baseline)
    limit = restart if chosen.restart in ENDING else np.full(seen.size, np.inf)
    why = np.where((reason == "") & (seen.count == 0), f"no {outcome_name(study)} in this phase", reason.astype("str"))
    resumed = anchors(study)["restart_treatment"].astype("str").fillna("").to_numpy()
    treatment = resumed if chosen.phase == "restart" else np.full(seen.size, study.index.treatment or study.index.label)
    last = pick(seen.week, seen.last)
    table = _rows(study, np.arange(seen.size), treatment, start[1], event, last, limit, why)
    dated = (event >= restart - SAME_WEEK) & (event <= restart + SAME_WEEK)
    since = event - np.where(dated, event, _visit_before(seen, event))
    shortest = table["weeks"] - np.where(table["event"], since, 0.0)
    return table.assign(
        shortest=shortest.round(DECIMALS),
        longest=(table["weeks"] + start[1] - start[0]).round(DECIMALS),
        competing=table["competing"] & (chosen.restart == "compete"),
    )


def _visit_before(seen: PhaseVisits, week: Floats) -> Floats:
    """The week of each patient's last visit before `week`, or of the phase's start where there is none."""
    before = pick(seen.week, seen.last_at(week - 2 * SAME_WEEK))
    return np.where(np.isnan(before) & ~np.isnan(week), seen.start, before)


def _rows(
    study: Study,
    patient: Positions,
    treatment: np.ndarray,
    start: Floats,
    event: Floats,
    seen: Floats,
    limit: Floats,
    reason: np.ndarray,
) -> pd.DataFrame:
    """patient_id, group, treatment, start_week (of the study), weeks (to the event or the end of follow-up: the week
    last `seen` or, if earlier, the `limit`), shortest and longest (what they may be, between the visits before and at
    which start and event were seen), event (bool), competing (bool: the limit ends follow-up), reason (why there is
    no time, or ""): without the event and without follow-up there is none."""
    happened = event <= limit + SAME_WEEK
    weeks = np.round(np.where(happened, event, np.minimum(seen, limit)) - start, DECIMALS)
    reason = np.where((reason == "") & ~happened & (weeks <= 0), NOT_FOLLOWED, reason)
    known = (reason == "") & ~np.isnan(weeks)
    weeks = np.where(known, np.maximum(weeks, 0), np.nan)
    ended = known & ~happened & (limit <= seen + SAME_WEEK)
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array.take(patient),
            "group": study.patients["group"].array.take(patient),
            "treatment": treatment,
            "start_week": start,
            "weeks": weeks,
            "shortest": weeks,
            "longest": weeks,
            "event": happened & known,
            "competing": ended,
            "reason": reason,
        }
    )


def _restart(study: Study, phase: str) -> Floats:
    """The week of each patient's restart in a phase that it does not start; inf without one."""
    weeks = anchors(study)["restart_week"].fillna(np.inf).to_numpy(float)
    return weeks if phase in ("after", "all") else np.full(len(weeks), np.inf)


def _switches(courses: pd.DataFrame) -> Floats:
    """For each course the week in which the patient starts another treatment of its kind, later than it; inf without.
    Infusions and doses switch to nothing."""
    drug, week = pd.factorize(courses["treatment"])[0], courses["start_week"].to_numpy(float).round(DECIMALS)
    lane = courses.groupby([patient_codes(courses), courses["kind"].astype("str")]).ngroup().to_numpy()
    starts = pd.DataFrame({"lane": lane, "week": week, "drug": drug}).groupby(["lane", "week"])
    moments = starts["drug"].agg(["min", "max"]).reset_index()
    several = moments["min"] != moments["max"]
    only = moments["min"].mask(several, -1 - moments.index)  # the drug that alone starts then
    runs = np.flatnonzero(((only != only.shift()) | (moments["lane"] != moments["lane"].shift())).to_numpy())
    ends = np.append(runs, len(moments))
    after = starts.ngroup().to_numpy() + 1
    same = np.append(only, -1)[after] == drug
    after = np.where(same, ends[np.searchsorted(ends, after, side="right").clip(max=len(ends) - 1)], after)
    lasts = (courses["start_week"] != courses["end_week"]).to_numpy()
    found = (np.append(moments["lane"], -1)[after] == lane) & lasts
    return np.where(found, np.append(moments["week"], np.inf)[after], np.inf)


def _last_seen(study: Study) -> Floats:
    """The week of each patient's last visit, sample or start of a treatment; -inf without any."""
    last = np.full(len(study.patients), -np.inf)
    for seen in (visits(study), samples(study)):
        np.maximum.at(last, seen.patient, seen.week)
    np.maximum.at(last, patient_codes(study.treatments), study.treatments["start_week"].to_numpy(float))
    return last
