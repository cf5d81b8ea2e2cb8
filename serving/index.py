"""The head of the page: what the browser should ask for from the start."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from serving.assets import PLOTLY

OPENING = """(() => {
  const ask = window.fetch, { hash: address } = location;
  const usual = () => ask("_dash-layout");
  const how = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ address }) };
  const own = () => ask("first", how).then((reply) => (reply.ok ? reply : usual()));
  let first = address.length > 1 && address.length < LONGEST ? own() : usual();
  window.fetch = (url, ...more) => {
    if (!first || !String(url).endsWith("/_dash-layout")) return ask(url, ...more);
    const found = first;
    first = null;
    return found;
  };
})();""".replace("LONGEST", "20000")
"""Asks for the page before dash's own scripts are there: as what stands after the # says, which a browser sends to no
server by itself; and hands the answer over as dash asks."""
OPENING_HASH = f"'sha256-{b64encode(sha256(OPENING.encode()).digest()).decode()}'"
"""Of that script, as a content security policy has it."""

# An empty icon, or the browser asks for one at every change of the address; plotly.js, which dash would ask for last,
# unless it is there; and what dash asks for as it draws.
LINKS = """<script>{opening}</script>
<link rel="icon" href="data:,">
<script src="{place}/{plotly}" defer></script>
<link rel="preload" as="script" href="{prefix}_dash-component-suites/dash/dcc/async-graph.js">
<link rel="preload" as="script" href="{prefix}_dash-component-suites/dash/dcc/async-dropdown.js">
<link rel="preload" as="fetch" crossorigin href="{prefix}_dash-dependencies">"""


def index(template: str, prefix: str, place: str) -> str:
    """Dash's page with these links to files at `place`, in English."""
    links = LINKS.format(opening=OPENING, prefix=prefix, place=place, plotly=PLOTLY)
    return template.replace("{%favicon%}", links).replace("<html>", '<html lang="en">')
