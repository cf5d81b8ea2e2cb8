"""The font of figures: the one that `get_font.py` made, else one of the system."""

from __future__ import annotations

import base64
from functools import cache
from io import BytesIO
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "assets" / "fonts"
FAMILY = "Reprise Figure"
WEIGHTS = (400, 700)
STACK = f"{FAMILY}, Arimo, Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif"
"""The font of every text of a figure; what stands behind the first is for programs that do not take embedded fonts."""


def files() -> list[Path]:
    """The font's files for what draws on the server; none where it was not made."""
    found = [FOLDER / f"{weight}.ttf" for weight in WEIGHTS]
    return found if all(path.is_file() for path in found) else []


def for_browsers() -> dict[int, str]:
    """Weight -> the font's file among the assets; none where it was not made."""
    return {weight: f"{FOLDER.name}/{weight}.woff2" for weight in WEIGHTS} if files() else {}


def faces(texts: dict[int, str]) -> str:
    """CSS with the font in it, of each weight the letters of its text; "" where it was not made."""
    if not files():
        return ""
    return "".join(_face(weight, "".join(sorted(set(text)))) for weight, text in sorted(texts.items()) if text)


@cache
def _font(weight: int) -> bytes:
    return (FOLDER / f"{weight}.ttf").read_bytes()


def _face(weight: int, letters: str) -> str:
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 - memory that only the process of a figure needs
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    font = TTFont(BytesIO(_font(weight)), recalcTimestamp=False)
    subsetter = Subsetter(Options(layout_features=["kern"], notdef_outline=True))
    subsetter.populate(text=letters)
    subsetter.subset(font)
    font.flavor = "woff2"
    content = BytesIO()
    font.save(content)
    data = base64.b64encode(content.getvalue()).decode()
    source = f"src:url(data:font/woff2;base64,{data}) format('woff2')"
    return f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};{source}}}"
