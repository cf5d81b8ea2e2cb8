"""Which lanes there are, and what stands on each: a patient's lanes together, one lane per drug; and which patients are
on which page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.end_reasons import kinds
from analysis.filters import kept_patients
from analysis.phases import course_kind, on_clock
from analysis.response.response import lane_order
from figures.treatments.course_signs import dose_table
from figures.treatments.dose_steps import stepped
from figures.treatments.events import event_table
from figures.treatments.follow_up import followed_table
from figures.visuals import formatting, marks, time_axis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.query import Query
    from data.study import Study

PAGE = 12
"""Patients on a page when there are more than can be scrolled."""
SCROLL = 24
"""Up to this many patients all lanes are on one page that scrolls."""
PINNED = 6
"""Lanes kept free on top of a page for a highlighted patient who is on another one."""
HEAD, EVENTS, COURSES = "head", "events", "courses"
"""What a lane holds: a patient's follow-up and milestones, her events, or the courses of one drug."""

COLUMNS = ("treatment", "kind", "role", "end_week", "title", "span", "dosage")
"""What a course's `customdata` holds after patient_id and start_week."""

Lane = tuple[str, str, str]
"""A lane's patient, what it holds, and which of such lanes it is: the drug, or the row of events."""


@dataclass(frozen=True, eq=False)
class Laid:
    """Lanes from the top, and what stands on them; the tables are those of `described` (timed), `event_table`,
    `followed_table` and `dose_table`, each with `lane`, a position in `lanes`."""

    lanes: list[Lane]
    courses: pd.DataFrame
    events: pd.DataFrame
    followed: pd.DataFrame
    doses: pd.DataFrame

    @property
    def heads(self) -> dict[str, int]:
        """patient_id -> the lane of her follow-up and milestones."""
        return {patient: lane for lane, (patient, holds, _) in enumerate(self.lanes) if holds == HEAD}


def laid(study: Study, query: Query, patients: Sequence[str]) -> Laid:
    """The lanes of these patients, in their order; of each of whom anything is known on the clock and in the window."""
    known = described(study, query.clock)
    courses = time_axis.timed(study, query, known[known["patient_id"].isin(patients)])
    rank = {patient: at for at, patient in enumerate(patients)}
    courses = courses.assign(rank=courses["patient_id"].astype(str).map(rank))
    courses = courses.sort_values(["rank", "first", "treatment", "start_week"], kind="stable")
    events, followed = event_table(study, query, patients), followed_table(study, query, patients)
    doses = dose_table(study, query, patients)
    lanes = [
        *((patient, HEAD, "") for table in (courses, events, followed, doses) for patient in table["patient_id"]),
        *((patient, EVENTS, str(row)) for patient, row in zip(events["patient_id"], events["row"], strict=True)),
        *((patient, COURSES, drug) for table in (courses, doses) for patient, drug in _drugs(table)),
    ]
    lanes = sorted(dict.fromkeys(lanes), key=lambda lane: (rank[lane[0]], lane[1] == COURSES))
    place = {lane: at for at, lane in enumerate(lanes)}
    return Laid(
        lanes,
        _placed(courses, place, COURSES, courses["treatment"]),
        _placed(events, place, EVENTS, events["row"].astype(str)),
        _placed(followed, place, HEAD, pd.Series("", index=followed.index)),
        _placed(doses, place, COURSES, doses["treatment"]),
    )


def _drugs(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(table["patient_id"], table["treatment"], strict=True)


def _placed(table: pd.DataFrame, place: dict[Lane, int], holds: str, which: pd.Series) -> pd.DataFrame:
    lanes = [place[patient, holds, each] for patient, each in zip(table["patient_id"], which, strict=True)]
    return table.assign(lane=np.array(lanes, int))


@lru_cache(maxsize=8)
def described(study: Study, clock_key: str) -> pd.DataFrame:
    """The columns of `dose_steps.stepped`, role, first (week of the drug's first course), ended (a key of
    `end_reasons.REASONS`, "" where none is stated or the drug goes on in another course), title, span (on the clock,
    with the stated reason of its end) and dosage in words, and custom (what a mark's `customdata` holds)."""
    table = on_clock(study, stepped(course_kind(study)), clock_key)
    first = table.groupby(["patient_id", "treatment"], observed=True)["start_week"].transform("min")
    ended = table["end_reason"].fillna("") if "end_reason" in table else pd.Series("", index=table.index)
    kind = kinds(ended).where(_closes(table), "")
    table = table.assign(first=first, ended=kind, title=_titles(table), dosage=_dosages(table))
    table = table.assign(span=[span + _because(why) for span, why in zip(_spans(table), ended, strict=True)])
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
    """Every patient's courses, for the layer: when each ends, so that the visits within it can be lit."""
    if study.treatments.empty:
        return []
    table = time_axis.timed(study, query, described(study, query.clock))
    numbers = {name: table[name].to_numpy(np.float32) for name in ("x0", "x1", "end_week")}
    table = table.assign(value=0.0, x=table["x0"], week=table["start_week"])
    return [{**marks.columnar(study, table, yaxis="y", mode="bars"), **numbers, "text": table["treatment"].tolist()}]


def _titles(table: pd.DataFrame) -> list[str]:
    rows = zip(marks.who(table), table["treatment"].astype(str), table["role"].astype(str), strict=True)
    return [f"<b>{patient}</b>  {formatting.escaped(treatment)} ({role})" for patient, treatment, role in rows]


def _spans(table: pd.DataFrame) -> list[str]:
    """When, in words, in weeks on the clock."""
    reach = [_reach(table, name) for name in ("start_margin", "end_margin")]
    spans = []
    for start, end, first, last in zip(table["clock_start_week"], table["clock_end_week"], *reach, strict=True):
        until = "ongoing" if np.isnan(end) else f"to week {end:.4g}{last}"
        spans.append(f"week {start:.4g}{first}" if start == end else f"week {start:.4g}{first} {until}")
    return spans


def _closes(table: pd.DataFrame) -> pd.Series[bool]:
    """Whether a course is the last of its exposure; not what lasts no time."""
    end = table["end_week"].fillna(np.inf)
    return end == end.groupby(table["exposure"]).transform("max")


def _because(reason: str) -> str:
    return f"<br>ended: {formatting.short(reason, 80)}" if reason.strip() else ""


def _reach(table: pd.DataFrame, margin: str) -> list[str]:
    """How far a partial date may be from its week, in words; "" of a whole one."""
    weeks = table[margin] if margin in table else pd.Series(0.0, index=table.index)
    return [f" ± {week:.0f}" if week > 0 else "" for week in weeks]


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
        .map(formatting.escaped)
        .tolist()
    )
