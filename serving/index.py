"""The head of the page: what the browser should ask for from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.assets import PLOTLY

if TYPE_CHECKING:
    from collections.abc import Iterable

# An empty icon, or the browser asks for one at every change of the address; plotly.js, which dash would ask for last,
# unless it is there; what dash asks for as it draws; and the modules that the page's own takes, of which dash knows
# the entry only.
LINKS = """<link rel="icon" href="data:,">
<script src="{place}/{plotly}" defer></script>
<link rel="preload" as="script" href="{prefix}_dash-component-suites/dash/dcc/async-graph.js">
<link rel="preload" as="script" href="{prefix}_dash-component-suites/dash/dcc/async-dropdown.js">
<link rel="preload" as="fetch" crossorigin href="{prefix}_dash-layout">
<link rel="preload" as="fetch" crossorigin href="{prefix}_dash-dependencies">"""
INNER = "browser"
"""The folder of assets whose modules dash must not put into the page: each would be there twice."""


def index(template: str, names: Iterable[str], prefix: str, place: str) -> str:
    """Dash's page with these links to files by their names at `place`, in English."""
    modules = [name for name in names if name.startswith(f"{INNER}/") and name.endswith(".mjs")]
    links = [
        LINKS.format(prefix=prefix, place=place, plotly=PLOTLY),
        *(f'<link rel="modulepreload" href="{place}/{name}">' for name in modules),
    ]
    return template.replace("{%favicon%}", "\n".join(links)).replace("<html>", '<html lang="en">')
