"""Names, dates and addresses: not in the study, not in what a page shows of files, not in a title."""

import pandas as pd
import pytest

from data.files import proposed, take_in
from data.intake.review.preview import preview
from data.privacy.identifiers import identifying, name_people
from data.privacy.masking import masked, title_of
from data.row_report import as_json, as_text


@pytest.fixture
def file(tmp_path):
    def write(text, name="visits.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("seen 4 March 2021, 4.3.21, 2021/03/04 and 03/2021", "seen [date], [date], [date] and [date]"),
        ("on January 4, 2021 and in Jan 2021", "on [date] and in [date]"),
        ("le 12 août 2021, am 3. März 2021, 12 de marzo de 2021", "le [date], am [date], [date]"),
        ("P01_20210104_001.fcs", "P01_[date]_001.fcs"),
        ("2021-01-04_P01_001.fcs", "[date]_P01_001.fcs"),
        ("Berg Anna 12.03.1961_W0.fcs", "[name] [date]_W0.fcs"),
        ("tel 0171-5550123, (415) 555-1212, 01 42 00 00 00", "tel [telephone], [telephone], [telephone]"),
        ("told Mrs Berg and Dr. Anna Weber", "told [name] and [name]"),
        ("write to a.berg@example.org", "write to [e-mail]"),
    ],
)
def test_what_identifies_is_masked(text, clean):
    assert masked(text) == clean


@pytest.mark.parametrize(
    "text",
    ["PSO-01-10-12", "Specimen_001_P01_W00_001", "rows 2, 3, 4, 5 and 12", "0.05 of 12.5", "week 52-104",
     "12 markers 30", "version 1.2.3", "10.3389/fimmu.2025.1656724", "CD4+CD25hiCD127lo", "4 of 12 rows kept"],
)  # fmt: skip
def test_what_is_no_date_or_number_of_a_telephone_stays(text):
    assert masked(text) == text


@pytest.mark.parametrize(
    "header",
    ["Nom", "Prénom", "apellidos", "Cognome", "Achternaam", "Tel", "telephone_1", "PLZ", "Date de naissance", "Hausarzt",
     "year_of_birth", "Versichertennummer", "fecha_de_nacimiento", "codice fiscale", "Geburtsjahr", "woonplaats"],
)  # fmt: skip
def test_identifiers_in_other_languages(header):
    assert identifying(header, pd.Series(["x", "y"]))


@pytest.mark.parametrize(
    "header", ["nombre_de_visites", "nome_farmaco", "city_score", "birth_control", "group", "sexe"]
)
def test_no_identifiers(header):
    assert not identifying(header, pd.Series(["x", "y"]))


@pytest.mark.parametrize(
    "header",
    ["name_first", "name_last", "Name of patient", "Name of the patient", "pat_name", "family_name", "name_given", "FirstName",
     "lname", "Patient's first name", "dem_last_name", "first_name_2", "Last name of patient", "Name (first)",
     "Name des Patienten", "Patientenname", "Vor- und Nachname", "Voller Name", "Nom du patient", "Prénom du patient",
     "patient_nom", "Nom et prénom", "nom_d'usage", "Nombre del paciente", "paciente_nombre", "primer_apellido",
     "Apellidos y nombre", "Nome del paziente", "paziente_cognome", "Nome e cognome", "Naam van de patiënt", "patient_naam",
     "volledige naam", "meisjesnaam"],
)  # fmt: skip
def test_a_person_s_name_in_any_spelling(header):
    assert identifying(header, pd.Series([1, 2])) == "its header says a name"


@pytest.mark.parametrize(
    "header",
    ["tube_name", "name_of_tube", "visit_name", "redcap_event_name", "drug_name", "name_of_drug", "Name des Medikaments",
     "test_name", "full_test_name", "site_name", "name_site", "group_name", "nom_du_groupe", "subset_name", "population name",
     "nombre_del_sitio", "nome_del_test", "naam_van_de_buis", "Visitenname", "last_drug_name", "drug_first_name", "given",
     "family", "first", "last_visit", "family_history", "patient_group", "nomogram"],
)  # fmt: skip
def test_the_name_of_a_thing_is_none_of_a_person(header):
    assert not identifying(header, pd.Series([1, 2]))


