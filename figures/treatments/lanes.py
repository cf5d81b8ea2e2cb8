"""Which lanes there are, and what stands on each: a patient's courses in as many lanes as overlap, their events above;
and which patients of the list are drawn."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import as_rows, patient_codes, taken
from analysis.end_reasons import kinds
from analysis.phases import course_kind, on_clock
from analysis.response.response import lane_order
from figures.treatments.course_signs import dose_rows
from figures.treatments.dose_steps import stepped
from figures.treatments.events import marked_events
from figures.treatments.follow_up import followed_rows
from figures.visuals import formatting, marks, time_axis
from figures.visuals.frame import framed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.arrays import Positions, Rows
    from data.study import Study
    from figures.visuals.frame import Frame

PAGE = 12
"""Patients by which the list is turned."""
LISTED = 36
"""Most patients whose lanes are drawn at once; the browser scrolls through them and turns the list at their ends."""
EVENTS, COURSES = "events", "courses"
"""What a lane holds: a patient's events, or courses that follow each other."""

COLUMNS = ("treatment", "kind", "role", "end_week", "title", "span", "dosage")
"""What a course's `customdata` holds after patient_id and start_week."""

Lane = tuple[str, str, str]
"""A lane's patient, what it holds, and which of such lanes it is, from "0"."""


@dataclass(frozen=True, eq=False)
class Laid:
    """Lanes from the top, and what stands on them: the rows of `described` (timed), `event_rows`, `followed_rows` and
    `dose_rows`, each with `lane`, a position in `lanes`."""

    lanes: list[Lane]
    courses: Rows
    events: Rows
    followed: Rows
    doses: Rows

    @property
    def heads(self) -> dict[str, int]:
        """patient_id -> the lane of their follow-up and milestones."""
        return {patient: lane for lane, (patient, _, _) in reversed([*enumerate(self.lanes)])}


def laid(frame: Frame, patients: Sequence[str]) -> Laid:
    """The lanes of these patients, in their order; of each of whom anything is known on the clock and in the window."""
    rank, order = {patient: at for at, patient in enumerate(patients)}, _ordered(frame.study)
    every = _described_rows(frame.study, frame.query.clock)
    courses = time_axis.timed_rows(frame, taken(every, order[_of(frame, order, rank)]))
    courses |= {"row": np.array(_packed(courses), int)}
    events, followed, doses = (rows(frame, patients) for rows in (marked_events, followed_rows, dose_rows))
    doses |= {"row": np.array(_beside(courses, doses), int)}
    followed |= {"row": np.zeros(len(followed["x0"]), int)}
    held = [(events, EVENTS), (courses, COURSES), (doses, COURSES), (followed, COURSES)]
    whole = {(patient, COURSES, "0") for table, _ in held for patient in table["patient_id"]}
    lanes = sorted(
        whole.union(*(_lanes(table, holds) for table, holds in held)),
        key=lambda lane: (rank[lane[0]], lane[1] == COURSES, int(lane[2])),
    )
    place = {lane: at for at, lane in enumerate(lanes)}
    return Laid(
        lanes,
        **{
            name: _placed(table, place, holds)
            for name, (table, holds) in zip(("events", "courses", "doses", "followed"), held, strict=True)
        },
    )


def _lanes(table: Rows, holds: str) -> list[Lane]:
    rows = zip(table["patient_id"].tolist(), table["row"].tolist(), strict=True)
    return [(patient, holds, str(row)) for patient, row in rows]


def _placed(table: Rows, place: dict[Lane, int], holds: str) -> Rows:
    return table | {"lane": np.array([place[lane] for lane in _lanes(table, holds)], int)}


def _of(frame: Frame, order: Positions, rank: Mapping[str, int]) -> Positions:
    """Which of the courses in `order` are of these patients, by the patients' ranks."""
    place = np.array([rank.get(patient, -1) for patient in frame.study.patient_ids])
    owner = place[patient_codes(frame.study.treatments)[order]]
    known = np.flatnonzero(owner >= 0)
    return known[np.argsort(owner[known], kind="stable")]


@lru_cache(maxsize=8)
def _ordered(study: Study) -> Positions:
    """Positions of the courses by the first week of their drug, then drug and week."""
    table = courses_of(study)
    return np.lexsort([table[name].to_numpy() for name in ("start_week", "treatment", "first")])


