"""A clinic's table in which no column says when: it is read once a person says the weeks of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from data.intake.columns.phenotypes import phenotypes_of
from data.intake.columns.roles import Guess
from data.intake.layouts.base import Entry
from data.problems import listed
from data.tables.columns import texts

RESULT = ("subset", "value", "unit", "count")
"""Roles of a table with one row a result."""


def samples_of(cells: pd.DataFrame, roles: Mapping[str, str], found: Sequence[Guess]) -> Entry | None:
    """The entry of samples, one row a sample or one a result, without its time; None where nothing is a subset."""
    markers = [guess.column for guess in found if guess.role == "marker"]
    long = {"subset", "value"} <= roles.keys()
    if not (markers or long):
        return None
    columns = {name: roles[name] for name in ("patient_id", *(RESULT if long else ())) if name in roles}
    known = phenotypes_of(texts(cells[roles["subset"]]).dropna().unique() if long else markers)
    further = {**({} if long else {"subsets": markers}), **({"phenotypes": known} if known else {})}
    return {"table": "immune_subsets", "columns": columns, **further}


def timeless(
    file: str,
    patient: str,
    scores: Mapping[str, str],
    samples: Entry | None,
    weeks: Sequence[float],
    unclear: list[str],
) -> tuple[list[Entry], list[str]]:
    """The entries of these scores and samples with the `weeks` that a person says, none before; and the columns
    measured."""
    entries: list[Entry] = [{"table": "pasi", "columns": {"patient_id": patient, **scores}}] if scores else []
    entries += [samples] if samples else []
    measured = list(scores.values())
    measured += samples.get("subsets", [samples["columns"].get("value")]) if samples else []
    if measured and not weeks:
        unclear.append(f"{file}: no column says when {listed(measured)} were measured, so they are not read.")
    return [entry | {"weeks": list(weeks)} for entry in entries if weeks], measured
