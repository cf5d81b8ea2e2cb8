"""Patient and time from the names of tubes, judged by the patients whom other files name."""

import pytest

from data.files import take_in
from data.intake.columns.patient_id_spellings import Patients
from data.intake.layouts.flowjo.tube_patterns import found, proposed_pattern, stated_pattern
from data.intake.layouts.flowjo.tubes import masked, matcher, read_tube

GATE = "Lymphocytes/CD4+ | Freq. of Parent"


def finds(names, patients, **how):
    """(patient, time) of every name that the proposed pattern reads, and the sentences."""
    proposed = proposed_pattern(names, patients, **how)
    read = found(proposed.pattern, names, Patients(patients), **how)
    return [(read.who.get(name), read.when.get(name)) for name in names], proposed.said


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (("P1_W0.fcs", "P1_W12.fcs"), "{patient_id}_W{week}*"),
        (("Exp 3 PT-003 wk 12.fcs", "Exp 3 PT-004 wk 0.fcs"), "* {patient_id} wk {week}*"),
        (("A_P1_baseline_01.fcs", "A_P1_W4_02.fcs"), "*_{patient_id}_{visit}*"),
        (("S-01 Day 15.fcs",), "{patient_id} Day {study_day}*"),
        (("W4_P07_t.fcs",), "W{week}_{patient_id}*"),
    ],
)
def test_patterns_where_nobody_is_known(names, pattern):
    proposed = proposed_pattern(names, ())
    assert proposed.pattern == pattern
    assert all(matcher(pattern).fullmatch(name) for name in names)


@pytest.mark.parametrize(
    ("names", "patients", "expected"),
    [
        (["S_1_W0_001", "S_2_W0_002", "S_2_W4_003", "S_2_W12_004"], "1 2", [("1", 0), ("2", 0), ("2", 4), ("2", 12)]),
        (["Specimen_001_1_W0_001", "Specimen_001_2_W4_002"], "1 2", [("1", 0), ("2", 4)]),
        (["Specimen_001_1_baseline_001", "Specimen_001_2_week 4_002"], "1 2", [("1", 0), ("2", 4)]),
        (["Specimen_001_P001_baseline_001", "Specimen_001_P002_week 4_002"], "1 2", [("1", 0), ("2", 4)]),
        (["Panel1_1_W0", "Panel1_2_W4"], "1 2", [("1", 0), ("2", 4)]),
        (["M3 cytometer_T_101_W0_D7 stain", "M3 cytometer_T_102_W4_D7 stain"], "101 102", [("101", 0), ("102", 4)]),
        (["A1_P01_W0", "D7_P01_W4", "B12_P02_W0"], "P01 P02", [("P01", 0), ("P01", 4), ("P02", 0)]),
        (["P01_D0_CD4_IL17A", "P01_D28_CD4_IL17A"], "P01", [("P01", 0), ("P01", 4)]),
        (["1W0", "2W4", "10W4"], "1 2 10", [("1", 0), ("2", 4), ("10", 4)]),
        (["Pat1BL", "Pat1W4"], "1 2", [("1", 0), ("1", 4)]),
        (["P01/Specimen_001_W4_003", "P10/Specimen_001_W0_001"], "1 10", [("1", 4), ("10", 0)]),
        (["PSO_001_W0", "PSO_002_W4"], "PSO_001 PSO_002", [("PSO_001", 0), ("PSO_002", 4)]),
        (["W-4_P01", "W0_P01", "W4_P01"], "P01", [("P01", -4), ("P01", 0), ("P01", 4)]),
        (["P01_W-0", "P01_W-4", "P01_W-12"], "P01", [("P01", 0), ("P01", 4), ("P01", 12)]),
        (["P01 week -4", "P01 week 0"], "P01", [("P01", -4), ("P01", 0)]),
        (["P01_W4.001", "P01_W0.001"], "P01", [("P01", 4), ("P01", 0)]),
        (["W0_P07-003", "W4_P07-001"], "P07", [("P07", 0), ("P07", 4)]),
        (["1_T cells_W0_001", "2_T cells_W4_002"], "1 2", [("1", 0), ("2", 4)]),
        (["20210104_P01_001", "20210201_P01_002"], "P01", [("P01", "20210104"), ("P01", "20210201")]),
        (["P1_W0_001", "P1_W0_002", "HC1_W0_001", "P2_W4_001"], "1 2", [("1", 0), ("1", 0), (None, 0), ("2", 4)]),
    ],
)
def test_the_known_patients_are_found(names, patients, expected):
    names = [f"{name}.fcs" if "." not in name else name for name in names]
    assert finds(names, patients.split())[0] == expected


def test_many_patients_with_bare_numbers_and_numbered_tubes():
    visits = [(patient, week) for patient in range(1, 13) for week in (0, 4)]
    names = [f"Specimen_001_{patient}_W{week}_{at:03}.fcs" for at, (patient, week) in enumerate(visits, start=1)]
    read, _ = finds(names, [str(patient) for patient in range(1, 25)])
    assert read == [(str(patient), week) for patient, week in visits]