def _packed(courses: Rows) -> list[int]:
    """The lane of each course among its patient's: the first that is free from its start on, the same for all of one
    exposure; the doses of a drug that last no time stand together, those of the index treatment on the first."""
    patient, exposure = courses["patient"].tolist(), courses["exposure"].astype(float).tolist()
    drug, index = courses["treatment"].tolist(), (courses["role"] == "index").tolist()
    own = [(who, name if math.isnan(one) else one) for who, one, name in zip(patient, exposure, drug, strict=True)]
    spans: dict[tuple[int, Any], list[Any]] = {}
    ends = zip(courses["x0"].tolist(), courses["x1"].tolist(), index, exposure, strict=True)
    for key, (x0, x1, is_index, one) in zip(own, ends, strict=True):
        first = spans.setdefault(key, [x0, x1, is_index and math.isnan(one)])
        first[:2] = min(first[0], x0), max(first[1], x1)
    found, taken = {}, defaultdict[int, list[float]](list)
    for key, (x0, x1, together) in sorted(spans.items(), key=lambda item: item[1][0]):
        lanes = taken[key[0]]
        row = 0 if together else next((at for at, end in enumerate(lanes) if x0 >= end - 1e-9), len(lanes))
        if not together:
            lanes[row : row + 1] = [x1]
        found[key] = row
    return [found[key] for key in own]


def _beside(courses: Rows, doses: Rows) -> list[int]:
    """The lane of each dose that was not given: that of its drug's first course, else the first."""
    keys = zip(courses["patient"].tolist(), courses["treatment"].tolist(), strict=True)
    known = dict(reversed([*zip(keys, courses["row"].tolist(), strict=True)]))
    return [known.get(key, 0) for key in zip(doses["patient"].tolist(), doses["treatment"].tolist(), strict=True)]


@lru_cache(maxsize=8)
def _described_rows(study: Study, clock_key: str) -> Rows:
    return as_rows(described(study, clock_key))


@lru_cache(maxsize=8)
def described(study: Study, clock_key: str) -> pd.DataFrame:
    """The columns of `courses_of`, title, dosage and span (on the clock, with the stated reason of its end) in words,
    and custom (what a mark's `customdata` holds)."""
    table = on_clock(study, _worded(study), clock_key)
    spans = [span + _because(why) for span, why in zip(_spans(table), _reasons(table), strict=True)]
    table = table.assign(span=spans)
    custom = marks.custom(table.assign(week=table["start_week"]), COLUMNS)
    return table.assign(custom=pd.Series(custom, index=table.index, dtype=object))


@lru_cache(maxsize=8)
def _worded(study: Study) -> pd.DataFrame:
    table = courses_of(study)
    return table.assign(dosage=_dosages(table), title=_titles(table))


@lru_cache(maxsize=8)
def courses_of(study: Study) -> pd.DataFrame:
    """What is drawn of courses on every clock: the columns of `dose_steps.stepped`, role, first (week of the drug's
    first course) and ended (a key of `end_reasons.REASONS`, "" where none is stated or the drug goes on in another
    course)."""
    table = stepped(course_kind(study))
    first = table.groupby(["patient_id", "treatment"], observed=True)["start_week"].transform("min")
    kind = kinds(_reasons(table)).where(_closes(table), "")
    return table.assign(first=first, ended=kind, treatment=table["treatment"].astype(str))


def _reasons(table: pd.DataFrame) -> pd.Series[str]:
    """The stated reason of each course's end; "" where none is."""
    return table["end_reason"].fillna("") if "end_reason" in table else pd.Series("", index=table.index)


@framed
def pages(frame: Frame) -> int:
    """How often the list can be turned."""
    kept = int(frame.kept.sum())
    return -(-kept // PAGE) if kept > LISTED else 1


@framed
def listed(frame: Frame) -> list[str]:
    """The kept patients, in lane order."""
    kept = frame.kept
    wanted = set(frame.study.patients["patient_id"][kept].astype(str))
    return [patient for patient in lane_order(frame.study, frame.query.lane_sort) if patient in wanted]


@framed
def page(frame: Frame) -> list[str]:
    """The patients whose lanes are drawn: all, or from the query's place in the list on."""
    order, start = listed(frame), (min(frame.query.lane_page, pages(frame)) - 1) * PAGE
    return order[start : start + LISTED]


@framed
def page_of(frame: Frame, patient: str) -> int:
    """The `lane_page` on which a patient is drawn: the query's if they are; 0 for one who is not kept."""
    order = listed(frame)
    if patient not in order:
        return 0
    return frame.query.lane_page if patient in page(frame) else order.index(patient) // PAGE + 1


@framed
def lane_marks(frame: Frame) -> list[dict[str, Any]]:
    """Every patient's courses, for the layer: when each ends, so that the visits within it can be lit."""
    study = frame.study
    if study.treatments.empty:
        return []
    table = time_axis.timed(frame, courses_of(study))
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
