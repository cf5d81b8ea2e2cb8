"""Which score is the outcome: what rules, rates, curves and correlations are told of."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from data.study import Outcome, Study


def outcome_of(study: Study) -> Outcome:
    """The outcome that stands in the column `pasi` of a study: PASI, unless it was `focused` on another."""
    return study.outcome(study.focus)


def outcome_name(study: Study) -> str:
    """What the outcome is called in a sentence: "PASI", "Clinical score"."""
    return outcome_of(study).short


@lru_cache(maxsize=16)
def focused(study: Study, score: str) -> Study:
    """The study with another of its scores as the outcome, in the column `pasi`: everything that is told of PASI is
    told of it. The other scores stay, under their own names; PASI's own is the outcome's."""
    if score == study.focus:
        return study
    values = study.pasi.get(score, np.nan)
    return replace(study, focus=score, pasi=study.pasi.assign(pasi=values))
