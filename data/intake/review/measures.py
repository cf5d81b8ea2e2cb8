"""What a page asks of the tests of a trial: which is a score, whose ratings are read, whether others are subsets."""

from __future__ import annotations

from collections.abc import Sequence

from data.intake.layouts.base import Ask, Draft
from data.intake.review.questions import CHOICE, YES, Question, called
from data.intake.sources import Source
from data.study import SCORES


def measures_asked(drafts: Sequence[tuple[Source, Draft]], *, known: bool) -> list[Question]:
    """A question for everything that may be said of the tests of these tables; nobody has to look for a PASI where it
    is `known` from another one, or a table gives something else."""
    return [
        _question(source, ask, known=known or any(entry["table"] != "patients" for entry in draft.entries))
        for source, draft in drafts
        for ask in draft.asks
    ]


def _question(source: Source, ask: Ask, *, known: bool) -> Question:
    said, form = {
        "evaluator": ("The ratings that are read, of", CHOICE),
        "visits": ("What the columns of weeks hold in", CHOICE),
        "subsets": ("The other parameters are subsets, of", YES),
    }.get(ask.about, (f"{SCORES.get(ask.about, '')} of", CHOICE))
    unclear = ask.unclear and not (known and not ask.value)
    key = (source.file, source.page, ask.about)
    label = f"{said} {called(source)}"
    return Question("Tests", "measures", key, label, ask.value, ask.why, form, ask.choices, unclear=unclear)
