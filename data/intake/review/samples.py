"""What a page asks of the values of samples: what a pair without a row is, whether they are fractions, and of what."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from data.intake.build.extract import Part
from data.intake.build.sample_values import FRACTION, NOT_MEASURED, PERCENT, SHARES, ZERO, may_be_fractions
from data.intake.review.questions import CHOICE, Question
from data.intake.review.state import ReviewState
from data.problems import listed
from data.tables.columns import texts
from data.validation.absent_pairs import absent_from

ABOUT = "Values of samples"


def samples_asked(seen: ReviewState) -> list[Question]:
    """All questions on the values of samples, each once."""
    parts = [part for part in seen.parts if part.table == "immune_subsets" and part.entry.get("layout") != "cdisc"]
    asked = [question for part in parts if len(part.sheet.cells) for ask in ASKED for question in ask(part, seen)]
    return list({(one.kind, one.key): one for one in asked}.values())


def _absent(part: Part, seen: ReviewState) -> Iterator[Question]:
    """Of a table with one row a value: what it is where a sample has no row."""
    lacking = absent_from(part.sheet.cells) if "subset" in part.entry.get("columns", {}) else pd.Series(dtype=int)
    if total := int(lacking.sum()):
        why = f"{total:,} pair(s) of a sample and a subset have no row ({listed(map(str, lacking.index))})"
        choices = {NOT_MEASURED: "not measured: missing", ZERO: "zero: it was looked for, and there was none"}
        yield _question(part, seen, "absent", "A subset without a row in a sample was", why, choices)


def _scale(part: Part, seen: ReviewState) -> Iterator[Question]:
    if may_be_fractions(part.sheet.cells):
        choices = {PERCENT: "percent: 0.051 is 0.051 %", FRACTION: "fractions: 0.051 is 5.1 %"}
        yield _question(part, seen, "scale", "Values are", "none is above 1", choices)


def _shares(part: Part, seen: ReviewState) -> Iterator[Question]:
    """Of an export of gates: of what values are shares, where no header says it."""
    cells = part.sheet.cells
    if part.entry.get("layout") == "flowjo" and not ("unit" in cells and texts(cells["unit"]).notna().any()):
        choices = {"": "not stated", **dict(zip(SHARES, ("of the parent", "of all cells"), strict=True))}
        yield _question(part, seen, "shares", "Values are shares", "no header says of what", choices)


def _question(part: Part, seen: ReviewState, kind: str, what: str, why: str, choices: dict[str, str]) -> Question:
    place = (str(part.entry["file"]), str(part.entry.get("sheet", "")))
    said = seen.edits.get(kind, *place)
    file = f"{place[0]}, sheet {place[1]}" if place[1] else place[0]
    value = next(iter(choices)) if said is None else said
    return Question(ABOUT, kind, place, f"{what} (in {file})", value, why, CHOICE, choices, unclear=said is None)


ASKED: tuple[Callable[[Part, ReviewState], Iterator[Question]], ...] = (_absent, _scale, _shares)
