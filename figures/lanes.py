"""Which courses stand on which lane, and on which page: a patient's lanes together, one lane per drug."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.narrow import kept_patients
from analysis.phases import course_kind, on_clock
from analysis.response import lane_order
from figures import clock, marks, words
from figures.happenings import event_table

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

PAGE = 12
"""Patients on a page when there are more than can be scrolled."""
SCROLL = 24
"""Up to this many patients all lanes are on one page that scrolls."""
PINNED = 5
"""Lanes kept free on top of a page for a highlighted patient who is on another one."""


COLUMNS = ("treatment", "kind", "role", "end_week", "title", "span", "dosage")
"""What a lane's `customdata` holds after patient_id and start_week."""


def lane_table(study: Study, query: Query, patients: list[str] | None = None) -> pd.DataFrame:
    """One row per course of these patients (None: all kept), in lane order: the columns of `described`, x0, x1, open,
    lane (0 on top), head (the lane above a patient's courses, which holds the milestones), and events (the lane
    between the two, of a patient with any in what is kept; else NaN)."""
    order = lane_order(study, query.lane_sort) if patients is None else patients
    courses = described(study, query.clock)
    table = clock.timed(study, query, courses if patients is None else courses[courses["patient_id"].isin(patients)])
    rank = pd.Series(range(len(order)), index=order)
    table = table.assign(rank=table["patient_id"].astype(str).map(rank)).dropna(subset="rank")
    table = table.sort_values(["rank", "first", "treatment", "start_week"], kind="stable")
    lane = table[["rank", "treatment"]].ne(table[["rank", "treatment"]].shift()).any(axis=1).cumsum() - 1
    first, further = (
        table["rank"].ne(table["rank"].shift()),
        table["patient_id"].isin(event_table(study, query)["patient_id"]),
    )
    lane += (first * (1 + further)).cumsum()
    head = lane.groupby(first.cumsum()).transform("min") - 1 - further
    return table.assign(lane=lane, head=head, events=(head + 1).where(further))


@lru_cache(maxsize=8)
def described(study: Study, clock_key: str) -> pd.DataFrame:
    """The columns of `treatments`, role, first (week of the drug's first course), title, span (on the clock) and dosage
    in words, and custom (what a mark's `customdata` holds)."""
    table = on_clock(study, course_kind(study), clock_key)
    first = table.groupby(["patient_id", "treatment"], observed=True)["start_week"].transform("min")
    table = table.assign(first=first, title=_titles(table), span=_spans(table), dosage=_dosages(table))
    table = table.assign(treatment=table["treatment"].astype(str))
    custom = marks.custom(table.assign(week=table["start_week"]), COLUMNS)
    return table.assign(custom=pd.Series(custom, index=table.index, dtype=object))


def paged(study: Study, query: Query) -> bool:
    """True when the kept patients do not fit on one page."""
    return pages(study, query) > 1


def pages(study: Study, query: Query) -> int:
    """How many pages there are."""
    kept = int(kept_patients(study, query.patients or None, query.groups or None).sum())
    return max(1, -(-kept // PAGE)) if kept > SCROLL else 1


def page(study: Study, query: Query) -> list[str]:
    """The patients on the query's page, in lane order."""
    kept = kept_patients(study, query.patients or None, query.groups or None)
    wanted = set(study.patients["patient_id"][kept].astype(str))
    order = [patient for patient in lane_order(study, query.lane_sort) if patient in wanted]
    if len(order) <= SCROLL:
        return order
    start = (min(query.lane_page, pages(study, query)) - 1) * PAGE
    return order[start : start + PAGE]


def lane_marks(study: Study, query: Query) -> list[dict[str, Any]]:
    """Every patient's courses on lanes counted from the top of the pinned strip, for the layer."""
    if study.treatments.empty:
        return []
    table = lane_table(study, query)
    own = table["lane"] - table["events"].fillna(table["head"]) - 1
    numbers = {name: table[name].to_numpy(np.float32) for name in ("x0", "x1", "start_week", "end_week")}
    table = table.assign(value=own - PINNED + 0.0, x=table["x0"], week=table["start_week"])
    text = {"text": table["treatment"].astype(str).tolist(), "open": table["open"].astype(int).tolist()}
    return [{**marks.columnar(study, table, yaxis="y", mode="bars"), **numbers, **text}]


def _titles(table: pd.DataFrame) -> list[str]:
    rows = zip(marks.who(table), table["treatment"].astype(str), table["role"].astype(str), strict=True)
    return [f"<b>{patient}</b>  {words.escaped(treatment)} ({role})" for patient, treatment, role in rows]


def _spans(table: pd.DataFrame) -> list[str]:
    """When, in words, in weeks on the clock."""
    spans = []
    for start, end in zip(table["clock_start_week"], table["clock_end_week"], strict=True):
        until = "ongoing" if np.isnan(end) else f"to week {end:.4g}"
        spans.append(f"week {start:.4g}" if start == end else f"week {start:.4g} {until}")
    return spans


def _dosages(table: pd.DataFrame) -> list[str]:
    return [
        "dose not stated" if np.isnan(dose) else f"{dose:g} {unit}"
        for dose, unit in zip(table["dose"], units(table), strict=True)
    ]


def units(table: pd.DataFrame) -> list[str]:
    """Dose units, "" where not stated; a power of ten as it is printed."""
    return (
        table["dose_unit"]
        .astype(object)
        .where(table["dose_unit"].notna(), "")
        .str.replace("1e6 ", "× 10⁶ ")
        .map(words.escaped)
        .tolist()
    )
