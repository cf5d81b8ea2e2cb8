"""The comparisons of few patients as one tidy table: before and after, several visits, responders and others, and the
course of groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.comparisons.before_after import before_after, over_visits
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.phase_samples import VISITS, Compared
from analysis.comparisons.responders import at_baseline
from analysis.phase_visits import chosen_phases
from analysis.report.group_course import group_rows
from analysis.report.options import ReportOptions
from analysis.response.rules import rules_of
from data.study import Study

COLUMNS = (
    "comparison", "subset", "phase", "visit", "week", "rule", "n", "other_n", "left_out", "median", "other_median",
    "estimate", "low", "high", "effect", "p", "smallest_p", "holm_p", "bh_q", "family", "note", "group", "other_group",
)  # fmt: skip


def comparisons(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """One row per comparison, subset and phase. before_after: one per visit (the usual nominal week, each patient's
    first and last); n pairs, other_median at baseline, estimate with low and high the shift, effect the matched
    rank-biserial. several_visits: n complete patients, estimate Friedman's statistic, effect Kendall's W. responders:
    one per response rule; n responders and other_n others, estimate with low and high the area under the ROC curve,
    effect the rank-biserial. holm_p and bh_q are over the `family` of all subsets of the study.

    group_course, auc and follow_up are of the outcome, of no subset, and of a group: as `group_course.group_rows`
    says."""
    tables = [table for phase in chosen_phases(study, asked.phases) for table in _of_phase(study, asked, phase)]
    chosen = asked.subsets or study.subset_definitions["subset"].astype(str).tolist()
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    found = found.reindex(columns=list(COLUMNS))
    return found[found["subset"].isna() | found["subset"].isin(chosen)].reset_index(drop=True)


def _of_phase(study: Study, asked: ReportOptions, phase: str) -> list[pd.DataFrame]:
    how = Compared(phase, asked.baseline, asked.clock, asked.window)
    of_groups = group_rows(study, replace(how, policy=asked.policy))
    rules = asked.responses or (rules_of(study).first_response,)
    return [
        *(_before_after(study, replace(how, visit=visit)) for visit in VISITS),
        _several(study, how),
        *(_responders(study, replace(how, response=rule)) for rule in rules),
        *of_groups,
    ]


def _before_after(study: Study, how: Compared) -> pd.DataFrame:
    found = before_after(study, how)
    names = {"baseline": "other_median", "value": "median", "biserial": "effect", "smallest": "smallest_p"}
    table = found.table.rename(columns=names)
    table = table.assign(left_out=found.there - table["n"], note=_note(table), week=found.week)
    return _adjusted(table.assign(comparison="before_after", phase=how.phase, visit=how.visit))


def _several(study: Study, how: Compared) -> pd.DataFrame:
    subsets = study.subset_definitions["subset"].astype(str).tolist()
    each = [over_visits(study, how, subset) for subset in subsets]
    table = pd.DataFrame(
        {
            "comparison": "several_visits",
            "subset": subsets,
            "phase": how.phase,
            "visit": ["; ".join(["baseline", *(f"{week:g}" for week in weeks)]) for _, weeks in each],
            "n": [one.n for one, _ in each],
            "left_out": [one.left_out for one, _ in each],
            "estimate": [one.statistic for one, _ in each],
            "effect": [one.w for one, _ in each],
            "p": np.array([one.p for one, _ in each], float),
            "smallest_p": [one.smallest for one, _ in each],
            "note": [f"not computed: {one.reason}" if one.reason else f"p: {one.how}" for one, _ in each],
        }
    )
    return _adjusted(table)


def _responders(study: Study, how: Compared) -> pd.DataFrame:
    names = {
        "responders": "n", "others": "other_n", "responders_median": "median", "others_median": "other_median",
        "auc": "estimate", "biserial": "effect", "smallest": "smallest_p",
    }  # fmt: skip
    table = at_baseline(study, how).rename(columns=names)
    made = {"comparison": "responders", "phase": how.phase, "visit": "baseline", "rule": how.response}
    return _adjusted(table.assign(**made, note=_note(table)))


def _adjusted(table: pd.DataFrame) -> pd.DataFrame:
    p = table["p"].to_numpy(float)
    adjusted = {"holm_p": ADJUSTMENTS["holm"].adjust(p), "bh_q": ADJUSTMENTS["bh"].adjust(p)}
    return table.assign(**adjusted, family=int((~np.isnan(p)).sum()))


def _note(table: pd.DataFrame) -> list[str]:
    return [
        f"not computed: {reason}" if reason else note
        for reason, note in zip(table["reason"], table["note"], strict=True)
    ]
