"""One patient, one id: other spellings of it joined, and codes in place of ids that identify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from data.columns import texts
from data.intake.parts import Part
from data.intake.spellings import Patients, aliases
from data.problems import Problem, Report, listed


def known_as(parts: Sequence[Part], mapping: Mapping[str, Any], report: Report) -> list[Part]:
    """The parts with the ids that `[patients]` states for other spellings, without tubes of nobody else's patients, and
    with codes where an entry asks for pseudonyms."""
    others = {str(theirs): str(ours) for theirs, ours in mapping.get("patients", {}).items()}
    named = _of_known([_renamed(part, others) for part in parts])
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


def proposed_aliases(parts: Sequence[Part]) -> tuple[dict[str, str], list[str]]:
    """Spellings of one source that are an id of the source of PASI: {"P01": "1"}; and sentences on those of which that
    is not certain, which are not joined."""
    ours = Patients(one for part in parts if part.table == "pasi" for one in ids_of(part))
    return aliases((one for part in parts for one in ids_of(part)), ours)


def _of_known(parts: Sequence[Part]) -> list[Part]:
    """The parts without tubes of patients whom no other file names: what stands in a tube's name may be no patient."""
    known = {one for part in parts if "sample" not in part.entry for one in ids_of(part)}
    return [_with_known(part, known) if known and "sample" in part.entry else part for part in parts]


def _with_known(part: Part, known: set[str]) -> Part:
    if "patient_id" not in part.sheet.cells:
        return part
    ids = texts(part.sheet.cells["patient_id"])
    strange = (ids.notna() & ~ids.isin(known)).to_numpy()
    if strange.any():
        found = (
            f"tubes of {ids[strange].nunique()} patient(s) that no other file names: {listed(ids[strange].unique())}"
        )
        advice = "Their rows are set aside. Are they spelt differently there? Then state them in [patients]."
        part.ledger.report.warn(Problem(part.sheet.file, None, None, found, "patients of the other files", advice))
    return replace(part, sheet=part.ledger.drop(part.sheet, strange, "a tube of a patient that no other file names"))
