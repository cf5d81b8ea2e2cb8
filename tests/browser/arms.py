"""A study whose patients have awkward names and different fates, as a folder on disk."""

import csv
from pathlib import Path

RESTARTED = ("<b>B</b> & co", "50 %, a~b|c")
NEVER_RESTARTED = 'Åsa "Ø" #1'
NEVER_TREATED = "control+x=1"
PATIENTS = (*RESTARTED, NEVER_RESTARTED, NEVER_TREATED)
TITLE = "Arms <i>with & without</i> treatment"
WEEKS = (-2, 0, 2, 6, 12, 20, 30, 44)


def write(folder: Path) -> Path:
    """Eight PASI visits and eight samples of one subset each; one visit missed; week 9 or 16 of a restart."""
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(f"title = '{TITLE}'\n", encoding="utf-8")
    groups = ["treated", "treated", "treated", "control"]
    table(folder / "patients.csv", "patient_id group", zip(PATIENTS, groups, strict=True))
    table(folder / "pasi.csv", "patient_id week pasi", pasi())
    table(folder / "immune_subsets.csv", "patient_id week treg", treg())
    header = "patient_id treatment kind start_week end_week dose dose_unit note"
    table(folder / "treatments.csv", header, courses())
    return folder


def pasi():
    for number, patient in enumerate(PATIENTS):
        for visit, week in enumerate(WEEKS):
            missed = patient == NEVER_RESTARTED and week == 12
            yield patient, week, "" if missed else 32 - 6 * number - 2 * visit


def treg():
    for number, patient in enumerate(PATIENTS):
        for visit, week in enumerate(WEEKS):
            yield patient, week, 3 + number + 0.5 * visit + 0.2 * (visit % 3)


def courses():
    for patient in PATIENTS[:3]:
        yield patient, "UC-MSC", "cell_therapy", 0, 0, 2.5, "1e6 cells/kg", ""
    yield RESTARTED[0], "drug <u>A</u>, new", "biologic", 9, "", 40, "mg", ""
    yield RESTARTED[1], "a|b~c,d %", "biologic", 16, 40, 40, "mg", ""
    yield NEVER_TREATED, "emollient", "topical", -10, 40, "", "", ""


def table(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header.split(), *rows])
