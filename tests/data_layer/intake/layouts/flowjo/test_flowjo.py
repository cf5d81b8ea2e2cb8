"""Tables of gates as FlowJo's versions and its users leave them: keywords, renamed columns, percent signs."""

import pytest

from data.files import open_files, take_in

VISITS = "Patient,Week,PASI score\nP01,0,20\nP01,4,10\nP02,0,15.5\n"
EXPECTED = [["P01", 0, 45.1], ["P01", 4, 46.2], ["P02", 0, 40.0]]
TUBES = ("Specimen_001_P01_W0_001.fcs", "Specimen_001_P01_W4_002.fcs", "Specimen_001_P02_W0_003.fcs")
VALUES = ("45.1", "46.2", "40.0")


@pytest.fixture
def files(tmp_path):
    def write(flow, visits=VISITS):
        (tmp_path / "visits.csv").write_text(visits)
        (tmp_path / "flow.csv").write_text(flow)
        return [tmp_path / "visits.csv", tmp_path / "flow.csv"]

    return write


def table(header, values=VALUES, further=""):
    rows = "".join(f"{tube},{value}\n" for tube, value in zip(TUBES, values, strict=True))
    return f"{header}\n{rows}{further}"


def samples(paths):
    return open_files(paths).immune_subsets[["patient_id", "week", "value"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("flow", "subset", "unit"),
    [
        (table(",Lymphocytes/CD4+ | Freq. of Parent"), "Lymphocytes/CD4+", "% of parent"),
        (table('Sample,"Lymphocytes/CD4+,Freq. of Parent"'), "Lymphocytes/CD4+", "% of parent"),
        (table(",Lymphocytes/CD4+ | Freq. of Parent", [f"{value} %" for value in VALUES]), "Lymphocytes/CD4+", "% of parent"),
        (table(",CD4 T", further="Mean,43.8\nSD,3.32\n"), "CD4 T", "unit not stated"),
    ],
)  # fmt: skip
def test_a_gate_is_a_subset_however_its_column_is_called(files, flow, subset, unit):
    paths = files(flow)
    assert samples(paths) == EXPECTED
    definition = open_files(paths).subset_definitions.iloc[0]
    assert [definition["subset"], definition["unit"]] == [subset, unit]


def test_keywords_that_say_patient_and_time_go_before_the_names_of_tubes(files):
    rows = "A1.fcs,P01,W0,45.1\nA2.fcs,P01,W4,46.2\nA3.fcs,P02,W0,40.0\nFMO.fcs,P02,W0,1\n"
    paths = files(f",PATIENT ID,TIMEPOINT,Lymphocytes/CD4+ | Freq. of Parent\n{rows}")
    assert samples(paths) == EXPECTED
    taken = take_in(paths)
    assert taken.proposal.mapping["sources"][-1]["sample"] == {"column": "(unnamed)"}
    assert not [one for one in taken.proposal.questions if one.kind == "patterns"]


def test_numbers_beside_patients_are_no_table_of_gates(files):
    paths = files("Tube,Patient,Week,CD4 T\na.fcs,P01,0,45.1\nb.fcs,P01,4,46.2\nc.fcs,P02,0,40.0\n")
    assert samples(paths) == EXPECTED
    assert take_in(paths).proposal.tables[1]["layout"] == "clinic"


def test_a_percentage_is_no_score(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi,bsa\nP1,0,20,25%\nP1,4,50 %,12 %\n")
    report = take_in([tmp_path / "pasi.csv"]).report
    assert [one.found for one in [*report.problems, *report.warnings]] == ["'50 %'"]
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi,bsa\nP1,0,20,25%\nP1,4,5,12 %\n")
    assert open_files([tmp_path / "pasi.csv"]).pasi["bsa"].tolist() == [25, 12]


def test_a_control_without_the_index_treatment_counts_from_their_first_visit(tmp_path):
    (tmp_path / "visits.csv").write_text(
        "Patient,Visit date,PASI\n1,2021-01-04,20\n1,2021-02-01,10\n2,2021-01-11,15\n2,2021-02-08,9\n"
    )
    (tmp_path / "drugs.csv").write_text("Patient,Drug,Start date\n1,UC-MSC,2021-01-04\n2,adalimumab,2021-01-11\n")
    taken = take_in([tmp_path / "visits.csv", tmp_path / "drugs.csv"])
    assert taken.study.pasi["week"].tolist() == [0, 4, 0, 4]
    assert any("without the index treatment: '2'" in one.found for one in taken.report.warnings)


def said_of(files, flow):
    report = take_in(files(flow)).report
    odd = [one for one in report.warnings if one.file == "flow.csv"]
    return [one.found for one in odd], [note for note in report.notes if "Mean and SD" in note]


@pytest.mark.parametrize("footers", ["Mean,\nSD,\n", "Mean,n/a\nSD,\n", "CV,7.6\n"])
def test_nothing_is_said_of_footers_that_say_nothing(files, footers):
    assert said_of(files, table(",Lymphocytes/CD4+ | Freq. of Parent (%)", further=footers)) == ([], [])


@pytest.mark.parametrize(
    ("values", "footers", "odd"),
    [
        (("0.21", "0.34", "1.58"), "Mean,0.71\nSD,0.76\n", []),
        (("0.21", "0.34", "1.58"), "Mean,0.74\nSD,0.76\n", ["Mean 0.74"]),
        (("1.2", "2.9", "7.1"), "Mean,4\nSD,3.0\n", []),
        (("12", "340", "5100"), "Mean,1820\nSD,2850\n", []),
        (("12", "340", "5100"), "Mean,1900\nSD,2850\n", ["Mean 1900"]),
    ],
)
def test_footers_agree_as_far_as_they_are_printed(files, values, footers, odd):
    wrong, agree = said_of(files, table(",Lymphocytes/CD4+ | Freq. of Parent (%)", values, footers))
    assert wrong == odd
    assert len(agree) == (not odd)


@pytest.mark.parametrize(
    ("statistic", "wrong"),
    [("Mean (FITC-A)", 0), ("Geom. Mean (PE-A)", 0), ("CV (FITC-A)", 0), ("Freq. of Total (%)", 3), ("Count", 3)],
)
def test_a_parent_bounds_frequencies_and_counts_alone(files, statistic, wrong):
    header = f",T cells | {statistic},T cells/CD4+ | {statistic}"
    found, _ = said_of(files, table(header, ("30,40", "31,41", "29,39")))
    assert len(found) == wrong


def test_fluorescence_may_be_below_0_after_compensation(files):
    assert said_of(files, table(",T cells | Median (FITC-A)", ("-12", "40", "51")))[0] == []
    assert said_of(files, table(",T cells | Count", ("-12", "40", "51")))[0] == ["-12"]
