"""What a person can say of files on the page: each answer, what it changes, and that the study.toml of it says the same."""

import re

import numpy as np
import pandas as pd
import pytest

from data.files import open_files, proposed, take_in
from data.intake.review.edits import CHOICES, KINDS, edits_of, weeks_in
from data.intake.review.write_toml import toml_text
from data_layer.clinic_files import DICTIONARY, DRUGS, FLOWJO, REDCAP, SKIN, TUBES, save_book
from data_layer.intake.layouts.cdisc.test_cdisc import SDTM

pytestmark = pytest.mark.whole

TABLES = ("patients", "pasi", "immune_subsets", "subset_definitions", "treatments", "events")
SAID = {
    "orders": [["skin.csv", "", "month first"], ["drugs.csv", "", "month first"]],
    "visits": [["flow.csv", "", "V3", "4"]],
    "patients": [["KM", "3"], ["P-02", ""]],
    "values": [["skin.csv", "", "Arm", "1", "A"], ["skin.csv", "", "Arm", "2", "B"]],
    "index": [["treatment", "secukinumab"], ["label", "SEC"]],
    "about": [["title", "Our study"], ["citation", "Ours 2021"]],
    "phenotypes": [["flow.csv", "", "Lymphocytes/CD4+/CD25hiCD127lo", ""]],
    "roles": [["skin.csv", "", "Smoker", ""], ["skin.csv", "", "Remarks", "covariate"]],
}


@pytest.fixture
def written(tmp_path):
    def write(folder="files", **files):
        (tmp_path / folder).mkdir(exist_ok=True)
        for name, content in files.items():
            (tmp_path / folder / f"{name}.csv").write_text(content)
        return [tmp_path / folder / f"{name}.csv" for name in files]

    return write


@pytest.fixture
def clinic(written):
    return written(skin=SKIN, drugs=DRUGS, flow=TUBES)


def taken(paths, **said):
    return take_in(paths, edits=edits_of(said))


def asked(intake):
    return {(one.kind, *one.key): one for one in intake.proposal.questions}


def shown(intake, column):
    return next(one for one in intake.proposal.columns if one["column"] == column)


def test_the_order_of_day_and_month_is_asked_where_nothing_settles_it_and_moves_the_weeks(clinic, written):
    first = taken(clinic)
    question = asked(first)["orders", "skin.csv", ""]
    assert (question.value, list(question.choices)) == ("day first", ["day first", "month first"])
    assert "week 0.0, week 4.0, week 9.0" in question.why
    assert any(
        "skin.csv: dates written as 03/04 and a year have the day first" in one for one in first.proposal.unclear
    )
    other = taken(clinic, orders=SAID["orders"])
    assert shown(other, "Visit date")["preview"] == ["week 0.0", "week -8.3", "week 9.0"]
    assert other.proposal.mapping["sources"][1]["date_order"] == "month first"
    settled = taken(written("b", skin=SKIN.replace("01/05/21", "14/05/21")))
    assert ("orders", "skin.csv", "") not in asked(settled)
    assert settled.study.pasi["week"].round(1).tolist()[:3] == [0, 5.9, 9]


def test_years_of_two_digits_are_read_and_said(clinic):
    first = taken(clinic)
    assert first.study.pasi["week"].round(1).tolist() == [0, 4, 9, 0, 4.7, 0, 4.6]
    assert "skin.csv: years of two digits are read as 1969 to 2068." in first.proposal.unclear
    assert shown(first, "Born")["role"] == "identifier"
    assert not [column for column in first.study.patients if "Born" in column]


def test_a_visit_without_a_week_is_listed_and_can_be_given_one_or_be_set_aside(clinic):
    first = taken(clinic)
    assert [(asked(first)["visits", "flow.csv", "", name].value) for name in ("Base", "V3")] == ["0", ""]
    assert "flow.csv: the week of the visit(s) 'V3' is not known; their rows are set aside." in first.proposal.unclear
    assert set(first.study.immune_subsets["week"]) == {0}
    given = taken(clinic, visits=[["flow.csv", "", "V3", "4"]])
    assert set(given.study.immune_subsets["week"]) == {0, 4}
    blank = taken(clinic, visits=[["flow.csv", "", "Base", ""], ["flow.csv", "", "V3", "4"]])
    assert set(blank.study.immune_subsets["week"]) == {4}
    assert "flow.csv: the visit(s) 'Base' are set aside, as you say." in blank.proposal.unclear


