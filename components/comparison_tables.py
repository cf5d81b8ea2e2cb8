"""The numbers behind the comparisons of few patients as tables, and the n printed beside their titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.comparisons import responders as responders_of
from components.tables import patients
from figures import before_after as compared
from figures import responders as split

if TYPE_CHECKING:
    import pandas as pd

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
    """cutoff (blank: above the highest value), sensitivity, false_alarms of the correlation card's subset; empty where
    it is refused."""
    table = split.roc_table(study, query) if query.subset else responders_of.EMPTY.copy()
    return table.replace({"cutoff": {float("inf"): float("nan")}})


def roc_caption(study: Study, query: Query) -> str:
    """How many of either group have a baseline of the subset."""
    if not query.subset:
        return "0 subsets"
    one = split.test_of(study, query, query.subset)
    return f"{one.responders:,} responders and {one.others:,} others with a baseline"
