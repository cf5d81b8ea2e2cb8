"""Patient and time in the names of tubes: `Specimen_001_P01_W04_003.fcs` is `*_{patient_id}_W{week}_*`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from data.intake.columns.visit_names import UNITS
from data.privacy.identifiers import name_without_dates
from data.tables.minus_signs import plain_signs

AMOUNT = r"-?\d+(?:\.\d{1,2}(?!\d))?"
PATIENT = r"(?P<patient_id>[^\W_]+(?:-[^\W\d_]*\d+)*)"
NAMED_DATE = (
    r"(?:(?:19|20)\d{2}[-_.]\d{2}[-_.]\d{2}|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|\d{1,2}[.-]\d{1,2}[.-](?:19|20)\d{2}|\d{1,2}[- ]?[A-Za-z]{3}[- ]?(?:19|20)\d{2})"
)
HOLES: Mapping[str, str] = MappingProxyType(
    {
        "patient_id": PATIENT,
        "two_word_id": r"(?P<patient_id>[^\W_]+[ _.#/]+[^\W\d_]*\d+)",
        "dotted_id": r"(?P<patient_id>[^\W\d_]*\d+\.\d+)",
        "week": rf"(?P<week>{AMOUNT})",
        "day": rf"(?P<day>{AMOUNT})",
        "study_day": rf"(?P<study_day>{AMOUNT})",
        "month": rf"(?P<month>{AMOUNT})",
        "hour": rf"(?P<hour>{AMOUNT})",
        "visit": r"(?P<visit>[^\W_][A-Za-z0-9.-]*(?: -?\d+)?)",
        "date": rf"(?P<date>{NAMED_DATE})",
    }
)
"""What stands in a pattern in { }, and what it takes."""

WHO = ("patient_id", "two_word_id", "dotted_id")
TIMES = ("week", "day", "study_day", "month", "hour", "visit", "date")
MARKING = ("week", "day", "month", "hour")
WORDS = "|".join(UNITS[unit] for unit in MARKING)
NAMED_VISIT = (
    rf"(?:(?:{WORDS})[ _.-]?(?:(?<=[ _])-)?\d+|\d+[ _-]?(?:weeks?|wks?|months?|days?)(?![ _.-]?\d)"
    rf"|\d+[ _-]?(?:{UNITS['hour']})|\d+h"
    r"|(?:pre-?)?(?:baseline|screening|bl|pre|post|v(?:isit)?[ _.-]?\d+|t\d+))(?![^\W_])"
)
"""What a {visit} is when a name allows several readings: a word or number of a time."""

LABORATORY = re.compile(
    r"(?:specimen|tube|plate|panel|exp(?:eriment)?|run|batch|well|mix|stain|cytometer|rack|lane)[\s_.#-]*\d*$",
    re.IGNORECASE,
)
"""What the laboratory numbers: such a number is no patient, unless a pattern says so."""

STARS = 3
"""How often a pattern may leave open what stands there: each time takes as many times longer as a name has signs."""
LONGEST, SHOWN = 300, 60
"""Signs of a name that is read at all, and of one in a sentence."""


@dataclass(frozen=True)
class Tube:
    """What a tube's name says: the patient as it spells them, and the time: `text` in what the hole `time` takes; both
    are "" where it says none."""

    patient: str
    time: str
    text: str


def matcher(pattern: str) -> re.Pattern[str] | None:
    """The regular expression of a pattern with holes and `*`; None if it has not one patient and at most one time."""
    return _expression(pattern, HOLES["visit"])


def read_tube(pattern: str, name: str, visits: Collection[str] = ()) -> Tube | None:
    """What the name says by the pattern, None if it does not fit. Where several readings fit, {visit} is one of the
    `visits`, else a word of time, before it is any word. A minus or dash is a hyphen."""
    pattern, name = plain_signs(pattern), plain_signs(name)
    stated = "|".join(re.escape(visit) for visit in sorted(visits, key=len, reverse=True))
    takes = [rf"(?P<visit>{stated})"] if stated else []
    takes += [rf"(?P<visit>{NAMED_VISIT})", HOLES["visit"]] if "{visit}" in pattern else [HOLES["visit"]]
    for visit in takes if len(name) <= LONGEST else ():
        match = known.fullmatch(name) if (known := _expression(pattern, visit)) else None
        if match and _is_patient(match["patient_id"], name[: match.start("patient_id")], pattern):
            time = next((hole for hole in TIMES if match.groupdict().get(hole)), "")
            return Tube(match["patient_id"], time, match[time] if time else "")
    return None


@lru_cache(maxsize=4096)
def _expression(pattern: str, visit: str) -> re.Pattern[str] | None:
    parts = re.split(r"(\{\w+\}|\*)", pattern)
    holes = [part[1:-1] for part in parts if part.startswith("{")]
    fits = sum(hole in WHO for hole in holes) == 1 >= sum(hole in TIMES for hole in holes)
    if not fits or set(holes) - set(HOLES) or parts.count("*") > STARS:
        return None
    takes = {**HOLES, "visit": visit}
    made = [".*?" if part == "*" else takes[part[1:-1]] if part.startswith("{") else re.escape(part) for part in parts]
    return re.compile("".join(made), re.IGNORECASE)


def _is_patient(word: str, before: str, pattern: str) -> bool:
    """Whether what a pattern takes for the patient can be one: no date, and no number of the laboratory's unless the
    pattern says so."""
    meant = LABORATORY.search(re.split(r"\{\w+_id\}", pattern)[0]) is not None
    return re.fullmatch(NAMED_DATE, word) is None and (meant or not is_laboratory(before, word))


def is_laboratory(before: str, word: str) -> bool:
    """Whether a word of a name, with what stands before it, is a number of the laboratory's: Specimen_001, Panel1."""
    return LABORATORY.search(before if word.isdecimal() else before + word) is not None


def says_time(pattern: str) -> bool:
    """Whether a pattern has a hole for a time."""
    return any(f"{{{time}}}" in pattern for time in TIMES)


def plain_date(text: str) -> str:
    """A date as it stands in a name (20210104, 2021_01_04), as `data.intake.columns.dates` reads it."""
    match = re.fullmatch(r"(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})", text)
    return "-".join(match.groups()) if match else text


def masked(names: Iterable[str]) -> str:
    """A few names for a sentence, without the dates in them."""
    plain = [name_without_dates(name) for name in list(names)[:3]]
    return ", ".join(name if len(name) <= SHOWN else f"{name[:SHOWN]}…" for name in plain)