def test_names_of_persons_are_not_kept_and_those_of_things_are(file):
    text = "Patient,Week,PASI,Name des Patienten,Site name\nA,0,20,Eva,North\nA,4,9,Eva,North\nB,0,18,Ida,South\nC,0,15,Eva,North\n"
    patients = take_in([file(text)]).study.patients
    assert "Site name" in patients
    assert "Name des Patienten" not in patients


@pytest.mark.parametrize(
    ("ids", "are"),
    [(["Anna Müller", "José García"], True), (["Anna", "Bea"], True), (["AM_12.03.1961", "BK_01.04.1970"], True),
     (["P1", "P2"], False), (["PSO-01-001", "PSO-01-002"], False), (["01-02-03", "01-02-04"], False), (["AM", "BK"], False)],
)  # fmt: skip
def test_ids_that_are_names(ids, are):
    assert name_people(ids) is are


@pytest.mark.parametrize("header", ["patient_id,week,pasi", "Patient,Week,PASI"])
def test_patients_who_are_called_by_name_get_codes(file, header):
    path = file(f"{header}\nAnna Müller,0,20\nAnna Müller,4,10\nJosé García,0,15.5\n")
    taken = take_in([path])
    assert taken.study.patient_ids == ["P1", "P2"]
    said = as_text(taken.report) + as_json(taken.report) + str(proposed([path]).columns)
    assert "Müller" not in said
    assert "Patients are called P1, P2" in said


def test_codes_are_the_same_in_every_file(tmp_path, file):
    paths = [
        file("patient_id,week,pasi\nAnna Berg,0,20\nBea Lund,0,15\n", "pasi.csv"),
        file("patient_id,week,event,note\nBea Lund,4,fever on 2021-03-04,called Mrs Lund\n", "events.csv"),
    ]
    events = take_in(paths).study.events
    assert events[["patient_id", "event", "note"]].to_numpy().tolist() == [["P2", "fever on [date]", "called [name]"]]


def test_covariates_do_not_identify(tmp_path, file):
    paths = [
        file("patient_id,week,pasi\nP1,0,20\nP2,0,15\n", "pasi.csv"),
        file(
            "patient_id,group,nom,year_of_birth,comments,site\nP1,A,Berg,1961,lives with Mrs Lund,north\n"
            "P2,B,Weber,1975,none,south\n",
            "patients.csv",
        ),
    ]
    taken = take_in(paths)
    assert list(taken.study.patients.columns) == ["patient_id", "group", "site"]
    assert any("'comments' is left out for privacy: it is free text" in note for note in taken.report.notes)


def test_previews_of_dates_in_any_form():
    assert preview(pd.Series([44200, 44228], name="Visit date")) == ["week 0.0", "week 4.0"]
    assert preview(pd.Series([44200, 44228], name="Cell count")) == ["44200", "44228"]
    assert preview(pd.Series(["P01_20210104_1"], name="Tube")) == ["P01_[date]_1"]


@pytest.mark.parametrize(
    ("name", "title"),
    [("Müller_Anna_1961-03-12", "study"), ("Müller_Anna_1961-03-12.csv", "study"), ("export_2021-03-04.csv", "export.csv"), ("Case series", "Case series"),
     ("Lab results 20210304", "Lab results"), ("2021-03-04", "study")],
)  # fmt: skip
def test_titles_have_no_dates_and_no_names(name, title):
    assert title_of(name) == title


def test_a_file_called_by_a_patient_is_no_title(file):
    taken = take_in([file("patient_id,week,pasi\nP1,0,20\nP1,4,10\n", "Müller_Anna_1961-03-12.csv")])
    assert taken.study.title == "study"
    assert "1961" not in as_json(taken.report)
