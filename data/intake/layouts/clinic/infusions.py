"""Infusions that have a column each, or one that is blank in rows of other things: one treatment each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from data.intake.columns.infusions import Infusion, doses_of, infusion_in
from data.intake.columns.roles import Guess
from data.intake.layouts.base import ANYTHING, Entry
from data.intake.layouts.clinic.treatment_courses import counted_in
from data.problems import listed


def infused(
    file: str, cells: pd.DataFrame, roles: Mapping[str, str], found: Sequence[Guess], start: Entry, unclear: list[str]
) -> list[Entry]:
    """One entry for each column of infusions: its cell is when, and its header what was given, unless a column of
    treatments says that."""
    columns = [guess.column for guess in found if guess.role == "infusion"]
    if not columns:
        return []
    drug = {"treatment": roles["treatment"]} if "treatment" in roles else {}
    doses = doses_of(cells, columns, ())
    unclear.append(f"{file}: {listed(columns, 8)}: an infusion is taken to be given at the time in each cell.")
    return [_entry(column, cells[column], roles["patient_id"], drug, doses.get(column), start) for column in columns]


def _entry(
    column: str, times: pd.Series, patient: str, drug: Mapping[str, str], dose: str | None, start: Entry
) -> Entry:
    name = (infusion_in(column) or Infusion(column, "")).name
    return {
        "table": "treatments",
        "rows": {**start.get("rows", {}), column: ANYTHING},
        "time": counted_in(times),
        "columns": {
            "patient_id": patient, **drug, "start_week": column, "end_week": column, **({"dose": dose} if dose else {}),
        },
        **({} if drug else {"constants": {"treatment": name}}),
    }  # fmt: skip


def is_infusion(entry: Entry) -> bool:
    """Whether an entry is of a column of infusions."""
    columns = entry.get("columns", {})
    return (
        entry.get("table") == "treatments"
        and "start_week" in columns
        and entry.get("rows", {}).get(columns["start_week"]) == ANYTHING
    )
