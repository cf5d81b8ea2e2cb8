"""What our own reading of some files leaves out, and what the proposal for all of them says of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from data.intake.review.proposal import Proposal
from data.problems import Problem, Report
from data.study import Study
from data.validation.assembly import all_notes

Names = Collection[str]
"""Files, or sheets of a workbook, that our own readers did not read."""


def is_of(place: str, names: Names) -> bool:
    """Whether a place, such as "lab.xlsx, sheet 'T cells'", lies in one of these files or sheets."""
    return any(place == name or place.startswith(f"{name}, ") or place.endswith(f"sheet '{name}'") for name in names)


def faulty(names: Names, problems: Iterable[Problem]) -> frozenset[str]:
    """Those of the files or sheets that a problem is in."""
    places = [problem.file for problem in problems]
    return frozenset(name for name in names if any(is_of(place, [name]) for place in places))


def used(names: Names, proposal: Proposal | None) -> bool:
    """Whether a table of the study is proposed from one of these files or sheets."""
    entries = proposal.mapping["sources"] if proposal else ()
    return any(entry["file"] in names or entry.get("sheet") in names for entry in entries)


def tell(report: Report, names: Names, seen: Report) -> None:
    """Say in `report` what became of the files or sheets that are not read: what is wrong in them, as warnings; of
    the others, the notes on them; and their rows, none of which is kept."""
    wrong = faulty(names, seen.problems)
    for problem in [*seen.problems, *seen.warnings]:
        if is_of(problem.file, names):
            report.warn(problem)
    for note in seen.notes:
        if any(note.startswith((f"{name}:", f"{name},")) for name in set(names) - wrong):
            report.note(note)
    report.accounts += [replace(account, kept=0) for account in seen.accounts if is_of(account.file, names)]
    for name in sorted(wrong):
        report.note(f"{name}: none of it is read until what is wrong there is corrected.")


def with_all_notes(study: Study, report: Report) -> Study:
    """The study with every note and warning of the report."""
    return replace(study, notes=all_notes(report))
