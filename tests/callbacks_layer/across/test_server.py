"""What the server answers: the marks of a large cohort, its health, and the same under a prefix."""

import re
from base64 import b64decode
from dataclasses import asdict
from urllib.parse import urlsplit

import numpy as np
import pytest

from analysis.query import default
from app import create_app
from components.views import CHARTS
from figures_layer.cases import many_without_pasi, no_pasi, only_samples, only_treatments, other_scores, two_hundred
from studies import make_study

pytestmark = pytest.mark.whole

FOLDER = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"


@pytest.fixture
def served(tmp_path, monkeypatch):
    """served(study, prefix) -> a client of the app over it."""

    def client(study=None, prefix=""):
        monkeypatch.setenv("URL_PREFIX", prefix)
        monkeypatch.delenv("STUDY", raising=False)
        return create_app(study).server.test_client()

    return client


def decoded(array):
    """A column as plotly sends it: packed as text, or as a list."""
    return (
        np.frombuffer(b64decode(array["bdata"]), array["dtype"]) if isinstance(array, dict) else np.array(array, float)
    )


def status(client, path):
    with client.get(path) as answer:
        return answer.status_code


def asked(client, study, query, views, prefix="/"):
    answer = client.post(f"{prefix}marks", json={"study": study, "query": query, "views": views})
    assert answer.status_code == 200
    return answer.get_json()


def test_marks_are_columns_that_map_to_the_right_patients(served, tmp_path):
    study = tmp_path / "two"
    study.mkdir()
    (study / "pasi.csv").write_text("patient_id,week,pasi\nB,0,20\nB,4,5\nA,0,30\nA,2,\nA,4,6\n")
    client = served(str(study))
    found = asked(client, "two", {}, ["pasi", "response", "nonsense"])
    assert found["views"].keys() == {"pasi"}
    one, *_ = found["views"]["pasi"]
    rows = zip(*(decoded(one[name]) for name in ("patient", "week", "y")), strict=True)
    marks = {(found["ids"][int(patient)], float(week)): float(y) for patient, week, y in rows}
    assert marks == pytest.approx({("B", 0): 20, ("B", 4): 5, ("A", 0): 30, ("A", 2): np.nan, ("A", 4): 6}, nan_ok=True)
    assert len(found["colors"]) == len(found["groups"]) == 2


COMPARED = {"before_after", "responders", "group_course", "auc"}


def test_marks_of_a_cohort_hold_every_patient_of_every_view():
    from callbacks.highlight_data import marks

    study = two_hundred()
    found = marks(study, asdict(default(study)), list(CHARTS))
    assert found["ids"] == study.patient_ids
    pasi = found["views"]["pasi"][0]
    table = study.pasi
    wanted = sorted(zip(table["patient_id"].astype(str), table["week"], strict=True))
    known = {study.patient_ids[p] for p in pasi["patient"]}
    assert known <= set(study.patient_ids)
    assert len(pasi["patient"]) <= len(wanted)
    assert set(found["views"]) == {"pasi", "immune", "swimlanes", "correlation", "multiples", "phase_plane"} | COMPARED
    for sets in found["views"].values():
        for one in sets:
            lengths = {len(one[name]) for name in ("patient", "week", "x", "y")}
            assert len(lengths) == 1


def test_marks_of_nobody_are_an_empty_list_and_not_an_error():
    from callbacks.highlight_data import marks

    study = make_study({"P1": {0: 20}})
    found = marks(study, {}, list(CHARTS))
    assert found["views"]["correlation"] == found["views"]["swimlanes"] == []


@pytest.mark.parametrize("study", [many_without_pasi, only_samples, only_treatments, no_pasi, other_scores])
def test_marks_of_a_study_without_pasi_are_those_of_its_samples_and_courses(study):
    from callbacks.highlight_data import marks

    found = marks(study(), asdict(default(study())), list(CHARTS))
    assert found["ids"] == study().patient_ids
    drawn = {key for key, sets in found["views"].items() if any(len(one["patient"]) for one in sets)}
    known = {"immune": study().immune_subsets, "swimlanes": study().treatments}
    scored = {"pasi", "correlation", "multiples", "phase_plane"} if study() is other_scores() else set()
    assert drawn - COMPARED == {key for key, table in known.items() if len(table)} | scored


def test_health_says_ok(served):
    answer = served().get("/health")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("prefix", ["reprise", "/a/b/"])
def test_everything_lies_under_the_prefix(served, prefix):
    client, inner = served(prefix=prefix), f"/{prefix.strip('/')}/"
    page = client.get(inner).get_data(as_text=True)
    found = re.findall(r'(?:src|href)="([^"]+)"', page)
    paths = [urlsplit(path).path for path in found if not path.startswith("data:")]
    assert len(paths) > 10
    assert all(path.startswith(inner) for path in paths)
    for path in [*paths, f"{inner}health", f"{inner}_dash-layout", f"{inner}_dash-dependencies"]:
        assert status(client, path) == 200, path
    assert status(client, "/") == 404
    assert asked(client, "case-series", {}, ["pasi"], inner)["ids"] == ["P1", "P2", "P3"]


def test_the_page_asks_no_other_host(served):
    page = served().get("/").get_data(as_text=True)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_the_first_page_leaves_the_table_library_for_later(served):
    client = served()
    page = client.get("/").get_data(as_text=True)
    assert "_dash-component-suites/dash_ag_grid" not in page
    assert status(client, "/_dash-component-suites/dash_ag_grid/dash_ag_grid.min.js") == 200


def test_a_folder_of_two_studies_gives_a_menu_and_the_first_is_shown(served, tmp_path):
    for name in ("beta", "alpha"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pasi.csv").write_text(FOLDER.replace("P1", name))
    client = served(str(tmp_path))
    text = client.get("/_dash-layout").get_data(as_text=True)
    assert '"value":"alpha"' in text
    assert '"value":"beta"' in text
    assert asked(client, "beta", {}, ["pasi"])["ids"] == ["beta"]
    assert asked(client, "alpha", {}, ["pasi"])["ids"] == ["alpha"]


def test_a_title_that_looks_like_html_stays_text(served, tmp_path):
    (tmp_path / "pasi.csv").write_text(FOLDER)
    (tmp_path / "study.toml").write_text("title = '</title><script>alert(1)</script>'\n")
    page = served(str(tmp_path)).get("/").get_data(as_text=True)
    assert "<script>alert(1)" not in page


def test_a_redraw_is_answered_as_json_that_a_browser_can_read(served, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "pasi.csv").write_text(FOLDER + "P1,8,\n")
    client = served(str(tmp_path / "one"))
    body = {"study": "one", "query": {"to_week": 26, "clock": "moon"}, "drawn": {}}
    answer = client.post("/redraw", json=body)
    assert answer.status_code == 200
    assert "NaN" not in answer.get_data(as_text=True)
    found = answer.get_json()
    assert found["figures"]["time"]["data"]
    assert found["used"]["to_week"] == 26
    assert "moon" in found["notice"]
    assert "rows" not in found, "of a table that is not open"
