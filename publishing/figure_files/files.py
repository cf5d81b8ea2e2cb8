"""A figure as a file: SVG with the letters of its font, PDF with the font embedded, PNG and TIFF with their resolution.
The same drawing gives the same bytes: nothing in them is a date or drawn by lot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

import resvg_py
import svg2pdf_py
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter

from publishing.figure_files import fonts
from publishing.figure_files.grey import to_grey
from publishing.figure_files.safe_svg import SVG, Drawing, DrawingError, drawing
from publishing.figure_files.stable_pdf import stable
from publishing.figure_files.tidy import tidy

INCH = 25.4
RESOLUTIONS = (300, 600, 1000)
MOST_PIXELS = 80_000_000
ASCII = str.maketrans({"≥": ">=", "≤": "<=", "−": "-", "–": "-", "·": ";", "±": "+-", "×": "x"})


@dataclass(frozen=True)
class Kind:
    """What a figure can be saved as: how it is called, its type for browsers, and what makes it of a drawing."""

    label: str
    mimetype: str
    make: Callable[[Drawing, int], bytes]


def figure(text: str, kind: str, dpi: int, *, grey: bool) -> bytes:
    """The file of a drawing that was sent as SVG; DrawingError with a sentence when it is none, or too large."""
    found = replace(drawing(text), grey=grey)
    tidy(found.root)
    if grey:
        to_grey(found.root)
    return KINDS[kind].make(found, dpi)


def _svg(found: Drawing, _dpi: int) -> bytes:
    faces = fonts.faces(_texts(found.root))
    if faces:
        style = ET.Element(f"{{{SVG}}}style")
        style.text = faces
        found.root.insert(0, style)
    return _written(found.root)


def _pdf(found: Drawing, _dpi: int) -> bytes:
    """Its unit is the point, whatever is said of px or mm."""
    points = {"width": found.width, "height": found.height}
    for side, millimetres in points.items():
        found.root.set(side, f"{millimetres / INCH * 72:.3f}")
    own = fonts.files()
    known = svg2pdf_py.FontDatabase() if own else svg2pdf_py.FontDatabase.system()
    for path in own:
        known.load_font_file(str(path))
    return _said(stable(svg2pdf_py.svg_to_pdf(_written(found.root).decode(), known)), found.about)


def _said(pdf: bytes, about: str) -> bytes:
    """The document with what it says of itself among its properties."""
    if not about:
        return pdf
    made, content = PdfWriter(clone_from=BytesIO(pdf)), BytesIO()
    made.pdf_header = pdf[: pdf.index(b"\n")].decode()
    made.add_metadata({"/Subject": about, "/Producer": "Reprise"})
    made.write(content)
    return content.getvalue()


def _in_png(about: str) -> dict[str, Any]:
    texts = PngInfo()
    texts.add_itxt("Description", about)
    return {"pnginfo": texts} if about else {}


def _in_tiff(about: str) -> dict[str, Any]:
    """Its texts are ASCII."""
    plain = about.translate(ASCII).encode("ascii", "replace").decode()
    return {"description": plain} if about else {}


def _raster(kind: str, said: Callable[[str], dict[str, Any]], **how: str) -> Callable[[Drawing, int], bytes]:
    def make(found: Drawing, dpi: int) -> bytes:
        wide, high = (round(side / INCH * dpi) for side in (found.width, found.height))
        if wide * high > MOST_PIXELS:
            raise DrawingError(f"This figure has {wide * high / 1e6:,.0f} million pixels; choose fewer dpi or mm.")
        found.root.set("width", str(wide))
        found.root.set("height", str(high))
        own = [str(path) for path in fonts.files()]
        drawn = resvg_py.svg_to_bytes(
            svg_string=_written(found.root).decode(), font_files=own or None, skip_system_fonts=bool(own),
            background="white", width=wide, height=high,
        )  # fmt: skip
        content = BytesIO()
        with Image.open(BytesIO(drawn)) as picture:
            made = picture.convert("L" if found.grey else "RGB")
            made.save(content, kind, dpi=(dpi, dpi), **how, **said(found.about))
        return content.getvalue()

    return make


def _written(root: ET.Element) -> bytes:
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="utf-8")


def _texts(root: ET.Element) -> dict[int, str]:
    """Weight -> the letters that are written so."""
    found: dict[int, str] = {}

    def look(element: ET.Element, weight: int) -> None:
        stated = element.get("font-weight", "")
        own = {"bold": 700, "normal": 400}.get(stated, int(stated) if stated.isdigit() else weight)
        key = 700 if own >= 600 else 400
        parts = [element.text, *(child.tail for child in element)]
        if element.tag in {f"{{{SVG}}}text", f"{{{SVG}}}tspan"}:
            found[key] = found.get(key, "") + "".join(part or "" for part in parts)
        for child in element:
            look(child, own)

    look(root, 400)
    return found


KINDS = MappingProxyType(
    {
        "svg": Kind("SVG", "image/svg+xml", _svg),
        "pdf": Kind("PDF", "application/pdf", _pdf),
        "png": Kind("PNG", "image/png", _raster("PNG", _in_png)),
        "tiff": Kind("TIFF", "image/tiff", _raster("TIFF", _in_tiff, compression="tiff_lzw")),
    }
)
