"""The numbers behind the comparisons of few patients as tables, and the n printed beside their titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.comparisons import responders as responders_of
from analysis.phases import phase_labels
from components.tables import patients
from figures import before_after as compared
from figures import group_course as followed
from figures import improvement_area as improved
from figures import responders as split
from figures.visuals import curves

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study


def before_after(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `figures.before_after.shown_table`: a row per chosen subset."""
    return compared.shown_table(study, query)


def before_after_caption(study: Study, query: Query) -> str:
    """Whom the visit was seen of, and how many subsets are shown of how many."""
    found = compared.comparison(study, query)
    seen = f"{compared.visit_words(study, query)}: {found.observed:,} of {patients(found.there)} observed"
    return f"{seen} · {len(query.subsets)} of {len(found.table):,} subsets"


def responders(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `analysis.comparisons.responders.at_baseline`: a row per chosen subset."""
    return split.shown_table(study, query)


def responders_caption(study: Study, query: Query) -> str:
    """How many are in each group, and in none and why."""
    who = responders_of.sides(study, split.how(study, query))
    counted = f"{int(who.responders.sum()):,} responders, {int(who.others.sum()):,} others"
    neither = split.left_out(study, query)
    return counted + (f" · {neither}" if neither else "")


def roc(study: Study, query: Query) -> pd.DataFrame:
    """cutoff (blank: above the highest value), sensitivity, false_alarms of the panel's subset; empty where
    it is refused."""
    table = split.roc_table(study, query) if query.subset else responders_of.EMPTY.copy()
    return table.replace({"cutoff": {float("inf"): float("nan")}})


def roc_caption(study: Study, query: Query) -> str:
    """How many of either group have a baseline of the subset."""
    if not query.subset:
        return "0 subsets"
    one = split.test_of(study, query, query.subset)
    return f"{one.responders:,} responders and {one.others:,} others with a baseline"


def group_course(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `analysis.comparisons.group_course` but place; then, per group, the median follow-up in weeks, as
    the row whose visit is follow-up."""
    table = followed.shown_table(study, query).drop(columns="place")
    longest = followed.follow_up_table(study, query)
    names = {"median": "median", "low": "median_low", "high": "median_high", "note": "median_note"}
    last = (
        longest.drop(columns="ended")
        .rename(columns=names)
        .assign(visit="follow-up (weeks)", note="reverse Kaplan–Meier")
    )
    return pd.concat([table.astype({"group": "str"}), last], ignore_index=True)[list(table.columns)]


def group_course_caption(study: Study, query: Query) -> str:
    """Patients, groups and visits, and which phase it is."""
    table = followed.shown_table(study, query)
    kept, visits = int(curves.kept_flags(study, query).sum()), table["place"].nunique()
    groups = table["group"].nunique()
    counted = f"{patients(kept)}, {groups:,} group{'s' if groups != 1 else ''}, {visits:,} visits"
    return f"{counted} · {phase_labels(study)[query.phase]}, nothing imputed"


def auc(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `analysis.comparisons.improvement_area.by_group`; where there are two groups, p, smallest_p and
    p_note of the test between them."""
    table, test = improved.group_table(study, query), improved.test_of(study, query)
    return table if test is None else table.assign(p=test.p, smallest_p=test.smallest, p_note=test.note)


def auc_caption(study: Study, query: Query) -> str:
    """How many have an area, and how many none."""
    table = improved.group_table(study, query)
    left = int(table["left_out"].sum())
    return f"{patients(int(table['n'].sum()))}" + (f", {left:,} not evaluable" if left else "")
