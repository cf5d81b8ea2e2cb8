"""One request gives what depends on the change, and only that."""

from dataclasses import asdict, fields, replace

import pytest
from plotly.io.json import to_json_plotly

from analysis.phases import study_clocks
from analysis.query import DECKS, Query, default, read
from callbacks.draw import notes, redraw
from callbacks.highlight_data import marks
from components import layout
from components.page import line
from components.time_figure import key_of
from components.views import CHARTS, VIEWS
from figures.visuals import style
from figures_layer.cases import CHANGES, awkward, bundled
from studies import random_study


def asked(study, **change):
    """What redraw answers when this changes from the default."""
    before = asdict(default(study))
    return redraw(study, before | change, before)


def depends(view, field):
    return field in view.fields or (field == "panel" and view.tab)


def test_every_field_is_tried_here():
    assert CHANGES.keys() == {field.name for field in fields(Query)}


@pytest.mark.parametrize("field", CHANGES)
def test_only_the_views_that_depend_on_a_field_are_redrawn_as_the_query_used_has_them(field):
    study, start = bundled(), default(bundled())
    found = asked(study, **{field: CHANGES[field]})
    query = Query(**found["used"])
    assert query == replace(start, **{field: found["used"][field]})
    moved = query != start
    due = {key for key, view in VIEWS.items() if moved and depends(view, field) and view.open(query)}
    assert found["captions"].keys() == due
    assert found["headlines"].keys() == {key for key in due if VIEWS[key].tab}
    assert found["figures"].keys() == {key_of(CHARTS[key]) for key in due & CHARTS.keys()}
    assert ("rows" in found) == ("response" in due)
    assert ("colors" in found) == (field == "theme")
    for key, figure in found["figures"].items():
        anew = layout.drawn(key, study, query)
        assert figure["layout"] == anew["layout"], key
        assert len(figure["data"]) == len(anew["data"]), key


@pytest.mark.parametrize(
    ("change", "views"),
    [
        ({"pasi_scale": "percent_improvement"}, {"pasi"}),
        ({"to_week": 3}, {"pasi", "immune", "swimlanes"}),
        ({"immune_scale": CHANGES["immune_scale"]}, {"immune"}),
        ({"lanes": "patients"}, {"swimlanes"}),
    ],
)
def test_the_marks_of_a_cohort_come_with_the_charts_whose_they_are(change, views):
    study = random_study(4, patients=200)
    found = asked(study, **change)
    assert found["marks"]["views"].keys() == views
    assert to_json_plotly(found["marks"]) == to_json_plotly(marks(study, found["used"], list(found["marks"]["views"])))
    assert "marks" not in asked(bundled(), **change)


def test_notes_are_those_of_the_views_that_are_open():
    study, query = bundled(), replace(default(bundled()), panel="matrix", relapse="absolute_3")
    said = notes(study, asdict(query), [*VIEWS, "nowhere"])["notes"]
    assert said == {
        key: view.note(study, query).parts() for key, view in VIEWS.items() if view.note and view.open(query)
    }
    assert {"pasi", "matrix"} <= said.keys()
    assert "correlation" not in said


def test_the_note_of_the_subsets_follows_the_tolerance_and_their_chart_is_not_drawn_again():
    study, query = bundled(), replace(default(bundled()), tolerance=0.0)
    assert asked(study, tolerance=0.0)["figures"].keys() == {"correlation"}
    said = notes(study, asdict(query), ["immune"])["notes"]["immune"]
    assert said == VIEWS["immune"].note(study, query).parts()
    assert said != notes(study, asdict(default(study)), ["immune"])["notes"]["immune"]


def test_nothing_is_redrawn_when_nothing_changed():
    study = bundled()
    assert asked(study) == {
        "used": asdict(default(study)),
        "notice": "",
        "figures": {},
        "captions": {},
        "headlines": {},
    }


PANEL = [key for key, view in VIEWS.items() if view.tab]


@pytest.mark.parametrize("view", PANEL)
def test_of_the_panel_only_the_open_view_is_drawn_and_opening_it_draws_it(view):
    study = bundled()
    others = set(PANEL) - {view}
    elsewhere = asdict(default(study)) | {"panel": min(others)}
    assert redraw(study, elsewhere | {"panel": view}, elsewhere)["captions"].keys() == {view}
    found = redraw(study, elsewhere | {"panel": view, "theme": "dark"}, elsewhere)
    assert not found["captions"].keys() & others


@pytest.mark.parametrize(("deck", "view"), [(deck, view) for deck, views in DECKS.items() for view in views[1:]])
def test_an_address_of_before_the_panel_opens_what_it_opened(deck, view):
    study = bundled()
    if view != getattr(default(study), deck):
        assert read(study, {deck: view})[0].panel == view
    assert read(study, {deck: view, "panel": "rates"})[0].panel == "rates"


def test_the_colours_of_the_legend_follow_the_theme():
    study = bundled()
    found = asked(study, theme="dark")
    assert found["colors"] == line.colors(study, Query(**found["used"])) == style.colors(study, "dark")


def test_garbage_gives_the_defaults_and_sentences():
    study = bundled()
    found = asked(study, clock="moon", tolerance="x")
    assert "clock “moon”" in found["notice"]
    assert "tolerance “x”" in found["notice"]
    assert found["used"] == asdict(default(study))
    assert found["captions"] == {}


def test_who_is_off_the_clock_is_listed():
    study = awkward()
    assert study_clocks(study)[0] == "study"
    found = asked(study, clock="restart")
    assert all(patient in found["notice"] for patient in study.patient_ids[1:])
    assert study.patient_ids[0] not in found["notice"]
