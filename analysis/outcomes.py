"""Which score is the outcome: what rules, rates, curves and correlations are told of."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from data.study import Outcome, Study


def outcome_of(study: Study) -> Outcome:
    """The outcome that stands in the column `pasi` of a study: PASI, unless it was `focused` on another."""
    return study.outcome(study.focus)


def sign_of(study: Study) -> float:
    """1 where the outcome improves by falling, -1 where it improves by rising: what a difference to the baseline is
    multiplied by to be an improvement."""
    return -1.0 if outcome_of(study).better == "higher" else 1.0


def outcome_name(study: Study) -> str:
    """What the outcome is called in a sentence: "PASI", "Clinical score"."""
    return outcome_of(study).short


def named(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """A table whose columns are called by the outcome's own column where they say pasi: last_dlqi for last_pasi."""
    if study.focus == "pasi":
        return table
    names = {name: str(name).replace("pasi", study.focus) for name in table.columns if "pasi" in str(name)}
    return table.rename(columns={name: new for name, new in names.items() if new not in table.columns})


@lru_cache(maxsize=16)
def focused(study: Study, score: str) -> Study:
    """The study with another of its scores as the outcome, in the column `pasi`: everything that is told of PASI is
    told of it. The other scores stay, under their own names, and PASI as _pasi."""
    if score == study.focus:
        return study
    values = study.pasi.get(score, np.nan)
    return replace(study, focus=score, pasi=study.pasi.assign(pasi=values, _pasi=study.pasi["pasi"]))
