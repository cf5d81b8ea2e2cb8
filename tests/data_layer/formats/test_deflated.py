"""Compressed Dataset-JSON is unpacked within limits; one that is cut off is no file."""

import json
import zlib

import pytest

from data.files import take_in
from data.settings import SETTINGS

COLUMNS = [{"name": name} for name in ("USUBJID", "PARAMCD", "AVAL", "ADY")]


def data_set(rows, level=-1):
    head = json.dumps({"datasetJSONVersion": "1.1.0", "columns": COLUMNS})
    return zlib.compress("\n".join([head, *(json.dumps(row) for row in rows)]).encode(), level)


ROWS = [["A", "PASI", 20, 1], ["A", "PASI", 5, 29]]


@pytest.mark.parametrize("level", [1, 6, 9])
@pytest.mark.parametrize("name", ["adpasi.dsjc", "adpasi.json", "adpasi.bin"])
def test_it_is_known_by_its_content(tmp_path, level, name):
    (tmp_path / name).write_bytes(data_set(ROWS, level))
    assert take_in([tmp_path / name]).study.pasi["pasi"].tolist() == [20, 5]


def test_no_more_is_unpacked_than_a_file_may_hold(tmp_path, monkeypatch):
    monkeypatch.setenv("MAX_FILE_MB", "1")
    (tmp_path / "adpasi.dsjc").write_bytes(data_set([["A", "PASI", 20, 1]] * 60_000))
    (problem,) = take_in([tmp_path / "adpasi.dsjc"]).report.problems
    assert "more than 1 MB when unpacked" in problem.found
    assert "MAX_FILE_MB" in problem.advice
    assert "MAX_FILE_MB" in SETTINGS


@pytest.mark.parametrize("line", ['""', "1", "", "[]"])
def test_lines_beyond_the_rows_of_a_table_are_counted_before_they_are_parsed(tmp_path, monkeypatch, line):
    monkeypatch.setenv("MAX_ROWS", "30000")
    text = zlib.decompress(data_set([])) + f"\n{line}".encode() * 60_000
    (tmp_path / "adpasi.dsjc").write_bytes(zlib.compress(text))
    (problem,) = take_in([tmp_path / "adpasi.dsjc"]).report.problems
    assert "at most 30,000 rows" in problem.expected


@pytest.mark.parametrize("row", ["ABCD", {"USUBJID": "A", "PARAMCD": "PASI", "AVAL": 3, "ADY": 1}, 3, None])
def test_a_row_that_is_no_list_is_not_taken_apart(tmp_path, row):
    (tmp_path / "adpasi.dsjc").write_bytes(data_set([*ROWS, row]))
    (problem,) = take_in([tmp_path / "adpasi.dsjc"]).report.problems
    assert "JSON that is no dataset" in problem.found


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_one_that_is_cut_off_is_told(tmp_path, cut):
    (tmp_path / "adpasi.dsjc").write_bytes(data_set(ROWS)[:-cut])
    (problem,) = take_in([tmp_path / "adpasi.dsjc"]).report.problems
    assert "damaged or cut off" in problem.found
