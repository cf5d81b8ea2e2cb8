"""The study as plain arrays: one row per blood sample (or visit), one column per subset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import Floats, Positions, patient_codes
from analysis.subsets import first_of_sample, sample_positions, subset_codes, wide
from data.study import PROVENANCES, Study


@dataclass(frozen=True, eq=False)
class Samples:
    """All samples of a study, by patient, then week. `patient` is the position in `study.patients`; `value` (samples ×
    subsets, in the order of `study.subset_definitions`) is in each subset's own unit, NaN where not measured;
    `provenance` is a position in `PROVENANCES`."""

    patient: Positions
    week: Floats
    value: Floats
    provenance: NDArray[np.int8]
    subsets: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Visits:
    """All visits with a PASI, by patient, then week; columns as in `Samples`."""

    patient: Positions
    week: Floats
    pasi: Floats
    provenance: NDArray[np.int8]


@lru_cache(maxsize=4)
def samples(study: Study) -> Samples:
    """The samples of a study: rows of `study.immune_subsets` with the same patient and week are one sample."""
    table, first = study.immune_subsets, first_of_sample(study)
    patient, week = patient_codes(table), table["week"].to_numpy(float)
    names = tuple(study.subset_definitions["subset"].astype(str))
    value = wide(study, table["value"].to_numpy(float))
    provenance = np.zeros(value.shape, np.int8)
    provenance[sample_positions(study), subset_codes(study)] = _provenance(table)
    return Samples(patient[first], week[first], value, provenance, names)


@lru_cache(maxsize=4)
def visits(study: Study) -> Visits:
    """The visits of a study at which PASI was scored; a missing PASI is no visit here."""
    table = study.pasi[study.pasi["pasi"].notna()]
    week, pasi = table["week"].to_numpy(float), table["pasi"].to_numpy(float)
    return Visits(patient_codes(table), week, pasi, _provenance(table))


def _provenance(table: pd.DataFrame) -> NDArray[np.int8]:
    column = table["provenance"].astype("category")
    positions = np.array([PROVENANCES.index(str(name)) for name in column.cat.categories], np.int8)
    return positions[column.cat.codes.to_numpy()] if len(positions) else np.zeros(len(table), np.int8)
