"""How often each statistic's interval holds its population value, and how often p < 0.05 where nothing is there.

Prints the tables of docs/coverage.md. Replicates are the cells of one computation, so 2,000 of them take a moment.
"""

import argparse
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

import bootstrap_coverage
import serial_visits
from analysis.correlation.points import Cells, Points
from analysis.correlation.statistics import STATISTICS, Statistic

PATIENTS = (3, 5, 10, 30)
VISITS = 9
AR = {"independent": 0.0, "AR(1) 0.5": 0.5}
SCENARIOS = {"a": (0.5, 0.0, 0.0), "b": (0.0, 0.0, 0.0), "c": (0.0, 0.5, 0.0), "d": (0.0, 0.0, 0.5)}
"""Within-patient correlation of the errors, size of the shared course in SD of the errors, SD of patients' slopes."""
COURSE = np.array([1.0, 0.2, -1.2, -1.5, -0.6, 0.6, 1.2, 0.5, -0.2])
"""High, down after the infusion, back at relapse, down again; scaled to mean 0 and SD 1."""
PHASE = np.array([0, 1, 1, 1, 1, 1, 2, 2, 2])
COUNTED = ("covered a", "covered b", "covered c", "p < 0.05 in b", "p < 0.05 in c", "covered d", "p < 0.05 in d")
MANY = 4000
"""Patients of the cohort whose estimates, averaged over 40 of them, stand for the population value."""


ABOUT = """{options.replicates} replicates, {visits} visits, seed {options.seed}. (a) within-patient correlation 0.5,
(b) none, (c) none, plus a shared fall-and-relapse course, (d) none on average, but slopes of patients of SD 0.5. In
percent; Monte Carlo standard error at most {half:.1f}, near 5 or 95 {near:.1f}.
"""


class Found(NamedTuple):
    """Percent of the computed replicates: with the population value inside the interval, and with p < 0.05."""

    covered: float
    significant: float
    computed: int


def main() -> None:
    options = chosen()
    kept = [STATISTICS[key] for key in options.statistics]
    print(ABOUT.format(options=options, visits=VISITS, half=error(50, options), near=error(95, options)))
    print("| statistic | errors | patients | {} |".format(" | ".join(COUNTED)))
    print("|---|---|---|" + "---|" * len(COUNTED))
    for line in lines(kept, options.replicates, options.seed):
        print(line, flush=True)
    print("\nSerial, uneven visits, by what p stands on: percent with p < 0.05\n")
    for line in serial_visits.lines(options.replicates, options.seed):
        print(line, flush=True)
    print("\nThe bootstrap interval of the repeated-measures correlation, under (a) with independent errors\n")
    for line in bootstrap(options.replicates, options.seed):
        print(line, flush=True)


def bootstrap(replicates: int, seed: int) -> Iterator[str]:
    """The third table."""
    statistic = STATISTICS[bootstrap_coverage.STATISTIC]
    true = population(statistic, 0.0, *SCENARIOS["a"])
    return bootstrap_coverage.lines(
        lambda draws, patients, count: cohort(draws, patients, count, 0.0, *SCENARIOS["a"]), true, replicates, seed
    )


def error(percent: float, options: argparse.Namespace) -> float:
    """The Monte Carlo standard error of a share, in percent."""
    return float(np.sqrt(percent * (100 - percent) / options.replicates))


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20250916)
    parser.add_argument("--statistics", nargs="+", default=list(STATISTICS), choices=STATISTICS, metavar="KEY")
    return parser.parse_args()


def lines(kept: list[Statistic], replicates: int, seed: int) -> Iterator[str]:
    for statistic, errors in product(kept, AR):
        true = {name: population(statistic, AR[errors], *SCENARIOS[name]) for name in SCENARIOS}
        for patients in PATIENTS:
            # The same data for every statistic.
            draws = np.random.default_rng([seed, patients, list(AR).index(errors)])
            found = {
                name: judged(statistic.compute(cohort(draws, patients, replicates, AR[errors], *plan)), true[name])
                for name, plan in SCENARIOS.items()
            }
            yield row(statistic, errors, patients, found, replicates)


def population(statistic: Statistic, ar: float, *plan: float) -> float:
    """The value that the statistic estimates: its mean in very large cohorts."""
    return float(np.mean(statistic.compute(cohort(np.random.default_rng(1), MANY, 40, ar, *plan)).estimate))


def cohort(
    draws: np.random.Generator,
    patients: int,
    replicates: int,
    ar: float,
    correlation: float,
    course: float,
    deviation: float,
) -> Points:
    """Patients × visits, one cell per replicate: a level of the patient, the shared course and errors of variance 1 on
    either side; levels are independent and of SD 2. With `deviation`, PASI's errors follow the subset's with a slope of
    the patient's own, of that SD around 0."""
    shape = (patients, VISITS, replicates)
    first, second = errors(draws, shape, ar), errors(draws, shape, ar)
    second = correlation * first + np.sqrt(1 - correlation**2) * second
    if deviation:
        second = second + deviation * draws.normal(size=(patients, 1, replicates)) * first
    shared = course * ((COURSE - COURSE.mean()) / COURSE.std())[None, :, None]
    levels = draws.normal(0, 2, (2, patients, 1, replicates))
    value, pasi = ((levels[side] + shared + own).reshape(-1, replicates) for side, own in enumerate((first, second)))
    week, phase = (np.tile(column, patients)[:, None] for column in (np.arange(VISITS) * 4.0, PHASE.astype(np.int8)))
    return Points(np.repeat(np.arange(patients), VISITS), week, phase, value, pasi)


def errors(draws: np.random.Generator, shape: tuple[int, ...], ar: float) -> np.ndarray:
    """Stationary errors of variance 1 along the visits."""
    noise = draws.normal(size=shape)
    for visit in range(1, shape[1]):
        noise[:, visit] = ar * noise[:, visit - 1] + np.sqrt(1 - ar**2) * noise[:, visit]
    return noise


def judged(cells: Cells, true: float) -> Found:
    computed = ~np.isnan(cells.estimate)
    if not computed.any():
        return Found(np.nan, np.nan, 0)
    inside = (cells.low <= true) & (true <= cells.high)
    return Found(100 * inside[computed].mean(), 100 * (cells.p < 0.05)[computed].mean(), int(computed.sum()))


def row(statistic: Statistic, errors: str, patients: int, found: dict[str, Found], replicates: int) -> str:
    if not found["a"].computed:
        return f"| {statistic.key} | {errors} | {patients} | not computed{' |' * len(COUNTED)}"
    least = min(one.computed for one in found.values())
    few = "" if least == replicates else f" ({least} computed)"
    numbers = [found[name].covered for name in "abc"] + [found[name].significant for name in "bc"]
    numbers += [found["d"].covered, found["d"].significant]
    return f"| {statistic.key} | {errors} | {patients}{few} | {' | '.join(f'{number:.1f}' for number in numbers)} |"


if __name__ == "__main__":
    main()
