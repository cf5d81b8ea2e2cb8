"""The registry of what a column of a clinic's table may be: by its header, and by its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from data.intake.columns.scores import SCORE_WORDS, SCORED
from data.intake.columns.value_types import (
    anything,
    are_doses,
    are_elapsed,
    are_names,
    are_numbers,
    are_scores,
    are_statuses,
    are_words,
    dated,
    dates_or_numbers,
    ends,
    few_words,
)
from data.study import SCORES

NEVER = r"(?!)"
OWN_SCORE = "score"
"""What a column is that a person says is a score of the study's own."""


@dataclass(frozen=True)
class Role:
    """One meaning of a column. `header` is a pattern for its plain name, `never` one for names that mean another thing;
    `fits` says whether its cells can be that; `tables` are the study's tables that use it. Of several such columns the
    one is taken whose name fits the first of `best`; one whose name fits `doubt` is asked about: it says `doubted`."""

    header: str
    fits: Callable[[pd.Series], bool]
    tables: tuple[str, ...]
    meaning: str
    best: tuple[str, ...] = ()
    never: str = NEVER
    doubt: str = NEVER
    doubted: str = ""


@dataclass(frozen=True)
class Guess:
    """What a column is proposed to be, in a sentence, and whether a person should look at it."""

    column: str
    role: str
    why: str
    unclear: bool = False


