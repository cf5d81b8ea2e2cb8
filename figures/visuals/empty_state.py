"""What a view cannot do without: which of it a study has, and what to add where it has none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING

from figures.visuals import style
from figures.visuals.frame import framed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from data.study import Study
    from figures.visuals.contract import Figure
    from figures.visuals.frame import Frame, Framed

    Draw = Callable[[Frame], Figure]


@dataclass(frozen=True)
class Need:
    """Something that views need: what it is called, whether a study has it, and what to add where it has not."""

    name: str
    found: Callable[[Study], bool]
    add: str


_PASI = "<b>pasi.csv</b>: patient_id, week, pasi;<br>or any table that has patients, dates or weeks, and PASI"
NEEDS: Mapping[str, Need] = MappingProxyType(
    {
        "pasi": Need("PASI", lambda study: study.has_pasi, _PASI),
        "immune_subsets": Need(
            "immune subsets",
            lambda study: not study.immune_subsets.empty,
            "<b>immune_subsets.csv</b>: patient_id, week, one column per subset",
        ),
        "treatments": Need(
            "treatments",
            lambda study: not study.treatments.empty,
            "<b>treatments.csv</b>: patient_id, treatment, kind, start_week, end_week",
        ),
    }
)


def absence(study: Study, needs: Iterable[str]) -> str:
    """What of `needs` (keys of `NEEDS`) the study has none of, and what to add; "" where it has all."""
    missing = [need for need in map(NEEDS.__getitem__, needs) if not need.found(study)]
    if not missing:
        return ""
    names = " and no ".join(need.name for need in missing)
    return "<br>".join([f"This study has no {names}.", *(f"Add {need.add}." for need in missing)])


def absence_told(study: Study, needs: Iterable[str]) -> str:
    """`absence` as plain text on one line."""
    return re.sub("</?b>", "", absence(study, needs).replace("<br>", " "))


def requires(*needs: str) -> Callable[[Draw], Framed[[], Figure]]:
    """Of a function that draws: where the study lacks one of `needs`, its figure is the sentence that says so."""

    def decorate(draw: Draw) -> Framed[[], Figure]:
        @wraps(draw)
        def drawn(frame: Frame) -> Figure:
            said = absence(frame.study, needs)
            return style.empty(frame.query, said) if said else draw(frame)

        return framed(drawn)

    return decorate
