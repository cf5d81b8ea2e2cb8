"""What the server computes for each change of the query, as CPU time of one core, and how it grows with the study: of
changes that nobody asked of the worker before, answered and encoded. Asserts nothing."""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import cohort
from analysis.phases import study_clocks
from analysis.query import default
from callbacks.draw import redraw
from callbacks.json_routes import encoded
from components.layout import body
from data.catalog import open_study
from data.study import Study
from data.uploading.remembered import forget_answers

FEW = 3
"""Up to so many patients the study is the bundled one."""
SUBSETS, TIMES = 40, 5
GOALS = {3: 20, 1000: 40}
CHANGES: Mapping[str, Callable[[Study, int], dict[str, Any]]] = {
    "another window of weeks": lambda _, turn: {"to_week": 78.0 - turn},
    "another subset": lambda study, turn: {"subset": _subset(study, turn), "subsets": [_subset(study, turn)]},
    "another response": lambda _, turn: {"response": "own_percent", "cutoff": 80 + turn},
    "another tolerance": lambda _, turn: {"tolerance": 1.5 + turn / 2},
    "another clock": lambda study, _: {"clock": study_clocks(study)[-1]},
}


def main() -> None:
    options = chosen()
    if options.alone:
        print(json.dumps(costs(options.patients[0])))
        return
    found = {patients: in_a_process(patients) for patients in options.patients}
    print(f"CPU ms of a change (median of {TIMES}, of a clock one), and kB of its answer before compression;")
    print(f"{SUBSETS} subsets; load {os.getloadavg()[0]:.1f}; goals: {GOALS[FEW]} ms at {FEW}, {GOALS[1000]} at 1,000")
    print(f"\n| | {' | '.join(f'{patients:,} patients' for patients in found)} |")
    print(f"|---|{'---|' * len(found)}")
    for name in next(iter(found.values())):
        print(f"| {name} | {' | '.join(cost[name] for cost in found.values())} |")


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=[3, 100, 1000, 5000, 10_000])
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def in_a_process(patients: int) -> dict[str, str]:
    command = [sys.executable, __file__, "--alone", "--patients", str(patients)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def costs(patients: int) -> dict[str, str]:
    """What each change takes, and the memory after all (MB, peak)."""
    with TemporaryDirectory() as folder:
        made = None if patients <= FEW else cohort.write(Path(folder), patients, SUBSETS)
        study = open_study(made) if made else open_study()
    found = {name: _cost(study, change) for name, change in CHANGES.items()}
    return found | {"memory, MB": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f}"}


def _cost(study: Study, change: Callable[[Study, int], dict[str, Any]]) -> str:
    start, ms, kilobytes = _opened(study), [], 0.0
    wanted = [start | change(study, turn) for turn in range(TIMES)]
    for query in wanted[: 1 if wanted[0] in wanted[1:] else TIMES]:
        begun = time.process_time()
        answer = encoded(redraw(study, query, start))
        ms.append(1000 * (time.process_time() - begun))
        kilobytes = len(answer) / 1000
    return f"{median(ms):,.0f} ({kilobytes:,.0f} kB)"


def _opened(study: Study) -> dict[str, Any]:
    """The query of a page that has just come, in a worker that remembers nothing else."""
    forget_answers()
    body(study, {})
    start = asdict(default(study))
    opened = start | {"panel": "correlation"} if study.has_pasi else start
    redraw(study, opened | {"to_week": 90.0}, start)
    redraw(study, opened, start)
    return opened


def _subset(study: Study, turn: int) -> str:
    names = study.subset_definitions["subset"].astype(str).tolist()
    return names[(turn + 2) % len(names)]


if __name__ == "__main__":
    main()
