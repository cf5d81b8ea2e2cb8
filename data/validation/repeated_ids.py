"""Ids that may be another patient's, with the number of a visit, a sample or an entry behind: P1.2 of P1, 1--2 of 1."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.problems import listed

REPEAT = re.compile(r"(.*[^._\s-])[._\s-]+(?:rep|v|visit|sample|s|t)?[\s_-]?\d{1,2}", re.IGNORECASE)
"""An id with a number behind it, where the one without stands alone too."""
ENTRY = re.compile(r"(.+)--[12]")
"""How REDCap calls the two entries of one record, where all data are entered twice."""
ASK_REPEAT = "Are they one patient, with the number of a visit or sample behind? They are taken as different patients."
ASK_ENTRY = (
    "REDCap calls the two entries of a record so, where data are entered twice. They are taken as different patients: "
    "merge them there and export again."
)


def repeats_in(ids: Iterable[str]) -> dict[str, str]:
    """Ids that may be a repeat of another one of these, which is given."""
    known = dict.fromkeys(ids)
    found = {one: match[1] for one in known if (match := REPEAT.fullmatch(one))}
    return {one: stem for one, stem in found.items() if stem in known}


def doubted(ids: Iterable[str]) -> list[tuple[str, str]]:
    """Which of these may be the same patient, in words, and what to ask."""
    known = list(ids)
    twice: dict[str, list[str]] = {}
    for one, stem in repeats_in(known).items():
        twice.setdefault(stem, [stem]).append(one)
    entered: dict[str, list[str]] = {}
    for one in known:
        if match := ENTRY.fullmatch(one):
            entered.setdefault(match[1], []).append(one)
    entries = {stem: both for stem, both in entered.items() if len(both) > 1}
    return [(_few(found), ask) for found, ask in ((twice, ASK_REPEAT), (entries, ASK_ENTRY)) if found]


def _few(found: dict[str, list[str]]) -> str:
    first, *others = found.values()
    return f"the patients {listed(first)}" + (f" and {len(others)} more such" if others else "")
