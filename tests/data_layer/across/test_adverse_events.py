"""Tables of adverse events under their usual headers, in six languages."""

import pytest

from analysis.severity import grade
from data.files import take_in

PASI = "patient_id,week,pasi\nS1,0,14\nS1,6,5\nS2,0,12\nS2,6,3\n"


@pytest.fixture
def taken(tmp_path):
    def read(header, rows="S1;Itching;0;2\nS2;Nausea;6;1\n"):
        (tmp_path / "pasi.csv").write_text(PASI)
        (tmp_path / "safety.csv").write_text(f"{header}\n{rows}", "utf-8")
        return take_in([tmp_path / "pasi.csv", tmp_path / "safety.csv"])

    return read


@pytest.mark.parametrize(
    "severity",
    [
        "CTCAE Grade", "Toxicity grade (CTCAE v5.0)", "AE grade", "AE severity", "Adverse event severity", "NCI CTCAE grade",
        "Max grade", "Grade (CTCAE)", "Intensity", "Schweregrad", "CTCAE-Grad", "Toxizitätsgrad", "Sévérité", "Grade CTCAE",
        "Gravité", "Grado CTCAE", "Gravedad", "Gravità", "Ernstgraad", "CTCAE v5",
    ],
)  # fmt: skip
def test_the_severity(taken, severity):
    study = taken(f"Subject;Event;Week;{severity}").study
    assert study.events["severity"].tolist() == ["2", "1"]
    assert severity not in study.patients


@pytest.mark.parametrize(
    "event",
    [
        "Adverse event", "Adverse reaction", "AE term", "SAE", "Preferred term", "MedDRA PT", "Reported term", "Side effect",
        "Nebenwirkung", "Unerwünschtes Ereignis", "UE", "Événement indésirable", "Effet indésirable", "Evento adverso",
        "Evento avverso", "Bijwerking", "Complication",
    ],
)  # fmt: skip
def test_the_event(taken, event):
    study = taken(f"Subject;{event};Week;CTCAE grade").study
    assert study.events["event"].tolist() == ["Itching", "Nausea"]


def test_a_severity_without_an_event_is_said(taken):
    intake = taken("Subject;Site of skin;Week;CTCAE grade", "S1;arm;0;2\nS2;leg;6;1\n")
    assert intake.study.events.empty
    assert any("no column says what happened" in note for note in intake.report.notes)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("Grad 2", 2),
        ("CTCAE grade 3", 3),
        ("grado 1", 1),
        ("schwer", 3),
        ("modéré", 2),
        ("leve", 1),
        ("Tod", 5),
        ("3", 3),
    ],
)
def test_what_a_severity_says(words, number):
    assert grade(words) == number
