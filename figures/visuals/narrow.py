"""The figure where there is little width, as on a phone: titles above their rows, the name of the axis below its weeks,
and margins as wide as what stands in them. The browser chooses (`assets/browser/charts/panels.mjs`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from figures.visuals import line_names, style
from figures.visuals.reference_lines import bottom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from figures.visuals.frame import Frame

Note = dict[str, Any]

ABOVE, TOP, BELOW = 20, 36, 15
"""Heights, px: of a gap with a title in it, above the first, and of the name under the weeks."""
LETTER, PAD = 6.6, 10
LEFT, RIGHT = (40, 112), (34, 72)
"""The least and the most, px, of each margin."""
INDENT = 16
"""Where the titles in the left margin begin, px."""
TAG = re.compile("<[^>]*>")


def room(frame: Frame, layouts: Iterable[Mapping[str, Any]], notes: Iterable[Note]) -> dict[str, Any]:
    """`margin` (px), `gap` (px between axes) and `annotations`; `layouts` are those of the panels, whose names in the
    left margin say how wide it is, and `notes` the annotations of a wide figure, of which a `name` is what to write."""
    longest = max((len(TAG.sub("", name)) for layout in layouts for name in _names(layout)), default=0)
    left = int(min(max(PAD + LETTER * longest, LEFT[0]), LEFT[1]))
    right = int(min(max(line_names.margin(frame) - 12, RIGHT[0]), RIGHT[1]))
    margin = {"l": left, "r": right, "t": TOP, "b": bottom(frame) + BELOW}
    return {"margin": margin, "gap": ABOVE, "annotations": [_placed(note, left) for note in notes]}


def title(text: str, above: str, yref: str = "paper") -> Note:
    """In the left margin at the top of an axis; `above` is what a phone has instead, above the row."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": INDENT - style.LEFT, "yref": yref, "y": 1}
    return {
        **place, "yanchor": "top", "text": text, "name": above, "showarrow": False, "align": "left", "borderpad": 0,
        "font": {"size": 11},
    }  # fmt: skip


def _names(layout: Mapping[str, Any]) -> Iterator[str]:
    for key, axis in layout.items():
        yield from map(str, axis.get("ticktext") or ()) if key.startswith("yaxis") else ()
    for block in (layout.get("meta") or {}).get("texts", ()):
        rows = [item["text"] for item in block.get("items", ()) if item["side"] != "right"]
        own = {item["side"] for item in block.get("items", ())} >= {"left", "row"}
        yield from rows if not own else (item["text"] for item in block["items"] if item["side"] == "row")


def _placed(note: Note, left: int) -> Note:
    if "name" not in note:
        return note
    moved = note | {"text": note["name"], "xshift": note["xshift"] + style.LEFT - left}
    if note["y"] == 0:
        return moved | {"yshift": -BELOW - 3}
    return moved | {"yanchor": "bottom", "yshift": 2}