def test_what_a_pattern_finds_in_the_first_name_is_shown(clinic):
    question = asked(taken(clinic))["patterns", "flow.csv", ""]
    assert question.why.startswith("Tube_P-01_Base_1.fcs is P-01 at visit Base.")
    other = taken(clinic, patterns=[["flow.csv", "", "X_{patient_id}_{week}"]])
    assert asked(other)["patterns", "flow.csv", ""].why.startswith("No name fits it.")


def test_what_was_said_is_no_longer_unclear(clinic):
    values = [["skin.csv", "", column, code, "x"] for column in ("Arm", "Sex") for code in "12"]
    other = taken(clinic, **{**SAID, "values": values, "references": [["first visit"]]})
    assert [one.label for one in other.proposal.questions if one.unclear] == ["flow.csv", "P-01"]
    assert not [one for one in other.proposal.unclear if "03/04" in one or "codes" in one or "Week 0" in one]


def test_visits_of_a_clinic_and_of_redcap_are_listed_too(written):
    named = written(skin="Patient,Visit,PASI\n1,Baseline,20\n1,Visit 3,5\n1,Week 8,4\n1,EOT,6\n")
    weeks = {key[-1]: one.value for key, one in asked(taken(named)).items() if key[0] == "visits"}
    assert weeks == {"Baseline": "0", "Visit 3": "", "Week 8": "8", "EOT": ""}
    said = [["skin.csv", "", "Visit 3", "4"], ["skin.csv", "", "Week 8", ""]]
    assert taken(named, visits=said).study.pasi["week"].tolist() == [0, 4]
    events = "record_id,redcap_event_name,pasi_total\n1,baseline_arm_1,20\n1,visit_3_arm_1,5\n"
    redcap = taken(written("b", redcap=events), visits=[["redcap.csv", "", "visit_3_arm_1", "6"]])
    assert redcap.study.pasi["week"].tolist() == [0, 6]


@pytest.mark.parametrize("name", ["Day -21 to -1", "Screening (Day -21 to Day -1)", "Week 7-9"])
def test_a_range_of_days_or_weeks_is_asked_and_a_visit_with_its_window_is_not(written, name):
    paths = written(skin=f"Patient,Visit,PASI\n1,{name},20\n1,Week 12 (±3 days),5\n")
    (question,) = (one for one in asked(taken(paths)).values() if one.kind == "visits" and one.unclear)
    assert (question.label, question.why) == (name, "the middle of a range")
    said = taken(paths, visits=[["skin.csv", "", name, "-3"]])
    assert said.study.pasi["week"].tolist() == [-3, 12]
    assert not any(one.unclear for one in asked(said).values() if one.kind == "visits")


def test_numbered_visits_wait_for_their_weeks(written):
    paths = written(skin="Patient,Visit,PASI\n1,1,20\n1,2,5\n")
    assert taken(paths).study is None
    said = [["skin.csv", "", "1", "0"], ["skin.csv", "", "2", "4"]]
    assert taken(paths, visits=said).study.pasi["week"].tolist() == [0, 4]


def test_title_citation_and_index_treatment(clinic):
    choices = asked(taken(clinic))["index", "treatment"].choices
    assert choices["secukinumab"] == "secukinumab (3 patients)"
    study = taken(clinic, about=SAID["about"], index=SAID["index"]).study
    assert (study.title, study.citation) == ("Our study", "Ours 2021")
    assert (study.index.treatment, study.index.label) == ("secukinumab", "SEC")
    assert study.week_zero == "each patient's index treatment"
    assert study.treatments.query("treatment == 'secukinumab'")["start_week"].tolist() == [0, 0, 0]


def test_covariates_are_kept_unless_they_may_identify_and_the_report_says_why(clinic):
    first = taken(clinic)
    assert first.study.patients.set_index("patient_id").loc["1", ["Smoker", "BMI", "Site"]].tolist() == [
        "yes",
        27.5,
        "Leeds",
    ]
    notes = " ".join(first.report.notes)
    assert "skin.csv: kept as covariates of the patients: 'Smoker', 'BMI', 'Site'." in notes
    assert "'CRP' (its header says nothing known, and it changes within a patient)" in notes
    assert "Born" in notes
    other = taken(clinic, roles=SAID["roles"])
    assert "Smoker" not in other.study.patients
    assert other.study.patients["Remarks"].tolist()[0] == "a long visit"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("Ann", "Bea", "Cleo"), "different for each patient, as names are"),
        (("KH-1", "KH-2", "KH-3"), "different for each patient"),
        (("x" * 41, "y", "y"), "free text"),
        ((991204, 991205, 991206), "tell patients apart"),
        (("5", "5", "5"), "the same for everyone"),
        (("2021-03-04", "2021-03-05", "2021-03-05"), "its cells are dates"),
        (("", "", ""), "blank"),
        (("none", "none", "biopsy 2021-03-04"), "it has dates in it"),
    ],
)
def test_what_is_no_covariate(written, cells, reason):
    rows = "".join(f"{at},0,{20 + at},{cell}\n" for at, cell in enumerate(cells))
    first = taken(written(skin=f"Patient,Week,PASI,Thing\n{rows}"))
    assert reason in shown(first, "Thing")["why"]
    assert "Thing" not in first.study.patients


