"""The numbers behind the cards of pairs as tables, and the n printed beside their titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from components.tables import patients
from figures import lag_profile as profile
from figures import matrix, pairs

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study


def audit(study: Study, query: Query) -> pd.DataFrame:
    """Each pair with both weeks and their gap, each unpaired sample and visit with its reason."""
    return pairs.audit(study, query)


def pairs_caption(study: Study, query: Query) -> str:
    """Patients and pairs, and what found no partner."""
    table, alone = pairs.pair_table(study, query), pairs.lone_table(study, query)
    if table.empty:
        return "no pairs"
    kinds = {kind: int((alone["kind"] == kind).sum()) for kind in ("sample", "visit")}
    unpaired = f"unpaired: {kinds['sample']:,} samples, {kinds['visit']:,} visits"
    return f"{patients(table['patient_id'].nunique())}, {len(table):,} pairs · {unpaired}"


def panels(study: Study, query: Query) -> pd.DataFrame:
    """The pairs of every panel, with their subset."""
    tables = [pairs.subset_pairs(study, query, subset).assign(subset=subset) for subset in query.subsets]
    columns = {"week": "immune_week", "x": "subset_on_scale", "value": "pasi_on_scale"}
    return pd.concat(tables).rename(columns=columns) if tables else pd.DataFrame()


def panels_caption(study: Study, query: Query) -> str:
    """How many subsets, and what is printed above each."""
    if study.immune_subsets.empty:
        return "no immune data"
    return f"{len(query.subsets)} of up to 6 subsets · estimate, df, p, patients | pairs"


def plane_caption(study: Study, query: Query) -> str:
    """Patients and pairs."""
    table = pairs.pair_table(study, query)
    return "no pairs" if table.empty else f"{patients(table['patient_id'].nunique())}, {len(table):,} pairs"


def lags(study: Study, query: Query) -> pd.DataFrame:
    """Every lag with its coefficient, n, q and the audit of its pairs."""
    return profile.lag_table(study, query)


def lags_caption(study: Study, query: Query) -> str:
    """How many lags are computed."""
    table = profile.lag_table(study, query)
    return f"{int((table['reason'] == '').sum())} of {len(table)} lags computed" if len(table) else "no pairs"


def cells(study: Study, query: Query) -> pd.DataFrame:
    """Every cell of the matrix with its interval, df, p, q, n and reason."""
    return matrix.matrix_table(study, query)


def cells_caption(study: Study, query: Query) -> str:
    """How many cells are computed."""
    table = matrix.matrix_table(study, query)
    if table.empty:
        return "no immune data" if study.immune_subsets.empty else "no pairs: see the card"
    return f"patients | pairs | df · {int((table['reason'] == '').sum())} of {len(table)} cells computed"
