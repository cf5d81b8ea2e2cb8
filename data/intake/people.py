"""One patient, one id: other spellings of it joined, and codes in place of ids that identify."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data.columns import texts
from data.intake.parts import Part
from data.privacy import codes_of, name_people, name_without_dates
from data.problems import Report


def known_as(parts: Sequence[Part], mapping: Mapping[str, Any], report: Report) -> list[Part]:
    """The parts with the ids that `[patients]` states for other spellings, and with codes where an entry asks for
    pseudonyms."""
    aliases = {str(theirs): str(ours) for theirs, ours in mapping.get("patients", {}).items()}
    named = [_renamed(part, aliases) for part in parts]
    ids = {one for part in named for one in ids_of(part)}
    if not any(part.entry.get("pseudonyms") for part in parts) and not name_people(ids):
        return named
    codes = codes_of(ids, report)
    return [_renamed(part, codes) for part in named]


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


@dataclass(frozen=True)
class People:
    """The patients of all parts: `ours`, whom the others are joined with (those of PASI, else of the first part), and
    `others`, each with its file, who are spelt differently or are strangers. Both empty where ids identify."""

    ours: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    alone: tuple[str, ...] = ()
    """Those of `ours` without any sample, if there are samples."""


def people_of(parts: Sequence[Part]) -> People:
    """Who is named by the parts, unless they name patients by what identifies them."""
    if any(part.entry.get("pseudonyms") for part in parts):
        return People()
    if any(name_without_dates(one) != one for part in parts for one in ids_of(part)):
        return People()
    if name_people({one for part in parts for one in ids_of(part)}):
        return People()
    first = next((part.table for part in parts if part.table == "pasi"), parts[0].table if parts else "")
    ours = dict.fromkeys(one for part in parts if part.table == first for one in ids_of(part))
    files = {part.sheet.file for part in parts if part.table == first}
    rest = [part for part in parts if part.sheet.file not in files]
    others = {one: part.sheet.file for part in reversed(rest) for one in reversed(ids_of(part)) if one not in ours}
    sampled = {one for part in parts if part.table == "immune_subsets" for one in ids_of(part)}
    alone = tuple(one for one in ours if one not in sampled) if sampled else ()
    return People(tuple(ours), dict(reversed(others.items())), alone)


def proposed_aliases(people: People) -> dict[str, str]:
    """Other spellings that look like one of ours: {"P01": "1"}, where each fits one only."""
    by_core: dict[str, list[str]] = {}
    for one in people.ours:
        by_core.setdefault(core(one), []).append(one)
    cores = [core(one) for one in people.others]
    found = {one: by_core[core(one)][0] for one in people.others if len(by_core.get(core(one), [])) == 1}
    return {theirs: one for theirs, one in found.items() if cores.count(core(theirs)) == 1}


def core(patient: str) -> str:
    """What is left of an id when spelling is not looked at: "P-01", "pt 1" and "1" are the same."""
    word = re.sub(r"[^a-z0-9]", "", patient.casefold())
    number = re.fullmatch(r"(?:patient|pat|pt|p|subject|subj|s|id|nr|no)?0*(\d+)", word)
    return number[1] if number else re.sub(r"(?<![0-9])0+(?=\d)", "", word)
