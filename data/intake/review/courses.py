"""What a page asks of courses of treatment: which words in their place say that there is none."""

from __future__ import annotations

from data.intake.layouts.clinic.segments import is_pause
from data.intake.review.answers import treatments_met
from data.intake.review.edits import PAUSES
from data.intake.review.questions import CHOICE, MOST, Question, called
from data.intake.review.state import ReviewState


def courses_asked(seen: ReviewState) -> list[Question]:
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
