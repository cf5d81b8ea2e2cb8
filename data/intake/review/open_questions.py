"""What the reading of files would otherwise have to guess, for a program that asks a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.intake.review.edits import CHOICES, KINDS
from data.intake.review.proposal import Proposal
from data.intake.review.questions import Question
from data.privacy.masking import masked

PLACES = ("file", "sheet", "column")


def open_questions(proposal: Proposal | None) -> list[dict[str, Any]]:
    """Each with `kind`, `file`, `sheet` and `column` (None where it is not about one), `sentence`, what is `proposed`,
    and `choices` by what each means (empty: any text or number)."""
    if proposal is None:
        return []
    asked = [_question(one) for one in proposal.questions if one.unclear]
    return [*(_column(one) for one in proposal.columns if one["unclear"]), *asked]


def _question(one: Question) -> dict[str, Any]:
    named = dict(zip(KINDS[one.kind].key, one.key, strict=True))
    place = {name: named.get(name) or None for name in PLACES}
    sentence = f"{one.about}: {one.label}" + (f" ({one.why})" if one.why else "") + "?"
    return {"kind": one.kind, **place, "sentence": masked(sentence), "proposed": one.value, "choices": {**one.choices}}


def _column(one: dict[str, Any]) -> dict[str, Any]:
    place = {name: one[name] or None for name in PLACES}
    sentence = f"What is the column '{one['column']}'? {one['why'][:1].upper()}{one['why'][1:]}."
    choices = dict(CHOICES) if one["role"] in CHOICES else {}
    return {"kind": "roles", **place, "sentence": masked(sentence), "proposed": one["role"], "choices": choices}


def as_sentences(questions: Sequence[dict[str, Any]]) -> str:
    """The questions as lines, each with its file."""
    return "\n".join(f"  question: {one['file'] + ': ' if one['file'] else ''}{one['sentence']}" for one in questions)
