"""Workbooks with one sheet for each patient."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from data.intake.columns.roles import ROLES
from data.intake.columns.vocabulary import word
from data.problems import Report, listed
from data.tables.sheet import Sheet

CODE = re.compile(r"[A-Za-z]{0,10}[ _.-]?\d[\w.-]*")
"""A sheet's name that may be a patient's code; a name of a person never is."""
OWN = re.compile(
    r"(?:sheet|tabelle|feuil|hoja|foglio|blad|table|visit|v|t|week|w|year|month|page)?[ _-]?\d+(?:[ _.-]\d+)?",
    re.IGNORECASE,
)
"""What a spreadsheet calls its sheets, or a visit or a year."""


def by_patient(sheets: Mapping[str, Sheet], file: str, report: Report) -> dict[str, Sheet]:
    """The sheets; where all have the same columns and none says the patient, the sheets' names do."""
    headers = {tuple(map(str, sheet.cells.columns)) for sheet in sheets.values()}
    if len(sheets) < 2 or len(headers) > 1 or any(map(is_patient, next(iter(headers)))):
        return dict(sheets)
    if not all(CODE.fullmatch(page) and not OWN.fullmatch(page) for page in sheets):
        return dict(sheets)
    report.note(f"{file}: the sheets {listed(sheets)} are of one patient each, who is called as the sheet is.")
    return {page: _with_patient(page, sheet) for page, sheet in sheets.items()}


def is_patient(header: str) -> bool:
    """Whether a header says that a column is the patient."""
    return re.fullmatch(ROLES["patient_id"].header, word(header)) is not None


def _with_patient(page: str, sheet: Sheet) -> Sheet:
    cells = sheet.cells.copy()
    cells.insert(0, "Patient", page)
    return replace(sheet, cells=cells)
