"""What of a de-identified copy could still say who somebody is: a check, not a promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.response.rates import ENOUGH_PATIENTS as FEW
from analysis.severity import grade
from publishing.deidentify import NEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from data.study import Study

SHOWN = 8
"""Names that are listed each."""
LAST = (
    "Scores and frequencies stand as they were measured: whoever has them elsewhere finds the patient. Patients stand "
    "in the order of the study. This list is no proof of anonymity: read it before you send the copy."
)


@dataclass(frozen=True)
class Remaining:
    """A kind of thing that remains: what was found, and what to do."""

    kind: str
    found: str
    advice: str

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"{self.found} {self.advice}"


def remaining(study: Study) -> list[Remaining]:
    """Everything that the check found, in the order of `CHECKS`."""
    return [one for check in CHECKS for one in check(study)]


def text(study: Study, merged: int = 0, step: float = 0) -> str:
    """The check as sentences, a line each, and what it cannot see."""
    lines = [f"• {one.sentence}" for one in remaining(study)]
    lost = f"; {merged:,} values fell on a week that had one and are left out" if merged else ""
    rounded = [f"• Weeks are multiples of {step:g}: numbers that depend on weeks change{lost}."] if step else []
    return "\n".join([*lines, *rounded, "", LAST])


def _small(study: Study) -> Iterable[Remaining]:
    n = len(study.patients)
    if n < FEW:
        found = f"{n} patient{'s' * (n != 1)} in all: whoever knows of the study may know who they are."
        yield Remaining("few patients", found, "Ask each for consent to this copy.")


def _rare(study: Study) -> Iterable[Remaining]:
    """Groups, and values of covariates in words, that fewer than five patients have."""
    for name in _covariates(study):
        cells = _texts(study.patients[name])
        counts = cells[cells != ""].value_counts()
        rare = counts[counts < FEW]
        if len(rare) and (name == "group" or not pd.api.types.is_numeric_dtype(study.patients[name])):
            found = f"{name}: {_listed(rare.index)} in fewer than {FEW} patients each."
            yield Remaining("rare values", found, "Join them with others, or leave the column out.")


def _exact(study: Study) -> Iterable[Remaining]:
    """Numbers that one patient alone has."""
    for name in _covariates(study):
        values = study.patients[name].dropna()
        alone = int((values.value_counts() == 1).sum()) if pd.api.types.is_numeric_dtype(values) else 0
        if alone:
            found = f"{name}: {alone:,} of {len(values):,} values belong to one patient alone."
            yield Remaining("exact numbers", found, "Leave the column out where it is not needed.")


def _combinations(study: Study) -> Iterable[Remaining]:
    """Patients whom all that is kept of them tells from every other."""
    names = _covariates(study)
    if len(names) < 2:
        return
    counts = study.patients[names].apply(_texts).value_counts()
    alone, few = int((counts == 1).sum()), int(counts[counts < FEW].sum())
    if few:
        found = f"{' × '.join(names)}: {alone:,} patients alone have theirs; {few:,} have one of fewer than {FEW}."
        yield Remaining("unique combinations", found, "Keep fewer covariates.")


def _drugs(study: Study) -> Iterable[Remaining]:
    given = study.treatments.drop_duplicates(["patient_id", "treatment"])["treatment"].astype(str).value_counts()
    rare = given[given < FEW]
    if len(rare):
        found = f"Treatments that fewer than {FEW} patients had: {_listed(rare.index)}."
        yield Remaining("rare treatments", found, "Look whether one of them is known to be somebody's.")


def _weeks(study: Study) -> Iterable[Remaining]:
    """Patients whose weeks of visits and samples nobody else has."""
    seen = pd.concat(
        [study.pasi[["patient_id", "week"]], study.immune_subsets[["patient_id", "week"]]]
    ).drop_duplicates()
    patterns = seen.sort_values("week").groupby("patient_id", observed=True)["week"].agg(list).map(tuple)
    alone = int((patterns.value_counts() == 1).sum())
    if alone:
        found = f"The weeks of visits and samples are those of one patient alone in {alone:,} of {len(patterns):,}."
        yield Remaining("unique weeks", found, "Round weeks where the numbers allow it.")


def _events(study: Study) -> Iterable[Remaining]:
    grave = study.events["severity"].astype(str).map(grade) >= 4 if len(study.events) else pd.Series(dtype=bool)
    if grave.any():
        found = f"{int(grave.sum()):,} events are life-threatening or fatal (grade 4 or 5), with their weeks."
        yield Remaining("grave events", found, "They are known to others: leave them out where they are not needed.")


def _published(study: Study) -> Iterable[Remaining]:
    tables = (study.pasi, study.immune_subsets, study.treatments, study.events)
    count = sum(int((table["provenance"].astype(str) == "published").sum()) for table in tables)
    if count:
        found = f"{count:,} rows are marked as published: whoever knows the publication finds them there."
        yield Remaining("published rows", found, "Send the copy only where the publication may be known.")


def _names(study: Study) -> Iterable[Remaining]:
    """Names that a person gave, and that stay: they must be read."""
    named = {"groups": study.patients["group"], "treatments": study.treatments["treatment"]}
    named |= {"subsets": study.subset_definitions["label"]}
    told = [f"{kind} {_listed(_texts(cells).unique())}" for kind, cells in named.items() if len(cells)]
    yield Remaining("names", f"Names that stay: {'; '.join(told)}.", "See that none says who or where.")


def _covariates(study: Study) -> list[str]:
    patients = study.patients
    return [
        str(name) for name in patients if name not in NEEDED and not (name == "group" and patients[name].nunique() < 2)
    ]


def _texts(cells: pd.Series) -> pd.Series:
    return cells.astype(object).where(cells.notna(), "").astype(str)


def _listed(names: Iterable[object]) -> str:
    known = [str(name) for name in names if str(name)]
    more = f" and {len(known) - SHOWN:,} more" if len(known) > SHOWN else ""
    return ", ".join(known[:SHOWN]) + more


CHECKS: tuple[Callable[[Study], Iterable[Remaining]], ...] = (
    _small, _rare, _exact, _combinations, _drugs, _weeks, _events, _published, _names,
)  # fmt: skip
