"""A clinic's REDCap export and a flow lab's FlowJo table become one study, and every row is accounted for."""

import tomllib

import numpy as np
import pandas as pd
import pytest

from data.files import open_files, proposed, take_in
from data.intake.review.write_toml import toml_text
from data.intake.sources import sources_in
from data.problems import Report
from data_layer.clinic_files import DICTIONARY, FLOWJO, GATES, REDCAP

pytestmark = pytest.mark.whole


@pytest.fixture
def written(tmp_path):
    def write(**files):
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_bytes(content.encode() if isinstance(content, str) else content)
        return [tmp_path / f"{name}.csv" for name in files]

    return write


@pytest.fixture
def clinic(written):
    return written(redcap=REDCAP, fields=DICTIONARY, flow=FLOWJO)


def test_the_two_are_joined_by_patient_and_week(clinic):
    study = open_files(clinic)
    assert study.patient_ids == ["1", "2"]
    assert study.patients["sex"].tolist() == ["Female", "Male"]
    first = study.pasi[study.pasi["patient_id"] == "1"]
    assert first["week"].tolist() == [0, 4, 12]
    assert first["pasi"].tolist() == [22.4, 3.1, 12.0]
    assert first["dlqi"].tolist()[:2] == [20, 4]
    treg = study.immune_subsets.query("patient_id == '1' and subset == @GATES[1]")
    assert treg["week"].tolist() == [0, 4]
    assert treg["value"].tolist() == [5.2, 7.9]


def test_weeks_are_counted_from_each_patients_infusion(clinic):
    study = open_files(clinic)
    assert study.index.treatment == "UC-MSC"
    second = study.pasi[study.pasi["patient_id"] == "2"]
    assert second["week"].tolist() == [-1 / 7, 4]
    assert np.isnan(second["pasi"].iloc[1])


def test_every_row_is_kept_or_set_aside_with_a_reason(clinic):
    report = take_in(clinic).report
    for account in report.accounts:
        aside = {row for one in account.aside for row in one.rows}
        assert account.kept + len(aside) == account.rows, account
    reasons = {one.reason: one.rows for account in report.accounts for one in account.aside}
    assert reasons["a course that ends before it starts"] == (9,)
    assert reasons["a control or compensation tube"] == (7,)
    assert reasons["a footer of FlowJo (Mean, SD), no sample"] == (8, 9)
    assert reasons["a sample without any value"] == (6,)
    assert "a further row of a patient, joined with the first" in reasons


def test_identifiers_are_left_out_and_masked(clinic):
    shown = {one["column"]: one for one in proposed(clinic).columns}
    assert shown["first_name"]["role"] == shown["dob"]["role"] == "identifier"
    assert set(shown["first_name"]["preview"] + shown["dob"]["preview"]) == {"•••"}
    assert shown["visit_date"]["preview"] == ["week 0.0", "week 4.0", "week 12.0"]
    study = open_files(clinic)
    everything = " ".join(str(table) for table in vars(study).values())
    assert "Anna" not in everything
    assert "2021" not in everything


def test_gate_paths_are_the_tree_and_statistics_stay_apart(clinic):
    study = open_files(clinic)
    definitions = study.subset_definitions.set_index("subset")
    assert definitions.loc[GATES[1], ["label", "parent", "lineage", "unit"]].tolist() == [
        "CD25hiCD127lo",
        "CD4+",
        "T cell",
        "% of parent",
    ]
    assert definitions.loc[GATES[1], "phenotype"] == "CD4+, CD25hi, CD127lo, FoxP3+"
    assert definitions.loc[f"{GATES[0]} | Median (FITC-A)", "unit"] == "Median (FITC-A)"
    treg = study.immune_subsets.query("subset == @GATES[1]")
    assert treg["count"].tolist() == [520, 790, 410, 12]
    assert treg["parent_count"].tolist() == [10000] * 4


def test_a_value_below_its_limit_is_neither_zero_nor_the_limit(clinic):
    taken = take_in(clinic)
    below = taken.study.immune_subsets.query("below_limit.notna()")
    assert below["below_limit"].tolist() == [0.2]
    assert below["value"].isna().all()
    assert any("1 value(s) below the limit" in note for note in taken.report.notes)


