"""One request redraws what depends on the change, and only that; the reader's zoom is not part of it."""

import json
from dataclasses import asdict, fields

import numpy as np
import plotly.io as pio
import pytest
from dash import Patch, no_update

from analysis.phases import study_clocks
from analysis.query import DECKS, Query, default
from callbacks.draw import redraw
from components.views import CHARTS, MOUNTED, VIEWS
from figures import style
from figures_layer.cases import STUDIES, awkward, bundled, thirty, two_hundred
from figures_layer.cases import plain as unpacked

CHANGES = {
    "patients": ("P1",), "groups": ("UC-MSC alone",), "from_week": 0.0, "to_week": 26.0, "clock": "restart", "lens": False,
    "pasi_scale": "percent_improvement", "immune_scale": "fold", "subsets": ("treg",), "subset": "treg", "phase": "after",
    "tolerance": 0.0, "lane_sort": "follow_up", "lane_page": 2, "theme": "dark",
    "response": "PASI90", "cutoff": 60.0, "relapse": "loss_of_PASI50", "rebound": "NPF", "baseline": "original",
    "sustained": 52.0,
}  # fmt: skip


def asked(study, **change):
    """What redraw answers when this changes from the default: view -> figure, view -> caption, and the rest."""
    before, shown = asdict(default(study)), present(default(study))
    patches, _, bodies, captions, notes, rows, notice, legend, now = redraw(study, before | change, before, shown)
    charts = dict.fromkeys(CHARTS, no_update) | dict(zip(shown, patches, strict=True))
    rest = {"rows": rows, "notice": notice, "legend": legend, "now": now}
    rest |= {"bodies": dict(zip(MOUNTED, bodies, strict=True)), "notes": notes}
    return charts, dict(zip(VIEWS, captions, strict=True)), rest


def present(query):
    """The charts that are on the page under a query."""
    return [key for key, view in CHARTS.items() if view.open(query)]


def test_every_field_is_tried_here():
    assert CHANGES.keys() == {field.name for field in fields(Query)}


@pytest.mark.parametrize("field", CHANGES)
def test_only_the_views_that_depend_on_a_field_are_redrawn(field):
    figures, captions, rest = asked(bundled(), **{field: CHANGES[field]})
    for key, view in VIEWS.items():
        due = field in view.fields and view.open(default(bundled()))
        if field == view.deck:
            continue
        assert (captions[key] is not no_update) == due, key
        if key in CHARTS:
            assert isinstance(figures[key], Patch) if due else figures[key] is no_update, key
    assert (rest["rows"] is not no_update) == (field in VIEWS["response"].fields)
    shown = present(default(bundled()))
    if field not in DECKS:
        assert set(rest["now"]["views"]) == {key for key in shown if field in CHARTS[key].fields}


def test_nothing_is_redrawn_when_nothing_changed():
    figures, captions, rest = asked(bundled())
    assert set(map(id, [*figures.values(), *captions.values(), rest["rows"], rest["legend"]])) == {id(no_update)}


@pytest.mark.parametrize("field", CHANGES)
def test_a_patch_keeps_the_range_of_an_axis_whose_meaning_did_not_change(field):
    figures, _, _ = asked(bundled(), **{field: CHANGES[field]})
    for key, patch in figures.items():
        if patch is no_update:
            continue
        places = [tuple(step["location"]) for step in operations(patch)]
        touched = ("layout", "xaxis") in places or ("layout", "xaxis", "range") in places
        assert ("layout",) not in places
        assert touched == (field in VIEWS[key].rescaled), (key, field)


def operations(patch):
    return patch.to_plotly_json()["operations"]


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("name", ["bundled", "thirty", "two_hundred"])
def test_a_patched_chart_is_the_chart_drawn_anew(name, field):
    study = STUDIES[name]()
    own = {} if name == "bundled" else {"groups": ("A",), "subsets": ("s2",), "subset": "s2"}
    assert_same_when_patched(study, **{field: (CHANGES | own)[field]})


