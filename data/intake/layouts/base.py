"""What every layout of a table has in common: how sure it is, what it proposes, how its rows are prepared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.intake.columns.roles import Guess
from data.intake.sources import Source
from data.problems import ExcludedRows, Report
from data.tables.sheet import Sheet

Entry = dict[str, Any]
"""One [[sources]] of a study.toml, as `data.own_format.study_toml_schema` describes it."""
CERTAIN = 1.0
"""The score of a layout beside which no other is looked for."""
REPRISE = "reprise"
"""The layout of our own tables, which are read strictly: what is wrong in them is a problem."""
ANYTHING = "*"
"""What `rows` of an entry says of a cell that is not blank."""


@dataclass(frozen=True)
class Context:
    """What is known beside the table: a data dictionary's `labels` and `choices` of columns, columns it calls
    `identifiers`, and the patients that other files name, and whether those count days as CDISC does (`study_days`);
    what a person says of its columns (`roles`), of its tests (`measures`), of its tube names (`pattern`, "" if
    nothing) and of the `weeks` of its rows."""

    labels: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    identifiers: frozenset[str] = frozenset()
    patients: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""
    weeks: tuple[float, ...] = ()
    study_days: bool = False


@dataclass(frozen=True)
class Ask:
    """What a person may say of the tests in a table: `about` a score, the subsets or the evaluator; `value` is what is
    read, `choices` value -> words; `unclear` asks to look."""

    about: str
    value: str
    choices: Mapping[str, str]
    why: str
    unclear: bool = False


@dataclass(frozen=True)
class Draft:
    """What is proposed for one table: entries, what every column is, sentences on what a person should look at, what
    may be said of its tests, and the columns that are measured at a time that no column says (`untimed`)."""

    entries: list[Entry]
    columns: list[Guess]
    unclear: list[str] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    untimed: list[str] = field(default_factory=list)


class Ledger:
    """What becomes of the rows of one table, on their way into the study."""

    def __init__(self, report: Report, *, strict: bool = False) -> None:
        self.report = report
        self.strict = strict
        self.aside: list[ExcludedRows] = []

    def drop(self, sheet: Sheet, bad: np.ndarray, reason: str) -> Sheet:
        """The sheet without the rows where `bad`, which are written down with the reason; all of it where rows are kept
        strictly, and the checks say what is wrong."""
        if self.strict:
            return sheet
        self.tell(sheet, bad, reason)
        return sheet.taken(np.flatnonzero(~bad)) if bad.any() else sheet

    def tell(self, sheet: Sheet, bad: np.ndarray, reason: str) -> None:
        """Write down why the rows where `bad` are set aside."""
        if bad.any():
            self.aside.append(ExcludedRows(tuple(dict.fromkeys(map(int, sheet.rows[bad]))), reason))


def needed(entry: Entry) -> set[str]:
    """The columns of the file that an entry names."""
    sample = {entry["sample"]["column"]} if "sample" in entry else set()
    return {*map(str, entry.get("columns", {}).values()), *entry.get("rows", {}), *entry.get("subsets", []), *sample}


def used(entry: Entry) -> set[str]:
    """The same, with the columns that are weeks."""
    return {*needed(entry), *map(str, entry.get("wide", {}).get("weeks", {}))}


def as_it_is(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """The sheet, whose rows are plain already."""
    return sheet


@dataclass(frozen=True)
class Layout:
    """One layout. `score` is how well a table fits it, from 0 to 1, and why; `propose` what to do with it; `prepare`
    makes plain rows of it, each time it is read; `open` says that its columns mean what a person says they do."""

    name: str
    score: Callable[[Source], tuple[float, str]]
    propose: Callable[[Source, Context], Draft]
    prepare: Callable[[Sheet, Entry, Ledger], Sheet] = as_it_is
    open: bool = False
