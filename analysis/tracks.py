"""What is known of each patient once, as a track beside their lanes or their bar: a covariate, a score or a subset at
baseline, or how many drugs they had before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.arrays import patient_codes
from analysis.scales import baselines, denominator, score_name, study_scores
from analysis.subsets import subset_codes

if TYPE_CHECKING:
    from data.study import Study

NO_TRACK = "none"
PRIOR = "prior"
NO_COVARIATE = ("patient_id", "cutoff_week", "provenance")
NAMES = {"age": ("age", "years"), "weight_kg": ("weight", "kg")}
"""Covariates whose column says less, or more, than their name: column -> name, unit."""


@dataclass(frozen=True, eq=False)
class Track:
    """One value per patient, in display order: numbers (NaN: not stated) or texts ("": not stated), and their unit, ""
    where there is none or it is not stated."""

    label: str
    unit: str
    values: pd.Series

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers."""
        return pd.api.types.is_float_dtype(self.values)

    @property
    def missing(self) -> pd.Series:
        """Which patients have none."""
        return self.values.isna() if self.numeric else self.values == ""


@lru_cache(maxsize=8)
def tracks(study: Study) -> dict[str, str]:
    """Key -> label of every track that a reader may choose: `NO_TRACK`, covariates, scores at baseline, and prior drugs
    where the study has any."""
    covariates = [str(name) for name in study.patients if name not in NO_COVARIATE]
    found = {NO_TRACK: "none"} | {f"covariate_{name}": _named(name)[0] for name in covariates}
    found |= {f"score_{key}": f"baseline {name}" for key, name in study_scores(study).items()}
    return found | ({PRIOR: "prior drugs"} if (study.treatments["start_week"] < 0).any() else {})


@lru_cache(maxsize=16)
def track(study: Study, key: str) -> Track:
    """One of `tracks`, not `NO_TRACK`."""
    if key == PRIOR:
        return Track("prior drugs", "", prior_drugs(study))
    kind, _, name = key.partition("_")
    if kind == "score":
        column = "_pasi" if name == "pasi" != study.focus else name
        values = baselines(study, study.pasi, column) if column in study.pasi else _nothing(study)
        return Track(f"baseline {score_name(study, name)}", "", values.reset_index(drop=True))
    label, unit = _named(name)
    return Track(label, unit, _values(study.patients[name]))


@lru_cache(maxsize=16)
def subset_track(study: Study, subset: str) -> Track:
    """A subset at baseline: its last value at or before the index event, in its unit."""
    names = study.subset_definitions["subset"].astype(str).tolist()
    samples = study.immune_subsets[subset_codes(study) == names.index(subset)]
    values = baselines(study, samples.drop(columns="subset"), "value").reset_index(drop=True)
    label = str(study.subset_definitions["label"].iloc[names.index(subset)])
    return Track(f"baseline {label}", denominator(study, subset), values)


def prior_drugs(study: Study) -> pd.Series:
    """How many drugs of different names each patient had begun before week 0 of the study; NaN for whom no treatment is
    recorded at all: then it is not known."""
    courses, size = study.treatments, len(study.patients)
    before = courses[courses["start_week"] < 0].drop_duplicates(["patient_id", "treatment"])
    known = np.bincount(patient_codes(courses), minlength=size) > 0
    return pd.Series(np.where(known, np.bincount(patient_codes(before), minlength=size), np.nan))


def _named(column: str) -> tuple[str, str]:
    return NAMES.get(column, (column.replace("_", " "), ""))


def _nothing(study: Study) -> pd.Series:
    return pd.Series(np.nan, index=range(len(study.patients)))


def _values(column: pd.Series) -> pd.Series:
    """Numbers as floats, anything else as texts."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.astype(float).where(np.isfinite(column.astype(float))).reset_index(drop=True)
    return column.astype(object).where(column.notna(), "").astype(str).reset_index(drop=True)
