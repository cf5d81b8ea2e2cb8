"""How often the bootstrap interval of the repeated-measures correlation holds: the third table of docs/coverage.md."""

from collections.abc import Callable, Iterator

import numpy as np

from analysis.correlation.bootstrap import resampled
from analysis.correlation.points import Points

STATISTIC = "repeated_measures"
PATIENTS = (10, 20, 30)
COHORTS = 2
"""The table has one cohort for every so many replicates of the others: each is resampled 2,000 times."""


def lines(
    made: Callable[[np.random.Generator, int, int], Points], true: float, replicates: int, seed: int
) -> Iterator[str]:
    """The table, line by line, of cohorts as `made` (from a generator, patients and replicates) makes them."""
    yield "| patients | covered | below it | above it |"
    yield "|---|---|---|---|"
    for patients in PATIENTS:
        cohorts = made(np.random.default_rng([seed, patients]), patients, replicates // COHORTS)
        ends = np.array([ends_of(cohorts, number) for number in range(cohorts.value.shape[1])])
        below, above = 100 * (ends[:, 1] < true).mean(), 100 * (ends[:, 0] > true).mean()
        yield f"| {patients} | {100 - below - above:.1f} | {below:.1f} | {above:.1f} |"


def ends_of(cohorts: Points, number: int) -> tuple[float, float]:
    """The interval of one cohort."""
    cell = slice(number, number + 1)
    one = Points(cohorts.patient, cohorts.week, cohorts.phase, cohorts.value[:, cell], cohorts.pasi[:, cell])
    *_, last = resampled(one, STATISTIC)
    return last.low, last.high
