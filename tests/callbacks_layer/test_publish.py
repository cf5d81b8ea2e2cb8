"""What leaves by the page's own requests: tables that a spreadsheet takes for text, within limits, and nothing that was not offered."""

import pytest

from app import create_app
from callbacks import publish
from data.deadline import LateError
from studies import make_study

ASKED = {"study": "case-series", "query": {}, "lit": [], "what": "legend", "view": ""}
FILE = {"study": "case-series", "query": {}, "what": "checklist-csv", "date": "2026-11-28", "choices": {}}


@pytest.fixture(scope="module")
def client():
    return create_app().server.test_client()


def test_a_copied_table_is_text_and_table_without_formulas():
    study = make_study({"=1+1": {0: 20.0, 4: float("nan")}, "<b>": {0: 10.0}})
    found = publish.table(study, {}, "pasi")
    rows = [row.split("\t") for row in found["text"].strip("\n").split("\n")]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'=1+1", "<b>"]
    assert rows[2][rows[0].index("pasi")] == ""
    assert found["rows"] == 3
    assert "&lt;b&gt;" in found["html"]
    assert "NaN" not in found["html"]


def test_a_table_too_large_to_copy_says_what_to_do(monkeypatch):
    study = make_study({"P1": {0: 20.0, 4: 5.0}})
    monkeypatch.setattr(publish, "MOST_MARKED", 3)
    assert publish.table(study, {}, "pasi")["html"] == ""
    monkeypatch.setattr(publish, "MOST_CELLS", 3)
    with pytest.raises(LateError, match="as CSV instead"):
        publish.table(study, {}, "pasi")


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("texts", {**ASKED, "what": "passwd"}), ("texts", {**ASKED, "view": "../pasi"}), ("texts", {**ASKED, "lit": "P1"}),
        ("file", {**FILE, "what": "mapping/.."}), ("file", {**FILE, "date": "2026-11-28 00:00"}), ("file", {**FILE, "choices": []}),
        ("remains", {"study": "case-series", "query": {}}),
    ],
)  # fmt: skip
def test_what_is_not_offered_is_refused_in_a_sentence(client, route, body):
    answer = client.post(f"/{route}", json=body)
    assert answer.status_code == 400
    assert "this request" in answer.get_data(as_text=True).lower()


def test_files_come_with_a_name_and_are_kept_by_nobody(client):
    answer = client.post("/file", json=FILE)
    assert answer.headers["Content-Disposition"] == "attachment; filename=reporting-checklist.csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post("/file", json={**FILE, "study": "nobody"}).status_code == 404


def test_whoever_is_lit_and_is_not_of_the_study_stays_out_of_the_script(client):
    text = client.post("/texts", json={**ASKED, "what": "python", "lit": ["P1", "nobody"]}).json["text"]
    assert "HIGHLIGHTED = ['P1']" in text
