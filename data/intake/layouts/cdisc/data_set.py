"""What SDTM and ADaM have in common: the columns of one data set, its tests that are scores, its people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from data.intake.columns.roles import Guess
from data.intake.layouts.base import Ask, Context, Draft, Entry
from data.intake.layouts.cdisc.happened import tells
from data.intake.layouts.cdisc.times import When, times_of
from data.intake.sources import Source
from data.tables.sheet import Sheet

GROUPS = ("TRT01A", "TRTA", "TRT01P", "TRTP", "ACTARM", "ARM", "ACTARMCD", "ARMCD")
REFERENCES = ("RFSTDTC", "TRTSDT")
"""Columns of each patient's week 0: the start of the trial's treatment."""


@dataclass(frozen=True)
class DataSet:
    """One data set: `have` its columns by their names in capitals; `said` what a person says of its tests; what is
    `unclear`, and what is to be asked (`asks`), as it is met."""

    source: Source
    have: Mapping[str, str]
    said: Mapping[str, str]
    unclear: list[str] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)

    @property
    def cells(self) -> pd.DataFrame:
        """The cells of the table."""
        return self.source.sheet.cells

    def first(self, *names: str) -> str:
        """The first of these columns that there is, "" if there is none."""
        return next((self.have[name] for name in names if name in self.have), "")

    def times(self, *names: Sequence[str]) -> list[When]:
        """What tells the time of its rows, of a day, a date, a visit's name and its number: each the first of several
        names that there is."""
        found = [next((name for name in same if name in self.have), same[0]) for same in names]
        return times_of(self.source, self.have, found, self.unclear)

    def entry(self, table: str, columns: Mapping[str, str], rows: Mapping[str, str], time: str = "") -> Entry:
        """One entry for a table of the study."""
        source = self.source
        place = {"file": source.file, **({"sheet": source.page} if source.page else {}), "layout": "cdisc"}
        when = {"time": time} if time else {}
        patient = {"patient_id": self.have["USUBJID"]}
        return {
            **place,
            "table": table,
            **({"rows": dict(rows)} if rows else {}),
            **when,
            "columns": patient | {**columns},
        }


def data_set(source: Source, context: Context) -> DataSet:
    """The data set of a table."""
    return DataSet(source, columns_of(source.sheet), context.measures)


def columns_of(sheet: Sheet) -> dict[str, str]:
    """A sheet's columns by their names in capitals; where no subject is unique (USUBJID), the one of the trial."""
    have = {str(name).upper(): str(name) for name in sheet.cells.columns}
    return {**({"USUBJID": have["SUBJID"]} if "SUBJID" in have else {}), **have}


def drafted(data: DataSet, entries: list[Entry], needed: str) -> Draft:
    """The draft of these entries; where there are none, a sentence says that nothing is what was `needed`."""
    source = data.source
    used = {theirs: ours for entry in reversed(entries) for ours, theirs in entry["columns"].items()}
    used |= {name: "row choice" for entry in entries for name in entry.get("rows", {})}
    used |= {str(name): "row choice" for name in source.sheet.cells.columns if tells(str(name))}
    known = "a CDISC variable of this domain"
    names = [str(name) for name in source.sheet.cells.columns]
    columns = [Guess(name, used.get(name, ""), known if name in used else "not needed; not read") for name in names]
    nothing = [] if entries else [f"{source.file}: nothing in it is {needed} that the study has a place for."]
    return Draft(entries, columns, [*data.unclear, *nothing], data.asks)


def people(data: DataSet) -> list[Entry]:
    """An entry for the patients, with the group, sex, age and first day of treatment that the data set has."""
    columns = {"group": data.first(*GROUPS), "sex": data.first("SEX"), "age": data.first("AGE")}
    columns |= {"reference_date": data.first(*REFERENCES)}
    return [data.entry("patients", {ours: theirs for ours, theirs in columns.items() if theirs}, {})]


def known_people(data: DataSet) -> list[Entry]:
    """The same where the data set has anything of them."""
    return [entry for entry in people(data) if len(entry["columns"]) > 1]
