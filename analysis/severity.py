"""How severe an event was, as far as its words say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

GRADES: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("mild", "leicht", "mild ausgeprägt", "léger", "légère", "leve", "lieve", "licht", "ligeiro"),
        2: ("moderate", "mäßig", "mässig", "mittel", "mittelschwer", "moderat", "modéré", "modérée", "moderado",
            "moderada", "moderato", "moderata", "matig"),
        3: ("severe", "schwer", "sévère", "grave", "severo", "severa", "ernstig"),
        4: ("life-threatening", "life threatening", "lebensbedrohlich", "potentiellement mortel"),
        5: ("fatal", "death", "died", "tödlich", "tod", "mortel", "mortal", "fatale", "décès", "muerte", "overleden"),
    }
)  # fmt: skip
"""Words for the grades of CTCAE v5.0 (NCI 2017): mild, moderate, severe, life-threatening, death; in six languages."""

SCALE = "1 mild, 2 moderate, 3 severe, 4 life-threatening, 5 fatal (CTCAE)"
WRITTEN = re.compile(
    r"(?:ctcae|ctc)?[\s:-]*(?:(?:grade|grado|graad|grad|grau|gr\.?|g)[\s:-]*)?([1-5])(?:\.0)?(?:\s*[(:,].*)?",
    re.IGNORECASE,
)
"""A grade in digits: "3", "Grade 3", "G3", "grade 3 (severe)"."""


def grade(severity: str) -> float:
    """The grade (1-5) that a severity states in digits or as one of the words of `GRADES`; NaN where it does neither:
    any other word is not guessed ("serious" is about the outcome, not about how severe it was)."""
    stated = severity.strip().casefold()
    written = WRITTEN.fullmatch(stated)
    if written:
        return float(written[1])
    return next((float(number) for number, names in GRADES.items() if stated in names), np.nan)
