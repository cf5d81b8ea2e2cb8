"""`python -m analysis.report STUDY --out DIR`: the numbers of the page as tidy CSV, and every rule in a README.txt."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from analysis.imputation import IMPUTATIONS, POLICIES
from analysis.narrow import Window
from analysis.phase_visits import BASELINES
from analysis.phases import CLOCKS, off_clock, study_clocks, study_phases
from analysis.rates import INTERVALS
from analysis.report_tables import TABLES, Asked
from analysis.report_text import readme
from analysis.rules import RELAPSES, RESPONSES, response_rule
from data.catalog import open_study
from data.exports import csv_text
from data.problems import StudyError
from data.study import Study


class AskedError(Exception):
    """What was asked for cannot be given; the text is a sentence for the person who asked."""


def main(arguments: Sequence[str]) -> int:
    """Write the report that the command line asks for. Exit status 0, or 2 after sentences on what is wrong."""
    options = _parser().parse_args(arguments)
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


def write(study: Study, choices: Asked, folder: Path) -> list[Path]:
    """Write responses.csv, patients.csv, relapses.csv and README.txt into `folder`, made if needed; their paths."""
    texts = {f"{name}.csv": csv_text(table(study, choices)) for name, table in TABLES.items()}
    texts["README.txt"] = readme(study, choices)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]


def asked(study: Study, options: argparse.Namespace) -> Asked:
    """What the options ask of this study; AskedError with a sentence where it has no such thing."""
    responses, relapses = _rules(options.rule)
    return Asked(
        responses or None,
        relapses or None,
        _known("imputation", options.imputation, IMPUTATIONS) or None,
        _known("phase of this study", options.phase, study_phases(study)) or None,
        _one("baseline", options.baseline, BASELINES),
        _one("policy", options.policy, POLICIES),
        _one("interval", options.interval, INTERVALS),
        _clock(study, options.clock),
        _window(options.from_week, options.to_week),
    )


def _rules(keys: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The response and the relapse rules among the keys asked for."""
    responses, relapses = [], []
    for key in _split(keys):
        if key in RELAPSES:
            relapses.append(key)
            continue
        try:
            responses.append(response_rule(key).key)
        except KeyError:
            known = ", ".join([*RESPONSES, *RELAPSES])
            own = "an own cut-off such as PASI80 or at_most_4"
            raise AskedError(f"There is no rule '{key}'. There are {known}, or {own}.") from None
    return tuple(dict.fromkeys(responses)), tuple(dict.fromkeys(relapses))


def _known(noun: str, keys: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    return tuple(_one(noun, key, known) for key in _split(keys))


def _one(noun: str, key: str, known: Collection[str]) -> str:
    if key not in known:
        raise AskedError(f"There is no {noun} '{key}'. There are {', '.join(known)}.")
    return key


def _split(keys: Sequence[str]) -> tuple[str, ...]:
    """The keys, also those given in one word with commas, each once."""
    words = (word.strip() for key in keys for word in key.split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _clock(study: Study, key: str | None) -> str:
    """The clock asked for, or the one that the page shows first."""
    clock = study_clocks(study)[0] if key is None else _one("clock", key, CLOCKS)
    if len(off_clock(study, clock)) == len(study.patients):
        known = ", ".join(study_clocks(study))
        raise AskedError(f"No patient of this study has a week 0 on the clock '{clock}'. Its clocks are {known}.")
    return clock


def _window(low: float | None, high: float | None) -> Window | None:
    if low is None and high is None:
        return None
    given = [week for week in (low, high) if week is not None]
    if not all(map(math.isfinite, given)) or given != sorted(given):
        named = " to ".join(f"{week:g}" for week in given)
        raise AskedError(f"Week {named} is no window: weeks are numbers, the first not after the last.")
    return (-math.inf if low is None else low, math.inf if high is None else high)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis.report", description="Write what the page shows as tidy CSV files.", allow_abbrev=False
    )
    parser.add_argument("study", metavar="STUDY", help="a folder, a CSV file, a workbook or a study.toml")
    parser.add_argument("--out", metavar="DIR", required=True, help="where the files go")
    several = {
        "--rule": f"{', '.join([*RESPONSES, *RELAPSES])}, PASI80, at_most_4, ...",
        "--imputation": ", ".join(IMPUTATIONS),
        "--phase": "before, after, restart, all",
    }
    for name, known in several.items():
        parser.add_argument(name, action="append", default=[], metavar="KEY", help=f"{known}; again for more")
    parser.add_argument("--baseline", default="phase", metavar="KEY", help=f"{' or '.join(BASELINES)}")
    parser.add_argument("--policy", default="treatment_policy", metavar="KEY", help=f"{' or '.join(POLICIES)}")
    parser.add_argument("--interval", default="wilson", metavar="KEY", help=f"{' or '.join(INTERVALS)}")
    parser.add_argument("--clock", metavar="KEY", help=f"{', '.join(CLOCKS)}; weeks are told on it")
    parser.add_argument("--from-week", type=float, metavar="WEEK", help="first week of the window, on the clock")
    parser.add_argument("--to-week", type=float, metavar="WEEK", help="last week of the window, on the clock")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
