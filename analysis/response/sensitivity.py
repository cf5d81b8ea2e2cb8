"""Which findings depend on the rule: one row per rule × imputation for chosen patients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.arrays import Flags, Floats, pick
from analysis.filters import Window, kept_patients
from analysis.phase_visits import phase_start, phase_visits
from analysis.response.rates import INTERVALS, Choices, rates
from analysis.response.relapse import relapses
from analysis.response.rules import RELAPSES, RESPONSES, response_rule
from data.study import Study

COLUMNS = (
    "kind", "rule", "label", "imputation", "week", "patients", "evaluable", "positive", "percent", "low_percent",
    "high_percent", "median_week", "note",
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
    the last nominal week at which one of them was observed; NaN for a relapse), patients, evaluable (of whom the rule
    can be told; of a relapse: who was at risk), positive (responders in that week, or who relapsed), percent,
    low_percent and high_percent (95 %), median_week (of the first response or the relapse, of those who had one, since
    the phase's start), note (as in `rates.rates`). `window` is in weeks of the chosen clock.
    """
    how = replace(choices or Choices(), by=None)
    chosen = study.patient_ids if patients is None else list(patients)
    keep = kept_patients(study, chosen)
    keys = list(RESPONSES if rules is None else rules)
    tables = [
        _responses(study, rates(study, keys, None, [phase], how, window, chosen), keep, phase, how, window),
        _relapses(study, keep, phase, how, window),
    ]
    return pd.concat(tables, ignore_index=True).assign(patients=int(keep.sum()))[list(COLUMNS)]


def _responses(
    study: Study, rated: pd.DataFrame, keep: Flags, phase: str, how: Choices, window: Window | None
) -> pd.DataFrame:
    """The rows of response: each rule and imputation at the last week at which anyone was observed."""
    observed = rated.loc[(rated["imputation"] == "OC") & (rated["evaluable"] > 0), "week"]
    last = rated[rated["week"] == (observed.max() if len(observed) else rated["week"].max())]
    labels = {key: response_rule(key).label for key in last["rule"].unique()}
    weeks = {key: _median(_first_response(study, key, phase, how, window)[keep]) for key in labels}
    renamed = last.rename(columns={"responders": "positive", "rate_percent": "percent"})
    return renamed.assign(
        kind="response", label=renamed["rule"].map(labels), median_week=renamed["rule"].map(weeks).astype(float)
    )


def _relapses(study: Study, keep: Flags, phase: str, how: Choices, window: Window | None) -> pd.DataFrame:
    """The rows of relapse, one per rule."""
    found = relapses(study, None, [phase], window, how.clock, how.baseline)
    since = found["week"] - np.repeat(phase_start(study, phase), len(RELAPSES))
    each = found.assign(since=since)[np.repeat(keep, len(RELAPSES))].groupby("rule", observed=False)
    positive = each["state"].agg(lambda state: (state == "relapsed").sum()).to_numpy().astype(float)
    at_risk = positive + each["state"].agg(lambda state: (state == "no_relapse").sum()).to_numpy().astype(float)
    low, high = INTERVALS[how.interval](positive, at_risk)
    unknown = each["state"].agg(lambda state: (state == "not_evaluable").sum())
    return pd.DataFrame(
        {
            "kind": "relapse",
            "rule": list(RELAPSES),
            "label": [rule.label for rule in RELAPSES.values()],
            "imputation": "",
            "week": np.nan,
            "evaluable": pd.Series(at_risk).astype("Int64"),
            "positive": pd.Series(positive).astype("Int64"),
            "percent": 100 * positive / np.where(at_risk > 0, at_risk, np.nan),
            "low_percent": low,
            "high_percent": high,
            "median_week": each["since"].median().to_numpy(float),
            "note": [f"{count} not evaluable" if count else "" for count in unknown],
        }
    )


def _first_response(study: Study, key: str, phase: str, how: Choices, window: Window | None) -> Floats:
    """Each patient's weeks from the phase's start to the first response."""
    seen = phase_visits(study, phase, how.baseline, window, how.clock)
    return pick(seen.week, seen.first(response_rule(key).holds(seen.base, seen.pasi))) - seen.start


def _median(weeks: Floats) -> float:
    known = weeks[~np.isnan(weeks)]
    return float(np.median(known)) if len(known) else np.nan
