"""Colours as eyes see them: contrast with white, and distances under every kind of colour vision."""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from publishing.figure_files.grey import LUMINANCE, linear

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

HEX, NUMBER = re.compile("#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE), re.compile(r"\d+(?:\.\d+)?")
PALE = 0.9
"""Luminance of what stands on dark cells, and not on white."""
MANY = 12
"""Of more patients colours stand for groups."""
SEEN = (
    np.eye(3),
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
)
"""What normal, protan, deutan and tritan readers see of linear light: Machado, Oliveira and Fernandes 2009, of full
severity (10.1109/TVCG.2009.113)."""
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])


def light(color: str) -> tuple[float, ...]:
    """Red, green and blue of a colour as CSS has it, linear, 0 to 1; black where it is none."""
    found = HEX.fullmatch(color)
    parts = [int(part, 16) for part in found.groups()] if found else [float(part) for part in NUMBER.findall(color)[:3]]
    return tuple(map(linear, parts)) if len(parts) == len(LUMINANCE) else (0.0, 0.0, 0.0)


def luminance(color: str) -> float:
    """Of a colour, 0 to 1."""
    return sum(share * part for share, part in zip(LUMINANCE, light(color), strict=True))


def contrast_to_white(color: str) -> float:
    """As WCAG has it, 1 to 21."""
    return 1.05 / (luminance(color) + 0.05)


def readable(color: str, least: float) -> str:
    """The colour, darker as far as a text of it on white needs for this contrast; pale ones stay."""
    own, most = luminance(color), 1.05 / least - 0.05
    if own <= most or own > PALE:
        return color
    darker = [part * most / own for part in light(color)]
    parts = [12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in darker]
    return f"rgb({', '.join(str(math.floor(255 * one)) for one in parts)})"


def apart(colors: Iterable[str], *, grey: bool = False) -> float:
    """The least distance (CIE 1976) between any two of some colours, for every kind of colour vision; infinite for
    one."""
    own = np.array(list(dict.fromkeys(map(light, colors)))[:MANY]).reshape(-1, 3)
    seen = [_lab(own @ np.array(eyes).T) for eyes in ([[LUMINANCE] * 3] if grey else SEEN)]
    gaps = [float(np.linalg.norm(one - other)) for labs in seen for one, other in combinations(labs, 2)]
    return min(gaps, default=math.inf)


def _lab(own: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.clip(own, 0, 1) @ XYZ.T / WHITE
    x, y, z = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116).T
    return np.column_stack((116 * y - 16, 500 * (x - y), 200 * (y - z)))
