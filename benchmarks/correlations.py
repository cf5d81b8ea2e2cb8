"""What correlation costs on one core: the matrix, the permutation p and the rest, at several cohort sizes.

Prints two tables; asserts nothing. Medians of several runs, nothing cached between them but the study.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import cohort
from analysis.correlation.bootstrap import resampled
from analysis.correlation.correlation import points
from analysis.correlation.influence import leave_one_out
from analysis.correlation.matching import matched
from analysis.correlation.matrix import by_group, by_lag, by_phase, grid
from analysis.correlation.pairing import scaled_pairs
from analysis.correlation.permutation import permuted
from analysis.correlation.serial import SERIAL
from analysis.correlation.specifications import Specification, specifications
from analysis.correlation.statistics import STATISTICS
from data.catalog import open_study
from data.study import Study

GOAL = {
    "matrix": "100 at 1,000",
    "matrix of 4 phases, p by shift": "1,000 at 30",
    "10,000 permutations of one cell": "1,000 at 100",
    "2,000 resamples": "2,000 at 10,000",
    "leave one out": "1,000 at 10,000",
    "specification curve": "1,000 at 1,000",
}
"""Milliseconds, by the issues that asked for them, of the acts whose names begin so."""


def main() -> None:
    options = chosen()
    one_core()
    costs = {}
    for patients in options.patients:
        print(f"{patients:,} patients", file=sys.stderr)
        with TemporaryDirectory() as folder:
            study = open_study(cohort.write(Path(folder), patients, options.subsets))
        costs[patients] = measured(study, options)
    about = f"{options.subsets} subsets × 10 columns, 8 samples and 18 visits per patient, 4 % missing"
    print(f"{about}; CPU time on one core, ms\n")
    print(f"| | {' | '.join(f'{patients:,} patients' for patients in costs)} | last to first | goal |")
    print(f"|---|{'---|' * (len(costs) + 2)}")
    for name in next(iter(costs.values())):
        cells = [f"{cost[name]:,.0f}" if name in cost else "" for cost in costs.values()]
        print(f"| {name} | {' | '.join(cells)} | {grown([cost[name] for cost in costs.values()])} | {goal(name)} |")


def grown(costs: list[float]) -> str:
    """How many times as much the largest cohort takes as the smallest: whatever the machine's speed."""
    return f"{costs[-1] / max(costs[0], 1e-3):.1f} ×"


def goal(name: str) -> str:
    return next((text for start, text in GOAL.items() if name.startswith(start) and "lags" not in name), "")


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--subsets", type=int, default=40)
    parser.add_argument("--repetitions", type=int, default=3)
    return parser.parse_args()


def one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def measured(study: Study, options: argparse.Namespace) -> dict[str, float]:
    """Milliseconds of every act on one cohort, pairs being made beforehand (their cost is a row of its own)."""
    columns = [*by_phase(), *by_group(study), *by_group(study, "after")]
    pairs = scaled_pairs(study, [study.subset_definitions["subset"].iloc[0]])
    found = points(pairs)
    acts: dict[str, Callable[[], object]] = {"pairing of one tolerance and lag": lambda: pairing(study)}
    acts |= {f"matrix of {key}": lambda key=key: grid(study, columns, statistic=key) for key in STATISTICS}
    acts |= {f"matrix of 4 phases, p by {key}": lambda key=key: grid(study, by_phase(), p_by=key) for key in SERIAL}
    summed = [key for key, statistic in STATISTICS.items() if statistic.summed]
    acts |= {f"2,000 resamples of {key}": lambda key=key: list(resampled(found, key)) for key in summed}
    acts |= {f"leave one out of {key}": lambda key=key: leave_one_out(pairs, key) for key in summed}
    acts |= {
        "matrix of 10 lags, pairing included": lambda: lags(study),
        "10,000 permutations of one cell": lambda: list(permuted(found)),
        "specification curve, pairing included": lambda: curve(study),
    }
    return {name: median(act, options.repetitions) for name, act in acts.items()}


def pairing(study: Study) -> None:
    matched.cache_clear()
    matched(study, 1.0)


def lags(study: Study) -> None:
    matched.cache_clear()
    grid(study, by_lag(np.arange(-8.0, 12.0, 2.0)))


def curve(study: Study) -> None:
    matched.cache_clear()
    specifications(study, study.subset_definitions["subset"].iloc[0], Specification(), p_by="shift")


def median(act: Callable[[], object], repetitions: int) -> float:
    """Milliseconds, after a first run that counts only if it took more than five seconds."""
    first = timed(act)
    return first if first > 5000 else float(np.median([timed(act) for _ in range(repetitions)]))


def timed(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main()
