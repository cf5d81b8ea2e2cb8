"""What a study is: frozen tidy tables, checked once at the door (`data.validation.checks`), trusted ever after."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

KINDS = ("cell_therapy", "biologic", "systemic", "phototherapy", "topical", "other")
GIVEN, PLANNED, MISSED = "given", "planned", "missed"
STATUSES = (GIVEN, PLANNED, MISSED)
"""Of a dose: only one that was given is a treatment."""
PROVENANCES = ("published", "observed", "illustrative")
BETTER = ("lower", "higher")
"""Which way a score improves."""


@dataclass(frozen=True)
class Outcome:
    """A score: a column of `pasi` called `name`, whose values are from `low` to `high`; what it is called, which way it
    is `better`, with how many `decimals` it is scored (None: not stated), whether a percentage of its baseline means
    anything (`relative`), and which values are aimed at."""

    name: str
    label: str
    low: float
    high: float
    better: str = "lower"
    decimals: int | None = None
    relative: bool = True
    targets: tuple[float, ...] = ()

    @property
    def short(self) -> str:
        """What it is called in a sentence: "BSA"."""
        return self.label.removesuffix(" (%)")


OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {
        outcome.name: outcome
        for outcome in (
            Outcome("pasi", "PASI", 0, 72, decimals=1, targets=(1, 2, 3)),
            Outcome("dlqi", "DLQI", 0, 30, decimals=0, targets=(1, 5)),
            Outcome("pga", "PGA", 0, 6, decimals=0, relative=False, targets=(1,)),
            Outcome("iga", "IGA", 0, 5, decimals=0, relative=False, targets=(1,)),
            Outcome("bsa", "BSA (%)", 0, 100, targets=(1, 3)),
            Outcome("napsi", "NAPSI", 0, 160, decimals=0),
            Outcome("itch_nrs", "Itch NRS", 0, 10, decimals=0, targets=(1,)),
            Outcome("easi", "EASI", 0, 72, decimals=1, targets=(7,)),
            Outcome("scorad", "SCORAD", 0, 103, decimals=1),
            Outcome("poem", "POEM", 0, 28, decimals=0, targets=(2,)),
            Outcome("who_scale", "WHO scale", 0, 10, decimals=0, relative=False, targets=(3,)),
        )
    }
)
"""The scores that every study may have. POEM 0 to 2 is clear or almost clear; up to 3 of WHO's clinical progression
scale a patient is not in hospital."""
SCORES: Mapping[str, str] = MappingProxyType({name: outcome.label for name, outcome in OUTCOMES.items()})
"""The columns of `pasi` that are scores, and what they are called."""


WEEK_ZERO = "week 0"
"""What week 0 is, where a study does not say."""


@dataclass(frozen=True)
class Index:
    """The event that is week 0 and names the phases: `treatment` is a value of `treatments.treatment`, or
    None when week 0 itself is the index; `label` is its short name in phases ("MSC", "week 0")."""

    treatment: str | None = None
    label: str = "week 0"


FIGURE, PANEL = "figure", "panel"
SHOWN = (FIGURE, PANEL)
"""What a step of a story shows: the figure, or the view that is open in the panel."""


@dataclass(frozen=True)
class Step:
    """A step of a story: the `address` (what stands after its #, without the study), the `sentence` that is told there,
    `notes` for who tells it, what is `shown` (of `SHOWN`), and the digest of the data that it was made on (`data`, "":
    not stated)."""

    address: str
    sentence: str
    notes: str = ""
    shown: str = FIGURE
    data: str = ""


VISIT, COURSE = 4, 3
"""Values as which a score at a visit, and a course or an event, counts in a study's size: each is drawn in several
parts."""


@dataclass(frozen=True, eq=False)
class Study:
    """One study. `week` is always weeks since the study's week 0, as a float. `patient_id` is, in every table, a
    categorical with the same categories in the order of `patients`; tables are sorted by patient, then week.
    A missing value is NaN and means "not observed". Equality and hash are by identity, so that functions of a
    study can be cached.

    patients            patient_id, group, then covariates (sex, age, weight_kg, ...); group is a categorical;
                        cutoff_week, where it is stated, is the last week in which a visit could be seen
    pasi                patient_id, week, pasi (0-72; NaN throughout where only other scores are known), provenance,
                        then further scores (the keys of SCORES, and the study's own `outcomes`)
    immune_subsets      patient_id, week, subset, value (in its unit), count, parent_count, below_limit, provenance;
                        below_limit is the limit of a value that was only known to lie below it: its value is NaN
    subset_definitions  subset, label, lineage, parent, phenotype, unit; one row for every subset, in display order
    treatments          patient_id, treatment, kind, start_week, end_week (NaN: ongoing), dose, dose_unit, note,
                        provenance; end_reason where it is stated; start_margin and end_margin where dates are
                        partial: how many weeks earlier or later each may be (NaN: known to the day); a dose that was
                        missed or is planned is an event
    events              patient_id, week, event, severity, note, provenance; of a dose that was not given
                        also treatment, status (missed or planned) and dose (with its unit, as text)

    `subset`, `kind` and `provenance` are categoricals too. A blank text is "", never NaN. patients and
    subset_definitions have a `provenance` only if their files do.
    """

    key: str
    title: str
    patients: pd.DataFrame
    pasi: pd.DataFrame
    immune_subsets: pd.DataFrame
    subset_definitions: pd.DataFrame
    treatments: pd.DataFrame
    events: pd.DataFrame
    citation: str = ""
    week_zero: str = WEEK_ZERO
    index: Index = field(default_factory=Index)
    outcomes: tuple[Outcome, ...] = ()
    focus: str = "pasi"
    """Which outcome stands in `pasi.pasi`: another than PASI only where `analysis.outcomes` puts it there."""
    schedule: tuple[float, ...] = ()
    """Weeks since the index event for which visits were planned, ascending; () where none are stated."""
    story: tuple[Step, ...] = ()
    """Steps in which the study is told."""
    notes: tuple[str, ...] = ()
    """What the reader wants known about how the files were read (warnings), as sentences."""

    @property
    def size(self) -> int:
        """What is held and drawn of it, in values of samples: samples × subsets (at least the baselines of all), scores
        of visits, courses, events, and covariates."""
        patient, week = self.immune_subsets["patient_id"].cat.codes.to_numpy(), self.immune_subsets["week"].to_numpy()
        samples = int(((patient[1:] != patient[:-1]) | (week[1:] != week[:-1])).sum()) + 1
        immune = max(samples, len(self.patients)) * len(self.subset_definitions)
        scores = len(self.pasi) * (self.pasi.shape[1] - 3)
        drawn = VISIT * scores + COURSE * (len(self.treatments) + len(self.events))
        return immune + drawn + self.patients.size

    @cached_property
    def patient_ids(self) -> list[str]:
        """Patient ids as strings, in display order."""
        return self.patients["patient_id"].astype(str).tolist()

    @property
    def scores(self) -> dict[str, str]:
        """Every column of `pasi` that may be a score, and what it is called."""
        return {**SCORES, **{one.name: one.label for one in self.outcomes}}

    def outcome(self, score: str) -> Outcome:
        """What is known of a score. KeyError if this study has none of that name."""
        return {**OUTCOMES, **{one.name: one for one in self.outcomes}}[score]

    @cached_property
    def has_pasi(self) -> bool:
        """Whether any PASI was observed: a study may have samples, treatments or other scores alone."""
        return bool(self.pasi["pasi"].notna().any())

    @cached_property
    def illustrative(self) -> bool:
        """True when any row of the study is illustrative rather than observed or published."""
        tables = (self.pasi, self.immune_subsets, self.treatments)
        return any((table["provenance"] == "illustrative").any() for table in tables)
