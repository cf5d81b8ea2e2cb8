"""One patient, one id: other spellings of it joined, and codes in place of ids that identify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data.intake.build.extract import Part
from data.intake.columns.patient_id_spellings import Patients, aliases
from data.privacy.identifiers import codes_of, name_people, name_without_dates
from data.problems import Problem, Report, listed
from data.schema import ENOUGH
from data.tables.columns import texts
from data.validation.repeated_ids import repeats_in


def known_as(parts: Sequence[Part], mapping: Mapping[str, Any], report: Report) -> list[Part]:
    """The parts with the ids that `[patients]` states for other spellings, without tubes of nobody else's patients, and
    with codes where an entry asks for pseudonyms or ids are names."""
    others = {str(theirs): str(ours) for theirs, ours in mapping.get("patients", {}).items()}
    others |= _alike(parts, others, report) if others else {}
    named = _of_known([_renamed(part, others) for part in parts], set(others.values()))
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
    """The patients of all parts: `ours`, whom the others are joined with (of PASI, or of the first table), and
    `others`, each with its file, who are spelt differently, are strangers, or may be a repeat of one of ours (P1.2).
    Both empty where ids identify."""

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
    leading = _leading(parts)
    ours = dict.fromkeys(one for part in leading for one in ids_of(part))
    files = {part.sheet.file for part in leading}
    rest = [part for part in parts if part.sheet.file not in files]
    others = {one: part.sheet.file for part in reversed(rest) for one in reversed(ids_of(part)) if one not in ours}
    repeats = repeats_in(ours)
    others |= dict.fromkeys(reversed(repeats), leading[0].sheet.file) if repeats else {}
    ours = dict.fromkeys(one for one in ours if one not in repeats)
    sampled = {one for part in parts if part.table == "immune_subsets" for one in ids_of(part)}
    alone = tuple(one for one in ours if one not in sampled) if sampled else ()
    return People(tuple(ours), dict(reversed(others.items())), alone)


def _leading(parts: Sequence[Part]) -> list[Part]:
    """The parts of PASI, or of the first table that makes a study without it."""
    first = next((name for name in ENOUGH if any(part.table == name for part in parts)), "")
    return [part for part in parts if part.table == first]


def followed(parts: Sequence[Part]) -> set[str]:
    """The patients with whom all others are joined, by the ids of the files, even where those identify."""
    return {one for part in _leading(parts) for one in ids_of(part)}


def proposed_aliases(people: People) -> tuple[dict[str, str], list[str]]:
    """Other spellings of one of ours: {"P01": "1"}; and sentences on those of which that is not certain, which are not
    joined."""
    return aliases(people.others, Patients(people.ours))


def _named_in_tubes(part: Part) -> bool:
    return "pattern" in part.entry.get("sample", {})


def _alike(parts: Sequence[Part], stated: Mapping[str, str], report: Report) -> dict[str, str]:
    """Patients of tubes who are new since [patients] was stated, and spelt as those in it are: P03 for 3."""
    known = Patients(one for part in parts if not _named_in_tubes(part) for one in ids_of(part))
    met = [one for part in parts if _named_in_tubes(part) for one in ids_of(part) if one not in stated]
    found, _ = aliases(met, known)
    if found:
        pairs = "; ".join(f"{theirs} is {ours}" for theirs, ours in list(found.items())[:8])
        report.note(f"New patients are joined as those in [patients] are: {pairs}.")
    return found


def _of_known(parts: Sequence[Part], stated: set[str]) -> list[Part]:
    """The parts without tubes of patients whom no other file names, nor [patients]: what stands in a tube's name may be
    no patient."""
    known = {one for part in parts if not _named_in_tubes(part) for one in ids_of(part)}
    return [_with_known(part, known | stated) if known and _named_in_tubes(part) else part for part in parts]


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
