"""What every derivation from PASI, and each answer to the page, costs on one core, and how it grows. Asserts nothing.

One process per cohort size, so that its peak memory is its own; derivations run one after the other, each first one
that needs it paying for what they share.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import cohort
from analysis import cohort as groups
from analysis import phases, scales
from analysis.response import rates, rebound, relapse, response, sensitivity, summary, survival
from analysis.response.time_to_event import MEASURES
from callbacks.draw import redraw
from callbacks.highlight_data import marks
from components.layout import body
from data.catalog import open_study
from data.study import Study

DERIVATIONS: Mapping[str, Callable[[Study], object]] = {
    "phases and clocks": lambda study: (phases.anchors(study), phases.with_phase(study, study.pasi)),
    "PASI on its scales": lambda study: [scales.scaled_pasi(study, scale) for scale in scales.PASI_SCALES],
    "responses": response.responses,
    "relapses, every rule": relapse.relapses,
    "rebounds, every rule": rebound.rebounds,
    "summaries": summary.summaries,
    "rates, every rule and imputation": rates.rates,
    "sensitivity": sensitivity.sensitivity,
    "survival, every measure": lambda study: [survival.curves(survival.times(study, measure)) for measure in MEASURES],
    "the page as it opens": lambda study: body(study, {}),
    "a redraw of other weeks": lambda study: redraw(study, {"to_week": 78}, {}),
    "patients' own marks": lambda study: marks(study, {"to_week": 78}, ["pasi", "immune", "swimlanes", "correlation"]),
    "bands": lambda study: groups.bands(study, scales.scaled_pasi(study, "absolute")),
}


def main() -> None:
    options = chosen()
    if options.alone:
        print(json.dumps(costs(options.patients[0])))
        return
    found = {patients: in_a_process(patients) for patients in options.patients}
    print("18 visits per patient; CPU time on one core, seconds; memory: peak of the process\n")
    print(f"| | {' | '.join(f'{patients:,} patients' for patients in found)} |")
    print(f"|---|{'---|' * len(found)}")
    for name in next(iter(found.values())):
        print(f"| {name} | {' | '.join(f'{cost[name]:,.2f}' for cost in found.values())} |")


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=[1000, 3000, 10000])
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def in_a_process(patients: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--alone", "--patients", str(patients)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def costs(patients: int) -> dict[str, float]:
    """Seconds of each derivation and of all, and MB before and after them."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with TemporaryDirectory() as folder:
        study = open_study(cohort.write(Path(folder), patients, subsets=1))
    before = peak_megabytes()
    seconds = {name: timed(derive, study) for name, derive in DERIVATIONS.items()}
    memory = {"memory once the study is read (MB)": before, "memory after all (MB)": peak_megabytes()}
    return {**seconds, "all of these": sum(seconds.values()), **memory}


def timed(derive: Callable[[Study], object], study: Study) -> float:
    start = time.process_time()
    derive(study)
    return time.process_time() - start


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
