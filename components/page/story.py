"""The story of a study: where Present shows its sentence and notes, and the drawer in which it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.page.buttons import button
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


def story_choices(study: Study) -> list[Any]:
    """What leaves of a story, and the last choices, which this browser keeps."""
    about = "each with its sentence, picture, notes and link" if study.story else "the figure and the panel"
    whole = {"story": "The story", "page": "This page"}
    return [
        button("PowerPoint", f"A slide for each step: {about}", look="menu-item", action="story-pptx"),
        button(
            "One HTML file", "Opens from disk, highlights and tooltips alive", look="menu-item", action="story-html"
        ),
        button("PDF", "A page for each step", look="menu-item", action="story-pdf"),
        dbc.RadioItems(id=ids.STORY_WHAT, options=whole, value="story", inline=True, persistence=True),
        dbc.Checkbox(id=ids.STORY_PINNED, label="PowerPoint and HTML with pinned notes", value=False, persistence=True),
        dbc.Checkbox(id=ids.STORY_MASKED, label="HTML without ids, notes, title", value=False, persistence=True),
    ]


def story_parts() -> list[Any]:
    """Of the drawer in which steps are made: what can be done, and the list, which the browser writes
    (`assets/browser/story/edit.mjs`)."""
    acts = [
        button("Add step", "What the page shows now, as the next step", action="story-add"),
        button("Tell it", "Present, from the first step on", action="story-tell"),
        button("Save as file", "The steps as a file, which can be opened here again", action="story-save"),
        button("Open a file", "Steps that were saved", action="story-open"),
        button("For study.toml", "The steps as [[story]] for the study's own file", action="story-toml"),
        button("Start over", "The study's own steps again, or none", action="story-own"),
    ]
    about = "A step is what the page shows. The link carries the story while it is short; else save it as a file."
    return [html.P(about), html.Div(acts, className="story-acts"), html.Ol(id=ids.STORY_LIST)]


def making_dialog() -> html.Dialog:
    """How far an export of a story is, which covers the page while it goes through the steps."""
    said = html.P(role="status", **ids.data(making="said"))
    bar = html.Progress(max="1", value="0", **ids.aria(label="Steps done"))
    cancel = html.Button("Cancel", className="quiet", type="button", **ids.data(making="cancel"))
    return html.Dialog([said, bar, cancel], id=ids.STORY_MAKING, className="making", **ids.aria(label="Story"))


def as_row(step: Step) -> list[str]:
    """A step as a link and the browser have it."""
    return [step.address, step.sentence, step.notes, step.shown, step.data]