def test_a_column_of_a_course_is_no_covariate(written):
    drugs = DRUGS.replace("Dose (mg)", "Route").replace(",40", ",sc").replace(",300", ",sc").replace(",150", ",iv")
    first = taken(written(skin=SKIN, drugs=drugs))
    assert shown(first, "Route")["why"].endswith("its rows are not of patients or their visits")


def test_the_labels_of_a_data_dictionary_are_words_of_covariates(written):
    redcap = "record_id,redcap_event_name,smoker,visit_date,pasi_total\n1,baseline_arm_1,1,2021-03-01,20\n2,baseline_arm_1,2,2021-03-01,10\n"
    fields = DICTIONARY + 'smoker,demographics,radio,Smoker?,"1, yes | 2, no",\n'
    assert open_files(written(redcap=redcap, fields=fields)).patients["smoker"].tolist() == ["yes", "no"]
    fields = DICTIONARY + "smoker,demographics,yesno,Smoker?,,\n"
    redcap = redcap.replace("arm_1,2,", "arm_1,0,")
    assert open_files(written(redcap=redcap, fields=fields)).patients["smoker"].tolist() == ["Yes", "No"]


def test_who_is_joined_with_whom_can_be_said(clinic):
    first = taken(clinic)
    assert [asked(first)["patients", one].value for one in ("P-01", "P-02", "KM")] == ["1", "2", ""]
    assert list(asked(first)["patients", "KM"].choices)[:2] == ["", "3"]
    other = taken(clinic, patients=SAID["patients"])
    assert other.proposal.mapping["patients"] == {"P-01": "1", "KM": "3", "P-02": "P-02"}
    assert set(other.study.immune_subsets["patient_id"]) == {"1", "P-02", "3"}
    assert "Without any sample: '2'. Are they called differently in another file?" in other.proposal.unclear


def test_ids_that_identify_are_not_shown_as_joins(written):
    skin = SKIN.replace("Patient No", "MRN")
    first = taken(written(skin=skin, flow=TUBES))
    assert not [key for key in asked(first) if key[0] == "patients"]
    assert "patients" not in first.proposal.mapping


def test_dates_in_names_are_not_shown(written):
    tubes = TUBES.replace("Tube_", "2021-03-04_").replace("P-01_V3", "20210304_P01_x")
    first = taken(written(skin=SKIN, flow=tubes))
    shown_all = f"{first.proposal.columns} {first.proposal.unclear} {first.proposal.questions}"
    assert "20210304" not in shown_all
    assert "2021-03-04" not in shown_all
    born = written("dates", skin="ID,Week,PASI\n01.02.1970,0,20\n01.02.1980,0,10\n", flow=TUBES)
    assert taken(born).study.patient_ids[:2] == ["P1", "P2"]
    born = written("born", skin="ID,Week,PASI\n01.02.1970,0,20\n01.02.1980,0,10\n", flow=TUBES)
    assert "1970" not in f"{taken(born).proposal.unclear} {taken(born).proposal.questions}"


def test_codes_get_words(clinic):
    assert "skin.csv: 'Arm', 'Sex' hold codes; say on the page what they mean." in taken(clinic).proposal.unclear
    study = taken(clinic, values=SAID["values"]).study
    assert study.patients["group"].tolist() == ["A", "B", "A"]
    assert study.patients["sex"].tolist() == ["1", "2", "2"]


def test_a_phenotype_can_be_refused_and_changes_no_value(clinic):
    first, other = taken(clinic), taken(clinic, phenotypes=SAID["phenotypes"])
    question = asked(first)["phenotypes", "flow.csv", "", "Lymphocytes/CD4+/CD25hiCD127lo"]
    assert (question.value, question.why) == ("CD4+, CD25hi, CD127lo, FoxP3+", "its name says “CD25hiCD127lo”")
    assert first.study.subset_definitions["phenotype"].tolist() == ["", "CD4+, CD25hi, CD127lo, FoxP3+"]
    assert set(other.study.subset_definitions["phenotype"]) == {""}
    assert asked(other)["phenotypes", "flow.csv", "", "Lymphocytes/CD4+/CD25hiCD127lo"].value == ""
    pd.testing.assert_frame_equal(first.study.immune_subsets, other.study.immune_subsets)


