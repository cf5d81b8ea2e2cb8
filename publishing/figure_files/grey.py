"""A drawing without colours: each as the grey of its luminance."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from xml.etree import ElementTree as ET

from PIL import Image

HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})\b")
RGB = re.compile(r"(rgba?\(\s*)(\d+)\s*,\s*(\d+)\s*,\s*(\d+)")
LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Of red, green and blue (sRGB, IEC 61966-2-1)."""
COLOURED = ("fill", "stroke", "color", "stop-color")


def to_grey(root: ET.Element) -> None:
    """Take the colours of a tree, and of the pictures in it."""
    for element in root.iter():
        for name in COLOURED:
            value = element.get(name)
            if value:
                element.set(name, RGB.sub(_as_rgb, HEX.sub(_as_hex, value)))
        source = element.get("href")
        if source:
            element.set("href", _picture(source))


def grey(red: int, green: int, blue: int) -> int:
    """The grey (0–255) of the same luminance (sRGB, IEC 61966-2-1)."""
    light = sum(share * linear(part) for share, part in zip(LUMINANCE, (red, green, blue), strict=True))
    return round(255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))


def linear(part: float) -> float:
    """The light of a part of a colour (0–255), from 0 to 1."""
    share = part / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _as_hex(found: re.Match[str]) -> str:
    return "#" + f"{grey(*(int(part, 16) for part in found.groups())):02x}" * 3


def _as_rgb(found: re.Match[str]) -> str:
    shade = grey(*(int(part) for part in found.groups()[1:]))
    return f"{found[1]}{shade},{shade},{shade}"


def _picture(source: str) -> str:
    content = BytesIO()
    with Image.open(BytesIO(base64.b64decode(source.partition(",")[2]))) as picture:
        picture.convert("LA").save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()
