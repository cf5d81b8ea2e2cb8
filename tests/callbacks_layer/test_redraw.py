"""One request redraws what depends on the change, and only that; the reader's zoom is not part of it."""

import json
from dataclasses import asdict, fields

import numpy as np
import plotly.io as pio
import pytest
from dash import Patch, dcc, no_update

from analysis.phases import study_clocks
from analysis.query import Query, default
from callbacks.draw import redraw
from components.views import CHARTS, DECKS, MOUNTED, VIEWS
from figures import style
from figures_layer.cases import STUDIES, awkward, bundled, thirty, two_hundred
from figures_layer.cases import plain as unpacked

CHANGES = {
    "patients": ("P1",), "groups": ("UC-MSC alone",), "from_week": 0.0, "to_week": 26.0, "clock": "restart", "lens": False,
    "pasi_scale": "percent_improvement", "immune_scale": "fold", "subsets": ("treg",), "subset": "treg", "phase": "after",
    "tolerance": 0.0, "lane_sort": "follow_up", "lane_page": 2, "theme": "dark", "response": "own_percent", "cutoff": 80.0,
    "relapse": "EMA", "rebound": "EMA", "baseline": "original", "sustained": 52.0, "imputation": "LOCF",
    "policy": "composite", "interval": "clopper_pearson", "measure": "relapse", "curves_by": "all",
    "at_restart": "censor", "cohort_view": "rates", "table_view": "sensitivity",
}  # fmt: skip
OPENED = [
    dict(zip(("cohort_view", "table_view"), pair, strict=True))
    for pair in (
        ("matrix", "response"), ("rates", "sensitivity"), ("survival", "response"), ("waterfall", "response"),
        ("lasagna", "response"),
    )
]  # fmt: skip
OPEN = pytest.mark.parametrize("opened", OPENED, ids=lambda opened: "-".join(opened.values()))
"""Each card of each deck is open in one of them."""


def asked(study, start=None, **change):
    """What redraw answers when this changes from `start` (the default): view -> figure, view -> caption, and the rest."""
    start = start or default(study)
    present, before = present_in(start), asdict(start)
    patches, styles, bodies, captions, *_, rows, notice, legend, now = redraw(study, before | change, before, present)
    shown = dict(zip(present, patches, strict=True)), dict(zip(VIEWS, captions, strict=True))
    rest = {"rows": rows, "notice": notice, "legend": legend, "now": now, "styles": styles}
    return *shown, rest | {"bodies": dict(zip(MOUNTED, bodies, strict=True))}


def present_in(query):
    """The charts on the page."""
    return [key for key, view in CHARTS.items() if view.open(query)]


def test_every_field_is_tried_here():
    assert CHANGES.keys() == {field.name for field in fields(Query)} - {"pair_view"}
    assert {view for opened in OPENED for view in opened.values()} == {
        view.key for deck in ("cohort_view", "table_view") for view in DECKS[deck]
    }


@OPEN
@pytest.mark.parametrize("field", sorted(CHANGES.keys() - DECKS.keys()))
def test_only_the_open_views_that_depend_on_a_field_are_redrawn(field, opened):
    start = replaced(default(bundled()), opened)
    figures, captions, rest = asked(bundled(), start, **{field: CHANGES[field]})
    for key, view in VIEWS.items():
        due = field in view.fields and view.open(start)
        assert (captions[key] is not no_update) == due, key
        if key in figures:
            assert isinstance(figures[key], Patch) if due else figures[key] is no_update, key
    assert (rest["rows"] is not no_update) == (field in VIEWS["response"].fields and VIEWS["response"].open(start))
    assert set(rest["now"]["views"]) == {key for key in present_in(start) if field in CHARTS[key].fields}
    assert all(body is no_update for body in rest["bodies"].values())


@pytest.mark.parametrize("opened", OPENED[1:], ids=lambda opened: opened["cohort_view"])
def test_a_card_that_is_opened_is_drawn_and_the_one_that_is_closed_is_taken_away(opened):
    figures, captions, rest = asked(bundled(), **opened)
    assert all(figure is no_update for figure in figures.values())
    wanted = {view for view in opened.values() if view != "response"}
    assert {key for key, caption in captions.items() if caption is not no_update} == wanted
    assert {key for key, body in rest["bodies"].items() if isinstance(body, dcc.Graph)} == wanted
    assert [key for key, body in rest["bodies"].items() if body == []] == ["matrix"]


def test_nothing_is_redrawn_when_nothing_changed():
    figures, captions, rest = asked(bundled())
    assert set(map(id, [*figures.values(), *captions.values(), rest["rows"], rest["legend"]])) == {id(no_update)}


@OPEN
@pytest.mark.parametrize("field", sorted(CHANGES.keys() - DECKS.keys()))
def test_a_patch_keeps_the_range_of_an_axis_whose_meaning_did_not_change(field, opened):
    figures, _, _ = asked(bundled(), replaced(default(bundled()), opened), **{field: CHANGES[field]})
    for key, patch in figures.items():
        if patch is no_update:
            continue
        places = [tuple(step["location"]) for step in operations(patch)]
        touched = ("layout", "xaxis") in places or ("layout", "xaxis", "range") in places
        assert ("layout",) not in places
        assert touched == (field in VIEWS[key].rescaled), (key, field)


def operations(patch):
    return patch.to_plotly_json()["operations"]


UNDRAWN = {"rebound", "sustained", "response", "cutoff", "relapse", "baseline", "imputation", "policy", "interval"}
UNDRAWN |= {"measure", "curves_by", "at_restart"}
"""Fields that no view of the default page may depend on."""


@pytest.mark.parametrize("field", sorted(CHANGES.keys() - UNDRAWN - DECKS.keys()))
@pytest.mark.parametrize("name", ["bundled", "thirty", "two_hundred"])
def test_a_patched_chart_is_the_chart_drawn_anew(name, field):
    study = STUDIES[name]()
    own = {} if name == "bundled" else {"groups": ("A",), "subsets": ("s2",), "subset": "s2"}
    assert_same_when_patched(study, **{field: (CHANGES | own)[field]})


@pytest.mark.parametrize("key", ["rates", "survival", "waterfall", "lasagna", "sensitivity"])
@pytest.mark.parametrize("name", ["bundled", "thirty"])
def test_a_patched_chart_of_a_deck_is_the_chart_drawn_anew(name, key):
    study = STUDIES[name]()
    start = replaced(default(study), {CHARTS[key].deck: key})
    for field in sorted(CHARTS[key].fields - {"groups", "cutoff"}):
        if name == "bundled" or field != "clock":
            assert_same_when_patched(study, start, **{field: CHANGES[field]})


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
    present = present_in(start)
    empty = [key for key in present if style.is_empty(CHARTS[key].draw(study, start))]
    patches = redraw(study, asdict(start) | change, asdict(start) | {"empty": empty}, present)[0]
    assert any(patch is not no_update for patch in patches)
    for key, patch in zip(present, patches, strict=True):
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
        return None if np.isnan(part) else float(part)
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
    present = present_in(default(study))
    patches = redraw(study, six | {"subsets": ["treg"]}, six, present)[0]
    deleted = {s["location"][-1] for s in operations(patches[present.index("immune")]) if s["operation"] == "Delete"}
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
