"""A view needs one function and one line, as CONTRIBUTING.md shows: the example is taken from it, put among the views, drawn and shown."""

import re
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from analysis.query import asked, default
from callbacks.draw import redraw
from components.page.panel import card
from components.view import CAREFUL
from components.views import CHARTS, VIEWS, View, known, of_tab
from data.catalog import open_study
from figures.visuals.empty_state import absence
from figures.visuals.frame import Frame
from figures_layer.cases import no_pasi

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
KEY = "visit_counts"


@pytest.fixture
def example(monkeypatch):
    """The view of the document, among the views of the page."""
    function, line = re.findall(
        r"^```python\n(.*?)^```$", CONTRIBUTING.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    module = ModuleType(f"figures.{KEY}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(function, f"figures/{KEY}.py", "exec"), module.__dict__)  # noqa: S102 - our own document
    view = eval(line, {"View": View, KEY: module})  # noqa: S307
    monkeypatch.setitem(VIEWS, view.key, view)
    monkeypatch.setitem(CHARTS, view.key, view)
    return view


def test_the_example_is_drawn_of_every_patient_and_only_of_those_who_are_kept(example):
    study = open_study()
    seen = study.pasi.dropna(subset="pasi").groupby("patient_id", observed=True).size()
    figure = example.figure(study, default(study))
    assert dict(zip(figure["data"][0]["x"], figure["data"][0]["y"], strict=True)) == seen.to_dict()
    assert [row[0] for row in figure["data"][0]["customdata"]] == study.patient_ids
    assert set(figure["data"][0]["marker"]["color"]) == {Frame.of(study, default(study)).theme.card}  # hollow
    one = example.figure(study, replace(default(study), patients=("P2",)))
    assert list(one["data"][0]["x"]) == ["P2"]


def test_what_nobody_wrote_follows_from_what_is_drawn(example):
    study = open_study()
    query = default(study)
    assert example.caption(study, query) == "3 patients, 3 marks"
    assert example.summary(study, query) == ("3 patients", "n = 3 marks", CAREFUL)
    assert example.numbers(study, query).columns.tolist() == ["patient_id", "week", "x", "y"]
    assert absence(no_pasi(), example.needs) in str(
        example.figure(no_pasi(), default(no_pasi()))["layout"]["annotations"]
    )


def test_its_address_opens_it_and_every_change_draws_it_anew(example):
    study = open_study()
    _, query, complaints = asked(study, {"panel": KEY})
    assert (query.panel, complaints, known(study, query)) == (KEY, [], (query, []))
    shown = redraw(study, {"panel": KEY}, {})
    assert KEY in shown["figures"]
    assert shown["used"]["panel"] == KEY
    assert KEY in redraw(study, {"panel": KEY, "to_week": 12}, {"panel": KEY})["figures"]
    assert example in of_tab("cohort")
    assert KEY in str(card(example, study, query, {KEY: example.figure(study, query)}))


def test_an_address_of_a_view_that_there_is_not_shows_the_usual_one_and_says_so():
    study = open_study()
    for name in ("nowhere", KEY):
        shown = redraw(study, {"panel": name}, {})
        assert shown["used"]["panel"] == default(study).panel
        assert f"There is no view “{name}”" in shown["notice"]
    assert "no view is called so" in redraw(study, {"panel": "<b>"}, {})["notice"]
