"""Files in the shape of the third-party ones, with numbers of our own, for where those are not: what must hold of the real ones holds of
these too. `known` is what is known of either, counted here in plain loops."""

import json
from csv import writer
from itertools import product
from math import exp

import numpy as np
from openpyxl import Workbook

REDCAP = "redcap/repeating_instruments_two_records.csv"
VISSIG = "vissig_sustained/WWW_SustainedResponse.csv"
UVB = "uvb_newcastle/data_matlab.xlsx"
ARMS = ("ACTIVE TREATMENT DOSE 01", "ACTIVE TREATMENT DOSE 02", "COMPARATOR")
VISITS = ("BASELINE", "WEEK01", "WEEK04", "WEEK08", "WEEK16", "WEEK24", "WEEK32", "WEEK40", "WEEK52")
COUNTIES = {1: "Nowhere", 2: "Elsewhere"}
RULES = {"PASI50": 50, "PASI75": 75, "PASI90": 90, "PASI100": 100}
LAST_WEEKS = (10, 10, 10, 9, 8, 8, 8, 8, 7, 7, 6, 6)
"""Of each patient under UVB: from week 9 on, less than half have a visit."""
REAL = {
    "vissig": {"patients": 900, "arm": 300, "values": 8007, "missing": 93},
    "uvb": {
        "patients": 96, "values": 863, "missing": 8, "doses": 2346, "without_doses": ["1", "23"],
        "last": {"PASI75": 78, "PASI90": 39}, "median": 1.0, "rows_at_9": 32, "no_row_at_7": 15, "week_against_pasi": [-0.778327, 766],
    },
}  # fmt: skip
"""Of the third-party files."""


def write(folder):
    """Writes all of them into a folder, and what is known of them."""
    for name in (REDCAP, VISSIG, UVB):
        (folder / name).parent.mkdir(parents=True)
    (folder / REDCAP).write_text(redcap(), encoding="utf-8")
    trial = list(trial_rows())
    with (folder / VISSIG).open("w", newline="", encoding="utf-8") as file:
        writer(file).writerows(
            [("USUBJID", "TRT", *VISITS), *(tuple("" if one is None else one for one in row) for row in trial)]
        )
    (folder / VISSIG).with_name("reference_response_rates.json").write_text(json.dumps({"arms": trial_rates(trial)}))
    courses = [course(number, last) for number, last in enumerate(LAST_WEEKS, start=1)]
    uvb_book(courses).save(folder / UVB)
    (folder / UVB).with_name("reference_values.json").write_text(json.dumps({"observed_cases": weekly_rates(courses)}))
    cells = [one for row in trial for one in row[2:]]
    about = {"patients": 60, "arm": 20, "values": len(cells) - cells.count(None), "missing": cells.count(None)}
    (folder / "known.json").write_text(json.dumps({"vissig": about, "uvb": uvb_known(courses)}))


def known(folder):
    """What is known of the files in a folder: its own, or that of the third-party ones."""
    own = folder / "known.json"
    return json.loads(own.read_text()) if own.exists() else REAL


def redcap():
    """An export of two records with three visits each, at which four laboratory values and three drugs are told."""
    head = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,birth_date,county,demographics_complete,visit_date,"
    lines = [f"{head}provider_npi,visit_complete,lab,conc,laboratory_complete,med,dose,medication_complete"]
    for record, visit in product((1, 2), (1, 2, 3)):
        event = f"{record},visit_{visit}_arm_1"
        about = f"199{record}-03-0{record},{COUNTIES[record]},2" if visit == 1 else ",,"
        lines.append(f"{event},,,{about},2011-0{record}-0{visit},7{record}{visit},2,,,,,,")
        labs = [f"{name},{record}{visit}.{at}" for at, name in enumerate(("RBC", "WBCs", "Hgb", "Hct"))]
        lines += [f"{event},laboratory,{at},,,,,,,{lab},2,,," for at, lab in enumerate(labs, start=1)]
        drugs = [f"{name},{10 * record + visit}.5" for name in ("Ramipril", "Folic acid", "Insulin")]
        lines += [f"{event},medication,{at},,,,,,,,,,{drug},1" for at, drug in enumerate(drugs, start=1)]
    return "\n".join(lines) + "\n"


