"""What the signs of the charts mean, for a figure that leaves the page: the browser tells of those that are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.phases import phase_labels
from analysis.response.rates import ENOUGH
from data.study import MISSED, PLANNED
from figures.treatments import lane_key
from figures.visuals import milestones, style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.query import Query
    from data.study import Study

HOLLOW = "hollow: illustrative, not measured"
PHASED = frozenset({"pasi", "immune", "correlation", "multiples", "phase_plane"})
"""Views in which the shape of a mark is its phase."""
LANES = {
    "prior": "pale bar: prior therapy",
    "hatched": "hatched bar: background therapy over week 0",
    "arrow": "▶ ongoing course",
    "infusion": "▼ infusion, with its dose",
    "event": "✦ event, with its grade",
    "followed": "thin line: follow-up, first to last observation",
    MISSED: lane_key.SIGNS[MISSED],
    PLANNED: lane_key.SIGNS[PLANNED],
}
ANYWHERE = {
    "hollow": HOLLOW,
    "rule": "dotted line of a patient: the value that a rule asks for",
    "lens": "shaded, behind //: compressed weeks",
    "dimmed": "pale: not highlighted",
    "ringed": "ring: visits selected",
    "†": f"†, crossed: fewer than {100 * ENOUGH:g} % of those due were observed",
}


def meanings(view: str, meta: Mapping[str, Any], study: Study, query: Query) -> dict[str, str]:
    """What each sign that a view may draw means, as text that is not escaped: shape, milestone or name -> sentence; of
    the signs of lanes those that are drawn, by the view's own `meta`."""
    lanes = {sign: LANES[sign] for sign in meta.get("lane_signs", ())}
    return {**_phases(study, view), **milestones.titles(study, query), **lanes, **ANYWHERE}


def _phases(study: Study, view: str) -> dict[str, str]:
    if view not in PHASED:
        return {}
    names = {
        shape: phase_labels(study)[phase] for phase, shape in style.SYMBOLS.items() if phase in phase_labels(study)
    }
    said = {shape: f"{style.GLYPHS[shape]} {name}" for shape, name in names.items()}
    return {**said, style.NO_PHASE: f"{style.GLYPHS[style.NO_PHASE]} never got {study.index.label}"}
