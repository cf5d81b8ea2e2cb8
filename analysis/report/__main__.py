"""`python -m analysis.report STUDY --out DIR`: the numbers of the page as tidy CSV, and every rule in a README.txt."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from analysis.correlation.pairing import PAIR_PHASES, TOLERANCE_WEEKS
from analysis.correlation.serial import DEFAULT, SERIAL
from analysis.correlation.statistics import STATISTICS
from analysis.filters import Window
from analysis.outcomes import focused, named, outcome_of
from analysis.phase_visits import BASELINES
from analysis.phases import CLOCKS, off_clock, study_clocks, study_phases
from analysis.report.options import ReportOptions
from analysis.report.tables import TABLES
from analysis.report.text import readme
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.rates import INTERVALS
from analysis.response.rule_kinds import begins
from analysis.response.rules import RELAPSES, RESPONSES, response_rule, rules_of
from analysis.samples import samples
from analysis.scales import IMMUNE_SCALES, PASI_SCALES, study_scores
from data.catalog import open_study
from data.csv_export import csv_text
from data.deadline import LateError
from data.problems import StudyError
from data.study import OUTCOMES, Study


class AskedError(Exception):
    """What was asked for cannot be given; the text is a sentence for the person who asked."""


def main(arguments: Sequence[str]) -> int:
    """Write the report that the command line asks for. Exit status 0, or 2 after sentences on what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        study = _on_outcome(open_study(options.study), options.outcome)
        written = write(study, asked(study, options), Path(options.out))
    except (StudyError, AskedError, LateError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"The report cannot be written to '{options.out}': {error.strerror or error}.\n")
        return 2
    sys.stdout.writelines(f"{path}\n" for path in written)
    return 0


def write(study: Study, choices: ReportOptions, folder: Path) -> list[Path]:
    """Write the tables of `TABLES` and README.txt into `folder`, made if needed; their paths."""
    texts = {f"{name}.csv": csv_text(named(study, table(study, choices))) for name, table in TABLES.items()}
    texts["README.txt"] = readme(study, choices)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]


def asked(study: Study, options: argparse.Namespace) -> ReportOptions:
    """What the options ask of this study; AskedError with a sentence where it has no such thing."""
    responses, relapses = _rules(study, options.rule)
    return ReportOptions(
        responses or None,
        relapses or None,
        _known("imputation", options.imputation, IMPUTATIONS) or None,
        _known("phase of this study", options.phase, study_phases(study)) or None,
        _one("baseline", options.baseline, BASELINES),
        _one("policy", options.policy, POLICIES),
        _one("interval", options.interval, INTERVALS),
        _clock(study, options.clock),
        _window(options.from_week, options.to_week),
        _known("statistic", options.statistic, STATISTICS) or None,
        _known("subset of this study", options.subset, samples(study).subsets) or None,
        _lags(options.lag),
        _weeks("tolerance", options.tolerance, low=0.0),
        _one("scale of the outcome", options.pasi_scale, PASI_SCALES),
        _one("immune scale", options.immune_scale, IMMUNE_SCALES),
        _one("choice of what lies in the phase", options.pair_phase, PAIR_PHASES),
        _one("way to p", options.p, SERIAL),
    )


def _on_outcome(study: Study, key: str | None) -> Study:
    """The study focused on the outcome asked for, or on the one that the page shows first."""
    known = study_scores(study)
    return focused(study, next(iter(known)) if key is None else _one("outcome of this study", key, known))


def _rules(study: Study, keys: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The response and the relapse rules among the keys asked for."""
    known, outcome = rules_of(study), outcome_of(study)
    responses, relapses = [], []
    for key in _split(keys):
        if key in known.relapses:
            relapses.append(key)
            continue
        try:
            responses.append(response_rule(key, outcome).key)
        except KeyError:
            keys = ", ".join([*known.responses, *known.relapses])
            percent = f"{begins(outcome)}80 or " if outcome.relative else ""
            own = f"an own cut-off such as {percent}at_{'least' if outcome.better == 'higher' else 'most'}_4"
            raise AskedError(f"There is no rule '{key}'. There are {keys}, or {own}.") from None
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


def _lags(words: Sequence[str]) -> tuple[float, ...]:
    """The lags asked for, each once; 0 without any."""
    try:
        lags = [float(word) for word in _split(words)] or [0.0]
    except ValueError as error:
        raise AskedError(f"A lag is a number of weeks, such as -4 or 2; {error}.") from None
    return tuple(dict.fromkeys(_weeks("lag", lag) for lag in lags))


def _weeks(noun: str, weeks: float, low: float = -math.inf) -> float:
    if not math.isfinite(weeks) or weeks < low:
        raise AskedError(f"{weeks:g} weeks is no {noun}: it is a number{' of 0 or more' if low == 0 else ''}.")
    return weeks


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis.report", description="Write what the page shows as tidy CSV files.", allow_abbrev=False
    )
    parser.add_argument("study", metavar="STUDY", help="a folder, a CSV file, a workbook or a study.toml")
    scores = f"the score that everything is told of: {', '.join(OUTCOMES)}, or one of the study's own"
    parser.add_argument("--outcome", metavar="KEY", help=scores)
    parser.add_argument("--out", metavar="DIR", required=True, help="where the files go")
    several = {
        "--rule": f"of PASI {', '.join([*RESPONSES, *RELAPSES])}, PASI80, at_most_4, ...",
        "--imputation": ", ".join(IMPUTATIONS),
        "--phase": "before, after, restart, all (correlations.csv always has all)",
        "--statistic": ", ".join(STATISTICS),
        "--subset": "an immune subset of the study",
        "--lag": "weeks from sample to visit, such as 4, or --lag=-4",
    }
    for name, known in several.items():
        parser.add_argument(name, action="append", default=[], metavar="KEY", help=f"{known}; again for more")
    weeks = "largest gap in weeks between a sample and its visit"
    parser.add_argument("--tolerance", type=float, default=TOLERANCE_WEEKS, metavar="WEEKS", help=weeks)
    parser.add_argument("--pasi-scale", default="absolute", metavar="KEY", help=f"in pairs: {', '.join(PASI_SCALES)}")
    parser.add_argument("--immune-scale", default="raw", metavar="KEY", help=f"in pairs: {', '.join(IMMUNE_SCALES)}")
    in_phase = f"what of a pair lies in the phase: {' or '.join(PAIR_PHASES)}"
    parser.add_argument("--pair-phase", default="both", metavar="KEY", help=in_phase)
    by = f"what p stands on where visits are serial: {', '.join(SERIAL)}"
    parser.add_argument("--p", default=DEFAULT, metavar="KEY", help=by)
    parser.add_argument("--baseline", default="phase", metavar="KEY", help=f"{' or '.join(BASELINES)}")
    parser.add_argument("--policy", default="treatment_policy", metavar="KEY", help=f"{' or '.join(POLICIES)}")
    parser.add_argument("--interval", default="wilson", metavar="KEY", help=f"{' or '.join(INTERVALS)}")
    parser.add_argument("--clock", metavar="KEY", help=f"{', '.join(CLOCKS)}; weeks are told on it")
    parser.add_argument("--from-week", type=float, metavar="WEEK", help="first week of the window, on the clock")
    parser.add_argument("--to-week", type=float, metavar="WEEK", help="last week of the window, on the clock")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
