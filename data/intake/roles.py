"""What a column of a clinic's table may be: by its header first, and by its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from data.columns import numbers
from data.intake.dates import are_dates
from data.limits_of_detection import BELOW
from data.privacy import identifying
from data.study import SCORES

Words = Mapping[str, str]
"""A text for each of some columns."""

NO_WORDS: Words = MappingProxyType({})


@dataclass(frozen=True)
class Role:
    """One meaning of a column. `header` is a pattern for its plain name, `fits` says whether its cells can be that;
    `tables` are the study's tables that use it."""

    header: str
    fits: Callable[[pd.Series], bool]
    tables: tuple[str, ...]
    meaning: str


@dataclass(frozen=True)
class Guess:
    """What a column is proposed to be, in a sentence, and whether a person should look at it."""

    column: str
    role: str
    why: str
    unclear: bool = False


def word(header: str) -> str:
    """A header as patterns see it: "PASI (total)" -> "pasi_total"."""
    return re.sub(r"[^a-z0-9%]+", "_", header.casefold()).strip("_")


def _anything(cells: pd.Series) -> bool:
    return True


def are_numbers(cells: pd.Series) -> bool:
    """Whether most cells that are not blank are numbers, or below-limit values."""
    if pd.api.types.is_numeric_dtype(cells):
        return bool(cells.notna().any())
    known = cells.dropna().head(300)
    below = known.map(lambda cell: isinstance(cell, str) and BELOW.fullmatch(cell.replace(",", ".")) is not None)
    values, wrong = numbers(known.map(lambda cell: cell.replace(",", ".") if isinstance(cell, str) else cell))
    return len(known) > 0 and bool((~wrong | below).mean() >= 0.6) and bool((below | ~pd.isna(values)).any())


def are_words(cells: pd.Series) -> bool:
    """Whether some cell is a word."""
    return bool(cells.dropna().head(300).map(lambda cell: bool(re.search(r"[A-Za-z]", str(cell)))).any())


def _few_words(cells: pd.Series) -> bool:
    """Whether the cells are words, or a few numbers: of visits, not of weeks."""
    return are_words(cells) or (cells.nunique() <= MOST_VISITS and not are_dates(cells))


def _dates_or_numbers(cells: pd.Series) -> bool:
    return are_dates(cells) or are_numbers(cells)


MOST_VISITS = 40
TIMES = ("pasi", "immune_subsets", "events")
SCORED = r"(?:total_|abs_|absolute_)?{}(?:_(?:total|score|tot|abs|absolute|value|result|0_10))*(?:_v?\d{{1,2}})?"
SCORE_WORDS = {
    "pasi": "pasi", "dlqi": "dlqi", "pga": "(?:s|p)?pga", "iga": "iga", "bsa": "bsa(?:_%|_percent|_pct)?",
    "napsi": "m?napsi",
    "itch_nrs": "(?:itch|pruritus|itch_nrs|nrs_itch|pruritus_nrs|nrs_pruritus|wi_nrs|pp_nrs)",
}  # fmt: skip

ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "patient_id": Role(
            r"(?:patient|subject|participant|record|study|pat|subj|case)s?_?(?:id|no|nr|number|code|identifier)?"
            r"|usubjid|subjid|id|pid|patientid",
            _anything, ("patients", "pasi", "immune_subsets", "treatments", "events"), "the patient",
        ),
        "week": Role(
            r"(?:visit_|study_|sample_|treatment_)?(?:week|wk)s?(?:_?(?:no|nr|number))?|weeks?_(?:since|from|after)_.*|avisitn",
            are_numbers, TIMES, "weeks",
        ),
        "days": Role(r"(?:visit_|sample_)?days?|days?_(?:since|from|after)_.*", are_numbers, TIMES, "days from week 0"),
        "study days": Role(r"study_?day|ady|[a-z]{2}dy", are_numbers, TIMES, "study days (day 1 is week 0)"),
        "months": Role(r"(?:visit_|study_)?months?(?:_since_.*)?", are_numbers, TIMES, "months since week 0"),
        "start": Role(
            r"(?:.*_)?(?:start|begin|began|started|from|onset|first_dose|infusion|given)(?:_?(?:date|day|week|dt|dat|on))?|ex?stdtc|date_(?:started|given)|start.*",
            _dates_or_numbers, ("treatments",), "the start of a course",
        ),
        "end": Role(
            r"(?:.*_)?(?:end|stop|stopped|until|last_dose)(?:_?(?:date|day|week|dt|dat|on))?|exendtc|date_(?:stopped|ended)|(?:end|stop)_.*",
            _dates_or_numbers, ("treatments",), "the end of a course",
        ),
        "date": Role(
            r"(?:.*_)?(?:date|dat|dt|dtc)(?:_.*)?|visit|visited|(?:sampled|collected|drawn|assessed)(?:_on)?|adt|date.*",
            are_dates, TIMES, "dates, to become weeks",
        ),
        "visit": Role(
            r"a?visit(?:_?(?:name|label|no|nr|num|number))?|time_?point|(?:redcap_)?event_name", _few_words, TIMES,
            "names of visits",
        ),
        **{name: Role(SCORED.format(said), are_numbers, ("pasi",), SCORES[name]) for name, said in SCORE_WORDS.items()},
        "treatment": Role(
            r"(?:.*_)?(?:drug|treatment|medication|med|medicine|therapy|agent|biologic|substance)s?(?:_?name)?|extrt|cmtrt",
            are_words, ("treatments",), "the treatment",
        ),
        "kind": Role(r"(?:treatment_|drug_)?(?:kind|class|type)", are_words, ("treatments",), "the kind of treatment"),
        "dose": Role(r"(?:.*_)?dos(?:e|age)(?:_?(?:amount|value))?|dose_.*", are_numbers, ("treatments",), "the dose"),
        "dose_unit": Role(r"(?:.*_)?(?:dose_?unit|dosu)s?|exdosu", are_words, ("treatments",), "the unit of the dose"),
        "event": Role(r"(?:adverse_)?event(?:_?term)?|ae|aeterm|complication", are_words, ("events",), "the event"),
        "severity": Role(r"(?:ae_?)?(?:severity|grade|sev|toxgr)", _anything, ("events",), "its severity"),
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
            _anything, ("patients",), "the group",
        ),
        "sex": Role(r"sex|gender", _anything, ("patients",), "the sex"),
        "age": Role(r"age(?:_?(?:years|yrs|at_baseline|y))?", are_numbers, ("patients",), "the age in years"),
        "weight_kg": Role(r"(?:body_?)?weight(?:_?kg)?|wt(?:_kg)?", are_numbers, ("patients",), "the weight in kg"),
        "note": Role(r"(?:.*_)?(?:note|comment|remark)s?", _anything, ("treatments", "events"), "notes"),
    }
)  # fmt: skip
MARKER = re.compile(
    r"cd\d|treg|\bth\d|tfh|tc\d|\bnkt?\b|mait|monocyt|dendritic|[mp]dc\b|\bdc\b|b_?cell|t_?cell|neutrophil|lymphocyt|plasmablast"
    r"|foxp3|cla\b|memory|naive|tcm|tem\b|trm|mdsc|eosinophil|basophil|leu[ck]ocyt|ccr\d|cxcr\d|hla",
    re.IGNORECASE,
)


