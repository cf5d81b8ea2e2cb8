"""What a page asks of courses of treatment: which words say that there is none, and what infusions are called."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from data.drugs import kind_of
from data.intake.layouts.clinic.infusions import is_infusion
from data.intake.layouts.clinic.segments import is_pause
from data.intake.review.answers import treatments_met
from data.intake.review.edits import PAUSES
from data.intake.review.questions import CHOICE, MOST, Question, called
from data.intake.review.state import ReviewState


def courses_asked(seen: ReviewState) -> list[Question]:
    """All questions on courses, each once."""
    asked = chain.from_iterable(ask(seen) for ask in ASKED)
    return list({(one.kind, one.key): one for one in asked}.values())


def _pauses(seen: ReviewState) -> list[Question]:
    """A question for each word that may be a pause, and, where courses follow each other, for every other one too."""
    asked = []
    for source, entry in seen.entries:
        for name in treatments_met(entry, source)[:MOST]:
            key = (source.file, source.page, name)
            may_be = is_pause(name)
            if may_be or entry.get("segments"):
                value = "pause" if name in entry.get("pauses", []) else "course"
                why = "a word that may say that there is no treatment" if may_be else ""
                unclear = may_be and seen.edits.get("pauses", *key) is None
                about = f"Treatments in {called(source)}"
                asked.append(Question(about, "pauses", key, f"{name} is", value, why, CHOICE, PAUSES, unclear=unclear))
    return asked


def _names(seen: ReviewState) -> list[Question]:
    """What was infused, where only a header says that something was; a name of no known kind may stand for anything."""
    asked = []
    for (source, drafted), (_, entry) in zip(seen.drafted, seen.entries, strict=True):
        name = str(drafted.get("constants", {}).get("treatment", ""))
        if name and is_infusion(drafted):
            key = (source.file, source.page, name)
            value = str(entry["constants"]["treatment"])
            unclear = kind_of(value) == "other" and seen.edits.get("treatments", *key) is None
            about, label = f"Treatments in {called(source)}", f"{name}: what was given"
            asked.append(Question(about, "treatments", key, label, value, "its header says no more", unclear=unclear))
    return asked


ASKED: tuple[Callable[[ReviewState], list[Question]], ...] = (_pauses, _names)
