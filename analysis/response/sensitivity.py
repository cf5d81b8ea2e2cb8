"""Which findings depend on the rule: one row per rule × imputation for chosen patients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.arrays import Flags, Floats, pick
from analysis.filters import Window, kept_patients
from analysis.outcomes import outcome_of
from analysis.phase_visits import PhaseVisits, phase_visits
from analysis.response.rates import ENOUGH, INTERVALS, Choices, rates
from analysis.response.relapse import relapses
from analysis.response.rule_kinds import Response
from analysis.response.rule_options import RuleOptions
from analysis.response.rules import response_rule, rules_of
from analysis.response.survival import medians
from analysis.response.time_to_event import DECIMALS
from data.study import Study

COLUMNS = (
    "kind", "rule", "label", "imputation", "week", "patients", "evaluable", "positive", "percent", "low_percent",
    "high_percent", "median_weeks", "note",
)  # fmt: skip


def sensitivity(
    study: Study,
    patients: Iterable[str] | None = None,
    phase: str = "all",
    choices: Choices | None = None,
    window: Window | None = None,
    rules: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row per response rule (None: all) × imputation, then one per relapse rule, over these patients (None: all) as
    one group.

    kind (response or relapse), rule, label, imputation ("" for a relapse: an imputed PASI is none), week (of a rate:
    the last nominal week at which at least `rates.ENOUGH` of those due were observed, else the last at which anybody
    was; NaN for a relapse), patients, evaluable (of whom the rule can be told; of a relapse: who was at risk), positive
    (responders in that week, or who relapsed), percent, low_percent and high_percent (95 %), median_weeks
    (Kaplan–Meier: from the phase's start to the first response, or from the response that puts at risk to the relapse;
    NaN: not reached), note (as in `rates.rates`). `window` is in weeks of the chosen clock.
    """
    how = replace(choices or Choices(), by=None)
    chosen = study.patient_ids if patients is None else list(patients)
    keep = kept_patients(study, chosen)
    keys = list(rules_of(study).responses if rules is None else rules)
    tables = [
        _responses(study, rates(study, keys, None, [phase], how, window, chosen), keep, phase, how, window),
        _relapses(study, keep, phase, how, window),
    ]
    return pd.concat(tables, ignore_index=True).assign(patients=int(keep.sum()))[list(COLUMNS)]


def last_rates(
    study: Study, patients: Iterable[str], phase: str, choices: Choices, window: Window | None, rule: str
) -> pd.DataFrame:
    """The columns of `rates.rates`: one row per imputation, of these patients as one group at the last nominal week at
    which at least `rates.ENOUGH` of those due were observed, else the last at which anybody was."""
    rated = rates(study, [rule], None, [phase], replace(choices, by=None), window, patients)
    return rated[rated["week"] == _last_week(rated)]


def _responses(
    study: Study, rated: pd.DataFrame, keep: Flags, phase: str, how: Choices, window: Window | None
) -> pd.DataFrame:
    """The rows of response: each rule and imputation at the last week at which enough were observed."""
    last = rated[rated["week"] == _last_week(rated)]
    labels = {key: response_rule(key, outcome_of(study)).label for key in last["rule"].unique()}
    seen = phase_visits(study, phase, how.baseline, window, how.clock)
    weeks = {key: _median_to_response(seen, response_rule(key, outcome_of(study)), keep) for key in labels}
    renamed = last.rename(columns={"responders": "positive", "rate_percent": "percent"})
    return renamed.assign(
        kind="response", label=renamed["rule"].map(labels), median_weeks=renamed["rule"].map(weeks).astype(float)
    )


def _relapses(study: Study, keep: Flags, phase: str, how: Choices, window: Window | None) -> pd.DataFrame:
    """The rows of relapse, one per rule."""
    found = relapses(study, None, [phase], RuleOptions(baseline=how.baseline, window=window, clock=how.clock))
    known = rules_of(study).relapses
    found = found[np.repeat(keep, len(known))]
    seen = phase_visits(study, phase, how.baseline, window, how.clock)
    last = np.repeat(pick(seen.week, seen.last)[keep], len(known))
    each = found.assign(last=last).groupby("rule", observed=False)
    positive = each["state"].agg(lambda state: (state == "relapsed").sum()).to_numpy().astype(float)
    at_risk = positive + each["state"].agg(lambda state: (state == "no_relapse").sum()).to_numpy().astype(float)
    low, high = INTERVALS[how.interval](positive, at_risk)
    unknown = each["state"].agg(lambda state: (state == "not_evaluable").sum())
    return pd.DataFrame(
        {
            "kind": "relapse",
            "rule": list(known),
            "label": [rule.label for rule in known.values()],
            "imputation": "",
            "week": np.nan,
            "evaluable": pd.Series(at_risk).astype("Int64"),
            "positive": pd.Series(positive).astype("Int64"),
            "percent": 100 * positive / np.where(at_risk > 0, at_risk, np.nan),
            "low_percent": low,
            "high_percent": high,
            "median_weeks": [_median_to_relapse(rows) for _, rows in each],
            "note": [f"{count} not evaluable" if count else "" for count in unknown],
        }
    )


def _last_week(rated: pd.DataFrame) -> float:
    """The last week at which enough of those due were observed, else the last at which anybody was, else the last."""
    observed = rated[(rated["imputation"] == "OC") & (rated["evaluable"] > 0)]
    enough = observed[observed["evaluable"] >= ENOUGH * observed["due"]]
    return next((float(some["week"].max()) for some in (enough, observed) if len(some)), float(rated["week"].max()))


def _median_to_response(seen: PhaseVisits, rule: Response, keep: Flags) -> float:
    """The Kaplan–Meier median of weeks from the phase's start to the first response, of the patients to `keep`."""
    first = pick(seen.week, seen.first(rule.holds(seen.base, seen.pasi)))
    known = keep & rule.evaluable(seen.baseline)
    return _median((first - seen.start)[known], (pick(seen.week, seen.last) - seen.start)[known])


def _median_to_relapse(found: pd.DataFrame) -> float:
    """The same from the first response to the relapse, of those who were at risk."""
    known = found[found["state"].isin(["relapsed", "no_relapse"])]
    return _median(*((known[name] - known["first_response_week"]).to_numpy(float) for name in ("week", "last")))


def _median(event: Floats, last: Floats) -> float:
    """The median of weeks to an `event` (NaN: it did not happen), follow-up ending at the `last` visit."""
    weeks, happened = np.where(np.isnan(event), last, event), ~np.isnan(event)
    times = pd.DataFrame({"weeks": weeks.round(DECIMALS), "event": happened})
    times = times[times["event"] | (times["weeks"] > 0)]
    return float(medians(times, None)["median_weeks"].iloc[0]) if len(times) else np.nan
