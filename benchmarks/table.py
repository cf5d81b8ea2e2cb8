"""The benchmark's one table, as Markdown: what was measured, of ours and of the static page, beside the goals."""

from collections.abc import Mapping

import numpy as np

Costs = Mapping[int, Mapping[str, list[float]]]
UNITS = {"bytes received": "kB", "server memory": "MB"}
GOALS = {
    "server start": "1,000",
    "page usable": "1,000 at 3; 1,500 at 1,000; 3,000 at 5,000",
    "bytes received": "900 at 3; 1,300 at 1,000",
    "server memory": "200 at 3; 280 at 1,000",
    "click to highlight": "50; 54 at 1,000; 60 at 5,000",
    "subset change": "65 at 3; 100 at 100; 150 at 1,000; 400 at 5,000",
    "window change": "70 at 3; 120 at 100; 185 at 1,000; 600 at 5,000",
}


def drawn(costs: Costs, still: Costs) -> str:
    """Rows are costs; columns are cohort sizes and the goal. Of a gesture, the static page's time and the ratio too."""
    sizes = [f"{patients:,} patients" for patients in costs]
    header = ["", *sizes, "goal"]
    names = dict.fromkeys(name for measured in costs.values() for name in measured)
    rows = [[f"{name} ({UNITS.get(name, 'ms')})", *cells(costs, still, name), GOALS.get(name, "")] for name in names]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)


def cells(costs: Costs, still: Costs, name: str) -> list[str]:
    return [beside(costs[patients].get(name, []), still[patients].get(name, [])) for patients in costs]


def beside(ours: list[float], static: list[float]) -> str:
    """Our median and 90th percentile, the static page's, and how many times its median ours is."""
    if not ours or np.isnan(ours).all():
        return "nothing to do"
    if not static or np.isnan(static).all():
        return summary(ours)
    return f"{summary(ours)}; static {summary(static)}; × {np.nanmedian(ours) / np.nanmedian(static):.2f}"


def summary(values: list[float]) -> str:
    """Median, and the 90th percentile of more than one value."""
    median = f"{np.nanmedian(values):,.0f}"
    return median if len(values) == 1 else f"{median} ({np.nanpercentile(values, 90):,.0f})"
