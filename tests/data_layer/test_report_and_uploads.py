"""The report of what was read, uploads under their keys, the template, and what leaves as CSV."""

import json
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import uploads
from data.account import FORMATS, as_csv, as_json, as_table, as_text
from data.catalog import open_study
from data.check import main
from data.exports import escaped
from data.files import take_in
from data.template import template
from data_layer.clinic_files import FLOWJO, REDCAP

TABLES = ("patients", "pasi", "immune_subsets", "subset_definitions", "treatments", "events")


@pytest.fixture
def paths(tmp_path):
    for name, content in (("redcap.csv", REDCAP), ("flow.csv", FLOWJO)):
        (tmp_path / name).write_text(content)
    return [str(tmp_path / name) for name in ("redcap.csv", "flow.csv")]


def test_the_report_says_the_same_in_every_form(paths):
    report = take_in(paths).report
    text, table, known = as_text(report), as_table(report), json.loads(as_json(report))
    assert "redcap.csv → pasi: 5 of 5 rows kept." in text
    assert "set aside: a control or compensation tube: row 7" in text
    assert table["level"].isin(["read", "set aside", "error", "warning", "note"]).all()
    assert len(known["warnings"]) == (table["level"] == "warning").sum()
    assert as_csv(report).splitlines()[0].startswith("level,file,table,row,column,rows_in")


def test_check_takes_several_paths_and_speaks_json(paths, capsys):
    assert main([*paths, "--json"]) == 1
    known = json.loads(capsys.readouterr().out)
    assert known["study"].startswith("redcap.csv and flow.csv: 2 patients")
    Path(paths[1]).write_text("")
    assert main([paths[1], "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["errors"][0]["message"]


@pytest.fixture
def kept(paths, tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    return uploads.save(take_in(paths))


def test_an_upload_is_found_by_its_key_only(kept, paths):
    assert len(kept) >= 43
    assert uploads.load(kept).key == kept
    pd.testing.assert_frame_equal(uploads.load(kept).pasi, take_in(paths).study.pasi)
    assert "[[sources]]" in uploads.mapping_text(kept)
    assert all(uploads.report(kept, form) for form in FORMATS)
    for key in (kept[:-1] + ("A" if kept[-1] != "A" else "B"), "../" + kept, "", ".", kept + "/.."):
        with pytest.raises(KeyError):
            uploads.load(key)


def test_no_uploaded_file_is_kept_and_nothing_identifies(kept):
    files = sorted(file.name for file in (uploads.folder() / kept).iterdir())
    assert files == ["report.json", "study.pickle", "study.toml"]
    assert b"Anna" not in b"".join(file.read_bytes() for file in (uploads.folder() / kept).iterdir())
    assert (uploads.folder().stat().st_mode & 0o077) == 0


def test_an_upload_can_be_deleted(kept):
    uploads.delete(kept)
    with pytest.raises(KeyError):
        uploads.load(kept)


def test_an_upload_expires(kept, monkeypatch):
    monkeypatch.setenv("UPLOAD_HOURS", "2")
    old = time.time() - 3 * 3600
    os.utime(uploads.folder() / kept, (old, old))
    with pytest.raises(KeyError):
        uploads.load(kept)
    uploads.forget_old()
    assert list(uploads.folder().iterdir()) == []


def test_a_refused_import_is_not_kept(paths, tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    Path(paths[1]).write_text("")
    with pytest.raises(ValueError, match="refused"):
        uploads.save(take_in(paths[1:]))
    assert not uploads.folder().exists()


def test_the_template_opens_as_the_case_series(tmp_path):
    (tmp_path / "template.xlsx").write_bytes(template())
    bundled, filled = open_study(), open_study(tmp_path / "template.xlsx")
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(bundled, name), getattr(filled, name))
    assert (bundled.title, bundled.index, filled.notes) == (filled.title, filled.index, ())


def test_texts_that_look_like_formulas_are_escaped_and_numbers_are_not():
    table = pd.DataFrame({"note": ["=1+1", "-x", "@a", "ok", "\tb"], "value": [-1.5, 2, np.nan, 0, 1]})
    safe = escaped(table)
    assert safe["note"].tolist() == ["'=1+1", "'-x", "'@a", "ok", "'\tb"]
    pd.testing.assert_series_equal(safe["value"], table["value"])
    assert table["note"].iloc[0] == "=1+1"
