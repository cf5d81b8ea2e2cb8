"""Direct identifiers and real dates: found by header and content, and left out unless a study.toml keeps them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from data.problems import Report
from data.schema import TABLES
from data.sheet import Sheet

IDENTIFIERS: Mapping[str, str] = MappingProxyType(
    {
        "a name": r"(?:patient_?|pat_?|subject_?)?(?:first|last|sur|family|given|fore|full|middle|maiden)_?name|name"
        r"|(?:patient|pat|subject)_?name|nachname|vorname|initials",
        "a birth date": r"dob|(?:date_of_)?birth(?:_?(?:date|day|dt|dat|year))?|birthdate|brthdtc"
        r"|date_?birth|born(?:_on)?|birthday|geburtsdatum|geboren",
        "a record number": r"mrn|(?:medical|hospital|clinic)_?(?:record_?)?(?:no|nr|number)|nhs(?:_?(?:no|number))?"
        r"|ssn|social_security(?:_?number)?|insurance(?:_?(?:no|number|id))?|passport.*|national_?id|chi_?number",
        "an address": r"(?:.*_)?(?:e_?mail|phone|telephone|mobile|fax|address|street|post_?code|zip(?:_?code)?)",
        "one of the staff": r"(?:provider|physician|doctor|clinician|investigator|nurse)(?:_?(?:name|npi|id))?|npi",
    }
)
"""What a header may say (as `re.fullmatch` of its plain name)."""

CONTENTS: Mapping[str, str] = MappingProxyType(
    {
        "an e-mail address": r"[\w.+-]+@[\w-]+\.[\w.]+",
        "a telephone number": r"\+\d[\d ()/-]{7,}|\(?0\d{2,5}\)?[ /-]\d{3,}[\d -]*",
        "a name": r"[A-ZÄÖÜ][\w'’-]+, [A-ZÄÖÜ][\w'’-]+(?: [A-Z][\w'’.-]*)*"
        r"|(?:Mr|Mrs|Ms|Dr|Frau|Herr)\.? [A-ZÄÖÜ][\w'’-]+.*",
        "a record number": r"\d{3} \d{3} \d{4}|\d{3}-\d{2}-\d{4}",
    }
)
"""What most cells of a column may look like (as `re.fullmatch`)."""

DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?|\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?:\d{4}|\d{2})"
    r"|\d{1,2}[- ]?(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[- ]?(?:\d{4}|\d{2}))\b"
)


def identifying(column: str, cells: pd.Series, label: str = "") -> str:
    """Why a column is a direct identifier, "" if it is none."""
    for header in (column, label):
        name = re.sub(r"[^a-z0-9]+", "_", header.casefold()).strip("_")
        for what, pattern in IDENTIFIERS.items():
            if name and re.fullmatch(pattern, name):
                return f"its header says {what}"
    known = [cell.strip() for cell in cells.dropna().head(200) if isinstance(cell, str)]
    for what, pattern in CONTENTS.items():
        if known and sum(re.fullmatch(pattern, cell) is not None for cell in known) > 0.6 * len(known):
            return f"its cells look like {what}"
    return ""


def holds_dates(cells: pd.Series) -> bool:
    """Whether most known cells are real dates."""
    known = cells.dropna().head(200)
    real = [isinstance(cell, dt.date) or bool(DATE.fullmatch(str(cell).strip())) for cell in known]
    return sum(real) > 0.6 * len(real) if real else False


def without_dates(words: pd.Series) -> pd.Series:
    """The texts with every real date replaced by [date]."""
    return words.str.replace(DATE, "[date]", regex=True)


def kept_on_purpose(about: Mapping[str, object]) -> frozenset[str]:
    """The columns that `[privacy] keep` of a study.toml names."""
    privacy = about.get("privacy", {})
    return frozenset(map(str, privacy.get("keep", ()))) if isinstance(privacy, dict) else frozenset()


def private(sheet: Sheet, kept: frozenset[str], report: Report) -> Sheet:
    """A table of patients without the columns that identify them or hold dates, unless they are `kept`; a note names
    them."""
    others = [str(name) for name in sheet.cells.columns if name not in (*TABLES["patients"].names, *kept)]
    reasons = {name: identifying(name, sheet.cells[name]) for name in others}
    reasons |= {name: "its cells are dates" for name in others if not reasons[name] and holds_dates(sheet.cells[name])}
    dropped = {name: reason for name, reason in reasons.items() if reason}
    for name, reason in dropped.items():
        report.note(f"{sheet.file}: the column '{name}' is left out for privacy: {reason}.")
    return replace(sheet, cells=sheet.cells.drop(columns=list(dropped)))
