"""The play control: one week through every view, in the browser alone (`assets/9-play.js`)."""

from __future__ import annotations

from dash import dcc, html

from components import ids


def play() -> html.Div:
    """Play or pause, scrub, the week, and stop."""
    about = {"toggle": "Play the weeks through every view (p)", "stop": "Stop playing (Esc)"}
    toggle, stop = (
        html.Button(
            sign, className="quiet", type="button", title=about[act], **ids.data(play=act), **ids.aria(label=text)
        )
        for sign, act, text in (("▶", "toggle", "Play"), ("✕", "stop", "Stop"))
    )
    slider = dcc.Input(type="range", min=0, max=1, step=0.001, value=0, className="play-slider")
    week = html.Span(className="play-week", **ids.data(play="week"))
    return html.Div([toggle, slider, week, stop], id=ids.PLAY, className="play", role="group")
