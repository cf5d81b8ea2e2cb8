"""Responders against the others at baseline: which subset tells them apart before anything is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.arrays import Flags, places
from analysis.comparisons.before_after import medians
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.phase_samples import Compared, phase_samples, startless
from analysis.comparisons.rank_sums import EXACT, LEAST, rank_sums, roc
from analysis.outcomes import outcome_of
from analysis.phase_visits import phase_visits
from analysis.phases import index_event, phase_labels
from analysis.response.rule_kinds import Response
from analysis.response.rules import response_rule, rules_of
from data.study import Study

COLUMNS = (
    "subset", "responders", "others", "responders_median", "others_median", "auc", "low", "high", "biserial", "p",
    "smallest", "adjusted", "family", "reason", "note",
)  # fmt: skip
EMPTY = pd.DataFrame(columns=["cutoff", "sensitivity", "false_alarms"], dtype=float)
CHANCES = "Who was followed for longer had more chances to respond; who responded early had the same baseline."


@dataclass(frozen=True, eq=False)
class Sides:
    """Who responded and who did not, of those kept of whom it can be told (flags per patient), and why it cannot be
    told of the others (reason -> how many)."""

    responders: Flags
    others: Flags
    left_out: dict[str, int]


@lru_cache(maxsize=8)
def sides(study: Study, how: Compared) -> Sides:
    """Responders are those whom any visit of the phase shows to fulfil the rule; the others had a visit and did not."""
    seen = phase_visits(study, how.phase, how.baseline, how.window, how.clock)
    rule = rule_of(study, how)
    reason = np.asarray(seen.no_baseline if rule.relative else seen.missing, object)
    there = phase_samples(study, how).there
    low = (reason == "") & ~rule.evaluable(seen.baseline)
    reason = np.where(low, f"baseline below {rule.least:g}", reason)
    told = there & (reason == "")
    hit = np.bincount(seen.patient, rule.holds(seen.base, seen.pasi), seen.size) > 0
    why = pd.Series(reason[there & ~told], dtype=object).value_counts(sort=False)
    return Sides(told & hit, told & ~hit, {str(name): int(count) for name, count in why.items()})


@lru_cache(maxsize=8)
def at_baseline(study: Study, how: Compared) -> pd.DataFrame:
    """One row per subset of the study: subset, responders and others (with a baseline), their medians, auc (of
    responders above others) with low and high, biserial, p, smallest (the smallest p that these sizes can reach),
    adjusted (p over the `family` of all subsets that have one), reason (why there is no p), note (why there is no
    interval, or how p was made where it is not exact)."""
    who, baseline = sides(study, how), phase_samples(study, how).baseline
    tests = rank_sums(baseline, who.responders, who.others)
    each = list(zip(tests.first.tolist(), tests.second.tolist(), tests.p.tolist(), strict=True))
    return pd.DataFrame(
        {
            "subset": study.subset_definitions["subset"].astype(str).tolist(),
            "responders": tests.first,
            "others": tests.second,
            "responders_median": medians(baseline[who.responders]),
            "others_median": medians(baseline[who.others]),
            "auc": tests.auc,
            "low": tests.low,
            "high": tests.high,
            "biserial": tests.biserial,
            "p": tests.p,
            "smallest": tests.smallest,
            "adjusted": ADJUSTMENTS[how.adjust].adjust(tests.p),
            "family": int((~np.isnan(tests.p)).sum()),
            "reason": [_reason(study, how, *row) for row in each],
            "note": [_note(first, second) for first, second, _ in each],
        }
    )[list(COLUMNS)]


def groups(study: Study, how: Compared, subset: str) -> pd.DataFrame:
    """patient_id, x (0: others, 1: responders), week (of the study) and value of a subset's baseline, in display order:
    whom the test of this subset is of."""
    taken, who = phase_samples(study, how), sides(study, how)
    at = places(study.subset_definitions["subset"].astype(str).tolist(), [subset])[0]
    rows = np.flatnonzero((who.responders | who.others) & ~np.isnan(taken.baseline[:, at]))
    return pd.DataFrame(
        {
            "patient_id": study.patients["patient_id"].array.take(rows),
            "x": who.responders[rows].astype(float),
            "week": taken.base_week[rows, at],
            "value": taken.baseline[rows, at],
        }
    )


def curve(study: Study, how: Compared, subset: str) -> pd.DataFrame:
    """The ROC curve of a subset's baseline: cutoff (at or above which it is positive; from none to all), sensitivity
    and false_alarms (shares of responders and of others that are positive, 0-1); empty where it is refused."""
    table = groups(study, how, subset)
    responders = table["x"].to_numpy(bool)
    if refused(int(responders.sum()), int((~responders).sum())):
        return EMPTY.copy()
    cutoff, hits, alarms = roc(table["value"].to_numpy(float), responders)
    return pd.DataFrame({"cutoff": cutoff, "sensitivity": hits, "false_alarms": alarms})


def refused(responders: int, others: int) -> str:
    """Why no ROC curve is drawn of so few, in words, or ""."""
    if min(responders, others) >= LEAST:
        return ""
    return f"{responders} responders and {others} others have a baseline, and {LEAST} on either side are needed"


def rule_of(study: Study, how: Compared) -> Response:
    """The response rule that makes the groups."""
    return response_rule(how.response or rules_of(study).first_response, outcome_of(study))


def rule_words(study: Study, how: Compared) -> str:
    """The rule that makes the groups, in words."""
    rule = rule_of(study, how)
    when = f"after {index_event(study)}, whatever followed" if how.phase == "all" else phase_labels(study)[how.phase]
    return f"Responders: {rule.label} at any visit {when}. {rule.wording}"


def _reason(study: Study, how: Compared, first: int, second: int, p: float) -> str:
    if why := startless(study, how.phase):
        return why
    if not first or not second:
        none = " and no ".join(name for name, count in (("responder", first), ("other patient", second)) if not count)
        return f"no {none} with a baseline of this subset"
    return "all have one and the same value" if np.isnan(p) else ""


def _note(first: int, second: int) -> str:
    few = f"no interval below {LEAST} a side" if first and second and min(first, second) < LEAST else ""
    many = "p from the normal distribution" if first + second > EXACT else ""
    return few or many
