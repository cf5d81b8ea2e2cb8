"""The drawer of notes that readers pin to a visit, a course or a step, which the browser fills
(`assets/browser/notes/`)."""

from __future__ import annotations

from typing import Any

from dash import html

from components import ids
from components.page.buttons import button

ABOUT = (
    "A note stays with the study, for everyone who may see it: write nothing that names a patient. "
    "Click a visit or a course first, or choose it here. ✎ marks it on the charts."
)


def notes_parts() -> list[Any]:
    """What a note is pinned to, its text, and the list of all."""
    acts = [
        button("Pin note", "Keep it with the study", action="note-pin"),
        button("Save as CSV", "All notes of this study as a file", action="note-csv"),
    ]
    return [
        html.P(ABOUT),
        _labelled("Patient", html.Select(id=ids.NOTE_WHO)),
        _labelled("Visit, course or step", html.Select(id=ids.NOTE_WHAT)),
        _labelled("Note", html.Textarea(id=ids.NOTE_TEXT, rows=3, maxLength=2000)),
        html.Div(acts, className="story-acts"),
        html.P(id=ids.NOTE_LOGIN, className="about"),
        html.P(id=ids.NOTE_COUNT),
        html.Ol(id=ids.NOTE_LIST),
    ]


def _labelled(text: str, field: Any) -> html.Label:
    return html.Label([html.Span(text), field], className="note-field")
