"""What a visit that was not observed counts as, and what one after a restart counts as: named choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from analysis.arrays import Flags
from analysis.response.nominal_visits import COVERAGE, SCHEDULED, Grid
from analysis.response.rule_kinds import Response


@dataclass(frozen=True)
class Imputation:
    """`flags` takes a grid and a rule and gives, per patient and nominal week, who responded and who counts."""

    key: str
    label: str
    wording: str
    flags: Callable[[Grid, Response], tuple[Flags, Flags]]
    planned_only: bool = False
    observed_only: bool = False


@dataclass(frozen=True)
class Policy:
    """How a restart counts: `composite`, a patient is a non-responder from the restart on."""

    key: str
    label: str
    wording: str
    composite: bool


def observed_cases(grid: Grid, rule: Response) -> tuple[Flags, Flags]:
    """Responders among the patients observed at the visit."""
    counted = ~np.isnan(grid.pasi) & rule.evaluable(grid.base)
    return rule.holds(grid.base, grid.pasi) & counted, counted


def non_responders(grid: Grid, rule: Response) -> tuple[Flags, Flags]:
    """The observed responders among all patients in the phase; who was not observed is no responder."""
    responded, _ = observed_cases(grid, rule)
    return responded, grid.due & rule.evaluable(grid.base)


def carried_forward(grid: Grid, rule: Response) -> tuple[Flags, Flags]:
    """Responders by the visit's value, else by the last one observed in the phase before it, else by the baseline."""
    counted = grid.due & ~np.isnan(grid.carried) & rule.evaluable(grid.base)
    return rule.holds(grid.base, grid.carried) & counted, counted


IMPUTATIONS: Mapping[str, Imputation] = MappingProxyType(
    {
        imputation.key: imputation
        for imputation in (
            Imputation(
                "OC",
                "observed cases",
                "Only patients observed at the visit count.",
                observed_cases,
                observed_only=True,
            ),
            Imputation(
                "NRI",
                "non-responder imputation",
                "Every patient in the phase counts (up to the data cut-off, where one is stated), one not observed at "
                "the visit as a non-responder. Only at nominal "
                f"visits: those for which at least {100 * COVERAGE:g} % of these patients have a row, with a value or "
                f"without, in a study of which {100 * SCHEDULED:g} % of the visits are such, or those of a stated "
                "schedule; elsewhere it is refused, since it would invent non-responders.",
                non_responders,
                planned_only=True,
            ),
            Imputation(
                "LOCF",
                "last observation carried forward",
                "Every patient in the phase counts, with the visit's value, else the last one observed in the phase "
                "before it, else the baseline. Who left early keeps a value that nobody saw again: "
                "not recommended as the main analysis (US National Research Council 2010).",
                carried_forward,
            ),
        )
    }
)

POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        policy.key: policy
        for policy in (
            Policy(
                "treatment_policy",
                "treatment policy",
                "What was observed counts, whatever treatment was restarted (ICH E9(R1)).",
                composite=False,
            ),
            Policy(
                "composite",
                "composite",
                "A patient is a non-responder at every visit after a restart (ICH E9(R1)).",
                composite=True,
            ),
        )
    }
)
