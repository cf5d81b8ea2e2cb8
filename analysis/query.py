"""The query: what is drawn. A frozen value that any worker can read back from the address."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from analysis.phases import PHASES, study_clocks
from analysis.response import LANE_SORTS
from analysis.scales import IMMUNE_SCALES, PASI_SCALES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from data.study import Study

THEMES = ("light", "dark")
MAX_SUBSETS = 6


@dataclass(frozen=True)
class Query:
    """Every field is one control and one key of the address; the defaults are what a bare address shows.

    patients, groups    kept; empty keeps all          from_week, to_week  closed window in weeks of `clock`; None: open
    subset, phase       what the scatter shows         tolerance           largest sample-to-visit gap in a pair, weeks
    lane_page           counted from 1
    """

    patients: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    from_week: float | None = None
    to_week: float | None = None
    clock: str = "index"
    lens: bool = True
    pasi_scale: str = "absolute"
    immune_scale: str = "raw"
    subsets: tuple[str, ...] = ()
    subset: str = ""
    phase: str = "all"
    tolerance: float = 1.0
    lane_sort: str = "id"
    lane_page: int = 1
    theme: str = "light"

    @property
    def window(self) -> tuple[float, float] | None:
        """The week window on the current clock, or None when it is open on both sides."""
        if self.from_week is None and self.to_week is None:
            return None
        low = -math.inf if self.from_week is None else self.from_week
        return low, math.inf if self.to_week is None else self.to_week

    @property
    def kept(self) -> dict[str, Any]:
        """The narrowing arguments that `analysis.narrow.narrow` takes."""
        return {
            "patients": self.patients or None,
            "groups": self.groups or None,
            "window": self.window,
            "clock": self.clock,
        }


def default(study: Study) -> Query:
    """The query of a bare address: the clock that everyone is on, and the study's first two subsets."""
    known = study.subset_definitions["subset"].astype(str).tolist()
    return Query(clock=study_clocks(study)[0], subsets=tuple(known[:2]), subset=known[0] if known else "")


def read(study: Study, raw: Mapping[str, Any]) -> tuple[Query, list[str]]:
    """A query from untrusted keys and values, and a sentence for each value that was not usable (its default stays)."""
    query, complaints = default(study), []
    parsers = _parsers(study)
    for name, value in raw.items():
        if name not in parsers:
            continue
        try:
            query = replace(query, **{name: parsers[name](value)})
        except (TypeError, ValueError) as error:
            complaints.append(
                f"The address asks for {name.replace('_', ' ')} “{value}”, but {error}; the default is shown."
            )
    return query, complaints


def changed(old: Query, new: Query) -> set[str]:
    """Names of the fields in which two queries differ."""
    return {f.name for f in fields(Query) if getattr(old, f.name) != getattr(new, f.name)}


def _parsers(study: Study) -> dict[str, Callable[[Any], Any]]:
    subsets = study.subset_definitions["subset"].astype(str).tolist()
    groups = study.patients["group"].astype(str).unique().tolist()
    return {
        "patients": lambda value: _several(value, set(study.patient_ids), "patient"),
        "groups": lambda value: _several(value, set(groups), "group"),
        "from_week": _week,
        "to_week": _week,
        "clock": lambda value: _one(value, study_clocks(study)),
        "lens": lambda value: str(value).lower() in {"true", "1"},
        "pasi_scale": lambda value: _one(value, PASI_SCALES),
        "immune_scale": lambda value: _one(value, IMMUNE_SCALES),
        "subsets": lambda value: _several(value, set(subsets), "subset")[:MAX_SUBSETS],
        "subset": lambda value: _one(value, subsets),
        "phase": lambda value: _one(value, PHASES),
        "tolerance": lambda value: _number(value, 0, 26),
        "lane_sort": lambda value: _one(value, LANE_SORTS),
        "lane_page": lambda value: int(_number(value, 1)),
        "theme": lambda value: _one(value, THEMES),
    }


def _one(value: Any, known: Collection[str]) -> str:
    if value not in known:
        raise ValueError(f"this study knows {', '.join(list(known)[:8]) or 'none'}")
    return str(value)


def _several(value: Any, known: set[str], noun: str) -> tuple[str, ...]:
    wanted = [value] if isinstance(value, str) else [str(item) for item in value or []]
    unknown = [item for item in wanted if item not in known]
    if unknown:
        raise ValueError(f"this study has no {noun} {', '.join(unknown[:5])}")
    return tuple(dict.fromkeys(wanted))


def _number(value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a finite number is needed")
    if not low <= number <= high:
        raise ValueError(f"a number from {low:g} to {high:g} is needed")
    return number


def _week(value: Any) -> float | None:
    return None if value is None or value == "" else _number(value)
