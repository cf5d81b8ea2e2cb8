"""Texts that move with a zoom, as data: names at the ends of lines, and of drugs in their bars. The browser places them
over the chart, in one SVG layer, and keeps them apart; `kind` says how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from figures.visuals import style
from figures.visuals.frame import once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from figures.visuals.frame import Frame

MOST = 12
"""Up to this many names stand at the ends of their lines; of more only those of the highlighted, and the count."""
LETTERS, LETTER = 14, 8.0
"""The browser cuts a name to so many letters; the width of one, px, in bold."""
LEADER = 22
"""Between the plot and the end of the margin, px, without the name."""

Text = dict[str, Any]


def names(frame: Frame, groups: Iterable[str], yaxis: str = "y") -> Text:
    """The names of the `groups` whose medians are drawn, else of the kept patients while they are few: `names` are
    those that are always drawn with the colour of their text, `inks` the text colour of each colour of a line, for
    those who are highlighted, and `count` is how many patients there are where they are not all named."""
    look, kept = frame.theme, frame.ids
    found = {str(group): style.group_inks(frame.study, frame.query.theme).get(str(group), look.ink) for group in groups}
    of = "groups" if found else "patients"
    if not found and len(kept) <= MOST:
        ink = frame.inks
        found = {patient: ink[patient] for patient in kept}
    return {
        "kind": "names", "yaxis": yaxis, "of": of, "names": found if len(found) <= MOST else {},
        "inks": dict(zip(look.series, look.inks, strict=True)), "muted": look.muted,
        "count": 0 if found and of == "patients" else len(kept),
    }  # fmt: skip


@once
def margin(frame: Frame) -> int:
    """The right margin of the time views, px: the longest name, and what stands beside the rail."""
    kept, groups = frame.ids, frame.study.patients["group"].astype(str).unique().tolist()
    named = kept if frame.crowd == "few" else [*kept, *groups]
    longest = min(LETTERS, max((len(name) for name in named), default=0))
    return int(max(LEADER + LETTER * longest, 46 if frame.crowd == "few" else 84))


def inside(bars: Sequence[Mapping[str, Any]], doses: Sequence[tuple[float, int]], yaxis: str = "y") -> Text:
    """The names of drugs in their `bars` (patient, x0, x1, lane, height in lanes, treatment, clock_start_week), clear
    of the `doses` (x and lane of what stands on the lanes). What begins before week 0 has none there."""
    shown = [bar for bar in bars if bar["clock_start_week"] >= 0]
    columns = {"x0": "x0", "x1": "x1", "y": "lane", "height": "height", "text": "treatment", "of": "patient"}
    placed = {name: [bar[column] for bar in shown] for name, column in columns.items()}
    return {"kind": "inside", "yaxis": yaxis, **placed, "clear": [[float(x), float(lane)] for x, lane in doses]}