def test_subsets_in_columns_have_proposals_too(written):
    first = taken(written(skin="Patient,Week,PASI,Treg %\n1,0,20,5\n1,4,5,7\n"))
    assert asked(first)["phenotypes", "skin.csv", "", "Treg %"].why == "its name says “Treg”"
    assert first.study.subset_definitions["phenotype"].tolist() == ["CD4+, CD25hi, CD127lo, FoxP3+"]


def test_the_index_treatment_is_the_reference_only_if_most_patients_had_it(clinic, written):
    one = written("b", skin=SKIN, drugs=DRUGS.replace("3,secukinumab", "3,UC-MSC"))
    assert taken(one).proposal.mapping["reference"] == {"from": "first visit"}
    assert taken(one, references=[["index treatment"]]).proposal.mapping["reference"] == {"from": "index treatment"}


def test_a_table_that_gave_nothing_is_asked_about_and_can_be_left_out(clinic, written):
    stock = written("more", stock="Item,Count\nswabs,3\n")
    first, other = taken([*clinic, *stock]), taken([*clinic, *stock], unused=[["stock.csv", "", "leave out"]])
    sentence = "stock.csv: this table gave nothing to the study: what is it?"
    assert asked(first)["unused", "stock.csv", ""].unclear
    assert [sentence in one.proposal.unclear for one in (first, other)] == [True, False]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_can_be_said_is_said_in_a_test(kind):
    elsewhere = {
        "measures",
        "outcomes",
        "patterns",
        "pauses",
        "references",
        "times",
        "treatments",
        "weeks",
        "unused",
        "absent",
        "scale",
        "shares",
    }
    assert kind in {*SAID, *elsewhere}


CORPORA = {
    "as proposed": ({"skin": SKIN, "drugs": DRUGS, "flow": TUBES}, {}),
    "edited": ({"skin": SKIN, "drugs": DRUGS, "flow": TUBES}, SAID),
    "redcap": ({"redcap": REDCAP, "fields": DICTIONARY, "flow": FLOWJO}, {}),
    "redcap without a dictionary": ({"redcap": REDCAP, "flow": FLOWJO}, {"references": [["first visit"]]}),
    "visits": (
        {"skin": "Patient,Visit,PASI\n1,Baseline,20\n1,Visit 3,5\n"},
        {"visits": [["skin.csv", "", "Visit 3", "4"]]},
    ),
    "record numbers": ({"skin": "MRN,Week,PASI,BMI\n4471,0,20,25\n4471,4,5,25\n9920,0,30,31\n"}, {}),
    "wide": ({"skin": "Patient;BASELINE;WEEK04;BMI\n1;20;5;25\n2;30;;31\n", "flow": FLOWJO}, {}),
}


@pytest.mark.parametrize(("files", "said"), CORPORA.values(), ids=CORPORA)
def test_the_study_toml_opens_the_same_study_and_the_next_export_under_other_names(files, said, written, tmp_path):
    first = take_in(written(**files), edits=edits_of(said))
    (tmp_path / "study.toml").write_text(toml_text(first.proposal.mapping))
    later = {f"{name}_2021_06": content for name, content in files.items() if name != "fields"}
    for paths in (written(**files), written("later", **later)):
        again = take_in([*paths, tmp_path / "study.toml"])
        assert again.proposal is None
        assert_same(first.study, again.study)


