"""CDISC data sets as transport files, CSV and Dataset-JSON."""

import datetime as dt
import json
import zlib

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from data.files import open_files, take_in

pytestmark = pytest.mark.whole

PEOPLE = ("S-01", "S-02")


def table(rows):
    return pd.DataFrame([{"USUBJID": who, **row} for who in PEOPLE for row in rows])


ADAM = table(
    [
        {"TRT01A": "MSC", "PARAMCD": "PASI", "PARAM": "PASI Total", "AVAL": 21.0, "ADY": -7.0, "DTYPE": ""},
        {"TRT01A": "MSC", "PARAMCD": "PASI", "PARAM": "PASI Total", "AVAL": 20.0, "ADY": 1.0, "DTYPE": ""},
        {"TRT01A": "MSC", "PARAMCD": "PASI", "PARAM": "PASI Total", "AVAL": 3.0, "ADY": 29.0, "DTYPE": ""},
        {"TRT01A": "MSC", "PARAMCD": "PASI", "PARAM": "PASI Total", "AVAL": 3.0, "ADY": 57.0, "DTYPE": "LOCF"},
        {"TRT01A": "MSC", "PARAMCD": "PASI75", "PARAM": "PASI 75 Responder", "AVAL": 1.0, "ADY": 29.0, "DTYPE": ""},
        {"TRT01A": "MSC", "PARAMCD": "DLQI", "PARAM": "DLQI Total", "AVAL": 11.0, "ADY": 1.0, "DTYPE": ""},
    ]
)
SDTM = {
    "dm": table(
        [{"DOMAIN": "DM", "RFSTDTC": "2021-03-01", "BRTHDTC": "1970-01-01", "AGE": 50.0, "SEX": "F", "ARM": "MSC"}]
    ),
    "ex": table(
        [
            {"EXTRT": "UC-MSC", "EXDOSE": 2.0, "EXDOSU": "10^6/kg", "EXSTDTC": day, "EXENDTC": day}
            for day in ("2021-03-01", "2021-03-08")
        ]
    ),
    "qs": table(
        [
            {"QSTESTCD": "PASITOT", "QSTEST": "PASI Total", "QSSTRESN": value, "QSDTC": day}
            for day, value in (("2021-02-22", 21.0), ("2021-03-01", 20.0), ("2021-03-29", 3.0))
        ]
    ),
    "lb": table(
        [
            {"LBTESTCD": "TREG", "LBTEST": "Regulatory T", "LBSTRESC": value, "LBSTRESU": "%", "LBDTC": day}
            for day, value in (("2021-03-01", "5.1"), ("2021-03-29", "<0.2"), ("2021-04", "3"))
        ]
    ),
    "ae": table([{"AETERM": "fever", "AESEV": "MILD", "AESTDTC": "2021-03-02"}]),
}


def transport(frame, path):
    pyreadstat.write_xport(frame, path.with_suffix(".xpt"), table_name=path.stem.upper(), file_format_version=5)
    return path.with_suffix(".xpt")


def comma(frame, path):
    frame.to_csv(path.with_suffix(".csv"), index=False)
    return path.with_suffix(".csv")


def dataset(frame, path):
    columns = [{"itemOID": name, "name": name, "label": name, "dataType": "string"} for name in frame]
    rows = frame.astype(object).to_numpy().tolist()
    whole = {"datasetJSONVersion": "1.1.0", "name": path.stem, "columns": columns, "rows": rows}
    path.with_suffix(".json").write_text(json.dumps(whole))
    return path.with_suffix(".json")


def lines(frame, path):
    columns = [{"itemOID": name, "name": name, "label": name, "dataType": "string"} for name in frame]
    head = json.dumps({"datasetJSONVersion": "1.1.0", "name": path.stem, "columns": columns})
    rows = [json.dumps(row) for row in frame.astype(object).to_numpy().tolist()]
    path.with_suffix(".ndjson").write_text("\n".join([head, *rows]))
    return path.with_suffix(".ndjson")


def compressed(frame, path):
    whole = lines(frame, path)
    path.with_suffix(".dsjc").write_bytes(zlib.compress(whole.read_bytes()))
    whole.unlink()
    return path.with_suffix(".dsjc")


def lines_named_json(frame, path):
    return lines(frame, path).rename(path.with_suffix(".json"))


def first_version(frame, path):
    items = [{"OID": name, "name": name} for name in frame]
    group = {"name": path.stem, "items": items, "itemData": frame.astype(object).to_numpy().tolist()}
    whole = {"datasetJSONVersion": "1.0.0", "clinicalData": {"studyOID": "x", "itemGroupData": {"IG": group}}}
    path.with_suffix(".json").write_text(json.dumps(whole))
    return path.with_suffix(".json")


FORMS = {
    "xpt": transport, "csv": comma, "json": dataset, "ndjson": lines, "dsjc": compressed, "lines": lines_named_json, "1.0": first_version,
}  # fmt: skip


@pytest.fixture(params=FORMS)
def saved(request, tmp_path):
    return lambda frame, name: FORMS[request.param](frame, tmp_path / name)


def test_adam_observations_and_no_imputed_record(saved):
    taken = take_in([saved(ADAM, "adpasi")])
    pasi = taken.study.pasi[taken.study.pasi["patient_id"] == "S-01"]
    assert pasi["week"].tolist() == [-1, 0, 4]
    assert pasi["pasi"].tolist() == [21, 20, 3]
    np.testing.assert_array_equal(pasi["dlqi"], [np.nan, 11, np.nan])
    assert set(taken.study.patients["group"]) == {"MSC"}
    assert any("no day 0" in note for note in taken.report.notes)


def test_sdtm_domains_are_one_study(saved):
    taken = take_in([saved(frame, name) for name, frame in SDTM.items()])
    study = taken.study
    assert study.pasi["week"].tolist() == [-1, 0, 4] * 2
    assert study.treatments["start_week"].tolist() == [0, 1] * 2
    assert study.treatments["kind"].tolist() == ["cell_therapy"] * 4
    assert study.events["week"].tolist() == [1 / 7] * 2
    assert study.immune_subsets["below_limit"].tolist()[1] == 0.2
    assert study.subset_definitions["unit"].tolist() == ["%"]
    aside = {one.reason: one.rows for account in taken.report.accounts for one in account.aside}
    assert aside == {
        "a date that is not whole (such as 2021-03), or does not exist": (3, 6) if saved_from(taken) else (4, 7)
    }
    assert "1970" not in str(study.patients)


def saved_from(taken):
    """Rows of files without a header line count from 1."""
    return not any(account.file.endswith(".csv") for account in taken.report.accounts)


def test_numeric_dates_of_sas(tmp_path):
    days = [float((dt.date(2021, 3, day) - dt.date(1960, 1, 1)).days) for day in (1, 15)]
    frame = pd.DataFrame({"USUBJID": "S-01", "PARAMCD": "PASI", "PARAM": "PASI", "AVAL": [20.0, 4.0], "ADT": days})
    assert open_files([transport(frame, tmp_path / "adpasi")]).pasi["week"].tolist() == [0, 2]


def test_a_study_day_0_is_told(tmp_path):
    frame = ADAM.assign(ADY=ADAM["ADY"].replace(1.0, 0.0))
    report = take_in([comma(frame, tmp_path / "adpasi")]).report
    assert any("study day other than 0" in one.expected for one in report.warnings)
