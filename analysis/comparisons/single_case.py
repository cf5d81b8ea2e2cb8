"""One patient: how the visits of one phase compare with those of another, without a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.arrays import Floats
from analysis.phases import with_phase
from data.study import Study

MINIMUM_VISITS = 3
"""Below this many visits in the first phase there is no trend to correct for, and no level to compare with."""

CONFIDENCE = 0.95
EDGE = 1e-9
"""Nearer to 0 or 1 no end of an interval is looked for."""

AT_ONCE = 256
"""Visits whose pairs are compared at once: all pairs of a long series would take memory with its square."""

BETTER: Mapping[str, int] = MappingProxyType({"fall": -1, "rise": 1})
"""Which direction is improvement."""

DIRECTIONS: Mapping[str, str] = MappingProxyType({"fall": "improvement is a fall", "rise": "improvement is a rise"})
RULES: Mapping[str, str] = MappingProxyType(
    {
        "nap": "NAP: the share of all pairs of a first-phase and a second-phase visit in which the second is better, a "
        "tie counting half; 0.5 is no difference. Parker & Vannest 2009, doi 10.1016/j.beth.2008.10.006. Its 95 % "
        "interval is by Newcombe 2006, method 5, doi 10.1002/sim.2324, as if visits were independent: too narrow for a "
        "series",
        "tau": "Tau: (better − worse) of all such pairs; 2 × NAP − 1. Parker et al. 2011, doi "
        "10.1016/j.beth.2010.08.006",
        "tau_u": "Tau-U = (S_AB − S_A) / (n_A n_B): Tau less the first phase's own trend, which would have gone on. "
        "Parker et al. 2011, doi 10.1016/j.beth.2010.08.006",
        "tau_u_all": "Of all pairs: the same difference divided by all pairs, n_A n_B + n_A (n_A − 1) / 2; never "
        "beyond ±1",
    }
)
MAY_EXCEED = "Tau-U may exceed ±1: S_A counts pairs within the first phase, which n_A n_B does not."
NO_P = "No p is given: visits of one patient are not independent."

TOO_FEW = f"fewer than {MINIMUM_VISITS} visits in the first phase"
NO_SECOND = "no visit in the second phase"
STEPS = (("before", "after"), ("after", "restart"), ("before", "restart"))


@dataclass(frozen=True)
class PhaseEffect:
    """One comparison of `first_visits` with `second_visits`; positive (NAP: above 0.5) is improvement. NaN where
    `reason` says why."""

    nap: float
    nap_low: float
    nap_high: float
    tau: float
    tau_u: float
    tau_u_all: float
    first_visits: int
    second_visits: int
    reason: str = ""


def phase_effect(first: Floats, second: Floats, better: str = "rise") -> PhaseEffect:
    """NAP, Tau and Tau-U of two phases' values in order of time, missing ones left out; `better` as in `BETTER`.

    >>> effect = phase_effect(np.array([20, 20, 26, 25, 22, 23.0]), np.array([28, 25, 24, 27, 30, 30, 29.0]))
    >>> round(effect.nap, 4), round(effect.tau, 4), round(effect.tau_u, 4)
    (0.9167, 0.8333, 0.7381)
    """
    before, after = (BETTER[better] * values[~np.isnan(values)] for values in (first, second))
    size = len(before) * len(after)
    reason = TOO_FEW if len(before) < MINIMUM_VISITS else "" if len(after) else NO_SECOND
    if reason:
        nan = math.nan
        return PhaseEffect(nan, nan, nan, nan, nan, nan, len(before), len(after), reason)
    between = _rises_between(before, after)
    tau, less_trend = between / size, between - _rises_within(before)
    every = size + math.comb(len(before), 2)
    ends = nap_interval((tau + 1) / 2, len(before), len(after))
    return PhaseEffect((tau + 1) / 2, *ends, tau, less_trend / size, less_trend / every, len(before), len(after))


def nap_interval(nap: float, first: int, second: int) -> tuple[float, float]:
    """The 95 % interval of NAP from so many visits of either phase: those x from which NAP is at most z standard errors
    away, of the variance at x if values were exponential, made symmetric (Newcombe 2006, method 5, doi
    10.1002/sim.2324).

    >>> [round(end, 3) for end in nap_interval(11 / 12, 6, 7)]
    [0.597, 0.986]
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - a fifth of a second and 11 MB that few questions need

    half, z = (first + second) / 2 - 1, float(ndtri(0.5 + CONFIDENCE / 2))

    def beyond(x: float) -> float:
        spread = x * (1 - x) * (2 + half + (1 + 2 * half) * x * (1 - x)) / ((2 - x) * (1 + x))
        return first * second * (nap - x) ** 2 - z**2 * spread

    low = float(brentq(beyond, EDGE, nap - EDGE)) if nap > 2 * EDGE else 0.0
    high = float(brentq(beyond, nap + EDGE, 1 - EDGE)) if nap < 1 - 2 * EDGE else 1.0
    return low, high


def _rises_between(before: Floats, after: Floats) -> int:
    """Of all pairs of an earlier and a later value, how many rise less how many fall."""
    known = np.sort(before)
    below, beyond = np.searchsorted(known, after, "left"), len(known) - np.searchsorted(known, after, "right")
    return int((below - beyond).sum())


def _rises_within(values: Floats) -> int:
    """The same of all pairs within one series: each half's own, and those between the halves."""
    if len(values) <= AT_ONCE:
        return int(np.triu(np.sign(values[None, :] - values[:, None])).sum())
    early, late = np.array_split(values, 2)
    return _rises_within(early) + _rises_within(late) + _rises_between(early, late)


def phase_effects(
    study: Study,
    patients: Sequence[str] | None = None,
    subset: str | None = None,
    better: str = "fall",
    steps: Sequence[tuple[str, str]] = STEPS,
) -> pd.DataFrame:
    """`phase_effect` of PASI (None) or a subset: patient_id, first, second (phases), better, nap, nap_low, nap_high,
    tau, tau_u, tau_u_all, first_visits, second_visits, reason; one row per patient (None: all) and step, in order."""
    table = study.pasi.rename(columns={"pasi": "value"}) if subset is None else _of(study, subset)
    known = with_phase(study, table[["patient_id", "week", "value"]])
    asked = study.patient_ids if patients is None else list(patients)
    values, keys = known["value"].to_numpy(float), known[["patient_id", "phase"]].astype("str")
    rows_of = keys.groupby(["patient_id", "phase"]).indices

    def at(patient: str, phase: str) -> Floats:
        return values[rows_of.get((patient, phase), [])]

    rows = [
        {"patient_id": patient, "first": first, "second": second, "better": better}
        | asdict(phase_effect(at(patient, first), at(patient, second), better))
        for patient in asked
        for first, second in steps
    ]
    names = ["patient_id", "first", "second", "better", *PhaseEffect.__dataclass_fields__]
    found = pd.DataFrame(rows, columns=names)
    return found.assign(patient_id=found["patient_id"].astype(study.patients["patient_id"].dtype))


def _of(study: Study, subset: str) -> pd.DataFrame:
    return study.immune_subsets[(study.immune_subsets["subset"] == subset).to_numpy(bool)]
