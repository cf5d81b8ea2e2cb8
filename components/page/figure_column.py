"""The column of the figure: what the study found, one caution, and the figure itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import dcc, html

from analysis.caution import caution
from analysis.finding import finding
from components import ids
from components.page.buttons import icon
from components.time_figure import TIME, time_figure
from figures.visuals.formatting import unbroken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure


def figure_column(study: Study, query: Query, figures: Mapping[str, Figure]) -> html.Section:
    """What was found, the caution, play, and the figure."""
    careful = [_careful(text, action) for text, action in caution(study, query)]
    parts = [
        html.P(unbroken(finding(study, query)), id=ids.FINDING, className="finding"),
        html.Div([html.Div(careful, id=ids.CAUTION), play()], className="caution"),
        time_figure(study, query, figures[TIME]),
    ]
    return html.Section(parts, className="time", **ids.aria(label="The figure"))


def _careful(text: str, action: str) -> html.Button:
    """A caution, which opens what it is about."""
    return html.Button(text, className="careful", type="button", **ids.data(action=action))


def play() -> html.Div:
    """Play or pause, scrub, the week, and stop: one week through every view, in the browser alone
    (`assets/browser/charts/play.mjs`)."""
    toggle = icon("▶", "Play", "Play the weeks through every view (p)", play="toggle")
    stop = icon("✕", "Stop", "Stop playing (Esc)", play="stop")
    dial = dcc.Input(type="range", min=0, max=1, step=0.001, value=0, className="play-slider")
    spoken = html.Span("Week that is played", className="spoken")
    slider = html.Label([spoken, dial], **ids.data(about="Drag, or use the arrow keys"))
    week = html.Span(className="play-week", **ids.data(play="week"))
    return html.Div([toggle, slider, week, stop], id=ids.PLAY, className="play", role="group", **ids.aria(label="Play"))
