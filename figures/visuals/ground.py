"""What the page draws of a figure itself, under its layer: a path or mark that plotly draws costs a redraw more than
one that a pen does. plotly keeps the values, for tooltips and axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from figures.visuals import style

if TYPE_CHECKING:
    from figures.visuals.contract import Figure, Trace

LOOK = {
    "mode": {"lines", "markers", "lines+markers"},
    "line": {"color", "width", "dash"},
    "marker": {"size", "symbol", "color", "line"},
    "error_y": {"type", "symmetric", "array", "arrayminus", "thickness", "width", "color"},
    "fill": {"toself"},
    "fillcolor": (),
}
"""What of a trace says how it is drawn, with all that the pens of `assets/browser/charts/traces.mjs` take of it."""
VALUES = {
    "type", "x", "y", "xaxis", "yaxis", "customdata", "hovertemplate", "hoverinfo", "hovertext", "name", "meta",
    "showlegend",
}  # fmt: skip
"""What of a trace plotly keeps."""
SYMBOLS = frozenset({*style.SIZES, "x-thin"})
"""The marks that the pens have."""
REACH = 8
"""How near a pointer has to be for a tooltip, px: plotly adds half a pixel where it draws no mark, and a click means a
mark within 9."""


def grounded(figure: Figure) -> Figure:
    """The same figure for the page: a trace that the page draws has mode `none`, and its look as `meta.look`. Those lie
    over all that plotly draws, so that an axis with any other trace is left to plotly; and so are several horizontal
    axes."""
    if any(trace.get("xaxis", "x") != "x" for trace in figure["data"]):
        return figure
    others = {_axis(trace) for trace in figure["data"] if not (_drawable(trace) or _unseen(trace))}
    ours = [not _unseen(trace) and _axis(trace) not in others for trace in figure["data"]]
    data = [_bare(trace) if drawn else trace for trace, drawn in zip(figure["data"], ours, strict=True)]
    layout = {"hoverdistance": REACH, **figure["layout"]} if any(ours) else figure["layout"]
    return {"data": data, "layout": layout}


def _axis(trace: Trace) -> str:
    return str(trace.get("yaxis", "y"))


def _unseen(trace: Trace) -> bool:
    """Marks for tooltips alone: plotly takes their size for how near a pointer has to be."""
    return bool(trace.get("marker", {}).get("opacity") == 0)


def _drawable(trace: Trace) -> bool:
    """Whether the pens have all that it takes, of numbers."""
    plain = trace["type"] == "scatter" and {*trace} <= VALUES | LOOK.keys()
    looks = all(_words(trace[name]) <= {*words} for name, words in LOOK.items() if name in trace and words)
    symbols = trace.get("marker", {}).get("symbol", "circle")
    known = {symbols} if isinstance(symbols, str) else {*symbols}
    return plain and "mode" in trace and looks and known <= SYMBOLS and _numbers(trace["x"]) and _numbers(trace["y"])


def _words(told: Any) -> set[str]:
    return {told} if isinstance(told, str) else {*told}


def _numbers(values: Any) -> bool:
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    return kind in "fiu" if kind else not any(isinstance(value, str) for value in values)


def _bare(trace: Trace) -> Trace:
    look = {name: trace[name] for name in LOOK if name in trace}
    rest = {name: value for name, value in trace.items() if name not in look}
    return {**rest, "mode": "none", "meta": {**trace.get("meta", {}), "look": look}}