@pytest.mark.parametrize("change", [{"from_week": 500.0}, {"subsets": ()}], ids=str)
def test_a_chart_that_becomes_empty_keeps_nothing_of_what_was_there(change):
    assert_same_when_patched(bundled(), **change)


@pytest.mark.parametrize("empty", [{"from_week": 500.0}, {"subsets": ()}], ids=str)
def test_a_chart_that_was_empty_comes_back_whole(empty):
    study = bundled()
    back = {field: getattr(default(study), field) for field in empty}
    assert_same_when_patched(study, replaced(default(study), empty), **back)


def assert_same_when_patched(study, start=None, **change):
    start = start or default(study)
    empty = [key for key, view in CHARTS.items() if style.is_empty(view.draw(study, start))]
    patches = redraw(study, asdict(start) | change, asdict(start) | {"empty": empty}, present(start))[0]
    dependent = [key for key in present(start) if CHARTS[key].fields & change.keys()]
    assert sum(patch is not no_update for patch in patches) == len(dependent)
    for key, patch in zip(present(start), patches, strict=True):
        if patch is no_update:
            continue
        old, new = plain(CHARTS[key].draw(study, start)), plain(CHARTS[key].draw(study, replaced(start, change)))
        shown = applied(old, plain(operations(patch)))
        for name in new["layout"].keys() | shown["layout"].keys():
            assert shown["layout"].get(name) == new["layout"].get(name), (key, name)
        assert shown["data"] == new["data"], key


def replaced(query, change):
    return Query(**{**asdict(query), **change})


def plain(part):
    """As JSON, with packed arrays as lists: a figure packs what a patch may send as it is."""
    return listed(unpacked(json.loads(pio.json.to_json_plotly(part))))


def listed(part):
    if isinstance(part, dict):
        return {name: listed(item) for name, item in part.items()}
    if isinstance(part, list | tuple | np.ndarray):
        return [listed(item) for item in part]
    if isinstance(part, float | np.number):
        return None if np.isnan(part) else float(f"{part:.6g}")  # a JSON writer may widen float32 or not
    return float(part) if isinstance(part, int) and not isinstance(part, bool) else part


def applied(figure, steps):
    """What dash's renderer makes of a figure and the steps of a patch."""
    for step in steps:
        *way, last = step["location"]
        part = figure
        for name in way:
            part = part.setdefault(name, {})
        if step["operation"] == "Assign":
            part[last] = step["params"]["value"]
        else:
            assert step["operation"] == "Delete"
            part.pop(last, None)
    return figure


def test_fewer_subsets_take_their_axes_with_them():
    study = bundled()
    six = asdict(default(study)) | {"subsets": study.subset_definitions["subset"].astype(str).tolist()}
    patches = redraw(study, six | {"subsets": ["treg"]}, six, list(CHARTS))[0]
    deleted = {
        s["location"][-1] for s in operations(patches[list(CHARTS).index("immune")]) if s["operation"] == "Delete"
    }
    assert deleted >= {f"yaxis{number}" for number in range(2, 7)}


@pytest.mark.parametrize("study", [bundled, thirty, two_hundred], ids=["3", "30", "200"])
def test_what_comes_back_to_the_store_is_below_4_kB_and_holds_no_patient(study):
    _, _, rest = asked(study(), immune_scale="fold", to_week=26.0)
    text = json.dumps(rest["now"])
    assert len(text.encode()) < 4096
    assert not any(f'"{patient}"' in text for patient in study().patient_ids)


def test_garbage_gives_the_defaults_and_sentences():
    study = bundled()
    _, captions, rest = asked(study, clock="moon", tolerance="x")
    assert "clock “moon”" in rest["notice"]
    assert "tolerance “x”" in rest["notice"]
    assert all(caption is no_update for caption in captions.values())


def test_who_is_off_the_clock_is_listed():
    study = awkward()
    assert study_clocks(study)[0] == "study"
    _, _, rest = asked(study, clock="restart")
    assert all(patient in rest["notice"] for patient in study.patient_ids[1:])
    assert study.patient_ids[0] not in rest["notice"]
