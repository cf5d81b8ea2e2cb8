"""Checklists for reports of cases and case series, filled from the data: what is in the study, and what its authors
must still say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.doses import happened
from analysis.filters import kept_patients
from analysis.outcomes import outcome_name, outcome_of
from analysis.phases import clock_labels
from analysis.response.rates import ENOUGH_PATIENTS
from analysis.scales import study_scores
from analysis.severity import grade
from analysis.tracks import prior_drugs
from publishing import stamp as stamps
from publishing.references import reference

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

    Found = Callable[[Study, Query], str]

JAAD, CARE = "10.1016/j.jaad.2008.10.023", "10.1186/1752-1947-7-223"
STANDING = (
    "The list for reports of innovative therapies (Table IV of Albrecht, Werth and Bigby 2009) gives the views of its "
    "authors; it is, as they say, neither a systematic review nor a formal consensus. Its items are told here in our "
    "words; those with * are for case series. CARE (2013) is a consensus of 13 items for case reports, of which the "
    "timeline alone is looked at here."
)
MOST = 12
"""Treatments that are named."""
NOTHING = "Nothing of this is in the study."
BY_PATIENTS = frozenset({"dlqi", "itch_nrs", "poem"})
"""Scores that patients give themselves."""


@dataclass(frozen=True)
class Item:
    """What a list asks for, in our words; `found` says what of it is in the study, `say` what the authors must say."""

    source: str
    name: str
    asks: str
    found: Found
    say: str


def checklist(study: Study, query: Query) -> pd.DataFrame:
    """list, item, asks, in_the_study, authors_must_say: an item a row, of kept patients; the study on its outcome."""
    rows = [(NAMES[item.source], item.name, item.asks, item.found(study, query) or NOTHING, item.say) for item in ITEMS]
    return pd.DataFrame(rows, columns=["list", "item", "asks", "in_the_study", "authors_must_say"])


def sources() -> list[str]:
    """The works that the lists are from."""
    return [reference(doi).text for doi in (JAAD, CARE)]


def _kept(study: Study, query: Query, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the kept patients; weeks that were chosen on the page leave none out."""
    keep = kept_patients(study, query.patients or None, query.groups or None)
    return table[keep[table["patient_id"].cat.codes.to_numpy()]]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _patients(study: Study, query: Query) -> int:
    return int(kept_patients(study, query.patients or None, query.groups or None).sum())