def test_what_the_laboratory_numbers_is_no_patient():
    assert finds(["Specimen_001_W0_001.fcs", "Specimen_002_W4_002.fcs"], ["1", "2"])[0] == [(None, None)] * 2
    assert read_tube("*_{patient_id}_W{week}*", "Specimen_001_W0_005.fcs") is None
    assert read_tube("Specimen_{patient_id}_W{week}*", "Specimen_001_W0_005.fcs").patient == "001"


@pytest.mark.parametrize(
    ("names", "patients", "other"),
    [
        (
            ["P1_1_W0", "P1_2_W0", "P2_1_W0", "P2_2_W0"],
            ["1", "2"],
            "finds patient 1 at week 0 where this finds patient 2",
        ),
        (["7_W0_M1", "7_W0_M2", "8_W0_M1"], ["7", "8"], "patient 7 at week 4.348 where this finds patient 7 at week 0"),
    ],
)
def test_two_readings_that_fit_are_both_named(names, patients, other):
    _, said = finds(names, patients)
    assert any("may also be read as" in sentence and other in sentence for sentence in said)


def test_days_of_tubes_follow_the_rule_of_visits():
    assert finds(["P01_D1", "P01_D29"], ["P01"], study_days=True)[0] == [("P01", 0), ("P01", 4)]
    assert finds(["P01_D0", "P01_D7"], ["P01"], study_days=True)[0] == [("P01", 0), ("P01", 1)]
    assert proposed_pattern(["P01_D1", "P01_D29"], ["P01"]).pattern == "{patient_id}_D{study_day}"


def test_tubes_without_a_known_time_or_patient_are_named():
    read, said = finds(["P01_V1.fcs", "P01_V2.fcs"], ["P01"])
    assert read == [("P01", None)] * 2
    assert any("2 tube(s) is not known (P01_V1.fcs" in sentence for sentence in said)
    assert "'HC1'" in finds(["P01_W0", "HC1_W0"], ["P01"])[1][-1]
    assert "state the pattern" in finds(["A1.fcs", "A2.fcs"], ["P01"])[1][0]
    assert "no patient of the other files" in stated_pattern("{patient_id}_W{week}", ["HC1_W0"], ["P01"]).said[0]


def test_no_date_and_no_name_of_a_person_is_in_a_pattern_or_sentence():
    proposed = proposed_pattern(["Miller Ann 12.03.1961_W0.fcs", "Miller Ann 12.03.1961_W4.fcs"], ["AM"])
    assert "1961" not in proposed.pattern
    assert "Miller" not in proposed.pattern
    assert masked(["P01_20210104_x.fcs", "a" * 100]) == f"P01_[date]_x.fcs, {'a' * 60}…"


def test_hostile_names_take_no_time():
    names = ["_1" * 140, "a" * 5000, "_" * 299, "P01_W4_" * 40]
    assert len(finds(names, ["1", "P01"])[0]) == len(names)


def test_a_tube_of_nobody_known_is_set_aside_and_makes_no_patient(tmp_path):
    (tmp_path / "visits.csv").write_text("Patient;Week;PASI\n1;0;20\n1;4;5\n2;0;30\n")
    tubes = ["Specimen_001_1_W0_001", "Specimen_001_2_W0_002", "Specimen_001_HC1_W0_003", "Specimen_001_W0_004"]
    rows = "".join(f"{tube}.fcs,{value},\n" for value, tube in enumerate(tubes, start=40))
    (tmp_path / "flow.csv").write_text(f",{GATE},\n{rows}")
    taken = take_in([tmp_path / "visits.csv", tmp_path / "flow.csv"])
    samples = taken.study.immune_subsets[["patient_id", "week", "value"]]
    assert samples.to_numpy().tolist() == [["1", 0, 40], ["2", 0, 41]]
    assert taken.study.patient_ids == ["1", "2"]
    aside = {one.reason: one.rows for account in taken.report.accounts for one in account.aside}
    assert aside["a tube of a patient that no other file names"] == (4,)
    assert aside["a tube whose name does not fit *_{patient_id}_W{week}*"] == (5,)


def test_new_patients_of_the_next_export_are_joined_as_those_before(tmp_path):
    visits, flow = tmp_path / "visits.csv", tmp_path / "flow.csv"
    visits.write_text("Patient;Week;PASI\n1;0;20\n")
    flow.write_text(f",{GATE},\nP01_W0.fcs,40,\n")
    mapping = take_in([visits, flow]).proposal.mapping
    visits.write_text("Patient;Week;PASI\n1;0;20\n3;0;9\n")
    flow.write_text(f",{GATE},\nP01_W0.fcs,40,\nP03_W0.fcs,41,\nP04_W0.fcs,42,\n")
    later = take_in([visits, flow], mapping)
    assert later.study.immune_subsets[["patient_id", "value"]].to_numpy().tolist() == [["1", 40], ["3", 41]]
    assert "New patients are joined as those in [patients] are: P03 is 3." in later.report.notes
    assert any("'P04'" in one.found for one in later.report.warnings)
