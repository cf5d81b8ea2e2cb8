"""The benchmark's one table, as Markdown: what was measured beside the goals and other tools."""

from collections.abc import Mapping

import numpy as np

UNITS = {"bytes received": "kB", "server memory": "MB"}
GOALS = {
    "server start": "3,000",
    "page usable": "1,500 at 3; 2,000 at 1,000",
    "server memory": "250 at 1,000",
    "click to highlight": "33",
    "crosshair move": "33",
    "subset change": "120; 200 at 1,000",
    "window change": "120; 200 at 1,000",
    "clock change": "120; 200 at 1,000",
    "rule change": "700 at 1,000",
}
OTHERS = {
    "hand-written canvas": (22, 53, 45),
    "Mosaic": (202, 174, 193),
    "plotly.js, no server": (466, 391, 531),
    "usual Dash": (1346, 584, 1941),
    "Streamlit": (3568, 2151, 3338),
}
"""Milliseconds at 1,000 patients for COMPARED: the same four views, measured on one machine like ours."""
COMPARED = ("click to highlight", "subset change", "window change")


def drawn(costs: Mapping[int, Mapping[str, list[float]]]) -> str:
    """Rows are costs; columns are cohort sizes, the goal, and the other tools."""
    sizes = [f"{patients:,} patients" for patients in costs]
    header = ["", *sizes, "goal", *(f"{name}, 1,000" for name in OTHERS)]
    names = next(iter(costs.values()))
    rows = [[f"{name} ({UNITS.get(name, 'ms')})", *cells(costs, name)] for name in names]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)


def cells(costs: Mapping[int, Mapping[str, list[float]]], name: str) -> list[str]:
    place = COMPARED.index(name) if name in COMPARED else None
    others = ["" if place is None else f"{values[place]:,}" for values in OTHERS.values()]
    return [*(summary(measured[name]) for measured in costs.values()), GOALS.get(name, ""), *others]


def summary(values: list[float]) -> str:
    """Median, and the 90th percentile of more than one value."""
    if np.isnan(values).any():
        return "nothing to do"
    median = f"{np.median(values):,.0f}"
    return median if len(values) == 1 else f"{median} ({np.percentile(values, 90):,.0f})"
