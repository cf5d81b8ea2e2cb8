"""`python -m data.check PATH`: is this a study? Exit status 0 yes, 1 yes with notes, 2 no."""

from __future__ import annotations

import sys

from data.catalog import open_study
from data.problems import StudyError
from data.study import Study


def main(arguments: list[str]) -> int:
    """Print the report on the study at the path given, and return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m data.check PATH\n")
        return 2
    try:
        study = open_study(arguments[0])
    except StudyError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{summary(study)}\n")
    sys.stdout.writelines(f"  note: {note}\n" for note in study.notes)
    return 1 if study.notes else 0


def summary(study: Study) -> str:
    """One line: the title and how much there is of everything."""
    pasi = study.pasi["pasi"]
    counts = (
        f"{len(study.patients):,} patients",
        f"{pasi.notna().sum():,} PASI values ({pasi.isna().sum():,} missing)",
        f"{study.immune_subsets['value'].notna().sum():,} values of {len(study.subset_definitions)} immune subsets",
        f"{len(study.treatments):,} treatments",
        f"{len(study.events):,} events",
    )
    return f"{study.title}: {', '.join(counts)}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
