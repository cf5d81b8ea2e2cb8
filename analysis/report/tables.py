"""The tables of the report: the same numbers as on the page as tidy tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.phases import CLOCKS, at_patient
from analysis.report import correlations as correlation
from analysis.report.comparisons import comparisons
from analysis.report.options import ReportOptions
from analysis.report.specifications import specifications
from analysis.report.survival import survival
from analysis.response import rebound, relapse
from analysis.response.rates import Choices, rates
from analysis.response.rules import rules_of
from analysis.response.summary import SUSTAINED_STATES, summaries
from data.study import Study

WEEK = re.compile(r"^week$|(?<!per)_week$")
"""The columns that hold a week of the study."""


def responses(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """Responder rates, as `rates.rates` gives them."""
    choices = Choices(asked.baseline, asked.policy, asked.interval, asked.clock)
    return rates(study, asked.responses, asked.imputations, asked.phases, choices, asked.window)


def patients(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """One row per patient × phase: `summary.summaries` under one response and one relapse rule (which response_rule
    and relapse_rule name), with both rebounds; weeks on the clock; states in words. Patients off the clock are left
    out."""
    rules, how = rules_of(study), asked.rules
    response, lost = asked.response or rules.first_response, how.relapse_of(study)
    table = summaries(study, asked.phases, how)
    chosen = relapse.relapses(study, [lost], asked.phases, how)
    table = table.assign(
        response_rule=response,
        relapse_rule=lost,
        relapse_state=_in_words(chosen, relapse.STATES),
        sustained=table["sustained"].cat.rename_categories(dict(SUSTAINED_STATES)),
    )
    for rule in rules.rebounds:
        found = rebound.rebounds(study, [rule], asked.phases, how)
        table[f"rebound_{rule}_week"] = found["week"]
        table[f"rebound_{rule}_state"] = _in_words(found, rebound.STATES)
    first = ["patient_id", "phase", "baseline", "nadir", "nadir_week", "first_response_week", "relapse_week"]
    ordered = table[[*first, *table.columns.difference(first, sort=False)]]
    return _on_clock(study, ordered, asked.clock)


def relapses(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """patient_id, phase, rule, threshold (PASI), week (on the clock), state (in words, with the reason): one row per
    patient × phase × relapse rule. Patients off the clock are left out."""
    found = relapse.relapses(study, asked.relapses, asked.phases, asked.rules)
    table = found.assign(state=_in_words(found, relapse.STATES))
    return _on_clock(study, table[["patient_id", "phase", "rule", "threshold", "week", "state"]], asked.clock)


def pairs(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """The audit of `report_correlations.pairs`, with weeks on the clock."""
    found = correlation.pairs(study, asked)
    return _on_clock(study, found, asked.clock) if len(found) else found


TABLES: Mapping[str, Callable[[Study, ReportOptions], pd.DataFrame]] = MappingProxyType(
    {
        "responses": responses,
        "patients": patients,
        "relapses": relapses,
        "survival": survival,
        "correlations": correlation.correlations,
        "specifications": specifications,
        "pairs": pairs,
        "comparisons": comparisons,
    }
)


def _in_words(found: pd.DataFrame, labels: Mapping[str, str]) -> pd.Series:
    """The state of each row in words, with its reason after a colon."""
    label = found["state"].astype("str").map(dict(labels))
    reason = found["reason"].astype("str")
    return label.where(reason == "", label + ": " + reason)


def _on_clock(study: Study, table: pd.DataFrame, clock: str) -> pd.DataFrame:
    """The table's weeks since each patient's week 0 of the clock, without the patients who have none."""
    zero = at_patient(study, table, CLOCKS[clock].anchor)
    weeks = [str(name) for name in table.columns if WEEK.search(str(name))]
    return table.assign(**{name: table[name] - zero for name in weeks})[~np.isnan(zero)]
