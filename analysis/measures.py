"""Times to an event, patient by patient: to response, to relapse, how long PASI90 lasts, how long a drug is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import Flags, Floats, categorical, first_reason, patient_codes, pick
from analysis.cohort import patient_groups
from analysis.phase_visits import PhaseVisits, first_reason, phase_visits
from analysis.phases import anchors, at_patient
from analysis.relapse import relapses
from analysis.rules import response_rule
from analysis.samples import samples, visits
from data.study import Study


@dataclass(frozen=True)
class Restart:
    """How a restart counts in a time to an event."""

    key: str
    label: str
    wording: str


RESTARTS: Mapping[str, Restart] = MappingProxyType(
    {
        restart.key: restart
        for restart in (
            Restart("policy", "treatment policy", "Follow-up goes on after a restart, whatever was given."),
            Restart("censor", "restart censors", "Follow-up ends with a restart, without the event."),
            Restart(
                "event",
                "restart is an event",
                "A restart is the event where the event is a loss (relapse, loss of PASI90, end of a drug); where it is "
                "a response, who had none before the restart counts as never responding.",
            ),
        )
    }
)
