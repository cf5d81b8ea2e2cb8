"""The script that is copied gives the numbers of the page, for whatever the page shows."""

import csv
import io
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from callbacks import numbers, publish
from components.views import VIEWS
from data.catalog import load
from data.csv_export import csv_text
from data.own_format.write_tables import write_zip
from studies import make_study, msc

ROOT = Path(__file__).parents[2]
STATES = {
    "bare": ({}, ["P2"]),
    "filtered": ({"patients": ["P1", "P3"], "from_week": -4, "to_week": 30, "panel": "matrix"}, []),
    "ruled": (
        {"response": "own_percent", "cutoff": 66.6, "relapse": "EMA", "baseline": "original", "panel": "rates"},
        [],
    ),
    "counted": ({"clock": "restart", "immune_scale": "log2_fold", "panel": "survival", "measure": "relapse"}, ["P1"]),
}


def run(study, state, lit, folder, *arguments):
    """Standard output of the script of a state, and the folder with what it wrote."""
    place = folder / "page.py"
    place.write_text(publish.python(study, state, lit)["text"], encoding="utf-8")
    where = {**os.environ, "PYTHONPATH": str(ROOT)}
    made = subprocess.run(
        [sys.executable, place, *arguments], cwd=folder, env=where, capture_output=True, text=True, check=True
    )
    return made.stdout


def cells(text):
    """A table by its cells, numbers to eight digits, as the page gives them."""
    return [[shown(cell) for cell in row] for row in csv.reader(io.StringIO(text))]


def shown(cell):
    try:
        return f"{float(cell):.8g}"
    except ValueError:
        return cell.removeprefix("'")


def on_the_page(study, state, view):
    return cells(csv_text(numbers.numbers_of(study, state, view)[1]).removeprefix("\ufeff"))


@pytest.mark.process
@pytest.mark.parametrize("name", STATES)
def test_a_state_is_reproduced_by_its_script_in_a_process_of_its_own(name, tmp_path):
    state, lit = STATES[name]
    study = load("case-series")
    said = run(study, state, lit, tmp_path)
    assert "Not the data" not in said
    for view in (state.get("panel", "correlation"), "pasi", "immune", "swimlanes"):
        assert cells((tmp_path / f"{view}.csv").read_text(encoding="utf-8")) == on_the_page(study, state, view), view
        assert (tmp_path / f"{view}.html").stat().st_size > 1000
    rows = cells((tmp_path / "pasi_highlighted.csv").read_text(encoding="utf-8"))[1:] if lit else []
    assert {row[0] for row in rows} == set(lit)


@pytest.mark.slow
@pytest.mark.whole
def test_every_view_of_the_panel_is_reproduced(tmp_path, monkeypatch):
    study, drawn = load("case-series"), []
    monkeypatch.setattr("plotly.graph_objects.Figure.write_html", lambda _, place, **how: drawn.append(place.stem))
    for key in (view.key for view in VIEWS.values() if view.tab):
        folder = tmp_path / key
        folder.mkdir()
        (folder / "page.py").write_text(publish.python(study, {"panel": key}, [])["text"], encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["page.py", str(ROOT / "data/case_series"), str(folder)])
        runpy.run_path(str(folder / "page.py"), run_name="__main__")
        assert cells((folder / f"{key}.csv").read_text(encoding="utf-8")) == on_the_page(study, {"panel": key}, key), (
            key
        )
        assert key in drawn or not VIEWS[key].draw


@pytest.mark.process
def test_another_study_is_given_by_its_path_and_other_data_are_told_apart(tmp_path):
    study = make_study({"P1": {0: 20.0, 4: 5.0}, "P2": {0: 10.0, 4: 9.0}}, treatments=msc("P1", 0))
    other = make_study({"P1": {0: 20.0, 4: 6.0}, "P2": {0: 10.0, 4: 9.0}}, treatments=msc("P1", 0))
    for name, one in (("study.zip", study), ("other.zip", other)):
        with (tmp_path / name).open("wb") as file:
            write_zip(one, file)
    assert "Not the data" not in run(study, {}, [], tmp_path, "study.zip")
    assert "Not the data" in run(study, {}, [], tmp_path, "other.zip")


WEEKLY = {
    "bare": {},
    "ruled": {"response": "PASI90", "panel": "rates", "imputation": "LOCF"},
    "windowed": {"to_week": 6, "panel": "waterfall"},
}


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize("name", WEEKLY)
def test_another_study_of_weekly_visits_is_reproduced_by_its_script(name, uvb, tmp_path):
    with (tmp_path / "study.zip").open("wb") as file:
        write_zip(uvb, file)
    state = WEEKLY[name]
    assert "Not the data" not in run(uvb, state, ["7"], tmp_path, "study.zip")
    view = state.get("panel", "rates")
    for key in (view, "pasi", "swimlanes"):
        assert cells((tmp_path / f"{key}.csv").read_text(encoding="utf-8")) == on_the_page(uvb, state, key), key
    rows = cells((tmp_path / "pasi_highlighted.csv").read_text(encoding="utf-8"))[1:]
    assert {row[0] for row in rows} == {"7"}


def test_no_text_of_a_study_becomes_code(tmp_path):
    study = make_study({"P1": {0: 20.0}}, key="x\n")
    hostile = publish.python(study, {"patients": ["P1"]}, ["P1", "');print('hit"])["text"]
    assert "hit" not in hostile
    named = make_study({"');print('hit\n": {0: 20.0, 4: 5.0}})
    text = publish.python(named, {"patients": ["');print('hit\n"]}, ["');print('hit\n"])["text"]
    compile(text, "page.py", "exec")
    assert "\nprint('hit" not in text
    assert ascii("');print('hit\n") in text
