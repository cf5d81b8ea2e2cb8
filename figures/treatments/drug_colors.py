"""What colour a course has on the lanes: its patient's, or its drug's."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.doses import not_given
from figures.visuals import style

if TYPE_CHECKING:
    from analysis.arrays import Rows
    from data.study import Study
    from figures.visuals.frame import Frame


def of_rows(frame: Frame, table: Rows) -> list[str]:
    """The colour of each of some rows with patient and treatment."""
    if frame.query.lane_colour == "patient":
        return frame.colors_at(table["patient"])
    shades = of_names(frame)
    return [shades.get(drug, frame.theme.drugs[-1]) for drug in table["treatment"].tolist()]


def of_names(frame: Frame) -> dict[str, str]:
    """Drug -> colour; {} where colours are of patients. The grey at the palette's end is all further drugs'."""
    if frame.query.lane_colour == "patient":
        return {}
    palette = frame.theme.drugs
    return {drug: palette[min(at, len(palette) - 1)] for at, drug in enumerate(drugs(frame.study))}


def others(study: Study) -> int:
    """How many drugs share the grey."""
    return max(0, len(drugs(study)) - len(style.THEMES["light"].drugs) + 1)


@lru_cache(maxsize=8)
def drugs(study: Study) -> list[str]:
    """The drugs of the study, those of most patients first, then by name, and last those that nobody was given yet:
    whoever is kept, a drug has one colour."""
    pairs = study.treatments[["patient_id", "treatment"]].astype({"treatment": str}).drop_duplicates()
    counts = pairs["treatment"].value_counts().to_dict()
    known = {*counts, *not_given(study)["treatment"].astype(str)}
    return sorted(known, key=lambda drug: (-counts.get(drug, 0), drug))
