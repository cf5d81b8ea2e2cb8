"""One patient, one id: other spellings of it joined, and codes in place of ids that identify."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from data.columns import texts
from data.intake.parts import Part
from data.problems import Report
from data.schema import ENOUGH


def known_as(parts: Sequence[Part], mapping: Mapping[str, Any], report: Report) -> list[Part]:
    """The parts with the ids that `[patients]` states for other spellings, and with codes where an entry asks for
    pseudonyms."""
    aliases = {str(theirs): str(ours) for theirs, ours in mapping.get("patients", {}).items()}
    named = [_renamed(part, aliases) for part in parts]
    if not any(part.entry.get("pseudonyms") for part in parts):
        return named
    ids = sorted({one for part in named for one in ids_of(part)})
    width = len(str(len(ids)))
    report.note("Patients are called P1, P2, … in the order of their record numbers or names, which are not kept.")
    return [_renamed(part, {one: f"P{at:0{width}d}" for at, one in enumerate(ids, start=1)}) for part in named]


def ids_of(part: Part) -> list[str]:
    """The patients of a part, in order of appearance."""
    if "patient_id" not in part.sheet.cells:
        return []
    return list(texts(part.sheet.cells["patient_id"]).dropna().unique())


def _renamed(part: Part, names: Mapping[str, str]) -> Part:
    if "patient_id" not in part.sheet.cells:
        return part
    ids = texts(part.sheet.cells["patient_id"])
    cells = part.sheet.cells.assign(patient_id=ids.map(lambda one: names.get(one, one), na_action="ignore"))
    return replace(part, sheet=replace(part.sheet, cells=cells))


def proposed_aliases(parts: Sequence[Part]) -> dict[str, str]:
    """Spellings of one source that look like an id of the source of PASI, or of the first table without it:
    {"P01": "1"}, where each fits one only."""
    first = next((name for name in ENOUGH if any(part.table == name for part in parts)), "")
    ours = dict.fromkeys(one for part in parts if part.table == first for one in ids_of(part))
    others = dict.fromkeys(one for part in parts for one in ids_of(part) if one not in ours)
    by_core: dict[str, list[str]] = {}
    for one in ours:
        by_core.setdefault(core(one), []).append(one)
    cores = [core(one) for one in others]
    found = {one: by_core[core(one)][0] for one in others if len(by_core.get(core(one), [])) == 1}
    return {theirs: one for theirs, one in found.items() if cores.count(core(theirs)) == 1}


def core(patient: str) -> str:
    """What is left of an id when spelling is not looked at: "P-01", "pt 1" and "1" are the same."""
    word = re.sub(r"[^a-z0-9]", "", patient.casefold())
    number = re.fullmatch(r"(?:patient|pat|pt|p|subject|subj|s|id|nr|no)?0*(\d+)", word)
    return number[1] if number else re.sub(r"(?<![0-9])0+(?=\d)", "", word)
