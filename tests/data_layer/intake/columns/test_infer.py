"""What a clinic's columns are taken for: by the best of their headers, in six languages; and when to ask instead."""

import pandas as pd
import pytest

from data.files import proposed, take_in
from data.intake.columns.infer import inferred
from data.intake.columns.vocabulary import word
from data.intake.columns.wide_headers import grid_of, said_by
from data.intake.review.edits import edits_of
from data_layer.clinic_files import save_book

ROWS = "A1;{};{}\nA1;{};{}\n"


@pytest.fixture
def read(tmp_path):
    def write(name="visits.csv", **files):
        for file, text in files.items():
            (tmp_path / (name if file == "text" else f"{file}.csv")).write_text(text, encoding="utf-8")
        return take_in(sorted(tmp_path.iterdir()))

    return write


@pytest.fixture
def asked(tmp_path):
    """What a proposal for one table asks."""

    def write(text, name="visits.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert take_in([tmp_path / name]).study is None
        return " ".join(proposed([tmp_path / name]).unclear)

    return write


def values(table, *columns):
    return table[list(columns)].to_numpy().tolist()


def roles(**columns):
    return {guess.column: guess.role for guess in inferred(pd.DataFrame(columns)) if guess.role}


@pytest.mark.parametrize(
    "head",
    [
        "Patienten-Nr.;Woche;PASI gesamt", "Numéro patient;Semaine;Score PASI", "Nº paciente;Semana;PASI total",
        "Paziente;Settimana;PASI (0–72)", "Proefpersoon;Weken;PASI-score", "Pt ID;Time (weeks);PASI /72",
        "Unique ID;Follow-up (weeks);aPASI", "Screening No;Weeks from baseline;Psoriasis Area and Severity Index (PASI)",
        "SUBJID;visit_week;PASITOT",
    ],
)  # fmt: skip
def test_headers_of_six_languages(read, head):
    study = read(text=f"{head}\nA1;0;20,5\nA1;4;10,1\nB2;0;9,9\n").study
    assert values(study.pasi, "patient_id", "week", "pasi") == [["A1", 0, 20.5], ["A1", 4, 10.1], ["B2", 0, 9.9]]


@pytest.mark.parametrize(
    "header", ["Besuchsdatum", "Date de visite", "Fecha", "Data visita", "VISDAT", "Datum", "Visite am", "Seen on"]
)
def test_headers_of_dates(read, header):
    study = read(text=f"Patient;{header};PASI\nA1;04.01.2021;20\nA1;01.02.2021;10\nA1;20.02.2021;9\n").study
    assert study.pasi["week"].tolist()[:2] == [0, 4]


def test_persons_and_courses_in_other_languages():
    people = {"Patient": ["a", "b"], "Geschlecht": ["w", "m"], "Alter (Jahre)": [30, 40], "Gruppe": ["x", "y"]}
    assert list(roles(**people).values()) == ["patient_id", "sex", "age", "group"]
    drugs = {
        "Paciente": ["a"],
        "Medicamento": ["x y"],
        "Inicio": ["2021-01-04"],
        "Fin": ["2021-02-04"],
        "Dosis (mg)": [40],
    }
    assert list(roles(**drugs).values()) == ["patient_id", "treatment", "start", "end", "dose"]


@pytest.mark.parametrize(
    "header", ["PASI 75", "PASI90", "PASI 50", "pasi_100", "PASI change", "PASI baseline", "IGA 0/1", "BSA (m²)"]
)
def test_responses_and_changes_are_no_scores(header):
    assert roles(Patient=["a", "a"], Week=[0, 4], **{header: [0, 1]}) == {"Patient": "patient_id", "Week": "week"}


def test_a_score_is_read_beside_its_responses(read):
    taken = read(text="Patient,Study week,PASI 75,PASI 90,PASI\nA,0,0,0,20\nA,12,1,1,2\n")
    assert values(taken.study.pasi, "week", "pasi") == [[0, 20], [12, 2]]
    assert not taken.proposal.unclear


@pytest.mark.parametrize(
    "other", ["Date of consent", "Date of entry", "Date of diagnosis", "Date received", "Date of birth"]
)
def test_the_date_of_the_visit_is_the_clock_wherever_it_stands(read, other):
    rows = "A,2020-11-02,2021-01-04,20\nA,2020-11-02,2021-02-01,10\n"
    taken = read(text=f"Patient,{other},Visit date,PASI\n{rows}")
    assert values(taken.study.pasi, "week", "pasi") == [[0, 20], [4, 10]]


def test_dates_of_consent_alone_are_no_clock(asked):
    assert "no column says when 'PASI score'" in asked(
        "Patient,Date of consent,PASI score\nA,2020-11-02,20\nB,2020-11-09,10\n"
    )


def test_two_columns_that_say_the_same_are_asked_about(read):
    taken = read(text="Patient,Visit week,Study week,PASI total\nA,0,1,20\nA,4,5,10\n")
    assert any("'Study week', which is not read" in sentence for sentence in taken.proposal.unclear)
    same = read(text="Patient,Visit week,Study week,PASI total\nA,0,0,20\nA,4,4,10\n")
    assert not same.proposal.unclear


def test_excel_numbers_for_days_are_dates_where_the_header_says_so(read):
    study = read(text="Patient,Visit date,PASI\nA,44200,20\nA,44228,10\n").study
    assert study.pasi["week"].tolist() == [0, 4]


@pytest.mark.parametrize("header", ["Pat.-Nr.", "Patient-No", "Proband", "Kennung"])
def test_ids_stay_as_they_are_written(read, header):
    study = read(text=f"{header};Visit week;PASI total\n007;0;1\n1E5;0;2\n1.10;0;3\n1.1;0;4\n").study
    assert study.patient_ids == ["007", "1E5", "1.10", "1.1"]


WIDE = "Patient,W0,W4,W12\nA,18,9,1\nB,12,6,0\n"


def test_the_name_of_a_file_says_what_its_weeks_hold(read):
    taken = read(text=WIDE.replace("Patient", "Patient ID"), name="DLQI.csv", skin="Patient,Week,PASI score\nA,0,20\n")
    assert values(taken.study.pasi.dropna(subset="dlqi"), "patient_id", "week", "dlqi")[0] == ["A", 0, 18]
    assert values(taken.study.pasi.dropna(subset="pasi"), "week", "pasi") == [[0, 20]]


@pytest.mark.parametrize("name", ["IL17A_pg_ml.csv", "PASI improvement.csv", "CRP.csv"])
def test_a_file_that_says_another_thing_is_not_read_as_pasi(asked, name):
    assert "says of no score" in asked(WIDE, name)


def test_weeks_that_nothing_names_are_asked_about(read):
    taken = read(text=WIDE, name="clinic.csv")
    assert taken.study.pasi["pasi"].max() == 18
    assert any("they are taken as PASI" in sentence for sentence in taken.proposal.unclear)
    (question,) = (one for one in taken.proposal.questions if one.kind == "measures")
    assert (question.value, question.unclear, question.choices["dlqi"]) == ("pasi", True, "DLQI")


@pytest.mark.parametrize(
    ("score", "columns"), [("dlqi", {"dlqi"}), ("score", {"clinic"}), ("", set())], ids=["DLQI", "another", "none"]
)
def test_weeks_that_nothing_names_are_what_a_person_says(tmp_path, score, columns):
    (tmp_path / "clinic.csv").write_text(WIDE)
    (tmp_path / "lab.csv").write_text("Patient,Week,Treg %\nA,0,5\n")
    edits = {"measures": [["clinic.csv", "", "visits", score]]}
    if score == "score":
        edits["outcomes"] = [["clinic.csv", "", "W0", "range", "0 to 99"]]
    taken = take_in([tmp_path / "clinic.csv", tmp_path / "lab.csv"], edits=edits_of(edits))
    known = taken.study.pasi.dropna(axis=1, how="all").columns
    assert set(known) - {"patient_id", "week", "provenance"} == columns
    assert not any(one.unclear for one in taken.proposal.questions if one.kind == "measures")


def test_several_scores_in_one_column_a_visit(read):
    taken = read(text="Patient,PASI W0,PASI W4,DLQI W0,DLQI W4\nA,20,10,18,9\nB,15,,12,6\n")
    assert values(taken.study.pasi.fillna(-1), "week", "pasi", "dlqi") == [
        [0, 20, 18],
        [4, 10, 9],
        [0, 15, 12],
        [4, -1, 6],
    ]
    assert taken.study.patients.columns.tolist() == ["patient_id", "group"]


def test_a_score_at_each_visit_goes_before_one_column_a_visit(read):
    taken = read(text="Patient,Visit week,PASI total,PASI W0,PASI W4\nA,0,20,20,10\nA,4,10,20,10\n")
    assert values(taken.study.pasi, "week", "pasi") == [[0, 20], [4, 10]]
    assert any("'PASI W0', 'PASI W4' repeat" in sentence for sentence in taken.proposal.unclear)


def test_visits_with_a_date_and_a_score_each(read):
    text = "Patient,Date V1,PASI V1,Date V2,PASI V2\nA,2021-01-04,20,2021-02-01,10\nB,2021-01-11,15,,\n"
    assert values(read(text=text).study.pasi, "patient_id", "week", "pasi") == [
        ["A", 0, 20],
        ["A", 4, 10],
        ["B", 0, 15],
    ]


def test_numbered_scores_without_dates_are_not_read(asked):
    text = "record,pasi_v1,pasi_v2,pasi_v3,visit_date\n1,20,10,2,2021-01-04\n2,15,9,1,2021-01-11\n"
    assert "nothing says when 'pasi_v1', 'pasi_v2', 'pasi_v3'" in asked(text)


@pytest.mark.parametrize(
    ("columns", "weeks"),
    [
        (["W-4", "W0", "W4"], [-4, 0, 4]), (["W-0", "W-4"], [0, 4]), (["Baseline", "Month 3"], [0, 13.04]),
        (["Ausgangswert", "Woche 4"], [0, 4]), (["4 weeks", "8 weeks"], [4, 8]), (["PASI_BL", "W04_PASI"], [0, 4]),
        (["P1", "P2"], []), (["PASI change W4", "PASI change W8"], []),
    ],
)  # fmt: skip
def test_weeks_in_headers(columns, weeks):
    assert [round(week, 2) for score in grid_of(columns, {}).weeks.values() for week in score.values()] == weeks


def test_what_a_person_says_of_a_column_goes_first():
    assert grid_of(["W0", "W4"], {"W0": "dlqi", "W4": "dlqi"}).weeks == {"dlqi": {"W0": 0, "W4": 4}}
    assert grid_of(["W0", "W4", "W8"], {"W0": ""}).weeks == {"": {"W4": 4, "W8": 8}}


@pytest.mark.parametrize(
    ("titles", "score"),
    [(["pasi"], "pasi"), (["Sheet1", "PASI scores"], "pasi"), (["clinic"], ""), (["CRP"], None), (["pasi_dlqi"], "")],
)
def test_what_a_name_says(titles, score):
    assert said_by(titles) == score


def test_a_word_is_english():
    assert [word(one) for one in ("Körperoberfläche (%)", "Besuchsdatum", "N° patient")] == [
        "bsa_%",
        "visit_date",
        "no_patient",
    ]


def test_words_for_an_end_are_no_end(read):
    drugs = "Patient,Drug,Start date,Stop date\nA,Adalimumab,2021-01-04,ongoing\nA,Methotrexate,2020-06-01,2020-12-21\n"
    taken = read(skin="Patient,Visit date,PASI\nA,2021-01-04,20\nA,2021-02-01,10\n", drugs=drugs)
    assert values(taken.study.treatments.fillna(-99), "start_week", "end_week") == [[-31, -2], [0, -99]]
    assert not any("ongoing" in sentence for sentence in taken.proposal.unclear)


def test_a_treatment_at_each_visit_is_a_course_from_the_first_to_the_last(read):
    rows = [
        ("none", 0),
        ("Secukinumab", 4),
        ("Secukinumab", 8),
        ("", 10),
        ("Secukinumab", 12),
        ("UC-MSC", 16),
        ("UC-MSC", 17),
    ]
    lines = "".join(f"A,{week},{20 - week},{drug}\n" for drug, week in rows)
    taken = read(text=f"Patient,Visit week,PASI total,Current treatment\n{lines}")
    courses = values(taken.study.treatments, "treatment", "start_week", "end_week")
    assert courses == [["Secukinumab", 4, 8], ["Secukinumab", 12, 12], ["UC-MSC", 16, 16], ["UC-MSC", 17, 17]]
    assert taken.proposal.unclear


def test_what_was_taken_before_is_a_covariate_and_so_is_a_genotype(read):
    text = "Patient,Visit week,PASI total,Prior biologic,HLA-Cw6\nA,0,20,Adalimumab,1\nA,4,9,Adalimumab,1\nB,0,20,Adalimumab,0\n"
    study = read(text=text).study
    assert study.treatments.empty
    assert study.immune_subsets.empty
    assert {"Prior biologic", "HLA-Cw6"} <= set(study.patients.columns)


REDCAP = "record_id,redcap_event_name,redcap_repeat_instrument,visit_date,pasi,visit_complete"


def test_redcap_arms_are_groups(read):
    text = f"{REDCAP}\n1,baseline_arm_1,,2021-01-04,20,2\n1,week_4_arm_1,,2021-02-01,9,2\n2,baseline_arm_2,,2021-01-04,15,2\n"
    assert read(text=text).study.patients["group"].tolist() == ["arm_1", "arm_2"]


def test_redcap_instruments_are_events_or_named(read):
    text = (
        f"{REDCAP},ae_term,ae_onset,vas_pain\n1,baseline_arm_1,,2021-01-04,20,2,,,\n"
        "1,baseline_arm_1,adverse_events,,,,Headache,2021-01-18,\n1,baseline_arm_1,pain,,,,,,5\n"
    )
    taken = read(text=text)
    assert values(taken.study.events, "week", "event") == [[2, "Headache"]]
    assert any("nothing of the instrument 'pain'" in sentence for sentence in taken.proposal.unclear)


def test_redcap_labels_repeat_complete(read):
    text = "Record ID,Event Name,Repeat Instrument,Date of visit,PASI,Complete?,DLQI,Complete?\n"
    study = read(
        text=f"{text}1,Baseline,,2021-01-04,20,Complete,9,Unverified\n1,Week 4,,2021-02-01,10,Complete,3,\n"
    ).study
    assert values(study.pasi, "week", "pasi", "dlqi") == [[0, 20, 9], [4, 10, 3]]
    assert study.patients.columns.tolist() == ["patient_id", "group"]


@pytest.fixture
def book(tmp_path):
    def write(**pages):
        save_book(tmp_path / "book.xlsx", pages)
        return take_in([tmp_path / "book.xlsx"])

    return write


PASI = [("Patient", "Week", "PASI"), ("A", 0, 20), ("A", 4, 10), ("B", 0, 15)]
READ = [["A", 0, 20], ["A", 4, 10], ["B", 0, 15]]
AROUND = {
    "a title": ([("PASI of our clinic",), (), *PASI], "the header is row 3"),
    "two header rows": ([("Patient", "Week", "Scores", None), (None, None, "PASI", "DLQI"), *PASI[1:]], ""),
    "statistics": ([*PASI, ("Mean", 0, 17.5), ("SD", None, 3)], "rows 5, 6 are of statistics"),
    "a footnote": ([*PASI, (), ("* by phone",), ("assessed by the same two people",)], "rows 6, 7 are below the table"),
    "the header again": ([*PASI[:3], PASI[0], PASI[3]], "row 4 is the header again"),
    "a patient named once": ([PASI[0], ("A", 0, 20), (None, 4, 10), ("B", 0, 15)], "taken as of the patient above"),
}


@pytest.mark.parametrize(("rows", "said"), AROUND.values(), ids=AROUND)
def test_what_stands_around_a_table(book, rows, said):
    taken = book(pasi=rows)
    assert values(taken.study.pasi, "patient_id", "week", "pasi") == READ
    assert said in " ".join([*taken.report.notes, *map(str, taken.report.warnings)])


def test_a_second_table_below_is_a_table_of_its_own(book):
    taken = book(clinic=[*PASI, (), ("Patient", "Drug", "Start week"), ("A", "Adalimumab", 0)])
    assert values(taken.study.pasi, "patient_id", "week", "pasi") == READ
    assert values(taken.study.treatments, "treatment", "start_week") == [["Adalimumab", 0]]


def test_one_sheet_for_each_patient(book):
    rows = {"P1": [("Week", "PASI"), (0, 20), (4, 10)], "P2": [("Week", "PASI"), (0, 15)]}
    taken = book(**rows)
    assert values(taken.study.pasi, "patient_id", "week", "pasi") == [["P1", 0, 20], ["P1", 4, 10], ["P2", 0, 15]]
    assert any("one patient each" in note for note in taken.report.notes)
    assert book(**{"2021": rows["P1"], "2022": rows["P2"]}).study is None


def test_scores_on_sheets_of_their_own(book):
    wide = [("Patient", "Baseline", "Week 4"), ("A", 18, 9)]
    taken = book(**{"PASI scores": [wide[0], ("A", 20, 10)], "DLQI scores": wide, "CRP": wide})
    assert values(taken.study.pasi, "week", "pasi", "dlqi") == [[0, 20, 18], [4, 10, 9]]
    assert any("'CRP' says of no score" in sentence for sentence in taken.proposal.unclear)


def test_a_decimal_number_is_no_date_and_a_month_of_a_year_is_one(read):
    rows = ("A,0,20,0.19980311,1.20210304,12.012021,03.1987", "B,0,18,1.5,2.5,3.5,04.1990", "C,0,15,2,3,4,11.1979")
    taken = read(text="Patient,Week,PASI,Fold x,Fold y,Fold z,Onset x\n" + "\n".join(rows) + "\n")
    assert taken.study.patients["Fold x"].tolist() == [0.19980311, 1.5, 2]
    assert {"Fold y", "Fold z"} <= set(taken.study.patients)
    assert "Onset x" not in taken.study.patients
