"""How often p < 0.05 where visits are serial and uneven, by what p stands on: the second table of docs/coverage.md."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from analysis.correlation.points import Points
from analysis.correlation.serial import SERIAL, computed

STATISTICS = ("repeated_measures", "rank_repeated_measures")
PATIENTS = (3, 10, 30)
AR = (0.0, 0.3, 0.5, 0.7)
"""Correlation of a side's errors four weeks apart."""
VISITS = (3, 10)
GAPS = (2.0, 3.0, 4.0, 6.0, 8.0)
"""Weeks between two visits, each as often."""
SCENARIOS = {"nothing": (0.0, 0.0), "a shared course": (0.0, 0.5), "r 0.3": (0.3, 0.0), "r 0.5": (0.5, 0.0)}
"""Correlation of the two sides' errors at a visit, and size of the shared course in SD of the errors."""
COURSE = np.array([1.0, 0.2, -1.2, -1.5, -0.6, 0.6, 1.2, 0.5, -0.2])
"""Every four weeks, as in the first table; its last value goes on."""
PLANS = 40
"""Cohorts with visits of their own; of each so many replicates as are asked for, divided by this."""


def lines(replicates: int, seed: int) -> Iterator[str]:
    """The table, line by line."""
    yield f"| statistic | patients | errors AR(1) | p by | {' | '.join(SCENARIOS)} |"
    yield "|---|---|---|---|" + "---|" * len(SCENARIOS)
    for statistic, patients, ar in product(STATISTICS, PATIENTS, AR):
        found = {name: below(statistic, patients, ar, plan, replicates, seed) for name, plan in SCENARIOS.items()}
        for key in SERIAL:
            shares = " | ".join(f"{found[name][key]:.1f}" for name in SCENARIOS)
            yield f"| {statistic} | {patients} | {ar:g} | {key} | {shares} |"


def below(
    statistic: str, patients: int, ar: float, plan: tuple[float, float], replicates: int, seed: int
) -> dict[str, float]:
    """Percent of the replicates with p < 0.05, by each way to it; where there is no p, it is not."""
    found: dict[str, list[np.ndarray]] = {key: [] for key in SERIAL}
    for number in range(PLANS):
        draws = np.random.default_rng([seed, patients, int(10 * ar), number])
        points = cohort(draws, patients, replicates // PLANS, ar, *plan)
        for key, shares in found.items():
            shares.append(computed(points, statistic, key).p < 0.05)
    return {key: 100 * float(np.concatenate(shares).mean()) for key, shares in found.items()}


def cohort(
    draws: np.random.Generator, patients: int, replicates: int, ar: float, correlation: float, course: float
) -> Points:
    """Patients with 3 to 10 visits at uneven gaps, one cell per replicate; errors of variance 1 on either side."""
    sizes = draws.integers(VISITS[0], VISITS[1] + 1, patients)
    gaps = [np.r_[0.0, draws.choice(GAPS, size - 1)] for size in sizes]
    week = np.concatenate([own.cumsum() for own in gaps])
    first, second = (np.concatenate([errors(draws, own, replicates, ar) for own in gaps]) for _ in ("value", "pasi"))
    second = correlation * first + np.sqrt(1 - correlation**2) * second
    shape = (COURSE - COURSE.mean()) / COURSE.std()
    shared = course * np.interp(week, np.arange(len(shape)) * 4.0, shape)[:, None]
    phase = np.zeros((len(week), 1), np.int8)
    return Points(np.repeat(np.arange(patients), sizes), week[:, None], phase, first + shared, second + shared)


def errors(draws: np.random.Generator, gaps: np.ndarray, replicates: int, ar: float) -> np.ndarray:
    """Stationary errors of variance 1 along one patient's visits."""
    noise = draws.normal(size=(len(gaps), replicates))
    for visit in range(1, len(gaps)):
        kept = ar ** (gaps[visit] / 4)
        noise[visit] = kept * noise[visit - 1] + np.sqrt(1 - kept**2) * noise[visit]
    return noise
