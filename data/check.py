"""`python -m data.check PATH… [--json] [--tables DIR]`: is this a study?

Exit status 0: yes. 1: yes, with warnings, notes or questions; or not yet, and an answer to the questions would open it.
2: no. --tables writes the study that was read into a folder, in Reprise's own format.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from data.files import Intake, take_in
from data.intake.review.open_questions import as_sentences, open_questions
from data.own_format.write_tables import as_files
from data.row_report import as_json, as_text
from data.study import Study

YES, ASKED, NO = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Print the report on the study in the files given, and return the exit status."""
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as stop:
        return NO if stop.code else YES
    taken = take_in(asked.paths)
    (_tell_json if asked.json else _tell)(taken)
    if taken.study and asked.tables and not _write(taken.study, Path(asked.tables)):
        return NO
    return status(taken)


def status(taken: Intake) -> int:
    """The exit status for what became of some files."""
    if taken.study is None:
        return ASKED if taken.answerable and open_questions(taken.proposal) else NO
    report = taken.report
    return ASKED if report.warnings or report.notes or open_questions(taken.proposal) else YES


def _tell_json(taken: Intake) -> None:
    about = {"study": summary(taken.study) if taken.study else None, "questions": open_questions(taken.proposal)}
    sys.stdout.write(json.dumps(json.loads(as_json(taken.report)) | about, ensure_ascii=False, indent=2) + "\n")


def _tell(taken: Intake) -> None:
    lines = [summary(taken.study)] if taken.study else []
    lines += [as_text(taken.report), as_sentences(open_questions(taken.proposal))]
    (sys.stdout if taken.study else sys.stderr).write("\n".join(filter(None, lines)) + "\n")


def _write(study: Study, folder: Path) -> bool:
    """Write the study's files into a folder that is new or empty; otherwise, or where there is no room, say so."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(None, "it holds other files")
        for name, parts in as_files(study).items():
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                file.writelines(parts)
    except OSError as error:
        sys.stderr.write(f"The study could not be written to '{folder}': {error.strerror}. Name an empty folder.\n")
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(prog="python -m data.check", description=about, epilog=more)
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a folder, a zip, tables, workbooks, a study.toml")
    parser.add_argument("--json", action="store_true", help="the same report for machines, with what is to be asked")
    parser.add_argument("--tables", metavar="DIR", help="write the study into this folder, in Reprise's own format")
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
    others = [f"{known[score]:,} of {score_name}" for score, score_name in study.scores.items() if known.get(score)]
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