TIMES = ("pasi", "immune_subsets", "events")
WHEN = r"(?:(?:visit|study|sample|time|timepoint)_)*"
AFTER = r"(?:from|since|after|post|nach|apres|despues|dopo|depois|na)"
FROM_WEEK_0 = rf"(?:_{AFTER}_.*|_baseline|_start)?"
SINCE = rf"{WHEN}{{unit}}{FROM_WEEK_0}|time_{AFTER}_.*_{{unit}}"
"""A time in a unit: "months", "Time (months)", "days since infusion", "Time since baseline (h)"."""
HARM = (
    r"(?:s?ae|ue|(?:serious_)?adverse_(?:event|reaction|effect)|(?:event|effet|efecto|evento|effetto)_adverse|event"
    r"|side_effect|reaction)s?"
)
SCALE = r"(?:(?:ctcae|ctc)(?:v?\d+)?|nci|who|version|v?\d+)"
"""What is not wished for, and the scale of how severe it was: "Toxicity grade (CTCAE v5)"."""
WORST = rf"(?:{HARM}|{SCALE}|max|maximum|worst)"
"""What stands before a grade. Between two of these there is always a sign: else each digit might be one by itself, and
a header of many would be tried in more ways than there is time for."""
NOT_SINCE = r".*(?:diagnos|onset|birth|born|_last|relapse|previous|prior).*"
"""What is not counted from week 0."""
COURSE_TIME = r"(?:_?(?:date|day|week|month|year|hour|dt|dat|on)s?)?"
OTHER_UNITS = r"days?|d|months?|mths?|mos?|years?|yrs?|y|hours?|h"
ALL = ("patients", "pasi", "immune_subsets", "treatments", "events")
PERSON = r"(?:patient|subject|participant|record|pat|subj|case)s?"
ONCE = (
    r"(?:.*_)?(?:consent\w*|entry|entered|enrol\w*|inclu\w*|diagnos\w*|birth\w*|born|naissance|nacimiento|nascita|geboorte"
    r"|onset|death|random\w*|discharge\w*|admission\w*|withdraw\w*|referr\w*|start\w*|stop\w*|end\w*|completion|print\w*"
    r"|export\w*|created|modified|erstdiagnose|einschluss\w*|einwilligung\w*)(?:_.*)?"
)
"""Dates that are of a person, a course or a file, and of no visit."""

ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "patient_id": Role(
            rf"(?:(?:no|id)_)?{PERSON}(?:_?(?:id|no|code|identifier))*|usubjid|subjid|(?:unique_)?id(?:_no)?|pid|code"
            r"|(?:study|screening|randomi[sz]ation|site_(?:patient|subject))_?(?:id|no|code)",
            anything, ALL, "the patient",
            best=(r"usubjid", rf".*{PERSON}.*|subjid", r"(?:unique_)?id.*|pid", r"study.*"),
        ),
        "week": Role(
            r"(?:(?:visit|study|sample|treatment|follow_up|time|timepoint)_)*(?:week|wk)s?(?:_?no)?|avisitn|t"
            rf"|{SINCE.format(unit='(?:weeks?|wks?|w)')}|time(?:_{AFTER}_(?!.*_(?:{OTHER_UNITS})$).*)?",
            are_numbers, TIMES, "weeks", best=(r".*(?:week|wk).*",), never=rf"w|{NOT_SINCE}",
            doubt=r"avisitn|t|time(?!.*week).*", doubted="a time without a unit, taken as weeks",
        ),
        "days": Role(rf"(?!study_day){SINCE.format(unit='(?:days?|d)')}",
            are_numbers, TIMES, "days from week 0", never=rf"d|{NOT_SINCE}",
       ),
        "study days": Role(r"study_?day|ady|[a-z]{2}dy", are_numbers, TIMES, "study days (day 1 is week 0)"),
        "months": Role(SINCE.format(unit="(?:months?|mths?|mos?)"),
            are_numbers, TIMES, "months since week 0", never=NOT_SINCE,
        ),
        "years": Role(SINCE.format(unit="(?:years?|yrs?|y)"), are_elapsed, TIMES, "years since week 0",
            never=rf"y|{NOT_SINCE}", doubt=r"years?",
       ),
        "hours": Role(SINCE.format(unit="(?:hours?|h)"),
            are_numbers, TIMES, "hours since week 0", never=rf"h|{NOT_SINCE}",
        ),
        "start": Role(
            rf"(?:.*_)?(?:start|begin|began|started|from|onset|first_dose|infusion|given){COURSE_TIME}|ex?stdtc|date_(?:started|given)|start.*",
            dates_or_numbers, ("treatments",), "the start of a course",
        ),
        "end": Role(
            rf"(?:.*_)?(?:end|stop|stopped|until|last_dose){COURSE_TIME}|exendtc|date_(?:stopped|ended)|(?:end|stop)_.*",
            ends, ("treatments",), "the end of a course",
        ),
        "date": Role(
            r"(?:.*_)?(?:date|dat|dt|dtc)(?:_.*)?|visit|(?:visited|seen|sampled|collected|drawn|assessed)(?:_on)?|adt|date.*",
            dated, TIMES, "dates, to become weeks", never=ONCE,
            best=(
                r"visit(?:_date)?|date_visit|visited(?:_on)?|adt|svstdtc",
                r"(?:date_)?(?:sampl|collect|draw|assess|exam|blood|seen|pasi|dlqi|flow|test|measure)\w*(?:_.*)?|.*dtc",
                r"date",
            ),
        ),
        "visit": Role(
            r"a?visit(?:_?(?:name|label|no|nr|num|number))?|time_?point|(?:redcap_)?event_name", few_words, TIMES,
            "names of visits",
        ),
        **{
            name: Role(SCORED.format(said), are_scores, ("pasi",), SCORES[name], best=(r".*total.*", r"\D*"))
            for name, said in SCORE_WORDS.items()
        },
        "treatment": Role(
            r"(?:.*_)?(?:drug|treatment|medication|med|medicine|therapy|agent|biologic|substance|product)s?(?:_?name)?|extrt|cmtrt",
            are_names, ("treatments",), "the treatment",
        ),
        "kind": Role(r"(?:treatment_|drug_)?(?:kind|class|type)", are_words, ("treatments",), "the kind of treatment"),
        "status": Role(
            r"(?:dose|infusion|treatment|drug)_?(?:status|given|done|administered)|(?:was_)?(?:given|administered)|verabreicht",
            are_statuses, ("treatments",), "whether a dose was given",
        ),
        "dose": Role(r"(?:.*_)?dos(?:e|age)(?:_?(?:amount|value))?|dose_.*", are_doses, ("treatments",), "the dose"),
        "dose_unit": Role(r"(?:.*_)?(?:dose_?unit|dosu)s?|exdosu", are_words, ("treatments",), "the unit of the dose"),
        "event": Role(
            rf"{HARM}(?:_?(?:term|name|description|verbatim|reported|preferred))*|(?:meddra_)?(?:preferred|reported|verbatim)_term"
            r"|meddra_(?:patient|pt|llt)|verbatim|nebenwirkung(?:en)?|bijwerking(?:en)?|complication|diagnosis_(?:ae|adverse)",
            are_names, ("events",), "the event", best=(rf"{HARM}", r".*preferred.*|.*pt"),
       ),
        "severity": Role(
            rf"(?:{WORST}(?:_{WORST})*_?)?(?:severity|grade|sev|toxgr|toxicity|intensity)(?:_(?:{SCALE}|grade|of_ae))*"
            rf"|(?:{SCALE}_)*ctcae(?:_{SCALE})*",
            anything, ("events",), "its severity",
        ),
        "subset": Role(
            r"(?:.*_)?(?:subset|population|cell_?type|marker|analyte|parameter|test|lab|lbtest)(?:_?name)?",
            are_words, ("immune_subsets",), "the immune subset",
        ),
        "value": Role(
            r"(?:.*_)?(?:value|result|conc|concentration|percent|percentage|frequency|%)",
            are_numbers, ("immune_subsets",), "its value",
        ),
        "unit": Role(r"(?:.*_)?units?", are_words, ("immune_subsets",), "the unit of the value"),
        "count": Role(r"(?:event_|cell_)?counts?", are_numbers, ("immune_subsets",), "counted events"),
        "group": Role(
            r"(?:treatment_|study_)?(?:group|arm|cohort)(?:_?(?:name|label))?|trt(?:01)?[pa]?|actarm|randomi[sz]ation",
            anything, ("patients",), "the group",
        ),
        "sex": Role(r"sex|gender", anything, ("patients",), "the sex"),
        "age": Role(r"age(?:_(?:years?|yrs?|y|baseline|inclusion|enrolment))*|ageyr",
            are_numbers, ("patients",), "the age in years",
       ),
        "weight_kg": Role(r"(?:body_?)?weight(?:_?kg)?|wt(?:_kg)?", are_numbers, ("patients",), "the weight in kg"),
        "cutoff_week": Role(
            r"(?:data_?)?(?:cut_?off|lock)_?(?:wk|week)", are_numbers, ("patients",), "the week of the data cut-off"
        ),
        "note": Role(r"(?:.*_)?(?:note|comment|remark)s?", anything, ("treatments", "events"), "notes"),
    }
)  # fmt: skip
