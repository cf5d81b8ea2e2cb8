"""The course, improvement and follow-up of groups as rows of comparisons.csv."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.comparisons.averages import AVERAGES
from analysis.comparisons.group_course import group_course
from analysis.comparisons.group_follow_up import follow_up
from analysis.comparisons.improvement_area import by_group, two_groups
from analysis.comparisons.phase_samples import Compared
from analysis.scales import PASI_SCALES
from data.study import Study


def group_rows(study: Study, how: Compared) -> list[pd.DataFrame]:
    """Tables of one phase, with columns of `comparisons.COLUMNS`: group_course, auc and follow_up."""
    courses = [_course(study, how, scale, average) for scale in PASI_SCALES for average in AVERAGES]
    tables = [*courses, _areas(study, how), _follow_up(study, how)]
    return [table.assign(phase=how.phase) for table in tables if len(table)]


def _course(study: Study, how: Compared, scale: str, average: str) -> pd.DataFrame:
    """One row per group and visit: n observed, left_out due and not observed, estimate the average with its
    interval; one row in all where it is refused."""
    found, rule = group_course(study, replace(how, scale=scale)), f"{average}, {scale}"
    if found.reason:
        return pd.DataFrame([{"comparison": "group_course", "rule": rule, "note": f"not computed: {found.reason}"}])
    table = found.table
    notes = zip(table[f"{average}_note"], table["note"], strict=True)
    return pd.DataFrame(
        {
            "comparison": "group_course",
            "group": table["group"].astype("str"),
            "visit": table["visit"],
            "week": table["week"],
            "rule": rule,
            "n": table["n"],
            "left_out": table["due"] - table["n"],
            "median": table["median"],
            "estimate": table[average],
            "low": table[f"{average}_low"],
            "high": table[f"{average}_high"],
            "note": ["; ".join(filter(None, parts)) for parts in notes],
        }
    )


def _areas(study: Study, how: Compared) -> pd.DataFrame:
    """One row per group, estimate the median; then, of two groups, one of the test between them."""
    table, test = by_group(study, how), two_groups(study, how)
    rows = table.drop(columns="weeks").assign(comparison="auc", rule="median", estimate=table["median"])
    if test is None:
        return rows
    middle = table["median"].tolist()
    tested = {
        "comparison": "auc", "group": test.first, "other_group": test.second, "rule": "Mann–Whitney", "n": test.n,
        "other_n": test.other_n, "median": middle[0], "other_median": middle[1], "estimate": test.auc, "low": test.low,
        "high": test.high, "effect": test.biserial, "p": test.p, "smallest_p": test.smallest, "note": test.note,
    }  # fmt: skip
    return pd.concat([rows, pd.DataFrame([tested])], ignore_index=True)


def _follow_up(study: Study, how: Compared) -> pd.DataFrame:
    """One row per group, estimate the median follow-up in weeks."""
    table = follow_up(study, how)
    rows = table.drop(columns="ended").assign(comparison="follow_up", estimate=table["median"])
    return rows.assign(rule="reverse Kaplan–Meier")
