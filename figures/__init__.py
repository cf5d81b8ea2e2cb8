"""How it looks: functions of a study and a query that return a figure as plain dictionaries. No dash."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from figures.visuals.contract import Figure


def figure(drawn: Figure) -> go.Figure:
    """What a view drew as a figure of plotly, validated, for a notebook: `figure(timelines.pasi(study, query))`."""
    import plotly.graph_objects as go  # noqa: PLC0415 - the page is drawn without it

    return go.Figure(drawn)