def trial_rows():
    """Patient, arm, PASI at each visit (None: missed). Two arms respond at week 4, the third at week 8; some miss a visit, some leave."""
    for number in range(60):
        arm, base, first = number // 20, 15 + number % 7 + 0.3 * (number % 3), 2 if number < 40 else 3
        shares = [1, *[0.7] * (first - 1), *[0.2, 0.08, 0.04, 0.0, 0.02 * (number % 4), 0.0, 0.0]][: len(VISITS)]
        scores = [round(base * share, 1) for share in shares]
        if number % 7 == 3:
            scores[1 + number % 8] = None
        if number % 11 == 5:
            scores[6:] = [None] * 3
        yield (f"SUBJECT {number + 1:03}", ARMS[arm], *scores)


def trial_rates(rows):
    """arm -> visit -> rule -> how missed visits count -> n, N, percent."""
    found = {}
    for arm, (at, visit), (rule, percent) in product(ARMS, enumerate(VISITS), RULES.items()):
        mine = [row[2:] for row in rows if row[1] == arm]
        seen = [(row[0], row[at]) for row in mine if row[at] is not None]
        carried = [(row[0], [one for one in row[: at + 1] if one is not None][-1]) for row in mine]
        cells = {
            "OC": share(seen, percent, len(seen)),
            "NRI": share(seen, percent, len(mine)),
            "LOCF": share(carried, percent, len(mine)),
        }
        found.setdefault(arm, {}).setdefault(visit, {})[rule] = cells
    return found


def share(pairs, percent, of):
    n = sum(improved(base, value, percent) for base, value in pairs)
    return {"n": n, "N": of, "pct": 100 * n / of if of else None}


def improved(base, value, percent):
    return 100 * (base - value) - percent * base >= -1e-9


def course(number, last):
    """PASI at weeks 0 to 12 (None: none), and doses of up to 30 sessions, three a week."""
    base, rate = 5 + number, 0.15 + 0.05 * (number % 5)
    scores = [round(base * exp(-rate * week), 1) if week <= last else None for week in range(13)]
    if number == 3:
        scores[2] = None
    doses = [] if number in {1, 5} else [round(0.3 + 0.05 * session, 2) for session in range(3 * last)]
    return scores, [None if session % 8 == 7 else dose for session, dose in enumerate(doses)]


def uvb_book(courses):
    """A workbook whose sheet Data has a patient a row."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Data"
    weeks = ["PASI_PRE_TREATMENT", *(f"PASI_END_WEEK_{week}" for week in range(1, 13))]
    sheet.append(["ID", *weeks, "PASI_END_TREATMENT", *(f"UVB_DOSE_{session}" for session in range(1, 37))])
    for number, (scores, doses) in enumerate(courses, start=1):
        sheet.append([number, *scores, observed(scores)[-1], *doses])
    return book


def observed(scores):
    return [one for one in scores if one is not None]


def weekly_rates(courses):
    """visit -> rule -> n and N of those who were seen."""
    found = {}
    for week, (rule, percent) in product(range(1, 13), RULES.items()):
        seen = [(scores[0], scores[week]) for scores, _ in courses if scores[week] is not None]
        found.setdefault(f"PASI_END_WEEK_{week}", {})[rule] = share(seen, percent, len(seen))
    return found


def uvb_known(courses):
    scores = [one for one, _ in courses]
    lasts = [observed(one)[-1] for one in scores]
    pairs = [(at, week, value) for at, one in enumerate(scores) for week, value in enumerate(one) if value is not None]
    return {
        "patients": len(courses),
        "values": len(pairs),
        "missing": sum(one[: last + 1].count(None) for one, last in zip(scores, LAST_WEEKS, strict=True)),
        "doses": sum(len(observed(doses)) for _, doses in courses),
        "without_doses": [str(number) for number, (_, doses) in enumerate(courses, start=1) if not doses],
        "last": {
            rule: sum(improved(one[0], last, RULES[rule]) for one, last in zip(scores, lasts, strict=True))
            for rule in ("PASI75", "PASI90")
        },
        "median": float(np.median(lasts)),
        "rows_at_9": sum(last >= 9 for last in LAST_WEEKS),
        "no_row_at_7": sum(last < 7 for last in LAST_WEEKS),
        "week_against_pasi": within(pairs),
    }


def within(pairs):
    """r of what is left of weeks and values after each patient's own mean, and its df."""
    patient, week, value = map(np.array, zip(*pairs, strict=True))
    for numbers in (week := week.astype(float), value):
        for one in set(patient.tolist()):
            numbers[patient == one] -= numbers[patient == one].mean()
    r = (week @ value) / np.sqrt((week @ week) * (value @ value))
    return [round(float(r), 6), len(pairs) - len(set(patient.tolist())) - 1]