def test_footers_that_do_not_agree_are_a_warning(written):
    edited = FLOWJO.replace("45.1", "54.1")
    report = take_in(written(redcap=REDCAP, flow=edited)).report
    assert [(one.row, one.found) for one in report.warnings if "Freq" in str(one.column)] == [
        (8, "Mean 47.7"),
        (9, "SD 3.64"),
    ]


def test_the_written_mapping_opens_the_next_export_without_a_proposal(clinic, tmp_path):
    proposal = proposed(clinic)
    text = toml_text(proposal.mapping)
    assert tomllib.loads(text) == proposal.mapping
    (tmp_path / "study.toml").write_text(text)
    first, again = open_files(clinic), take_in([tmp_path / "study.toml", *clinic])
    assert again.proposal is None
    pd.testing.assert_frame_equal(first.immune_subsets, again.study.immune_subsets)
    (tmp_path / "redcap.csv").rename(tmp_path / "redcap_next_month.csv")
    later = open_files([tmp_path / "study.toml", tmp_path / "redcap_next_month.csv", clinic[2]])
    pd.testing.assert_frame_equal(first.pasi, later.pasi)


def test_an_edited_mapping_is_what_is_done(clinic):
    mapping = proposed(clinic).mapping
    edited = mapping | {"reference": {"from": "first visit"}, "patients": {}}
    taken = take_in(clinic, edited)
    assert taken.study.pasi.query("patient_id == '2'")["week"].tolist() == [0, 29 / 7]
    assert any("2 patient(s) that no other file names: 'P01', 'P02'" in one.found for one in taken.report.warnings)
    assert taken.study.patient_ids == ["1", "2"]


@pytest.mark.parametrize("as_folder", [False, True])
def test_our_own_pasi_beside_a_flowjo_table(written, tmp_path, as_folder):
    own = written(pasi="patient_id,week,pasi\nP01,0,20\nP01,4,5\nP02,0,30\n", flow=FLOWJO)
    study = open_files([tmp_path] if as_folder else own)
    assert study.pasi["pasi"].tolist() == [20, 5, 30]
    assert study.immune_subsets["subset"].nunique() == 3


def test_the_public_redcap_export_is_read_whole(shared):
    path = shared / "redcap" / "repeating_instruments_two_records.csv"
    assert [source.file for source in sources_in(path, Report())] == [path.name]
    report = take_in([path]).report
    assert {account.table: account.kept for account in report.accounts} == {"immune_subsets": 24, "treatments": 18}
    assert report.problems == []
    assert [one.found for one in report.warnings] == ["no PASI value"]


def test_it_joins_with_a_table_of_pasi(shared, written):
    path = shared / "redcap" / "repeating_instruments_two_records.csv"
    rows = "Patient ID;Visit date;PASI\n1;2011-01-01;20,5\n1;2011-01-03;8\n2;2011-02-01;12\n"
    study = open_files([path, *written(skin=rows)])
    assert len(study.immune_subsets) == 24
    assert len(study.treatments) == 18
    assert study.pasi["pasi"].tolist() == [20.5, 8, 12]
    assert sorted(set(study.immune_subsets["week"])) == [0, 1 / 7, 2 / 7]


def test_events_of_an_instrument_have_their_own_dates_and_not_their_visits(tmp_path):
    head = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,visit_date,pasi,ae_term,ae_date"
    rows = ["1,base_arm_1,,,2023-01-02,20,,", "1,base_arm_1,adverse_events,1,,,rash,2023-01-30"]
    rows += ["1,week_8_arm_1,,,2023-02-27,9,,", "1,week_8_arm_1,labs,1,,,,"]
    (tmp_path / "redcap.csv").write_text("\n".join([head, *rows]) + "\n")
    study = open_files([tmp_path / "redcap.csv"])
    assert study.events[["event", "week"]].to_numpy().tolist() == [["rash", 4.0]]
