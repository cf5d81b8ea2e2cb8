"""A chart of the page, and what plotly may do with it by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import dcc

from components import ids

if TYPE_CHECKING:
    from components.view import View
    from figures.visuals.contract import Figure

CONFIG = {
    "displaylogo": False, "responsive": True, "showTips": False, "doubleClick": "reset", "scrollZoom": False,
    # plotly 7 offers to upload a chart to its maker's cloud unless told not to
    "showSendToCloud": False, "plotlyServerURL": "",
}  # fmt: skip


def chart(view: View, figure: Figure) -> dcc.Graph:
    """The chart of a view."""
    return dcc.Graph(
        id=ids.graph(view.key), figure=figure, config=config(view), responsive=True, style=graph_style(figure)
    )


def config(view: View) -> Any:
    """What plotly's chart may do by itself."""
    return {**CONFIG, "displayModeBar": "hover" if view.buttons else False, "modeBarButtons": [list(view.buttons)]}


def graph_style(figure: Figure) -> dict[str, str]:
    """The chart fills its card; one that needs more height makes the card scroll."""
    return {"height": "100%", "minHeight": f"{int((figure['layout'].get('meta') or {}).get('min_height', 0))}px"}
