"""How severe an event was, as far as its words say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

GRADES: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("mild",),
        2: ("moderate",),
        3: ("severe",),
        4: ("life-threatening", "life threatening"),
        5: ("fatal", "death", "died"),
    }
)
"""Words for the grades of CTCAE v5.0 (NCI 2017): mild, moderate, severe, life-threatening, death."""

SCALE = "1 mild, 2 moderate, 3 severe, 4 life-threatening, 5 fatal (CTCAE)"
WRITTEN = re.compile(r"(?:ctcae|grade|gr\.?|g)?[\s:-]*([1-5])(?:\.0)?(?:\s*[(:,].*)?", re.IGNORECASE)
"""A grade in digits: "3", "Grade 3", "G3", "grade 3 (severe)"."""


def grade(severity: str) -> float:
    """The grade (1-5) that a severity states in digits or as one of the words of `GRADES`; NaN where it does neither:
    any other word is not guessed ("serious" is about the outcome, not about how severe it was)."""
    stated = severity.strip().casefold()
    written = WRITTEN.fullmatch(stated)
    if written:
        return float(written[1])
    return next((float(number) for number, names in GRADES.items() if stated in names), np.nan)
