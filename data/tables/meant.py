"""Whether PASI was meant by a name that is not quite its own: then it is an error, not a study without PASI."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

NEAR = 0.8
"""How alike a word must be to "pasi", from 0 to 1: "passi" is 0.89, "napsi" 0.67."""
RESPONSE = re.compile(r"pasi(?:50|75|90|100)")
"""A response, told as yes or no, is no PASI."""


def speaks_of_pasi(name: str) -> bool:
    """Whether a word of the name of a column, sheet or file is PASI, or a misspelling of it."""
    words = re.split(r"[^a-z0-9]+", name.casefold())
    return any(SequenceMatcher(None, "pasi", word).ratio() >= NEAR and not RESPONSE.fullmatch(word) for word in words)
