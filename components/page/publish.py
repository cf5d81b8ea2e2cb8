"""What of the Share menu leaves for a paper: words, a script, and what they were last asked for as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.page.buttons import button
from publishing.deidentify import STEPS, covariates

if TYPE_CHECKING:
    from data.study import Study


def publish_items(study: Study) -> list[Any]:
    """Each acts at once, with the choices that stand beside it."""
    return [
        _item("Legend and methods", "In words for a journal, with references, to be copied", "legend"),
        _item("Copy as Python", "A script that gives the numbers and figures of this page", "copy-python"),
        _with_choice(
            _item("Reporting checklist", "What reports of new therapies must say, filled from the study", "checklist"),
            ids.CHECKLIST_AS, "Checklist as",
            {"docx": "Word", "csv": "CSV", "docx-notes": "Word, pinned notes", "csv-notes": "CSV, pinned notes"},
        ),
        _with_choice(
            _item("Table 1", "Who the patients are, at baseline, in all and by group", "table-one"),
            ids.TABLE_ONE_AS, "Table 1 as", {"docx": "Word", "html": "HTML"},
        ),
        _with_choice(
            _item("De-identified copy", "Ids relabelled, free text out; opens in Reprise. The list of ids is a file of "
                  "its own: keep it apart", "deidentified"),
            ids.COPY_WEEKS, "Weeks of the copy", {f"{step:g}": _rounded(step) for step in STEPS},
        ),
        _covariates(study),
    ]  # fmt: skip


def texts_dialog() -> html.Dialog:
    """A text that leaves, to be read first and copied, by hand where the browser does not let the page."""
    close = html.Form(html.Button("Close", className="quiet"), method="dialog")
    acts = html.Div(id=ids.TEXTS_ACTS)
    parts = [html.H3(id=ids.TEXTS_TITLE), acts, html.Pre(id=ids.TEXTS_SAID, tabIndex=0), close]
    return html.Dialog(parts, id=ids.TEXTS, **ids.aria(labelledby=ids.TEXTS_TITLE))


def _with_choice(item: html.Button, name: str, spoken: str, options: dict[str, str]) -> html.Div:
    """An entry and what it is made as, which this browser keeps."""
    choices = [{"value": value, "label": label} for value, label in options.items()]
    chosen = dbc.Select(id=name, options=choices, value=next(iter(options)), size="sm", persistence=True)
    return html.Div([item, html.Label([html.Span(spoken, className="spoken"), chosen])], className="with-choice")


def _covariates(study: Study) -> html.Details:
    """What of each patient a copy keeps; the group, unless more is chosen."""
    options = [{"value": name, "label": name.replace("_", " ")} for name in covariates(study)]
    boxes = dbc.Checklist(id=ids.COPY_COVARIATES, options=options, value=["group"])
    return html.Details([html.Summary("The copy keeps: group"), boxes], className="copy-keeps")


def _rounded(step: float) -> str:
    return f"weeks by {step:g}" if step else "exact weeks"


def _item(text: str, explained: str, action: str) -> html.Button:
    return button(text, explained, look="menu-item", action=action)
