"""The numbers behind the cards of pairs as tables, and the n printed beside their titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.arrays import patient_codes
from analysis.correlation.influence import flipping
from analysis.phases import phase_labels
from components.tables import patients
from figures import heatmap, matrix, one_patient
from figures import influence as influences
from figures import lag_profile as profile
from figures import tolerance_sweep as sweep
from figures.visuals import pairs
from figures.visuals import specification_table as curves

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
        return " · ".join(filter(None, ("no pairs", pairs.elsewhere(_crossed(study, query)))))
    visits = int(alone["x"].isna().sum())
    unpaired = f"unpaired: {len(alone) - visits:,} samples, {visits:,} visits"
    told = f"{patients(len(np.unique(patient_codes(table))))}, {len(table):,} pairs · {unpaired}"
    return " · ".join(filter(None, (told, pairs.elsewhere(_crossed(study, query)))))


def _crossed(study: Study, query: Query) -> int:
    return pairs.crossed(study, query, query.subset) if query.subset else 0


def panels(study: Study, query: Query) -> pd.DataFrame:
    """The pairs of every panel, with their subset."""
    tables = [pairs.subset_pairs(study, query, subset).assign(subset=subset) for subset in query.subsets]
    columns = {"week": "immune_week", "x": "subset_on_scale", "value": "pasi_on_scale"}
    return pd.concat(tables).rename(columns=columns) if tables else pd.DataFrame()


def panels_caption(study: Study, query: Query) -> str:
    """How many subsets, and what is printed above each."""
    if study.immune_subsets.empty:
        return "no immune data"
    return f"{len(query.subsets)} of up to 6 subsets · {phase_labels(study)[query.phase]} · patients | pairs"


def plane_caption(study: Study, query: Query) -> str:
    """Patients and pairs."""
    table, phase = pairs.pair_table(study, query), phase_labels(study)[query.phase]
    return "no pairs" if table.empty else f"{patients(table['patient_id'].nunique())}, {len(table):,} pairs · {phase}"


def lags(study: Study, query: Query) -> pd.DataFrame:
    """Every lag with its coefficient, n, q and the audit of its pairs."""
    return profile.lag_table(study, query)


def lags_caption(study: Study, query: Query) -> str:
    """How many lags are computed."""
    return _computed(profile.lag_table(study, query), "lags")


def _computed(table: pd.DataFrame, noun: str) -> str:
    return f"{int((table['reason'] == '').sum())} of {len(table)} {noun} computed" if len(table) else "no pairs"


def tolerances(study: Study, query: Query) -> pd.DataFrame:
    """Every tolerance with its coefficient and n."""
    return sweep.sweep_table(study, query)


def tolerances_caption(study: Study, query: Query) -> str:
    """How many tolerances are computed."""
    return _computed(sweep.sweep_table(study, query), "tolerances")


def specifications(study: Study, query: Query) -> pd.DataFrame:
    """Every specification with its coefficient, n or reason; oriented: turned where the outcome's scale runs
    against the one chosen."""
    return curves.curve_table(study, query)


def specifications_caption(study: Study, query: Query) -> str:
    """How many specifications are computed."""
    return _computed(curves.curve_table(study, query), "specifications")


def cells(study: Study, query: Query) -> pd.DataFrame:
    """Every cell of the matrix with its interval, df, p, q, n and reason."""
    return matrix.matrix_table(study, query)


def cells_caption(study: Study, query: Query) -> str:
    """How many cells are computed."""
    table = matrix.matrix_table(study, query)
    if table.empty:
        return "no immune data"
    return f"patients | pairs · {int((table['reason'] == '').sum())} of {len(table)} cells computed"


def heat(study: Study, query: Query) -> pd.DataFrame:
    """The samples of the heatmap: patient_id, week, week_on_clock, subset, frequency (as measured), baseline, scale,
    value (on that scale)."""
    table = heatmap.heat_table(study, query).assign(scale=heatmap.scale(query).label)
    columns = ["patient_id", "week", "clock_week", "subset", "raw", "baseline", "scale", "value"]
    return table[columns].rename(columns={"clock_week": "week_on_clock", "raw": "frequency"})


def heat_caption(study: Study, query: Query) -> str:
    """Of whom or what, how many values, on which scale."""
    if study.immune_subsets.empty:
        return "no immune data"
    table, labels = heatmap.heat_table(study, query), study.subset_definitions.set_index("subset")["label"]
    whose = heatmap.patient(study, query) if query.heat_by == "patient" else str(labels.get(query.subset, ""))
    count = f"{patients(table['patient_id'].nunique())}, {int(table['value'].notna().sum()):,} values"
    return f"{whose} · {heatmap.scale(query).label} · {count}"


def effects(study: Study, query: Query) -> pd.DataFrame:
    """NAP, Tau and Tau-U of the patients shown, with the visits of both phases and the reason of a refusal."""
    return one_patient.effect_table(study, query)


def effects_caption(study: Study, query: Query) -> str:
    """What is compared, and how many steps are computed."""
    table = one_patient.effect_table(study, query)
    computed = int((table["reason"] == "").sum())
    outcome = one_patient.outcome(study, query)
    return f"{outcome} · {patients(table['patient_id'].nunique())}, {computed} of {len(table)} steps computed"


def left_out(study: Study, query: Query) -> pd.DataFrame:
    """The coefficient without each patient, how much it changes, and whether its sign flips."""
    return influences.left_out(study, query)


def left_out_caption(study: Study, query: Query) -> str:
    """How many patients are left out in turn, and whose removal flips the sign."""
    table = influences.left_out(study, query)
    if table.empty:
        return "no pairs to leave out"
    shown = f", the {influences.MOST} who change it most are drawn" if len(table) > influences.MOST else ""
    return f"{patients(len(table))}{shown} · {flipping(table)}"
