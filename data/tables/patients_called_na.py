"""Patients whose id or initials read as a missing value: NA, NaN."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.frames import with_columns
from data.problems import Problem, Report

READ_AS_MISSING = ("NA", "na", "NaN", "nan")
"""What stands for a missing value in every other column, and may be a patient's id or initials."""
PATIENT = re.compile(
    r"(?:(?:study|random\w*)[\s_.-]*)?(?:pat(?:ient(?:en|in|e)?|iente)?s?|pt|subj(?:ect)?s?|participants?|proband(?:en|in)?|teilnehmer"
    r"|sujet|sujeto|soggetto|pa[cz]iente|deelnemer|record|case|usubj|subj|id|p)"
    r"(?:[\s_.-]*(?:id|no|nr|number|code|nummer|kennung|kürzel)\.?)*|study[\s_.-]*(?:id|no|nr)",
    re.IGNORECASE,
)
INITIALS = re.compile(
    r"(?:pat(?:ient)?(?:en)?[\s_.-]*)?(?:initial(?:s|en|es)?|inizial[ei]|inicial(?:es)?)", re.IGNORECASE
)


def patient_column(header: Sequence[str]) -> int | None:
    """The position of the column that names the patient, by its header: an id before initials; None if none does."""
    for pattern in (PATIENT, INITIALS):
        for at, name in enumerate(header):
            if pattern.fullmatch(str(name).strip()):
                return at
    return None


def with_patients_called_na(cells: pd.DataFrame, rows: np.ndarray, file: str, report: Report) -> pd.DataFrame:
    """The cells, where a patient called NA is "NA.", so that nothing takes them for a missing value, which a warning
    tells; in a row with nothing else it is one."""
    at = patient_column([str(name) for name in cells.columns])
    if at is None or cells.iloc[:, at].dtype.kind in "fiubM":
        return cells
    ids = cells.iloc[:, at].astype(object)
    called = ids.map(lambda cell: isinstance(cell, str) and cell.strip() in READ_AS_MISSING).to_numpy(bool)
    if not called.any():
        return cells
    filled = called & cells.drop(columns=cells.columns[at]).notna().any(axis=1).to_numpy()
    for name in dict.fromkeys(ids[filled].str.strip()):
        mine = np.flatnonzero(filled & (ids.map(str).str.strip() == name).to_numpy())
        found = f"'{name}' as the patient in {len(mine)} row{'s' if len(mine) > 1 else ''}"
        advice = (
            f"It is taken as a patient, called '{name}.' here. Leave the cell blank where nobody knows the patient."
        )
        place = (file, int(rows[mine[0]]), str(cells.columns[at]))
        report.warn(Problem(*place, found, "an id that does not read as a missing value", advice))
    renamed = (ids.map(str).str.strip() + ".").where(filled, None)
    return with_columns(cells, {str(cells.columns[at]): ids.where(~called, renamed)})
