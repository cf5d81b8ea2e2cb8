"""A drawing that somebody sent, taken apart and put together again from what charts need: nothing that runs, nothing
from elsewhere, and no more of it than a figure has."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree as ET

from PIL import Image, UnidentifiedImageError

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML cannot hold, and that the name of a study or a patient may."""
ELEMENTS = frozenset(
    {
        "svg", "g", "defs", "clipPath", "pattern", "path", "rect", "circle", "line", "polyline", "polygon", "text",
        "tspan", "image", "title", "metadata", "linearGradient", "stop",
    }
)  # fmt: skip
NUMBERS = frozenset({"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "width", "height"})
LOOKS = frozenset(
    {
        "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
        "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "opacity", "color",
        "font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "paint-order",
        "clip-path", "clip-rule", "shape-rendering", "image-rendering", "overflow", "display", "visibility",
        "stop-color", "stop-opacity",
    }
)  # fmt: skip
"""Ways to look, as attributes or in `style`."""
PLACES = frozenset(
    {
        "id", "d", "points", "transform", "viewBox", "preserveAspectRatio", "patternUnits", "patternContentUnits",
        "patternTransform", "clipPathUnits", "gradientUnits", "gradientTransform", "offset",
    }
)  # fmt: skip
ATTRIBUTES = NUMBERS | LOOKS | PLACES
REFERENCE = re.compile(r"url\(\s*(?!['\"]?#[\w-]+['\"]?\s*\))", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=\s]*)")
SIZE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)mm")
MOST_SAID = 20_000
"""Characters that are taken of what a drawing says of itself."""
MOST_ELEMENTS, DEEPEST, LONGEST_SIDE, MOST_PIXELS = 150_000, 60, 600, 40_000_000
"""Elements; how deep they lie in each other; mm; pixels of all pictures in it together."""


class DrawingError(ValueError):
    """What was sent is no drawing of this page, in a sentence that quotes nothing of it."""


@dataclass(frozen=True)
class Drawing:
    """A drawing that may be drawn: its tree, its size in mm, and whether its colours were taken."""

    root: ET.Element
    width: float
    height: float
    grey: bool = False

    @property
    def about(self) -> str:
        """What it says of itself: of which data, by which code and rules."""
        return (self.root.findtext(f"{{{SVG}}}metadata") or "")[:MOST_SAID]


def drawing(text: str) -> Drawing:
    """What was sent as SVG, made anew from the elements and attributes that are known; DrawingError otherwise."""
    text = NO_XML.sub("", text)
    if "<!" in text or "<?" in text:
        raise DrawingError("A figure has no document type, entities, comments or instructions.")
    try:
        sent = ET.fromstring(text)  # noqa: S314 - what expat expands, a document type declares, and there is none
    except (ET.ParseError, ValueError):
        raise DrawingError("This is no SVG: it cannot be read.") from None
    _count(sent)
    width, height = _side(sent.get("width", "")), _side(sent.get("height", ""))
    room = [MOST_PIXELS]
    return Drawing(_kept(sent, room), width, height)


def _side(stated: str) -> float:
    found = SIZE.fullmatch(stated)
    if not found or not 0 < float(found[1]) <= LONGEST_SIDE:
        raise DrawingError(
            f"A figure has at most {LONGEST_SIDE} mm a side. Choose fewer panels, more columns or smaller type."
        )
    return float(found[1])


def _count(root: ET.Element) -> None:
    level, count = [root], 0
    for _ in range(DEEPEST):
        count += len(level)
        if count > MOST_ELEMENTS:
            raise DrawingError(f"A figure has at most {MOST_ELEMENTS:,} parts.")
        level = [child for element in level for child in element]
    if level:
        raise DrawingError(f"The parts of a figure lie at most {DEEPEST} deep in each other.")


def _kept(sent: ET.Element, room: list[int]) -> ET.Element:
    """An element with what is known of it; of `room` the pixels of its pictures are taken."""
    name = sent.tag.removeprefix(f"{{{SVG}}}")
    if name not in ELEMENTS:
        raise DrawingError("A figure holds nothing but shapes, texts and pictures.")
    made = ET.Element(f"{{{SVG}}}{name}", dict(_attributes(sent)))
    if name == "image":
        made.set("href", _picture(sent.get("href") or sent.get(f"{{{XLINK}}}href") or "", room))
    made.text, made.tail = sent.text, sent.tail
    made.extend([_kept(child, room) for child in sent])
    return made


def _attributes(sent: ET.Element) -> Iterator[tuple[str, str]]:
    own = {name: value for name, value in sent.attrib.items() if name in ATTRIBUTES}
    for part in sent.get("style", "").split(";"):
        name, _, value = part.partition(":")
        if name.strip() in LOOKS:
            own[name.strip()] = value.strip()
    for name, value in own.items():
        if REFERENCE.search(value) or "\\" in value:
            raise DrawingError("A figure refers to nothing outside of itself.")
        yield name, value.removesuffix("!important").strip()


def _picture(source: str, room: list[int]) -> str:
    found = PICTURE.fullmatch(source)
    if not found:
        raise DrawingError("A picture in a figure must be in it, as PNG or JPEG.")
    try:
        with Image.open(BytesIO(base64.b64decode(found[1], validate=False)), formats=("PNG", "JPEG")) as picture:
            room[0] -= picture.width * picture.height
    except (binascii.Error, UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise DrawingError("A picture in this figure cannot be read.") from None
    if room[0] < 0:
        raise DrawingError(f"The pictures in a figure have at most {MOST_PIXELS:,} pixels together.")
    return source
