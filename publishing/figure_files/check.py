"""The check of a figure before it is saved, a line each: what the journal asks, and what its readers need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publishing.figure_files.eyesight import PALE, apart, contrast_to_white, luminance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publishing.figure_files.profiles import Profile

READABLE, APART = 4.5, 10
"""Contrast of a text with white; distance of colours (CIE 1976)."""
NEAR = 0.005
"""Of a point: what rounding does."""
NAMED = 4
"""Texts that a line names."""
UNKEYED = "the key is off: the legend of the paper must explain the signs"

Line = tuple[str, bool, str]
"""What is checked, whether it holds, and what was found."""


@dataclass(frozen=True)
class Measured:
    """What a browser measured of a figure that it drew: the smallest and largest `type` and the thinnest `line`, points
    (None: there is none); texts that are `cut` or lie on another (`over`); the `inks` of texts, each with a text of it;
    the colours of `patients`; its `height`, mm; whether it has signs and illustrative values, which it `says`."""

    type: tuple[float | None, float | None]
    line: float | None
    cut: Sequence[str]
    over: Sequence[str]
    inks: Sequence[tuple[str, str]]
    patients: Sequence[str]
    height: float
    font: bool
    signs: bool
    illustrative: bool
    says: bool


@dataclass(frozen=True)
class Asked:
    """What was chosen: `width` and `height` (0: as high as it must be), mm; `type`, points; `dpi`; whether there is a
    key, and whether it is grey."""

    width: float
    height: float
    type: float
    dpi: float
    key: bool
    grey: bool


def check(found: Measured, asked: Asked, profile: Profile) -> list[Line]:
    """Every line, whether it holds or not."""
    far = apart(found.patients, grey=asked.grey)
    seen = ((contrast_to_white(color), words) for color, words in found.inks if luminance(color) < PALE)
    contrast, worst = min(seen, default=(21.0, ""))
    font = "open font, embedded" if found.font else "a font of the system: “make install” gets the open one"
    eyes = "as greys" if asked.grey else "under all kinds of colour vision"
    told = "one colour" if far == math.inf else f"least distance {far:.0f} {eyes}, at least {APART}"
    key = "there are none" if not found.signs else "in the key" if asked.key else UNKEYED
    hollow = "the line stands in the figure" if found.illustrative else "there are none"
    return [
        *_sizes(found, asked, profile),
        ("Font", found.font, font),
        ("Contrast of text", contrast >= READABLE, f"{_whole(contrast)}:1 at “{worst}”, at least {READABLE}:1"),
        ("Colours of patients", far >= APART, told),
        ("Nothing cut", not found.cut, _named(found.cut)),
        ("No text on another", not found.over, _named(found.over)),
        ("Every sign explained", asked.key or not found.signs, key),
        ("Illustrative values said", found.says or not found.illustrative, hollow),
    ]


def _sizes(found: Measured, asked: Asked, of: Profile) -> Iterator[Line]:
    small, large, thin = (math.inf if one is None else one for one in (*found.type, found.line))
    most = of.most_type or math.inf
    largest = f"; the largest {_whole(large)} pt, at most {most:g} pt" if of.most_type else ""
    said = f"smallest {_whole(small)} pt, at least {of.least_type:g} pt ({of.label}){largest}"
    yield "Type", small >= of.least_type - NEAR and large <= most + NEAR, said
    yield "Thinnest line", thin >= of.line - NEAR, f"{_whole(thin)} pt, at least {of.line:g} pt"
    columns = f", columns of {', '.join(f'{one:g}' for one in of.widths)} mm" if of.widths else ""
    fits = not of.widths or any(abs(one - asked.width) < 0.05 for one in of.widths)
    yield "Width", fits, f"{asked.width:g} mm{columns}"
    limit = f"at most {of.height:g} mm" if of.height else "no limit found"
    wished = f", asked for {asked.height:g} mm" if asked.height else ""
    high = found.height <= (of.height or math.inf) and (not asked.height or abs(found.height - asked.height) < 0.5)
    yield "Height", high, f"{found.height:g} mm, {limit}{wished}"
    yield "Resolution of PNG and TIFF", asked.dpi >= of.dpi, f"{asked.dpi:g} dpi, for line art {of.dpi} dpi"


def written(lines: Sequence[Line], head: str) -> str:
    """The check as a text file."""
    told = [f"{'pass' if holds else 'FAIL'}  {name}: {said}" for name, holds, said in lines]
    return "\n".join([head, "", *told, ""])


def headed(title: str, found: Measured, asked: Asked, profile: Profile) -> str:
    """What the check is of: the study, the size, and whose rules."""
    rules = f", whose rules are those of {profile.source} ({profile.seen})" if profile.source else ""
    size = f"{asked.width:g} × {found.height:g} mm, {asked.type:g} pt"
    return f"{title}: figure of {size}, for {profile.label}{rules}"


def _whole(value: float) -> str:
    return f"{round(value, 2):g}"


def _named(texts: Sequence[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts[:NAMED]) or "none"