def guesses(cells: pd.DataFrame, labels: Words = NO_WORDS, stated: Words = NO_WORDS) -> list[Guess]:
    """What each column is proposed to be; a role is given once, to the column whose header says it first. `labels`
    are a data dictionary's words for columns; `stated` what a person says of them, which goes first."""
    taken = {stated[column]: column for column in map(str, cells.columns[::-1]) if stated.get(column)}
    found = []
    for column in map(str, cells.columns):
        if column in stated:
            found.append(_as_stated(column, stated[column], taken))
            continue
        guess = _guess(column, cells[column], labels.get(column, ""), taken)
        if guess.role:
            taken.setdefault(guess.role, column)
        found.append(guess)
    return found


def _as_stated(column: str, role: str, taken: Mapping[str, str]) -> Guess:
    if role in ROLES and taken[role] != column:
        return Guess(
            column, "", f"you say {ROLES[role].meaning}, and so you do of '{taken[role]}'; not read", unclear=True
        )
    return Guess(column, role, "as you say")


def _guess(column: str, cells: pd.Series, label: str, taken: Mapping[str, str]) -> Guess:
    if reason := identifying(column, cells, label):
        return Guess(column, "identifier", f"{reason}; left out unless you keep it on purpose")
    for words, source in ((column, "its header"), (label, f"its label '{label}' in the data dictionary")):
        role = next(_roles_named(words, cells), None) if words else None
        if role and role not in taken:
            return Guess(column, role, f"{source} says {ROLES[role].meaning}", unclear=source != "its header")
    return _by_content(column, cells, label)


def _roles_named(header: str, cells: pd.Series) -> Iterator[str]:
    name = word(header)
    blank = cells.isna().all()
    fitting = (
        role for role, known in ROLES.items() if re.fullmatch(known.header, name) and (blank or known.fits(cells))
    )
    return (role for role in fitting if role != "value" or not MARKER.search(f"{name} {header}"))


def _by_content(column: str, cells: pd.Series, label: str) -> Guess:
    if are_dates(cells):
        return Guess(column, "other date", "its cells are dates, and no header says of what; not read")
    if are_numbers(cells) and MARKER.search(f"{word(column)} {column} {label}"):
        return Guess(column, "marker", "its header names a cell marker or subset, and its cells are numbers")
    return Guess(column, "", "its header says nothing known; not read")
