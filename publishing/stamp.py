"""What everything that leaves says of itself: of which data, by which code and rules, and what it must not be taken
for."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.outcomes import focused, outcome_name
from analysis.phase_visits import BASELINES
from analysis.phases import clock_labels
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import rules_of
from data import release
from data.frames import with_columns
from data.schema import TABLES

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

ROOT = Path(__file__).parents[1]
CODE = ("data", "analysis", "figures", "publishing")
RELABELLED = "de-identified: ids relabelled, free text left out"
ABOUT = "about_this_file"
EVERYTHING = "all patients and weeks"
NAMED = 8
"""Up to so many patients or groups are named; of more the number is told."""


@dataclass(frozen=True)
class Stamp:
    """Of an export: title and `digest` of the study, the `version` of Reprise, the `date` as it was given ("": none, so
    that the bytes stay the same), outcome, clock, `filters`, `rules`, `baseline` and what missed visits and restarts
    count as, in words; whether it was `deidentified`; `illustrative`: how many rows were not measured, "" of
    none."""

    title: str
    digest: str
    version: str
    date: str
    outcome: str
    clock: str
    filters: str
    rules: str
    baseline: str
    missing: str
    restarts: str
    deidentified: bool
    illustrative: str

    @property
    def lines(self) -> dict[str, str]:
        """What each line is called -> what it says, without those that say nothing."""
        found = {
            "Study": f"{self.title} (data {self.digest})",
            "Made with": " · ".join(filter(None, (f"Reprise {self.version}", self.date))),
            "Outcome": self.outcome,
            "Weeks": self.clock,
            "Filters": self.filters,
            "Rules": self.rules,
            "Baseline": self.baseline,
            "Missed visits": self.missing,
            "Restarts": self.restarts,
            "Privacy": RELABELLED if self.deidentified else "not de-identified",
            "Illustrative": self.illustrative,
        }
        return {name: text for name, text in found.items() if text}

    @property
    def text(self) -> str:
        """All of it, a line each."""
        return "\n".join(f"{name}: {text}" for name, text in self.lines.items())

    @property
    def short(self) -> str:
        """What stands under a figure: data, version, whether de-identified and illustrative."""
        name = "de-identified" if self.deidentified else "not de-identified"
        parts = (f"data {self.digest}", f"Reprise {self.version}", self.date, self.filters, name, self.illustrative)
        return " · ".join(filter(None, parts))


def stamp(study: Study, query: Query, *, date: str = "", deidentified: bool = False) -> Stamp:
    """What an export of this state says of itself. `study` as it was loaded or focused; `date` as it shall stand; of a
    de-identified export both the study and the query must be the relabelled ones, whose ids stand in `filters`."""
    told = focused(study, query.score)
    return Stamp(
        study.title,
        study_digest(study),
        version(),
        date,
        outcome_name(told),
        clock_labels(study)[query.clock],
        filters(study, query),
        rules(told, query),
        baseline(query),
        IMPUTATIONS[query.imputation].label,
        POLICIES[query.policy].label,
        deidentified,
        illustrative(study),
    )


def with_about(table: pd.DataFrame, about: str) -> pd.DataFrame:
    """The table with one more column, `about_this_file`, whose first cell has the lines of `about`: a file of rows has
    no other place that every program reads, and a table without rows stays so."""
    return with_columns(table, {ABOUT: [about.replace("\n", "; "), *[""] * (len(table) - 1)][: len(table)]})


def filters(study: Study, query: Query) -> str:
    """Who and which weeks are used, in words."""
    who = [_some(query.patients, len(study.patients), "patient"), _some(query.groups, None, "group")]
    ends = zip(("from week", "to week"), (query.from_week, query.to_week), strict=True)
    window = " ".join(f"{word} {week:g}" for word, week in ends if week is not None)
    return "; ".join(filter(None, (*who, window))) or EVERYTHING


def rules(study: Study, query: Query) -> str:
    """What counts as response, relapse and rebound, by the rules' labels, in a study on its outcome."""
    known, response = rules_of(study), query.rules(study).response_of(study).label
    others = {"relapse": (query.relapse, known.relapses), "rebound": (query.rebound, known.rebounds)}
    told = [f"{name}: {registry[key].label}" for name, (key, registry) in others.items() if key != NO_RULE]
    return "; ".join((f"response: {response}", *told, f"sustained: {query.sustained:g} weeks"))


def baseline(query: Query) -> str:
    """What an improvement is measured from."""
    told = BASELINES[query.baseline]
    return told if query.baseline == "original" else f"{told}; of all visits together the one of the index event"


def illustrative(study: Study) -> str:
    """That values were not measured, and how many of the rows; "" where all were."""
    tables = (study.pasi, study.immune_subsets, study.treatments)
    made = sum(int((table["provenance"] == "illustrative").sum()) for table in tables)
    return f"{made:,} of {sum(map(len, tables)):,} rows are illustrative, not measured: do not quote" if made else ""


@lru_cache(maxsize=16)
def study_digest(study: Study) -> str:
    """Twelve hexadecimal digits of a SHA-256 of what the study holds: the same for the same tables, whatever the study
    is called and whichever score it is focused on."""
    found = hashlib.sha256()
    about = (asdict(study.index), [asdict(one) for one in study.outcomes], study.schedule, study.week_zero)
    found.update(repr(about).encode())
    for name in TABLES:
        table = _as_loaded(study.pasi) if name == "pasi" else getattr(study, name)
        for column in sorted(table, key=str):
            cells = _plain(table[column])
            if ((cells != "") & cells.notna()).any():
                found.update(f"{name}.{column}".encode())
                found.update(pd.util.hash_pandas_object(cells, index=False).to_numpy().tobytes())
    return found.hexdigest()[:12]


@cache
def version() -> str:
    """The release that pyproject.toml names, and eight digits of a digest of the code that computes, which tells apart
    what is between two releases: "0.1.0+3f9a61c2"."""
    found = hashlib.sha256()
    for path in sorted(path for room in CODE for path in (ROOT / room).rglob("*.py")):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return f"{release()}+{found.hexdigest()[:8]}"


def _some(names: tuple[str, ...], of: int | None, noun: str) -> str:
    """A choice of patients or groups; "" where all are kept."""
    if not names:
        return ""
    plural = f"{noun}{'s' * (len(names) > 1)}"
    if len(names) <= NAMED:
        return f"{plural} {', '.join(names)}"
    return f"{len(names):,} of {of:,} {plural}" if of else f"{len(names):,} {plural}"


def _as_loaded(pasi: pd.DataFrame) -> pd.DataFrame:
    """The table before `analysis.outcomes.focused` put another score in the place of PASI."""
    return pasi.assign(pasi=pasi["_pasi"]).drop(columns="_pasi") if "_pasi" in pasi else pasi


def _plain(column: pd.Series) -> pd.Series:
    """A column by its values: numbers as floats, anything else as text."""
    if column.dtype.kind in "biuf":
        return column.astype(float) + 0.0
    return column.astype("str").astype(object).where(column.notna(), "")
