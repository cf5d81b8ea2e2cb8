"""The tables of a study as data: every column with its type, allowed range and unit. What is not here is not read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data.study import GIVEN, KINDS, OUTCOMES, PROVENANCES, SCORES, STATUSES, Outcome

ONE_GROUP = "all patients"
UNIT_NOT_STATED = "unit not stated"
FAR = 5200.0


@dataclass(frozen=True)
class Column:
    """One column. `type` is a key of `data.tables.columns.TYPES`; `low` and `high` (inclusive) are in `unit`; a
    `required` column must be in the file, unless one of `others` is; `instead` says what else would do; a `filled` one
    has no blank cells; a `free` one holds what a person wrote, which may name anybody; `always` says whether the study
    has it anyway; `aliases` are other names that files give it."""

    name: str
    type: str = "text"
    required: bool = False
    filled: bool = False
    always: bool = True
    free: bool = False
    low: float = float("-inf")
    high: float = float("inf")
    unit: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    aliases: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    instead: str = ""

    @property
    def expected(self) -> str:
        """What a cell must hold, in words: "a number from 0 to 72 (PASI points)"."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.type != "number":
            return "text"
        unit = f" ({self.unit})" if self.unit else ""
        if self.high < float("inf"):
            return f"a number from {self.low:g} to {self.high:g}{unit}"
        return f"a number of at least {self.low:g}{unit}" if self.low > -float("inf") else f"a number{unit}"


@dataclass(frozen=True)
class Table:
    """One table, one CSV file or one sheet. Rows are unique in `key`; a row of one that is `enough` makes a study;
    `extra` is what a column that is not listed means: a "covariate" of the patient, a "subset" of cells (wide), or
    nothing ("ignored", with a note)."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    enough: bool = False
    extra: str = "ignored"

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)


PATIENT = Column(
    "patient_id",
    "label",
    required=True,
    filled=True,
    aliases=("patient", "usubjid", "subjid", "subject_id", "subject", "participant_id", "record_id", "id"),
)
WEEK = Column(
    "week", "number", required=True, filled=True, low=-FAR, high=FAR, unit="weeks since week 0", aliases=("wk", "weeks")
)
PASI = Column(
    "pasi",
    "number",
    required=True,
    low=0,
    high=72,
    unit="PASI",
    aliases=("pasi_total", "pasi_score"),
    others=tuple(score for score in SCORES if score != "pasi"),
    instead=" (or columns named by week: BASELINE, WEEK04)",
)
PROVENANCE = Column("provenance", "choice", choices=PROVENANCES, default="observed")
MARKED = Column("provenance", "choice", choices=PROVENANCES, default="observed", always=False)
GROUP = Column(
    "group",
    "label",
    default="not stated",
    aliases=("arm", "trt", "trt01p", "trt01a", "treatment_group", "treatment_arm", "actarm", "cohort"),
)

SCORE_UNITS = {"bsa": "% of body surface", "itch_nrs": "itch NRS"}
SCORE_ALIASES = {"pga": ("spga",), "itch_nrs": ("itch", "itch_score")}


def _scores() -> list[Column]:
    """A column for each score that every study may have beside PASI."""
    return [
        Column(
            one.name,
            "number",
            always=False,
            low=one.low,
            high=one.high,
            unit=SCORE_UNITS.get(one.name, one.label),
            aliases=SCORE_ALIASES.get(one.name, ()),
        )
        for one in OUTCOMES.values()
        if one.name != "pasi"
    ]


_TABLES = (
    Table(
        "patients",
        (
            PATIENT,
            GROUP,
            Column("sex", always=False),
            Column("age", "number", always=False, low=0, high=120, unit="years"),
            Column("weight_kg", "number", always=False, low=1, high=500, unit="kg"),
            Column(
                "cutoff_week", "number", always=False, low=-FAR, high=FAR, unit="weeks since week 0; the data cut-off"
            ),
            MARKED,
        ),
        key=("patient_id",),
        extra="covariate",
    ),
    Table(
        "pasi",
        (
            PATIENT,
            WEEK,
            PASI,
            PROVENANCE,
            *_scores(),
        ),
        key=("patient_id", "week"),
        enough=True,
    ),
    Table(
        "immune_subsets",
        (
            PATIENT,
            WEEK,
            Column("subset", "label", required=True, filled=True),
            Column("value", "number", required=True, unit="in the subset's unit"),
            Column("count", "number", low=0, unit="events"),
            Column("parent_count", "number", low=0, unit="events"),
            Column("below_limit", "number", unit="in the subset's unit; the limit a value lies below"),
            PROVENANCE,
        ),
        key=("patient_id", "week", "subset"),
        enough=True,
        extra="subset",
    ),
    Table(
        "subset_definitions",
        (
            Column("subset", "label", required=True, filled=True),
            Column("label"),
            Column("lineage"),
            Column("parent"),
            Column("phenotype"),
            Column("unit", default=UNIT_NOT_STATED),
            MARKED,
        ),
        key=("subset",),
    ),
    Table(
        "treatments",
        (
            PATIENT,
            Column("treatment", required=True, filled=True),
            Column("kind", "choice", required=True, filled=True, choices=KINDS),
            Column("start_week", "number", required=True, filled=True, low=-FAR, high=FAR, unit=WEEK.unit),
            Column("end_week", "number", low=-FAR, high=FAR, unit="weeks since week 0; blank: ongoing"),
            Column("start_margin", "number", always=False, low=0, unit="weeks that the start may lie earlier or later"),
            Column("end_margin", "number", always=False, low=0, unit="weeks that the end may lie earlier or later"),
            Column("status", "choice", always=False, choices=STATUSES, default=GIVEN),
            Column("end_reason", always=False, free=True),
            Column("dose", "number", low=0, unit="in dose_unit"),
            Column("dose_unit"),
            Column("note", free=True),
            PROVENANCE,
        ),
        enough=True,
    ),
    Table(
        "events",
        (
            PATIENT,
            WEEK,
            Column("event", required=True, filled=True, free=True),
            Column("severity", free=True),
            Column("note", free=True),
            Column("treatment", always=False),
            Column("status", always=False),
            Column("dose", always=False, free=True),
            PROVENANCE,
        ),
        enough=True,
    ),
)
TABLES: Mapping[str, Table] = {table.name: table for table in _TABLES}
OF_PATIENTS = ("group", "sex", "age", "weight_kg", "cutoff_week")
"""What the study knows of a patient, beside covariates of any name."""
ENOUGH = tuple(name for name, table in TABLES.items() if table.enough)
"""A study needs a row in one of these."""


def tables_with(outcomes: Sequence[Outcome]) -> Mapping[str, Table]:
    """The tables of a study that has these outcomes of its own: columns of `pasi`, any of which may be there instead of
    PASI."""
    if not outcomes:
        return TABLES
    own = [Column(one.name, "number", always=False, low=one.low, high=one.high, unit=one.label) for one in outcomes]
    pasi = replace(PASI, others=(*PASI.others, *(one.name for one in own)))
    columns = [pasi if column is PASI else column for column in TABLES["pasi"].columns]
    return {**TABLES, "pasi": replace(TABLES["pasi"], columns=(*columns, *own))}


def plain(name: str) -> str:
    """A header as it is compared: lower case, words joined by `_` ("Patient ID" -> "patient_id")."""
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())


def text_names() -> frozenset[str]:
    """Plain names of all columns that hold text, so that an id like 007 is never read as a number."""
    columns = [column for table in _TABLES for column in table.columns if column.type != "number"]
    return frozenset(name for column in columns for name in (column.name, *column.aliases))
