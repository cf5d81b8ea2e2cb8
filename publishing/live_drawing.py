"""What a browser sends of a step that stays alive in a file: its drawing, what is drawn over it for each patient, and
what tooltips say; taken apart, and put together again of shapes, texts and pictures alone."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from xml.etree import ElementTree as ET

import orjson

from publishing.figure_files.safe_svg import ELEMENTS, REFERENCE, SVG, XLINK, DrawingError
from publishing.masking import as_drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_UNPACKED = 160_000_000
"""Bytes of all steps of a story together."""
SOURCE = re.compile(r"#[\w-]+|data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
TELLING = re.compile(r"data-|aria-|title")
OWN = re.compile(r"""(\bid="|url\((?:&quot;|&#39;|'|")?#|href="#)""")
Place = tuple[float, float, float, float, str, str]
NAMED_BY = "data-of"
"""The attribute of a text that may be cut: all of it."""


@dataclass(frozen=True)
class Live:
    """A drawing as SVG and its size; `overlays`: patient -> what is drawn over it where they are highlighted; what is
    `told` where, each as left, top, right, bottom, patient ("": of several) and words."""

    text: str
    width: float
    height: float
    overlays: Mapping[str, str]
    told: Sequence[Place]


def live(content: bytes, steps: int = 1) -> Live:
    """What was sent of one of so many steps, JSON that is compressed by gzip; DrawingError where it is none, or more,
    unpacked, than its share of what a story may have."""
    try:
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        found = Live(**orjson.loads(unpacking.decompress(content, MOST_UNPACKED // steps)))
        told = [(*map(float, place), str(who), str(words)) for *place, who, words in found.told]
        size = float(found.width), float(found.height)
        return Live(str(found.text), *size, dict(found.overlays), cast("Sequence[Place]", told))
    except (zlib.error, ValueError, TypeError):
        raise DrawingError("A step of this story cannot be read, or is too large for one file.") from None


def markup(text: str, at: int, mask: Callable[[str], str]) -> str:
    """A drawing of step `at` as it may stand in a page: nothing in it runs or lies elsewhere, and its ids are not those
    of other steps; every text in it is as `mask` has it. DrawingError where it is none."""
    if "<!" in text or "<?" in text:
        raise DrawingError("A drawing has no document type, entities, comments or instructions.")
    try:
        root = ET.fromstring(as_drawn(text))  # noqa: S314 - what expat expands, a document type declares
    except ET.ParseError:
        raise DrawingError("A drawing of this story cannot be read.") from None
    for said in root.findall(f"{{{SVG}}}metadata"):
        root.remove(said)
    for part in root.iter():
        _clean(part)
        _mask(part, mask)
    ET.register_namespace("", SVG)
    return OWN.sub(rf"\1s{at}-", ET.tostring(root, encoding="unicode"))


def _clean(part: ET.Element) -> None:
    if part.tag.removeprefix(f"{{{SVG}}}") not in ELEMENTS:
        raise DrawingError("A drawing holds nothing but shapes, texts and pictures.")
    source = part.attrib.pop(f"{{{XLINK}}}href", None) or part.get("href")
    if source is not None:
        part.set("href", source)
    running = [name for name in part.attrib if name.lower().startswith("on") or ":" in name or "}" in name]
    for name in running:
        del part.attrib[name]
    if (source and not SOURCE.fullmatch(source)) or any(map(REFERENCE.search, part.attrib.values())):
        raise DrawingError("A drawing refers to nothing outside of itself.")


def _mask(part: ET.Element, mask: Callable[[str], str]) -> None:
    """Its texts, of which some are cut and say whose they are, and of whom it is."""
    whole = part.get(NAMED_BY)
    if whole is not None and "…" in "".join(part.itertext()):
        part[:], part.text = [], whole
    part.text, part.tail = (text and mask(text) for text in (part.text, part.tail))
    for name in filter(TELLING.match, part.attrib):
        part.set(name, mask(part.get(name, "")))
