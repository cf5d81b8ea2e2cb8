"""The head of the page: what the browser should ask for from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# An empty icon, or the browser asks for one at every change of the address; the largest script, which dash would ask
# for last; and the modules that the page's own takes, of which dash knows the entry only.
LINKS = """<link rel="icon" href="data:,">
<link rel="preload" as="script" href="{prefix}_dash-component-suites/plotly/package_data/plotly.min.js">
<link rel="preload" as="fetch" crossorigin href="{prefix}_dash-layout">
<link rel="preload" as="fetch" crossorigin href="{prefix}_dash-dependencies">"""
INNER = "browser"
"""The folder of assets whose modules dash must not put into the page: each would be there twice."""


def index(template: str, assets: Path, prefix: str) -> str:
    """Dash's page with these links, in English."""
    links = "\n".join([LINKS.format(prefix=prefix), *_modules(assets, prefix)])
    return template.replace("{%favicon%}", links).replace("<html>", '<html lang="en">')


def _modules(assets: Path, prefix: str) -> Iterator[str]:
    for path in sorted((assets / INNER).rglob("*.mjs")):
        yield f'<link rel="modulepreload" href="{prefix}assets/{path.relative_to(assets).as_posix()}">'
