"""The key of the lanes in words: which signs this study has, what colours say, and the track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.doses import not_given
from analysis.end_reasons import REASONS
from analysis.tracks import NO_TRACK, track
from data.study import MISSED, PLANNED
from figures.treatments import drug_colors, tracks
from figures.treatments.lanes import courses_of
from figures.visuals.contract import Note
from figures.visuals.frame import framed

if TYPE_CHECKING:
    from data.study import Study
    from figures.visuals.frame import Frame

SIGNS = {MISSED: "✕ dose missed", PLANNED: "○ dose planned, not given yet"}


@framed
def wording(frame: Frame) -> Note:
    """One line under the card; "" where there is nothing to say."""
    said = (*_doses(frame.study), _ends(frame), _colors(frame), _track(frame))
    return Note(computed=tuple(f"{part[0].upper()}{part[1:].rstrip('.')}." for part in said if part))


def _doses(study: Study) -> list[str]:
    there = set(not_given(study)["status"])
    return [said for status, said in SIGNS.items() if status in there]


def _ends(frame: Frame) -> str:
    """The letters that stand behind some bar of the study."""
    there = set(courses_of(frame.study)["ended"])
    said = [f"{reason.sign} {reason.label}" for key, reason in REASONS.items() if key in there]
    return f"ended for: {', '.join(said)}" if said else ""


def _colors(frame: Frame) -> str:
    if frame.query.lane_colour == "patient":
        return ""
    rest = drug_colors.others(frame.study)
    grey = f"; grey: {rest:,} further drug{'s' * (rest > 1)}" if rest else ""
    return f"colour: the drug, as in its lane's name{grey}"


def _track(frame: Frame) -> str:
    return "" if frame.query.track == NO_TRACK else "track: " + tracks.wording(track(frame.study, frame.query.track))
