"""A readable file that comes alone is asked about, with a field for what is missing, and read once that is said."""

from data.check import status
from data.files import take_in
from data.intake.review.edits import edits_of
from data.intake.review.open_questions import open_questions
from data_layer.clinic_files import save_book

COUNTS = ",Live/T cells | Count,Live/T cells/Treg | Count\nTube_002_7w.fcs,900,45\nTube_002_8w.fcs,800,32\nMean,850,38.5\nSD,70.7,9.19\n"


def asked(intake):
    return {(one["kind"], one["sheet"]) for one in open_questions(intake.proposal)}


def test_a_flowjo_table_of_counts(tmp_path):
    (tmp_path / "counts.csv").write_text(COUNTS)
    intake = take_in([tmp_path / "counts.csv"])
    assert intake.study is None
    assert status(intake) == 1
    assert {("patterns", None), ("weeks", None)} <= asked(intake)
    said = {"patterns": [["counts.csv", "", "*_{patient_id}.*"]], "weeks": [["counts.csv", "", "3"]]}
    samples = take_in([tmp_path / "counts.csv"], edits=edits_of(said)).study.immune_subsets
    assert set(zip(samples["patient_id"].astype(str), samples["week"], strict=True)) == {("7w", 3), ("8w", 3)}
    assert sorted(samples["value"]) == [32, 45, 800, 900]


def test_a_workbook_whose_visits_say_no_week(tmp_path):
    rows = [(who, visit) for who in ("K1", "K2") for visit in ("T0", "T1")]
    sheets = {
        "skin": [["Subject", "Visit", "PASI"], *([*row, 9 - at] for at, row in enumerate(rows))],
        "cells": [["Subject", "Visit", "CD4 T"], *([*row, 40 + at] for at, row in enumerate(rows))],
    }
    save_book(tmp_path / "study.xlsx", sheets)
    intake = take_in([tmp_path / "study.xlsx"])
    assert intake.study is None
    assert status(intake) == 1
    assert asked(intake) == {("visits", "skin")}
    said = {"visits": [["study.xlsx", "skin", visit, week] for visit, week in (("T0", "0"), ("T1", "16"))]}
    study = take_in([tmp_path / "study.xlsx"], edits=edits_of(said)).study
    assert study.pasi["week"].tolist() == study.immune_subsets["week"].tolist() == [0, 16, 0, 16]
    said["visits"].append(["study.xlsx", "cells", "T1", "12"])
    study = take_in([tmp_path / "study.xlsx"], edits=edits_of(said)).study
    assert study.pasi["week"].tolist() == [0, 16, 0, 16]
    assert study.immune_subsets["week"].tolist() == [0, 12, 0, 12]
