"""The head of the page: what the browser should ask for from the start."""

from __future__ import annotations

from serving.assets import PLOTLY

# An empty icon, or the browser asks for one at every change of the address; plotly.js, which dash would ask for last,
# unless it is there; and what dash asks for as it draws.
LINKS = """<link rel="icon" href="data:,">
<script src="{place}/{plotly}" defer></script>
<link rel="preload" as="script" href="{prefix}_dash-component-suites/dash/dcc/async-graph.js">
<link rel="preload" as="script" href="{prefix}_dash-component-suites/dash/dcc/async-dropdown.js">
<link rel="preload" as="fetch" crossorigin href="{prefix}_dash-layout">
<link rel="preload" as="fetch" crossorigin href="{prefix}_dash-dependencies">"""


def index(template: str, prefix: str, place: str) -> str:
    """Dash's page with these links to files at `place`, in English."""
    links = LINKS.format(prefix=prefix, place=place, plotly=PLOTLY)
    return template.replace("{%favicon%}", links).replace("<html>", '<html lang="en">')
