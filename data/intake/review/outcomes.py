"""What a page asks of a study's own scores: what each is called, its range, and which way it improves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from data.intake.build.extract import own_scores
from data.intake.layouts.base import Entry
from data.intake.review.edits import Edits
from data.intake.review.questions import CHOICE, MOST, TEXT, Question, called
from data.intake.review.state import ReviewState
from data.intake.sources import Source
from data.study import BETTER

DIRECTIONS: Mapping[str, str] = MappingProxyType({"lower": "lower is better", "higher": "higher is better"})
RANGE = re.compile(r"\s*\[?\s*([-−+]?[\d.]+)\s*(?:to|bis|[,;–—-])\s*([-−+]?[\d.]+)\s*\]?\s*")
LONGEST = 60
"""Letters of a label."""


def outcomes_stated(drafted: Sequence[tuple[Source, Entry]], edits: Edits) -> dict[str, dict[str, Any]]:
    """`outcomes` of a study.toml: what is said of the own scores in these entries, by name. One of two files is said
    once."""
    found: dict[str, dict[str, Any]] = {}
    for source, entry in drafted:
        for name, column in own_scores(entry).items():
            said = edits.under("outcomes", source.file, source.page, column)
            called_so = name.replace("_", " ").capitalize() if "wide" in entry else column[:LONGEST]
            found[name] = _outcome(called_so, said) | found.get(name, {})
    return found


def _outcome(label: str, said: Mapping[str, str]) -> dict[str, Any]:
    """One outcome as it is said; a range that is none stays as it is written, to be told."""
    stated = {"range": range_in(said["range"])} if said.get("range") else {}
    better = {"better": said["better"]} if said.get("better") in BETTER else {}
    return {"label": said.get("label") or label, **stated, **better}


def range_in(text: str) -> list[float] | str:
    """The two ends in "0 to 5", "0–5" or "0-5"; the text itself where it has no two numbers."""
    match = RANGE.fullmatch(text)
    try:
        return [float(end.replace("−", "-")) for end in match.groups()] if match else text
    except ValueError:
        return text


def outcomes_asked(seen: ReviewState) -> list[Question]:
    """Three questions for each score of the study's own, once for one that several tables have."""
    asked: dict[str, list[Question]] = {}
    for source, entry in seen.drafted:
        for name, column in own_scores(entry).items():
            asked.setdefault(name, _questions(source, column, seen.mapping["outcomes"][name]))
    return [one for each in asked.values() for one in each][:MOST]


def _questions(source: Source, column: str, known: Mapping[str, Any]) -> list[Question]:
    place, about = (source.file, source.page, column), f"Scores in {called(source)}"
    ends, stated = known.get("range", ""), "better" in known
    shown = f"{ends[0]:g} to {ends[1]:g}" if isinstance(ends, list) else str(ends)
    why = "its lowest and its highest possible value" if not ends else "as you say"
    way = "as you say" if stated else "as of PASI; say if it is the other way"
    return [
        Question(about, "outcomes", (*place, "label"), f"{column} is called", str(known["label"])),
        Question(
            about, "outcomes", (*place, "range"), f"{column}: its range", shown, why, TEXT, hint="such as 0 to 5",
            unclear=not isinstance(ends, list),
        ),
        Question(
            about, "outcomes", (*place, "better"), f"{column}: which way it improves", known.get("better", BETTER[0]),
            way, CHOICE, DIRECTIONS,
        ),
    ]  # fmt: skip