def test_it_does_so_for_cdisc_and_for_the_public_redcap_export(written, tmp_path, shared):
    cdisc = {name: frame.to_csv(index=False) for name, frame in SDTM.items()}
    public = (shared / "redcap" / "repeating_instruments_two_records.csv").read_text()
    skin = "Patient ID;Visit date;PASI\n1;2011-01-01;20,5\n1;2011-01-03;8\n2;2011-02-01;12\n"
    for at, files in enumerate((cdisc, {"redcap": public, "skin": skin})):
        first = take_in(written(f"first{at}", **files))
        (tmp_path / "study.toml").write_text(toml_text(first.proposal.mapping))
        later = {f"{name}_2": content for name, content in files.items()}
        assert_same(first.study, take_in([*written(f"later{at}", **later), tmp_path / "study.toml"]).study)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_columns_are_said_to_be_it_is_a_study_that_can_be_repeated_or_a_sentence(seed, written, tmp_path):
    chance = np.random.default_rng(seed)
    files = {"skin": SKIN, "drugs": DRUGS, "flow": TUBES} if seed % 2 else {"redcap": REDCAP, "flow": FLOWJO}
    columns = [(name, one) for name in files if name != "flow" for one in re.split("[;,]", files[name].split("\n")[0])]
    some = [columns[at] for at in chance.permutation(len(columns))[:4]]
    roles = [[f"{name}.csv", "", one, str(chance.choice(list(CHOICES)))] for name, one in some]
    first = take_in(written(**files), edits=edits_of({"roles": roles}))
    assert first.study or first.report.problems
    if first.study:
        (tmp_path / "study.toml").write_text(toml_text(first.proposal.mapping))
        assert_same(first.study, take_in([*written(**files), tmp_path / "study.toml"]).study)


def assert_same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert (one.title, one.citation, one.week_zero, one.index) == (
        other.title,
        other.citation,
        other.week_zero,
        other.index,
    )


def test_a_file_read_for_another_is_told_and_two_panels_are_told_apart_by_name(written, tmp_path):
    panels = {"panel_t": TUBES, "panel_b": TUBES.replace("CD4+", "CD19+").replace("CD25hiCD127lo", "CD27+")}
    first = taken(written(skin=SKIN, **panels))
    (tmp_path / "study.toml").write_text(toml_text(first.proposal.mapping))
    later = {f"{name}_june": content for name, content in {"skin": SKIN, **panels}.items()}
    again = take_in([*written("later", **later), tmp_path / "study.toml"])
    assert_same(first.study, again.study)
    assert "study.toml names 'skin.csv'; 'skin_june.csv' has its columns, and is read for it." in again.report.notes


def test_a_table_that_nothing_reads_is_told(clinic, written, tmp_path):
    (tmp_path / "study.toml").write_text(toml_text(proposed(clinic).mapping))
    more = written("more", stock="Item,Count\nswabs,3\n")
    again = take_in([*clinic, *more, tmp_path / "study.toml"])
    assert any(note.startswith("stock.csv is not read: study.toml does not name it.") for note in again.report.notes)


def test_a_list_of_other_things_with_numbers_adds_no_patient(clinic, written):
    stock = written("more", samples="ID,Freezer,Shelf\n901,A,1\n902,A,2\n903,B,2\n")
    other = taken([*clinic, *stock])
    assert len(other.study.patients) == len(taken(clinic).study.patients)
    told = "samples.csv: none of its patients has PASI, so it is not read. Are they called differently?"
    assert told in other.proposal.unclear
    people = written("people", people="ID,BMI\nS-1,25\nS-2,27\n")
    assert taken([*written(skin="Patient,Week,PASI\n1,0,20\n2,0,10\n"), *people]).study.patients["BMI"].tolist() == [
        25,
        27,
    ]


def test_a_workbook_opens_again_under_another_name(tmp_path):
    texts = {"Visits": SKIN.replace(",", "."), "Drugs": DRUGS.replace(",", ";")}
    rows = {name: [line.split(";") for line in text.strip().split("\n")] for name, text in texts.items()}
    save_book(tmp_path / "clinic.xlsx", rows)
    first = take_in([tmp_path / "clinic.xlsx"])
    assert [one["file"] for one in first.proposal.mapping["sources"]] == ["clinic.xlsx"] * 3
    (tmp_path / "study.toml").write_text(toml_text(first.proposal.mapping))
    (tmp_path / "clinic.xlsx").rename(tmp_path / "clinic_june.xlsx")
    assert_same(first.study, take_in([tmp_path / "study.toml", tmp_path / "clinic_june.xlsx"]).study)


def test_a_new_visit_whose_name_says_its_week_needs_no_click(written, tmp_path):
    head = "Patient,Visit,PASI\n1,Baseline,20\n"
    (tmp_path / "study.toml").write_text(toml_text(proposed(written(skin=head)).mapping))
    again = take_in([*written("later", skin=head + "1,Week 16,2\n1,EOT,3\n"), tmp_path / "study.toml"])
    np.testing.assert_array_equal(again.study.pasi["week"], [0, 16])
    assert "skin.csv: weeks of visits are taken from their names (Week 16: 16)." in again.report.notes


def test_weeks_in_a_list_are_read_whatever_stands_between_them():
    assert [weeks_in(text) for text in ("0, 4;12", " 0 4 ", ",,,", "")] == [[0, 4, 12], [0, 4], [], []]
