"""A drawing as other programs take it: nothing in it is drawn by lot, and no text hangs on what only browsers know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from publishing.figure_files.eyesight import readable
from publishing.figure_files.safe_svg import SVG

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

READABLE = 4.6
"""Contrast of texts with white, with room for rounding."""
CENTRAL = 0.35
"""Of the type's size: from the middle of a line to its foot."""
REFERENCE = re.compile(r"""url\(\s*['"]?#([\w-]+)['"]?\s*\)""")
WRITTEN = (f"{{{SVG}}}text", f"{{{SVG}}}tspan")


def tidy(root: ET.Element) -> None:
    """Names its parts in order, as plotly names clips and patterns by lot; lets its texts stand on their feet, dark
    enough to be read, in the font of the whole."""
    names: dict[str, str] = {}
    for part in root.iter():
        if part.get("id"):
            part.set("id", names.setdefault(part.get("id", ""), f"p{len(names) + 1}"))
    for part in root.iter():
        if part is not root:
            part.attrib.pop("font-family", None)
        for name, value in part.items():
            if "url(" in value:
                part.set(name, REFERENCE.sub(lambda found: f"url(#{names.get(found[1], found[1])})", value))
        if part.tag in WRITTEN:
            _legible(part)


def _legible(text: ET.Element) -> None:
    if text.get("fill"):
        text.set("fill", readable(text.get("fill", ""), READABLE))
    if text.tag == WRITTEN[0] and text.attrib.get("dominant-baseline") == "central":
        del text.attrib["dominant-baseline"]
        foot = float(text.get("y", 0)) + CENTRAL * float(text.get("font-size", 0))
        text.set("y", f"{round(foot, 2):g}")
