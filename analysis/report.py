"""`python -m analysis.report STUDY --out DIR`: the numbers of the page as tidy CSV files, and a README with every rule."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.imputation import IMPUTATIONS, POLICIES
from analysis.narrow import Window
from analysis.phase_visits import BASELINES
from analysis.phases import CLOCKS, PHASES, off_clock, on_clock, study_clocks
from analysis.rates import INTERVALS, Choices, rates
from analysis.rebound import rebounds
from analysis.relapse import relapses
from analysis.report_text import readme, spelled
from analysis.rules import REBOUNDS, RELAPSES, RESPONSES, response_rule
from analysis.summary import summaries
from data.catalog import open_study
from data.problems import StudyError
from data.study import Study

DEFAULT_RESPONSE = "PASI50"
DEFAULT_RELAPSE = "NPF"


class AskedError(Exception):
    """What was asked for cannot be given; the text is a sentence for the person who asked."""


@dataclass(frozen=True)
class Asked:
    """What a report holds; keys of the registries, empty: all of them."""

    responses: tuple[str, ...] = ()
    relapses: tuple[str, ...] = ()
    imputations: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    baseline: str = "phase"
    policy: str = "treatment_policy"
    interval: str = "wilson"
    clock: str = "index"
    window: Window | None = None


def main(arguments: Sequence[str]) -> int:
    """Write the report that the command line asks for; exit status 0, or 2 after a sentence on what is wrong."""
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        study = open_study(options.study)
        written = write(study, asked(study, options), Path(options.out))
    except (StudyError, AskedError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"The report cannot be written to '{options.out}': {error.strerror or error}.\n")
        return 2
    sys.stdout.writelines(f"{path}\n" for path in written)
    return 0


def write(study: Study, asked_for: Asked, folder: Path) -> list[Path]:
    """Write the files of `tables` and README.txt into `folder`, which is made if needed; their paths."""
    texts = {f"{name}.csv": csv_text(table) for name, table in tables(study, asked_for).items()}
    texts["README.txt"] = readme(study, asked_for)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]


def tables(study: Study, asked_for: Asked) -> dict[str, pd.DataFrame]:
    """The tables of the report: responses (see `rates.rates`), patients (`summary.summaries` under the first response
    and relapse asked for, and both rebounds) and relapses (patient_id, phase, rule, threshold, week, state)."""
    return {name: table(study, asked_for) for name, table in TABLES.items()}
