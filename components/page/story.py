"""The story of a study: where Present shows its sentence and notes, and the drawer in which it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dash import html

from components import ids
from publishing.stamp import study_digest

if TYPE_CHECKING:
    from data.study import Step, Study


def story_line(study: Study) -> html.Div:
    """The sentence and notes of a step, which the browser writes (`assets/browser/story/`): it is given the study's own
    steps, as rows, and the digest of its data."""
    known = ids.data(story=json.dumps([as_row(step) for step in study.story]), digest=study_digest(study))
    parts = [
        html.P(className="story-sentence"),
        html.Span(className="story-place"),
        html.P(className="story-changed warm"),
        html.Pre(className="story-notes"),
    ]
    return html.Div(parts, id=ids.STORY, className="story", tabIndex=-1, **known)


def as_row(step: Step) -> list[str]:
    """A step as a link and the browser have it."""
    return [step.address, step.sentence, step.notes, step.shown, step.data]
