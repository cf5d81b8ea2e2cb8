"""The arms of a trial as REDCap writes them, in the names of its events."""

from __future__ import annotations

import re

import pandas as pd

from data.intake.layouts.base import Entry
from data.tables.columns import texts

ARM = re.compile(r".*(?:_(arm_\d+)[a-z]?|\(Arm \d+: (.+)\))")
"""`week_4_arm_2` of a raw export, `Week 4 (Arm 2: Control)` of one with labels."""


def with_arms(entries: list[Entry], cells: pd.DataFrame, event: str, rows: dict[str, str]) -> list[str]:
    """The arms, which become the groups of patients among the `entries`, if there are several, every patient is in one
    and nothing else is a group; `rows` are those of no repeating instrument."""
    first = next((entry for entry in entries if "patient_id" in entry["columns"]), None)
    if first is None or any("group" in entry["columns"] for entry in entries):
        return []
    names = texts(cells[event])
    arms = {name: match[1] or match[2] for name in names.dropna().unique() if (match := ARM.fullmatch(name))}
    by_patient = names.map(arms).groupby(texts(cells[first["columns"]["patient_id"]])).nunique()
    if len(set(arms.values())) < 2 or (by_patient > 1).any():
        return []
    people = next((entry for entry in entries if entry["table"] == "patients"), None)
    if people is None:
        kept: Entry = {name: first[name] for name in ("file", "sheet", "layout", "pseudonyms") if name in first}
        people = {**kept, **({"rows": rows} if rows else {}), "table": "patients", "columns": {}}
        people["columns"] = {"patient_id": first["columns"]["patient_id"]}
        entries.insert(0, people)
    people["columns"] = {**people["columns"], "group": event}
    people["values"] = {**people.get("values", {}), "group": arms}
    return list(dict.fromkeys(arms.values()))
