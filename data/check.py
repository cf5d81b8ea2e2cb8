"""`python -m data.check PATH… [--json]`: is this a study? Exit status 0 yes, 1 yes with warnings or notes, 2 no."""

from __future__ import annotations

import argparse
import json
import sys

from data.files import take_in
from data.row_report import as_json, as_text
from data.study import SCORES, Study


def main(arguments: list[str]) -> int:
    """Print the report on the study in the files given, and return the exit status."""
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as stop:
        return 2 if stop.code else 0
    taken = take_in(asked.paths)
    report, study = taken.report, taken.study
    if asked.json:
        known = json.loads(as_json(report)) | {"study": summary(study) if study else None}
        sys.stdout.write(json.dumps(known, ensure_ascii=False, indent=2) + "\n")
    elif study is None:
        sys.stderr.write(f"{as_text(report)}\n")
    else:
        sys.stdout.write(f"{summary(study)}\n{as_text(report)}\n")
    if study is None:
        return 2
    return 1 if report.warnings or report.notes else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data.check", description=__doc__)
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a folder, a zip, tables, workbooks, a study.toml")
    parser.add_argument("--json", action="store_true", help="the same report for machines")
    return parser


def summary(study: Study) -> str:
    """One line: the title and how much there is of everything."""
    counts = (
        _several(len(study.patients), "patient"),
        _scored(study),
        f"{study.immune_subsets['value'].notna().sum():,} values of {len(study.subset_definitions)} immune subsets",
        _several(len(study.treatments), "treatment"),
        _several(len(study.events), "event"),
    )
    below = int(study.immune_subsets["below_limit"].notna().sum())
    limited = f", {_several(below, 'value')} below the limit of detection" if below else ""
    return f"{study.title}: {', '.join(counts)}{limited}."


def _scored(study: Study) -> str:
    """The values of PASI; where there is none, of the other scores."""
    known = study.pasi.notna().sum()
    if study.has_pasi:
        return f"{known['pasi']:,} PASI values ({len(study.pasi) - known['pasi']:,} missing)"
    others = [f"{known[score]:,} of {score_name}" for score, score_name in SCORES.items() if known.get(score)]
    return "no PASI value" + (f" (values of other scores: {', '.join(others)})" if others else "")


def counts(study: Study) -> dict[str, int]:
    """How many patients, visits, samples, courses and events a study has."""
    sampled = study.immune_subsets[["patient_id", "week"]].drop_duplicates()
    return {
        "patients": len(study.patients),
        "visits": len(study.pasi),
        "samples": len(sampled),
        "courses": len(study.treatments),
        "events": len(study.events),
    }


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
