"""The header: what the study is, and what acts on the whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.page.buttons import button, menu
from components.page.handbook import explained
from components.page.publish import publish_items
from components.page.story import story_choices
from components.views import VIEWS
from data import uploads
from data.access import reader
from data.settings import setting
from figures.visuals.empty_state import absence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.study import Study

ILLUSTRATIVE = "Hollow marks are illustrative: made to satisfy every fact of the published abstract, not measured."


def header(study: Study, studies: Mapping[str, str]) -> html.Header:
    """Title, size, and the menus of study, sharing and the rest."""
    return html.Header(
        [
            html.Span("Reprise", className="brand"),
            html.H1(study.title, **ids.data(about=f"{study.title}. {study.citation}")),
            html.Span(size(study), className="size"),
            _studies(study, studies),
            button("Present", "The figure or the panel alone, large, for the projector (.)", action="present"),
            _share(study),
            _more(study),
        ]
    )


def size(study: Study) -> str:
    """Patients, visits and weeks of a study."""
    seen = study.pasi.loc[study.pasi["pasi"].notna(), "week"] if study.has_pasi else study.immune_subsets["week"]
    visits = f", {len(seen):,} visits, {seen.max():.0f} weeks" if len(seen) else ""
    count = len(study.patients)
    return f"{count:,} patient{'' if count == 1 else 's'}{visits}"


def _studies(study: Study, studies: Mapping[str, str]) -> html.Details:
    own = uploads.is_key(study.key)
    known = dict(studies) | ({study.key: f"{study.title} (yours)"} if own else {})
    options = [{"value": key, "label": title} for key, title in known.items()]
    choice = dbc.Select(id=ids.STUDY_MENU, options=options, value=study.key, size="sm", className="study-menu")
    named = html.Label("Open another study", htmlFor=ids.STUDY_MENU, className="control-label")
    parts: list[Any] = [
        html.P(study.citation, className="citation") if study.citation else None,
        html.P(ILLUSTRATIVE, className="warm") if study.illustrative else None,
        html.Div([named, choice], className="" if len(known) > 1 else "hidden"),
        button("Open your data", "Open your own files, or drop them anywhere on the page", name=ids.INTAKE_OPEN),
    ]
    if own:
        parts.append(button("Report", "What was read of your files; delete this study", name=ids.INTAKE_REPORT))
    return menu("Study", parts, look="wide-menu", action="study")


def _share(study: Study) -> html.Details:
    figure = [view for view in VIEWS.values() if not view.tab and not absence(study, view.needs)]
    parts: list[Any] = [
        button("Copy link", "Copy the address of exactly this page", name=ids.COPY, look="menu-item"),
        button("Figure as SVG", "The figure as it is drawn, for a drawing program", look="menu-item", save="svg"),
        button("Figure as PNG, 2×", "The figure as a picture", look="menu-item", save="png"),
        *_published(),
        button("Print", "The figure and the panel on paper", look="menu-item", action="print"),
        *publish_items(study),
    ]
    named = {view.key: html.Span(view.titled(study), **ids.data(titled=view.key)) for view in figure}
    numbers = [html.Div([name, *taken(key)]) for key, name in named.items()]
    more = explained("All of these, in the handbook", "using", "share", look="menu-item")
    return menu("Share", [*parts, *story_choices(study), *numbers, more], look="wide-menu", action="share")


def _published() -> list[Any]:
    """What leaves for a journal, and what was chosen for it last, which the browser knows."""
    return [
        button("Figure for a journal", "SVG, PDF, PNG or TIFF, with a check", look="menu-item", action="figure"),
        button("Copy picture", "That figure, to the clipboard", look="menu-item", action="copy-picture"),
        html.Small(className="figure-choices"),
    ]


def taken(key: str) -> list[html.Button]:
    """What the numbers behind a view are taken as."""
    copied = button("Copy", "Copy the numbers as a table", look="menu-item", action="copy-table", of=key)
    return [
        html.Button(text, id=ids.action(name, key), className="menu-item", type="button", **ids.data(action=name))
        for name, text in (("numbers", "Show the numbers"), ("csv", "As CSV"))
    ] + [copied]


def _more(study: Study) -> html.Details:
    add = "Add blood samples" if study.immune_subsets.empty else ""
    parts: list[Any] = [
        button(add, "Open your files together with a table of blood samples", look="menu-item", opens=ids.INTAKE_OPEN)
        if add
        else None,
        _tour(study),
        button("Story", "Make, order and tell the steps of a talk", look="menu-item", action="story"),
        button("Notes", "Pinned to a visit, a course or a step (N)", look="menu-item", action="notes"),
        button("All signs", "What each mark, line and colour of the page means", look="menu-item", action="signs"),
        html.Div(
            button("Light or dark", "Change the colours of the page", name=ids.THEME, look="menu-item"),
            **ids.data(control="theme"),
        ),
        button("How to use this page", "Gestures and keys", name=ids.HELP, look="menu-item"),
        explained("Handbook", "index", look="menu-item"),
    ]
    return menu("⋯", [*parts, _account()], spoken="More", action="more")


def _account() -> Any:
    """Who is logged in, and, where this server asked for the login, the way out."""
    if not reader():
        return None
    if setting("AUTH") == "users":
        return html.A(f"{reader()}: log out", href="login", className="menu-item")
    return html.Small(f"Logged in as {reader()}", className="figure-choices")


def _tour(study: Study) -> html.Button | None:
    """The story as a guided tour, of which the browser tells at a first visit."""
    steps = f"This study in {len(study.story)} steps: → goes on, Esc leaves"
    return button("Tour", steps, look="menu-item", action="story-tour") if study.story else None
