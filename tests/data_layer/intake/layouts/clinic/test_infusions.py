"""Infusions as repeating events and forms, or as columns: one treatment each, with its dose."""

import pytest

from data.files import take_in
from data.intake.columns.infusions import infusion_in
from data.intake.review.edits import edits_of
from data.intake.review.open_questions import open_questions
from data.intake.review.write_toml import toml_text

VISITS = "Patient,Visit date,PASI\nM1,2022-03-01,20\nM1,2022-04-05,9\nM2,2022-05-03,18\nM2,2022-06-07,4\n"


@pytest.fixture
def read(tmp_path):
    """What comes of files, by name, after what is said of them."""

    def taken(edits=None, **files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        return take_in([tmp_path / f"{name}.csv" for name in files], edits=edits_of(edits) if edits else None)

    return taken


def given(intake, *names):
    table = intake.study.treatments.sort_values(["patient_id", "start_week", "treatment"])
    columns = ("patient_id", "start_week", "end_week", *(names or ("treatment",)))
    return [tuple(row) for row in table[list(columns)].astype({"patient_id": str}).itertuples(index=False)]


def asked(intake, kind):
    return [one for one in open_questions(intake.proposal) if one["kind"] == kind]


THREE = [("M1", 0, 0, "infusion"), ("M1", 1, 1, "infusion"), ("M2", 0, 0, "infusion")]


@pytest.mark.parametrize(
    ("header", "name", "number"),
    [
        ("1st infusion date", "infusion", "1"), ("MSC infusion 2", "MSC", "2"), ("infusion_date_3", "infusion", "3"),
        ("Datum 2. Infusion", "infusion", "2"), ("UC-MSC infusion #1 (week)", "UC-MSC", "1"), ("Infusion1_date", "infusion", "1"),
        ("Date 2ème perfusion", "infusion", "2"), ("première perfusion (date)", "infusion", "1"), ("fecha infusión 1", "infusion", "1"),
        ("Data 2a infusione", "infusion", "2"), ("Zweite Infusion Datum", "infusion", "2"), ("Infusionsdatum 2", "infusion", "2"),
        ("datum infuus 1", "infusion", "1"), ("secukinumab injection 1 date", "secukinumab", "1"), ("date of infusion", "infusion", ""),
        ("cell infusion day", "cell", ""), ("Infusion 01", "infusion", "1"),
    ],
)  # fmt: skip
def test_headers_of_infusions(header, name, number):
    said = infusion_in(header)
    assert (said.name, said.number) == (name, number)


@pytest.mark.parametrize(
    "header",
    ["infusion reaction", "infusion rate 1", "infusion 1 volume", "days since infusion", "time since last infusion", "pre-infusion date",
     "infusion 1 dose", "infusion end", "visit 2", "date", "PASI infusion 2", "infusion duration", "post infusion 1"],
)  # fmt: skip
def test_headers_of_other_things(header):
    assert infusion_in(header) is None


@pytest.mark.parametrize(
    "text",
    [
        "Patient,1st infusion date,2nd infusion date\nM1,2022-03-01,2022-03-08\nM2,2022-05-03,\n",
        "Patient;Datum 1. Infusion;Datum 2. Infusion\nM1;01.03.2022;08.03.2022\nM2;03.05.2022;\n",
        "Patient,infusion_week_1,infusion_week_2\nM1,0,1\nM2,0,\n",
        "Patient,Infusion 1 (days),Infusion 2 (days)\nM1,0,7\nM2,0,\n",
        "Patient,date infusion 2,date infusion 1\nM1,2022-03-08,2022-03-01\nM2,,2022-05-03\n",
    ],
)
def test_each_column_is_an_infusion_of_each_patient(read, text):
    assert given(read(visits=VISITS, cells=text)) == THREE


@pytest.mark.parametrize(
    "form",
    [
        "infusion_arm_1,,1,,,2022-03-01\nM1,infusion_arm_1,,2,,,2022-03-08\nM2,infusion_arm_1,,1,,,2022-05-03\n",
        "v1_arm_1,infusion,1,,,2022-03-01\nM1,v1_arm_1,infusion,2,,,2022-03-08\nM2,v1_arm_1,infusion,1,,,2022-05-03\n",
    ],
)
def test_repeated_forms_and_events_of_redcap_are_an_infusion_each(read, form):
    header = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,visit_date,pasi_total,date_of_infusion\n"
    visits = "M1,v1_arm_1,,,2022-03-01,20,\nM1,v2_arm_1,,,2022-04-05,9,\nM2,v1_arm_1,,,2022-05-03,18,\n"
    intake = read(redcap=f"{header}{visits}M1,{form}")
    assert given(intake) == THREE
    assert len(intake.study.pasi) == 3
    kept = {one.table: (one.kept, one.rows) for one in intake.report.accounts}
    assert kept["treatments"] == (3, 3)


def test_doses_of_the_same_number_or_right_behind(read):
    by_number = (
        "Patient,1st infusion date,2nd infusion date,Dose 1,Dose 2\n"
        'M1,2022-03-01,2022-03-08,1.87 x 10^6 cells/kg,"2,1×10⁶ cells/kg"\nM2,2022-05-03,,1e6 cells/kg,\n'
    )
    behind = (
        "Patient,Infusion 1 date,Dose (x10^6 cells/kg),Infusion 2 date,Dose (x10^6 cells/kg)\n"
        "M1,2022-03-01,1.87,2022-03-08,2.1\nM2,2022-05-03,1,,\n"
    )
    known = [("M1", 0, 0, 1.87), ("M1", 1, 1, 2.1), ("M2", 0, 0, 1)]
    for text in (by_number, behind):
        intake = read(visits=VISITS, cells=text)
        assert given(intake, "dose") == known
        assert set(intake.study.treatments["dose_unit"]) == {"1e6 cells/kg"}


def test_what_was_infused_is_asked_where_no_header_says_it(read):
    text = "Patient,1st infusion date,2nd infusion date\nM1,2022-03-01,2022-03-08\nM2,2022-05-03,\n"
    first = read(visits=VISITS, cells=text)
    (question,) = asked(first, "treatments")
    assert question["proposed"] == "infusion"
    second = read({"treatments": [["cells.csv", "", "infusion", "UC-MSC"]]}, visits=VISITS, cells=text)
    assert {(one[-1]) for one in given(second)} == {"UC-MSC"}
    assert set(second.study.treatments["kind"]) == {"cell_therapy"}
    assert not asked(second, "treatments")
    named = read(visits=VISITS, cells=text.replace("infusion", "MSC infusion"))
    assert not asked(named, "treatments")


def test_numbers_without_a_unit_ask_for_it_once(read):
    text = "Patient,MSC infusion 1,MSC infusion 2\nM1,0,7\nM2,0,14\n"
    (question,) = asked(read(visits=VISITS, cells=text), "times")
    said = read({"times": [["cells.csv", "", question["column"], "days"]]}, visits=VISITS, cells=text)
    assert [one[1] for one in given(said)] == [0, 1, 0, 2]
    assert not asked(said, "times")


@pytest.mark.parametrize("cells", ["2.1,1.9\nM2,2.0,2.2", "1,1\nM2,1,0", "yes,no\nM2,yes,yes"])
def test_numbers_that_cannot_be_times_are_no_infusions(read, cells):
    intake = read(visits=VISITS, cells=f"Patient,MSC infusion 1,MSC infusion 2\nM1,{cells}\n")
    assert not len(intake.study.treatments)


def test_an_infusion_that_each_visit_repeats_is_one(read):
    text = "Patient,Visit date,PASI,Sex,Infusion date\nM1,2022-03-01,20,f,2022-03-01\nM1,2022-04-05,9,f,2022-03-01\n"
    intake = read(visits=text)
    assert given(intake) == [("M1", 0, 0, "infusion")]
    assert list(intake.study.patients["sex"]) == ["f"]


def test_a_column_of_drugs_names_its_infusions(read):
    long = "Patient,Drug,Infusion date\nM1,infliximab,2022-03-01\nM1,infliximab,2022-03-15\n"
    wide = "Patient,Product,Infusion 1 date,Infusion 2 date\nM1,infliximab,2022-03-01,2022-03-15\n"
    for text in (long, wide):
        assert given(read(visits=VISITS, cells=text)) == [("M1", 0, 0, "infliximab"), ("M1", 2, 2, "infliximab")]


def test_what_was_said_is_kept_in_a_study_toml(read, tmp_path):
    text = "Patient,1st infusion date,2nd infusion date\nM1,2022-03-01,2022-03-08\nM2,2022-05-03,\n"
    said = read({"treatments": [["cells.csv", "", "infusion", "UC-MSC"]]}, visits=VISITS, cells=text)
    (tmp_path / "study.toml").write_text(toml_text(said.proposal.mapping))
    again = take_in([tmp_path / name for name in ("study.toml", "visits.csv", "cells.csv")])
    assert given(again) == [(*one[:3], "UC-MSC") for one in THREE]


def test_doses_with_units_of_courses(read):
    text = (
        'Patient,Drug,Start date,Dose,Dose unit\nM1,secukinumab,2022-03-01,300 mg,\nM1,UC-MSC,2022-03-01,"2,41*10^6",cells/kg\n'
        "M1,UC-MSC,2022-03-08,1 Mio/kg,\nM2,secukinumab,2022-05-03,150,mg\nM2,UC-MSC,2022-05-03,two bags,\n"
        "M2,methotrexate,2022-05-03,15 mg,g\n"
    )
    intake = read(visits=VISITS, cells=text)
    table = intake.study.treatments.sort_values(["patient_id", "start_week", "treatment"])
    doses = list(zip(table["dose"], table["dose_unit"], strict=True))
    assert doses[:3] == [(2.41, "1e6 cells/kg"), (300, "mg"), (1, "1e6/kg")]
    assert doses[4:] == [(15, "mg"), (150, "mg")]
    assert doses[3][0] != doses[3][0]
    warned = {(one.row, one.column): one.found for one in intake.report.warnings}
    assert "two bags" in warned[6, "Dose"]
    assert "15 mg" in warned[7, "Dose"]
    (note,) = [note for note in intake.report.notes if "units and powers" in note]
    assert "'2,41*10^6' is 2.41 1e6; '1 Mio/kg' is 1 1e6/kg)" in note


@pytest.mark.parametrize(
    ("cells", "doses"),
    [
        (("2 x 10^6", "1500000", "n/a", "3"), [2, 1.5, None, 3]),
        (("1,000 mg", "500 mg"), [1000, 500]),
        (("1,250 IU", "0,5 IU"), [1.25, 0.5]),
        (("1,000 mg", "2 mg", "3 mg", "4 mg"), [None, 2, 3, 4]),
        (("1,000 mg", "2,000 mg"), [None, None]),
    ],
)
def test_a_comma_is_what_the_other_doses_say(read, cells, doses):
    rows = [f'M1,rituximab,2022-03-0{day},"{cell}"' for day, cell in enumerate(cells, start=1)]
    intake = read(visits=VISITS, cells="\n".join(["Patient,Drug,Infusion date,Dose", *rows, ""]))
    found = intake.study.treatments.sort_values("start_week")["dose"].tolist()
    assert [None if dose != dose else dose for dose in found] == doses  # noqa: PLR0124 - NaN
    assert any("1,000 mg" in str(one) for one in intake.report.warnings) == ("1,000 mg" in cells and None in doses)
