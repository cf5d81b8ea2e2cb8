"""The numbers behind the cohort's cards as tables, and the n printed beside their titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.outcomes import outcome_of
from analysis.phases import phase_labels
from analysis.response.goals import GOALS
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.rules import response_rule
from analysis.response.states import states_of
from components.tables import patients
from figures import goals, lasagna, sensitivity, survival, waterfall
from figures import rates as rated
from figures.visuals import curves, rule_outcomes
from figures.visuals.marks import crowd

if TYPE_CHECKING:
    import pandas as pd

    from analysis.query import Query
    from data.study import Study

NAMED = 5
"""Patients who are named for one reason; of more, their number is given."""


def rates(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `response.rates.rates`, what observed cases alone give, and whether imputation changed it."""
    return rated.rate_table(study, query)


def rates_caption(study: Study, query: Query) -> str:
    """Patients and visits, and the rule and choices of the rate."""
    how = f"{IMPUTATIONS[query.imputation].label}, {POLICIES[query.policy].label}"
    rule = response_rule(query.response_key(study), outcome_of(study)).label
    visits = rates(study, query)["week"].nunique()
    return f"{patients(_kept(study, query))}, {visits:,} nominal visits · {rule}, {how}"


def steps(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `analysis.response.survival.curves`: every step of every curve."""
    return survival.steps_table(study, query)


def steps_caption(study: Study, query: Query) -> str:
    """Times and events, who has no time and why, and that the week window does not apply."""
    times = survival.times_table(study, query)
    known = times["weeks"].notna()
    unit = "courses" if query.measure == "drug_survival" else "patients"
    text = f"{int(known.sum()):,} {unit}, {int(times['event'].sum()):,} events"
    window = " · the week window does not apply" if query.window else ""
    return text + _reasons(times[~known]) + window


def best(study: Study, query: Query) -> pd.DataFrame:
    """patient_id, phase, baseline, best PASI with its study week and improvement (%), visits, reason; best first."""
    columns = ["patient_id", "phase", "baseline", "best_pasi", "best_week", "best_improvement", "visits", "reason"]
    return waterfall.best_table(study, query)[columns]


def best_caption(study: Study, query: Query) -> str:
    """How many have a bar, and who has none and why."""
    table = best(study, query)
    unknown = table["reason"] != ""
    return f"{int((~unknown).sum()):,} of {patients(len(table))}" + _reasons(table[unknown])


def states(study: Study, query: Query) -> pd.DataFrame:
    """patient_id, week (nominal, on the query's clock), pasi, baseline, state: blank where not observed."""
    table = lasagna.state_table(study, query)
    labels = {key: state.label for key, state in states_of(study).items()}
    return table.assign(state=table["state"].astype(object).map(labels).where(table["pasi"].notna(), None))


def states_caption(study: Study, query: Query) -> str:
    """Rows, columns, and cells that were not observed."""
    table = lasagna.state_table(study, query)
    size = f"{patients(len(table.attrs['ids']))} × {len(table.attrs['weeks']):,} visits"
    return f"{size}, {int(table['pasi'].isna().sum()):,} not observed (blank), nothing imputed"


def rules(study: Study, query: Query) -> pd.DataFrame:
    """The columns of `response.sensitivity.sensitivity`, then, of few patients, what each rule says of each."""
    table = sensitivity.row_table(study, query)
    if crowd(study, query) != "few":
        return table
    found = rule_outcomes.verdict_table(study, query)
    found = found.assign(said=[rule_outcomes.why(study, row) for row in found.itertuples()])
    wide = found.pivot_table(
        index=["kind", "rule"], columns="patient_id", values="said", aggfunc="first", observed=True
    )
    wide.columns = [f"{patient}: verdict" for patient in wide.columns]
    return table.merge(wide.reset_index(), on=["kind", "rule"], how="left")


def rules_caption(study: Study, query: Query) -> str:
    """Patients, rows and phase."""
    count = len(sensitivity.row_table(study, query))
    return f"{patients(_kept(study, query))} as one group, {count} rows · {phase_labels(study)[query.phase]}"


def told_goals(study: Study, query: Query) -> pd.DataFrame:
    """patient_id, goal, state, week and reason of every goal that the study's scores can tell."""
    return goals.goal_table(study, query)


def goals_caption(study: Study, query: Query) -> str:
    """Of each goal, how many of those who can be judged met it."""
    table = goals.goal_table(study, query)
    told = []
    for key, rows in table.groupby("goal", sort=False):
        met, judged = int((rows["state"] == "met").sum()), int((rows["state"] != "not_evaluable").sum())
        told.append(f"{GOALS[str(key)].label} {met}/{judged}")
    return " · ".join(told) or "0 goals can be told"


def _kept(study: Study, query: Query) -> int:
    return int(curves.kept_flags(study, query).sum())


def _reasons(table: pd.DataFrame) -> str:
    """Who is left out, by reason: named where they are few, else counted."""
    if table.empty:
        return ""
    each = table.groupby(table["reason"].astype(str))["patient_id"]
    said = [f"{reason or 'no visit'}: {_who(ids.astype(str).tolist())}" for reason, ids in each]
    return f" · not evaluable: {'; '.join(said)}"


def _who(ids: list[str]) -> str:
    return ", ".join(ids) if len(ids) <= NAMED else f"{len(ids):,} patients"