def _range(values: pd.Series) -> str:
    low, high = (f"{round(value, 2) + 0.0:.10g}".replace("-", "−") for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"


def _diagnosis(study: Study, query: Query) -> str:
    seen = _kept(study, query, study.pasi).dropna(subset="pasi")
    first = seen.groupby("patient_id", observed=True)["pasi"].first()
    return (
        f"{outcome_name(study)} at the first visit of {_count(len(first), 'patient')}: {_range(first)}."
        if len(first)
        else ""
    )


def _natural_course(study: Study, query: Query) -> str:
    keep, prior = kept_patients(study, query.patients or None, query.groups or None), prior_drugs(study)
    before = _kept(study, query, study.pasi).query("pasi.notna() and week < 0")
    known = prior[keep].dropna()
    drugs = (
        f"Drugs begun before week 0 are recorded for {_count(len(known), 'patient')}: {_range(known)} each."
        if len(known)
        else ""
    )
    visits = f"{_count(len(before), 'visit')} before week 0, in {_count(before['patient_id'].nunique(), 'patient')}."
    return " ".join(filter(None, [visits if len(before) else "No visit before week 0.", drugs]))


def _doses(study: Study, query: Query) -> str:
    courses, name = _kept(study, query, study.treatments), study.index.treatment
    if courses.empty:
        return ""
    index = courses[courses["treatment"].astype(str) == (name or "")]
    units = index[index["dose"].notna()].groupby("dose_unit", observed=True)
    doses = "".join(f", doses {_range(rows['dose'])} {unit}".rstrip() for unit, rows in units)
    whom = _count(index["patient_id"].nunique(), "patient")
    told = f"{_count(len(index), 'course')} of {name} in {whom}{doses}. " if len(index) else ""
    without, going_on = int(courses["dose"].isna().sum()), int(courses["end_week"].isna().sum())
    names = courses["treatment"].astype(str).value_counts().index
    listed = ", ".join([*names[:MOST], *(["…"] if len(names) > MOST else [])])
    rest = f"{without:,} have no dose, {going_on:,} have no end (ongoing)"
    return f"{told}Treatments: {listed}. Of all {len(courses):,} courses {rest}."


def _outcomes(study: Study, query: Query) -> str:
    outcome = outcome_of(study)
    others = [name for key, name in study_scores(study).items() if key != outcome.name]
    more = f" Further scores: {', '.join(others)}." if others else ""
    if not study.has_pasi:
        return more.strip()
    return f"{outcome_name(study)} ({outcome.low:g} to {outcome.high:g}). {stamps.rules(study, query)}.{more}"


def _perception(study: Study, query: Query) -> str:
    table = _kept(study, query, study.pasi)
    counts = {study.scores[key]: int(table[key].notna().sum()) for key in sorted(BY_PATIENTS) if key in table}
    return " ".join(f"{name} at {_count(count, 'visit')}." for name, count in counts.items() if count)


def _safety(study: Study, query: Query) -> str:
    events = _kept(study, query, happened(study))
    if events.empty:
        return "No event is recorded, which is not the same as none."
    grades = events["severity"].astype(str).map(grade)
    told = ", ".join(f"{int(count)} of grade {at:g}" for at, count in grades.value_counts().sort_index().items())
    graded = f" ({told})" if told else " (none with a grade)"
    return f"{_count(len(events), 'event')} in {_count(events['patient_id'].nunique(), 'patient')}{graded}."


def _conclusions(study: Study, query: Query) -> str:
    n, groups = _patients(study, query), study.patients["group"].astype(str).nunique()
    few = ", too few for a rate" if n < ENOUGH_PATIENTS else ""
    compared = (
        "one group, nothing to compare with"
        if groups < 2
        else f"{groups} groups; the file does not say how they were made"
    )
    made = stamps.illustrative(study)
    return f"{_count(n, 'patient')}{few}; {compared}.{f' {made}.' if made else ''}"


def _timeline(study: Study, query: Query) -> str:
    visits, courses = _kept(study, query, study.pasi), _kept(study, query, study.treatments)
    weeks = pd.concat([visits["week"], courses["start_week"]])
    if weeks.empty:
        return ""
    values = f"{int(visits['pasi'].notna().sum()):,} values of {outcome_name(study)}"
    told = f"{values}, {_count(len(courses), 'course')}, {_count(len(_kept(study, query, study.events)), 'event')}"
    return f"The figure of the page: {told}; study weeks {_range(weeks)}, drawn in {clock_labels(study)[query.clock]}."


def _nothing(study: Study, query: Query) -> str:
    return ""


ITEMS = (
    Item(
        JAAD,
        "Diagnosis",
        "Are the criteria of the diagnosis named, and did each patient meet them?",
        _diagnosis,
        "Which criteria, who judged them, and that each patient met them.",
    ),
    Item(
        JAAD,
        "Informed consent",
        "Is consent documented? For a prospective study, is approval by an ethics board?",
        _nothing,
        "Consent of each patient, also to publication; the board, and the number of its approval.",
    ),
    Item(
        JAAD,
        "Natural course",
        "Is the course without the treatment, or under the standard one, referred to?",
        _natural_course,
        "How the disease runs without it, with references; what was stopped, and when.",
    ),
    Item(
        JAAD,
        "Dosages",
        "Are dose, duration and titration of treatments described?",
        _doses,
        "Doses that are missing here, route, product, and why doses were changed.",
    ),
    Item(
        JAAD,
        "Outcome measures",
        "Are outcomes well defined and relevant? Objective or subjective, standardised or not?",
        _outcomes,
        "Who scored, whether blinded, and why these outcomes matter.",
    ),
    Item(
        JAAD,
        "Patient's perception",
        "Is it documented how patients perceived outcome and treatment?",
        _perception,
        "What patients said of outcome and treatment, in their words where they agree.",
    ),
    Item(
        JAAD,
        "Safety",
        "Are known risks of the treatment described?",
        _safety,
        "Known risks with references; how events were looked for, and for how long.",
    ),
    Item(
        JAAD,
        "Conclusions",
        "Do the authors make no claim of safety or efficacy that the cases do not bear?",
        _conclusions,
        "What the cases cannot show.",
    ),
    Item(
        JAAD,
        "Inclusion and exclusion *",
        "Are the criteria of inclusion and exclusion clear?",
        _nothing,
        "Both, and how many patients were screened and left out.",
    ),
    Item(
        JAAD,
        "Consecutive cases *",
        "Are all consecutive patients of a physician or an institution included?",
        _nothing,
        "Whether these are all who were treated, where, and between which dates.",
    ),
    Item(
        CARE,
        "Timeline (item 7)",
        "Are the important dates and times shown, as a table or a figure?",
        _timeline,
        "What happened before and beside the weeks shown; calendar time where it matters.",
    ),
)
NAMES = {JAAD: "Innovative therapies, J Am Acad Dermatol 2009", CARE: "CARE 2013"}
